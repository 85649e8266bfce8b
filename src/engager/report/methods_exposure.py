"""The methods of the exposure: regimen, body surface, days, dose intensity, as the plan sets them."""

from __future__ import annotations

from collections.abc import Iterator

from engager.plan import AnalysisPlan
from engager.terms.body_surface import FORMULAS
from engager.terms.regimens import Regimen, Step

_DAYS = {
    "inclusive": "first and last day of a stretch both count",
    "elapsed": "a stretch lasts from its first to its last day, the last not counted",
}


def exposure_methods(plan: AnalysisPlan) -> str:
    """Return the sentences on exposure that are true of a plan."""
    settings = plan.exposure
    formula = FORMULAS[settings.body_surface]
    decimals = settings.body_surface_decimals
    rounding = "not rounded" if decimals is None else f"rounded to {decimals} decimals"
    text = (
        f"Exposure: days of infusion are counted stretch by stretch ({_DAYS[settings.day_count]}); the cumulative dose "
        f"is dose rate times days, in micrograms by the body surface after {formula.name} ({rounding}). "
    )
    if plan.regimen is None:
        return text + "The plan names no regimen, so nothing is compared with what was planned."
    return text + " ".join(_planned(plan, plan.regimen))


def _planned(plan: AnalysisPlan, regimen: Regimen) -> Iterator[str]:
    yield f"Planned regimen: {regimen.title} ({regimen.source}): {'; '.join(_cycles(regimen))}."
    yield (
        f"A cycle is complete with its planned days of infusion. A dose within {plan.exposure.dose_tolerance_percent:g}"
        " % of the planned one is the planned one; where the regimen leaves a choice, the highest permitted dose that "
        "does not exceed the recorded one. Relative dose is dose given over the dose planned for the cycles begun; "
        "relative dose intensity the same, each divided by its days from the first to the last, pauses included."
    )
    if plan.exposure.days_from_regimen:
        yield "Of cycles without a recorded day, the days are those of the regimen, unless they were stopped."


def _cycles(regimen: Regimen) -> Iterator[str]:
    for block in regimen.cycles:
        last = "on" if block.last is None else f"to {block.last}"
        one = f"cycle {block.first}" if block.last == block.first else f"cycles {block.first} {last}"
        one = "every cycle" if block.first == 1 and block.last is None else one
        pause = ""
        if block.days_off is not None:
            least, most = block.days_off
            pause = f", then {least} days off" if least == most else f", then {least} to {most} days off"
        yield f"{one}: {', '.join(_step(step, regimen.flat_from_kg) for step in block.steps)}{pause}"


def _step(step: Step, flat_from: float | None) -> str:
    text = f"{' or '.join(f'{dose:g}' for dose in step.dose)} {step.unit}"
    text += f" (at most {step.cap:g} ug/d)" if step.cap is not None else ""
    text += f" or, from {flat_from:g} kg on, {step.flat:g} ug/d" if step.flat is not None else ""
    return f"{text} on days {step.first_day} to {step.last_day}"
