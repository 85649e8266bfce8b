"""The plan's `[safety]`: bands and windows that can be used, and those refused with what is permitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.plan import AnalysisPlan, GradeBand, read_usable_plan


@pytest.mark.parametrize(
    ("bands", "read"),
    [
        (["1-2", "3-4", "5"], [(1, 2), (3, 4), (5, 5)]),
        (["1-2", ">=3"], [(1, 2), (3, 5)]),
        (["1", "2", "3", "4", "5"], [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]),
        ([">=3"], [(3, 5)]),
    ],
)
def test_bands_are_read(bands: list[str], read: list[tuple[int, int]]) -> None:
    """A band is from one grade to another, or from one on."""
    plan = AnalysisPlan.model_validate({"title": "A", "safety": {"grade_bands": bands}})
    assert plan.safety.bands == tuple(GradeBand(name, *ends) for name, ends in zip(bands, read, strict=True))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('grade_bands = ["1-3", "3-4"]', "grades from 1 to 5, each once and in order"),
        ('grade_bands = ["3-4", "1-2"]', "grades from 1 to 5, each once and in order"),
        ("grade_bands = []", "grades from 1 to 5, each once and in order"),
        ('grade_bands = ["I/II"]', "grades from 1 to 5, each once and in order"),
        ('grade_bands = ["4-3"]', "grades from 1 to 5, each once and in order"),
        ('grade_bands = [">=3-4"]', "grades from 1 to 5, each once and in order"),
        ('ctcae_version = "3.0"', "'4.03', '5.0' or '6.0'"),
        ("window_days = -1", "greater than or equal to 0"),
        ("bridging_days = 1.5", "integer"),
        ('sort = "grade"', "'frequency' or 'alphabet'"),
        ("windowdays = 30", "unknown key `windowdays`"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, line: str, expected: str) -> None:
    """One issue, with the key and what is permitted; the rest of the plan stays."""
    (tmp_path / "study.toml").write_text(f'title = "A"\n[safety]\n{line}\n', "utf-8")
    plan, issues = read_usable_plan(tmp_path)
    assert len(issues) == 1
    assert "study.toml key safety" in str(issues[0])
    assert expected in str(issues[0])
    assert plan.safety.grade_bands == ("1-2", "3-4", "5")
