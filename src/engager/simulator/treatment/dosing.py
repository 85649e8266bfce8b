"""A regimen's cycle as a patient is given it: steps with their days, their rate per body surface and the recorded dose.

The rate that the model takes is ug/m2/d; the record keeps the unit that was ordered, so that a flat or a capped dose is
told in ug/d. Steps are columns: a patient with fewer has days of 0 in the later ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engager.errors import InputError, Issue, Place, Severity
from engager.terms.regimens import PlannedDose, Regimen

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
STEPS = 6  # the most steps of a cycle, those of restarts included


@dataclass(frozen=True, slots=True)
class Bodies:
    """What of patients a dose depends on: body surface in m2 and weight in kg."""

    surface: Floats
    weight: Floats

    def __getitem__(self, chosen: NDArray[np.bool_] | Whole) -> Bodies:
        return Bodies(self.surface[chosen], self.weight[chosen])


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps still to be given, (patients, STEPS): whole days, rate in ug/m2/d, dose as ordered, whether in ug/d.

    A step with a rate of 0 is a pause.
    """

    days: Whole
    rate: Floats
    dose: Floats
    flat: NDArray[np.bool_]

    @classmethod
    def empty(cls, patients: int) -> Steps:
        """Return no steps for so many patients."""
        shape = (patients, STEPS)
        return cls(np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape), np.zeros(shape, bool))

    @property
    def total(self) -> Whole:
        """The days of all steps together."""
        return np.asarray(self.days.sum(axis=1), np.int64)

    def of(self, chosen: NDArray[np.bool_] | Whole) -> Steps:
        """Return the steps of some of the patients."""
        return Steps(self.days[chosen], self.rate[chosen], self.dose[chosen], self.flat[chosen])

    def put(self, chosen: NDArray[np.bool_] | Whole, steps: Steps) -> None:
        """Set the steps of some of the patients."""
        for name in ("days", "rate", "dose", "flat"):
            getattr(self, name)[chosen] = getattr(steps, name)

    def after(self, days: Whole) -> Steps:
        """Return what is left when so many days have been given."""
        begun = np.cumsum(self.days, axis=1) - self.days
        return replace(self, days=np.clip(begun + self.days - days[:, None], 0, self.days))

    def behind(self, first: Steps) -> Steps:
        """Return these steps behind others: `first` in the first columns that are free."""
        joined = [np.concatenate([getattr(part, name) for part in (first, self)], axis=1)
                  for name in ("days", "rate", "dose", "flat")]  # fmt: skip
        order = np.argsort(joined[0] == 0, axis=1, kind="stable")[:, :STEPS]
        return Steps(*(np.take_along_axis(column, order, axis=1) for column in joined))


def single_step(days: Whole, rate: Floats, dose: Floats, flat: NDArray[np.bool_]) -> Steps:
    """Return one step for each patient."""
    steps = Steps.empty(len(days))
    for name, column in (("days", days), ("rate", rate), ("dose", dose), ("flat", flat)):
        getattr(steps, name)[:, 0] = column
    return steps


def cycle_steps(regimen: Regimen, number: int, doses: Floats, bodies: Bodies) -> Steps:
    """Return the steps of the cycle of a number for patients, at the dose chosen for each where there is a choice.

    Args:
        regimen: the plan.
        number: the cycle, from 1, one that the regimen has.
        doses: a patient's rung of the ladder, in the regimen's unit; used where the step leaves the dose open, or the
            regimen has an escalation.
        bodies: their body surface and weight.
    """
    block = regimen.cycles_of(number)
    if block is None:
        raise IndexError(f"{regimen.name} has no cycle {number}")
    if len(block.steps) > STEPS - 2:
        place = Place(f"{regimen.name}.toml", column="cycles")
        found = f"a cycle of {len(block.steps)} steps"
        raise InputError(Issue(Severity.ERROR, "regimen.steps", place, found, f"at most {STEPS - 2}", structural=True))
    steps = Steps.empty(len(doses))
    for at, step in enumerate(block.steps):
        open_dose = len(step.dose) > 1 or (regimen.escalation is not None and len(block.steps) == 1)
        rate, dose, flat = ordered(step, regimen, doses if open_dose else np.full(len(doses), step.dose[0]), bodies)
        steps.days[:, at] = step.days
        steps.rate[:, at], steps.dose[:, at], steps.flat[:, at] = rate, dose, flat
    return steps


def ordered(
    step: PlannedDose, regimen: Regimen, doses: Floats, bodies: Bodies
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the rate in ug/m2/d, the dose as ordered, and whether it is ordered in ug/d.

    A dose by body surface stops at the cap; from the regimen's weight on the flat dose takes its place.

    Examples:
        >>> from engager.terms.regimens import shipped_regimen
        >>> label = shipped_regimen("label-relapsed-refractory")
        >>> bodies = Bodies(np.array([0.5, 1.4, 1.6]), np.array([10.0, 40.0, 50.0]))
        >>> step = label.cycles_of(1).steps[1]
        >>> rate, dose, flat = ordered(step, label, np.full(3, 15.0), bodies)
        >>> rate.tolist(), dose.tolist(), flat.tolist()
        ([15.0, 15.0, 17.5], [15.0, 15.0, 28.0], [False, False, True])
    """
    if step.unit == "ug/d":
        return doses / bodies.surface, doses.astype(float), np.ones(len(doses), bool)
    amount = doses * bodies.surface
    flat = np.zeros(len(doses), bool)
    if step.cap is not None:
        flat = amount > step.cap
        amount = np.minimum(amount, step.cap)
    if step.flat is not None and regimen.flat_from_kg is not None:
        heavy = bodies.weight >= regimen.flat_from_kg
        amount, flat = np.where(heavy, step.flat, amount), flat | heavy
    rate = np.where(flat, amount / bodies.surface, doses)
    return rate, np.where(flat, amount, doses), flat
