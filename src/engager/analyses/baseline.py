"""Baseline characteristics: counts of each category with the patients, and the spread of each measure.

All patients, and each group of the plan. Findings of one cell that stand between semicolons are counted each, and so
are the therapies of one patient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import polars as pl

from engager.analyses.bounded import SPREAD
from engager.analyses.rows import Population, conventions, populations, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.endpoints.disease.burden import below
from engager.endpoints.disease.placing import place_readings
from engager.endpoints.sources import gathered, source
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.schema.therapies import was_given
from engager.statistics import Conventions, quantile

CATEGORIES = (
    "diagnosis", "genetics", "sex", "risk", "relapse_site", "relapse_number", "cns", "group", "reason", "prior_hsct",
    "prior_hsct_count",
)  # fmt: skip
LISTS = frozenset({"genetics"})
SEPARATOR = ";"
MEASURES = {"age": "a", "weight": "kg", "height": "cm", "days_from_diagnosis": "d"}
NOT_RECORDED = "not recorded"


def analyse_baseline(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the number of patients, then every measure and category that the study records, then what it does not.

    Each is given for all patients and for each group of the plan; the characteristic that makes the groups, and what
    nobody has, for all patients alone.
    """
    settings, subjects = conventions(plan), datasets.subjects
    groups = populations(datasets, plan, responders=False)
    for group in groups:
        rows = group.of(subjects)
        yield AnalysisResult(
            analysis="baseline", name="patients", group=group.group, n=rows.height, N=subjects.height,
            unit="{patients}", text=group.label if group.group != "all" else None,
            method="patients of the study" if group.group != "all" else "all patients of the study",
            patients=unique(rows["patient"]), sources=sources_of(rows),
        )  # fmt: skip
    for measure, unit in MEASURES.items():
        yield from _measure(subjects, measure, unit, groups, settings)
    for category in CATEGORIES:
        yield from _category(_recorded(subjects, category), category, _columns(groups, category, plan), settings)
        if category == "prior_hsct_count":
            yield from _several(subjects, groups, settings)
    yield from _category(_therapies(datasets), "prior_therapy", groups, settings)
    for name, derive in DERIVED.items():
        found = derive(datasets, plan)
        if found.height:
            yield from _category(found, name, groups, settings, RULES[name].format(plan.response.mrd_negative_below))


def _columns(groups: Sequence[Population], category: str, plan: AnalysisPlan) -> Sequence[Population]:
    """Return the groups to tell a category of: not of those that it makes."""
    return groups[:1] if category == plan.group_by else groups


def _measure(
    subjects: pl.DataFrame, name: str, unit: str, groups: Sequence[Population], settings: Conventions
) -> Iterator[AnalysisResult]:
    known = subjects.filter(pl.col(name).is_not_null())
    if known.is_empty():
        yield _not_recorded(name, subjects.height, unit)
        return
    for group in groups:
        rows, out_of = group.of(known), len(group.patients)
        if rows.is_empty():
            yield _not_recorded(name, out_of, unit, group.group)
            continue
        values, patients, sources = rows[name].to_numpy(), unique(rows["patient"]), sources_of(rows)
        for at, p in SPREAD.items():
            yield AnalysisResult(
                analysis="baseline", name=name, group=group.group, at=at,
                estimate=float(quantile(values, p, type=settings.quantile_type)), n=rows.height, N=out_of, unit=unit,
                method=settings.words("quantile"), patients=patients, sources=sources,
            )  # fmt: skip


def _recorded(subjects: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return one row a patient and value: the patient, the `value` (null: not recorded), the sources."""
    rows = subjects.select("patient", "sources", value=pl.col(name))
    if name not in LISTS:
        return rows
    split = rows.with_columns(pl.col("value").str.split(SEPARATOR)).explode("value")
    return split.with_columns(pl.col("value").str.strip_chars()).unique(["patient", "value"], maintain_order=True)


def _category(
    values: pl.DataFrame, name: str, groups: Sequence[Population], settings: Conventions, rule: str = ""
) -> Iterator[AnalysisResult]:
    """Yield the patients with each value that somebody has, and those of whom none is recorded."""
    known = values.filter(pl.col("value").is_not_null())
    everyone = groups[0].patients
    if known.is_empty():
        yield _not_recorded(name, len(everyone), "1")
        return
    parts = {_words(part["value"][0]): part for part in _in_order(known.partition_by("value", maintain_order=True))}
    unknown = everyone.difference(known["patient"])
    if unknown:
        rows = values.filter(pl.col("value").is_null())
        missing = pl.DataFrame({"patient": sorted(unknown.difference(rows["patient"]))}, {"patient": pl.String})
        parts[NOT_RECORDED] = pl.concat([rows.select("patient", "sources"), missing], how="diagonal")
    for group in groups:
        for at, part in parts.items():
            chosen, out_of = group.of(part), len(group.patients)
            yield proportion_row("baseline", name, chosen, out_of, settings, at=at, group=group.group, rule=rule)


def _several(subjects: pl.DataFrame, groups: Sequence[Population], settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield those with two previous transplants or more, as papers count them."""
    several = subjects.filter(pl.col("prior_hsct_count") >= 2)
    for group in groups if several.height else ():
        rows, at = group.of(several), "2 or more"
        yield proportion_row(
            "baseline", "prior_hsct_count", rows, len(group.patients), settings, at=at, group=group.group
        )


def _therapies(datasets: Datasets) -> pl.DataFrame:
    """Return one row a patient and therapy before the first dose but transplants; `none` where the record says so."""
    rows = datasets.cohort["therapies"].filter((pl.col("phase") == "before") & (pl.col("kind") != "hsct"))
    named = rows.with_columns(
        source("therapies"), value=pl.when(was_given()).then(pl.coalesce("name", pl.col("kind").cast(pl.String)))
    )
    nothing = pl.col("value").is_null().all().over("patient")
    told = named.with_columns(value=pl.when(nothing).then(pl.lit("none")).otherwise("value"))
    return told.drop_nulls("value").group_by("patient", "value", maintain_order=True).agg(gathered())


def _cycles(datasets: Datasets, _: AnalysisPlan) -> pl.DataFrame:
    """Return the number of cycles begun of each patient."""
    return datasets.cycles.group_by("patient", maintain_order=True).agg(
        value=pl.len(), sources=pl.col("sources").explode(empty_as_null=False)
    )


def _mrd(datasets: Datasets, plan: AnalysisPlan) -> pl.DataFrame:
    """Return whether MRD before the first dose reached the plan's limit; a patient whose readings do not say is out."""
    limit = plan.response.mrd_negative_below
    before = datasets.burden.filter((pl.col("role") == "before") & (pl.col("cycle") == 1) & (pl.col("test") == "mrd"))
    found = before.group_by("patient", maintain_order=True).agg(
        gathered(), positive=(pl.col("low") >= limit).any(), lower=below(limit).any()
    )
    value = pl.when("positive").then(pl.lit("positive")).when("lower").then(pl.lit(f"below {limit:g}"))
    return found.select("patient", "sources", value=value).filter(pl.col("value").is_not_null())


def _marrow(datasets: Datasets, _: AnalysisPlan) -> pl.DataFrame:
    """Return the marrow status before the first dose as the record states it, the last where it states several."""
    specimen = pl.col("specimen").is_null() | (pl.col("specimen") == "bone marrow")
    status = (pl.col("test") == "marrow_status") & pl.col("category").is_not_null()
    stated = datasets.cohort["measurements"].filter(status & specimen).with_columns(source("measurements"))
    before = place_readings(stated, datasets.cycles).filter((pl.col("role") == "before") & (pl.col("cycle") == 1))
    ordered = before.sort("day", nulls_last=False, maintain_order=True)
    return ordered.group_by("patient", maintain_order=True).agg(gathered(), value=pl.col("category").last())


# What other tables than the patients' tell of the time before treatment; a study that records none of it lacks nothing.
DERIVED: Mapping[str, Callable[[Datasets, AnalysisPlan], pl.DataFrame]] = {
    "marrow_before": _marrow,
    "mrd_before": _mrd,
    "cycles_given": _cycles,
}
RULES = {
    "marrow_before": "marrow status before the first dose as stated",
    "mrd_before": "MRD before the first dose, positive at {:g} or above",
    "cycles_given": "cycles with at least one infusion recorded",
}


def _words(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _in_order(parts: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return the categories in order: numbers in their own, words by falling count and then by the alphabet."""
    if parts[0].schema["value"].is_numeric():
        return sorted(parts, key=lambda part: part["value"][0])
    return sorted(parts, key=lambda part: (-part.height, _words(part["value"][0])))


def _not_recorded(name: str, patients: int, unit: str, group: str = "all") -> AnalysisResult:
    return AnalysisResult(
        analysis="baseline", name=name, group=group, n=0, N=patients, unit=unit, method="counted",
        warning="not recorded of any patient",
    )  # fmt: skip
