"""The course of one patient as the rows of the analysis `course` tell it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engager.results import AnalysisResult, Results

UNCLASSIFIED = "response not recorded"
"""What stands in place of the response class where there is none."""

KINDS: Mapping[str, str] = {
    "death": "death",
    "relapse": "relapse",
    "hsct": "transplant",
    "maintenance": "maintenance begins",
    "discontinuation": "infusion discontinued",
    "ongoing": "alive at last contact",
    "other": "other event",
}
"""The kinds of mark and their names; an event of any other kind is drawn as `other`."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened on a day: its kind, a key of `KINDS`, the words for it, and the id of the result that tells it."""

    day: float
    kind: str
    text: str
    result: str


@dataclass(frozen=True, slots=True)
class Course:
    """One patient: the last day and state, the response, and what is known of doses, infusions and events."""

    patient: str
    follow_up: AnalysisResult
    rows: tuple[AnalysisResult, ...]

    @property
    def last_day(self) -> float:
        """The last day of follow-up."""
        return self.follow_up.estimate or 0.0

    @property
    def state(self) -> str:
        """The state on the last day, `alive` or `dead`; empty where it is not recorded."""
        return self.follow_up.text or ""

    @property
    def response(self) -> str:
        """The response class in words."""
        return next((row.text for row in self._named("response") if row.text), UNCLASSIFIED)

    @property
    def doses(self) -> str:
        """The doses of the cycles in order; empty where none is recorded."""
        return next((row.text for row in self._named("cycles") if row.text), "")

    @property
    def dose_unit(self) -> str:
        """The unit of the doses as it is printed."""
        unit = next((row.unit for row in self._named("cycles") if row.unit), "")
        return printed_unit(unit)

    @property
    def infusions(self) -> tuple[AnalysisResult, ...]:
        """The infusions whose first and last day are known."""
        return tuple(row for row in self._named("infusion") if row.lower is not None and row.upper is not None)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The events whose day is known, and the arrow of a patient who is alive on the last day."""
        events = [
            Mark(row.estimate, event_kind(row.at), row.text or event_kind(row.at), row.id)
            for row in self._named("event")
            if row.estimate is not None
        ]
        arrow = [Mark(self.last_day, "ongoing", KINDS["ongoing"], self.follow_up.id)] if self.state == "alive" else []
        return (*sorted(events, key=lambda mark: mark.day), *arrow)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What happened on a day that is not recorded, in words."""
        events = [row.text or row.at or "" for row in self._named("event") if row.estimate is None]
        return (*events, *(row.text for row in self._named("undated") if row.text))

    def _named(self, name: str) -> tuple[AnalysisResult, ...]:
        return tuple(row for row in self.rows if row.name == name)


def courses(results: Results) -> tuple[Course, ...]:
    """Return the course of each patient whose last day is known, in the order in which the results name them."""
    rows: dict[str, list[AnalysisResult]] = {}
    for row in results.where(analysis="course"):
        rows.setdefault(row.group, []).append(row)
    return tuple(
        Course(last.patients[0] if last.patients else patient, last, tuple(own))
        for patient, own in rows.items()
        if (last := next((row for row in own if row.name == "follow_up"), None)) and last.estimate is not None
    )


def time_range(patients: Sequence[Course]) -> tuple[float, float]:
    """Return the first and the last day that the courses reach; at least day 0 to day 1."""
    days = [0.0, 1.0]
    for patient in patients:
        bounds = [bound for row in patient.infusions for bound in (row.lower, row.upper) if bound is not None]
        days += [patient.last_day, *(mark.day for mark in patient.marks), *bounds]
    return min(days), max(days)


def printed_unit(unit: str) -> str:
    """Return a unit as it is printed.

    Examples:
        >>> printed_unit("ug/m2/d")
        'µg/m²/d'
    """
    return re.sub(r"\bug\b", "µg", unit).replace("m2", "m²")


def event_kind(at: str | None) -> str:
    """Return the kind of an event from its place, which is a kind and a number.

    Examples:
        >>> event_kind("relapse 2"), event_kind("hsct"), event_kind("seizure 1")
        ('relapse', 'hsct', 'other')
    """
    found = re.match(r"[a-z]+", (at or "").lower())
    kind = found.group() if found else ""
    return kind if kind in KINDS else "other"
