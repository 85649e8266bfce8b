"""The swimmer figure draws what is known, on the day on which it is known, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from engager.figures.figure import Figure
from engager.figures.swimmer import swimmer_figure
from engager.figures.theme import DOUBLE_COLUMN
from engager.results import AnalysisResult, Results


def row(patient: str, name: str, **values: Any) -> AnalysisResult:
    """Return one row of a course."""
    return AnalysisResult(analysis="course", name=name, group=patient, **values)


ROWS = [
    row("B", "follow_up", estimate=90, text="alive"),
    row("B", "cycles", n=2, text="5, 15", unit="ug/m2/day"),
    row("B", "infusion", at="1", lower=1, upper=28, estimate=5, unit="ug/m2/day"),
    row("B", "response", text="primary responder"),
    row("B", "event", at="relapse 1", estimate=60, text="relapse"),
    row("A", "follow_up", estimate=17, text="dead"),
    row("A", "cycles", n=1, text="15", unit="ug/m2/day"),
    row("A", "response", text="non-responder"),
    row("A", "event", at="death", estimate=17, text="death: sepsis"),
    row("A", "undated", at="1", text="transplant"),
]


def data(figure: Figure, name: str) -> list[dict[str, Any]]:
    """Return a dataset of a figure."""
    assert figure.specification is not None
    rows: list[dict[str, Any]] = figure.specification["datasets"][name]
    return rows


@pytest.fixture
def figure() -> Figure:
    """The figure of two patients."""
    return swimmer_figure(Results(ROWS), title="Course")


def test_the_patients_stand_in_the_order_of_the_rows(figure: Figure) -> None:
    """Bars reach to the last day; B comes first because its rows do."""
    assert [(bar["patient"], bar["end"]) for bar in data(figure, "bars")] == [("B", 90), ("A", 17)]
    heights = [bar["y"] for bar in data(figure, "bars")]
    assert heights == sorted(heights)


def test_marks_stand_on_their_days(figure: Figure) -> None:
    """Events, and an arrow for the patient who is alive."""
    marks = [(mark["patient"], mark["kind"], mark["day"]) for mark in data(figure, "marks")]
    assert marks == [("B", "relapse", 60), ("B", "ongoing", 90), ("A", "death", 17)]


def test_marks_differ_in_shape(figure: Figure) -> None:
    """No two kinds share a shape, so that colour is not needed."""
    shapes = {mark["kind"]: mark["shape"] for mark in data(figure, "marks")}
    assert len(set(shapes.values())) == len(shapes)


def test_what_has_no_day_is_words_and_not_a_mark(figure: Figure) -> None:
    """The transplant on an unknown day stands at the right; no mark is drawn for it."""
    texts = [word["text"] for word in data(figure, "words")]
    assert ["transplant"] in texts
    assert "hsct" not in {mark["kind"] for mark in data(figure, "marks")}


def test_infusions_are_drawn_where_their_days_are_known_and_missed_aloud_where_not(figure: Figure) -> None:
    """B has one; the caption names A."""
    assert [(bar["patient"], bar["start"], bar["end"]) for bar in data(figure, "infusions")] == [("B", 1, 28)]
    assert "Infusions of patient A are not drawn: their days are not recorded." in figure.caption


def test_without_any_infusion_the_caption_says_so() -> None:
    """Nothing is drawn and nothing is invented."""
    figure = swimmer_figure(Results([row for row in ROWS if row.name != "infusion"]), title="Course")
    assert data(figure, "infusions") == []
    assert "Infusions are not drawn: their days are not recorded." in figure.caption


def test_a_label_that_says_more_than_its_kind_is_written_behind_the_bar(figure: Figure) -> None:
    """The cause of death is there to read, `relapse` is not said twice."""
    texts = [word["text"] for word in data(figure, "words")]
    assert ["death: sepsis"] in texts
    assert ["relapse"] not in texts


def test_an_event_without_a_day_is_told_and_not_drawn() -> None:
    """It joins the remarks."""
    rows = [*ROWS, row("B", "event", at="hsct", text="second transplant")]
    figure = swimmer_figure(Results(rows), title="Course")
    assert ["second transplant"] in [word["text"] for word in data(figure, "words")]
    assert "hsct" not in {mark["kind"] for mark in data(figure, "marks")}


def test_marks_that_would_cover_each_other_move_apart() -> None:
    """A relapse and a transplant a day apart stand above one another."""
    rows = [*ROWS, row("B", "event", at="hsct", estimate=61, text="transplant")]
    heights = {
        m["kind"]: m["y"] for m in data(swimmer_figure(Results(rows), title="Course"), "marks") if m["patient"] == "B"
    }
    assert heights["relapse"] != heights["hsct"]


def test_the_legend_has_only_what_the_figure_uses(figure: Figure) -> None:
    """No entry for a transplant, which nobody has on a known day."""
    texts = [row["text"] for row in data(figure, "legend_words")]
    assert texts == ["primary responder", "non-responder", "infusion", "death", "relapse", "alive at last contact"]


def test_response_classes_differ_in_lightness(figure: Figure) -> None:
    """Responders are filled and non-responders hollow."""
    fills = {bar["response"]: bar["fill"] for bar in data(figure, "bars")}
    assert fills["non-responder"] == "#FFFFFF" != fills["primary responder"]


def test_the_figure_is_170_mm_wide(figure: Figure) -> None:
    """Margins and plot add up, whatever the words beside the bars."""
    assert figure.specification is not None
    padding = figure.specification["padding"]
    assert figure.specification["width"] + padding["left"] + padding["right"] == pytest.approx(DOUBLE_COLUMN, abs=0.01)


def test_a_patient_without_a_last_day_is_not_drawn() -> None:
    """There is no bar without an end."""
    figure = swimmer_figure(Results([*ROWS, row("C", "response", text="primary responder")]), title="Course")
    assert [bar["patient"] for bar in data(figure, "bars")] == ["B", "A"]


def test_the_description_tells_the_figure_in_words(figure: Figure) -> None:
    """What a reader who cannot see the picture hears."""
    assert figure.description == (
        "Patient B: primary responder; followed to day 90; alive; relapse on day 60. "
        "Patient A: non-responder; followed to day 17; dead; death: sepsis on day 17; transplant."
    )


def test_synthetic_data_are_labelled_in_the_figure_itself() -> None:
    """The word is part of the picture."""
    figure = swimmer_figure(Results(ROWS), title="Course", label="simulated")
    assert data(figure, "label")[0]["text"] == "SIMULATED DATA"


def test_without_rows_the_figure_says_why() -> None:
    """There is no picture, but a sentence."""
    figure = swimmer_figure(Results([]), title="Course")
    assert (figure.specification, figure.empty) == (None, "No courses: no patient has a last day of follow-up.")
