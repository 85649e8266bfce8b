"""Time-to-event endpoints as data: which rows are events, which end the observation, and where time begins.

A new endpoint is one entry of `ENDPOINTS`; a new kind of event is one entry of `EVENT_SOURCES` and of the plan's
`EventName`. Nothing here calculates: `time_to_event` reads these definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from engager.plan import AnalysisPlan, EventName


@dataclass(frozen=True, slots=True)
class EventSource:
    """The rows that are an event: of `table`, with a permitted value in each column of `where` (None: an empty cell).

    `day` is the column that dates the event; `words` say what happened. A censoring source that `ends` the
    observation does so on its first day, whatever is known of the patient later; others are contacts, the last counts.
    """

    table: str
    where: Mapping[str, tuple[str | None, ...]]
    words: str
    day: str = "day"
    ends: bool = False


_MARROW = ("bone marrow", "bone marrow + cns", "bone marrow + extramedullary")

EVENT_SOURCES: Mapping[EventName, EventSource] = MappingProxyType(
    {
        "death": EventSource("follow_up", {"event": ("death",)}, "death"),
        # A relapse whose site is not recorded counts as one of the marrow, the usual site.
        "marrow_relapse": EventSource("follow_up", {"event": ("relapse",), "site": (*_MARROW, None)}, "relapse"),
        "extramedullary_relapse": EventSource(
            "follow_up", {"event": ("relapse",), "site": ("cns", "extramedullary")}, "extramedullary relapse"
        ),
        "progression": EventSource("follow_up", {"event": ("progression",)}, "progression"),
        "second_malignancy": EventSource("follow_up", {"event": ("second malignancy",)}, "second malignancy"),
        "non_response": EventSource("non_response", {}, "non-response"),
        "hsct": EventSource(
            "therapies",
            {"kind": ("hsct",), "phase": ("between", "during", "after"), "given": ("true", None)},
            "transplantation", day="start_day", ends=True,
        ),
        "last_contact": EventSource(
            "follow_up",
            {"event": ("last contact", "disease assessment", "relapse", "progression", "second malignancy",
                       "end of treatment")},
            "last contact",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeToEvent:
    """A time-to-event endpoint: the first of `events` counts, else `censoring` ends the observation.

    A transplant as censoring ends it on its day; otherwise the last day of the contacts does. Time begins with the
    first dose. `non_response_at` says when a non-responder has the event: at `time 0`, before every study day, or on
    the day of the assessment that showed it.
    """

    code: str
    label: str
    events: tuple[EventName, ...]
    censoring: tuple[EventName, ...] = ("last_contact",)
    non_response_at: Literal["time 0", "assessment"] = "time 0"


OVERALL_SURVIVAL = TimeToEvent("OS", "Overall survival", events=("death",))
EVENT_FREE_SURVIVAL = TimeToEvent(
    "EFS",
    "Event-free survival",
    events=("death", "marrow_relapse", "extramedullary_relapse", "progression", "second_malignancy", "non_response"),
)

ENDPOINTS: Mapping[str, TimeToEvent] = MappingProxyType(
    {endpoint.code: endpoint for endpoint in (OVERALL_SURVIVAL, EVENT_FREE_SURVIVAL)}
)


def in_words(name: EventName) -> str:
    """Return the name of an event as a reader knows it.

    Examples:
        >>> in_words("marrow_relapse"), in_words("non_response")
        ('marrow relapse', 'non-response')
    """
    special = {"hsct": "transplantation", "non_response": "non-response"}
    return special.get(name, name.replace("_", " "))


def planned_endpoints(plan: AnalysisPlan) -> tuple[TimeToEvent, ...]:
    """Return the endpoints of a plan, its changes applied; a code that is not defined here starts from EFS."""
    planned = []
    for code, change in plan.endpoints.items():
        base = ENDPOINTS.get(code, replace(EVENT_FREE_SURVIVAL, code=code, label=code))
        changes = {name: value for name, value in change.model_dump().items() if value is not None}
        planned.append(replace(base, **changes))
    return tuple(planned)
