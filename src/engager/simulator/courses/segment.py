"""A segment of the courses of patients: from one decision point to the next, or to where it is cut."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engager.simulator.treatment.schedule import Schedule

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Segment:
    """Solved segments, a row each: of which patients, at which times, states and true values at them.

    `last` is the number of the time at which each is cut; `dies`, `of_infection` and `stopped` (by a toxicity: 0 no, 1
    held, 2 stopped; `by_release` if it was cytokine release) say why; `hazard` is the hazard of death added up since
    the beginning, at each time.
    """

    which: NDArray[np.intp]
    times: Floats
    states: Floats
    truth: dict[str, Floats]
    given: Schedule
    last: NDArray[np.intp]
    failed: NDArray[np.bool_]
    dies: NDArray[np.bool_] = field(init=False)
    of_infection: NDArray[np.bool_] = field(init=False)
    stopped: NDArray[np.int64] = field(init=False)
    by_release: NDArray[np.bool_] = field(init=False)
    hazard: Floats = field(init=False)

    def __post_init__(self) -> None:
        n = len(self.which)
        self.dies, self.of_infection, self.by_release = (np.zeros(n, bool) for _ in range(3))
        self.stopped, self.hazard = np.zeros(n, np.int64), np.zeros_like(self.times)

    @property
    def end(self) -> Floats:
        """The time at which each segment is cut."""
        return np.asarray(self.times[np.arange(len(self.which)), self.last])

    def lived(self) -> NDArray[np.bool_]:
        """Return which times lie within each segment as it was cut, (patients, times)."""
        return np.arange(self.times.shape[1]) <= self.last[:, None]

    def at_end(self, name: str) -> Floats:
        """Return a true value at the end of each segment."""
        return np.asarray(self.truth[name][np.arange(len(self.which)), self.last])
