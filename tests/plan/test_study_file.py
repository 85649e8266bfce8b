"""The study file: ten lines are enough, and every key that cannot be used is named with what is permitted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from engager.errors import InputError
from engager.plan import AnalysisPlan, read_plan, read_usable_plan


def write(folder: Path, text: str) -> Path:
    """Write a study file and return its folder."""
    (folder / "study.toml").write_bytes(text.encode())
    return folder


def told(folder: Path, text: str, cutoff: str | None = None) -> list[str]:
    """Return what is told of a study file."""
    return [str(issue) for issue in read_usable_plan(write(folder, text), cutoff)[1]]


def test_a_title_is_enough(tmp_path: Path) -> None:
    """Every other key has a default."""
    plan = read_plan(write(tmp_path, '\ufefftitle = "A"\r\n'))
    assert plan == AnalysisPlan(title="A")
    assert list(plan.endpoints) == ["OS", "EFS"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "titel = 1",
            "study.toml key titel: unknown key `titel`; expected one of schema_version, title, design, authors",
        ),
        (
            "[conventions]\npresett = 1",
            "study.toml key conventions.presett: unknown key `presett`; expected one of preset",
        ),
        (
            "[endpoints.EFS]\nevent = []",
            "study.toml key endpoints.EFS.event: unknown key `event`; expected one of label",
        ),
        ("zzz = 1", "study.toml key zzz: unknown key `zzz`; expected one of schema_version"),
        ("design = 5", "study.toml key design: `5`; expected a text, between quotation marks"),
        (
            "input = 5",
            "study.toml key input: `5`; expected a part of the plan with keys of its own, as [input] or [resp",
        ),
        (
            "landmarks = 5",
            'study.toml key landmarks: `5`; expected a list between brackets, as [100, 365] or ["death"]',
        ),
        ("landmarks = [0]", "study.toml key landmarks.0: `0`; expected greater than or equal to 1"),
        ("schema_version = 2", "study.toml key schema_version: `2`; expected less than or equal to 1"),
        ("cutoff = 0", "study.toml key cutoff: `0`; expected a study day from 1 (`365`) or a date (`2011-12-31`)"),
        ("cutoff = 20111231", "study.toml key cutoff: `20111231`; expected a study day from 1 (`365`) or a date"),
        ("cutoff = 2011-12-31T10:00:00", "study.toml key cutoff: `2011-12-31 10:00:00`; expected a study day from 1"),
        ("cutoff = true", "study.toml key cutoff: `True`; expected a study day from 1"),
        (
            '[conventions]\npreset = "r"',
            "study.toml key conventions.preset: `r`; expected 'default', 'R', 'SAS' or 'Prism'",
        ),
        (
            '[endpoints.EFS]\nevents = ["deth"]',
            "study.toml key endpoints.EFS.events.0: `deth`; expected 'death', 'marrow_relapse'",
        ),
        (
            "[endpoints.EFS]\nevents = []",
            "study.toml key endpoints.EFS.events: `[]`; expected at least one entry between the brackets",
        ),
        (
            "[endpoints.course]",
            "study.toml key endpoints.course: `course`; expected a code in capitals, digits and hyphens, as EFS",
        ),
        (
            "[endpoints.EVENT-FREE-SURVIVAL]",
            "study.toml key endpoints.EVENT-FREE-SURVIVAL: `EVENT-FREE-SURVIVAL`; expected a code in capitals",
        ),
        (
            '[[checks.rules]]\nname = "Too Heavy"\ntable = "patients"\nwhen = "weight > 90"\nexpected = "less"',
            "study.toml key checks.rules.0.name: `Too Heavy`; expected a name in small letters, digits and underscores",
        ),
        (
            f'[[checks.rules]]\nname = "heavy"\ntable = "patients"\nwhen = "weight > 90"\nexpected = "{"x" * 301}"',
            f"study.toml key checks.rules.0.expected: `{'x' * 60}`; expected a text of at most 300 signs",
        ),
    ],
)
def test_a_key_that_cannot_be_used(tmp_path: Path, line: str, expected: str) -> None:
    """The message names the key, what was found and what is permitted."""
    (issue,) = told(tmp_path, f'title = "A"\n{line}\n')
    assert issue.startswith(expected)


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("landmark = [1]", "Did you mean `landmarks`?"),
        ("[conventions]\nlevl = 0.9", "Did you mean `level`?"),
        ('[endpoints.EFS]\nevents = ["deth"]', "Did you mean `death`?"),
        ("zzz = 1", "Take it away: nothing would read it"),
    ],
)
def test_the_nearest_key_or_value_is_offered(tmp_path: Path, line: str, advice: str) -> None:
    """A slip of the pen is asked about."""
    assert told(tmp_path, f'title = "A"\n{line}\n')[0].endswith(advice)


def test_a_missing_title(tmp_path: Path) -> None:
    """The one required key is missed with the line that mends it."""
    assert told(tmp_path, "") == [
        'study.toml key title: no key `title`; expected a text, between quotation marks. Add the line: title = "..."'
    ]


def test_a_missing_file(tmp_path: Path) -> None:
    """A folder without a plan is told how to get one."""
    with pytest.raises(InputError) as caught:
        read_plan(tmp_path)
    assert str(caught.value) == (
        "study.toml: no such file; expected the plan of the study. `engager new DIR` makes a study folder with one"
    )


@pytest.mark.parametrize("content", [b"title = A", b"\xff\xfe", b"title = 'a'\ntitle = 'b'", b"[[["])
def test_no_toml(tmp_path: Path, content: bytes) -> None:
    """A file that is no TOML is told once, with the place that the parser names."""
    (tmp_path / "study.toml").write_bytes(content)
    (issue,) = read_usable_plan(tmp_path)[1]
    assert issue.rule == "plan.unreadable"
    assert issue.found.startswith("no valid TOML: ")


def test_all_problems_at_once_and_the_rest_in_force(tmp_path: Path) -> None:
    """What can be used is used, so that the data are read as the plan says."""
    text = (
        'title = ""\nlandmark = 1\ncutoff = "x"\n'
        '[input]\ndecimal = "comma"\ndate_order = "odd"\n[endpoints.EFS]\nevents = ["a"]\n'
    )
    plan, issues = read_usable_plan(write(tmp_path, text), "0")
    assert [issue.place.column or issue.place.file for issue in issues] == [
        "title", "cutoff", "input.date_order", "endpoints.EFS.events.0", "landmark", "--cutoff",
    ]  # fmt: skip
    assert all(issue.structural for issue in issues)
    assert (plan.input.decimal, plan.input.date_order, plan.cutoff) == ("comma", "refuse", None)


@pytest.mark.parametrize(
    ("text", "cutoff"),
    [("365", 365), ("2011-12-31", dt.date(2011, 12, 31)), ("31.12.2011", dt.date(2011, 12, 31)), (None, None)],
)
def test_a_cutoff_on_the_command_line(tmp_path: Path, text: str | None, cutoff: object) -> None:
    """A study day or a date takes the place of the plan's."""
    assert read_plan(write(tmp_path, 'title = "A"'), text).cutoff == cutoff


@pytest.mark.parametrize("text", ["", "0", "-5", "1/12/2011", "30.02.2011", "²", "1e3", "9999999999", "2011-02-30"])
def test_a_cutoff_that_is_none(tmp_path: Path, text: str) -> None:
    """Anything else is refused with both forms."""
    with pytest.raises(InputError, match="expected a study day from 1") as caught:
        read_plan(write(tmp_path, 'title = "A"'), text)
    assert caught.value.issues[0].place.file == "--cutoff"
