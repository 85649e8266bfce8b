"""What a regimen says beside its doses: escalation, consolidation, interruption, restart, premedication."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engager.terms.regimens.dose import Dose, Doses, DoseUnit, PlannedDose, RegimenPart

Days = Annotated[int, Field(ge=1, le=1000)]
Text = Annotated[str, Field(min_length=1)]


class Escalation(RegimenPart):
    """The ladder of doses: after a non-responding cycle the next cycle may go one rung up; it need not."""

    after: Literal["non-responding"]
    doses: Doses
    unit: DoseUnit

    @model_validator(mode="after")
    def _ladder(self) -> Self:
        """Refuse a ladder of one rung, or one that does not rise."""
        if len(self.doses) < 2 or list(self.doses) != sorted(set(self.doses)):
            raise ValueError("at least two doses that rise from one to the next")
        return self


class Consolidation(RegimenPart):
    """Cycles that are to follow a responding one, at the least."""

    after: Literal["responding"]
    cycles: Annotated[int, Field(ge=1, le=100)]


class Interruption(RegimenPart):
    """How long a pause may be for the same cycle to go on, to its planned days of infusion in all.

    After a longer one a new cycle begins.
    """

    same_cycle_up_to_days: Days


class Restart(PlannedDose):
    """The dose after an interruption, for so many days of infusion; the dose of the cycle follows."""

    after: Text
    days: Days


class Premedication(RegimenPart):
    """A drug before the infusion, as a fact: nothing is derived from it."""

    drug: Text
    dose: Dose
    unit: Literal["mg", "mg/m2"]
    maximum_mg: Dose | None = None
    when: Text
    who: str | None = None
