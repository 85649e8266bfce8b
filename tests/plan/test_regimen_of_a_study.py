"""The plan's regimen: by name or from a file of the study, and each mistake told with its file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.plan import AnalysisPlan, read_usable_plan
from engager.terms.regimens import shipped_regimen
from engager.terms.shipped import shipped_text

OURS = """name = "ours"
title = "Ours"
source = "protocol"
[[cycles]]
first = 1
days_off = 14
steps = [
  { first_day = 1, last_day = 7, dose = 5, unit = "ug/m2/d" },
  { first_day = 8, last_day = 28, dose = 15, unit = "ug/m2/d" },
]
"""
NAMES = (
    "'beijing-2022', 'label-consolidation', 'label-first-high-risk-relapse', 'label-mrd-positive', "
    "'label-relapsed-refractory', 'tuebingen-2014' or a file of the study folder, as regimen.toml"
)


def read(folder: Path, key: str, regimen: str | bytes | None = None) -> tuple[AnalysisPlan, list[str]]:
    """Return the plan of a study with that line, and what is told of it."""
    (folder / "study.toml").write_text(f'title = "A"\n{key}\n', "utf-8")
    if regimen is not None:
        (folder / "regimen.toml").write_bytes(regimen.encode() if isinstance(regimen, str) else regimen)
    plan, issues = read_usable_plan(folder)
    assert all(issue.structural for issue in issues)
    return plan, [str(issue) for issue in issues]


def test_a_shipped_regimen_by_name(tmp_path: Path) -> None:
    """The name stands for the whole regimen, which the plan then holds and prints."""
    plan, issues = read(tmp_path, 'regimen = "tuebingen-2014"')
    assert issues == []
    assert plan.regimen == shipped_regimen("tuebingen-2014")
    assert plan.model_dump(mode="json")["regimen"]["consolidation"] == {"after": "responding", "cycles": 1}
    assert AnalysisPlan.model_validate(plan.model_dump(mode="json")) == plan


def test_no_regimen(tmp_path: Path) -> None:
    """The key may be left out."""
    assert read(tmp_path, "") == (AnalysisPlan(title="A"), [])


@pytest.mark.parametrize(
    "text", [OURS, "\ufeff" + OURS.replace("\n", "\r\n"), shipped_text("engager.terms.regimens", "beijing-2022")]
)
def test_a_file_of_the_study(tmp_path: Path, text: str) -> None:
    """Any regimen can be copied into the study and changed there."""
    plan, issues = read(tmp_path, 'regimen = "regimen.toml"', text)
    assert issues == []
    assert plan.regimen is not None
    assert plan.regimen.cycles[0].infusion_days == 28


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ('regimen = "tubingen-2014"', f"study.toml key regimen: `tubingen-2014`; expected {NAMES}. Did you mean `tueb"),
        ("regimen = 5", "study.toml key regimen: `5`; expected a part of the plan with keys of its own"),
        ('regimen = "nothing.toml"', "study.toml key regimen: `nothing.toml`, which cannot be opened"),
        ('regimen = "../regimen.toml"', "study.toml key regimen: `../regimen.toml`; expected a file of the study"),
        ("[regimen]\nname = 'x'", "study.toml key regimen.title: no key `title`; expected a text"),
        ("[exposure]\nbody_surface = 'mosteler'", "study.toml key exposure.body_surface: `mosteler`; expected 'Mos"),
        ("[exposure]\ndose_tolerance_percent = -1", "study.toml key exposure.dose_tolerance_percent: `-1`; expected"),
        ("[exposure]\ndays_from_regime = true", "study.toml key exposure.days_from_regime: unknown key"),
    ],
)  # fmt: skip
def test_a_key_that_names_no_regimen(tmp_path: Path, key: str, expected: str) -> None:
    """The names there are, and the nearest; the plan stands without a regimen."""
    plan, issues = read(tmp_path, key)
    assert issues[0].startswith(expected)
    assert plan.regimen is None


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("dose = 5,", "dose = -5,", "cycles.0.steps.0.dose.0", "`-5`; expected greater than 0"),
        ('"ug/m2/d" },\n]', '"mg/m2/d" },\n]', "cycles.0.steps.1.unit", "`mg/m2/d`; expected ug/m2/d or"),
        ("dose = 5,", "dosis = 5,", "cycles.0.steps.0.dose", "no key `dose`; expected a value"),
        ("first_day = 8", "first_day = 7", "cycles.0", "keys that contradict each other; expected steps that do"),
        ("first_day = 8", "first_day = 9", "cycles.0", "keys that contradict each other; expected steps without"),
        ("days_off", "day_off", "cycles.0.day_off", "unknown key `day_off`; expected one of first, last, role, d"),
        ("source", "sauce", "source", "no key `source`; expected a text"),
        ('"ours"', '"Our own"', "name", "`Our own`; expected a name in small letters"),
        ("[[cycles]]", "[[cycles]", "", "no valid TOML"),
        ("first = 1", "first = 2", "", "keys that contradict each other; expected cycles that begin with 1"),
    ],
)  # fmt: skip
def test_a_bad_file(tmp_path: Path, old: str, new: str, key: str, expected: str) -> None:
    """Each mistake with the file, the key, what was found and what was expected; never a traceback."""
    plan, issues = read(tmp_path, 'regimen = "regimen.toml"', OURS.replace(old, new))
    assert plan.regimen is None
    place = f"regimen.toml key {key}" if key else "regimen.toml"
    assert any(issue.startswith(f"{place}: {expected}") for issue in issues), issues


def test_advice_for_a_misspelt_key(tmp_path: Path) -> None:
    """The nearest key of that part of the regimen is asked about."""
    issues = read(tmp_path, 'regimen = "regimen.toml"', OURS.replace("days_off", "day_off"))[1]
    assert issues[0].endswith("Did you mean `days_off`?")


def test_a_bad_regimen_and_a_bad_plan_are_told_in_one_go(tmp_path: Path) -> None:
    """As every other mistake."""
    issues = read(tmp_path, 'regimen = "regimen.toml"\nlandmark = 1', OURS.replace("dose = 5,", "dose = 0,"))[1]
    assert [issue.partition(":")[0] for issue in issues] == [
        "study.toml key landmark", "regimen.toml key cycles.0.steps.0.dose.0",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"[[[", b"a = 1"])
def test_no_regimen_in_the_file(tmp_path: Path, content: bytes) -> None:
    """Whatever lies there, it is told."""
    plan, issues = read(tmp_path, 'regimen = "regimen.toml"', content)
    assert plan.regimen is None
    assert issues
    assert all(issue.startswith("regimen.toml") for issue in issues)
