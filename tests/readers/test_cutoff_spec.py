"""The data cut-off: what was not yet known on that day is not in the cohort."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.readers.study_files import FILES, read, write_study

from engager.cohort import Cohort

DATES = {"patients": "patient,first_dose_date\n1,2010-01-01\n2,2010-03-01\n"}


def cut(tmp_path: Path, cutoff: int | dt.date | None, **tables: str) -> Cohort:
    """Return a study, with some tables changed, as known at the cut-off."""
    return read(write_study(tmp_path, **tables))[0].cut(cutoff)


@pytest.mark.parametrize(("cutoff", "known"), [(29, True), (28, False)])
def test_rows_after_the_cutoff_leave(tmp_path: Path, cutoff: int, known: bool) -> None:
    """A sample of day 29 is known on day 29 and not on day 28."""
    assert (cut(tmp_path, cutoff)["measurements"].height == 2) is known


def test_no_cutoff(tmp_path: Path) -> None:
    """Without a cut-off everything is known."""
    cohort = read(write_study(tmp_path))[0]
    assert cohort.cut(None) is cohort


def test_later_follow_up_becomes_a_contact_at_the_cutoff(tmp_path: Path) -> None:
    """A patient heard of later was alive at the cut-off; of what, when and where nothing was known."""
    follow_up = (
        "patient,day,event,site,cause,status,note\n"
        "1,50,relapse,cns,,,x\n1,400,last contact,,,with disease,y\n2,90,death,,relapse,,z\n"
    )
    cohort = cut(tmp_path, 60, follow_up=follow_up)
    columns = ("patient", "day", "event", "site", "cause", "status", "note")
    assert cohort["follow_up"].select(columns).rows() == [
        ("1", 50, "relapse", "cns", None, None, "x"),
        ("1", 60, "last contact", None, None, None, None),
        ("2", 60, "last contact", None, None, None, None),
    ]


def test_a_death_on_the_cutoff_is_known(tmp_path: Path) -> None:
    """The day of the cut-off still counts."""
    rows = cut(tmp_path, 90)["follow_up"].select("patient", "day", "event").rows()
    assert rows == [("2", 90, "death"), ("1", 90, "last contact")]


def test_one_contact_for_many_later_rows(tmp_path: Path) -> None:
    """However often a patient was seen later, it is one contact, traced to the first of those rows."""
    follow_up = "patient,day,event\n1,300,relapse\n1,200,disease assessment\n1,400,death\n2,30,last contact\n"
    rows = cut(tmp_path, 100, follow_up=follow_up)["follow_up"].select("row", "patient", "day", "event").rows()
    assert rows == [(5, "2", 30, "last contact"), (3, "1", 100, "last contact")]


def test_stretches_are_ended_at_the_cutoff(tmp_path: Path) -> None:
    """An infusion or event that goes on is ended there; why and how it ended was not yet known."""
    cohort = cut(
        tmp_path,
        10,
        exposure="patient,cycle,start_day,end_day,dose,unit,end_reason\n1,1,1,8,5,ug/m2/d,dose change\n"
        "1,1,9,28,15,ug/m2/d,adverse event\n1,2,43,70,15,ug/m2/d,completed\n2,1,1,10,5,ug/m2/d,death\n",
        adverse_events="patient,term,start_day,end_day,outcome\n1,Fever,1,2,resolved\n1,Cough,9,12,resolved\n2,Rash,5,,\n",
    )
    assert cohort["exposure"].select("patient", "start_day", "end_day", "end_reason").rows() == [
        ("1", 1, 8, "dose change"),
        ("1", 9, 10, None),
        ("2", 1, 10, "death"),
    ]
    assert cohort["adverse_events"].select("term", "end_day", "outcome").rows() == [
        ("Fever", 2, "resolved"),
        ("Cough", 10, None),
        ("Rash", None, None),
    ]


def test_rows_of_a_later_cycle_leave(tmp_path: Path) -> None:
    """A row that only its cycle places leaves with a cycle that began after the cut-off; what nothing places stays."""
    cohort = cut(
        tmp_path,
        42,
        exposure=FILES["exposure"] + "1,2,43,70,15,ug/m2/d\n",
        measurements="patient,cycle,timepoint,test,method,value,unit\n1,1,end of cycle,mrd,pcr,0.1,1\n"
        "1,2,start of cycle,mrd,pcr,0.01,1\n2,,best response,mrd,pcr,0.01,1\n",
    )
    assert cohort["measurements"]["row"].to_list() == [2, 4]


@pytest.mark.parametrize(
    ("date", "days"),
    [
        (dt.date(2010, 12, 31), {"1": 365, "2": 90}),
        (dt.date(2010, 3, 1), {"1": 60, "2": 1}),
        (dt.date(2010, 2, 28), {"1": 59}),
        (dt.date(2009, 12, 31), {}),
    ],
)
def test_a_calendar_cutoff(tmp_path: Path, date: dt.date, days: dict[str, int]) -> None:
    """A date is another study day for each patient; who was first treated after it is not in the cohort."""
    cohort = cut(tmp_path, date, **DATES)
    assert cohort.patients == tuple(days)
    assert dict(cohort["follow_up"].select("patient", "day").iter_rows()) == days
    assert {patient for table in cohort.tables.values() for patient in table["patient"]} == set(days)


def test_a_cutoff_twice_is_the_earlier(tmp_path: Path) -> None:
    """What was known on day 20 is part of what was known on day 60."""
    twice, once = cut(tmp_path, 60).cut(20), cut(tmp_path, 20)
    assert all(twice[name].equals(once[name]) for name in FILES)
