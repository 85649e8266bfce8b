"""The command line and bad input: a clear message, the exit code, and no output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from tests.command import Run
from tests.readers.study_files import FILES, write_study

from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of


def test_a_good_study(tmp_path: Path, run: Run) -> None:
    """Nothing to tell is exit code 0."""
    ended = run("check", write_study(tmp_path / "study"))
    assert (ended.code, ended.out, ended.err) == (0, "no problem in 10 rows.\n", "")


BAD: dict[str, tuple[int, dict[str, Any], str]] = {
    "missing table": (2, {"exposure": None}, "exposure.csv"),
    "missing column": (2, {"follow_up": "patient,day\n"}, "follow_up.csv row 1, column event"),
    "near miss": (2, {"patients": FILES["patients"].replace("weight", "wieght_kg")}, "column wieght_kg"),
    "patient twice": (1, {"patients": FILES["patients"] + "1,male,4,16,\n"}, "patients.csv row 4, column patient"),
    "unknown patient": (1, {"therapies": FILES["therapies"] + "9,before,hsct,x\n"}, "therapies.csv row 3"),
    "milligrams": (1, {"exposure": FILES["exposure"].replace(",ug/", ",mg/")}, "exposure.csv row 2, column dose"),
    "negative age": (1, {"patients": FILES["patients"].replace(",4,", ",-4,")}, "patients.csv row 2, column age"),
    "early death": (1, {"follow_up": "patient,day,event\n1,-2,death\n2,1,death\n"}, "follow_up.csv row 2, column day"),
    "end before start": (
        1,
        {"adverse_events": "patient,term,start_day,end_day\n1,Fever,4,2\n"},
        "row 2, column end_day",
    ),
    "140 percent": (1, {"measurements": FILES["measurements"].replace("3,%", "140,%")}, "row 3, column value"),
    "date": (1, {"patients": FILES["patients"].replace("2010-01-01", "soon")}, "row 2, column first_dose_date"),
    "binary": (2, {"therapies": b"PK\x03\x04"}, "therapies.csv"),
    "empty": (2, {"therapies": b""}, "therapies.csv"),
    "unknown key": (2, {"plan": 'title = "A"\nlandmark = [1]\n'}, "study.toml key landmark"),
    "no patients": (1, {name: text.split("\n")[0] + "\n" for name, text in FILES.items()}, "patients.csv"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_bad_input(tmp_path: Path, run: Run, name: str) -> None:
    """Check and report tell the same place, with the same exit code, and nothing is written."""
    code, changed, place = BAD[name]
    study, out = write_study(tmp_path / "study", **changed), tmp_path / "out"
    before = sorted(path.name for path in study.iterdir())
    checked, reported = run("check", study), run("report", study, "--out", out)
    assert (checked.code, reported.code) == (code, code)
    assert place in checked.out + checked.err
    assert place in reported.err
    assert "Nothing was analysed, nothing was written." in reported.err
    assert not out.exists()
    assert sorted(path.name for path in study.iterdir()) == before
    assert "Traceback" not in checked.err + reported.err


def test_everything_in_one_run(tmp_path: Path, run: Run) -> None:
    """The plan, two files that cannot be read and wrong values are told together."""
    study = write_study(
        tmp_path / "study",
        plan="design = 1\n",
        exposure=None,
        therapies=b"\0",
        patients=FILES["patients"].replace(",4,", ",-4,"),
    )
    ended = run("check", study)
    assert ended.code == 2
    for place in ("study.toml key title", "study.toml key design", "exposure.csv", "therapies.csv", "column age"):
        assert place in ended.err
    assert ended.err.endswith("5 errors. Nothing was analysed, nothing was written.\n")


def test_issues_for_a_program(tmp_path: Path, run: Run) -> None:
    """With --json what is told can be read by a program, on standard output, usable input or not."""
    values = run("check", write_study(tmp_path / "a", patients=FILES["patients"].replace(",4,", ",-4,")), "--json")
    (issue,) = values.json["issues"]
    assert values.code == 1
    assert issue["place"] == {"file": "patients.csv", "sheet": None, "row": 2, "column": "age", "cell": None}
    assert (issue["severity"], issue["found"], issue["expected"]) == ("error", "age -4", "0 to 120 years")
    files = run("check", write_study(tmp_path / "b", exposure=None), "--json")
    assert files.code == 2
    assert files.json["error"] == "InputError"
    assert [issue["rule"] for issue in files.json["issues"]] == ["file.missing_table"]


@pytest.mark.parametrize("command", [["check"], ["report", "--out", "out"]])
def test_no_study_folder(tmp_path: Path, run: Run, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that does not exist, or is a file, is told as such."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    for name, found in (("nowhere", "no such folder"), ("file", "a file")):
        ended = run(*command, name)
        assert ended.code == 2
        assert f"{found}; expected a study folder" in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


@pytest.mark.parametrize("cutoff", ["nonsense", "0", "-3", "31.2.2011", "20111231"])
def test_a_cutoff_that_is_none(tmp_path: Path, run: Run, cutoff: str) -> None:
    """A cut-off is a study day or a date."""
    ended = run("report", write_study(tmp_path / "study"), "--out", tmp_path / "out", f"--cutoff={cutoff}")
    assert ended.code == 2
    assert f"`{cutoff}`; expected a study day from 1 (`365`) or a date (`2011-12-31`)" in ended.err
    assert not (tmp_path / "out").exists()


def test_a_cutoff_by_date_without_dates(tmp_path: Path, run: Run) -> None:
    """A date cannot be applied where no first dose has one: a finding in the data."""
    study = write_study(tmp_path / "study", patients="patient\n1\n2\n")
    ended = run("report", study, "--out", tmp_path / "out", "--cutoff", "2010-12-31")
    assert ended.code == 1
    assert ended.err.count("Enter it, or give the cut-off as a study day") == 2
    assert not (tmp_path / "out").exists()


def test_new_then_check(tmp_path: Path, run: Run) -> None:
    """A new study is told to have no patient, and nothing else is wrong with it."""
    assert run("new", tmp_path / "study").code == 0
    ended = run("check", tmp_path / "study")
    assert ended.code == 1
    assert "study.xlsx, sheet patients\n         no patient; expected a row for each patient" in ended.out
    assert "1 error in 0 rows. Nothing was analysed." in ended.out


def test_new_does_not_overwrite(tmp_path: Path, run: Run) -> None:
    """A folder with content is left as it is."""
    (tmp_path / "mine").write_text("x")
    ended = run("new", tmp_path)
    assert ended.code == 2
    assert "expected a new or empty folder, found something there" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("arguments", [["chekc"], ["report", "x"], ["check", "x", "--nope"]])
def test_arguments_that_cannot_be_used(run: Run, arguments: list[str]) -> None:
    """A wrong command or option is exit code 2."""
    assert run(*arguments).code == 2


def test_an_own_fault_is_told_as_one(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What engager did not expect is not blamed on the data, and shows no patient's value."""

    def fail(*_: object) -> None:
        raise ValueError("secret value of a patient")

    monkeypatch.setattr("engager.pipeline.examination.examine_study", fail)
    monkeypatch.delenv("ENGAGER_DEBUG", raising=False)
    ended = run("check", write_study(tmp_path / "study"))
    assert ended.code == 3
    assert ended.err.startswith("engager failed: ValueError. This is a fault of engager, not of your data")
    assert "secret" not in ended.err


def test_help_imports_nothing_heavy() -> None:
    """`engager --help` is instant: no frames, models or figures are loaded for it."""
    script = "import sys; sys.argv = ['engager', '--help']; import engager.cli.main\n"
    script += "try: engager.cli.main.main()\nexcept SystemExit: pass\n"
    script += "print({'polars', 'pydantic', 'altair', 'scipy', 'numpy', 'rich'} & {*sys.modules})"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert "Exit codes:" in ended.stdout
    assert ended.stdout.endswith("set()\n")


def test_a_new_workbook_has_every_column(tmp_path: Path, run: Run) -> None:
    """The sheets of a new study have the headings of the data model, required or not, with the unit behind."""
    run("new", tmp_path / "study")
    (tmp_path / "study" / "study.toml").read_text("utf-8").index("schema_version = 1")
    book = CalamineWorkbook.from_path(str(tmp_path / "study" / "study.xlsx"))
    for name, schema in TABLES.items():
        headings = book.get_sheet_by_name(name).to_python()[0]
        assert {str(heading).split(" (")[0] for heading in headings} == {
            key for key, column in schema.columns().items() if kind_of(column) is not Kind.INTERNAL
        }
