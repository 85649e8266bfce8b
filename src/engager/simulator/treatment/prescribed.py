"""Patients given what an event table says, to the minute: infusions as they are written, in cycles as their gaps tell.

Times are counted from the first infusion of the drug of each patient, which is time 0. Infusions of the drug with gaps
of no more than a week are one cycle. Chemotherapy and dexamethasone of the table are given as they stand. No rule
changes anything: a policy says how patients are assessed and followed, no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.errors import InputError, Issue, Place, Severity
from engager.simulator.treatment.event_table import EventTable
from engager.simulator.treatment.schedule import Schedule

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
SAME_CYCLE = 7.0  # days without infusion up to which a cycle goes on, as labelled
DRUG = 0


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What is given to patients by position: a schedule with rates of the drug in ug/d, and when each cycle runs.

    `ids` are their IDs in the event table; `begins` and `ends` are (patients, cycles), infinity where a patient has
    fewer.
    """

    ids: tuple[str, ...]
    schedule: Schedule
    begins: Floats
    ends: Floats

    def of_patients(self, patients: range) -> Prescribed:
        """Return what patients of these positions are given, counted from the first of them."""
        kept = (self.schedule.patient >= patients.start) & (self.schedule.patient < patients.stop)
        columns = (getattr(self.schedule, name)[kept] for name in ("input", "start", "end", "rate"))
        who = self.schedule.patient[kept] - patients.start
        part = slice(patients.start, patients.stop)
        return Prescribed(self.ids[part], Schedule.of(who, *columns), self.begins[part], self.ends[part])

    def between(self, which: Positions, start: Floats, end: Floats, surface: Floats) -> Schedule:
        """Return what patients `which` are given from start to end, the drug in ug/m2/d, by their places in `which`."""
        place = np.full(len(self.begins), -1)
        place[which] = np.arange(len(which))
        theirs = np.flatnonzero(place[self.schedule.patient] >= 0)
        patient, into = self.schedule.patient[theirs], self.schedule.input[theirs]
        row = place[patient]
        begins = np.maximum(self.schedule.start[theirs], start[row])
        stops = np.minimum(self.schedule.end[theirs], end[row])
        rate = self.schedule.rate[theirs] / np.where(into == DRUG, surface[patient], 1.0)
        kept = stops > begins
        return Schedule.of(row[kept], into[kept], begins[kept], stops[kept], rate[kept])

    def drug_between(self, which: Positions, start: Floats, end: Floats) -> Schedule:
        """Return the infusions of the drug from start to end, in ug/d, by their places in `which`."""
        found = self.between(which, start, end, np.ones(len(self.begins)))
        kept = found.input == DRUG
        return Schedule.of(*(getattr(found, name)[kept] for name in ("patient", "input", "start", "end", "rate")))


def prescribed(table: EventTable, lead: float) -> Prescribed:
    """Return what an event table prescribes.

    Args:
        table: the infusions.
        lead: days before the first dose at which a course begins.

    Raises:
        InputError: a patient without the drug, or with something given too long before it; a cycle that does not begin
            a whole number of days after the first dose, which a record in study days could not tell.
    """
    schedule, n = table.schedule, len(table.patients)
    drug = schedule.input == DRUG
    first = np.full(n, np.inf)
    np.minimum.at(first, schedule.patient[drug], schedule.start[drug])
    _refuse_undosed(table, first)
    start, end = (column - first[schedule.patient] for column in (schedule.start, schedule.end))
    shifted = Schedule.of(schedule.patient, schedule.input, start, end, schedule.rate)
    begins, ends = _cycles(shifted, n)
    _refuse_places(table, shifted, begins, lead)
    return Prescribed(table.patients, shifted, begins, ends)


def _cycles(schedule: Schedule, n: int) -> tuple[Floats, Floats]:
    """Return when the cycles of each patient begin and end."""
    drug = schedule.input == DRUG
    who, start, end = schedule.patient[drug], schedule.start[drug], schedule.end[drug]
    new = np.append(True, (who[1:] != who[:-1]) | (start[1:] > end[:-1] + SAME_CYCLE))
    last = np.append(new[1:], True)
    owner = who[new]
    counts = np.bincount(owner, minlength=n)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    begins, ends = np.full((2, n, int(counts.max(initial=1))), np.inf)
    begins[owner, place], ends[owner, place] = start[new], end[last]
    return begins, ends


def _refuse_undosed(table: EventTable, first: Floats) -> None:
    issues = [_issue(table, int(at), "no infusion of the drug", "one or more, in CMT 1")
              for at in np.flatnonzero(~np.isfinite(first))]  # fmt: skip
    if issues:
        raise InputError(issues)


def _refuse_places(table: EventTable, schedule: Schedule, begins: Floats, lead: float) -> None:
    early = np.unique(schedule.patient[schedule.start < -lead])
    issues = [_issue(table, int(at), f"something given more than {lead:g} days before the drug", "nothing so early")
              for at in early]  # fmt: skip
    finite = np.where(np.isfinite(begins), begins, 0.0)
    uneven = np.abs(finite - np.rint(finite)) > 1e-6
    issues += [
        _issue(table, int(row), f"a cycle that begins {finite[row, column]:g} days after the first dose", "whole days")
        for row, column in np.argwhere(uneven)
    ]
    if issues:
        raise InputError(issues)


def _issue(table: EventTable, position: int, found: str, expected: str) -> Issue:
    place = Place("event table", column="ID")
    told = f"{found} (patient {table.patients[position]})"
    return Issue(Severity.ERROR, "event_table", place, told, expected, structural=True)
