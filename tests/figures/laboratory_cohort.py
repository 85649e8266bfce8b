"""A synthetic cohort with laboratory values, drawn from a fixed seed: for pictures and laws, no patient is real."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from engager.cohort import Cohort
from engager.schema import TABLES

# Test: unit, limits, typical value, how far a value falls or rises under treatment (log scale), spread.
TESTS: dict[str, tuple[str, float | None, float | None, float, float, float]] = {
    "neutrophils": ("10*9/L", 1.5, 8.0, 3.0, -1.6, 0.45),
    "platelets": ("10*9/L", 150.0, 450.0, 220.0, -1.1, 0.35),
    "haemoglobin": ("g/L", 110.0, 150.0, 112.0, -0.25, 0.08),
    "alt": ("U/L", 5.0, 40.0, 28.0, 1.3, 0.5),
    "potassium": ("mmol/L", 3.5, 5.0, 4.1, -0.12, 0.06),
    "calcium": ("mmol/L", None, None, 2.3, -0.08, 0.04),
}
DAYS = (-3, 1, 3, 5, 8, 11, 15, 22, 29, 36, 43)


def synthetic_cohort(patients: int, seed: int = 1) -> Cohort:
    """Return a cohort of so many patients, one cycle each, with values that fall or rise and recover."""
    random = np.random.Generator(np.random.PCG64(seed))
    names = [str(number) for number in range(1, patients + 1)]
    measured = [row for name in names for row in _values(name, random)]
    events = [
        {"patient": name, "term": "Neutrophil count decreased", "ctcae_version": "5.0", "grade": int(grade),
         "start_day": 4, "end_day": 16}
        for name, grade in zip(names[::2], random.integers(1, 5, patients), strict=False)
    ]  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {
        "patients": [{"patient": name, "sex": "male" if i % 2 else "female", "age": 2.0 + i % 15}
                     for i, name in enumerate(names)],
        "exposure": [{"patient": name, "cycle": 1, "start_day": 1, "end_day": 28, "dose": 15.0, "unit": "ug/m2/d"}
                     for name in names],
        "measurements": measured,
        "adverse_events": events,
    }  # fmt: skip
    return Cohort({name: frame_of(name, rows.get(name, [])) for name in TABLES})


def _values(patient: str, random: np.random.Generator) -> list[dict[str, Any]]:
    found = []
    for test, (unit, low, high, typical, change, spread) in TESTS.items():
        start = typical * np.exp(random.normal(0, spread / 2))
        for day in DAYS:
            effect = change * np.exp(-(((day - 8) / 9) ** 2)) if day > 1 else 0.0
            value = float(start * np.exp(effect * random.uniform(0.5, 1.4) + random.normal(0, spread / 3)))
            found.append(
                {"patient": patient, "day": day, "test": test, "value": round(value, 3), "unit": unit,
                 "lower_limit": low, "upper_limit": high, "comparator": "=", "result": "quantified"}
            )  # fmt: skip
    return found


def frame_of(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows as a table of its schema, numbered as a file would be."""
    types = {column: declared.dtype for column, declared in TABLES[name].columns().items()}
    complete = [{**dict.fromkeys(types), "row": i, **row} for i, row in enumerate(rows, 2)]
    return pl.DataFrame(complete, schema=types)
