"""What is decided at the end of a cycle: the marrow is read, and the first rule that fits is applied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.simulator.observation.assays import Readings, assays, read_assay
from engager.simulator.observation.draws import Draws
from engager.simulator.policies.policy import Event, Policy

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]
NO_RULE = -1


@dataclass(frozen=True, slots=True)
class Marrow:
    """A marrow as it was read: blasts by microscopy as a fraction, the most that MRD may be, whether it was found."""

    blasts: Floats
    residual: Floats
    detected: Flags


def purpose(test: str, cycle: int, visit: float) -> str:
    """Return the name of the random number of a sample; the record and the decision draw the same one."""
    return f"{test}/{cycle}/{visit:g}"


def read_marrow(
    policy: Policy, draws: Draws, which: Positions, cells: tuple[Floats, Floats], cycle: int, visit: float
) -> Marrow:
    """Return the marrows of patients `which` as the policy's assays read them.

    `cells` are CD19-positive and CD19-negative blasts as fractions of marrow cells.
    """
    blasts = reading("microscopy", draws, which, cells, cycle, visit)
    assay = assays()[policy.assessment.method]
    found = reading(policy.assessment.method, draws, which, cells, cycle, visit)
    return Marrow(blasts.fraction, found.at_most(assay), found.kind > 0)


def reading(
    name: str, draws: Draws, which: Positions, cells: tuple[Floats, Floats], cycle: int, visit: float
) -> Readings:
    """Return the answers of an assay on samples of patients `which` at a visit of a cycle."""
    return read_assay(assays()[name], *cells, draws.uniform(purpose(name, cycle, visit))[which])


def responds(policy: Policy, before: Marrow, after: Marrow) -> Flags:
    """Return whether each marrow is a response by the policy, compared with that before treatment."""
    criteria = policy.assessment
    residual = np.where(after.blasts < criteria.blasts_below, after.residual, after.blasts)
    start = np.where(before.blasts >= criteria.blasts_below, before.blasts, before.residual)
    reduced = np.log10(np.maximum(start, 1e-12) / np.maximum(residual, 1e-12)) >= criteria.log_reduction - 1e-9
    overt = before.blasts >= criteria.blasts_below
    kept = after.residual < criteria.mrd_below
    return np.asarray((after.blasts < criteria.blasts_below) & np.where(overt, reduced, reduced | kept))


def in_remission(policy: Policy, after: Marrow) -> Flags:
    """Return whether each marrow is a remission by the policy: MRD below its limit, blasts below theirs."""
    criteria = policy.assessment
    return np.asarray((after.residual < criteria.mrd_below) & (after.blasts < criteria.blasts_below))


class Rulebook:
    """The rules of a policy, and how often each has been applied to each patient."""

    def __init__(self, policy: Policy, draws: Draws) -> None:
        self._policy, self._draws = policy, draws
        self._used = np.zeros((len(draws.patients), len(policy.rules)), np.int64)

    def apply(
        self, event: Event, which: Positions, cycle: int, grade: NDArray[np.int64] | None = None, occurrence: object = 1
    ) -> NDArray[np.int64]:
        """Return the number of the rule that applies to each patient, `NO_RULE` where none does, and count it.

        `grade` and `occurrence` are those of a toxicity. Whether a rule with a chance applies is drawn anew in each
        cycle.
        """
        chosen = np.full(len(which), NO_RULE, np.int64)
        for number in self._policy.rules_for(event):
            rule = self._policy.rules[number]
            able = (chosen == NO_RULE) & (np.asarray(occurrence) >= rule.occurrence)
            if rule.times is not None:
                able &= self._used[which, number] < rule.times
            if rule.grade is not None and grade is not None:
                able &= grade >= rule.grade
            if rule.chance < 1:
                able &= self._draws.uniform(f"rule/{number}/{cycle}")[which] < rule.chance
            chosen[able] = number
            self._used[which[able], number] += 1
        return chosen

    def does(self, chosen: NDArray[np.int64], action: str) -> Flags:
        """Return whether the rule chosen for each patient has an action."""
        having = np.array([action in rule.then for rule in self._policy.rules] + [False])
        return np.asarray(having[chosen])
