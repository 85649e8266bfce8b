"""What is given to patients: infusions from one time to another, as the piecewise constant inputs of a model.

A schedule holds any number of infusions of any number of patients. Times are days from the first dose, which is time 0,
the beginning of study day 1; rates are in the unit of the model's input. Between two breakpoints nothing changes, and
every start and end of an infusion is a breakpoint, so a solver that stops there meets them exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engager.errors import InputError, Issue, Place, Severity

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Two ends closer than this, in days, are one breakpoint: it is 9 microseconds, far below what a pump or a clock tells.
_SAME = 1e-10


@dataclass(frozen=True, slots=True)
class Schedule:
    """Infusions, one entry each: of which patient (an index from 0), into which input, from when to when, how much.

    Examples:
        >>> one = Schedule.of(patient=[0, 0], input=[0, 0], start=[0, 7], end=[7, 28], rate=[5, 15])
        >>> pieces = one.pieces(patients=1, inputs=1)
        >>> pieces.times[0].tolist(), pieces.values[0, :, 0].tolist()
        ([0.0, 7.0, 28.0], [5.0, 15.0, 0.0])
    """

    patient: Whole
    input: Whole
    start: Floats
    end: Floats
    rate: Floats

    @classmethod
    def of(cls, patient: ArrayLike, input: ArrayLike, start: ArrayLike, end: ArrayLike, rate: ArrayLike) -> Schedule:  # noqa: A002
        """Return a schedule; InputError names every infusion that is not one, and any two that overlap."""
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(each)) for each in (patient, input, start, end, rate)))
        order = np.lexsort((columns[2], columns[1], columns[0]))
        who, into = (np.ascontiguousarray(column[order], np.int64) for column in columns[:2])
        begins, ends, rates = (np.ascontiguousarray(column[order], np.float64) for column in columns[2:])
        schedule = cls(who, into, begins, ends, rates)
        schedule._refuse()
        return schedule

    def __len__(self) -> int:
        return len(self.patient)

    def _refuse(self) -> None:
        """Raise InputError where a rate is negative or no number, an end lies before its start, or two overlap."""
        unreal = ~(np.isfinite(self.start) & np.isfinite(self.end) & np.isfinite(self.rate))
        problems = [
            (unreal, "a time or a rate that is no number", "finite numbers"),
            (self.rate < 0, "a negative rate", "a rate of 0 or more"),
            (
                self.end <= self.start,
                "an infusion that ends before it begins, or as it begins",
                "an end after the start",
            ),
        ]
        issues = [self._issue(at, *words) for found, *words in problems for at in np.flatnonzero(found)[:5]]
        if not issues:
            issues = [self._issue(at, "two infusions at once", "one after the other") for at in self.overlaps()[:5]]
        if issues:
            raise InputError(issues)

    def overlaps(self) -> Whole:
        """Return the entries that begin before the one before them, of the same patient and input, has ended."""
        same = (self.patient[1:] == self.patient[:-1]) & (self.input[1:] == self.input[:-1])
        return np.flatnonzero(same & (self.start[1:] < self.end[:-1] - _SAME)) + 1

    def _issue(self, at: int, found: str, expected: str) -> Issue:
        entry = f"patient {self.patient[at] + 1}, day {self.start[at]:g} to {self.end[at]:g}, rate {self.rate[at]:g}"
        place = Place("schedule", row=int(at) + 1)
        return Issue(Severity.ERROR, "schedule", place, f"{found} ({entry})", expected, structural=True)

    def joined(self, others: Sequence[Schedule]) -> Schedule:
        """Return this schedule and others as one."""
        parts = (self, *others)
        columns = ("patient", "input", "start", "end", "rate")
        return Schedule.of(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))

    def pieces(self, patients: int, inputs: int) -> Pieces:
        """Return the inputs of so many patients as constants between breakpoints; who has none has zeros from time 0.

        Before the first breakpoint of a patient every input is 0.
        """
        ends = np.concatenate([self.start, self.end, np.zeros(patients)])
        whose = np.concatenate([self.patient, self.patient, np.arange(patients)])
        order = np.lexsort((ends, whose))
        ends, whose = ends[order], whose[order]
        first = np.append(True, (whose[1:] != whose[:-1]) | (ends[1:] > ends[:-1] + _SAME))
        ends, whose = ends[first], whose[first]
        counts = np.bincount(whose, minlength=patients)
        place = np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts)
        times = np.full((patients, int(counts.max(initial=1))), np.inf)
        times[whose, place] = ends
        values = np.zeros((*times.shape, inputs))
        for at in range(int(self._depth())):
            self._fill(times, values, at)
        return Pieces(times, values)

    def _depth(self) -> int:
        """Return the largest number of infusions of a patient."""
        return int(np.bincount(self.patient).max(initial=0))

    def _fill(self, times: Floats, values: Floats, at: int) -> None:
        """Write the rates of the `at`-th infusion of each patient into the pieces that it covers."""
        counts = np.bincount(self.patient, minlength=len(times))
        has = counts > at
        entry = (np.cumsum(counts) - counts + at)[has]
        covered = (times[has] >= self.start[entry, None] - _SAME) & (times[has] < self.end[entry, None] - _SAME)
        added = np.where(covered, self.rate[entry, None], 0.0)
        values[np.flatnonzero(has)[:, None], np.arange(times.shape[1]), self.input[entry, None]] += added


@dataclass(frozen=True, slots=True)
class Pieces:
    """Inputs that are constant from one breakpoint to the next, a row a patient.

    `times` are breakpoints that rise and end in infinities where a patient has fewer; `values[i, k]` holds from
    `times[i, k]` on, an entry an input.
    """

    times: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.times)

    def at(self, times: Floats) -> Floats:
        """Return the inputs at times, (patients, times) or (times,), to (patients, times, inputs); right-continuous."""
        asked = np.broadcast_to(times, (len(self), np.shape(times)[-1]))
        behind = (self.times[:, None, :] <= asked[:, :, None]).sum(axis=2)
        found = np.take_along_axis(self.values, np.maximum(behind - 1, 0)[:, :, None], axis=1)
        return np.where(behind[:, :, None] > 0, found, 0.0)
