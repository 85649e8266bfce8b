"""The laboratory figures draw what the results tell: values on their days, bands at their boundaries, nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from engager.figures.figure import Figure
from engager.figures.laboratory import drawn_tests, laboratory_figure
from engager.figures.laboratory_axes import axis_of, bands
from engager.figures.laboratory_share import drawn_terms, share_figure
from engager.figures.theme import DOUBLE_COLUMN, SINGLE_COLUMN
from engager.results import AnalysisResult, Results
from engager.writers.svg import draw_svg, width

COURSE = "laboratory_course"


def row(name: str, **values: Any) -> AnalysisResult:
    """Return one row of the analysis behind the figures."""
    return AnalysisResult(analysis=COURSE, name=name, **values)


def boundary(grade: int, at: float | None, direction: str = "low", **values: Any) -> AnalysisResult:
    """Return the boundary of a grade of neutrophils."""
    return row(
        "boundary", group="Neutrophil count decreased", at=f"neutrophils grade {grade}", estimate=at, text=direction,
        unit="10*9/L", method=f"CTCAE 5.0: {direction}", **values,
    )  # fmt: skip


BOUNDARIES = [boundary(4, 0.5), boundary(3, 1.0), boundary(2, 1.5),
              boundary(1, None, warning="the limit of normal differs")]  # fmt: skip
LINES = [
    row("neutrophils", group=f"patient {patient}", at=at, estimate=value, unit="10*9/L", patients=(patient,))
    for patient, at, value in (("A", "-3", 4.0), ("A", "5", 0.4), ("A", "5 (2)", 0.0), ("B", "8", 2.0))
]
DRAWN = row("drawn", group="neutrophils", n=4, N=5, unit="10*9/L", warning="1 of 5 values have no study day")
SHARES = [
    row("share", group="Anemia", at=f"{week} grade {grade}", estimate=n / 4, n=n, N=4, text=str(grade), unit="1",
        method="worst grade of the week")
    for week, grade, n in ((0, 0, 4), (1, 0, 1), (1, 3, 3))
]  # fmt: skip
RESULTS = Results([*BOUNDARIES, DRAWN, *LINES, *SHARES])


def data(figure: Figure, name: str) -> list[dict[str, Any]]:
    """Return a dataset of a figure."""
    assert figure.specification is not None
    rows: list[dict[str, Any]] = figure.specification["datasets"][name]
    return rows


@pytest.fixture(name="figure")
def neutrophils() -> Figure:
    """The figure of two patients."""
    return laboratory_figure(RESULTS, "neutrophils", title="Neutrophils", label="synthetic")


def test_values_stand_on_their_days(figure: Figure) -> None:
    """A line a patient; a second value of a day is on the same day; 0 stands at the lower end, marked."""
    assert [(p["group"], p["day"], p["under"]) for p in data(figure, "points")] == [
        ("patient A", -3, False), ("patient A", 5, False), ("patient A", 5, True), ("patient B", 8, False),
    ]  # fmt: skip
    assert data(figure, "points")[2]["value"] > 0
    assert "Open triangles: a value of 0" in figure.caption
    assert [name["text"] for name in data(figure, "names")] == ["A", "B"]


def test_what_is_not_drawn_is_told(figure: Figure) -> None:
    """Values without a day, and a grade whose boundary differs from patient to patient."""
    assert "Not drawn: 1 of 5 values have no study day." in figure.caption
    assert "Grade 1 of Neutrophil count decreased is not shaded: the limit of normal differs." in figure.caption
    assert figure.results == tuple(one.id for one in (*LINES, *BOUNDARIES))


def test_bands_meet_at_the_boundaries() -> None:
    """Each grade from its boundary to that of the next higher one, the highest to the end of the axis."""
    axis = axis_of([0.2, 6.0], BOUNDARIES, "10*9/L")
    assert axis.logarithmic
    found = bands(BOUNDARIES, axis, 100.0)
    assert [band["grade"] for band in found] == [2, 3, 4]
    heights = [axis.height(at, 100.0) for at in (1.5, 1.0, 0.5)]
    assert [band["y"] for band in found] == pytest.approx(heights)
    assert [band["y2"] for band in found] == pytest.approx([*heights[1:], 100.0])


def test_bands_of_both_directions() -> None:
    """Potassium too low below, too high above; a linear axis; darker tones for higher grades."""
    limits = [boundary(1, 3.5), boundary(3, 3.0), boundary(1, 5.0, "high"), boundary(2, 5.5, "high")]
    axis = axis_of([2.8, 5.8], limits, "mmol/L")
    assert not axis.logarithmic
    found = bands(limits, axis, 100.0)
    assert sorted(band["grade"] for band in found) == [1, 1, 2, 3]
    assert min(band["y"] for band in found) == 0
    assert max(band["y2"] for band in found) == pytest.approx(100)
    shade = {band["grade"]: int(band["tone"][1:3], 16) + int(band["tone"][3:5], 16) for band in found}
    assert shade[1] > shade[2] > shade[3]


def test_the_axis_holds_values_and_a_band() -> None:
    """Values that are all normal are drawn with the first band beneath them, so that it is seen how far it is."""
    axis = axis_of([3.0, 4.0], BOUNDARIES, "10*9/L")
    assert axis.low < 1.5
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
    assert 2 <= len(axis.ticks) <= 7


@pytest.mark.parametrize("points", [SINGLE_COLUMN, DOUBLE_COLUMN])
def test_both_widths_are_drawn(points: float) -> None:
    """As wide as a column, or two, with the word that the data are synthetic in the picture."""
    for figure in (
        laboratory_figure(RESULTS, "neutrophils", title="Neutrophils", label="synthetic", width=points),
        share_figure(RESULTS, "Anemia", title="Anemia", label="synthetic", width=points),
    ):
        assert figure.specification is not None
        svg = draw_svg(figure.specification)
        assert width(svg) == pytest.approx(points, abs=1)
        assert "SYNTHETIC DATA" in svg


def test_shares_stand_on_each_other() -> None:
    """From the axis up, grade 0 first; under each bar the patients."""
    figure = share_figure(RESULTS, "Anemia", title="Anemia")
    week_1 = data(figure, "bars")[1:]
    assert week_1[0]["y"] == week_1[1]["y2"]
    full = week_1[0]["y2"]
    assert (full - week_1[0]["y"]) / full == pytest.approx(0.25)
    assert week_1[1]["y"] == pytest.approx(0)
    assert [count["text"] for count in data(figure, "counts")] == ["4", "4", "patients"]
    assert "week 1 grade 3: 3 of 4" in figure.description


def test_nothing_to_draw_is_told() -> None:
    """Without values there is no picture, and a sentence in its place."""
    empty = laboratory_figure(Results([]), "alt", title="ALT")
    assert empty.specification is None
    assert empty.empty
    assert share_figure(Results([]), "Anemia", title="Anemia").empty
    assert drawn_tests(RESULTS) == ["neutrophils"]
    assert drawn_terms(RESULTS) == ["Anemia"]
