"""`engager simulate` as a user meets it: a study that the other commands take, and what cannot be simulated."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.command import Run

CHILDREN = ("--population", "relapsed-refractory-children", "--regimen", "label-relapsed-refractory")


def test_a_study_that_check_takes(run: Run, tmp_path: Path) -> None:
    """Four patients, solved by the shipped solver: a folder with truth beside it, without an error in it."""
    folder = tmp_path / "virtual"
    ended = run("simulate", *CHILDREN, "-n", 4, "--out", folder, "--json")
    assert (ended.code, ended.json["patients"], ended.json["not_solved"]) == (0, 4, [])
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "adverse_events.csv", "exposure.csv", "follow_up.csv", "measurements.csv", "patients.csv",
        "reference_ranges.csv", "study.toml", "therapies.csv", "truth",
    ]  # fmt: skip
    assert (folder / "README.md").read_text("utf-8").startswith("# SIMULATED")
    assert pl.read_csv(folder / "truth" / "parameters.csv").height == 4
    checked = run("check", folder)
    assert checked.code == 0
    assert list(tmp_path.glob(".*")) == [], "the chunks are cleared away"
    again = tmp_path / "again"
    assert "engager report" in run("simulate", *CHILDREN, "-n", 4, "--out", again).out
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert path.read_bytes() == (again / path.relative_to(folder)).read_bytes(), path.name


def test_every_name_that_is_none_is_told_at_once_with_the_nearest(run: Run, tmp_path: Path) -> None:
    """Population, regimen and policy are told together; nothing is written."""
    ended = run("simulate", "--population", "adult", "--regimen", "label-relapsed", "--policy", "labell",
                "--out", tmp_path / "x")  # fmt: skip
    assert ended.code == 2
    for near in ("Did you mean `adults`", "Did you mean `label-relapsed-refractory`", "Did you mean `label`"):
        assert near in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-n", 0), "at least 1 patient"),
        (("-n", -5), "at least 1 patient"),
        (("--seed", -1), "a whole number from 0"),
        (("--policy", "tuebingen-2014"), "a regimen with an escalation"),
        (("--policy", "none.toml"), "cannot be opened"),
        (("--population", "none.toml"), "cannot be opened"),
        (("--regimen", "none.toml"), "cannot be opened"),
    ],
)
def test_what_cannot_be_simulated_is_told(run: Run, tmp_path: Path, arguments: tuple[object, ...], told: str) -> None:
    """One issue each, exit code 2, nothing written."""
    ended = run("simulate", *CHILDREN, *arguments, "--out", tmp_path / "x")
    assert ended.code == 2
    assert told in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_milliard_of_patients_without_a_scheduler(run: Run, tmp_path: Path) -> None:
    """It is told what that would take, and how to ask for it."""
    ended = run("simulate", *CHILDREN, "-n", 10**9, "--out", tmp_path / "x")
    assert ended.code == 2
    assert "1,000,000,000 patients" in ended.err
    assert "hours of one core" in ended.err
    assert "--scheduler" in ended.err
    assert list(tmp_path.iterdir()) == []


REGIMEN = """\
name = "ours"
title = "Ours"
source = "a protocol"
[[cycles]]
first = 1
steps = [{{ first_day = 1, last_day = {last}, dose = {dose}, unit = "{unit}" }}{more}]
"""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit": "ug/m2/h"}, "ug/m2/d or ug/d"),
        ({"dose": -5}, "greater than 0"),
        ({"more": ', { first_day = 20, last_day = 28, dose = 5, unit = "ug/d" }'}, "steps that do not overlap"),
    ],
)
def test_a_regimen_that_is_none_is_refused_at_its_key(
    run: Run, tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    """An unknown unit, a negative rate, two infusions at once."""
    path = tmp_path / "ours.toml"
    path.write_text(REGIMEN.format(**{"last": 28, "dose": 15, "unit": "ug/m2/d", "more": "", **changes}), "utf-8")
    ended = run("simulate", *CHILDREN[:2], "--regimen", path, "--out", tmp_path / "x")
    assert ended.code == 2
    assert "ours.toml" in ended.err
    assert told in ended.err


def test_a_regimen_of_its_own_travels_with_the_study(run: Run, tmp_path: Path) -> None:
    """The file is beside the plan, which names it, and the checks take it."""
    path = tmp_path / "ours.toml"
    path.write_text(REGIMEN.format(last=14, dose=10, unit="ug/m2/d", more=""), "utf-8")
    folder = tmp_path / "virtual"
    ended = run("simulate", *CHILDREN[:2], "--regimen", path, "--policy", "as-planned", "-n", 2, "--out", folder)
    assert ended.code == 0
    assert (folder / "regimen.toml").read_text("utf-8") == path.read_text("utf-8")
    assert run("check", folder).code == 0
    assert pl.read_csv(folder / "exposure.csv")["end_day"][0] == 14


def test_a_folder_with_content_is_refused_before_anything_is_computed(run: Run, tmp_path: Path) -> None:
    """The folder is left as it was."""
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    ended = run("simulate", *CHILDREN, "--out", tmp_path)
    assert ended.code == 2
    assert "expected a new or empty folder" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_event_table_is_given_as_it_stands(run: Run, tmp_path: Path) -> None:
    """Its IDs are the patients; what was infused, as the truth tells it, is the table, to the last digit."""
    table = tmp_path / "doses.csv"
    table.write_text("ID,TIME,AMT,RATE,II,ADDL\nA,0,0.126,0.00075,0,0\nA,168,0.42,0.0008,1008,1\nB,5,0.28,0.0004,0,0\n")
    folder = tmp_path / "virtual"
    events = ("--events", table, "--time-unit", "h", "--amount-unit", "mg", "--policy", "as-planned")
    ended = run("simulate", "--population", "mrd-positive", *events, "--out", folder)
    assert ended.code == 0, ended.err
    given = pl.read_csv(folder / "truth" / "events.csv").filter(pl.col("CMT") == 1)
    first = given.filter(pl.col("ID") == "V00001")
    assert first["TIME"].to_list() == pytest.approx([0, 7, 49])
    assert first["RATE"].to_list() == pytest.approx([18, 19.2, 19.2])
    assert pl.read_csv(folder / "patients.csv")["note"].to_list() == [f"ID {name} of the event table" for name in "AB"]
    assert "regimen =" not in (folder / "study.toml").read_text("utf-8")
    assert run("check", folder).code == 0


def test_doses_are_given_once(run: Run, tmp_path: Path) -> None:
    """Neither both a regimen and an event table, nor none; and as many patients as the table has."""
    table = tmp_path / "doses.csv"
    table.write_text("ID,TIME,AMT,RATE\n1,0,100,10\n", "utf-8")
    for doses in ((), (*CHILDREN[2:], "--events", table)):
        assert run("simulate", *CHILDREN[:2], *doses, "--out", tmp_path / "x").code == 2
    ended = run("simulate", *CHILDREN[:2], "--events", table, "-n", 5, "--out", tmp_path / "x")
    assert "1, as the event table has" in ended.err
    ended = run("simulate", *CHILDREN[:2], "--events", table, "--time-unit", "weeks", "--out", tmp_path / "x")
    assert "one of d, h, min" in ended.err


@pytest.mark.parametrize(
    ("command", "stopped"),
    [
        (("simulate", *CHILDREN), "engager.pipeline.simulation.simulate_study"),
        (("model", "courses", *CHILDREN[:4]), "engager.pipeline.model_exchange.simulate_courses"),
    ],
)
def test_a_run_stopped_at_the_keyboard_says_that_it_can_go_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[object, ...], stopped: str
) -> None:
    """Chunks that are done are kept, so that "nothing was written" would be untrue."""

    def stop(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stopped, stop)
    ended = run(*command, "--out", tmp_path / "x")
    assert ended.code == 130
    assert "the same command goes on from there" in ended.err


def test_a_scheduler_that_is_none_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    """An address that cannot be read is told at once, without a trace on the disk or on standard error."""
    ended = run("simulate", *CHILDREN, "-n", 2, "--scheduler", "nonsense", "--out", tmp_path / "x")
    assert ended.code == 2
    assert ended.err.startswith("error    --scheduler")
    assert "Traceback" not in ended.err
    assert not list(tmp_path.iterdir())


def test_courses_are_told_to_programs(run: Run, tmp_path: Path) -> None:
    """What was written and what was there already, as JSON."""
    command = ("model", "courses", *CHILDREN[:4], "-n", 3, "--days", 2, "--visits", 2, "--out", tmp_path / "x")
    assert run(*command, "--json").json["chunks_written"] == 1
    assert "wrote 0 chunks, 1 was there already" in run(*command).out
