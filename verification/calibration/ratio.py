"""Remission by the ratio of blood T cells to marrow blasts: virtual children in whom the ratio is spread on purpose."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from studies import SEED, STUDIES, Solve, course, patients_of, solve
from summaries import REMISSION

from engager.simulator.models.model import Model

Floats = NDArray[np.float64]
PER_UL = 6500.0
"""Cells of a full marrow per uL of it."""
EDGES = (0.0, 0.05, 0.2, 1.0, 7.0, np.inf)
LEAST_BLASTS, MOST_T_CELLS, LOWEST, HIGHEST = 0.05, 5000.0, 0.02, 15.0


def spread_out(patients: int) -> tuple[Floats, Floats]:
    """Return ratios, half of them above 7, and blast fractions of 5 % or more that leave T cells below 5,000 per uL."""
    numbers = np.random.default_rng(SEED)
    low, high = (np.exp(numbers.uniform(*np.log(ends), patients)) for ends in ((LOWEST, EDGES[4]), (EDGES[4], HIGHEST)))
    ratio = np.where(np.arange(patients) % 2 == 0, low, high)
    most = np.minimum(0.98, MOST_T_CELLS / PER_UL / ratio)
    return ratio, LEAST_BLASTS * (most / LEAST_BLASTS) ** numbers.uniform(size=patients)


def by_ratio(model: Model, patients: int, with_: Solve = solve) -> list[tuple[str, int, float]]:
    """Return of each range of the ratio: its name, how many patients, per cent in remission on day 28."""
    ratio, blasts = spread_out(patients)
    study = STUDIES["children-15"]
    drawn = patients_of(study, model, patients)
    constants = drawn.constants.copy()
    constants[:, model.constants.index("blasts")] = blasts
    constants[:, model.constants.index("T0")] = ratio * blasts * PER_UL
    changed = replace(drawn, constants=constants, initial=model.initial(constants))
    cleared = course(study, model, patients, with_, changed).at("blast_fraction", 28) < REMISSION
    found = []
    for low, high in pairwise(EDGES):
        within = (ratio >= low) & (ratio < high)
        name = f"below {high:g}" if not low else f"above {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"
        found.append((name, int(within.sum()), float(100 * cleared[within].mean())))
    return found
