"""The figures of adverse events draw the shares of the results and the days of the record, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from engager.figures.adverse_event_timeline import patients_drawn, timeline_figure
from engager.figures.adverse_events import incidence_figure
from engager.figures.figure import Figure
from engager.figures.theme import SINGLE_COLUMN
from engager.results import AnalysisResult, Results


def data(figure: Figure, name: str) -> list[dict[str, Any]]:
    """Return a dataset of a figure."""
    assert figure.specification is not None
    rows: list[dict[str, Any]] = figure.specification["datasets"][name]
    return rows


def share(name: str, at: str | None, n: int, total: int = 4, group: str = "all") -> AnalysisResult:
    """Return a row of patients."""
    return AnalysisResult(analysis="adverse_events", name=name, at=at, group=group, n=n, N=total, estimate=n / total)


def event(at: str, term: str, first: float | None, last: float | None, grade: str | None) -> list[AnalysisResult]:
    """Return the rows of an event of patient 5."""
    at_place: dict[str, Any] = {"analysis": "adverse_events", "group": "patient 5", "at": at}
    return [
        AnalysisResult(name="event", text=term, lower=first, upper=last, unit="d", **at_place),
        AnalysisResult(name="event_grade", text=grade, **at_place),
    ]


INCIDENCE = [
    share("any", None, 3), share("term", "Tremor", 1), share("term_by_grade", "Tremor, grade not recorded", 1),
    share("term_by_grade", "Tremor, grade 1-2", 0), share("term_by_grade", "Tremor, grade >=3", 0),
    share("term", "Fever", 3), share("term_by_grade", "Fever, grade 1-2", 2),
    share("term_by_grade", "Fever, grade >=3", 1),
]  # fmt: skip
TIMELINE = [
    *event("1", "Fever", 2, 5, "1"), *event("2", "Fever", 4, None, "3-4"), *event("3", "Seizure", 9, 9, None),
    *event("4", "Tremor", None, None, "2"),
    AnalysisResult(analysis="course", name="infusion", group="patient 5", at="1", lower=1, upper=28),
]  # fmt: skip


def test_bars_add_up_to_the_share_of_patients() -> None:
    """Fever first: 1 of 4 of grade 3 or higher at the axis, then 2 of 4; a patient without a grade is hollow."""
    figure = incidence_figure(Results(INCIDENCE), ["1-2", ">=3"], title="Adverse events")
    pieces = data(figure, "pieces")
    assert len(pieces) == 3
    lengths = [piece["x2"] - piece["x"] for piece in pieces]
    assert lengths[1] == pytest.approx(2 * lengths[0])
    assert pieces[0]["x2"] == pieces[1]["x"]
    assert len({piece["fill"] for piece in pieces}) == 3
    assert pieces[2]["fill"] == "#FFFFFF"
    assert [row["text"] for row in data(figure, "counts")] == ["3", "1"]
    assert [row["text"] for row in data(figure, "names")] == [["Fever"], ["Tremor"]]
    assert all(Results(INCIDENCE).by_id(name) for name in figure.results)


def test_groups_have_a_panel_each() -> None:
    """Two groups, two panels with their own number of patients; all patients are not drawn beside them."""
    rows = [*INCIDENCE, share("any", None, 2, 2, "sex=male"), share("any", None, 1, 2, "sex=female"),
            share("term", "Fever", 2, 2, "sex=male"), share("term_by_grade", "Fever, grade 1-2", 2, 2, "sex=male"),
            share("term", "Fever", 0, 2, "sex=female")]  # fmt: skip
    figure = incidence_figure(Results(rows), ["1-2", ">=3"], title="Adverse events", label="synthetic")
    assert [row["text"] for row in data(figure, "heads")] == ["male (n = 2)", "female (n = 2)"]
    assert data(figure, "label")[0]["text"] == "SYNTHETIC DATA"
    assert [row["text"] for row in data(figure, "counts")] == ["2", "0"]


def test_bars_run_from_onset_to_end() -> None:
    """The day after the last closes a bar; without a last day an arrow; what has no first day is told in words."""
    figure = timeline_figure(Results(TIMELINE), "patient 5", title="Patient 5")
    assert [(bar["start"], bar["end"]) for bar in data(figure, "bars")] == [(2, 6), (4, 5), (9, 10)]
    assert len(data(figure, "arrows")) == 1
    assert [row["text"] for row in data(figure, "grades")] == ["1", "3\u20134", "?"]
    assert [(row["start"], row["end"]) for row in data(figure, "infusions")] == [(1, 29)]
    assert "Tremor" in figure.caption
    assert "Seizure, grade ?, from day 9 to day 9" in figure.description


def test_events_of_one_term_that_overlap_do_not_cover_each_other() -> None:
    """A second lane; the name stands at the first."""
    figure = timeline_figure(Results(TIMELINE), "patient 5", title="Patient 5", width=SINGLE_COLUMN)
    tops = [bar["y"] for bar in data(figure, "bars")]
    assert len(set(tops)) == 3
    assert [row["text"] for row in data(figure, "names")] == [["Fever"], ["Seizure"], ["Infusion"]]


def test_patients_with_dated_events_are_drawn() -> None:
    """Most events first; a patient without a dated event has a reason in place of a figure."""
    assert patients_drawn(Results(TIMELINE)) == ("patient 5",)
    assert patients_drawn(Results(event("1", "Fever", None, None, "1"))) == ()
    figure = timeline_figure(Results([]), "patient 9", title="Patient 9")
    assert figure.specification is None
    assert figure.empty == "No timeline: no adverse event of patient 9 has a first day."
