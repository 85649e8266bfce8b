"""The problem of the simulator's benchmark: relapsed children, five cycles over 210 days, 106 visits.

Twelve changes of the infusion rate, all steps of the label; every patient is drawn anew from the shipped population.
The error of a solution is its largest in log10 of the blasts, at any visit of any patient.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model
from engager.simulator.populations.population import read_population, sample
from engager.simulator.solving import reference
from engager.simulator.solving.kernels import kernel_of
from engager.simulator.solving.solver import Settings, run_kernel
from engager.simulator.solving.trajectories import Problem
from engager.simulator.treatment.schedule import Schedule

Array = NDArray[np.float64]
VISITS = np.linspace(0, 210, 106)
# Whom every solver is held against; the plain solver, which gives the truth, is itself looked at on the first few.
SEED, HELD, PLAIN = 2026, 128, 8


@cache
def model() -> Model:
    """Return the shipped model."""
    return read_model("blinatumomab")


def problem(n: int, seed: int = SEED) -> Problem:
    """Return the problem of so many patients."""
    whole = model()
    patients = sample(read_population("relapsed-refractory-children"), whole, range(n), seed)
    begins, ends = [0, 7, 42, 84, 126, 168], [7, 28, 70, 112, 154, 196]
    rates, whose = [5.0, 15, 15, 15, 15, 15], np.repeat(np.arange(n), 6)
    schedule = Schedule.of(whose, 0, np.tile(begins, n), np.tile(ends, n), np.tile(rates, n))
    pieces = schedule.pieces(n, len(whole.inputs))
    return Problem.of(whole, patients.constants, patients.initial, pieces, VISITS)


def log10_blasts(values: Array) -> Array:
    """Return the decimal logarithm of all blasts in the marrow."""
    names = [state.name for state in model().states]
    positive, negative = values[..., names.index("lnLp")], values[..., names.index("lnLn")]
    return np.asarray(np.logaddexp(positive, negative) / np.log(10))


def truth() -> Array:
    """Return log10 blasts of those held against: the kernel at 1e-9, which agrees with the plain solver at 1e-10."""
    held = problem(HELD)
    found = log10_blasts(run_kernel(kernel_of(model(), "double"), held, Settings(1e-9)).values)
    plain = reference.solve_problem(model(), held.of_patients(np.arange(PLAIN)), 1e-10)
    apart = float(np.abs(log10_blasts(plain.values) - found[:PLAIN]).max())
    assert apart < 1e-5, f"the plain solver is {apart:.1e} away"
    return found


def error(values: Array, true: Array) -> float:
    """Return the largest error in log10 blasts, infinity where a number is missing."""
    apart = np.abs(log10_blasts(values) - true)
    return float(apart.max()) if np.isfinite(apart).all() else float("inf")
