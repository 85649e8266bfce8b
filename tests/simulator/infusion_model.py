"""One compartment with an infusion, and its exact solution in the place of a solver: fast, and known by hand."""

from __future__ import annotations

import numpy as np

from engager.simulator.models.model import Model
from engager.simulator.models.text import model_of
from engager.simulator.solving.trajectories import Problem, Trajectories

MODEL = model_of("""
name = "small"
covariates = [{ name = "BSA", unit = "m2", value = 1, meaning = "body surface" }]
parameters = [
  { name = "k", value = 8, unit = "1/d", cv = 30, meaning = "elimination" },
  { name = "V", value = 6, unit = "L", cv = 20, meaning = "volume" },
  { name = "CL", value = "k*V", unit = "L/d", meaning = "clearance" },
  { name = "z", value = 1, unit = "1", cv = 50, meaning = "nothing hangs on it" },
]
inputs = [{ name = "R", unit = "ug/m2/d", meaning = "infusion" }]
states = [{ name = "A", initial = "0", rate = "R*BSA - CL/V*A", unit = "ug", scale = 1e-3 }]
outputs = [{ name = "C", expression = "A/V", unit = "ug/L", meaning = "drug" }]
""")

# Everybody has 1 m2 and 30 kg.
LIGHT = {
    "name": "light",
    "title": "Light",
    "source": "none",
    "quantities": [
        {"name": "BSA", "distribution": "fixed", "value": 1, "tag": "A", "source": "none"},
        {"name": "weight", "distribution": "fixed", "value": 30, "tag": "A", "source": "none"},
    ],
}


def exact(_model: Model, problem: Problem) -> Trajectories:
    """Return the exact solution: between two breakpoints A goes exponentially to R BSA V / CL."""
    bsa, _, volume, clearance = problem.constants.T[:4]
    rate = (clearance / volume)[:, None]
    amount = np.zeros((len(problem), problem.times.shape[1]))
    for at in range(problem.pieces.times.shape[1]):
        start = problem.pieces.times[:, at, None]
        before = problem.pieces.values[:, at - 1, 0] if at else np.zeros(len(problem))
        step = (problem.pieces.values[:, at, 0] - before)[:, None]
        gone = np.maximum(problem.times - start, 0)
        amount += step * bsa[:, None] / rate * (1 - np.exp(-rate * np.where(np.isfinite(gone), gone, 0)))
    n = len(problem)
    return Trajectories(problem.times, amount[:, :, None], amount[:, -1:], problem.until, np.zeros(n, np.int8))
