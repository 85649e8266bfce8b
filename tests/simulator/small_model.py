"""A model with an exact solution: a drug that is infused, blasts that grow to a limit, a sum, a kink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engager.simulator.models.text import model_of
from engager.simulator.treatment.schedule import Pieces, Schedule

Array = NDArray[np.float64]
TEXT = """
name = "exact"
covariates = [ { name = "w", unit = "kg", value = 10 } ]
inputs = [ { name = "R", unit = "ug/d" } ]
parameters = [
  { name = "V", value = "0.6*w", unit = "L" },
  { name = "CL", value = "5*V", unit = "L/d" },
  { name = "g", value = 0.7, unit = "1/d", cv = 40 },
  { name = "top", value = 1e12, unit = "cells" },
]
algebra = [
  { name = "fraction", expression = "exp(l)/top", unit = "1" },
  { name = "C", expression = "A/V", unit = "ug/L" },
  { name = "soft", expression = "sqrt(K)*tanh(K)", unit = "1" },
]
states = [
  { name = "A", initial = "0", rate = "R - CL*C", unit = "ug", scale = 1e-3 },
  { name = "l", initial = "log(top) - 9", rate = "g*(1 - fraction)", unit = "ln cells" },
  { name = "E", initial = "0", rate = "C", unit = "ug d/L", scale = 1e-3 },
  { name = "K", initial = "3", rate = "max(1 - K, 0) - 0.5*hill(K, 2, 1.5) + 0.1*soft + min(C, 1)", unit = "1" },
]
outputs = [ { name = "log10_cells", expression = "l/2.302585092994046", unit = "ln cells" } ]
"""
MODEL = model_of(TEXT)


def patients(n: int, seed: int = 1) -> tuple[Array, Pieces]:
    """Return the constants and inputs of patients: two infusions each, at times of their own."""
    random = np.random.default_rng(seed)
    constants = MODEL.individual({"w": random.uniform(5, 80, n)}, {"g": np.exp(random.normal(0, 0.4, n))})
    begin = random.uniform(0, 3, n)
    ends = np.stack([begin + 2, begin + 9], axis=1)
    starts = np.stack([begin, begin + 4], axis=1)
    whose = np.repeat(np.arange(n), 2)
    return constants, Schedule.of(whose, 0, starts.ravel(), ends.ravel(), np.tile([30.0, 90.0], n)).pieces(n, 1)


def exact(constants: Array, pieces: Pieces, times: Array) -> Array:
    """Return the states at times, without K: a sum of exponentials, the logistic curve, and what has been cleared."""
    bound = dict(zip(MODEL.constants, constants.T[:, :, None], strict=True))
    amount, given = np.zeros((2, len(constants), len(times)))
    edges = np.where(np.isfinite(pieces.times), pieces.times, 1e9)
    k = bound["CL"] / bound["V"]
    for at in range(edges.shape[1]):
        end = edges[:, at + 1 : at + 2] if at + 1 < edges.shape[1] else np.full((len(constants), 1), 1e9)
        rate = pieces.values[:, at, :1]
        since = np.clip(times - edges[:, at : at + 1], 0, None)
        over = np.clip(times - end, 0, None)
        amount += rate / k * (np.exp(-k * over) - np.exp(-k * since))
        given += rate * (since - over)
    start = np.exp(-9.0)
    share = start / (start + (1 - start) * np.exp(-bound["g"] * times))
    return np.stack([amount, np.log(bound["top"] * share), (given - amount) / bound["CL"]], axis=-1)
