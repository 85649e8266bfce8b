"""The plan's efficacy outcomes: k of n, the denominator named, of all patients and of each group of the plan."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.rows import RESPONDERS, Population, conventions, populations, proportion_row, warned
from engager.endpoints import Datasets
from engager.endpoints.disease.burden import below, reaches
from engager.endpoints.disease.remission import CR, CRH, CRI, NOT_EVALUABLE
from engager.endpoints.sources import gathered, source
from engager.plan import AnalysisPlan
from engager.plan.response import Outcome, Response
from engager.results import AnalysisResult
from engager.schema.therapies import was_given

DENOMINATORS = {
    "all": "of all patients",
    "evaluable": "of patients with a marrow or MRD reading after treatment",
    "mrd_positive": "of patients MRD-positive, or with blasts, before treatment",
    "mrd_negative": "of patients MRD-negative before treatment",
}


def analyse_efficacy(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield each outcome of the plan, for all patients and for each group, out of whom the outcome names."""
    settings = conventions(plan)
    groups = populations(datasets, plan, responders=False)
    denominators = {name: _denominator(datasets, name) for name in DENOMINATORS}
    for outcome in plan.response.outcomes:
        counted, unknown = _counted(datasets, outcome, plan.response.mrd_negative_below), _unknown(datasets, outcome)
        for population in groups:
            out_of = population.of(denominators[outcome.of])
            rows = _among(counted, population, out_of)
            row = proportion_row(
                "efficacy", outcome.count, rows, out_of.height, settings, group=population.group, at=outcome.label,
                rule=f"{_words(outcome, plan.response)}, {DENOMINATORS[outcome.of]}",
            )  # fmt: skip
            left = _among(unknown, population, out_of).height
            doubt = f"{left} of the {out_of.height} not evaluable for it" if left else None
            yield warned(row, doubt)


def _among(frame: pl.DataFrame, population: Population, out_of: pl.DataFrame) -> pl.DataFrame:
    return population.of(frame).join(out_of.select("patient"), on="patient", how="semi", maintain_order="left")


def _unknown(datasets: Datasets, outcome: Outcome) -> pl.DataFrame:
    """Return the patients of whom the record does not tell whether they had the outcome."""
    if outcome.count in ("cr", "complete_remission"):
        best = datasets.disease.best_remission
        read = datasets.subjects.select("patient").join(best, on="patient", how="left", maintain_order="left")
        return read.filter(pl.col("remission").fill_null(NOT_EVALUABLE) == NOT_EVALUABLE)
    if outcome.count == "mrd_conversion":
        return datasets.mrd_conversion.filter(pl.col("converted") == "not assessed")
    return datasets.mrd_conversion.clear()


def _denominator(datasets: Datasets, name: str) -> pl.DataFrame:
    """Return the patients that an outcome is out of, once each."""
    if name == "all":
        return datasets.subjects
    if name == "evaluable":
        after = datasets.burden.filter(pl.col("role") != "before").select("patient")
        stated = datasets.disease.best_remission.select("patient")
        return datasets.subjects.join(pl.concat([after, stated]).unique(), on="patient", how="semi")
    positive = {"mrd_positive": "yes", "mrd_negative": "no"}[name]
    return datasets.disease.mrd_baseline.filter(pl.col("positive") == positive)


def _counted(datasets: Datasets, outcome: Outcome, limit: float) -> pl.DataFrame:
    """Return the patients that an outcome counts, with their sources."""
    response, disease = datasets.patient_response, datasets.disease
    converted = datasets.mrd_conversion.filter(pl.col("converted") == "yes")
    remissions = {"cr": [CR], "complete_remission": [CR, CRH, CRI]}
    if outcome.count in remissions:
        return disease.best_remission.filter(pl.col("remission").is_in(remissions[outcome.count]))
    if outcome.count == "mrd_conversion":
        return converted if outcome.cycle is None else converted.filter(pl.col("converted_cycle") == outcome.cycle)
    if outcome.count == "responders":
        return response.filter(pl.col("response").is_in(RESPONDERS))
    if outcome.count in ("mrd_negative_after", "mrd_negative_kept"):
        return _negative_after(datasets, limit, always=outcome.count == "mrd_negative_kept")
    frames = {"m1_marrow": datasets.marrow_remission, "hsct": datasets.transplantation}
    return frames[outcome.count] if outcome.count in frames else _maintenance(datasets)


def _negative_after(datasets: Datasets, limit: float, *, always: bool) -> pl.DataFrame:
    """Return the patients MRD-negative at an assessment after treatment, with none positive after if `always`."""
    after = datasets.burden.filter(pl.col("role") != "before")
    mrd = pl.col("test") == "mrd"
    read = after.group_by("patient", "cycle", "day", maintain_order=True).agg(
        negative=(mrd & below(limit)).any() & ~(mrd & reaches(limit)).any(),
        positive=(mrd & reaches(limit)).any(),
        source=pl.col("source"),
    )
    patients = read.group_by("patient", maintain_order=True).agg(
        pl.col("negative", "positive").any(), sources=pl.col("source").explode().unique(maintain_order=True)
    )
    return patients.filter(pl.col("negative") & ~(pl.col("positive") & pl.lit(value=always)))


def _maintenance(datasets: Datasets) -> pl.DataFrame:
    later = (pl.col("kind") == "maintenance") & (pl.col("phase") == "after") & was_given()
    rows = datasets.cohort["therapies"].filter(later).with_columns(source("therapies"))
    return rows.group_by("patient", maintain_order=True).agg(gathered())


def _words(outcome: Outcome, criteria: Response) -> str:
    limit = f"MRD below {criteria.mrd_negative_below:g}"
    first = f", first after cycle {outcome.cycle}" if outcome.cycle else ""
    return {
        "responders": "a responding cycle",
        "m1_marrow": "an M1 marrow after treatment, measured or stated",
        "cr": "CR",
        "complete_remission": "CR, CRh or CRi",
        "mrd_conversion": f"{limit} after treatment{first}",
        "mrd_negative_after": f"{limit} after a cycle",
        "mrd_negative_kept": f"{limit} after a cycle, and at or above it after none",
        "hsct": "a transplant after the first dose",
        "maintenance_therapy": "maintenance therapy after the last cycle",
    }[outcome.count]
