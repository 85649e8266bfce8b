"""The plan's `[endpoints.CODE]`: a time-to-event endpoint, changed or new."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from engager.plan.part import Part

EventName = Literal[
    "death",
    "marrow_relapse",
    "extramedullary_relapse",
    "progression",
    "second_malignancy",
    "non_response",
    "hsct",
    "last_contact",
]


def _code(name: str) -> str:
    """Refuse what is no code; in capitals, no endpoint shares its name with another analysis of `results.json`."""
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{0,15}", name):
        raise ValueError("a code in capitals, digits and hyphens, as EFS or EFS-HSCT, of at most 16 signs")
    return name


EndpointCode = Annotated[str, AfterValidator(_code)]


def _not_empty(names: tuple[EventName, ...]) -> tuple[EventName, ...]:
    """Refuse an empty list; an entry that is unknown is told of first, and alone."""
    if not names:
        raise ValueError("at least one entry between the brackets")
    return names


class Endpoint(Part):
    """A change to a time-to-event endpoint, or a new one; what is left out stays as defined in `endpoints`."""

    label: str | None = None
    events: Annotated[tuple[EventName, ...], AfterValidator(_not_empty)] | None = None
    censoring: tuple[EventName, ...] | None = None
    non_response_at: Literal["time 0", "assessment"] | None = None
