"""Result rows and their addresses."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema  # type: ignore[import-untyped]
import pytest

from engager.results import AnalysisResult, Results, results_schema

MEDIAN = AnalysisResult(analysis="OS", name="median", estimate=398.0)
YEAR = AnalysisResult(analysis="OS", name="survival", at="365", group="responders", estimate=0.5)


def test_a_row_is_found_by_its_address() -> None:
    """By its parts, or by its id; None where there is none."""
    results = Results([MEDIAN, YEAR])
    assert results.get("OS", "survival", "responders", "365") is YEAR
    assert results.by_id("OS/survival/responders@365") is YEAR
    assert results.get("OS", "survival") is None
    assert results.filter(name="median")["estimate"].to_list() == [398.0]


def test_two_rows_never_share_an_address() -> None:
    """The address names the row that stands twice."""
    with pytest.raises(ValueError, match="OS/median/all"):
        Results([MEDIAN, MEDIAN])


def test_what_is_not_estimable_is_none() -> None:
    """NaN is refused, with the row's id."""
    with pytest.raises(ValueError, match="OS/median/all: lower is nan"):
        AnalysisResult(analysis="OS", name="median", lower=float("nan"))


def test_the_schema_describes_the_rows() -> None:
    """A row as it is written fits; a row without a field does not."""
    written = Results([MEDIAN, YEAR]).to_document()
    jsonschema.validate(written, results_schema())
    del written["results"][0]["N"]
    with pytest.raises(jsonschema.ValidationError, match="'N' is a required property"):
        jsonschema.validate(written, results_schema())


def test_rows_share_their_patients_and_come_back() -> None:
    """A list that many rows have stands once; reading gives the same rows."""
    everyone = tuple(map(str, range(1000)))
    rows = [replace(YEAR, at=str(day), patients=everyone, sources=("follow_up:2",)) for day in range(50)]
    written = Results([MEDIAN, *rows]).to_document()
    assert written["patient_sets"] == [[], list(everyone)]
    assert {row["patients"] for row in written["results"][1:]} == {1}
    assert list(Results.from_document(json.loads(json.dumps(written)))) == [MEDIAN, *rows]
