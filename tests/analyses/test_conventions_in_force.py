"""The plan's conventions reach every number, and the words beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engager.pipeline.examples import example
from engager.pipeline.study import Study, open_study


def _with(folder: Path, conventions: str) -> Study:
    study = folder / "study"
    shutil.copytree(example("tuebingen-2014"), study)
    plan = study / "study.toml"
    plan.write_text(f"{plan.read_text('utf-8')}\n[conventions]\n{conventions}\n", "utf-8")
    return open_study(study)


@pytest.mark.parametrize(
    ("conventions", "lower", "upper", "median_lower", "words"),
    [
        ('preset = "R"', 0.310, 0.997, 166.0, "log interval"),
        ('survival_interval = "log-log"', 0.204, 0.805, 17.0, "log-log interval"),
        ('survival_interval = "plain"', 0.231, 0.880, 166.0, "plain (linear) interval"),
    ],
)
def test_survival_at_a_year_has_the_interval_of_the_conventions(
    tmp_path: Path, conventions: str, lower: float, upper: float, median_lower: float, words: str
) -> None:
    """Nine patients, S(365) = 5/9: 31.0-99.7 on the log scale, 20.4-80.5 log-log, 23.1-88.0 plain; medians likewise."""
    results = _with(tmp_path, conventions).results
    year, median = results.get("OS", "survival", at="365"), results.get("OS", "median")
    assert year is not None
    assert median is not None
    assert year.estimate == pytest.approx(5 / 9, rel=1e-12)
    assert (round(year.lower or 0, 3), round(year.upper or 0, 3)) == (lower, upper)
    assert (median.estimate, median.lower) == (398.0, median_lower)
    assert words in year.method


def test_prism_takes_wilsons_interval(tmp_path: Path) -> None:
    """6 of 9: 35.4-87.9 by Wilson, where the default is Clopper-Pearson's 29.9-92.5."""
    row = _with(tmp_path, 'preset = "Prism"').results.get("response", "responders")
    assert row is not None
    assert (round(row.lower or 0, 3), round(row.upper or 0, 3)) == (0.354, 0.879)
    assert "Wilson" in row.method


def test_a_plan_may_ask_for_no_landmark(tmp_path: Path) -> None:
    """Without landmarks the curves, medians and incidences of events are told all the same."""
    study = tmp_path / "study"
    shutil.copytree(example("tuebingen-2014"), study)
    (study / "study.toml").write_text('title = "No landmark"\nlandmarks = []\n', "utf-8")
    results = open_study(study).results
    assert results.where(analysis="OS", name="survival") == ()
    assert results.get("OS", "median") is not None


def test_the_level_is_that_of_the_plan(tmp_path: Path) -> None:
    """At 90 % every interval is narrower and says its level."""
    row = _with(tmp_path, "level = 0.9").results.get("response", "responders")
    assert row is not None
    assert row.level == 0.9
    assert (row.lower or 0) > 0.30


def test_elapsed_time_is_one_day_less_than_the_study_day(tmp_path: Path) -> None:
    """Death on study day 398 is 397 days after the first dose; time 0 stays time 0."""
    results = _with(tmp_path, 'duration = "elapsed"').results
    median, earliest = results.get("OS", "median"), results.get("EFS", "time_min")
    assert median is not None
    assert earliest is not None
    assert (median.estimate, earliest.estimate) == (397.0, 0.0)
