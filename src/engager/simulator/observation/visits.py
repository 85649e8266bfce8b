"""When samples are taken: panels of tests, on days of a cycle, at the end of its infusion, and in the follow-up."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

Floats = NDArray[np.float64]
QUARTER = 0.25  # days between two points of a cycle's course


class Panel(BaseModel):
    """Tests that are done together: on `days` of a cycle, at its `end`, and every `follow` days afterwards.

    `missing` is the share of samples that were not taken; the marrow at the end of a cycle decides what comes next, so
    that none is missing there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    tests: tuple[str, ...]
    days: tuple[Annotated[float, Field(ge=0, le=60)], ...] = ()
    end: bool = False
    follow: Annotated[int, Field(ge=7, le=400, multiple_of=7)] | None = None
    missing: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @model_validator(mode="after")
    def _quarters(self) -> Self:
        """Refuse times between two points of the course."""
        if any(day / QUARTER % 1 for day in self.days):
            raise ValueError("days that are multiples of a quarter")
        return self


class Visits(BaseModel):
    """The panels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    panels: tuple[Panel, ...]

    @cached_property
    def days(self) -> tuple[float, ...]:
        """All days of a cycle on which anything is taken, in order."""
        return tuple(sorted({day for panel in self.panels for day in panel.days}))


def read_visits() -> Visits:
    """Return the visits that travel with engager."""
    text = (files("engager.simulator.observation") / "visits.toml").read_text("utf-8")
    return Visits.model_validate(tomllib.loads(text))


def study_day(time: Floats) -> NDArray[np.int32]:
    """Return the study day of samples taken just before a time; time 0 is the first dose, there is no day 0.

    Examples:
        >>> study_day(np.array([-3, -0.5, 0, 0.25, 1, 28, 28.25])).tolist()
        [-3, -1, -1, 1, 1, 28, 29]
    """
    day = np.ceil(np.asarray(time, float))
    before = np.floor(np.asarray(time, float))
    return np.asarray(np.where(day >= 1, day, np.minimum(before, -1)), np.int32)


@dataclass(frozen=True, slots=True)
class Samples:
    """Where samples stand: of which patients (positions), when, in which cycle, which visit, and what there was.

    `visit` is a day of the cycle, -1 at the end of its infusion, or 1000 and more in the follow-up; `columns` are the
    true values at the time.
    """

    patient: NDArray[np.int64]
    time: Floats
    cycle: NDArray[np.int64]
    visit: Floats
    columns: dict[str, Floats]
