"""Adverse events: patients by class, term and grade band, events counted apart, and a listing of the record.

A patient counts once in a row, at the worst grade; everybody treated stands in the denominator, with or without an
event. Events are counted under names of their own (`events...`, in `{events}`) and are never called patients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from engager.analyses.adverse_event_listing import list_events
from engager.analyses.adverse_event_times import analyse_rates, analyse_times
from engager.analyses.rows import Population, conventions, populations, proportion_row, sources_of, unique, warned
from engager.endpoints import Datasets
from engager.endpoints.adverse_events.datasets import NOT_CODED
from engager.endpoints.adverse_events.treatment_emergent import NO, NOT_KNOWN, YES
from engager.endpoints.adverse_events.worst_grade import worst_grade
from engager.endpoints.sources import merged_rows
from engager.plan import AnalysisPlan, GradeBand
from engager.results import AnalysisResult
from engager.statistics import Conventions

ANALYSIS = "adverse_events"
NO_GRADE, SEVERAL_BANDS = "grade not recorded", "grade in more than one band"
_GRADES = ("grade_low", "grade_high")
ANSWERS = {
    "serious": ("serious", "recorded as serious"),
    "related": ("is_related", "related or possibly related to the T-cell engager"),
    "discontinued": ("discontinued", "the T-cell engager discontinued because of it"),
    "interrupted": ("interrupted", "the T-cell engager interrupted or its dose reduced because of it"),
}


@dataclass(frozen=True, slots=True)
class _Settings:
    bands: tuple[GradeBand, ...]
    conventions: Conventions
    terms: pl.DataFrame


def analyse_adverse_events(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield what was recorded, then for all patients and each group of the plan the patients, events and rates."""
    found = datasets.adverse_events
    yield from _recorded(found.events, plan)
    counted = found.events.filter("counted")
    settings = _Settings(plan.safety.bands, conventions(plan), _in_order(found.events, plan))
    worst = {key: _worst(counted, key) for key in ("any", "soc", "term")}
    groups = populations(datasets, plan, responders=False)
    for population in groups:
        yield from _patients({key: population.of(rows) for key, rows in worst.items()}, population, settings)
        yield from _answers(population.of(counted), population, settings)
        episodes = population.of(found.episodes)
        yield from _events(episodes, population, settings)
        yield from analyse_times(population.of(counted), episodes, population, settings.terms, settings.conventions)
        yield from analyse_rates(population.of(counted), episodes, population.of(found.time_at_risk), population,
                                 settings.terms, plan)  # fmt: skip
    yield from list_events(found.events)


def _recorded(events: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield how many records are treatment-emergent, whether those not known count, and their version of CTCAE."""
    methods = {
        YES: "treatment-emergent", NO: "not treatment-emergent", NOT_KNOWN: "whether treatment-emergent is not known"
    }  # fmt: skip
    for at, method in methods.items():
        yield _records("recorded", at, events.filter(pl.col("emergent") == at), events.height, method)
    counted, method = events.filter("counted"), "records of events that count"
    yield replace(_records("counted", None, counted, events.height, method), text=plan.safety.unplaced)
    for (version,), rows in sorted(events.group_by("version", maintain_order=True)):
        assumed = rows.filter("version_assumed").height
        row = _records("version", str(version), rows, events.height, "version of CTCAE that the grade follows")
        yield replace(row, warning=f"assumed by the plan for {assumed} records that name none" if assumed else None)


def _records(name: str, at: str | None, rows: pl.DataFrame, total: int, method: str) -> AnalysisResult:
    return AnalysisResult(
        analysis=ANALYSIS, name=name, at=at, n=rows.height, N=total, unit="{records}", method=method,
        patients=unique(rows["patient"]), sources=sources_of(rows),
    )  # fmt: skip


def _in_order(events: pl.DataFrame, plan: AnalysisPlan) -> pl.DataFrame:
    """Return the terms recorded with their class, in the order of the tables; what is not coded stands last."""
    name = [pl.col(key).cast(pl.String).str.to_lowercase() for key in ("soc", "term")]
    counted = pl.col("patient").filter(pl.col("counted"))
    patients = [counted.n_unique().over(key) for key in ("soc", "term")]
    terms = events.select("soc", "term", of_soc=-patients[0].cast(pl.Int64), of_term=-patients[1].cast(pl.Int64))
    keys = [name[0], name[1]] if plan.safety.sort == "alphabet" else ["of_soc", name[0], "of_term", name[1]]
    return terms.unique().sort(pl.col("soc") == NOT_CODED, *keys).select("soc", "term")


def _worst(counted: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the worst grade, as its bounds, of each patient and class or term, with the rows behind it."""
    by = ["patient"] if key == "any" else ["patient", key]
    sources = counted.group_by(by, maintain_order=True).agg(merged_rows())
    return sources.join(worst_grade(counted, by=by, grades=_GRADES), on=by, how="left", maintain_order="left")


def _patients(worst: dict[str, pl.DataFrame], population: Population, settings: _Settings) -> Iterator[AnalysisResult]:
    """Yield patients with any event, then each class with its terms, each at every grade and by band."""
    yield from _by_band("any", None, worst["any"], population, settings)
    severe = worst["any"].filter(pl.col("grade_low") >= 3)
    row = proportion_row(ANALYSIS, "severe", severe, len(population.patients), settings.conventions,
                         group=population.group, rule="worst grade 3 or higher")  # fmt: skip
    ungraded = worst["any"].filter(pl.col("grade_low").is_null()).height
    yield warned(row, f"no grade is recorded of {ungraded} patients with events" if ungraded else None)
    classes, terms = (worst[key].partition_by(key, as_dict=True) for key in ("soc", "term"))
    for (soc,), group in settings.terms.group_by("soc", maintain_order=True):
        rows = classes.get((soc,), worst["soc"].clear())
        yield from _by_band("soc", str(soc), rows, population, settings)
        for term in group["term"]:
            rows = terms.get((term,), worst["term"].clear())
            yield from _by_band("term", str(term), rows, population, settings, text=str(soc))


def _by_band(
    name: str, at: str | None, rows: pl.DataFrame, population: Population, settings: _Settings, text: str | None = None
) -> Iterator[AnalysisResult]:
    rule = "patients with at least one event that counts, each once"
    for words, part in _parts(rows, settings.bands):
        row = proportion_row(
            ANALYSIS, f"{name}_by_grade" if words else name, part, len(population.patients), settings.conventions,
            at=_place(at, words), group=population.group, rule=f"{rule}, at the worst grade" if words else rule,
        )  # fmt: skip
        unknown = rows["grade_low"].null_count() if words.startswith("grade ") and words != NO_GRADE else 0
        yield replace(warned(row, f"{NO_GRADE} of {unknown} patients" if unknown else None), text=text)


def _place(at: str | None, words: str) -> str | None:
    """Return the place of a row: `Seizure`, `grade 3-4`, `Seizure, grade 3-4`."""
    return ", ".join(filter(None, (at, words))) or None


def _parts(rows: pl.DataFrame, bands: tuple[GradeBand, ...]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield all rows, those of each band, those without a grade, and those whose bounds lie in more than one band."""
    low, high = pl.col("grade_low"), pl.col("grade_high")
    yield "", rows
    left = rows.filter(low.is_not_null())
    for band in bands:
        yield f"grade {band.name}", rows.filter(low >= band.low, high <= band.high)
        left = left.filter(~((low >= band.low) & (high <= band.high)))
    yield NO_GRADE, rows.filter(low.is_null())
    # A band that the plan leaves out is no place between bands: grade 1 where the plan tells `2-5` alone.
    between = [(low <= band.high) & (high >= band.low) for band in bands]
    if (several := left.filter(pl.any_horizontal(between))).height:
        yield SEVERAL_BANDS, several


def _answers(counted: pl.DataFrame, population: Population, settings: _Settings) -> Iterator[AnalysisResult]:
    """Yield patients with serious, related, fatal events, and such that changed the treatment; unless not recorded."""
    outcome = pl.col("outcome").cast(pl.String)
    survived = (pl.col("grade_high") < 5) | (outcome.is_not_null() & (outcome != "unknown"))
    events = counted.with_columns(fatal=pl.when("fatal").then(True).when(survived).then(False))
    for name, (column, rule) in {**ANSWERS, "fatal": ("fatal", "grade 5, or the outcome fatal")}.items():
        rows = events.filter(column).group_by("patient", maintain_order=True).agg(merged_rows())
        row = proportion_row(ANALYSIS, name, rows, len(population.patients), settings.conventions,
                             group=population.group, rule=rule)  # fmt: skip
        unknown = events[column].null_count()
        if events.height and unknown == events.height:
            yield replace(row, n=None, estimate=None, lower=None, upper=None, level=None,
                          warning="not recorded of any event")  # fmt: skip
        else:
            yield warned(row, f"not recorded of {unknown} of {events.height} events" if unknown else None)


def _events(episodes: pl.DataFrame, population: Population, settings: _Settings) -> Iterator[AnalysisResult]:
    """Yield the number of events, by class, by term and band; rows of the record that were joined are one event."""
    total = episodes.height
    yield _event_count("events", None, episodes, total, population)
    classes, terms = (episodes.partition_by(key, as_dict=True) for key in ("soc", "term"))
    for (soc,), group in settings.terms.group_by("soc", maintain_order=True):
        yield _event_count("events_by_soc", str(soc), classes.get((soc,), episodes.clear()), total, population)
        for term in group["term"]:
            for words, part in _parts(terms.get((term,), episodes.clear()), settings.bands):
                name = "events_by_term_and_grade" if words else "events_by_term"
                row = _event_count(name, _place(str(term), words), part, total, population)
                yield replace(row, text=str(soc))


def _event_count(name: str, at: str | None, rows: pl.DataFrame, total: int, population: Population) -> AnalysisResult:
    return AnalysisResult(
        analysis=ANALYSIS, name=name, group=population.group, at=at, n=rows.height, N=total, unit="{events}",
        method="events that count; rows of one term that overlap or adjoin are one event; no interval, since events "
        "of one patient are not independent",
        patients=unique(rows["patient"]), sources=sources_of(rows),
    )  # fmt: skip
