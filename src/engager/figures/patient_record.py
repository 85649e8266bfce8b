"""One patient's rows of the analysis `patient_course`, placed on one axis of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engager.results import AnalysisResult, Results

_PLACE = re.compile(r"day (?P<day>-?[\d.]+)|cycle (?P<cycle>\d+), (?P<slot>[a-z ]+)")
_NOT_READINGS = ("dose", "limit", "adverse_event", "therapy")


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """What is known of a patient; `dated` says whether time is days, else it is places in cycles (start, end)."""

    patient: str
    rows: tuple[AnalysisResult, ...]
    events: tuple[AnalysisResult, ...]

    def named(self, *names: str) -> tuple[AnalysisResult, ...]:
        """Return the rows of some names."""
        return tuple(row for row in self.rows if row.name in names)

    @property
    def readings(self) -> tuple[AnalysisResult, ...]:
        """The readings that can be placed on the axis in use."""
        return tuple(row for row in self.rows if row.name not in _NOT_READINGS and self.x(row) is not None)

    @property
    def dated(self) -> bool:
        """Whether any dose or reading has a day."""
        return any(row.lower is not None for row in self.named("dose")) or any(
            row.at is not None and row.at.startswith("day ") for row in self.rows if row.name not in _NOT_READINGS
        )

    def x(self, reading: AnalysisResult) -> float | None:
        """Return where a reading stands: its day, or its place in the cycles where nothing has a day; else None."""
        found = _PLACE.match(reading.at or "")
        if found is None:
            return None
        if self.dated:
            return float(found["day"]) if found["day"] else None
        return cycle_place(int(found["cycle"]), found["slot"]) if found["cycle"] else None

    @property
    def cycles(self) -> int:
        """The number of the last cycle that a dose or a reading names."""
        texts = [row.text or "" for row in self.named("dose")] + [row.at or "" for row in self.readings]
        return max((int(found[1]) for text in texts if (found := re.match(r"cycle (\d+)", text))), default=1)

    @property
    def span(self) -> tuple[float, float]:
        """The first and last place that doses and readings reach."""
        if not self.dated:
            return 0.0, float(2 * self.cycles - 1)
        days = [row_x for row in self.readings if (row_x := self.x(row)) is not None]
        days += [day for row in self.named("dose") for day in (row.lower, row.upper) if day is not None]
        return min([1.0, *days]), max([2.0, *days])


def cycle_place(cycle: int, slot: str) -> float | None:
    """Return the place of a reading on the axis of cycles: start and end of each are whole numbers, one apart.

    Examples:
        >>> cycle_place(1, "start of cycle"), cycle_place(2, "end of cycle"), cycle_place(1, "best response")
        (0.0, 3.0, None)
    """
    within = {"start of cycle": 0.0, "baseline": 0.0, "during cycle": 0.5, "end of cycle": 1.0}
    return None if slot not in within else 2.0 * (cycle - 1) + within[slot]


def read_records(results: Results) -> tuple[PatientRecord, ...]:
    """Return the records of the patients who have a dose or a reading, in the order of the results."""
    rows: dict[str, list[AnalysisResult]] = {}
    for row in results.where(analysis="patient_course"):
        rows.setdefault(row.group, []).append(row)
    records = [PatientRecord(own[0].patients[0], tuple(own), _events(results, group)) for group, own in rows.items()]
    return tuple(record for record in records if record.readings)


def _events(results: Results, group: str) -> tuple[AnalysisResult, ...]:
    found: Sequence[AnalysisResult] = results.where(analysis="course", name="event", group=group)
    return tuple(row for row in found if row.estimate is not None)
