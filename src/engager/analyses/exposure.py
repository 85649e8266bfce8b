"""Exposure: cycles, days, doses and dose intensity of each population, interruptions, departures from the regimen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from engager.analyses.bounded import SPREAD
from engager.analyses.exposure_listing import ANALYSIS, each_body_surface, each_cycle, each_deviation
from engager.analyses.response import DEPENDENT
from engager.analyses.rows import (
    SMALL,
    SMALL_WARNING,
    Population,
    conventions,
    populations,
    proportion_row,
    sources_of,
    unique,
)
from engager.endpoints import Datasets
from engager.endpoints.exposure.cycles import (
    BEYOND,
    COMPLETED,
    ENDED_EARLY,
    NO_DAYS,
    NO_DOSE,
    NO_M2,
    NO_REGIMEN,
    NO_UG,
    NO_WEIGHT,
    ONGOING,
)
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, quantile

MEASURES = {
    "cycles_per_patient": ("cycles", "{cycles}", "cycles begun"),
    "days_infused": ("days", "d", "days of infusion over all cycles"),
    "cumulative_dose_m2": ("dose_m2", "ug/m2", "dose rate times days, over all cycles"),
    "cumulative_dose": ("dose_ug", "ug", "dose rate times days, over all cycles"),
    "relative_dose": ("relative_dose", "1", "dose given over the dose that the regimen plans for the cycles begun"),
    "relative_dose_intensity": (
        "relative_dose_intensity",
        "1",
        "dose given per day from the first to the last day, pauses included, over the same of the regimen",
    ),
}
"""The measures of a patient: column, unit, meaning."""
_PLAN_REASONS = (NO_DAYS, NO_DOSE, NO_REGIMEN, BEYOND, NO_WEIGHT)
RELEVANT = {
    "days": (NO_DAYS,),
    "dose_m2": (NO_DAYS, NO_DOSE, NO_M2),
    "dose_ug": (NO_DAYS, NO_DOSE, NO_UG),
    "relative_dose": _PLAN_REASONS,
    "relative_dose_intensity": _PLAN_REASONS,
}
"""The reasons that can keep a measure from being computed; others are told only where none of these holds."""
STATUSES = {"cycles_completed": COMPLETED, "cycles_ended_early": ENDED_EARLY, "cycles_ongoing": ONGOING}
UNKNOWN = "not known of {} cycles whether they were completed"


def analyse_exposure(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the exposure of each population, then that of each cycle and patient, then the deviations one by one."""
    for population in populations(datasets, plan):
        yield from _population(datasets, population, plan)
    yield from each_body_surface(datasets.exposure.body_surface, plan)
    yield from each_cycle(datasets.exposure.cycles, plan)
    yield from each_deviation(datasets.exposure.deviations, plan)


def _population(datasets: Datasets, population: Population, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    exposure, settings = datasets.exposure, conventions(plan)
    cycles, patients = population.of(exposure.cycles), population.of(exposure.patients)
    group, everyone = population.group, len(population.patients)
    yield _count("cycles", cycles, group, "cycles with at least one infusion recorded")
    rule = "patients with at least one infusion recorded"
    yield proportion_row(ANALYSIS, "patients_treated", patients, everyone, settings, group=group, rule=rule)
    yield from _statuses(cycles, group, plan)
    for name in MEASURES:
        yield from _measure(name, patients, group, plan)
    transplanted = population.of(exposure.before_transplant)
    if transplanted.height:
        yield from _before_transplant(transplanted, group, settings)
    yield from _first_doses(patients, everyone, group, settings)
    yield from _changes(cycles, group)
    yield from _interruptions(cycles, patients, group, settings)
    if plan.regimen is not None:
        yield from _deviations(population.of(exposure.deviations), everyone, group, settings, plan)


def _count(name: str, rows: pl.DataFrame, group: str, method: str, at: str | None = None) -> AnalysisResult:
    return AnalysisResult(
        analysis=ANALYSIS, name=name, group=group, at=at, n=rows.height, N=rows.height, unit="{cycles}",
        method=method, patients=unique(rows["patient"]), sources=sources_of(rows),
    )  # fmt: skip


def _statuses(cycles: pl.DataFrame, group: str, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    days = "the days of infusion that the regimen plans" if plan.regimen else "its record says completed"
    rules = {
        COMPLETED: f"cycles with {days}; where days are not recorded, the record says completed",
        ENDED_EARLY: "cycles with fewer days of infusion than planned, or stopped by the record's words",
        ONGOING: "cycles that went on at the data cut-off",
    }
    unknown = cycles.filter(pl.col("status").is_null())
    for name, status in STATUSES.items():
        rows = cycles.filter(pl.col("status") == status)
        if rows.height or status != ONGOING:
            found = _share(name, rows, cycles.height, group, rules[status])
            yield (
                replace(found, estimate=None, warning=f"{UNKNOWN.format(unknown.height)}; no share is given")
                if unknown.height
                else found
            )
    if unknown.height:
        rule = "neither days of infusion nor words say whether the cycle was completed"
        yield _share("cycles_status_unknown", unknown, cycles.height, group, rule)
    for (reason,), rows in sorted(cycles.filter(pl.col("end_reason").is_not_null()).group_by("end_reason")):
        rule = "why the last stretch of the cycle ended, as recorded"
        yield replace(_share("end_reason", rows, cycles.height, group, rule), at=str(reason))


def _share(name: str, rows: pl.DataFrame, of: int, group: str, method: str) -> AnalysisResult:
    return AnalysisResult(
        analysis=ANALYSIS, name=name, group=group, n=rows.height, N=of, unit="1",
        estimate=rows.height / of if of else None, method=method,
        warning=f"{DEPENDENT}: no interval is given" if of else "no cycle",
        patients=unique(rows["patient"]), sources=sources_of(rows),
    )  # fmt: skip


def _measure(name: str, patients: pl.DataFrame, group: str, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the spread of a measure over the patients of whom it can be computed."""
    settings = conventions(plan)
    column, unit, meaning = MEASURES[name]
    known = patients.filter(pl.col(column).is_not_null())
    shared = AnalysisResult(
        analysis=ANALYSIS, name=name, group=group, n=known.height, N=patients.height, unit=unit,
        method=f"{meaning}; {settings.words('quantile')}", warning=_warning(known, patients, RELEVANT.get(column, ())),
        patients=unique(known["patient"]), sources=sources_of(known),
    )  # fmt: skip
    if known.is_empty():
        yield replace(shared, at="median")
        return
    values = known[column].cast(pl.Float64).to_numpy()
    for at, p in SPREAD.items():
        yield replace(shared, at=at, estimate=float(quantile(values, p, type=settings.quantile_type)))


def _before_transplant(transplanted: pl.DataFrame, group: str, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield the median and range of the cycles before a transplant that followed the first dose."""
    known = transplanted.filter(pl.col("cycles").is_not_null())
    lost = transplanted.height - known.height
    values = known["cycles"].cast(pl.Float64).to_numpy()
    for at in ("median", "min", "max"):
        yield AnalysisResult(
            analysis=ANALYSIS, name="cycles_before_transplant", group=group, at=at, n=known.height,
            N=transplanted.height, unit="{cycles}",
            estimate=float(quantile(values, SPREAD[at], type=settings.quantile_type)) if known.height else None,
            method=f"cycles begun before the first transplant after the first dose; {settings.words('quantile')}",
            warning=f"not known of {lost} patients: their days are not recorded" if lost else None,
            patients=unique(known["patient"]), sources=sources_of(known),
        )  # fmt: skip


def _warning(known: pl.DataFrame, patients: pl.DataFrame, relevant: Sequence[str]) -> str | None:
    """Return why a measure has no value, has one of few patients, or rests on days that are the plan's."""
    lost = patients.join(known, on="patient", how="anti")
    told = unique(lost["why"].explode(empty_as_null=False).drop_nulls())
    reasons = [reason for reason in told if reason in relevant] or list(told)
    absent = f"not computable for {lost.height} of {patients.height} patients" if lost.height else None
    if absent and reasons:
        absent += f" ({'; '.join(reasons)})"
    assumed = known.filter(pl.col("assumed")).height
    by_plan = f"days of {assumed} patients are the regimen's, not recorded" if assumed else None
    few = SMALL_WARNING if 0 < known.height < SMALL else None
    nobody = "no patient treated" if not patients.height else None
    return "; ".join(filter(None, (nobody, absent, by_plan, few))) or None


def _first_doses(patients: pl.DataFrame, everyone: int, group: str, settings: Conventions) -> Iterator[AnalysisResult]:
    dosed = patients.filter(pl.col("first_dose").is_not_null() & pl.col("unit").is_not_null())
    for (unit, dose), rows in sorted(dosed.group_by("unit", "first_dose")):
        yield proportion_row(
            ANALYSIS, "initial_dose", rows, everyone, settings, at=f"{dose:g} {unit}", group=group,
            rule="the first dose of the first cycle, as recorded",
        )  # fmt: skip


def _changes(cycles: pl.DataFrame, group: str) -> Iterator[AnalysisResult]:
    rules = {
        "cycles_escalated": (
            pl.col("escalated"),
            "cycles begun above the dose that the cycle before ended with, of those after another",
        ),
        "cycles_with_increase": (pl.col("increases") > 0, "cycles in which the dose rises, planned steps included"),
        "cycles_with_reduction": (pl.col("reductions") > 0, "cycles in which the dose falls"),
    }
    for name, (where, rule) in rules.items():
        asked = cycles.filter(where.is_not_null())
        yield _share(name, asked.filter(where), asked.height, group, rule)


def _interruptions(
    cycles: pl.DataFrame, patients: pl.DataFrame, group: str, settings: Conventions
) -> Iterator[AnalysisResult]:
    """Yield interruptions, restarts and reasons, counted as events, and the patients who had one."""
    rule = "days without infusion between two stretches of a cycle, or the record's word"
    interrupted, known = (
        cycles.filter(pl.col("interruptions") > 0),
        patients.filter(pl.col("interruptions").is_not_null()),
    )
    found = proportion_row(
        ANALYSIS, "patients_interrupted", known.filter(pl.col("interruptions") > 0), known.height, settings,
        group=group, rule=f"at least one interruption: {rule}",
    )  # fmt: skip
    lost = patients.height - known.height
    unknown = f"not known of {lost} of {patients.height} patients: {NO_DAYS}" if lost else None
    few = SMALL_WARNING if 0 < known.height < SMALL else None
    yield replace(found, warning="; ".join(filter(None, (unknown, few))) or None)
    for name, words in (("interruptions", rule), ("restarts", "stretches after an interruption in the same cycle")):
        if known.height:
            events = replace(_count(name, interrupted, group, words), N=None, unit="{events}", warning=unknown)
            yield replace(events, n=int(cycles[name].sum() or 0))
    reasons = cycles.select("patient", "sources", "reasons").explode("reasons").drop_nulls("reasons")
    for (reason,), rows in sorted(reasons.group_by("reasons", maintain_order=True)):
        words = "why the stretch before an interruption ended, as recorded"
        yield replace(_count("interruption_reason", rows, group, words, at=str(reason)), N=None, unit="{events}")
    gaps = interrupted.filter(pl.col("gap_days").is_not_null())
    if gaps.height:
        found = _count("days_interrupted", gaps, group, "days without infusion within cycles, in all")
        yield replace(found, estimate=float(gaps["gap_days"].sum()), N=interrupted.height, unit="d")


def _deviations(
    deviations: pl.DataFrame, everyone: int, group: str, settings: Conventions, plan: AnalysisPlan
) -> Iterator[AnalysisResult]:
    assert plan.regimen is not None  # noqa: S101 - asked before
    who = deviations.unique("patient", maintain_order=True)
    rule = f"at least one departure from the regimen {plan.regimen.name}, of what can be compared"
    yield replace(
        proportion_row(ANALYSIS, "patients_deviating", who, everyone, settings, group=group, rule=rule),
        sources=sources_of(deviations),
    )
    for (kind,), rows in sorted(deviations.group_by("kind", maintain_order=True)):
        words = "departures from the regimen of this kind; a finding, not an error"
        yield replace(_count("deviations", rows, group, words, at=str(kind)), N=None, unit="{deviations}")
