"""Accepted exceptions: a row that a person lets stand, as long as it stays what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import FILES, write_study

from engager.errors import InputError, Severity
from engager.pipeline.examination import Examination, examine_study
from engager.pipeline.study import open_study

HEAD = "rule,table,row,patient,column,value,who,when,why\n"
DOSE = FILES["exposure"].replace("15,ug/m2/d", "150,ug/m2/d")
RULE = "exposure.dose_thousandfold,exposure"
BY = "ME,2026-01-31,given by mistake as the chart says"


def examine(folder: Path, exceptions: str, **changed: str) -> Examination:
    """Return what is found of the study with a dose of 150 ug/m2/d and some exceptions."""
    write_study(folder, **{"exposure": DOSE, **changed})
    (folder / "exceptions.csv").write_text(HEAD + exceptions, "utf-8")
    return examine_study(folder)


@pytest.mark.parametrize(
    "line",
    [f"{RULE},3,,,150,{BY}", f"{RULE},3,2,dose,150.0,{BY}", f"{RULE},,2,,150,{BY}"],
    ids=["by row", "by row and patient", "by patient"],
)
def test_an_accepted_row_is_counted_apart(tmp_path: Path, line: str) -> None:
    """A run with nothing else is clean, the study is analysed, and the report has the exception as a note."""
    found = examine(tmp_path / "s", f"{line}\n")
    assert found.issues == []
    ((each),) = found.accepted
    assert (each.issue.rule, each.issue.place.row, each.who, each.when) == (
        "exposure.dose_thousandfold", 3, "ME", "2026-01-31",
    )  # fmt: skip
    (note,) = open_study(tmp_path / "s").issues
    assert note.severity is Severity.NOTE
    assert note.advice == "Accepted by ME on 2026-01-31: given by mistake as the chart says"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{RULE},3,,,15,{BY}", "the cell held `15` and holds `150` now"),
        (f"{RULE},3,,,,{BY}", "the cell held `` and holds `150` now"),
        (f"{RULE},2,,,150,{BY}", "matches nothing"),
        (f"{RULE},,1,,150,{BY}", "matches nothing"),
        (f"{RULE},3,1,,150,{BY}", "row 3 is of patient 2 now"),
        (f"{RULE},3,,unit,150,{BY}", "the rule looks at the column dose of exposure"),
        (f"exposure.dose_thousandfold,follow_up,3,,,150,{BY}", "the rule looks at the column dose of exposure"),
    ],
)
def test_an_exception_that_does_not_fit_is_told(tmp_path: Path, line: str, told: str) -> None:
    """The issue stands, and beside it the exception with why it does not hold."""
    found = examine(tmp_path / "s", f"{line}\n")
    assert found.accepted == []
    stale, issue = sorted(found.issues, key=lambda each: each.rule)
    assert (stale.rule, str(stale.place), stale.found) == ("exceptions.stale", "exceptions.csv row 2", told)
    assert issue.rule == "exposure.dose_thousandfold"


def test_a_patient_with_two_such_rows(tmp_path: Path) -> None:
    """Which of two is meant cannot be known: the row has to be named."""
    twice = FILES["exposure"] + "2,2,43,70,150,ug/m2/d\n"
    found = examine(tmp_path / "s", f"{RULE},,2,,150,{BY}\n", exposure=twice.replace("28,15,", "28,150,"))
    assert [issue.found for issue in found.issues if issue.rule == "exceptions.stale"] == [
        "more than one row of this patient: name the row"
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"*,exposure,3,,,150,{BY}", "rule"),
        (f"{RULE},*,,,150,{BY}", "row"),
        (f"{RULE},,all,,150,{BY}", "patient"),
        (f"{RULE},,,,150,{BY}", "row"),
        (f"{RULE},three,,,150,{BY}", "row"),
        (f"exposure.dose_thousandfold,expsure,3,,,150,{BY}", "table"),
        (f"{RULE},3,,,150,,2026-01-31,why", "who"),
        (f"{RULE},3,,,150,ME,31.1.2026,why", "when"),
        (f"{RULE},3,,,150,ME,2026-01-31,", "why"),
    ],
)
def test_what_is_no_exception(tmp_path: Path, line: str, column: str) -> None:
    """No wildcard, and none without who, when, why: the file is refused with its row and column."""
    with pytest.raises(InputError) as refused:
        examine(tmp_path / "s", f"{line}\n")
    places = [str(issue.place) for issue in refused.value.issues if issue.rule == "exceptions.unreadable"]
    assert places == [f"exceptions.csv row 2, column {column}"]


@pytest.mark.parametrize(
    ("rule", "told", "advice"),
    [
        ("exposure.dose_thousandfolt", "exceptions.rule", "Did you mean `exposure.dose_thousandfold`?"),
        ("values.unreadable", "exceptions.rule", "What cannot be read cannot be accepted"),
        ("exposure.patient_empty", "exceptions.refused", "No analysis could use such a row"),
    ],
)
def test_what_cannot_be_accepted(tmp_path: Path, rule: str, told: str, advice: str) -> None:
    """A rule that is none, what cannot be read, and rows that no analysis could use."""
    found = examine(tmp_path / "s", f"{rule},exposure,3,,,150,{BY}\n")
    (issue,) = [issue for issue in found.issues if issue.rule.startswith("exceptions")]
    assert (issue.rule, issue.severity, issue.advice) == (told, Severity.ERROR, advice)


def test_more_exceptions_than_are_listed(tmp_path: Path) -> None:
    """Sixty accepted rows of one rule leave nothing, though fifty is the most that is ever listed."""
    rows = range(2, 62)
    exposure = "patient,cycle,start_day,end_day,dose,unit\n" + "".join(f"{n},1,1,28,150,ug/m2/d\n" for n in rows)
    empty = {name: FILES[name].split("\n")[0] + "\n" for name in ("measurements", "adverse_events", "therapies")}
    found = examine(
        tmp_path / "s", "".join(f"{RULE},{n},,,150,{BY}\n" for n in rows), exposure=exposure,
        patients="patient\n" + "".join(f"{n}\n" for n in rows),
        follow_up="patient,day,event\n" + "".join(f"{n},90,last contact\n" for n in rows), **empty,
    )  # fmt: skip
    assert (len(found.issues), len(found.accepted)) == (0, 60)
