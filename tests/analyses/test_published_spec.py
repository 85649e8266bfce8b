"""Published against computed: each printed number beside a result, and the verdict."""

from __future__ import annotations

import polars as pl
import pytest

from engager.analyses.reproduction import compare_published
from engager.results import AnalysisResult, Results

COLUMNS = ("row", "place", "statement", "analysis", "name", "group", "at", "field", "value", "unit", "why", "note")
OURS = Results(
    [
        AnalysisResult(analysis="OS", name="median", estimate=398.0, unit="d", warning="few patients"),
        AnalysisResult(analysis="OS", name="last", estimate=None, unit="d", warning="not reached"),
        AnalysisResult(
            analysis="response", name="responders", estimate=2 / 3, lower=0.299, upper=0.925, n=6, N=9, unit="1",
            patients=("1", "2", "3", "4", "5", "6"), sources=("patients:2",),
        ),
    ]
)  # fmt: skip


def judged(name: str | None, field: str, value: str, unit: str | None = None, **more: str | None) -> dict[str, object]:
    """Return text and warning of the verdict on one published number, and the computed number."""
    analysis = None if name is None else ("response" if name == "responders" else "OS")
    row = dict.fromkeys(COLUMNS) | {"row": "2", "analysis": analysis, "name": name, "field": field, "value": value}
    table = pl.DataFrame([row | {"unit": unit} | more], schema=dict.fromkeys(COLUMNS, pl.String))
    found = Results(compare_published(table, OURS))
    verdict, computed = found.get("published", "verdict", at="2"), found.get("published", "computed", at="2")
    assert verdict is not None
    assert computed is not None
    totals = {total.at: total.n for total in found.where(name="total")}
    assert totals[verdict.text] == 1
    assert sum(number or 0 for number in totals.values()) == 1
    return {"verdict": verdict.text, "why": verdict.warning, "computed": computed.estimate, "sources": computed.sources}


@pytest.mark.parametrize(
    ("name", "field", "value", "unit", "verdict"),
    [
        ("median", "estimate", "398", "d", "agrees"),
        ("median", "estimate", "243", "d", "differs"),
        ("median", "estimate", "13", "months", "agrees"),  # 398 days are 13.08 months
        ("median", "estimate", "1.1", "years", "agrees"),
        ("median", "estimate", "398", "%", "cannot be computed"),
        ("median", "lower", "17", "d", "cannot be computed"),
        ("responders", "estimate", "67", "%", "agrees"),
        ("responders", "estimate", "66.7", "%", "agrees"),
        ("responders", "estimate", "66", "%", "differs"),
        ("responders", "lower", "29.9", "%", "agrees"),
        ("responders", "n", "6", "patients", "agrees"),
        ("responders", "N", "10", "patients", "differs"),
        ("responders", "patients", "1-6", None, "agrees"),
        ("responders", "patients", "1-5", None, "differs"),
        ("responders", "n", "1*", "patients", "cannot be computed"),
        ("responders", "n", "1e400", "patients", "cannot be computed"),  # larger than a computer's number
        ("responders", "n", "1e-400", "patients", "cannot be computed"),
        ("responders", "patients", "1-1000000000", None, "differs"),
        ("responders", "patients", "1-\u00b2", None, "differs"),  # a sign that is a digit and no number
        ("last", "estimate", "398", "d", "cannot be computed"),
        (None, "n", "6", "patients", "cannot be computed"),
        ("unheard of", "n", "6", "patients", "cannot be computed"),
    ],
)
def test_the_verdict(name: str | None, field: str, value: str, unit: str | None, verdict: str) -> None:
    """Each field, in the unit printed, at the precision printed."""
    assert judged(name, field, value, unit)["verdict"] == verdict


def test_what_cannot_be_computed_says_why() -> None:
    """The file's own reason, the result's warning, or that there is no such result."""
    assert judged(None, "n", "6", why="ages are not given")["why"] == "ages are not given"
    assert judged("last", "estimate", "398", "d")["why"] == "not reached"
    assert judged("unheard of", "n", "6")["why"] == "the data give no such result"
    assert judged("median", "estimate", "398", "%")["why"] == "printed in %, ours is in d"


def test_a_difference_in_patients_names_ours() -> None:
    """A note of the file explains; else our patients are named. Sources lead to both rows."""
    told = judged("responders", "patients", "1-5")
    assert told["why"] == "ours: 1, 2, 3, 4, 5, 6"
    assert told["sources"] == ("patients:2", "published:2")
    assert judged("responders", "patients", "1-5", note="one more")["why"] == "one more"
