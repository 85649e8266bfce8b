"""Laws of the exposure, over random courses: what must hold whatever the numbers are."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.cohort import Cohort
from engager.endpoints.exposure.datasets import ExposureDatasets, derive_exposure
from engager.plan import AnalysisPlan
from engager.schema import TABLES

NO_CLASS = pl.DataFrame(schema={"patient": pl.String, "cycle": pl.Int32, "class": pl.String})
Rows = list[dict[str, Any]]


def exposure_of(
    rows: Rows, *, weight: float = 20.0, regimen: str | None = "label-relapsed-refractory"
) -> ExposureDatasets:
    """Return the exposure of courses whose patients are alike."""
    numbered = [{"row": i + 2, "unit": "ug/m2/d", **row} for i, row in enumerate(rows)]
    people = [
        {"row": i + 2, "patient": name, "weight": weight, "height": 110.0}
        for i, name in enumerate(sorted({row["patient"] for row in rows}))
    ]
    tables: dict[str, pl.DataFrame] = {name: schema.create_empty() for name, schema in TABLES.items()}
    for name, records in (("patients", people), ("exposure", numbered)):
        empty = tables[name]
        given_columns = pl.DataFrame(records, schema={key: empty.schema[key] for key in records[0]})
        tables[name] = pl.concat([empty, given_columns], how="diagonal")
    return derive_exposure(Cohort(tables), NO_CLASS, AnalysisPlan(title="law", regimen=regimen))


@st.composite
def courses(draw: st.DrawFn) -> Rows:
    """Return courses of some patients: cycles of some stretches, with and without pauses, in the order of days."""
    rows: Rows = []
    for patient in range(draw(st.integers(1, 3))):
        day = 1
        for cycle in range(1, draw(st.integers(1, 3)) + 1):
            for _ in range(draw(st.integers(1, 3))):
                length = draw(st.integers(1, 28))
                dose = draw(st.sampled_from([5.0, 15.0, 10.0, 28.0]))
                rows.append({
                    "patient": str(patient), "cycle": cycle, "start_day": day, "end_day": day + length - 1,
                    "dose": dose,
                })  # fmt: skip
                day += length + draw(st.sampled_from([0, 0, 3, 7, 8]))
            day += draw(st.integers(0, 20))
    return rows


@given(courses(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: Rows, random: Any) -> None:
    """A table that was sorted otherwise gives the same cycles, patients and deviations."""
    numbered = [{"row": i + 2, **row} for i, row in enumerate(rows)]
    shuffled = numbered.copy()
    random.shuffle(shuffled)
    one, other = exposure_of(numbered), exposure_of(shuffled)
    for name in ("cycles", "patients", "deviations"):
        assert getattr(one, name).equals(getattr(other, name))


@given(courses(), st.data())
def test_splitting_a_stretch_changes_nothing(rows: Rows, data: st.DataObject) -> None:
    """Days, doses, pauses and dose intensity are the same when a stretch is written in two rows."""
    long = [i for i, row in enumerate(rows) if row["end_day"] > row["start_day"]]
    if not long:
        return
    chosen = data.draw(st.sampled_from(long))
    row = rows[chosen]
    at = data.draw(st.integers(row["start_day"], row["end_day"] - 1))
    split = [*rows[:chosen], {**row, "end_day": at}, {**row, "start_day": at + 1}, *rows[chosen + 1 :]]
    numbers = ["days", "dose_ug", "dose_m2", "relative_dose", "relative_dose_intensity", "interruptions", "reductions"]
    one, other = exposure_of(rows), exposure_of(split)
    for name in ("cycles", "patients"):
        for number in numbers:
            before, after = getattr(one, name)[number].to_list(), getattr(other, name)[number].to_list()
            assert after == pytest.approx(before, rel=1e-12)
    assert one.cycles["status"].to_list() == other.cycles["status"].to_list()


@given(courses(), st.floats(0.2, 5))
def test_doses_scale(rows: Rows, factor: float) -> None:
    """Every dose times a factor: doses, relative dose and dose intensity times it; days as they were."""
    scaled = [{**row, "dose": row["dose"] * factor} for row in rows]
    one, other = exposure_of(rows).patients, exposure_of(scaled).patients
    assert other["days"].equals(one["days"])
    for number in ("dose_ug", "dose_m2", "relative_dose", "relative_dose_intensity"):
        expected = [None if value is None else value * factor for value in one[number]]
        assert other[number].to_list() == pytest.approx(expected, rel=1e-9)


@given(courses())
def test_a_patient_is_the_sum_of_the_cycles(rows: Rows) -> None:
    """Days and doses add up over cycles, and over stretches."""
    found = exposure_of(rows)
    for number in ("days", "dose_ug", "dose_m2"):
        parts = found.cycles.group_by("patient", maintain_order=True).agg(pl.col(number).sum())[number]
        stretches = found.stretches.group_by("patient", maintain_order=True).agg(pl.col(number).sum())[number]
        assert found.patients[number].to_list() == pytest.approx(parts.to_list(), rel=1e-12)
        assert found.patients[number].to_list() == pytest.approx(stretches.to_list(), rel=1e-12)


@given(courses())
def test_patients_do_not_touch_each_other(rows: Rows) -> None:
    """Each patient alone has the exposure that stands in the cohort."""
    together = exposure_of(rows).patients.drop("sources")
    alone = [
        exposure_of([row for row in rows if row["patient"] == patient]).patients.drop("sources")
        for patient in together["patient"]
    ]
    assert together.equals(pl.concat(alone))


@given(st.integers(1, 60))
def test_the_dose_planned_is_the_dose_of_the_regimen(length: int) -> None:
    """However long the cycle was, 7 days of 5 and 21 of 15 were planned: 350 ug/m2."""
    rows = [{"patient": "1", "cycle": 1, "start_day": 1, "end_day": length, "dose": 5.0}]
    cycles = exposure_of(rows).cycles
    assert cycles["planned_m2"].to_list() == [350.0]
    assert cycles["relative_dose"].to_list() == pytest.approx([5 * length / 350], rel=1e-12)
