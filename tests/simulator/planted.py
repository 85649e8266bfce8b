"""Courses whose truth is planted: a solver that lets the model's states be what a test says; rules are seen alone.

Every state stays as it begins, but for those that a test sets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engager.simulator.courses.course import Treatment, Ward
from engager.simulator.courses.rounds import play_round
from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model
from engager.simulator.observation.visits import read_visits
from engager.simulator.policies.policy import Policy
from engager.simulator.populations.population import Population, VirtualPatients, read_population, sample
from engager.simulator.solving.trajectories import Problem, Status, Trajectories
from engager.terms.regimens import Regimen, shipped_regimen

Floats = NDArray[np.float64]
Truth = Mapping[str, Callable[[Floats, Floats, Floats], Any]]
MODEL = read_model("blinatumomab")
STATES = [state.name for state in MODEL.states]
SEED = 1


def never(times: Floats, *_: Floats) -> Floats:
    """Return no cells at all."""
    return np.full_like(times, -200.0)


def _kind(surface: Floats) -> Floats:
    """Return a kind of course for each patient, 0 to 3, by the digits of the body surface, which no other changes."""
    return np.asarray((surface * 1e6).astype(int) % 4)[:, None]


def _blasts(times: Floats, _: Floats, surface: Floats) -> Floats:
    """Return the logarithm of blasts: kinds 0 and 2 respond, kind 2 relapses on day 150, 1 and 3 never respond."""
    kind = _kind(surface)
    cured = np.where((kind == 2) & (times > 150), 27.0, np.where(times > 10, -200.0, 27.0))
    return np.where(kind % 2 == 0, cured, 27.0)


def _interleukin(_: Floats, rate: Floats, surface: Floats) -> Floats:
    """Return interleukin 6: a storm above 10 ug/m2/d in kind 3, little in the others."""
    return np.where((_kind(surface) == 3) & (rate > 10), 5e3, np.where(rate > 0, 60.0, 2.0))


FULL_SPECTRUM: Truth = {"lnLp": _blasts, "lnLn": never, "I6": _interleukin}


def planted(truth: Truth, failing: tuple[float, ...] = ()) -> Callable[[Model, Problem], Trajectories]:
    """Return a solver; `truth` gives states from time, infusion rate (patients, times) and body surface (patients,).

    Patients are told apart by their body surface, a constant of theirs; those of `failing` are not solved.
    """
    surface = MODEL.constants.index("BSA")

    def solve(_: Model, problem: Problem) -> Trajectories:
        times = np.where(np.isfinite(problem.times), problem.times, np.nan)
        values = np.repeat(problem.initial[:, None, :], times.shape[1], axis=1)
        asked = np.where(np.isnan(times), problem.until[:, None], times)
        rate = problem.pieces.at(np.nextafter(asked, -np.inf))[:, :, 0]
        for name, of in truth.items():
            values[:, :, STATES.index(name)] = of(asked, rate, problem.constants[:, surface])
        last = (~np.isnan(times)).sum(axis=1) - 1
        status = np.where(np.isin(problem.constants[:, surface], failing), Status.FAILED, Status.SOLVED).astype(np.int8)
        return Trajectories(times, values, values[np.arange(len(values)), last], problem.until, status)

    return solve


def children(n: int, population: str = "relapsed-refractory-children", seed: int = SEED) -> VirtualPatients:
    """Return virtual children."""
    return sample(read_population(population), MODEL, range(n), seed)


def whom() -> Population:
    """Return the population of the tests."""
    return read_population("relapsed-refractory-children")


def policy_of(*rules: Mapping[str, Any], **more: Any) -> Policy:
    """Return a policy with rules, none of them by chance, and a follow-up of 200 days."""
    return Policy.model_validate(
        {"name": "test", "title": "test", "source": "test", "follow_up_days": [200, 200], "rules": list(rules), **more}
    )


def course(policy: Policy, truth: Truth, patients: VirtualPatients, regimen: Regimen | None = None) -> Ward:
    """Return the ward at the end of everybody's course."""
    chosen = regimen or shipped_regimen("label-relapsed-refractory")
    ward = Ward(Treatment(MODEL, policy, read_visits(), chosen), patients)
    ward.clock[:] = np.inf  # nobody dies by chance
    solver = planted(truth)
    for _ in range(60):
        if play_round(ward, solver) == len(ward):
            return ward
    raise AssertionError("a course without end")


def exposure_of(ward: Ward, patient: int = 0) -> list[tuple[Any, ...]]:
    """Return the stretches of a patient: cycle, first and last day, dose, why it ended."""
    rows = ward.journal.read("exposure")
    own = rows.filter(rows["patient"] == patient)
    return own.select("cycle", "start_day", "end_day", "dose", "end_reason").rows()
