"""The plan's `[response]`: the response criteria, how MRD is read, what remission and relapse are, which outcomes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from engager.plan.part import Part

MrdMethod = Literal["flow", "pcr", "rt-pcr", "ngs"]
RelapseDefinition = Literal["ponte di legno 2022", "marrow blasts above"]
Counted = Literal[
    "responders",
    "m1_marrow",
    "cr",
    "complete_remission",
    "mrd_conversion",
    "mrd_negative_after",
    "mrd_negative_kept",
    "hsct",
    "maintenance_therapy",
]
Denominator = Literal["all", "evaluable", "mrd_positive", "mrd_negative"]


class Mrd(Part):
    """How MRD is read: the sensitivity of assays where a row gives none, and whether assays are compared."""

    sensitivity: dict[MrdMethod, Annotated[float, Field(gt=0, lt=1)]] = Field(default_factory=dict)
    compare_assays: bool = False


class Remission(Part):
    """Complete remission: the blood counts above which it is one (10*9/L), and how far from the marrow they may lie."""

    neutrophils_above: float = Field(1.0, ge=0)
    platelets_above: float = Field(100.0, ge=0)
    partial_neutrophils_above: float = Field(0.5, ge=0)
    partial_platelets_above: float = Field(50.0, ge=0)
    counts_within_days: int = Field(7, ge=0, le=60)

    @model_validator(mode="after")
    def _in_order(self) -> Remission:
        partial = (self.partial_neutrophils_above, self.partial_platelets_above)
        if any(low > full for low, full in zip(partial, (self.neutrophils_above, self.platelets_above), strict=True)):
            raise ValueError("the counts of a partial recovery at or below those of a full one")
        return self


class Relapse(Part):
    """Relapse as derived from measurements, to be set beside the recorded ones."""

    definitions: tuple[RelapseDefinition, ...] = ("ponte di legno 2022", "marrow blasts above")
    marrow_above_percent: float = Field(5.0, gt=0, lt=100)


class Outcome(Part):
    """An efficacy outcome: whom it counts, out of whom; `cycle` counts those converted first after that cycle."""

    label: str = Field(min_length=1)
    count: Counted
    of: Denominator = "all"
    cycle: int | None = Field(None, ge=1, le=100)

    @model_validator(mode="after")
    def _cycle_of_a_conversion(self) -> Outcome:
        if self.cycle is not None and self.count != "mrd_conversion":
            raise ValueError("a cycle for `mrd_conversion` alone")
        return self


def _told_apart(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    labels = [outcome.label for outcome in outcomes]
    if len(set(labels)) < len(labels):
        raise ValueError("outcomes with a label of their own each")
    return outcomes


DEFAULT_OUTCOMES = (
    Outcome(label="MRD from positive to negative", count="mrd_conversion", of="mrd_positive"),
    Outcome(label="MRD negative first after cycle 1", count="mrd_conversion", of="mrd_positive", cycle=1),
    Outcome(label="MRD negative first after cycle 2", count="mrd_conversion", of="mrd_positive", cycle=2),
    Outcome(label="MRD negative before, and no MRD after", count="mrd_negative_kept", of="mrd_negative"),
    Outcome(label="Complete remission (CR, CRh or CRi)", count="complete_remission", of="evaluable"),
    Outcome(label="Transplanted after treatment", count="hsct"),
    Outcome(label="Maintenance therapy after treatment", count="maintenance_therapy"),
)


class Response(Part):
    """The response criteria (defaults: Schlegel 2014)."""

    marrow_limit_percent: float = Field(5.0, gt=0, lt=100)
    marrow_limit_inclusive: bool = False
    m3_from_percent: float = Field(25.0, gt=0, lt=100)
    log_reduction: float = Field(2.0, gt=0)
    mrd_negative_below: float = Field(1e-4, gt=0, lt=1)
    cycle_class: Literal["derived first", "investigator first"] = "derived first"
    mrd: Mrd = Mrd()
    remission: Remission = Remission()
    relapse: Relapse = Relapse()
    outcomes: Annotated[tuple[Outcome, ...], AfterValidator(_told_apart)] = DEFAULT_OUTCOMES

    @model_validator(mode="after")
    def _limits_in_order(self) -> Response:
        if self.m3_from_percent <= self.marrow_limit_percent:
            raise ValueError("`m3_from_percent` above `marrow_limit_percent`")
        return self
