"""Overall and event-free survival, and endpoints that a plan makes of the same parts, as tables of cause and answer."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive, Shows

BOUND = "counted at the next event, death, an upper bound"


def plan_of(code: str, *events: str, **settings: Any) -> dict[str, Any]:
    """Return the plan of one endpoint; `duration` and `cutoff` go where the plan has them."""
    top = {name: settings.pop(name) for name in ("cutoff",) if name in settings}
    if "duration" in settings:
        top["conventions"] = {"duration": settings.pop("duration")}
    return {"endpoints": {code: {**({"events": events} if events else {}), **settings}}, **top}


@pytest.fixture
def survives(derive: Derive, shows: Shows) -> Any:
    """Return a function that derives one endpoint and compares it with the answers."""

    def check(plan: dict[str, Any], tables: dict[str, str], expected: str) -> None:
        (frame,) = derive(plan, **tables).time_to_event.values()
        shows(frame, expected)

    return check


def test_death_is_the_event_of_overall_survival(survives: Any) -> None:
    """Death counts on its study day; who is alive is observed to the last contact; the latest contact counts."""
    survives(
        plan_of("OS"),
        {"follow_up": """patient | day | event
            1 | 90 | death
            2 | 30 | last contact
            2 | 60 | disease assessment
            3 | 10 | relapse
            3 | 50 | last contact
            3 | 80 | death"""},
        """patient | time | event | what | sources
            1 | 90 | yes | death | follow_up:2
            2 | 60 | no | last contact | follow_up:4
            3 | 80 | yes | death | follow_up:7""",
    )  # fmt: skip


def test_an_event_counts_on_the_day_of_the_last_contact(survives: Any) -> None:
    """An event and a contact on one day are an event; a contact after the event adds nothing."""
    survives(
        plan_of("EFS"),
        {"follow_up": """patient | day | event
            1 | 60 | last contact
            1 | 60 | relapse
            1 | 99 | last contact"""},
        "patient | time | event | what\n1 | 60 | yes | relapse",
    )  # fmt: skip


def test_the_first_of_two_events_counts_and_the_order_of_the_plan_breaks_ties(survives: Any) -> None:
    """Relapse before death is the event; on one day the event that the plan names first."""
    survives(
        plan_of("EFS", "death", "marrow_relapse"),
        {"follow_up": """patient | day | event
            1 | 60 | relapse
            1 | 90 | death
            2 | 70 | relapse
            2 | 70 | death"""},
        """patient | time | event | what | sources
            1 | 60 | yes | relapse | follow_up:2
            2 | 70 | yes | death | follow_up:5, follow_up:4""",
    )  # fmt: skip


NON_RESPONDER = {
    "exposure": "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28",
    "measurements": "patient | cycle | day | timepoint | test | value\n"
    "1 | 1 | 29 | end of cycle | cycle_response | non-responding",
    "follow_up": "patient | day | event\n1 | 58 | death",
}  # fmt: skip


@pytest.mark.parametrize(("when", "time"), [("time 0", 0), ("assessment", 29)])
def test_non_response_is_an_event_when_the_plan_says(survives: Any, when: str, time: int) -> None:
    """A non-responder has the event at time 0, before every study day, or on the day of the assessment."""
    survives(
        plan_of("EFS", non_response_at=when),
        NON_RESPONDER,
        f"patient | time | event | what | warning\n1 | {time} | yes | non-response | ",
    )


def test_non_response_is_no_event_of_an_endpoint_without_it(survives: Any) -> None:
    """Overall survival knows no non-response."""
    survives(plan_of("OS"), NON_RESPONDER, "patient | time | what\n1 | 58 | death")


def test_non_response_at_an_undated_assessment_is_dated_by_the_death(survives: Any) -> None:
    """Without a day of the assessment the next event gives an upper bound."""
    measurements = "patient | cycle | test | value\n1 | 1 | cycle_response | non-responding"
    survives(
        plan_of("EFS", non_response_at="assessment"),
        {**NON_RESPONDER, "measurements": measurements},
        f"patient | time | what | warning\n1 | 58 | death | non-response on an unknown day: {BOUND}",
    )


RELAPSES = """patient | day | event | site
    1 | 50 | relapse | bone marrow
    2 | 50 | relapse | bone marrow + cns
    3 | 50 | relapse |
    4 | 50 | relapse | cns
    5 | 50 | relapse | extramedullary
    6 | 50 | second malignancy |
    7 | 50 | progression | """


def test_every_relapse_is_an_event_of_event_free_survival(survives: Any) -> None:
    """A relapse of unknown site counts as one of the marrow; outside the marrow counts too, unless the plan says no."""
    survives(
        plan_of("EFS"),
        {"follow_up": RELAPSES},
        """patient | event | what
        1 | yes | relapse
        2 | yes | relapse
        3 | yes | relapse
        4 | yes | extramedullary relapse
        5 | yes | extramedullary relapse
        6 | yes | second malignancy
        7 | yes | progression""",
    )


def test_a_relapse_outside_the_marrow_need_not_count(survives: Any) -> None:
    """What is no event of the plan is a contact: the patient was known alive."""
    survives(
        plan_of("EFS", "death", "marrow_relapse"),
        {"follow_up": RELAPSES},
        """patient | time | event
        1 | 50 | yes
        2 | 50 | yes
        3 | 50 | yes
        4 | 50 | no
        5 | 50 | no
        6 | 50 | no
        7 | 50 | no""",
    )


def test_an_undated_relapse_is_counted_at_the_next_event_or_not_at_all(survives: Any) -> None:
    """With a later death the day of the death is an upper bound; without one the patient cannot enter."""
    survives(
        plan_of("EFS"),
        {"follow_up": """patient | day | timepoint | event
            1 | | after treatment | relapse
            1 | 90 | | death
            2 | | after treatment | relapse
            2 | 90 | | last contact"""},
        f"""patient | time | event | sources | warning
            1 | 90 | yes | follow_up:3, follow_up:2 | relapse on an unknown day: {BOUND}
            2 | | no | follow_up:4 | relapse on an unknown day, and no event to date it by: not in the analysis""",
    )  # fmt: skip


def test_an_undated_death_comes_after_everything(survives: Any) -> None:
    """A death of unknown day cannot precede the relapse, and so warns of nothing; alone it dates nothing."""
    tables = {"follow_up": "patient | day | event\n1 | 40 | relapse\n1 | | death"}
    survives(plan_of("EFS"), tables, "patient | time | what | warning\n1 | 40 | relapse | ")
    survives(
        plan_of("OS"),
        tables,
        "patient | time | warning\n1 | | death on an unknown day, and no event to date it by: not in the analysis",
    )


def test_without_follow_up_there_is_no_time(survives: Any) -> None:
    """A patient of whom nothing is known stays in the frame, without a time."""
    survives(
        plan_of("OS"),
        {"patients": "patient\n1"},
        "patient | time | event | warning\n1 | | no | no event and no follow-up: not in the analysis",
    )


@pytest.mark.parametrize(("duration", "first", "later"), [("inclusive", 1, 90), ("elapsed", 0, 89)])
def test_time_is_the_study_day_or_the_days_elapsed(survives: Any, duration: str, first: int, later: int) -> None:
    """Death on the day of the first dose has time 1 in CDISC's counting, 0 in elapsed days."""
    survives(
        plan_of("OS", duration=duration),
        {"follow_up": "patient | day | event\n1 | 1 | death\n2 | 90 | last contact"},
        f"patient | time | event\n1 | {first} | yes\n2 | {later} | no",
    )


@pytest.mark.parametrize(
    ("cutoff", "answer"), [(89, "89 | no | last contact"), (90, "90 | yes | death"), (91, "90 | yes | death")]
)
def test_the_cutoff_decides_whether_an_event_is_known(survives: Any, cutoff: int, answer: str) -> None:
    """An event on the day of the cut-off is known; the day before the patient was known alive."""
    survives(
        plan_of("OS", cutoff=cutoff),
        {"follow_up": "patient | day | event\n1 | 90 | death"},
        f"patient | time | event | what\n1 | {answer}",
    )


TRANSPLANTED = {
    "follow_up": """patient | day | event
    1 | 200 | relapse
    2 | 80 | relapse
    3 | 300 | last contact
    4 | 100 | death
    5 | 150 | death""",
    "therapies": """patient | kind | phase | start_day | given
    1 | hsct | after | 100 |
    2 | hsct | after | 100 |
    3 | hsct | after | 100 |
    4 | hsct | after | 100 |
    5 | hsct | after | 100 | no""",
}


def test_a_transplant_as_censoring_ends_the_observation(survives: Any) -> None:
    """What comes after the transplant does not count; what comes before or on its day does; a planned one is none."""
    survives(
        plan_of("EFS", censoring=("hsct", "last_contact")),
        TRANSPLANTED,
        """patient | time | event | what | sources
        1 | 100 | no | transplantation | therapies:2
        2 | 80 | yes | relapse | follow_up:3
        3 | 100 | no | transplantation | therapies:4
        4 | 100 | yes | death | follow_up:5
        5 | 150 | yes | death | follow_up:6""",
    )


def test_a_transplant_as_event(survives: Any) -> None:
    """A plan may count the transplant: between or after the cycles, by phase or by day alone."""
    survives(
        plan_of("TFS", "hsct"),
        {
            "follow_up": "patient | day | event\n1 | 90 | last contact\n2 | 90 | last contact\n3 | 90 | last contact",
            "therapies": """patient | kind | phase | start_day
            1 | hsct | between | 60
            2 | hsct | | 70
            3 | hsct | | -70""",
        },
        """patient | time | event
        1 | 60 | yes
        2 | 70 | yes
        3 | 90 | no""",
    )


def test_an_undated_transplant_cannot_end_the_observation(survives: Any) -> None:
    """Whether the death came before the transplant is unknown, so the patient cannot enter; time 0 comes before all."""
    therapies = "patient | kind | phase\n1 | hsct | after"
    plan = plan_of("EFS", censoring=("hsct", "last_contact"))
    survives(
        plan,
        {"follow_up": "patient | day | event\n1 | 90 | death", "therapies": therapies},
        "patient | time | warning\n"
        "1 | | transplantation on an unknown day, and no event to date it by: not in the analysis",
    )
    survives(plan, {**NON_RESPONDER, "therapies": therapies}, "patient | time | warning\n1 | 0 | ")


def test_what_happened_before_the_first_dose_is_history(survives: Any) -> None:
    """A relapse before day 1 is the one being treated, neither event nor contact."""
    survives(
        plan_of("EFS"),
        {"follow_up": "patient | day | event\n1 | -20 | relapse\n1 | 90 | last contact\n2 | -20 | relapse"},
        "patient | time | event\n1 | 90 | no\n2 | | no",
    )
