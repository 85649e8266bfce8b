"""`engager check`, `freeze` and `diff` as a person and as a program see them."""

from __future__ import annotations

from pathlib import Path

from tests.command import Ended, Run
from tests.readers.study_files import FILES, write_study


def test_issues_file_by_file_in_the_order_of_rows(tmp_path: Path, run: Run) -> None:
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
    ended = run("check", study)
    assert ended.code == 1
    assert ended.out.splitlines() == [
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
    (accepted,) = run("check", study, "--json").json["accepted"]
    assert (accepted["rule"], accepted["who"], accepted["why"]) == ("exposure.no_cycle", "ME", "compassionate")


def test_one_warning_stands(tmp_path: Path, run: Run) -> None:
    """One warning is told in the singular."""
    study = write_study(tmp_path / "study", exposure=FILES["exposure"].replace("1,1,1,28", "1,,1,28"))
    ended = run("report", study, "--out", tmp_path / "out", "--formats", "html")
    assert ended.code == 0
    assert "The checks told 1 warning; it stands in the report." in ended.out


def test_freeze_report_and_diff(tmp_path: Path, run: Run) -> None:
    """Freeze, change, compare; nothing changed is exit code 0, anything changed is 1."""
    study, frozen = write_study(tmp_path / "study"), tmp_path / "frozen"
    ended = run("freeze", study, "--out", frozen)
    assert (ended.code, ended.out.splitlines()[0]) == (0, f"froze 10 rows of 2 patients into {frozen}")
    assert run("diff", frozen, study) == Ended(0, "no change\n", "")
    (study / "follow_up.csv").write_text(FILES["follow_up"] + "1,190,relapse\n", "utf-8")
    assert run("diff", frozen, study) == Ended(1, "patient 1: relapse added, day 190\n", "")
    assert [change["what"] for change in run("diff", frozen, study, "--json").json["changes"]] == ["added"]
    assert run("freeze", study, "--out", frozen).code == 2
    assert run("diff", frozen, tmp_path / "nowhere").code == 2
