"""The worst grade of each patient, term and group: 1e6 and 1e7 events of a tenth as many patients, 100 terms, 3 groups.

The same frame is handed to each library: patients `Categorical`, terms and groups `Enum`, as the analysis dataset of
adverse events has them, events in random order; pandas gets the same codes as its own categoricals. Each runs in a
process of its own, calls once to warm up, and is then measured. Reading and coding the record are not measured.

python -m benchmarks.worst_grade LIBRARY EVENTS
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.measurement import Measurement
from benchmarks.peers import reset_peak, resident
from engager.endpoints.adverse_events.worst_grade import worst_grade

SIZES = (1_000_000, 10_000_000)
TERMS, GROUPS = 100, 3
CALLS, SECONDS_ALLOWED = 5, 300
KEYS = ["patient", "term", "group"]
LIBRARIES = ("engager", "polars group_by", "pandas")


def measure() -> list[Measurement]:
    """Return seconds and memory of each library and size, and the memory of the events themselves."""
    found = []
    for n in SIZES:
        size = events(n).estimated_size("mb")
        found.append(Measurement("worst_grade", "worst grade", n, "the events", 0.0, size))
        found += [_run(library, n) for library in LIBRARIES]
    return found


def _run(library: str, n: int) -> Measurement:
    key = ("worst_grade", "worst grade", n, library)
    if find_spec(library.split()[0]) is None:
        return Measurement(*key, note="not installed")
    command = [sys.executable, "-m", "benchmarks.worst_grade", library, str(n)]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=SECONDS_ALLOWED, check=False, cwd=Path(__file__).parents[1]
        )
    except subprocess.TimeoutExpired:
        return Measurement(*key, note=f"over {SECONDS_ALLOWED} s")
    if done.returncode:
        return Measurement(*key, note=(done.stderr.strip().splitlines() or ["failed"])[-1][:60])
    return Measurement(*key, *json.loads(done.stdout.strip().splitlines()[-1]))


def events(n: int) -> pl.DataFrame:
    """Return n events: a few terms are frequent, a patient has one group, grades as toxicity tables show them."""
    random = np.random.Generator(np.random.PCG64(11))
    patients = n // 10
    of_patient = random.integers(0, patients, n, dtype=np.uint32)
    weight = 1 / np.arange(1, TERMS + 1) ** 0.8
    term = random.choice(TERMS, n, p=weight / weight.sum()).astype(np.uint8)
    group = random.integers(0, GROUPS, patients, dtype=np.uint8)[of_patient]
    names = pl.Series("patient", [f"P{i:07d}" for i in range(patients)], dtype=pl.Categorical)
    return pl.DataFrame(
        {
            "patient": names.gather(of_patient),
            "term": pl.Series(term).cat.to(pl.Enum([f"adverse event {i}" for i in range(TERMS)])),
            "group": pl.Series(group).cat.to(pl.Enum([f"group {i}" for i in range(GROUPS)])),
            "grade": random.choice(5, n, p=[0.4, 0.3, 0.2, 0.08, 0.02]).astype(np.int8) + np.int8(1),
        }
    )


def _call(library: str, frame: pl.DataFrame) -> Callable[[], object]:
    if library == "engager":
        return lambda: worst_grade(frame, by=KEYS)
    if library == "polars group_by":
        return lambda: frame.group_by(KEYS).agg(pl.col("grade").max())
    own = _as_pandas(frame)

    def call() -> object:
        # The grouping is made anew each time: pandas keeps it with the object.
        return own.groupby(KEYS, observed=True, sort=False)["grade"].max()

    return call


def _as_pandas(frame: pl.DataFrame) -> Any:
    """Return the events as a frame of pandas with the same codes."""
    pandas: Any = importlib.import_module("pandas")
    columns: dict[str, Any] = {"grade": frame["grade"].to_numpy()}
    for name in KEYS:
        codes, words = np.unique(frame[name].to_physical().to_numpy(), return_inverse=False), frame[name].unique()
        ordered = words.to_frame().sort(words.to_physical())[name].to_list()
        places = np.searchsorted(codes, frame[name].to_physical().to_numpy())
        columns[name] = pandas.Categorical.from_codes(places, ordered)
    return pandas.DataFrame(columns)


def main(library: str, n: str) -> None:
    """Print the median seconds and the peak memory above that before the calls, as JSON."""
    _call(library, events(250_000))()
    call = _call(library, events(int(n)))
    reset_peak()
    before = resident()[0]
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    print(json.dumps([sorted(times)[CALLS // 2], max(resident()[1] - before, 0.0)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
