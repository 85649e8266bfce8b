"""`engager check`, `freeze` and `diff` as a person and as a program see them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.readers.study_files import FILES, write_study

from engager import cli


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[object, str]:
    """Return the exit code and what is printed of a command."""
    monkeypatch.setattr("sys.argv", ["engager", *map(str, words)])
    code: object = 0
    try:
        cli.main()
    except SystemExit as end:
        code = end.code
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_issues_file_by_file_in_the_order_of_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warnings and errors of a file stand together, then the sum, with the exceptions accepted."""
    study = write_study(
        tmp_path / "study",
        exposure=FILES["exposure"].replace("15,ug/m2/d", "150,ug/m2/d").replace("1,1,1,28", "1,,1,28"),
        patients=FILES["patients"].replace(",4,", ",-4,"),
    )
    (study / "exceptions.csv").write_text(
        "rule,table,row,patient,column,value,who,when,why\nexposure.no_cycle,exposure,2,1,,,ME,2026-01-31,compassionate\n",
        "utf-8",
    )
    code, told = run(capsys, monkeypatch, "check", study)
    assert code == 1
    assert told.splitlines() == [
        "error    exposure.csv row 3, column dose",
        "         dose 150 ug/m2/d; expected 5 to 30 ug/m2/d, or 9 to 112 ug/d, as such drugs are given",
        "         Did you mean ug (micrograms)?",
        "",
        "error    patients.csv row 2, column age",
        "         age -4; expected 0 to 120 years",
        "",
        "accepted:",
        "         exposure.csv row 2, column cycle: an infusion without a cycle",
        "         ME, 2026-01-31: compassionate",
        "2 errors in 10 rows (1 accepted exception). Nothing was analysed.",
    ]
    code, told = run(capsys, monkeypatch, "check", study, "--json")
    (accepted,) = json.loads(told)["accepted"]
    assert (accepted["rule"], accepted["who"], accepted["why"]) == ("exposure.no_cycle", "ME", "compassionate")


def test_one_warning_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One warning is told in the singular."""
    study = write_study(tmp_path / "study", exposure=FILES["exposure"].replace("1,1,1,28", "1,,1,28"))
    code, told = run(capsys, monkeypatch, "report", study, "--out", tmp_path / "out", "--formats", "html")
    assert code == 0
    assert "The checks told 1 warning; it stands in the report." in told


def test_freeze_report_and_diff(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Freeze, change, compare; nothing changed is exit code 0, anything changed is 1."""
    study, frozen = write_study(tmp_path / "study"), tmp_path / "frozen"
    code, told = run(capsys, monkeypatch, "freeze", study, "--out", frozen)
    assert (code, told.splitlines()[0]) == (0, f"froze 10 rows of 2 patients into {frozen}")
    assert run(capsys, monkeypatch, "diff", frozen, study) == (0, "no change\n")
    (study / "follow_up.csv").write_text(FILES["follow_up"] + "1,190,relapse\n", "utf-8")
    assert run(capsys, monkeypatch, "diff", frozen, study) == (1, "patient 1: relapse added, day 190\n")
    code, told = run(capsys, monkeypatch, "diff", frozen, study, "--json")
    assert [change["what"] for change in json.loads(told)["changes"]] == ["added"]
    assert run(capsys, monkeypatch, "freeze", study, "--out", frozen)[0] == 2
    assert run(capsys, monkeypatch, "diff", frozen, tmp_path / "nowhere")[0] == 2
