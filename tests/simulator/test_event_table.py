"""Event tables in the NONMEM manner: read, written, and refused where a record cannot be simulated as it stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.errors import InputError
from engager.simulator.treatment.event_table import EventTable, read_event_table, write_event_table
from engager.simulator.treatment.prescribed import prescribed
from engager.simulator.treatment.schedule import Schedule


def read(folder: Path, text: str, time_unit: str = "d", amount_unit: str = "ug") -> EventTable:
    """Return the event table of a text."""
    path = folder / "events.csv"
    path.write_text(text, "utf-8")
    return read_event_table(path, time_unit=time_unit, amount_unit=amount_unit)


def test_infusions_with_exact_ends(tmp_path: Path) -> None:
    """An amount over a rate is a time: 63 ug at 9 ug/d run 7 days, 588 at 28 run 21."""
    found = read(tmp_path, "ID,TIME,EVID,AMT,RATE\nA,0,1,63,9\nA,7,1,588,28\nB,0,1,10,2.5\n")
    assert found.patients == ("A", "B")
    assert found.schedule.start.tolist() == [0, 7, 0]
    assert found.schedule.end.tolist() == [7, 28, 4]


def test_hours_and_milligrams(tmp_path: Path) -> None:
    """168 hours are 7 days; 0.063 mg in 168 h are 9 ug/d."""
    found = read(tmp_path, "ID,TIME,AMT,RATE\n1,24,0.063,0.000375\n", "h", "mg")
    assert (found.schedule.start[0], found.schedule.end[0]) == (1, 8)
    assert found.schedule.rate[0] == pytest.approx(9, rel=1e-14)


def test_additional_doses(tmp_path: Path) -> None:
    """ADDL 2 at II 42 repeats a cycle twice; the columns that are absent or empty have NONMEM's defaults."""
    found = read(tmp_path, "ID,TIME,EVID,AMT,RATE,II,ADDL,SS,CMT\n1,0,1,420,15,42,2,0,1\n1,30,,5,1,.,.,.,2\n")
    assert found.schedule.start.tolist() == [0, 42, 84, 30]
    assert found.schedule.end.tolist() == [28, 70, 112, 35]
    assert found.schedule.input.tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("1,0,0,0,0,0,0,0,1", "EVID", "an observation"),
        ("1,0,2,0,0,0,0,0,1", "EVID", "another event"),
        ("1,0,3,0,0,0,0,0,1", "EVID", "a reset"),
        ("1,0,4,10,5,0,0,0,1", "EVID", "a reset and dose"),
        ("1,0,7,10,5,0,0,0,1", "EVID", "an unknown event"),
        ("1,0,1,10,0,0,0,0,1", "RATE", "a bolus"),
        ("1,0,1,10,-1,0,0,0,1", "RATE", "to be modelled"),
        ("1,0,1,10,-2,0,0,0,1", "RATE", "to be modelled"),
        ("1,0,1,10,-5,0,0,0,1", "RATE", "a negative rate"),
        ("1,0,1,0,5,0,0,0,1", "AMT", "no amount"),
        ("1,0,1,10,5,0,0,1,1", "SS", "a steady state"),
        ("1,0,1,10,5,0,3,0,1", "II", "no interval"),
        ("1,0,1,10,5,24,1.5,0,1", "ADDL", "no count"),
        ("1,0,1,10,5,0,0,0,9", "CMT", "nothing is given into"),
        ("1,abc,1,10,5,0,0,0,1", "TIME", "abc"),
        ("1,,1,10,5,0,0,0,1", "TIME", "a number"),
    ],
)
def test_a_record_that_cannot_be_simulated_is_refused_at_its_place(
    tmp_path: Path, row: str, column: str, told: str
) -> None:
    """The issue names file, row and column; nothing is ignored."""
    with pytest.raises(InputError, match=told) as refused:
        read(tmp_path, f"ID,TIME,EVID,AMT,RATE,II,ADDL,SS,CMT\n1,100,1,10,5,0,0,0,1\n{row}\n")
    places = [(issue.place.file, issue.place.row, issue.place.column) for issue in refused.value.issues]
    assert ("events.csv", 3, column) in places


def test_overlapping_infusions_are_refused_with_both_rows(tmp_path: Path) -> None:
    """The second begins on day 27 while the first, of row 2, runs to 28; also where a repetition overlaps."""
    with pytest.raises(InputError, match="row 2 runs") as refused:
        read(tmp_path, "ID,TIME,AMT,RATE\n1,0,420,15\n1,27,15,15\n")
    assert refused.value.issues[0].place.row == 3
    with pytest.raises(InputError, match="while that of row 2 runs"):
        read(tmp_path, "ID,TIME,AMT,RATE,II,ADDL\n1,0,420,15,27,1\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ID,TIME,AMT\n1,0,5\n", "no such column"),
        ("ID,TIME,AMT,RATE,ADL\n1,0,5,5,1\n", "Did you mean `ADDL`"),
        ("ID,TIME,AMT,RATE\n", "no record"),
        ("ID,TIME,AMT,RATE,rate\n1,0,5,5,5\n", "twice"),
    ],
)
def test_a_table_with_other_columns_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """A column that is missing, unknown or doubled, and a table without records."""
    with pytest.raises(InputError, match=told):
        read(tmp_path, text)


def test_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    """The format has no units, so they are asked for, and only known ones are taken."""
    with pytest.raises(InputError, match="one of d, h, min"):
        read(tmp_path, "ID,TIME,AMT,RATE\n1,0,5,5\n", time_unit="weeks")
    with pytest.raises(InputError, match="one of ug, mg, ng"):
        read(tmp_path, "ID,TIME,AMT,RATE\n1,0,5,5\n", amount_unit="g")


stretches = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 28), st.integers(1, 60)), min_size=1, max_size=6)


@given(st.lists(stretches, min_size=1, max_size=3), st.sampled_from(["d", "h", "min"]), st.sampled_from(["ug", "mg"]))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, patients: list[list[tuple[int, int, int]]], time: str, amount: str
) -> None:
    """A schedule goes through the text of a table, in any units, and comes back the same to 1e-12."""
    rows = []
    for who, steps in enumerate(patients):
        day = 0
        for gap, length, rate in steps:
            rows.append((who, 0, day + gap, day + gap + length, float(rate)))
            day += gap + length
    schedule = Schedule.of(*zip(*rows, strict=True))
    table = EventTable(tuple(f"P{who}" for who in range(len(patients))), schedule)
    folder = tmp_path_factory.mktemp("events")
    text = write_event_table(table, time_unit=time, amount_unit=amount)
    found = read(folder, text, time, amount)
    assert found.patients == table.patients
    for name in ("patient", "input", "start", "end", "rate"):
        np.testing.assert_allclose(getattr(found.schedule, name), getattr(schedule, name), rtol=1e-12, atol=1e-10)


def test_cycles_of_a_table_begin_where_its_gaps_end(tmp_path: Path) -> None:
    """A pause of 7 days belongs to the cycle, one of 8 ends it; time 0 is the first infusion of the drug."""
    table = read(tmp_path, "ID,TIME,AMT,RATE,CMT\nA,10,50,10,1\nA,22,50,10,1\nA,35,50,10,1\nA,8,1,1,3\nB,3,70,10,1\n")
    found = prescribed(table, lead=3)
    assert found.begins.tolist() == [[0, 25], [0, np.inf]]
    assert found.ends.tolist() == [[17, 30], [7, np.inf]]
    given = found.between(np.array([0]), np.array([4.0]), np.array([26.0]), np.array([0.5, 1.0]))
    assert list(zip(given.start, given.end, given.rate, strict=True)) == [(4, 5, 20), (12, 17, 20), (25, 26, 20)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("A,0,50,10,1\nB,0,5,5,3\n", r"no infusion of the drug \(patient B\)"),
        ("A,0,50,10,1\nA,30.5,50,10,1\n", "a cycle that begins 30.5 days"),
        ("A,0,5,5,3\nA,10,50,10,1\n", "more than 3 days before the drug"),
    ],
)
def test_a_table_that_a_record_in_study_days_could_not_tell_is_refused(tmp_path: Path, rows: str, told: str) -> None:
    """A patient without the drug, a cycle in the middle of a day, and something long before the first dose."""
    with pytest.raises(InputError, match=told):
        prescribed(read(tmp_path, f"ID,TIME,AMT,RATE,CMT\n{rows}"), lead=3)


def test_comments_are_no_doses_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    """A line with # and a record marked in C are left out; a mistake behind them is told in the line of the file."""
    text = "# from the pump\nC,ID,TIME,AMT,RATE\n.,7,0,63,9\nC,7,0,999,9\n\n,7,7,588,28\n"
    assert read(tmp_path, text).schedule.rate.tolist() == [9, 28]
    with pytest.raises(InputError, match=r"events\.csv row 7, column RATE"):
        read(tmp_path, text + ".,7,30,588,-28\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ID;TIME;AMT;RATE\n1;0,5;252;9\n", "fields parted by semicolons"),
        ("ID\tTIME\tAMT\tRATE\n1\t0\t252\t9\n", "fields parted by tabs"),
        ("ID TIME AMT RATE\n1 0 252 9\n", "fields parted by blanks"),
        ('ID,TIME,AMT,RATE\n1,"0,5",252,9\n', "expected a number, with a decimal point"),
        ("ID,TIME,AMT,RATE\n,0,252,9\n", "row 2, column ID"),
        ("ID,TIME,AMT,RATE,DUR\n1,0,252,9,28\n", "AMT over RATE is the duration"),
    ],
)
def test_tables_as_they_are_often_written_are_refused_in_words(tmp_path: Path, text: str, told: str) -> None:
    """What another program or another country writes is told as what it is."""
    with pytest.raises(InputError) as found:
        read(tmp_path, text)
    assert told in "\n".join(f"{issue} {issue.advice}" for issue in found.value.issues)


def test_a_number_is_one_patient_however_it_is_written(tmp_path: Path) -> None:
    """1, 1.0 and 01 are one ID, as NONMEM has it; words are as they are."""
    assert read(tmp_path, "ID,TIME,AMT,RATE\n1,0,9,9\n1.0,1,9,9\n01,2,9,9\nA1,0,9,9\n").patients == ("1", "A1")
