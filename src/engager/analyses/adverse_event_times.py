"""When adverse events began, how long they lasted, and how often they were for the time at risk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from engager.analyses.rows import Population, sources_of, unique
from engager.endpoints.sources import merged_rows
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, quantile, rate_interval

ANALYSIS = "adverse_events"
# Days of 100 units of patient-time; a month is a twelfth of 365.25 days.
HUNDRED = {"day": 100.0, "month": 100 * 365.25 / 12, "year": 100 * 365.25}


def analyse_times(
    counted: pl.DataFrame, episodes: pl.DataFrame, population: Population, terms: pl.DataFrame, settings: Conventions
) -> Iterator[AnalysisResult]:
    """Yield the median day of the first onset and the median duration of each term, where days are recorded."""
    onsets, lasted = (frame.partition_by("term", as_dict=True) for frame in (counted, episodes))
    for term in terms["term"]:
        if (term,) not in onsets:
            continue
        first = _first_onsets(onsets[(term,)])
        yield _median("first_onset", str(term), first, "start_day", population, settings, "first day of a patient")
        rows = lasted[(term,)]
        yield _median("duration", str(term), rows, "duration", population, settings, "first to last day of an event")


def _first_onsets(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the first day of each patient, null where one of the rows has none: that one may have been earlier."""
    day = pl.col("start_day")
    return rows.group_by("patient", maintain_order=True).agg(
        pl.when(day.is_not_null().all()).then(day.min()).alias("start_day"), merged_rows()
    )


def _median(
    name: str, at: str, rows: pl.DataFrame, column: str, population: Population, settings: Conventions, what: str
) -> AnalysisResult:
    known = rows.filter(pl.col(column).is_not_null())
    result = AnalysisResult(
        analysis=ANALYSIS, name=name, group=population.group, at=at, n=known.height, N=rows.height, unit="d",
        method=f"median of the {what}, over those with days recorded; {settings.words('quantile')}",
        patients=unique(known["patient"]), sources=sources_of(known),
    )  # fmt: skip
    if known.is_empty():
        return replace(result, warning="not estimable: days are not recorded")
    values = known[column].to_numpy()
    middle = float(quantile(values, 0.5, type=settings.quantile_type))
    return replace(result, estimate=middle, lower=float(values.min()), upper=float(values.max()))


def analyse_rates(
    counted: pl.DataFrame,
    episodes: pl.DataFrame,
    at_risk: pl.DataFrame,
    population: Population,
    terms: pl.DataFrame,
    plan: AnalysisPlan,
) -> Iterator[AnalysisResult]:
    """Yield, for any event and each term, first events per time to them and events per time at risk."""
    by_term = (frame.partition_by("term", as_dict=True) for frame in (counted, episodes))
    onsets, happened = by_term
    everything: list[tuple[str | None, pl.DataFrame, pl.DataFrame]] = [(None, counted, episodes)]
    everything += [(str(term), onsets[(term,)], happened[(term,)]) for term in terms["term"] if (term,) in onsets]
    for at, rows, events in everything:
        first = _first_onsets(rows)
        days = _time_to_first(first, at_risk, plan.conventions.day_offset)
        yield _rate("incidence_rate", at, first, days, population, plan)
        yield _rate("event_rate", at, events, at_risk["days"], population, plan)


def _time_to_first(first: pl.DataFrame, at_risk: pl.DataFrame, offset: int) -> pl.Series:
    """Return the days until the first event of each patient, or of the time at risk; null where not known."""
    onset = first.select(pl.col("patient").cast(pl.String), onset=pl.col("start_day"), happened=True)
    rows = at_risk.join(onset, on="patient", how="left", maintain_order="left")
    happened = pl.col("happened").fill_null(value=False)
    return rows.select(pl.when(happened).then(pl.col("onset") - offset).otherwise("days").alias("days"))["days"]


def _rate(
    name: str, at: str | None, rows: pl.DataFrame, days: pl.Series, population: Population, plan: AnalysisPlan
) -> AnalysisResult:
    per, level = plan.safety.rate_per, plan.conventions.level
    what = "patients with a first event per time until it" if name == "incidence_rate" else "events per time at risk"
    result = AnalysisResult(
        analysis=ANALYSIS, name=name, group=population.group, at=at, n=rows.height, unit=f"{{per 100 patient-{per}s}}",
        method=f"{what}, the time at risk ending with the window or the follow-up; {100 * level:g} % exact Poisson "
        "interval",
        patients=unique(rows["patient"]), sources=sources_of(rows),
    )  # fmt: skip
    if unknown := days.null_count():
        return replace(result, warning=f"not estimable: the days at risk of {unknown} of {days.len()} patients are not "
                       "known")  # fmt: skip
    time = float(days.sum())
    if time <= 0:
        return replace(result, warning="not estimable: no time at risk")
    rate = rate_interval(rows.height, time / HUNDRED[per], level=level)
    return replace(result, estimate=rate.estimate, lower=rate.lower, upper=rate.upper, level=level)
