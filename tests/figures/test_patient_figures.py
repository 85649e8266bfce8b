"""The course of one patient and the flow of all: what is drawn, where, and what is told instead."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from engager.figures.patient_course import patient_course_figure
from engager.figures.patient_flow import patient_flow_figure
from engager.figures.patient_record import read_records
from engager.figures.theme import SINGLE_COLUMN
from engager.results import AnalysisResult, Results


def row(name: str, at: str, **values: Any) -> AnalysisResult:
    """Return a row of the course of patient 7."""
    return AnalysisResult(analysis="patient_course", name=name, group="patient 7", at=at, patients=("7",), **values)


DATED = [
    row("dose", "1", estimate=5.0, lower=1.0, upper=7.0, unit="ug/m2/d", text="cycle 1"),
    row("dose", "2", estimate=15.0, lower=8.0, upper=28.0, unit="ug/m2/d", text="cycle 1"),
    row("marrow_blasts", "day 1", estimate=0.9, unit="1"),
    row("mrd", "day 28", lower=0.0, upper=1e-4, unit="1", text="not detected"),
    row("limit", "mrd 0.0001", estimate=1e-4, text="mrd", unit="1"),
    row("cd3", "day 1", estimate=100.0, unit="/uL"),
    row("cd3", "day 28", estimate=1000.0, unit="/uL"),
    row("il_6", "day 2", lower=500.0, upper=None, unit="pg/mL"),
    row("adverse_event", "1", estimate=3.0, lower=2.0, upper=4.0, text="Seizure"),
    row("adverse_event", "2", estimate=1.0, text="Fever"),
    AnalysisResult(analysis="course", name="event", group="patient 7", at="relapse", estimate=190.0, text="relapse"),
]


def data(rows: list[AnalysisResult], **options: Any) -> tuple[dict[str, Any], str]:
    """Return the datasets and the caption of the figure of the only patient."""
    figure = patient_course_figure(read_records(Results(rows))[0], **options)
    assert figure.specification is not None
    return dict(figure.specification["datasets"]), figure.caption


def test_doses_are_as_high_as_the_dose_and_as_wide_as_their_days() -> None:
    """5 is a third of 15; day 28 is infused to its end."""
    bars = data(DATED)[0]["bars"]
    heights = [bar["y2"] - bar["y"] for bar in bars[:2]]
    assert abs(heights[0] * 3 - heights[1]) < 1e-9
    days = [(bar["x2"] - bar["x"]) for bar in bars[:2]]
    assert abs(days[0] / 7 - days[1] / 21) < 1e-9


def test_a_bound_is_an_open_triangle_at_the_limit() -> None:
    """Below a limit it points down, above one it points up; a value is filled."""
    points = data(DATED)[0]["points"]
    shapes = [(point["shape"], point["fill"] == "#FFFFFF") for point in points]
    assert shapes == [
        ("circle", False), ("triangle-down", True), ("circle", False), ("circle", False), ("triangle-up", True)
    ]  # fmt: skip
    limit = [rule for rule in data(DATED)[0]["rules"] if rule["dash"] == [2, 2]]
    assert [rule["y"] for rule in limit] == [points[1]["y"]]


def test_the_grade_of_an_event_stands_in_its_bar_or_behind_its_name() -> None:
    """On paper a shade alone is no grade: twenty days have room for the figure, one day among seventy has none."""
    lone = row("adverse_event", "3", estimate=2.0, lower=5.0, upper=5.0, text="Nausea")
    later = row("dose", "3", estimate=15.0, lower=43.0, upper=70.0, unit="ug/m2/d", text="cycle 2")
    long = row("adverse_event", "4", estimate=4.0, lower=10.0, upper=29.0, text="Fatigue")
    words = [word["text"] for word in data([*DATED, lone, long, later])[0]["words"]]
    assert {"Nausea (2)", "Fatigue", "4"} <= set(words)
    assert "2" not in words


def test_what_is_not_drawn_is_told() -> None:
    """A relapse after the time shown, and an event without a day."""
    drawn, caption = data(DATED)
    assert "Later: relapse, day 190" in caption
    assert "without a day: Fever" in caption
    assert "Seizure" in [word["text"] for word in drawn["words"]]
    assert "Fever" not in [word["text"] for word in drawn["words"]]


def test_without_days_the_places_of_the_cycles_stand_in_order() -> None:
    """Start and end are one apart; two steps of a dose share their cycle."""
    rows = [
        row("dose", "1", estimate=5.0, text="cycle 1"),
        row("dose", "2", estimate=15.0, text="cycle 1"),
        row("marrow_blasts", "cycle 1, start of cycle", estimate=0.9, unit="1"),
        row("marrow_blasts", "cycle 1, end of cycle", estimate=0.01, unit="1"),
        row("marrow_blasts", "cycle 2, end of cycle", estimate=0.01, unit="1"),
    ]
    drawn, caption = data(rows)
    x = [point["x"] for point in drawn["points"]]
    assert abs((x[2] - x[0]) - 3 * (x[1] - x[0])) < 1e-9
    assert abs(drawn["bars"][1]["x"] - (x[0] + x[1]) / 2) < 1e-9
    assert "No day is recorded" in caption


def test_the_width_is_the_columns() -> None:
    """85 mm when asked; the word for made-up data stands in the figure."""
    figure = patient_course_figure(read_records(Results(DATED))[0], width=SINGLE_COLUMN, label="synthetic")
    spec = figure.specification
    assert spec is not None
    assert abs(spec["width"] + spec["padding"]["left"] + spec["padding"]["right"] - SINGLE_COLUMN) < 0.02
    assert spec["datasets"]["label"][0]["text"] == "SYNTHETIC DATA"


def test_a_patient_without_a_reading_has_no_figure() -> None:
    """Doses alone are in the swimmer figure."""
    assert read_records(Results(DATED[:2])) == ()


def test_boxes_of_the_flow_do_not_overlap_and_meet_their_source() -> None:
    """Each column's boxes lie apart, and a box stands amid those it leads to."""
    ways = [
        ("response", "responder", 3),
        ("next", "responder > transplant", 2),
        ("outcome", "responder > transplant > died", 2),
        ("next", "responder > maintenance", 1),
        ("outcome", "responder > maintenance > died", 1),
        ("response", "non-responder", 1),
    ]
    rows = [AnalysisResult(analysis="patient_flow", name="treated", n=4, N=4)]
    rows += [
        AnalysisResult(analysis="patient_flow", name=n, at=at, text=at.split(" > ")[-1], n=k, N=4) for n, at, k in ways
    ]
    spec = patient_flow_figure(Results(rows), title="Flow").specification
    assert spec is not None
    boxes = spec["datasets"]["boxes"]
    assert len(boxes) == len(rows)
    for column in {box["x"] for box in boxes}:
        own = sorted((box["y"], box["y2"]) for box in boxes if box["x"] == column)
        assert all(end <= start for (_, end), (start, _) in pairwise(own))
    middle = [(box["y"] + box["y2"]) / 2 for box in boxes]
    assert abs(middle[1] - (middle[2] + middle[4]) / 2) < 1e-9


def test_the_axis_of_leukaemia_ends_at_every_cell() -> None:
    """A fraction of marrow cells is at most 1, whatever is measured."""
    for value in (0.9, 0.05, 1e-5):
        drawn, _ = data([row("dose", "1", estimate=5.0, text="cycle 1"),
                         row("marrow_blasts", "cycle 1, start of cycle", estimate=value, unit="1")])  # fmt: skip
        ticks = {word["text"] for word in drawn["words"]}
        assert "10" not in ticks
