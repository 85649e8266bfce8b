"""Time-to-event analyses: curves, medians, landmarks and follow-up of each endpoint in each population."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from engager.analyses.rows import (
    LISTED,
    SMALL,
    SMALL_WARNING,
    Population,
    conventions,
    finite,
    populations,
    sources_of,
    unique,
)
from engager.endpoints import Datasets
from engager.endpoints.outcome.definitions import TimeToEvent, in_words
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, CurveValues, SurvivalCurve, kaplan_meier, reverse_kaplan_meier

TICKS = 7
# More patients than this are counted in a warning, not named.
NAMED = 10


_POINTS = {
    "curve": "Kaplan-Meier, survival from this time on; n at risk just before",
    "censored": "Kaplan-Meier; n whose observation ends here without the event",
    "at_risk": "under observation at this time, or later",
}


def analyse_time_to_event(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, for each endpoint and population, every number that a report prints or a figure draws."""
    groups = populations(datasets, plan)
    for definition in datasets.endpoints:
        frame = datasets.time_to_event[definition.code]
        for group in groups:
            yield from _population(definition, group, group.of(frame), plan)
            if definition.code == "OS":
                yield from _deaths(datasets, group, group.of(frame))
        yield from _patients(definition, frame)


def _population(
    definition: TimeToEvent, group: Population, rows: pl.DataFrame, plan: AnalysisPlan
) -> Iterator[AnalysisResult]:
    settings = conventions(plan)
    usable = rows.filter(pl.col("time").is_not_null())
    base = _Base(definition.code, group, usable, _warnings(rows, usable))
    yield base.count("patients", usable, "patients whose time is known")
    if usable.is_empty():
        return
    time, event = usable["time"].to_numpy(), usable["event"].to_numpy()
    curve = kaplan_meier(time, event, interval=settings.survival_interval, level=settings.level)
    yield base.count("events", usable.filter(pl.col("event")), _rule(definition))
    yield from _summary(base, curve, settings, plan)
    yield from _follow_up(base, time, event, settings)
    yield from _curve(base, curve, group.label)


class _Base:
    """What the rows of one endpoint and population share."""

    def __init__(self, analysis: str, group: Population, rows: pl.DataFrame, warning: str | None) -> None:
        self.analysis, self.group, self.rows, self.warning = analysis, group.group, rows, warning
        self.patients, self.sources = unique(rows["patient"]), sources_of(rows)

    def count(self, name: str, rows: pl.DataFrame, method: str, at: str | None = None) -> AnalysisResult:
        return AnalysisResult(
            analysis=self.analysis, name=name, group=self.group, at=at, n=rows.height, N=self.rows.height,
            unit="{patients}", method=method, warning=self.warning, patients=unique(rows["patient"]),
            sources=sources_of(rows),
        )  # fmt: skip

    def number(self, name: str, method: str, unit: str, **values: object) -> AnalysisResult:
        warnings = [text for text in (values.pop("warning", None), self.warning) if text]
        return AnalysisResult(
            analysis=self.analysis, name=name, group=self.group, N=self.rows.height, unit=unit, method=method,
            warning="; ".join(map(str, warnings)) or None, patients=self.patients, sources=self.sources,
            **values,  # type: ignore[arg-type]
        )  # fmt: skip


def _deaths(datasets: Datasets, group: Population, rows: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the living, the dead, and the deaths of each cause as the follow-up table gives it."""
    usable = rows.filter(pl.col("time").is_not_null())
    died = usable.filter(pl.col("event"))
    base = _Base("OS", group, usable, _warnings(rows, usable))
    yield base.count("deaths", died, "death of any cause")
    yield base.count("alive", usable.filter(~pl.col("event")), "alive at the last contact")
    recorded = datasets.cohort["follow_up"].filter((pl.col("event") == "death") & pl.col("cause").is_not_null())
    causes = recorded.select("patient", pl.col("cause").cast(pl.String)).unique("patient", maintain_order=True)
    known = died.join(causes, on="patient", how="left", maintain_order="left")
    by_cause = _Base("OS", group, died, base.warning)
    for (cause,), of_cause in known.group_by("cause", maintain_order=True):
        words = "cause of death as recorded, of all deaths"
        yield by_cause.count("deaths_by_cause", of_cause, words, at=str(cause or "not recorded"))


def _rule(definition: TimeToEvent) -> str:
    return "first of: " + ", ".join(map(in_words, definition.events))


def _warnings(rows: pl.DataFrame, usable: pl.DataFrame) -> str | None:
    """Return each warning of the patients once, with the patients it is about."""
    warned = rows.filter(pl.col("warning").is_not_null()).group_by("warning", maintain_order=True)
    told = [
        f"{warning} (patient{'s' if len(who) > 1 else ''} {', '.join(who[:NAMED])}"
        + (f" and {len(who) - NAMED} more)" if len(who) > NAMED else ")")
        for warning, who in warned.agg("patient").iter_rows()
    ]
    if 0 < usable.height < SMALL:
        told.append(SMALL_WARNING)
    return "; ".join(told) or None


def _summary(base: _Base, curve: SurvivalCurve, settings: Conventions, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    median = curve.quantile(0.5)
    reached = "not reached: the curve stays above 50 %" if finite(median.estimate) is None else None
    yield base.number(
        "median", settings.words("quantile_of_survival"), "d", estimate=finite(median.estimate),
        lower=finite(median.lower), upper=finite(median.upper), level=settings.level, warning=reached,
    )  # fmt: skip
    for day in plan.landmarks:
        yield _landmark(base, "survival", curve.at([day]), str(day), settings)
    last = curve.time[curve.events > 0][-1] if (curve.events > 0).any() else curve.time[-1]
    yield _landmark(base, "final_survival", curve.at([last]), None, settings)


def _landmark(base: _Base, name: str, values: CurveValues, at: str | None, settings: Conventions) -> AnalysisResult:
    survival, lower, upper = (finite(getattr(values, key)[0]) for key in ("survival", "lower", "upper"))
    late = "not estimable: after the last follow-up" if survival is None else None
    return base.number(
        name, settings.words("survival"), "1", at=at, estimate=survival, lower=lower, upper=upper,
        level=settings.level, n=int(values.at_risk[0]), warning=late,
    )  # fmt: skip


def _follow_up(base: _Base, time: np.ndarray, event: np.ndarray, settings: Conventions) -> Iterator[AnalysisResult]:
    median = reverse_kaplan_meier(time, event, interval=settings.survival_interval, level=settings.level).quantile(0.5)
    yield base.number(
        "follow_up", settings.words("follow_up"), "d", estimate=finite(median.estimate), lower=finite(median.lower),
        upper=finite(median.upper), level=settings.level,
        warning="not reached" if finite(median.estimate) is None else None,
    )  # fmt: skip
    yield base.number("time_min", "shortest time observed", "d", estimate=float(time.min()))
    yield base.number("time_max", "longest time observed", "d", estimate=float(time.max()))
    if not event.all():
        free = time[~event]
        yield base.number("follow_up_min", "shortest time without the event", "d", estimate=float(free.min()))
        yield base.number("follow_up_max", "longest time without the event", "d", estimate=float(free.max()))


def _curve(base: _Base, curve: SurvivalCurve, label: str) -> Iterator[AnalysisResult]:
    """Yield the curve step by step, the censored times on it, and the numbers at risk."""
    left = base.rows.group_by("time", "event").agg("patient", pl.col("sources").explode(empty_as_null=False))
    who = {(time, event): (unique(patients), unique(sources)) for time, event, patients, sources in left.iter_rows()}
    if curve.time[0] > 0:
        yield _point(base, "curve", 0.0, label, estimate=1.0, n=int(curve.at_risk[0]))
    for i, at in enumerate(map(float, curve.time)):
        survival = float(curve.survival[i])
        yield _point(
            base, "curve", at, label, who.get((at, True)), estimate=survival, lower=finite(curve.lower[i]),
            upper=finite(curve.upper[i]), level=curve.level, n=int(curve.at_risk[i]),
        )  # fmt: skip
        if curve.censored[i]:
            censored = who.get((at, False))
            yield _point(base, "censored", at, label, censored, estimate=survival, n=int(curve.censored[i]))
    for tick, n in zip(asked := ticks(float(curve.time[-1])), curve.at(asked).at_risk, strict=True):
        yield _point(base, "at_risk", tick, label, n=int(n))


def _point(
    base: _Base,
    name: str,
    at: float,
    label: str,
    who: tuple[tuple[str, ...], tuple[str, ...]] | None = None,
    **values: float | None,
) -> AnalysisResult:
    """Return a point of the curve; `who` left at its time, patients and sources."""
    patients, sources = who or ((), ())
    return AnalysisResult(
        analysis=base.analysis, name=name, group=base.group, at=f"{at:.15g}", text=label, unit="1",
        method=_POINTS[name], patients=patients, sources=sources, **values,  # type: ignore[arg-type]
    )  # fmt: skip


def ticks(last: float) -> list[float]:
    """Return round times from 0 to the last one, for the table of patients at risk.

    Examples:
        >>> ticks(1851.0)
        [0.0, 500.0, 1000.0, 1500.0]
    """
    if last <= 0:
        return [0.0]
    power = 10.0 ** np.floor(np.log10(last / TICKS))
    step = next(float(m * power) for m in (1, 2, 2.5, 5, 10) if m * power * TICKS >= last)
    return [float(tick) for tick in np.arange(0.0, last, step)]


def _patients(definition: TimeToEvent, frame: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield each patient's own time and what ended it."""
    for row in frame.head(LISTED).iter_rows(named=True):
        yield AnalysisResult(
            analysis=definition.code, name="time", group=f"patient {row['patient']}", estimate=row["time"],
            text=row["what"], n=int(row["event"]), unit="d", method=_rule(definition), warning=row["warning"],
            patients=(row["patient"],), sources=tuple(row["sources"] or ()),
        )  # fmt: skip
