"""The random numbers of an observation: a number a patient and purpose, the same whoever else is simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.simulator.populations.random_numbers import normals, uniforms

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws for patients of a seed.

    Examples:
        >>> Draws(1, range(4)).uniform("visit 1")[2:].tolist() == Draws(1, range(2, 4)).uniform("visit 1").tolist()
        True
    """

    seed: int
    patients: range

    def uniform(self, purpose: str) -> Floats:
        """Return numbers between 0 and 1, one a patient."""
        return uniforms(self.seed, f"observation/{purpose}", self.patients)

    def normal(self, purpose: str) -> Floats:
        """Return standard normal numbers, one a patient."""
        return normals(self.seed, f"observation/{purpose}", self.patients)

    def exponential(self, purpose: str) -> Floats:
        """Return exponential numbers with mean 1, one a patient."""
        return -np.log(self.uniform(purpose))

    def lognormal(self, purpose: str, median: float, cv: float) -> Floats:
        """Return log-normal numbers with a median and a coefficient of variation in percent, one a patient."""
        spread = np.sqrt(np.log1p((cv / 100) ** 2))
        return np.asarray(median * np.exp(spread * self.normal(purpose)), np.float64)
