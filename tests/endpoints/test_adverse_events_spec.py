"""Adverse events: coded, placed against the window, bridged; tables worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pytest
from tests.conftest import CohortOf, Shows

from engager.endpoints.adverse_events.datasets import AdverseEvents, derive_adverse_events
from engager.plan import AnalysisPlan

TREATED = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28"  # the window ends on day 58
HEAD = "patient | term | grade | start_day | end_day | cycle | timepoint | pre_existing | outcome"


class Derive(Protocol):
    """Tables in text, and keys of the plan, to the datasets of adverse events."""

    def __call__(self, plan: Mapping[str, Any] | None = None, **tables: str) -> AdverseEvents:
        """Return the datasets."""


@pytest.fixture
def derive(cohort_of: CohortOf) -> Derive:
    """Return a function that derives the adverse events alone."""

    def run(plan: Mapping[str, Any] | None = None, **tables: str) -> AdverseEvents:
        settings = AnalysisPlan.model_validate({"title": "spec", **(plan or {})})
        return derive_adverse_events(cohort_of(**tables), settings)

    return run


def events(*rows: str, head: str = HEAD) -> str:
    """Return adverse events of patient 1: `term | grade | start | end | cycle | timepoint | pre-existing | outcome`."""
    width = head.count("|")
    return "\n".join([head, *(f"1 | {row}{' |' * (width - row.count('|') - 1)}" for row in rows)])


@pytest.mark.parametrize(
    ("day", "answer"),
    [("-1", "no"), ("1", "yes"), ("28", "yes"), ("57", "yes"), ("58", "yes"), ("59", "no")],
)
def test_the_window_runs_from_the_first_dose_to_30_days_after_the_last(
    derive: Derive, shows: Shows, day: str, answer: str
) -> None:
    """Last dose on day 28: day 58 is in, day 59 is out, day -1 is before."""
    found = derive(exposure=TREATED, adverse_events=events(f"Fever | 1 | {day}"))
    shows(found.events, f"emergent\n{answer}")


def test_the_plan_sets_the_window(derive: Derive, shows: Shows) -> None:
    """With no days after the last dose, day 28 is in and day 29 is out."""
    found = derive(
        plan={"safety": {"window_days": 0}},
        exposure=TREATED,
        adverse_events=events("Fever | 1 | 28", "Chills | 1 | 29"),
    )
    shows(found.events, "term | emergent\nFever | yes\nChills | no")


@pytest.mark.parametrize(
    ("row", "answer", "reason"),
    [
        ("Fever | 1 | | | 1 | during cycle", "yes", "on treatment, in cycle 1, on a day that is not recorded"),
        ("Fever | 1 | | | 1 |", "yes", "on treatment, in cycle 1, on a day that is not recorded"),
        ("Fever | 1 | | | | during cycle", "yes", "on treatment, on a day that is not recorded"),
        ("Fever | 1 | | | 2 | start of cycle", "yes", "on treatment, in cycle 2, on a day that is not recorded"),
        ("Fever | 1 | | | 1 | start of cycle", "no", "before the first dose, no worsening recorded"),
        ("Fever | 1 | | | | baseline", "no", "before the first dose, no worsening recorded"),
        ("Fever | 1 | | | | after treatment", "not known", "began after treatment, on a day that is not recorded"),
        ("Fever | 1 | | | | ", "not known", "neither a day nor a cycle is recorded"),
        ("Fever | 1 | | | | | yes", "no", "before the first dose, no worsening recorded"),
    ],
)
def test_what_has_no_day_is_placed_by_its_cycle_or_by_nothing(
    derive: Derive, shows: Shows, row: str, answer: str, reason: str
) -> None:
    """The cycle places an event in the window; without day and cycle nobody knows, and that is said."""
    found = derive(exposure=TREATED, adverse_events=events(row))
    shows(found.events, f"emergent | reason\n{answer} | {reason}")


@pytest.mark.parametrize(
    ("day", "answer"), [("30", "yes"), ("43", "yes"), ("73", "yes"), ("74", "not known"), ("-2", "no")]
)
def test_a_last_infusion_without_an_end_leaves_the_end_of_the_window_open(
    derive: Derive, shows: Shows, day: str, answer: str
) -> None:
    """The last infusion known began on day 43: day 73 is in for certain; what is later is not known."""
    exposure = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n1 | 2 | 43 |"
    found = derive(exposure=exposure, adverse_events=events(f"Fever | 1 | {day}"))
    shows(found.events, f"emergent\n{answer}")


@pytest.mark.parametrize(
    ("before", "later", "answer"),
    [
        pytest.param("Tremor | 1 | -3 |", "Tremor | 2 | 5 |", "yes", id="worse"),
        pytest.param("Tremor | 2 | -3 |", "Tremor | 2 | 5 |", "no", id="the same grade"),
        pytest.param("Tremor | 2 | -3 |", "Tremor | 1 | 5 |", "no", id="better"),
        pytest.param("Tremor | 2 | -3 |", "Tremor | | 5 |", "not known", id="grade of the later not recorded"),
        pytest.param("Tremor | | -3 |", "Tremor | 2 | 5 |", "not known", id="grade of the earlier not recorded"),
        pytest.param("Tremor | 1 | -3 |", "Tremor | 3 | 59 |", "no", id="worse, after the window"),
        pytest.param("Tremor | 2 | -9 | -3", "Tremor | 1 | 5 |", "yes", id="ended before: another event"),
        pytest.param("Tremor | 2 | -9 | 4", "Tremor | 1 | 5 |", "no", id="ended the day before: the same event"),
        pytest.param("Tremor | 2 | -9 | 3", "Tremor | 1 | 5 |", "yes", id="two days apart: another event"),
        pytest.param("Tremor | 1 | | | | | yes", "Tremor | 2 | 5 |", "yes", id="flagged, then worse"),
        pytest.param("Chills | 1 | -3 |", "Tremor | 1 | 5 | | | | yes", "no", id="flagged, nothing to compare with"),
        pytest.param("Tremor | 1 | -3 |", "Tremor | 2 | | | 1 |", "yes", id="worse in a cycle, without a day"),
    ],
)
def test_a_pre_existing_event_counts_from_where_it_became_worse(
    derive: Derive, shows: Shows, before: str, later: str, answer: str
) -> None:
    """The grade on treatment has to be above the highest before it."""
    found = derive(exposure=TREATED, adverse_events=events(before, later))
    rows = found.events.filter(row=3)
    shows(rows, f"emergent\n{answer}")


@pytest.mark.parametrize(("death", "answer"), [("17", "yes"), ("58", "yes"), ("59", "no"), ("", "not known")])
def test_a_pre_existing_event_that_became_fatal_became_worse(
    derive: Derive, shows: Shows, death: str, answer: str
) -> None:
    """Whoever was treated was alive: death of it is grade 5, on the day of death."""
    found = derive(
        exposure=TREATED,
        adverse_events=events("Sepsis | 5 | | | | | yes | fatal"),
        follow_up=f"patient | day | event\n1 | {death} | death",
    )
    shows(found.events, f"emergent | fatal\n{answer} | yes")


def test_unplaced_events_count_unless_the_plan_leaves_them_out(derive: Derive) -> None:
    """Not known is counted by default, and left out on request; a pre-existing event never counts."""
    record = events("Fever | 1", "Chills | 1 | 5", "Tremor | 1 | -3")
    for unplaced, counted in (("count", {"Fever", "Chills"}), ("leave out", {"Chills"})):
        found = derive(plan={"safety": {"unplaced": unplaced}}, exposure=TREATED, adverse_events=record)
        assert set(found.events.filter("counted")["term"]) == counted


def test_terms_are_coded_in_the_version_of_the_row(derive: Derive, shows: Shows) -> None:
    """The row's version counts, the plan's where it names none; what is no term keeps its words and no class."""
    record = """patient | term | ctcae_version | start_day
    1 | febrile Neutropaenia | 4.03 | 2
    1 | Thrombocytopenia | 6.0 | 3
    1 | Thrombocytopenia | | 4
    1 | felt odd | | 5"""
    found = derive(exposure=TREATED, adverse_events=record)
    shows(
        found.events,
        """term | soc | version | version_assumed
        Febrile neutropenia | Blood and lymphatic system disorders | 4.03 | no
        Thrombocytopenia | Blood and lymphatic system disorders | 6.0 | no
        Thrombocytopenia | Blood and lymphatic system disorders | 5.0 | yes
        felt odd | Not coded | 5.0 | yes""",
    )


@pytest.mark.parametrize(
    ("grade", "text", "low", "high"),
    [
        ("3", "", "3", "3"), ("3", "I/II", "3", "3"), ("", "III/IV", "3", "4"), ("", "I/II", "1", "2"),
        ("", "3-4", "3", "4"), ("", "Grade 2 or 3", "2", "3"), ("", "G3", "3", "3"), ("", "IV", "4", "4"),
        ("", ">=3", "3", "5"), ("", "≥ 3", "3", "5"), ("", "> 3", "4", "5"), ("", "<3", "1", "2"),
        ("", "at most 2", "1", "2"), ("", "mild", "", ""), ("", "4-3", "", ""), ("", "0-1", "", ""), ("", "", "", ""),
        ("", "6", "", ""), ("", "CTCAE grade III / IV", "3", "4"),
    ],
)  # fmt: skip
def test_a_grade_told_in_words_sets_bounds(
    derive: Derive, shows: Shows, grade: str, text: str, low: str, high: str
) -> None:
    """Two grades told together are two bounds; a word that is no grade is none."""
    record = f"patient | term | grade | grade_as_reported | start_day\n1 | Fever | {grade} | {text} | 3"
    found = derive(exposure=TREATED, adverse_events=record)
    shows(found.events, f"grade_low | grade_high\n{low} | {high}")


EPISODES = "term | grade_high | start_day | end_day | ongoing | duration | rows"


@pytest.mark.parametrize(
    ("second", "bridging", "shown"),
    [
        pytest.param("6 | 9", 1, "Fever | 3 | 2 | 9 | no | 8 | 2", id="the day after: one event"),
        pytest.param("7 | 9", 1, "Fever | 1 | 2 | 5 | no | 4 | 1\nFever | 3 | 7 | 9 | no | 3 | 1", id="a day between"),
        pytest.param("7 | 9", 2, "Fever | 3 | 2 | 9 | no | 8 | 2", id="a day between, two bridged"),
        pytest.param("6 | 9", 0, "Fever | 1 | 2 | 5 | no | 4 | 1\nFever | 3 | 6 | 9 | no | 4 | 1", id="overlap alone"),
        pytest.param("5 | 9", 0, "Fever | 3 | 2 | 9 | no | 8 | 2", id="one day shared"),
        pytest.param("3 | 4", 1, "Fever | 3 | 2 | 5 | no | 4 | 2", id="within the first"),
        pytest.param("6 | ", 1, "Fever | 3 | 2 | | no | | 2", id="an end not recorded"),
    ],
)
def test_intervals_of_one_term_are_bridged(
    derive: Derive, shows: Shows, second: str, bridging: int, shown: str
) -> None:
    """Fever on days 2 to 5, then another row: one event up to the plan's days after the end."""
    found = derive(
        plan={"safety": {"bridging_days": bridging}},
        exposure=TREATED,
        adverse_events=events("Fever | 1 | 2 | 5", f"Fever | 3 | {second}", "Chills | 1 | 2 | 5"),
    )
    shows(found.episodes.filter(term="Fever"), f"{EPISODES}\n{shown}")


def test_an_event_that_goes_on_takes_in_what_follows(derive: Derive, shows: Shows) -> None:
    """Not resolved: it reaches on; resolved on an unknown day: it is known to have been there on its first day."""
    record = events(
        "Fever | 1 | 2 | | | | | not resolved",
        "Fever | 2 | 40 | 41",
        "Rash maculo-papular | 1 | 2 | | | | | resolved",
        "Rash maculo-papular | 2 | 40 | 41",
    )
    found = derive(exposure=TREATED, adverse_events=record)
    shows(
        found.episodes,
        f"""{EPISODES}
        Fever | 2 | 2 | | yes | | 2
        Rash maculo-papular | 1 | 2 | | no | | 1
        Rash maculo-papular | 2 | 40 | 41 | no | 2 | 1""",
    )


def test_elapsed_days_are_one_fewer(derive: Derive, shows: Shows) -> None:
    """Days 2 to 5 are four days counted inclusively, three elapsed."""
    plan = {"conventions": {"duration": "elapsed"}}
    found = derive(plan=plan, exposure=TREATED, adverse_events=events("Fever | 1 | 2 | 5"))
    shows(found.episodes, "duration\n3")


def test_events_without_a_day_are_not_joined(derive: Derive, shows: Shows) -> None:
    """Two seizures of one cycle without days are two events."""
    found = derive(exposure=TREATED, adverse_events=events("Seizure | 3 | | | 1", "Seizure | 3 | | | 1"))
    shows(found.episodes, "term | rows\nSeizure | 1\nSeizure | 1")


@pytest.mark.parametrize(
    ("infusion", "followed", "days"),
    [
        ("1 | 28", "400 | last contact", "58"),
        ("1 | 28", "17 | death", "17"),
        ("1 | 28", "58 | last contact", "58"),
        ("1 | ", "20 | death", "20"),
        ("1 | ", "31 | death", "31"),
        ("1 | ", "32 | death", ""),
        ("1 | 28", "", ""),
    ],
)
def test_the_time_at_risk_ends_with_the_window_or_the_follow_up(
    derive: Derive, shows: Shows, infusion: str, followed: str, days: str
) -> None:
    """Where neither tells the last day, the time is not known. One infusion day known: the window reaches to day 31."""
    found = derive(
        patients="patient\n1",
        exposure=f"patient | cycle | start_day | end_day\n1 | 1 | {infusion}",
        follow_up="patient | day | event" + (f"\n1 | {followed}" if followed else ""),
    )
    shows(found.time_at_risk, f"patient | days\n1 | {days}")
