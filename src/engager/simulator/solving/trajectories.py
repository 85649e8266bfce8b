"""What a solver gives back, and what it is asked for: times per patient, states at them, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engager.errors import InputError, Issue, Place, Severity
from engager.simulator.models.model import Model
from engager.simulator.treatment.schedule import Pieces

Array = NDArray[np.float64]


class Status(IntEnum):
    """How the solution of a patient came about; what has failed has no numbers after the time it failed."""

    SOLVED = 0
    ALONE = 1
    LSODA = 2
    FAILED = 3


@dataclass(frozen=True, slots=True)
class Trajectories:
    """States of patients over time.

    `times` (n, T); `values` (n, T, S), NaN at a time that is not asked of a patient and after a failure; `final` (n, S)
    at `until` (n,); `status` (n,) as in `Status`.
    """

    times: Array
    values: Array
    final: Array
    until: Array
    status: NDArray[np.int8]

    @property
    def failed(self) -> Sequence[int]:
        """The patients, by index, of whom no solver found a solution."""
        return np.flatnonzero(self.status == Status.FAILED).tolist()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be solved, checked and with an entry for each patient: constants, states at `start`, inputs, times."""

    constants: Array
    initial: Array
    pieces: Pieces
    times: Array
    start: Array
    until: Array

    @classmethod
    def of(
        cls, model: Model, constants: Array, initial: Array, pieces: Pieces, times: ArrayLike,
        start: ArrayLike = 0.0, until: ArrayLike | None = None,
    ) -> Self:  # fmt: skip
        """Return the problem; InputError names what does not fit.

        `times` (T,) or (n, T) rise and may end in NaN or infinity, for none; `until` is the last of them if not given.
        """
        constants = _own(np.atleast_2d(constants))
        n = len(constants)
        wide = np.broadcast_to(np.asarray(times, float), (n, np.shape(times)[-1]))
        wide = np.where(np.isfinite(wide), wide, np.inf)
        began = _own(np.broadcast_to(start, n))
        if until is None:
            ends = np.maximum(np.where(np.isfinite(wide), wide, -np.inf).max(axis=1, initial=-np.inf), began)
        else:
            ends = _own(np.broadcast_to(until, n))
        pieces = Pieces(_own(pieces.times), _own(pieces.values))
        problem = cls(constants, _own(np.atleast_2d(initial)), pieces, _own(wide), began, ends)
        problem._refuse(model)
        return problem

    def __len__(self) -> int:
        return len(self.constants)

    def of_patients(self, which: NDArray[np.intp]) -> Self:
        """Return the problem of some patients alone."""
        pieces = Pieces(self.pieces.times[which], self.pieces.values[which])
        rest = (self.times[which], self.start[which], self.until[which])
        return type(self)(self.constants[which], self.initial[which], pieces, *rest)

    def _refuse(self, model: Model) -> None:
        n, inputs = len(self), len(model.inputs)
        wide = np.where(np.isfinite(self.times), self.times, np.nan)
        with np.errstate(invalid="ignore"):
            falls = bool((np.diff(wide, axis=1) < 0).any())
            early = bool((wide < self.start[:, None]).any() or (wide > self.until[:, None]).any())
        rows = f"{n} patients"
        wanted = [
            (n == 0, "no patient", "one or more"),
            (self.constants.shape[1] != len(model.constants), f"{self.constants.shape[1]} constants",
             f"{len(model.constants)}, as `model.constants` lists them"),
            (self.initial.shape != (n, len(model.states)), f"initial states of shape {self.initial.shape}",
             f"{(n, len(model.states))}, {rows} with {len(model.states)} states"),
            (len(self.pieces) != n or self.pieces.values.shape[2] != inputs,
             f"inputs of shape {self.pieces.values.shape}", f"{rows} with {inputs} inputs"),
            (not np.isfinite(self.constants).all(), "a constant that is no number", "finite numbers"),
            (not np.isfinite(self.initial).all(), "an initial state that is no number", "finite numbers"),
            (bool((self.until < self.start).any()), "an end before the start", "an end after it"),
            (falls, "times that fall", "times that rise"),
            (early, "times before the start or after the end", "times between them"),
        ]  # fmt: skip
        place = Place("simulation")
        issues = [
            Issue(Severity.ERROR, "simulator.problem", place, found, expected, structural=True)
            for wrong, found, expected in wanted
            if wrong
        ]
        if issues:
            raise InputError(issues)


def _own(values: ArrayLike) -> Array:
    """Return values as an array of doubles in rows that may be written, as the compiled kernel knows it."""
    return np.require(values, np.float64, ["C", "W"])
