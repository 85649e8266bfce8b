"""From two folders to one, by the commands: what is refused, what is written, what the log and the report say."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.command import Run, runner
from tests.readers.study_files import FILES, write_study
from tests.reconciliation.filled_workbook import SIGNED, Filled, fill, for_a, for_b

from engager.pipeline.examination import check_study
from engager.pipeline.study import open_study
from engager.report.sentences import plain

OTHER = {
    "patients": FILES["patients"].replace("female,9", "male,9"),
    "measurements": FILES["measurements"].replace("3,%", "30,%"),
    "follow_up": "patient,day,event,cause,source\n1,400,last contact,,letter\n"
    "2,90,death,infection,letter\n2,60,relapse,,\n",
    "adverse_events": FILES["adverse_events"].split("\n", maxsplit=1)[0] + "\n",
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Return a function that runs a command as the shell would, with two studies `a` and `b` in the folder."""
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path / "a")
    write_study(tmp_path / "b", **OTHER)
    return runner(capsys)


@pytest.fixture
def workbook(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a and b, empty; written for the first test that asks, and copied for the others."""
    made = tmp_path_factory.getbasetemp() / "open_of_a_and_b.xlsx"
    if not made.exists():
        assert run("reconcile", "a", "b", "--out", made).code == 1
    shutil.copy(made, "open.xlsx")
    return Path("open.xlsx")


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def decide(row: dict[str, str]) -> Filled:
    """Decide one thing of each kind."""
    by_item = {
        "adverse_events/A2": "A", "follow_up/B4": "B", "patients/A3-B3/sex": "A", "follow_up/A3-B3/cause": "B",
        "measurements/A3-B3/value": "other",
    }  # fmt: skip
    decision = by_item[row["item"]]
    more = {"value if other": "<5", "why": "as the slide has it"} if decision == "other" else {}
    return {"decision": decision, **SIGNED, **more}


def test_what_only_one_found_comes_first(run: Run) -> None:
    """For a person and for a program: the row of A alone, that of B alone, then the cells; exit code 1."""
    told = run("reconcile", "a", "b")
    assert told.code == 1
    places = [
        told.out.index(text)
        for text in (
            "Rows that only one found: 2",
            "only in A, row 2",
            "only in B, row 4",
            "Cells that differ: 2 with two values, 1 that only one filled",
            "Agreement",
        )
    ]
    assert places == sorted(places)
    assert "A row 3: female" in told.out
    assert "B row 3: infection [letter]" in told.out
    found = run("reconcile", "a", "b", "--json").json
    assert [item["item"] for item in found["disagreements"]] == [
        "adverse_events/A2", "follow_up/B4", "patients/A3-B3/sex", "measurements/A3-B3/value", "follow_up/A3-B3/cause",
    ]  # fmt: skip
    assert found["agreement"][0] | {"rows_both": 9, "rows_only_a": 1, "rows_only_b": 1} == found["agreement"][0]


def test_two_that_agree(run: Run, tmp_path: Path) -> None:
    """Exit code 0; and that one is the copy of the other is told."""
    shutil.copytree("a", "copy")
    told = run("reconcile", "a", "copy")
    assert (told.code, "Rows that only one found: 0" in told.out) == (0, True)
    assert "the same to the last byte" in told.out
    assert run("reconcile", "a", "copy", "--out", "none.xlsx").code == 0
    assert run("adjudicate", "a", "copy", "none.xlsx", "--out", "both").code == 0
    assert "no disagreement to adjudicate" in run("adjudicate", "a", "copy", "none.xlsx", "--out", tmp_path / "c").out


def test_the_workbook_asks_for_each(workbook: Path) -> None:
    """A sheet for each table, the rows of one side first, the values and sources beside each other, nothing filled."""
    book = CalamineWorkbook.from_path(str(workbook))
    assert book.sheet_names == ["read me", *FILES]
    head, only, cell = book.get_sheet_by_name("follow_up").to_python()[:3]
    assert head[-5:] == ["decision", "value if other", "by", "when", "why"]
    assert only[:6] == ["follow_up/B4", "row only in B", "2", "", "", "day 60; event relapse"]
    assert cell[3:8] == ["cause", "", "infection", "", "letter"]


def test_the_consensus(run: Run, workbook: Path) -> None:
    """The cells decided, the row kept, the log, the methods; the study can be checked and analysed."""
    ended = run("adjudicate", "a", "b", fill(workbook, decide), "--out", "both")
    assert (ended.code, ended.err) == (0, "")
    assert [row["sex"] for row in rows("both/patients.csv")] == ["male", "female"]
    assert [row["value"] for row in rows("both/measurements.csv")] == ["<1e-4", "<5"]
    assert len(rows("both/adverse_events.csv")) == 1
    death = next(row for row in rows("both/follow_up.csv") if row["event"] == "death")
    assert (death["cause"], death["source"]) == ("infection", "letter")
    assert [row["event"] for row in rows("both/follow_up.csv")] == ["last contact", "death", "relapse"]
    log = {row["item"]: row for row in rows("both/adjudication.csv")}
    assert len(log) == 5
    mended = log["measurements/A3-B3/value"]
    told = {"a": "3", "b": "30", "decision": "other", "value": "<5", "by": "KL", "when": "2026-11-20"}
    assert mended | told == mended
    assert mended["reason"] == "as the slide has it"
    assert "All 5 disagreements were adjudicated" in ended.out
    cohort, issues = check_study("both")
    assert [issue for issue in issues if issue.severity == "error"] == []
    assert cohort.agreement is not None
    report = open_study("both").document
    methods = next(section for section in report.sections if section.anchor == "methods")
    told_in_report = " ".join(plain(item) for block in methods.blocks for item in getattr(block, "items", ()))
    assert ended.out.splitlines()[-1] in told_in_report
    assert "Two abstractors" not in " ".join(
        plain(item) for section in open_study("a").document.sections if section.anchor == "methods"
        for block in section.blocks for item in getattr(block, "items", ())
    )  # fmt: skip


@pytest.mark.parametrize("side", ["a", "b"])
def test_all_for_one_side(run: Run, workbook: Path, side: str) -> None:
    """The consensus of decisions for one side disagrees with that side in nothing."""
    filled = fill(workbook, for_a if side == "a" else for_b)
    assert run("adjudicate", "a", "b", filled, "--out", "both").code == 0
    assert run("reconcile", side, "both").code == 0


UNRESOLVED: dict[str, tuple[Filled, str]] = {
    "no decision": ({}, "column decision"),
    "no name": ({"decision": "A", "when": "2026-11-20"}, "column by"),
    "no day": ({"decision": "A", "by": "KL"}, "column when"),
    "no date": ({"decision": "A", "by": "KL", "when": "soon"}, "`soon`; expected the date of the decision"),
    "no such decision": ({"decision": "a", **SIGNED}, "`a`; expected A, B or other"),
    "a value for nothing": ({"decision": "A", "value if other": "7", **SIGNED}, "expected nothing, unless"),
}


@pytest.mark.parametrize("name", list(UNRESOLVED))
def test_what_is_unresolved_is_refused(run: Run, workbook: Path, name: str) -> None:
    """All cells in one go, with their places; nothing is written."""
    filled, place = UNRESOLVED[name]
    ended = run("adjudicate", "a", "b", fill(workbook, lambda _: filled), "--out", "both")
    assert ended.code == 2
    assert place.removeprefix("column ") in ended.err
    assert ended.err.count("filled-open.xlsx") >= 5
    assert "adverse_events" in ended.err
    assert not Path("both").exists()


def test_another_value_must_be_one_of_its_field(run: Run, workbook: Path) -> None:
    """A word for a number, an other for a whole row, an other without a reason: refused where they stand."""

    def other(_: dict[str, str]) -> Filled:
        return {"decision": "other", "value if other": "plenty", **SIGNED}

    ended = run("adjudicate", "a", "b", fill(workbook, other), "--out", "both")
    assert ended.code == 2
    assert "`plenty`; expected a number, a bound" in ended.err
    assert "`plenty`; expected one of " in ended.err
    assert "`other`; expected A or B" in ended.err
    assert "nothing; expected why neither A nor B is right" in ended.err


def test_an_edited_cell_is_refused(run: Run, workbook: Path) -> None:
    """What was to be decided cannot be changed; nor can rows be taken out or doubled."""

    def edit(row: dict[str, str]) -> Filled:
        return {**for_a(row), **({"B": "31"} if row["item"] == "measurements/A3-B3/value" else {})}

    ended = run("adjudicate", "a", "b", fill(workbook, edit), "--out", "both")
    assert ended.code == 2
    assert "measurements" in ended.err
    assert "F2 (B)" in ended.err
    assert "`31`; expected the cell as engager wrote it" in ended.err
    assert "1 error." in ended.err

    def rename(row: dict[str, str]) -> Filled:
        return {**for_a(row), "item": "follow_up/B4" if "cause" in row["item"] else row["item"]}

    ended = run("adjudicate", "a", "b", fill(workbook, rename), "--out", "both")
    assert "no row `follow_up/A3-B3/cause`" in ended.err
    assert ended.err.count("expected each item once") == 2


def test_decisions_of_another_pair_are_refused(run: Run, workbook: Path) -> None:
    """Of the two in the other order, and of studies that were changed since."""
    filled = fill(workbook, decide)
    assert "the decisions of another pair" in run("adjudicate", "b", "a", filled, "--out", "both").err
    Path("a/therapies.csv").write_text(FILES["therapies"].replace("2,before", "1,before"), "utf-8")
    ended = run("adjudicate", "a", "b", filled, "--out", "both")
    assert (ended.code, "the decisions of another pair" in ended.err) == (2, True)
    assert not Path("both").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("reconcile", "a", "a"), "the same folder twice"),
        (("reconcile", "a", "./a/../a"), "the same folder twice"),
        (("reconcile", "a", "nowhere"), "no such folder"),
        (("reconcile", "a", "strangers"), "no patient in common with a (there: 1, 2; here: 8, 9)"),
        (("reconcile", "a", "lacking"), "lacking/exposure.csv"),
        (("reconcile", "a", "unreadable"), "unreadable/measurements.csv row 3, column value"),
        (("reconcile", "a", "headings"), "headings/patients.csv row 1, column wieght_kg"),
        (("reconcile", "a", "tolerant"), "another `[reconciliation]` than that of a"),
        (("reconcile", "a", "b", "--out", "decisions.txt"), "ending in .xlsx"),
        (("reconcile", "a", "b", "--out", "a/decisions.xlsx"), "outside the two studies"),
        (("reconcile", "a", "b", "--out", "there.xlsx"), "found one that exists"),
        (("adjudicate", "a", "b", "open.xlsx", "--out", "a"), "expected a new or empty folder"),
        (("adjudicate", "a", "b", "there.xlsx", "--out", "both"), "no readable workbook"),
        (("adjudicate", "a", "b", "nowhere.xlsx", "--out", "both"), "no such file"),
        (("adjudicate", "a", "b", "new/study.xlsx", "--out", "both"), "no sheet `read me` that names a pair"),
    ],
)
def test_input_that_cannot_be_used(run: Run, arguments: tuple[str, ...], told: str) -> None:
    """Exit code 2, a message with the place, nothing written."""
    here = Path()
    write_study(
        here / "strangers",
        **{name: text.replace("\n1,", "\n8,").replace("\n2,", "\n9,") for name, text in FILES.items()},
    )
    write_study(here / "lacking", exposure=None)
    write_study(here / "unreadable", measurements=FILES["measurements"].replace("3,%", "three,%"))
    write_study(here / "headings", patients=FILES["patients"].replace("weight", "wieght_kg"))
    write_study(here / "tolerant", plan='title = "x"\n[reconciliation]\ndays = 3\n', **OTHER)
    run("new", "new")
    Path("there.xlsx").write_text("decisions of weeks", "utf-8")
    before = sorted(path.as_posix() for path in here.rglob("*"))
    ended = run(*arguments)
    assert ended.code == 2
    assert told in ended.err
    assert sorted(path.as_posix() for path in here.rglob("*")) == before


def test_a_patient_left_out_takes_the_rows_along(run: Run) -> None:
    """Rows kept of a patient whose own row is left out would belong to nobody."""
    write_study(Path("c"), **{name: text.replace("\n2,", "\n3,") for name, text in FILES.items()})
    assert run("reconcile", "a", "c", "--out", "ac.xlsx").code == 1

    def keep_but_the_patient(row: dict[str, str]) -> Filled:
        return for_b(row) if row["item"] == "patients/A3" else for_a(row)

    ended = run("adjudicate", "a", "c", fill(Path("ac.xlsx"), keep_but_the_patient), "--out", "both")
    assert ended.code == 2
    assert "rows kept of patients who are left out: 2" in ended.err
    assert not Path("both").exists()


@pytest.mark.parametrize(
    ("file", "change"),
    [("agreement.csv", None), ("agreement.csv", "x\n1\n"), ("adjudication.csv", "item\n"), ("agreement.csv", "")],
)
def test_a_log_that_was_changed_is_refused(run: Run, workbook: Path, file: str, change: str | None) -> None:
    """The methods say nothing that the files of the consensus do not bear out."""
    run("adjudicate", "a", "b", fill(workbook, decide), "--out", "both")
    path = Path("both") / file
    path.unlink() if change is None else path.write_text(change, "utf-8")
    ended = run("check", "both")
    assert ended.code == 2
    assert file in ended.err


def test_a_damaged_workbook_is_refused_or_undecided(run: Run, workbook: Path) -> None:
    """Whatever bytes are changed or cut off, there is an answer with a place, and no consensus of an empty workbook."""
    dice, whole = random.Random(7), workbook.read_bytes()  # noqa: S311 - test data
    for _ in range(12):
        damaged = bytearray(whole[: dice.choice((len(whole), dice.randrange(len(whole))))])
        for _ in range(dice.choice((1, 5, 30))):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        Path("damaged.xlsx").write_bytes(damaged)
        ended = run("adjudicate", "a", "b", "damaged.xlsx", "--out", "both")
        assert (ended.code, "damaged.xlsx" in ended.err) == (2, True)
        assert not Path("both").exists()
