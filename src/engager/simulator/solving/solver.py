"""The solver: a model's kernel over many patients, in threads; what it cannot solve is solved otherwise, or reported.

A patient's solution is the same to the last bit whatever the other patients, their order, the number of threads and the
times asked for. (On another type of processor the last bits may differ.)
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engager.simulator.models.model import Model
from engager.simulator.solving import reference
from engager.simulator.solving.integrator import Found, Given, Limits
from engager.simulator.solving.kernels import kernel_of
from engager.simulator.solving.trajectories import Problem, Status, Trajectories
from engager.simulator.treatment.schedule import Pieces

Array = NDArray[np.float64]
Precision = Literal["double", "single"]
# At this, errors stay below 1e-3 in log10 blasts, and in all else below 1e-3 of its peak: see verification/simulator.
TOLERANCE = 2e-4
# So many patients go to a thread at a time.
PORTION = 256
FIRST_STEP, MOST_STEPS = 0.002, 100_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How to solve: the tolerance of a step, the precision of the states, the number of threads (None: all cores)."""

    tolerance: float = TOLERANCE
    precision: Precision = "double"
    threads: int | None = None


def solve(  # noqa: PLR0913
    model: Model, constants: Array, initial: Array, pieces: Pieces, times: ArrayLike, *,
    start: ArrayLike = 0.0, until: ArrayLike | None = None, settings: Settings | None = None,
) -> Trajectories:  # fmt: skip
    """Return the states of patients at times, each start and end of an infusion met exactly.

    `constants` (n, P) as `model.individual` gives them, `initial` (n, S) the states at `start`; `times` (T,) or (n, T)
    rise and may end in NaN. `final` of what is returned, at `until` (the last time, if not given), is where another
    call can go on.

    Raises:
        InputError: arrays that do not fit the model or each other.
    """
    return solve_problem(
        model, Problem.of(model, constants, initial, pieces, times, start, until), settings or Settings()
    )


def solve_problem(model: Model, problem: Problem, settings: Settings) -> Trajectories:
    """Return the solution of a problem that is checked already; who fails is tried more carefully, then by LSODA."""
    found = _solve(model, problem, settings)
    for careful in (_carefully, _by_lsoda):
        again = np.flatnonzero(found.status == Status.FAILED)
        if len(again):
            better = careful(model, problem.of_patients(again), settings)
            for name in ("values", "final", "status"):
                getattr(found, name)[again] = getattr(better, name)
    return found


def _carefully(model: Model, problem: Problem, settings: Settings) -> Trajectories:
    """Return the solution in double, with smaller steps."""
    found = _solve(model, problem, Settings(settings.tolerance / 10, "double", settings.threads), FIRST_STEP / 1000)
    found.status[found.status == Status.SOLVED] = Status.ALONE
    return found


def _by_lsoda(model: Model, problem: Problem, settings: Settings) -> Trajectories:
    return reference.solve_problem(model, problem, min(settings.tolerance / 100, 1e-6))


def _solve(model: Model, problem: Problem, settings: Settings, first_step: float = FIRST_STEP) -> Trajectories:
    found = run_kernel(kernel_of(model, settings.precision), problem, settings, first_step)
    times = np.where(np.isfinite(problem.times), problem.times, np.nan)
    return Trajectories(times, found.values, found.final, problem.until, found.status)


def run_kernel(kernel: Any, problem: Problem, settings: Settings, first_step: float = FIRST_STEP) -> Found:
    """Return what a kernel finds, with the number of steps that it tried for each patient."""
    n, states = problem.initial.shape
    values = np.full((n, problem.times.shape[1], states), np.nan)
    found = Found(values, np.full((n, states), np.nan), np.zeros(n, np.int8), np.zeros(n, np.int64))
    run = partial(_portion, kernel, problem, found, (settings.tolerance, first_step, MOST_STEPS))
    threads = settings.threads or os.cpu_count() or 1
    begins = range(0, n, PORTION)
    if threads == 1 or len(begins) == 1:
        for begin in begins:
            run(begin)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, begins))
    return found


def _portion(kernel: Any, problem: Problem, found: Found, limits: tuple[float, float, int], begin: int) -> None:
    """Solve some patients of a problem into what is found."""
    pieces, end = problem.pieces, min(begin + PORTION, len(problem))
    given = Given(
        problem.constants, problem.initial, pieces.times, pieces.values, problem.times, problem.start, problem.until
    )
    kernel.integrate(workspace(kernel), given, found, Limits(begin, end, *limits))


def workspace(kernel: Any) -> NDArray[Any]:
    """Return the rows that a kernel works in, beginning at a line of the cache."""
    count = kernel.ROWS * kernel.LAYOUT.lanes
    space = np.zeros(count + kernel.LAYOUT.lanes, kernel.real)
    begin = (-space.ctypes.data % 64) // space.itemsize
    return space[begin : begin + count]
