"""Exposure of n patients with four stretches each: days, doses, planned against recorded, deviations.

No other library derives this. The peer is the least that must be done, the same rows grouped by patient and cycle
with two sums, so the ratio says what the definitions cost; equal ratios at all sizes say that time grows as the rows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measurement import Measurement
from engager.cohort import Cohort
from engager.endpoints.exposure.datasets import derive_exposure
from engager.plan import AnalysisPlan
from engager.schema import TABLES

SIZES = (10_000, 100_000, 1_000_000)
TASK = "planned against recorded"
LIBRARIES = ("engager", "two sums by cycle")


def measure() -> list[Measurement]:
    """Return the measurements of every size, each from a process of its own."""
    return [_run(n, library) for n in SIZES for library in LIBRARIES]


def _run(n: int, library: str) -> Measurement:
    command = [sys.executable, "-m", "benchmarks.exposure", str(n), library]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["failed"])[-1]
        return Measurement("exposure", TASK, n, library, note=last[:60])
    seconds, megabytes = json.loads(done.stdout.strip().splitlines()[-1])
    return Measurement("exposure", TASK, n, library, seconds, megabytes)


def courses(n: int) -> Cohort:
    """Return synthetic courses: a cycle of two steps, one of one, one broken off, after the label for relapse."""
    random = np.random.Generator(np.random.PCG64(7))
    names = pl.Series("patient", np.arange(n)).cast(pl.String)
    weight = random.uniform(8, 70, n)
    patients = pl.DataFrame({"patient": names, "weight": weight, "height": 70 + 1.5 * weight})
    heavy = np.repeat(weight >= 45, 4)
    stopped = random.integers(5, 29, n)
    starts, ends = np.tile([1, 8, 43, 85], (n, 1)), np.tile([7, 28, 70, 112], (n, 1))
    ends[:, 3] = 84 + stopped
    dose = np.where(heavy, np.tile([9.0, 28, 28, 28], n), np.tile([5.0, 15, 15, 15], n))
    exposure = pl.DataFrame(
        {
            "patient": names.gather(np.repeat(np.arange(n), 4)),
            "cycle": np.tile([1, 1, 2, 3], n),
            "start_day": starts.ravel(),
            "end_day": ends.ravel(),
            "dose": dose,
            "unit": pl.Series(np.where(heavy, "ug/d", "ug/m2/d")),
        }
    )
    tables: dict[str, pl.DataFrame] = {name: schema.create_empty() for name, schema in TABLES.items()}
    for name, rows in (("patients", patients), ("exposure", exposure)):
        empty = tables[name]
        typed = rows.with_row_index("row", offset=2).cast({key: empty.schema[key] for key in ("row", *rows.columns)})
        tables[name] = pl.concat([empty, typed], how="diagonal").rechunk()
    return Cohort(tables)


def _task(cohort: Cohort, library: str) -> object:
    if library == "engager":
        plan = AnalysisPlan(title="bench", regimen="label-relapsed-refractory")
        no_class = pl.DataFrame(schema={"patient": pl.String, "cycle": pl.Int32, "class": pl.String})
        return derive_exposure(cohort, no_class, plan)
    days = pl.col("end_day") - pl.col("start_day") + 1
    sums = {"days": days.sum(), "dose": (days * pl.col("dose")).sum()}
    return cohort["exposure"].group_by("patient", "cycle", maintain_order=True).agg(**sums)


def main(n: int, library: str) -> None:
    """Print seconds and megabytes above those before the call."""
    _task(courses(100), library)
    cohort = courses(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    _task(cohort, library)
    seconds = time.perf_counter() - begin
    print(json.dumps([seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
