"""A dose rate as a regimen gives it: by body surface with a cap, flat from a weight on, or flat for everybody."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from engager.terms.likeness import did_you_mean
from engager.terms.units import read_unit

DOSE_UNITS = ("ug/m2/d", "ug/d")
"""The units of a dose rate: by body surface, and flat."""


def _read_dose_unit(text: object) -> str:
    """Return a dose unit in any spelling of the vocabulary; ValueError, with the nearest, for another one."""
    code = read_unit(text) if isinstance(text, str) else None
    if code in DOSE_UNITS:
        return str(code)
    near = did_you_mean(str(text), DOSE_UNITS)
    raise ValueError(" or ".join(DOSE_UNITS) + (f". {near}" if near else ""))


def _as_tuple(value: object) -> object:
    """Accept one number where several may stand."""
    return (value,) if isinstance(value, int | float) and not isinstance(value, bool) else value


Dose = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
DoseUnit = Annotated[str, BeforeValidator(_read_dose_unit)]
Doses = Annotated[tuple[Dose, ...], BeforeValidator(_as_tuple), Field(min_length=1, max_length=12)]


class RegimenPart(BaseModel):
    """A part of a regimen: immutable, and no key beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedDose(RegimenPart):
    """A dose rate: `dose` in `unit`, several where the regimen leaves the choice.

    `cap` is the highest rate of a dose by body surface, `flat` the rate from the regimen's `flat_from_kg` on; both in
    ug/d.
    """

    dose: Doses
    unit: DoseUnit
    cap: Dose | None = None
    flat: Dose | None = None

    @model_validator(mode="after")
    def _by_surface(self) -> Self:
        """Refuse what only a dose by body surface can have."""
        if self.unit == "ug/d" and (self.cap is not None or self.flat is not None):
            raise ValueError("`cap` and `flat` only beside a dose in ug/m2/d: a dose in ug/d is flat already")
        if list(self.dose) != sorted(set(self.dose)):
            raise ValueError("doses that rise from one to the next")
        if self.flat is not None and len(self.dose) > 1:
            raise ValueError("one dose beside `flat`: which of several it stands for cannot be known")
        return self
