"""A regimen: which dose on which day of which cycle, for how many cycles, and the rules beside it.

Analysis and simulator read the same regimen; it holds no code, and nothing in it depends on a patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from engager.terms.regimens.dose import Dose, PlannedDose, RegimenPart
from engager.terms.regimens.rules import Consolidation, Days, Escalation, Interruption, Premedication, Restart, Text

CycleNumber = Annotated[int, Field(ge=1, le=100)]


def _as_range(value: object) -> object:
    """Accept one number where the least and the most may stand."""
    return (value, value) if isinstance(value, int) and not isinstance(value, bool) else value


def _code(name: str) -> str:
    """Refuse a name that cannot be a file's."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name):
        raise ValueError("a name in small letters, digits and hyphens, as our-protocol-2026")
    return name


class Step(PlannedDose):
    """One dose from `first_day` to `last_day`, days of infusion counted from 1 within the cycle."""

    first_day: Days
    last_day: Days

    @model_validator(mode="after")
    def _forward(self) -> Self:
        """Refuse a step that ends before it begins."""
        if self.last_day < self.first_day:
            raise ValueError(f"`last_day` on `first_day` ({self.first_day}) or later")
        return self

    @property
    def days(self) -> int:
        """The days of infusion of the step."""
        return self.last_day - self.first_day + 1


class Cycles(RegimenPart):
    """Cycles that are alike: from the number `first` to `last` (absent: every later one), their steps and pause.

    `days_off` are the treatment-free days after the infusion, the least and the most.
    """

    first: CycleNumber
    last: CycleNumber | None = None
    role: Literal["treatment", "induction", "consolidation", "continued"] = "treatment"
    days_off: Annotated[tuple[Days, Days], BeforeValidator(_as_range)] | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse steps that overlap, leave a day out, or do not begin on day 1."""
        if self.last is not None and self.last < self.first:
            raise ValueError(f"`last` at `first` ({self.first}) or later")
        if self.days_off is not None and self.days_off[1] < self.days_off[0]:
            raise ValueError("`days_off` as the least and the most, as [7, 14]")
        if self.steps[0].first_day != 1:
            raise ValueError(f"steps that begin on day 1; the first begins on day {self.steps[0].first_day}")
        for before, after in pairwise(self.steps):
            if after.first_day <= before.last_day:
                raise ValueError(
                    f"steps that do not overlap; day {after.first_day} stands in the step to day {before.last_day} too"
                )
            if after.first_day > before.last_day + 1:
                raise ValueError(f"steps without a gap; day {before.last_day + 1} stands in none")
        return self

    @property
    def infusion_days(self) -> int:
        """The planned days of infusion of one of these cycles."""
        return self.steps[-1].last_day


class Regimen(RegimenPart):
    """A dosing regimen.

    Examples:
        >>> from engager.terms.regimens import shipped_regimen
        >>> label = shipped_regimen("label-relapsed-refractory")
        >>> label.maximal_cycles, label.flat_from_kg
        (9, 45.0)
        >>> [(step.first_day, step.last_day, step.dose) for step in label.cycles_of(1).steps]
        [(1, 7, (5.0,)), (8, 28, (15.0,))]
        >>> label.cycles_of(10) is None
        True
    """

    name: Annotated[str, AfterValidator(_code)]
    title: Text
    drug: Text = "blinatumomab"
    setting: str | None = None
    source: Text
    note: str | None = None
    flat_from_kg: Annotated[float, Field(gt=0, le=400)] | None = None
    cycles: Annotated[tuple[Cycles, ...], Field(min_length=1)]
    escalation: Escalation | None = None
    consolidation: Consolidation | None = None
    interruption: Interruption | None = None
    restart: Restart | None = None
    premedication: tuple[Premedication, ...] = ()

    @model_validator(mode="after")
    def _counted(self) -> Self:
        """Refuse cycles that overlap or leave a number out, and flat doses without the weight they begin at."""
        if self.cycles[0].first != 1:
            raise ValueError(f"cycles that begin with 1; the first stands for cycle {self.cycles[0].first}")
        for before, after in pairwise(self.cycles):
            if before.last is None or after.first != before.last + 1:
                until = "without end" if before.last is None else f"to {before.last}"
                raise ValueError(f"cycles that follow each other; {after.first} comes after those {until}")
        flat = any(dose.flat is not None for dose in self._doses())
        if flat != (self.flat_from_kg is not None):
            raise ValueError("`flat_from_kg` and a dose with `flat`, or neither")
        if self.escalation is not None and any(dose.unit != self.escalation.unit for dose in self._doses()):
            raise ValueError(f"an escalation in the unit of the doses, not in {self.escalation.unit}")
        return self

    def _doses(self) -> Iterator[PlannedDose]:
        yield from (step for block in self.cycles for step in block.steps)
        if self.restart is not None:
            yield self.restart

    @property
    def maximal_cycles(self) -> int | None:
        """The number of the last cycle, None where the regimen names none."""
        return self.cycles[-1].last

    @property
    def ladder(self) -> tuple[Dose, ...]:
        """The doses that an escalation goes through, none where there is no escalation."""
        return self.escalation.doses if self.escalation else ()

    def cycles_of(self, number: int) -> Cycles | None:
        """Return what holds for the cycle of a number, None beyond the last."""
        return next((block for block in self.cycles if block.first <= number <= (block.last or number)), None)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the plan as flat rows, one a step: its cycles, its days, its dose; for frames and event tables."""
        for block in self.cycles:
            least, most = block.days_off or (None, None)
            for number, step in enumerate(block.steps, 1):
                yield {
                    "first_cycle": block.first,
                    "last_cycle": block.last,
                    "role": block.role,
                    "infusion_days": block.infusion_days,
                    "least_days_off": least,
                    "most_days_off": most,
                    "step": number,
                    "steps": len(block.steps),
                    "first_day": step.first_day,
                    "last_day": step.last_day,
                    "doses": list(step.dose),
                    "unit": step.unit,
                    "cap": step.cap,
                    "flat": step.flat,
                }
