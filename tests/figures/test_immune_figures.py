"""The figures of cells, cytokines and the ratio draw each row where it belongs, and say what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from engager.figures.cell_course import cell_course_figure
from engager.figures.cytokine_course import cytokine_course_figure
from engager.figures.figure import Figure
from engager.figures.ratio import DRAWN, ratio_figure
from engager.figures.theme import DOUBLE_COLUMN, SINGLE_COLUMN
from engager.results import AnalysisResult, Results


def course(analysis: str, name: str, patient: str, day: int, text: str = "responding", **values: Any) -> AnalysisResult:
    """Return one value of a course."""
    return AnalysisResult(
        analysis=analysis, name=name, group=f"patient {patient}, cycle 1", at=f"day {day}", text=text,
        patients=(patient,), **values,
    )  # fmt: skip


CELLS = [
    course("cell_course", "cd3", "1", -1, estimate=100.0),
    course("cell_course", "cd3", "1", 8, estimate=1000.0),
    course("cell_course", "cd3", "2", 1, "non-responding", estimate=10.0),
    course("cell_course", "cd19", "1", 1, lower=0.0, upper=5.0),
    course("cell_course", "cd19", "2", 1, "non-responding", estimate=0.0),
]


def data(figure: Figure, name: str) -> list[dict[str, Any]]:
    """Return a dataset of a figure."""
    assert figure.specification is not None
    rows: list[dict[str, Any]] = figure.specification["datasets"][name]
    return rows


def lines(figure: Figure, piece: str) -> list[dict[str, Any]]:
    """Return the points of one line."""
    return [row for row in data(figure, "lines") if row["piece"] == piece]


def test_a_value_stands_at_its_day_and_its_logarithm() -> None:
    """Ten times the cells are one decade up; day -1 stands one day before day 1, as there is no day 0."""
    found = cell_course_figure(Results(CELLS), width=SINGLE_COLUMN)
    low, high = lines(found, "cd3 patient 1, cycle 1")
    other = lines(found, "cd3 patient 2, cycle 1")[0]
    assert low["y"] - high["y"] == pytest.approx(other["y"] - low["y"], abs=0.02)
    assert low["x"] < other["x"] < high["x"]
    assert high["x"] - low["x"] == pytest.approx(8 * (other["x"] - low["x"]), rel=0.01)


def test_classes_differ_in_dash_and_shape_as_in_colour() -> None:
    """Without colour a responding cycle is still told from a non-responding one."""
    found = cell_course_figure(Results(CELLS))
    one, two = (lines(found, f"cd3 patient {patient}, cycle 1")[0] for patient in "12")
    assert one["dash"] != two["dash"]
    names = {row["text"] for row in data(found, "words")}
    assert {"responding", "non-responding", "CD3, T cells", "CD19, B cells", "Day of the cycle"} <= names


def test_values_below_a_limit_are_open_triangles_pointing_down() -> None:
    """At the limit; a count of 0 at the foot of the axis."""
    shapes = [row["shape"] for row in data(cell_course_figure(Results(CELLS)), "points") if row["fill"] == "#FFFFFF"]
    assert shapes.count("triangle-down") == 3  # two values and the legend
    assert "foot" in cell_course_figure(Results(CELLS)).caption


def test_many_patients_are_bands() -> None:
    """Rows of quantiles have a line and a band, and no marks."""
    rows = [
        AnalysisResult(analysis="cell_course", name="cd3", group="responding", at=f"day {day}", text="responding",
                       estimate=100.0, lower=50.0, upper=200.0, n=70)
        for day in (1, 8)
    ]  # fmt: skip
    found = cell_course_figure(Results(rows))
    assert len(data(found, "bands")) == len(data(found, "lines")) == 2
    assert data(found, "points") == []
    assert found.caption.startswith("Lines: medians")
    below = AnalysisResult(analysis="cell_course", name="cd3", group="responding", at="day 15", text="responding",
                           lower=0.0, upper=5.0, n=70)  # fmt: skip
    found = cell_course_figure(Results([*rows, below]))
    assert [row["shape"] for row in data(found, "points")] == ["triangle-down"] * 2  # the legend's, and the median
    assert len(data(found, "bands")) == 2


def test_limits_of_quantification_are_drawn() -> None:
    """A dashed line at the limit, named in the legend, in the panel of its analyte."""
    rows = [
        course("cytokine_course", "il_6", "1", 1, estimate=100.0),
        course("cytokine_course", "il_6", "1", 3, lower=0.0, upper=2.44),
        AnalysisResult(analysis="cytokine_limit", name="il_6", at="1", estimate=2.44),
    ]
    found = cytokine_course_figure(Results(rows), {"il_6": "IL-6"})
    dashed = [row for row in data(found, "rules") if row["dash"] == [1.5, 1.5]]
    point = next(row for row in data(found, "points") if row["shape"] == "triangle-down" and row["x"] > 30)
    assert point["y"] in [row["y"] for row in dashed]
    assert {"IL-6", "limit of quantification"} <= {row["text"] for row in data(found, "words")}


def ratios(*values: dict[str, Any]) -> list[AnalysisResult]:
    """Return recorded ratios of cycle 1 of patients 1, 2, ..., responding but for the first, with the rule's limit."""
    rows = [AnalysisResult(analysis="ratio_threshold", name="limit", group="ratio, as recorded", estimate=7.0)]
    for number, value in enumerate(values, 1):
        at: dict[str, Any] = {"group": f"patient {number}", "at": "cycle 1"}
        rows.append(AnalysisResult(analysis="cycle_measures", name="ratio, as recorded", **at, **value))
        text = "non-responding" if number == 1 else "responding"
        rows.append(AnalysisResult(analysis="cycle_response", name="cycle", text=text, **at))
    return rows


def test_the_ratio_with_its_threshold_and_the_cuts_that_separate() -> None:
    """Bounds point to where they lie, equal ratios stand side by side, the band spans the separating cuts."""
    rows = ratios({"lower": 0.0, "upper": 0.2}, {"lower": 10.0}, {"estimate": 20.0}, {"estimate": 20.0})
    cut = AnalysisResult(
        analysis="ratio_threshold", name="separation", group="ratio, as recorded", lower=0.2, upper=10.0
    )
    found = ratio_figure(Results([*rows, cut]))
    drawn = [row for row in data(found, "points") if row["stroke"] != "#1D2A35"]
    assert [row["shape"] for row in drawn] == ["triangle-down", "triangle-up", "circle", "circle"]
    assert drawn[2]["y"] == drawn[3]["y"]
    assert drawn[2]["x"] != drawn[3]["x"]
    band = data(found, "bands")[0]
    assert (band["y"], band["y2"]) == (drawn[0]["y"], drawn[1]["y"])
    assert "7, the plan's limit" in {row["text"] for row in data(found, "words")}
    assert cut.id in found.results


def test_what_is_synthetic_says_so_in_the_figure() -> None:
    """The label stands in the picture itself."""
    for found in (cell_course_figure(Results(CELLS), label="synthetic"),
                  ratio_figure(Results(ratios({"estimate": 1.0}, {"estimate": 9.0})), label="synthetic")):  # fmt: skip
        assert [row["text"] for row in data(found, "label")] == ["SYNTHETIC DATA"]


def test_nothing_to_draw_and_too_much() -> None:
    """Without rows, or with more ratios than can be read, there is a reason in place of a picture."""
    assert cell_course_figure(Results([])).specification is None
    assert cytokine_course_figure(Results([]), {}).empty
    many = ratio_figure(Results(ratios(*({"estimate": 1.0} for _ in range(DRAWN + 1)))))
    assert many.specification is None
    assert str(DRAWN) in (many.empty or "")


@pytest.mark.parametrize("width", [SINGLE_COLUMN, DOUBLE_COLUMN])
def test_the_width_is_that_of_the_column(width: float) -> None:
    """Padding and plot together are the width asked for, and no word of an axis leaves the sheet."""
    spec = cell_course_figure(Results(CELLS), width=width).specification
    assert spec is not None
    assert spec["width"] + spec["padding"]["left"] + spec["padding"]["right"] == pytest.approx(width, abs=0.1)
    assert all(-spec["padding"]["left"] <= row["x"] <= spec["width"] + 8 for row in spec["datasets"]["words"])
