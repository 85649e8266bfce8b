"""Laws of counts, courses and areas: the order of rows is nothing, units are nothing, bounds hold what they bound."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engager.cohort import Cohort
from engager.endpoints.immune.cell_counts import derive_cell_counts
from engager.endpoints.immune.cell_courses import derive_cell_courses
from engager.endpoints.immune.cytokines import derive_cytokine_courses, derive_cytokines
from engager.endpoints.immune.sampling import derive_starts
from engager.plan import Immune
from engager.schema import TABLES

CYCLES = pl.DataFrame(
    {"patient": ["1", "1"], "cycle": [1, 2], "start_day": [1, 43]},
    schema_overrides={"cycle": pl.Int32, "start_day": pl.Int32},
)
PLAN = Immune(cytokine_loq=2.5)

Reading = tuple[str, int, str, int]
READINGS = st.lists(
    st.tuples(
        st.sampled_from(["cd3", "cd19", "il_6"]),
        st.integers(-5, 80).filter(bool),
        st.sampled_from(["=", "<", ">"]),
        st.integers(0, 4000),
    ),
    min_size=1,
    max_size=25,
)


def measured(readings: list[Reading], scale: float = 1.0, units: tuple[str, str] = ("/uL", "pg/mL")) -> Cohort:
    """Return a cohort of one patient with the readings, in the units named."""
    schema = {name: column.dtype for name, column in TABLES["measurements"].columns().items()}
    rows = [
        {
            "row": number, "patient": "1", "day": day, "test": test, "comparator": sign, "value": value * scale,
            "result": "quantified", "unit": units[1] if test == "il_6" else units[0],
        }
        for number, (test, day, sign, value) in enumerate(readings, 2)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema={name: schema[name] for name in rows[0]})
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in rows[0]]
    return Cohort({"measurements": frame.with_columns(absent).select(list(schema))})


def derived(cohort: Cohort) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the courses of cells and cytokines without their sources, which name rows."""
    counts = derive_cell_counts(cohort, CYCLES, PLAN)
    cells = derive_cell_courses(counts, derive_starts(counts, CYCLES, ["population", "compartment"], 7), PLAN)
    cytokines = derive_cytokine_courses(derive_cytokines(cohort, CYCLES, PLAN))
    return cells.drop("sources", "start_sources"), cytokines.drop("sources")


def filled(column: pl.Series) -> list[float]:
    """Return numbers with -1 for what is missing, which no value is."""
    return column.fill_null(-1.0).to_list()


@given(READINGS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(readings: list[Reading], random: object) -> None:
    """Courses are of values and days, whatever the order in which they were entered."""
    other = list(readings)
    random.shuffle(other)  # type: ignore[attr-defined]
    for one, two in zip(derived(measured(readings)), derived(measured(other)), strict=True):
        assert one.equals(two)


@given(READINGS)
def test_units_change_nothing(readings: list[Reading]) -> None:
    """The same values in 10^9/L and ng/mL give the same courses."""
    same = derived(measured(readings, 1e-3, ("10*9/L", "ng/mL")))
    for one, two in zip(derived(measured(readings)), same, strict=True):
        for column in one.columns:
            if one.schema[column].is_float():
                assert filled(one[column]) == pytest.approx(filled(two[column]), rel=1e-9)
            else:
                assert one[column].equals(two[column])


@given(READINGS)
def test_bounds_stand_in_order(readings: list[Reading]) -> None:
    """A lower bound never exceeds its upper one, a nadir never the peak, an area is never below 0."""
    cells, cytokines = derived(measured(readings))
    for frame, names in ((cells, ("nadir", "peak", "start")), (cytokines, ("peak", "auc"))):
        for name in names:
            low, high = frame[f"{name}_low"], frame[f"{name}_high"]
            assert ((low <= high) | low.is_null() | high.is_null()).all()
            assert (low.drop_nulls() >= 0).all()
    assert ((cells["nadir_low"] <= cells["peak_low"]) | cells["nadir_low"].is_null()).all()


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(3, 5000)), min_size=2, max_size=12), st.integers(2, 9))
def test_the_area_grows_with_the_values(points: list[tuple[int, int]], factor: int) -> None:
    """Values above the limit times a factor have that factor of the area, and known values one area, not two."""
    one = [("il_6", day, "=", value) for day, value in points]
    more = [("il_6", day, "=", value * factor) for day, value in points]
    first, second = (derived(measured(readings))[1] for readings in (one, more))
    assert first["auc_low"].equals(first["auc_high"])
    assert filled(second["auc_low"]) == pytest.approx(filled(first["auc_low"] * factor), rel=1e-9)
