"""A regimen given as planned, to everybody, without decisions: what what-ifs, fits and large runs look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.errors import InputError, Issue, Place, Severity, option
from engager.simulator.models.model import Model
from engager.simulator.populations.population import VirtualPatients
from engager.simulator.populations.random_numbers import Floats
from engager.simulator.solving.trajectories import Problem, Status, Trajectories
from engager.simulator.treatment.dosing import Bodies, Steps, cycle_steps
from engager.simulator.treatment.schedule import Pieces, Schedule
from engager.terms.regimens import Regimen

Solver = Callable[[Model, Problem], Trajectories]
DRUG_UNIT = "ug/m2/d"
_PAUSE = 14  # days without infusion where a regimen names none


@dataclass(frozen=True, slots=True)
class Followed:
    """What is seen of patients: outputs by name, (patients, days), NaN after a failure; how each was solved."""

    values: Mapping[str, Floats]
    status: NDArray[np.int8]

    @property
    def failed(self) -> int:
        """The number of patients of whom no solver found a solution."""
        return int((self.status == Status.FAILED).sum())


@dataclass(frozen=True)
class PlannedTreatment:
    """A model, the regimen that its patients are given as planned for so many cycles, and what solves it."""

    model: Model
    regimen: Regimen
    cycles: int
    solver: Solver

    def follow(self, patients: VirtualPatients, days: Sequence[float], outputs: Sequence[str]) -> Followed:
        """Return outputs, states or algebra of the model on days from the first dose (0), for each patient.

        Raises:
            InputError: as `planned_pieces`; days that fall; a name that the model does not have.
        """
        _refuse_unknown(self.model, outputs)
        moments = np.asarray(days, np.float64)
        pieces = planned_pieces(self.model, self.regimen, self.cycles, patients)
        problem = Problem.of(self.model, patients.constants, patients.initial, pieces, moments)
        solved = self.solver(self.model, problem)
        with np.errstate(all="ignore"):
            seen = self.model.observe(patients.constants, solved.values, pieces.at(moments), outputs)
        return Followed(seen, solved.status)


def planned_pieces(model: Model, regimen: Regimen, cycles: int, patients: VirtualPatients) -> Pieces:
    """Return the model's inputs when patients are given so many cycles of a regimen as planned.

    Day 0 is the first dose; between cycles lie the least days off that the regimen names, 14 where it names none.
    Where it leaves the choice of a dose, the lowest is given; nobody is escalated and there is no premedication.

    Raises:
        InputError: fewer cycles than 1 or more than the regimen has; patients without BSA and weight; a model without
            an input in ug/m2/d.
    """
    _refuse(model, regimen, cycles, patients)
    described = patients.covariates
    bodies = Bodies(*(described[name].to_numpy().astype(float) for name in ("BSA", "weight")))
    return _schedule(regimen, cycles, bodies, drug_input(model)).pieces(len(patients), len(model.inputs))


def drug_input(model: Model) -> int:
    """Return the place of the drug among a model's inputs: the one in ug/m2/d."""
    places = [at for at, each in enumerate(model.inputs) if each.unit == DRUG_UNIT]
    if len(places) != 1:
        found = f"{len(places)} inputs in {DRUG_UNIT}"
        raise InputError(
            _issue(Place(f"{model.name}.toml", column="inputs"), found, f"one input in {DRUG_UNIT}, the drug's")
        )
    return places[0]


def _schedule(regimen: Regimen, cycles: int, bodies: Bodies, drug: int) -> Schedule:
    n, day, parts = len(bodies.surface), 0, []
    for number in range(1, cycles + 1):
        block = regimen.cycles_of(number)
        if block is None:
            raise IndexError(f"{regimen.name} has no cycle {number}")
        lowest = np.full(n, block.steps[0].dose[0])
        steps = cycle_steps(regimen, number, lowest, bodies)
        parts.append(_given(steps, day, drug))
        day += block.infusion_days + (block.days_off or (_PAUSE, _PAUSE))[0]
    return parts[0].joined(parts[1:])


def _given(steps: Steps, day: int, drug: int) -> Schedule:
    """Return the steps of a cycle that begins on a day as infusions."""
    ends = day + np.cumsum(steps.days, axis=1)
    begins = ends - steps.days
    who, which = np.nonzero((steps.days > 0) & (steps.rate > 0))
    at = (who, which)
    return Schedule.of(who, np.full(len(who), drug), begins[at], ends[at], steps.rate[at])


def _refuse(model: Model, regimen: Regimen, cycles: int, patients: VirtualPatients) -> None:
    drug_input(model)
    most = regimen.maximal_cycles
    issues = []
    if cycles < 1 or (most is not None and cycles > most):
        expected = f"1 to {most} cycles, as {regimen.name} has" if most else "at least 1 cycle"
        issues.append(_issue(option("cycles"), str(cycles), expected))
    issues += [
        _issue(option("population"), f"no quantity `{name}`", "one, since doses depend on it")
        for name in ("BSA", "weight")
        if name not in patients.covariates.columns
    ]
    if issues:
        raise InputError(issues)


def _refuse_unknown(model: Model, outputs: Sequence[str]) -> None:
    own = [each.name for each in model.outputs]
    able = {*own, *(each.name for each in model.states), *(each.name for each in model.algebra)}
    expected = f"an output of {model.name} ({', '.join(own)}) or another of its quantities"
    issues = [_issue(option("output"), f"`{name}`", expected) for name in outputs if name not in able]
    if issues:
        raise InputError(issues)


def _issue(place: Place, found: str, expected: str) -> Issue:
    return Issue(Severity.ERROR, "simulator.planned", place, found, expected, structural=True)
