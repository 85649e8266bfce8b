"""A registry of random patients, batch by batch: two cycles and 30 measurements each, from a fixed seed.

Marrow blasts, MRD by PCR and by flow, neutrophils and platelets before, between and after the cycles; T cells, B cells
and interleukin 6 five times each. Nothing here is a patient; the values only have to be as many and as varied. A
registry is analysed in batches of patients, so that memory is that of a batch: every derivation is of one patient.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measurement import Measurement
from engager.cohort import Cohort
from engager.schema import TABLES

BATCH = 50_000
SIZES = (10_000, 100_000, 1_000_000)
MARROW_DAYS, BLOOD_DAYS = (-2, 29, 71), (1, 3, 8, 15, 29)
# Test: days, method, unit, median of the value, what a log10 of it varies by, share of values given as `<value`.
TESTS: dict[str, tuple[tuple[int, ...], str, str, float, float, float]] = {
    "marrow_blasts": (MARROW_DAYS, "microscopy", "%", 5.0, 0.8, 0.1),
    "mrd": (MARROW_DAYS, "pcr", "1", 1e-4, 1.5, 0.3),
    "mrd by flow": (MARROW_DAYS, "flow", "1", 1e-4, 1.2, 0.5),
    "neutrophils": (MARROW_DAYS, "analyser", "10*9/L", 1.2, 0.3, 0.02),
    "platelets": (MARROW_DAYS, "analyser", "10*9/L", 110.0, 0.3, 0.0),
    "cd3": (BLOOD_DAYS, "flow", "/uL", 200.0, 0.5, 0.0),
    "cd19": (BLOOD_DAYS, "flow", "/uL", 20.0, 0.9, 0.2),
    "il_6": (BLOOD_DAYS, "immunoassay", "pg/mL", 12.0, 0.9, 0.3),
}
EACH = sum(len(days) for days, *_ in TESTS.values())


def registry(patients: int, batch: int = BATCH) -> Iterator[Cohort]:
    """Yield the registry in cohorts of at most `batch` patients, the same ones for the same size of batch."""
    for first in range(0, patients, batch):
        yield _cohort(first, min(batch, patients - first))


def _cohort(first: int, count: int) -> Cohort:
    names = pl.int_range(first, first + count, eager=True).cast(pl.String)
    tables = {
        "patients": pl.DataFrame({"patient": names}),
        "exposure": pl.DataFrame(
            {
                "patient": pl.concat([names, names]),
                "cycle": np.repeat([1, 2], count),
                "start_day": np.repeat([1, 43], count),
                "end_day": np.repeat([28, 70], count),
            }
        ),
        "measurements": _measurements(names, first),
    }
    return Cohort({name: _complete(name, tables.get(name, pl.DataFrame())) for name in TABLES})


def _measurements(names: pl.Series, first: int) -> pl.DataFrame:
    random = np.random.Generator(np.random.PCG64([7, first]))
    parts = []
    for name, (days, method, unit, median, spread, bounds) in TESTS.items():
        size = len(days) * names.len()
        values = median * 10 ** random.normal(0, spread, size)
        top = {"%": 100.0, "1": 1.0}.get(unit, np.inf)
        parts.append(
            pl.DataFrame({"patient": pl.concat([names] * len(days)), "day": np.repeat(days, names.len())}).with_columns(
                test=pl.lit(name.partition(" ")[0]),
                method=pl.lit(method),
                unit=pl.lit(unit),
                value=pl.Series(np.minimum(values, top)),
                comparator=pl.Series(np.where(random.random(size) < bounds, "<", "=")),
            )
        )
    return pl.concat(parts).with_columns(result=pl.lit("quantified"))


def _complete(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table in the types of its schema, with the columns that are not given empty and the rows numbered."""
    types = {column: declared.dtype for column, declared in TABLES[name].columns().items()}
    numbered = frame.with_columns(row=pl.int_range(2, frame.height + 2, dtype=pl.UInt32))
    columns = [
        (pl.col(column) if column in numbered.columns else pl.lit(None)).cast(kind).alias(column)
        for column, kind in types.items()
    ]
    return numbered.select(columns) if frame.width else pl.DataFrame(schema=types)


def measure_sizes(topic: str, task: str) -> list[Measurement]:
    """Return the seconds and the peak memory of each number of patients, and what that is for one of them.

    `python -m benchmarks.TOPIC PATIENTS` prints both as JSON; each size is a process of its own.
    """
    found, root = [], Path(__file__).parents[1]
    for patients in SIZES:
        command = [sys.executable, "-m", f"benchmarks.{topic}", str(patients)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)  # noqa: S603
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["failed"])[-1]
            found.append(Measurement(topic, task, patients, "engager", note=last[:60]))
            continue
        seconds, megabytes = json.loads(done.stdout.strip().splitlines()[-1])
        found.append(Measurement(topic, task, patients, "engager", seconds, megabytes))
        each = f"{seconds / patients * 1e6:.0f} us a patient, in batches of {BATCH}"
        found.append(Measurement(topic, task, patients, "that is", note=each))
    return found
