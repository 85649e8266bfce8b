"""Laboratory grades: seconds and peak memory for 3e6, 1e7 and 3e7 rows, which should be linear in rows.

Ten tests with their units, limits and a baseline each; each size in a process of its own.

python -m benchmarks.laboratory ROWS
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measurement import Measurement, bandwidth
from benchmarks.peers import reset_peak, resident
from engager.endpoints.laboratory.grade import grade_laboratory

TOPIC, TASK, VERSION = "laboratory", "laboratory grades (CTCAE 5.0)", "5.0"
SIZES = (3_000_000, 10_000_000, 30_000_000)
TESTS = {
    "haemoglobin": ("g/L", 110.0, 160.0), "leukocytes": ("10*9/L", 4.0, 11.0), "neutrophils": ("10*9/L", 1.5, 7.0),
    "lymphocytes": ("10*9/L", 1.0, 4.0), "platelets": ("10*9/L", 150.0, 450.0), "alt": ("U/L", 5.0, 40.0),
    "ast": ("U/L", 5.0, 40.0), "bilirubin": ("umol/L", 2.0, 20.0), "creatinine": ("umol/L", 30.0, 80.0),
    "calcium": ("mmol/L", 2.1, 2.6),
}  # fmt: skip


def measure() -> list[Measurement]:
    """Return, for each size, what the input itself is (its memory, the time to read it once) and what grading takes."""
    found, speed, root = [], bandwidth(), Path(__file__).parents[1]
    for rows in SIZES:
        command = [sys.executable, "-m", "benchmarks.laboratory", str(rows)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)  # noqa: S603
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["failed"])[-1]
            found.append(Measurement(TOPIC, TASK, rows, "engager", note=last[:60]))
            continue
        seconds, megabytes, of_input = json.loads(done.stdout.strip().splitlines()[-1])
        found.append(Measurement(TOPIC, TASK, rows, "the input itself", of_input * 1e6 / speed, of_input))
        found.append(Measurement(TOPIC, TASK, rows, "engager", seconds, megabytes))
        each = f"{seconds / rows * 1e9:.0f} ns a row, {megabytes / of_input:.2f} times the input's memory"
        found.append(Measurement(TOPIC, TASK, rows, "that is", note=each))
    return found


def measurements(rows: int) -> pl.DataFrame:
    """Return random measurements around the limits of their tests."""
    random = np.random.Generator(np.random.PCG64(7))
    names = list(TESTS)
    chosen = random.integers(0, len(names), rows)
    low, high = (np.array([TESTS[name][place] for name in names], dtype=float)[chosen] for place in (1, 2))
    middle = (low + high) / 2
    return pl.DataFrame(
        {
            "test": pl.Series(names).gather(chosen),
            "value": middle * np.exp(random.normal(0, 0.8, rows)),
            "unit": pl.Series([TESTS[name][0] for name in names]).gather(chosen),
            "lower_limit": low,
            "upper_limit": high,
            "baseline": middle * np.exp(random.normal(0, 0.4, rows)),
        }
    )


def main(rows: int) -> None:
    """Print the seconds of one call, its peak memory above that before it, and the input's memory, as JSON."""
    data = measurements(rows)
    grade_laboratory(data.head(1000), version=VERSION)
    reset_peak()
    before, start = resident()[0], time.perf_counter()
    graded = grade_laboratory(data, version=VERSION)
    seconds = time.perf_counter() - start
    assert graded.height >= rows
    print(json.dumps([seconds, max(resident()[1] - before, 0.0), data.estimated_size() / 1e6]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
