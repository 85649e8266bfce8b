"""The plan's `[endpoints.CODE]`: a time-to-event endpoint, changed or new."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

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
# Capitals, so that no endpoint shares its name with another analysis of `results.json`.
EndpointCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$", max_length=16)]


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
