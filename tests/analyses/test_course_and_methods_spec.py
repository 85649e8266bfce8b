"""The course of each patient in rows, and the methods in words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive

from engager.analyses.course import analyse_course
from engager.plan import AnalysisPlan
from engager.report.methods import methods_in_force
from engager.report.sentences import plain


def test_maintenance_and_an_infusion_that_was_stopped_are_events(derive: Derive) -> None:
    """The first day of maintenance, and the last infusion where it was not completed; death is no discontinuation."""
    datasets = derive(
        exposure="""patient | cycle | dose | unit | start_day | end_day | end_reason
        1 | 1 | 15 | ug/m2/d | 1 | 10 | interruption
        1 | 1 | 15 | ug/m2/d | 12 | 20 | adverse event
        2 | 1 | 15 | ug/m2/d | 1 | 10 | adverse event
        2 | 2 | 15 | ug/m2/d | 43 | 70 | completed
        3 | 1 | 15 | ug/m2/d | 1 | 10 | death""",
        therapies="""patient | kind | phase | given | start_day
        1 | maintenance | after | | 60
        1 | maintenance | after | | 50
        2 | maintenance | after | no | 80
        3 | maintenance | before | | -50""",
    )
    rows = [row for row in analyse_course(datasets, AnalysisPlan(title="spec")) if row.name == "event"]
    assert [(row.group, row.at, row.estimate, row.text) for row in rows] == [
        ("patient 1", "maintenance", 50.0, "maintenance"),
        ("patient 1", "discontinuation", 20.0, "discontinuation (adverse event)"),
    ]


def test_the_course_of_a_patient(derive: Derive) -> None:
    """Cycles, readings, response, dated and undated events, later treatment and the last day, each with its rows."""
    datasets = derive(
        exposure="""patient | cycle | step | dose | unit | start_day | end_day
        1 | 1 | | 5 | ug/m2/d | 1 | 28
        1 | 2 | 1 | 5 | ug/m2/d | 43 | 49
        1 | 2 | 2 | 15 | ug/m2/d | 50 | 70""",
        measurements="""patient | cycle | timepoint | test | method | value | unit
        1 | 1 | start of cycle | marrow_blasts | | 97 | %
        1 | 1 | end of cycle | mrd | pcr | <1e-4 | 1""",
        therapies="""patient | kind | phase | donor | name | given | start_day
        1 | hsct | before | MUD | | |
        1 | hsct | after | | | |
        1 | hsct | after | haplo | | | 90
        1 | targeted | after | | nilotinib | |
        1 | targeted | after | | dasatinib | no |""",
        follow_up="""patient | day | event | site | cause
        1 | -100 | relapse | bone marrow |
        1 | 200 | relapse | cns |
        1 | 300 | relapse | |
        1 | | progression | |
        1 | 310 | last contact | |
        1 | 400 | death | | infection""",
    )
    rows = list(analyse_course(datasets, AnalysisPlan(title="spec")))
    shown = [(row.name, row.at, row.estimate, row.text) for row in rows]
    assert shown == [
        ("cycles", None, None, "5; 5, 15"),
        ("infusion", "1", 5.0, None),
        ("infusion", "2", 5.0, None),
        ("infusion", "3", 15.0, None),
        ("burden_before", None, None, "97 %"),
        ("response", None, None, "primary responder"),
        ("best_response", None, None, "mrd <1e-4"),
        ("event", "relapse", 200.0, "relapse (cns)"),
        ("event", "relapse 2", 300.0, "relapse"),
        ("undated", "1", None, "progression"),
        ("event", "death", 400.0, "death (infection)"),
        ("undated", "2", None, "transplant"),
        ("event", "hsct", 90.0, "transplant (haploidentical)"),
        ("further_treatment", None, None, "transplant, haploidentical transplant, nilotinib"),
        ("follow_up", None, 400.0, "dead"),
    ]
    assert all(row.sources and row.patients == ("1",) for row in rows)


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({}, "Overall survival (OS): from the first dose to the first of death; else observed to the last contact."),
        ({}, "Non-responders have the event at time 0, before every study day."),
        ({}, "marrow blasts below 5 % with at least 2 log fewer blasts"),
        ({"response": {"marrow_limit_inclusive": True}}, "marrow blasts at or below 5 %"),
        ({"response": {"cycle_class": "investigator first"}}, "classes are as the treating team states it, else"),
        ({"endpoints": {"EFS": {"censoring": ["hsct", "last_contact"]}}}, "Observation ends at transplantation."),
        ({"endpoints": {"EFS": {"events": ["death", "marrow_relapse"]}}}, "A relapse outside the marrow alone is no"),
        (
            {"endpoints": {"EFS": {"events": ["death", "marrow_relapse"]}}},
            "compete: the first of marrow relapse, extramedullary relapse or progression, against death without any of",
        ),
        ({}, "Cumulative incidence: Aalen-Johansen, 95 % log-log interval (Aalen's variance)."),
        ({}, "or begin up to 1 day after the end, are one event"),
        ({"endpoints": {"EFS": {"non_response_at": "assessment"}}}, "have the event at the assessment."),
        ({"conventions": {"duration": "elapsed"}}, "the number of days since the first dose"),
        ({"cutoff": 365}, "data as known at study day 365"),
    ],
)
def test_the_methods_say_what_is_done(plan: dict[str, Any], sentence: str) -> None:
    """Each setting in force has its words."""
    settings = AnalysisPlan.model_validate({"title": "spec", **plan})
    told = " ".join(plain(item) for item in methods_in_force(settings).items)
    assert sentence in told
