"""The worst grade: by table and by search, the same answer."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from engager.endpoints.adverse_events import worst_grade as module
from engager.endpoints.adverse_events.worst_grade import worst_grade

KEYS = ["patient", "term", "group"]


def coded(rows: list[tuple[str, str, str, int | None]]) -> pl.DataFrame:
    """Return events with coded keys."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(KEYS, pl.String) | {"grade": pl.Int32}, orient="row")
    terms = pl.Enum(["Fever", "Tremor", "Never"])
    return frame.with_columns(pl.col("patient", "group").cast(pl.Categorical), pl.col("term").cast(terms))


def obvious(events: pl.DataFrame, by: list[str]) -> dict[tuple[str, ...], int | None]:
    """Return the worst grades, one event after the other."""
    worst: dict[tuple[str, ...], int | None] = {}
    for row in events.iter_rows(named=True):
        key = tuple(row[name] for name in by)
        known = [grade for grade in (worst.get(key), row["grade"]) if grade is not None]
        worst[key] = max(known, default=None)
    return worst


EVENT = st.tuples(
    st.sampled_from("ABCDE"), st.sampled_from(["Fever", "Tremor"]), st.sampled_from("xy"), st.none() | st.integers(1, 5)
)


@given(st.lists(EVENT, min_size=1, max_size=40), st.sampled_from([KEYS, KEYS[:2], KEYS[:1], ["term", "patient"]]))
def test_the_table_and_the_search_give_the_obvious_answer(
    rows: list[tuple[str, str, str, int | None]], by: list[str]
) -> None:
    """Ties, missing grades, patients in one group or in two: as counted by hand."""
    events = coded(rows)
    wanted = obvious(events, by)
    with pytest.MonkeyPatch.context() as patch:
        for few in (0, 10**9):
            patch.setattr(module, "FEW", few)
            patch.setattr(module, "_CELLS_PER_ROW", 10**6)
            patch.setattr(module, "_SLAB", 4)
            found = worst_grade(events, by=by)
            assert found.columns == [*by, "grade"]
            assert {row[:-1]: row[-1] for row in found.rows()} == wanted
            assert found.height == len(wanted)


def test_two_columns_of_grades_keep_their_own_maximum() -> None:
    """The bounds of a grade are two maxima, not those of one row."""
    events = pl.DataFrame({"patient": ["A", "A"], "grade_low": [1, 2], "grade_high": [4, 2]})
    assert worst_grade(events, by=["patient"], grades=("grade_low", "grade_high")).rows() == [("A", 2, 4)]


def test_many_events_take_the_table_and_agree_with_polars() -> None:
    """Above the limit, with a group that the patient decides and one that it does not; types are kept."""
    random = np.random.Generator(np.random.PCG64(5))
    n, patients = module.FEW + 10, 30_000
    of_patient = random.integers(0, patients, n)
    events = pl.DataFrame(
        {
            "patient": pl.Series([f"P{i}" for i in range(patients)], dtype=pl.Categorical).gather(of_patient),
            "term": pl.Series(random.integers(0, 30, n).astype(str)).cast(pl.Enum([str(i) for i in range(30)])),
            "arm": pl.Series((of_patient % 3).astype(str)).cast(pl.Categorical),
            "cycle": pl.Series(random.integers(0, 4, n).astype(str)).cast(pl.Categorical),
            "grade": random.integers(1, 6, n).astype(np.int32),
        }
    )
    for by in (["patient", "term", "arm"], ["patient", "term", "cycle"]):
        found, plain = worst_grade(events, by=by), events.group_by(by).agg(pl.col("grade").max())
        assert found.schema == plain.schema
        assert_frame_equal(found, plain, check_row_order=False)


def test_a_key_that_is_missing_is_a_key_of_its_own() -> None:
    """A missing key is searched for, not lost."""
    events = pl.DataFrame({"patient": ["A", None, None], "grade": [1, 2, 3]})
    assert dict(worst_grade(events, by=["patient"]).rows()) == {"A": 1, None: 3}
