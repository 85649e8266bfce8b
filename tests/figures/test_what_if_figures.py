"""The pictures of what-ifs: what is drawn, what is told where nothing can be, and the word simulated in each."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from engager.analyses.what_if import comparison_rows, sensitivity_rows, sobol_rows, trial_rows
from engager.analyses.what_if_fit import check_rows, fit_rows
from engager.figures.figure import Figure
from engager.figures.predictive_check import check_figure
from engager.figures.sensitivity import tornado_figure
from engager.results import Results
from engager.simulator.what_if.calibration import Calibration
from engager.simulator.what_if.measures import read_measures
from engager.simulator.what_if.predictive_check import PredictiveCheck
from engager.tables import what_if

BANDS = pl.DataFrame({
    "day": [0.5, 0.5, 7.0, 7.0], "percentile": [50.0, 95.0, 50.0, 95.0], "observed": [None, 300.0, 40.0, 90.0],
    "low": [None, 100.0, 30.0, 80.0], "middle": [5.0, 200.0, 35.0, 100.0], "high": [10.0, 400.0, 39.0, 120.0],
    "below_at": [2.44, None, None, None], "beyond": [False, False, True, False],
    "values": [9] * 4, "below_limit": [5, 5, 0, 0], "studies": [100] * 4,
})  # fmt: skip
POINTS = pl.DataFrame(
    {"patient": ["A", "B"], "day": [0.5, 7.0], "value": [2.44, 40.0], "below": [True, False], "window": [1, 2]}
)
CHECK = PredictiveCheck(BANDS, POINTS, failed=0)


def words_of(figure: Figure) -> list[str]:
    assert figure.specification is not None
    data: Any = figure.specification["datasets"]
    return [row["text"] for row in (*data["words"], *data["label"])]


def test_a_check_shows_bands_percentiles_and_values() -> None:
    """Observed values below the limit are open triangles; every result is in the picture, which says simulated."""
    figure = check_figure(Results(check_rows(CHECK)), "IL-6, pg/mL", label="simulated")
    assert figure.specification is not None
    data: Any = figure.specification["datasets"]
    assert sorted({row["piece"] for row in data["bands"]}) == ["simulated 50", "simulated 95"]
    triangles = [row for row in data["points"] if row.get("shape") == "triangle-down"]
    assert [row["result"] for row in triangles] == [
        "what_if_check/value/1@day 0.5", "what_if_check/observed 50/all@day 0.5",
    ]  # fmt: skip
    assert "SIMULATED DATA" in words_of(figure)
    assert "what_if_check/observed 95/all@day 7" in figure.results


def test_a_check_counts_what_lies_outside() -> None:
    """Of four percentiles the median of day 7, 40 against 30 to 39, is outside; that below the limit is not."""
    outside = Results(check_rows(CHECK)).get("what_if_check", "outside")
    assert outside is not None
    assert (outside.n, outside.N) == (1, 4)
    table = what_if.check_table(Results(check_rows(CHECK)))
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts[1] == ["50th percentile", "9", "< 2.44", "5 (<limit\u201310)", "inside"]
    assert "1 of 4" in table.notes[0]


def test_without_data_there_is_no_check() -> None:
    """The place of the picture says why."""
    figure = check_figure(Results([]), "")
    assert figure.specification is None
    assert figure.empty == "No predictive check: nothing was observed."


def sensitivities() -> Results:
    local = pl.DataFrame({"parameter": ["k", "V"], "meaning": ["out", "room"], "measure": ["value C 1"] * 2,
                          "value": [1.0] * 2, "slope": [-0.01, 0.0], "elasticity": [-1.0, None]})  # fmt: skip
    spread = pl.DataFrame({"quantity": ["k", "V", "z"], "measure": ["value C 1"] * 3, "low": [2.0, 1.5, 1.0],
                           "middle": [1.0] * 3, "high": [0.5, 0.9, 1.0]})  # fmt: skip
    return Results(sensitivity_rows(local, spread))


def test_a_tornado_has_the_largest_on_top_and_nothing_that_does_not_move() -> None:
    """K moves the measure by 1, V by 0.5, z by nothing."""
    figure = tornado_figure(sensitivities(), "value C 1", 1, label="simulated")
    assert figure.results == ("what_if_spread/k/value C 1", "what_if_spread/V/value C 1")
    assert "z" not in words_of(figure)
    assert "SIMULATED DATA" in words_of(figure)
    still = tornado_figure(sensitivities(), "value D 1", 1)
    assert still.specification is None
    assert "no quantity moves value D 1" in (still.empty or "")


def test_the_table_of_sensitivities_is_sorted_by_size() -> None:
    """An elasticity that is not known is a dash, at the end."""
    table = what_if.local_table(sensitivities())
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["k", "out", "-1"], ["V", "room", "\u2013"]]


@pytest.mark.parametrize("width", [241.0, 482.0])
def test_figures_fit_their_width(width: float) -> None:
    """85 and 170 mm: the sheet is as wide as asked."""
    for figure in (
        check_figure(Results(check_rows(CHECK)), "IL-6, pg/mL", width=width),
        tornado_figure(sensitivities(), "value C 1", 1, width=width),
    ):
        spec: Any = figure.specification
        assert spec["width"] + spec["padding"]["left"] + spec["padding"]["right"] == pytest.approx(width, abs=0.1)


def test_tables_tell_shares_differences_and_limits() -> None:
    """A share in per cent with its difference; a limit that the data do not give; no responder count is enough."""
    measures = read_measures(["value blast_fraction 28 < 0.05"])
    compared = pl.DataFrame([{"measure": measures[0].text, "first": 0.25, "second": 0.5, "difference": 0.25,
                              "lower": 0.1, "upper": 0.4, "only_first": 0, "only_second": 5, "patients": 20,
                              "failed": 1}])  # fmt: skip
    table = what_if.comparison_table(Results(comparison_rows(compared, measures, ("one", "two"))))
    assert [cell.text for cell in table.rows[0].cells] == [
        "value blast_fraction 28 < 0.05", "25.0 %", "50.0 %", "25.0 % (95 % CI 10.0\u201340.0)", "0", "5"
    ]  # fmt: skip
    found = Calibration(
        pl.DataFrame({"parameter": ["k"], "factor": [1.5], "lower": [None], "upper": [2.0], "value": [12.0],
                      "unit": ["1/d"]}, schema_overrides={"lower": pl.Float64}), -3.5, ("few",),
    )  # fmt: skip
    fitted = what_if.fit_table(Results(fit_rows(found, None)))
    assert [cell.text for cell in fitted.rows[0].cells] == ["k", "1.5 (95 % CI not reached\u20132)", "12 1/d"]
    assert "the data give no lower limit" in fitted.notes
    trial = pl.DataFrame([{"n": 1, "share": 0.7, "null": 0.4, "least": None, "power": 0.0, "power_lower": 0.0,
                           "power_upper": 0.0, "error": 0.0, "width": 0.97}])  # fmt: skip
    assert what_if.trial_table(Results(trial_rows(trial))).rows[0].cells[1].text == "\u2013"


def test_an_index_that_cannot_be_is_told() -> None:
    """A measure that does not vary has no Sobol index."""
    table = pl.DataFrame(
        [{"quantity": "k", "measure": "m", "first": None, "first_within": None, "total": 0.5, "total_within": 0.1}]
    )
    rows = sobol_rows(table)
    assert rows[0].warning == "the measure does not vary"
    assert (rows[1].lower, rows[1].upper) == (0.4, 0.6)
