"""One rule against many values of one test and unit: which boundary decides, or why none does.

Boundaries are numbers in the unit of the values, so that nothing but the boundaries is converted. Whether one is
passed is true, false or open (a limit or the baseline is missing), and stays so through conditions: an open boundary
that a false condition rules out is not passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engager.terms.ctcae import Arm, Rule
from engager.terms.units import Unit, units

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
Codes = NDArray[np.uint8]

ADULT = 18
OPEN = np.uint8(255)
"""In place of a step: a boundary above the highest one passed is open. In place of a reason: there is none."""

# A boundary such as 1.5 x 0.7 is no exact binary number: closer than this is the same number.
_SAME = 1e-9
PROBLEMS = (
    "clinical clause only",
    "value missing",
    "value is a bound, not a number",
    "value negative",
    "unit missing",
    "unit unknown",
    "unit of another quantity",
    "lower limit above upper limit",
    "limit or baseline negative or zero",
    "rule for adults only: age missing or below 18",
)
_MISSING = {"LLN": "lower limit missing", "ULN": "upper limit missing", "BL": "baseline missing"}
REASONS = (*PROBLEMS, *_MISSING.values())


class Step(NamedTuple):
    """A boundary of a rule: the grade it gives, its clause in words, the arm it belongs to."""

    grade: int
    clause: str
    arm: Arm


class Tried(NamedTuple):
    """What is known of a question, value by value: where it is true, where it is open; elsewhere it is false."""

    true: Mask
    open: Mask

    def and_(self, other: Tried) -> Tried:
        """Return whether both hold: false where either is false, open where what is left is open."""
        true = self.true & other.true
        return Tried(true, (self.true | self.open) & (other.true | other.open) & ~true)


@dataclass(frozen=True)
class Values:
    """Values of one test in one unit, with limits and baselines (NaN: missing), and what is known beside them.

    `unit` is None where the unit is missing or not known; `unit_problem` then says which.
    """

    value: Numbers
    lower_limit: Numbers
    upper_limit: Numbers
    baseline: Numbers
    unit: Unit | None
    unit_problem: str | None = None
    age: Numbers | None = None
    bound: Mask | None = None

    def reference(self, name: str) -> Numbers:
        """Return the limits or baselines by the name that rules use."""
        return {"LLN": self.lower_limit, "ULN": self.upper_limit, "BL": self.baseline}[name]

    @cached_property
    def missing(self) -> Mapping[str, Mask]:
        """Return, by the name that rules use, where a limit or the baseline is missing."""
        return {name: np.isnan(self.reference(name)) for name in _MISSING}


def steps(rule: Rule) -> Iterator[Step]:
    """Yield the boundaries of a rule, highest grade first, arms of one grade in their order; numbered from 1."""
    for grade in rule.grades:
        for arm in rule.arms:
            if grade in arm.grades:
                yield Step(grade, arm.words(grade, rule.direction), arm)


def decide(rule: Rule, values: Values) -> tuple[Codes, Codes]:
    """Return, value by value, the number of the step that decides (0: none is passed) and the reason why none can.

    Exactly one of the two is `OPEN` for each value; reasons are places in `REASONS`.
    """
    reason = _problems(rule, values)
    if (reason != OPEN).all():
        return np.full(len(reason), OPEN), reason
    step = _highest(rule, values)
    step[reason != OPEN] = OPEN
    if (open_ := (step == OPEN) & (reason == OPEN)).any():
        reason[open_] = _missing(rule, values)[open_]
    return step, reason


def _highest(rule: Rule, values: Values) -> Codes:
    """Return the step of the highest boundary passed, 0 without one, `OPEN` where one above it is open."""
    decided = np.zeros(len(values.value), np.uint8)
    conditions = {arm.when: _condition(arm.when, rule, values) for arm in rule.arms if arm.when}
    told = list(enumerate(steps(rule), 1))
    # From the lowest grade up: what a higher grade says takes the place of what stands there.
    for grade in reversed(rule.grades):
        of_grade = [
            (number, _passed(step, rule, values, conditions))
            for number, step in told
            if step.grade == grade and _speaks(step.arm, rule, values)
        ]
        for _, passed in of_grade:
            np.copyto(decided, OPEN, where=passed.open)
        for number, passed in reversed(of_grade):
            np.copyto(decided, np.uint8(number), where=passed.true)
    return decided


def _speaks(arm: Arm, rule: Rule, values: Values) -> bool:
    """Say whether an arm is about the quantity that was measured, where a rule knows several."""
    if arm.unit is None or len(rule.quantities) == 1 or values.unit is None:
        return True
    return units()[arm.unit].quantity == values.unit.quantity


def _passed(step: Step, rule: Rule, values: Values, conditions: Mapping[str, Tried]) -> Tried:
    arm, at = step.arm, step.grade in step.arm.included
    number = arm.boundary(step.grade) * _converted(arm, values)
    if arm.of not in _MISSING:
        passed = Tried(_beyond(values.value, number, rule, at=at), np.zeros(len(values.value), np.bool_))
    else:
        reference = values.reference(arm.of)
        boundary = reference + number if arm.plus else reference * number
        passed = Tried(_beyond(values.value, boundary, rule, at=at), values.missing[arm.of])
    return passed.and_(conditions[arm.when]) if arm.when else passed


def _converted(arm: Arm, values: Values) -> float:
    """Return the factor from the unit of an arm's numbers to that of the values."""
    return units()[arm.unit].factor / values.unit.factor if arm.unit and values.unit else 1.0


def _beyond(value: Numbers, boundary: Numbers | float, rule: Rule, *, at: bool = False) -> Mask:
    """Return where values lie beyond a boundary, or also at it; false where either is NaN."""
    if rule.direction == "low":
        return value <= boundary * (1 + _SAME) if at else value < boundary * (1 - _SAME)
    return value >= boundary * (1 - _SAME) if at else value > boundary * (1 + _SAME)


def _condition(when: str, rule: Rule, values: Values) -> Tried:
    """Return whether the condition of an arm holds.

    An abnormal baseline lies beyond the limit that the rule's direction asks about. Multiples of it lie beyond that
    limit too, so that a value within the limit decides whatever the baseline: hence the second half.
    """
    missing, limit = values.missing, values.reference(rule.limit)
    if when == "value abnormal":
        return Tried(_beyond(values.value, limit, rule), missing[rule.limit])
    if when == "baseline below LLN":
        return Tried(values.baseline < values.lower_limit * (1 - _SAME), missing["BL"] | missing["LLN"])
    unknown = missing["BL"] | missing[rule.limit]
    abnormal = _beyond(values.baseline, limit, rule)
    if when == "baseline normal":
        return Tried(~abnormal & ~unknown, unknown)
    if when == "baseline abnormal":
        return Tried(abnormal, unknown).and_(Tried(_beyond(values.value, limit, rule), missing[rule.limit]))
    raise ValueError(f"CTCAE rule of {rule.term}: the condition `{when}` is not known")


def _problems(rule: Rule, values: Values) -> Codes:
    """Return the first reason for which a value cannot be graded at all, `OPEN` where it can."""
    reason = np.full(len(values.value), OPEN)
    for number, holds in reversed([(PROBLEMS.index(name), holds) for name, holds in _found(rule, values)]):
        np.copyto(reason, np.uint8(number), where=holds)
    return reason


def _found(rule: Rule, values: Values) -> Iterator[tuple[str, Mask | np.bool_]]:
    """Yield the problems, in the order in which they are told, and where each holds."""
    yield "clinical clause only", np.bool_(not rule.arms)
    yield "value missing", np.isnan(values.value)
    if values.bound is not None:
        yield "value is a bound, not a number", values.bound
    yield "value negative", values.value < 0
    if values.unit is None:
        yield values.unit_problem or "unit missing", np.True_
    else:
        yield "unit of another quantity", np.bool_(values.unit.quantity not in rule.quantities)
    yield "lower limit above upper limit", values.lower_limit > values.upper_limit
    needs_baseline = "BL" in _needed(rule)
    wrong_baseline = values.baseline <= 0 if needs_baseline else values.baseline < 0
    yield "limit or baseline negative or zero", (values.lower_limit < 0) | (values.upper_limit <= 0) | wrong_baseline
    if rule.adults:
        adult = np.False_ if values.age is None else values.age >= ADULT
        yield "rule for adults only: age missing or below 18", ~adult


def _missing(rule: Rule, values: Values) -> Codes:
    """Return which of the references that a rule needs is missing, limits first; `OPEN` where none is."""
    reason = np.full(len(values.value), OPEN)
    for name in reversed([name for name in _MISSING if name in _needed(rule)]):
        np.copyto(reason, np.uint8(REASONS.index(_MISSING[name])), where=values.missing[name])
    return reason


def _needed(rule: Rule) -> set[str]:
    conditions = {arm.when for arm in rule.arms if arm.when}
    needed = {arm.of for arm in rule.arms} & set(_MISSING)
    if conditions - {"baseline below LLN"}:
        needed.add(rule.limit)
    if conditions & {"baseline below LLN"}:
        needed.add("LLN")
    return needed | ({"BL"} if conditions - {"value abnormal"} else set())
