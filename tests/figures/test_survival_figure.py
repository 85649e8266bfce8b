"""The survival figure draws the rows as they are, and says so where there is nothing to draw."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from engager.figures.figure import Figure
from engager.figures.survival import survival_figure
from engager.figures.theme import DOUBLE_COLUMN, SINGLE_COLUMN
from engager.results import AnalysisResult, Results


def row(name: str, at: float, group: str = "all", **values: Any) -> AnalysisResult:
    """Return one row of a curve."""
    return AnalysisResult(analysis="OS", name=name, group=group, at=f"{at:g}", **values)


def curve_rows(group: str = "all", text: str | None = None) -> list[AnalysisResult]:
    """Return three patients: an event on day 0, one censored on day 10, an event on day 20."""
    return [
        row("curve", 0, group, estimate=2 / 3, lower=0.05, upper=0.95, level=0.95, n=3, text=text),
        row("curve", 20, group, estimate=0.0, n=1, text=text),
        row("censored", 10, group, estimate=2 / 3, n=2),
        row("at_risk", 0, group, n=3, text=text),
        row("at_risk", 15, group, n=1, text=text),
    ]


def data(figure: Figure, name: str) -> list[dict[str, Any]]:
    """Return a dataset of a figure."""
    assert figure.specification is not None
    rows: list[dict[str, Any]] = figure.specification["datasets"][name]
    return rows


@pytest.fixture
def figure() -> Figure:
    """The figure of the three patients."""
    return survival_figure(Results(curve_rows()), "OS", ["all"], title="Overall survival")


def test_an_event_on_day_0_is_a_fall_from_1_on_day_0(figure: Figure) -> None:
    """The curve starts at 1 even where the first row is on day 0, and ends at the last row."""
    assert [(p["day"], p["survival"]) for p in data(figure, "steps")] == [(0, 1), (0, 2 / 3), (20, 0), (20, 0)]


def test_the_band_holds_the_bounds_of_the_rows_and_ends_where_there_is_none(figure: Figure) -> None:
    """The bounds of day 0 reach to day 20, whose row has none."""
    assert [(p["day"], p["lower"], p["upper"]) for p in data(figure, "bands")] == [(0, 0.05, 0.95), (20, 0.05, 0.95)]


def test_a_missing_bound_divides_the_band() -> None:
    """A row without bounds between two with them leaves a gap and not a bridge."""
    bounds: dict[str, Any] = {"estimate": 0.5, "lower": 0.2, "upper": 0.8}
    rows = [
        row("curve", 1, **bounds),
        row("curve", 2, estimate=0.4),
        row("curve", 3, **bounds),
        row("curve", 4, **bounds),
    ]
    bands = data(survival_figure(Results(rows), "OS", ["all"], title="OS"), "bands")
    assert [(p["piece"], p["day"]) for p in bands] == [
        ("all/0", 1),
        ("all/0", 2),
        ("all/2", 3),
        ("all/2", 4),
        ("all/2", 4),
    ]


def test_the_numbers_at_risk_are_those_of_the_rows(figure: Figure) -> None:
    """They stand under the axis, at the times of the rows, which are the ticks."""
    assert [(p["day"], p["n"]) for p in data(figure, "at_risk")] == [(0, 3), (15, 1)]
    assert figure.specification is not None
    assert all(p["y"] > figure.specification["height"] for p in data(figure, "at_risk"))


def test_censored_patients_are_marked_at_their_time_and_height(figure: Figure) -> None:
    """The tick stands on the curve."""
    assert [(p["day"], p["survival"]) for p in data(figure, "censored")] == [(10, 2 / 3)]


def test_the_rows_may_come_in_any_order(figure: Figure) -> None:
    """Times are sorted as numbers, not as text."""
    backwards = survival_figure(Results(reversed(curve_rows())), "OS", ["all"], title="Overall survival")
    assert data(backwards, "steps") == data(figure, "steps")


def test_only_censored_patients_make_a_flat_curve() -> None:
    """Nobody had the event: the curve stays at 1 to the last day."""
    figure = survival_figure(Results([row("censored", 30, estimate=1.0, n=1)]), "OS", ["all"], title="OS")
    assert [(p["day"], p["survival"]) for p in data(figure, "steps")] == [(0, 1), (30, 1)]


def test_groups_differ_in_colour_and_in_dash_and_are_named() -> None:
    """Two curves can be told apart in grey; each is named beside its end, in the words of its rows."""
    rows = Results([*curve_rows("a", "Responders"), *curve_rows("b", "Non-responders")])
    figure = survival_figure(rows, "OS", ["a", "b"], title="OS")
    assert figure.specification is not None
    encoding = figure.specification["layer"][1]["encoding"]
    assert len({*encoding["color"]["scale"]["range"]}) == 2
    assert len({tuple(dash) for dash in encoding["strokeDash"]["scale"]["range"]}) == 2
    assert [p["text"] for p in data(figure, "names")] == [["Number at risk"], ["Responders"], ["Non-responders"]]


def test_names_of_curves_that_end_together_do_not_overlap() -> None:
    """Two curves that end at 0 have their names a line apart."""
    rows = Results([*curve_rows("a"), *curve_rows("b"), *curve_rows("c")])
    names = data(survival_figure(rows, "OS", ["a", "b", "c"], title="OS"), "names")[1:]
    heights = sorted(name["y"] for name in names)
    assert min(b - a for a, b in pairwise(heights)) >= 8


def test_more_times_than_find_room_are_thinned_together_with_the_ticks() -> None:
    """Every label under the axis has its numbers, and no two labels touch."""
    rows = Results([*curve_rows(), *(row("at_risk", tick, n=1) for tick in range(100, 5000, 100))])
    figure = survival_figure(rows, "OS", ["all"], title="OS")
    assert figure.specification is not None
    ticks = figure.specification["layer"][1]["encoding"]["x"]["axis"]["values"]
    assert ticks == [p["day"] for p in data(figure, "at_risk")]
    assert len(ticks) <= 10


@pytest.mark.parametrize(("groups", "width"), [(["all"], SINGLE_COLUMN), (["all", "b"], DOUBLE_COLUMN)])
def test_the_figure_is_as_wide_as_its_column(groups: list[str], width: float) -> None:
    """Margins and plot add up to 85 or 170 mm."""
    figure = survival_figure(Results([*curve_rows(), *curve_rows("b")]), "OS", groups, title="OS")
    assert figure.specification is not None
    padding = figure.specification["padding"]
    assert figure.specification["width"] + padding["left"] + padding["right"] == pytest.approx(width, abs=0.01)


def test_synthetic_data_are_labelled_in_the_figure_itself() -> None:
    """The word is part of the picture."""
    figure = survival_figure(Results(curve_rows()), "OS", ["all"], title="OS", label="synthetic")
    assert data(figure, "label")[0]["text"] == "SYNTHETIC DATA"


def test_the_figure_names_every_result_it_shows(figure: Figure) -> None:
    """All five rows."""
    assert set(figure.results) == {row.id for row in curve_rows()}


def test_without_rows_the_figure_says_why() -> None:
    """There is no picture, but a sentence."""
    figure = survival_figure(Results([]), "EFS", ["all"], title="Event-free survival")
    assert figure.specification is None
    assert figure.empty == "No curve: no patient has a follow-up time for event-free survival."


def test_the_caption_tells_what_the_marks_mean(figure: Figure) -> None:
    """The level of the band is that of the rows."""
    assert figure.caption == "Pale band: 95 % interval at each time. Vertical ticks: patients censored at that time."


def test_a_curve_without_an_event_says_so() -> None:
    """A level line may be a curve that was lost: the caption says that nothing happened; the label is in the frame."""
    rows = [row("curve", 0, estimate=1.0, n=2), row("censored", 10, estimate=1.0, n=1), row("at_risk", 0, n=2)]
    figure = survival_figure(Results(rows), "OS", ["all"], title="OS", label="synthetic")
    assert figure.caption == "No event was recorded. Vertical ticks: patients censored at that time."
    assert [word["y"] for word in data(figure, "label")] == [16]
