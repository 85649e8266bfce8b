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
from engager.endpoints.definitions import TimeToEvent
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, CurveValues, SurvivalCurve, kaplan_meier, reverse_kaplan_meier

TICKS = 7


def analyse_time_to_event(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, for each endpoint and population, every number that a report prints or a figure draws."""
    groups = populations(datasets, plan)
    deaths = datasets.cohort["follow_up"].filter(pl.col("event") == "death")
    causes = deaths.select("patient", pl.col("cause").cast(pl.String)).unique("patient", maintain_order=True)
    for definition in datasets.endpoints:
        frame = datasets.time_to_event[definition.code]
        for group in groups:
            yield from _population(definition, group, group.of(frame), causes, plan)
        yield from _patients(definition, frame)


def _population(
    definition: TimeToEvent, group: Population, rows: pl.DataFrame, causes: pl.DataFrame, plan: AnalysisPlan
) -> Iterator[AnalysisResult]:
    settings = conventions(plan)
    usable = rows.filter(pl.col("time").is_not_null())
    base = _Base(definition.code, group, usable, _warnings(rows, usable))
    yield base.count("patients", usable, "patients with a time")
    if usable.is_empty():
        return
    time, event = usable["time"].to_numpy(), usable["event"].to_numpy()
    curve = kaplan_meier(time, event, interval=settings.survival_interval, level=settings.level)
    happened = usable.filter(pl.col("event"))
    yield base.count("events", happened, _rule(definition))
    if definition.code == "OS":
        yield base.count("deaths", happened, "death of any cause")
        yield base.count("alive", usable.filter(~pl.col("event")), "alive at the last contact")
        yield from _causes(base, happened, causes)
    yield from _summary(base, curve, settings, plan)
    yield from _follow_up(base, time, event, settings)
    yield from _curve(base, curve, group.label)


class _Base:
    """What the rows of one endpoint and population share."""

    def __init__(self, analysis: str, group: Population, rows: pl.DataFrame, warning: str | None) -> None:
        self.analysis, self.group, self.rows, self.warning = analysis, group.group, rows, warning

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
            warning="; ".join(map(str, warnings)) or None, patients=unique(self.rows["patient"]),
            sources=sources_of(self.rows), **values,  # type: ignore[arg-type]
        )  # fmt: skip


def _causes(base: _Base, deaths: pl.DataFrame, causes: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the deaths of each cause, as the follow-up table gives it."""
    known = deaths.join(causes, on="patient", how="left", maintain_order="left")
    for (cause,), rows in known.group_by("cause", maintain_order=True):
        yield base.count("deaths_by_cause", rows, "cause of death as recorded", at=str(cause or "not recorded"))


def _rule(definition: TimeToEvent) -> str:
    return "first of: " + ", ".join(name.replace("_", " ") for name in definition.events)


def _warnings(rows: pl.DataFrame, usable: pl.DataFrame) -> str | None:
    told = [f"patient {patient}: {warning}" for patient, warning in
            rows.filter(pl.col("warning").is_not_null()).select("patient", "warning").head(20).iter_rows()]  # fmt: skip
    if usable.height < SMALL:
        told.append(SMALL_WARNING)
    return "; ".join(told) or None


def _summary(base: _Base, curve: SurvivalCurve, settings: Conventions, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    median = curve.quantile(0.5)
    reached = "not reached: the curve stays above one half" if finite(median.estimate) is None else None
    yield base.number(
        "median", settings.words("quantile_of_survival"), "d", estimate=finite(median.estimate),
        lower=finite(median.lower), upper=finite(median.upper), level=settings.level, warning=reached,
    )  # fmt: skip
    values = curve.at(np.asarray(plan.landmarks, dtype=float))
    for i, day in enumerate(plan.landmarks):
        yield _landmark(base, "survival", values, i, str(day), settings)
    last = curve.time[curve.events > 0][-1] if (curve.events > 0).any() else curve.time[-1]
    yield _landmark(base, "final_survival", curve.at(np.asarray([last])), 0, None, settings)


def _landmark(
    base: _Base, name: str, values: CurveValues, i: int, at: str | None, settings: Conventions
) -> AnalysisResult:
    survival, lower, upper = (finite(getattr(values, key)[i]) for key in ("survival", "lower", "upper"))
    late = "not estimable: after the last follow-up" if survival is None else None
    return base.number(
        name, settings.words("survival"), "1", at=at, estimate=survival, lower=lower, upper=upper,
        level=settings.level, n=int(values.at_risk[i]), warning=late,
    )  # fmt: skip


def _follow_up(
    base: _Base, time: np.ndarray, event: np.ndarray, settings: Conventions
) -> Iterator[AnalysisResult]:  # fmt: skip
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
    def point(name: str, at: float, **values: object) -> AnalysisResult:
        who = base.rows.filter((pl.col("time") == at) & (pl.col("event") == (name == "curve")))
        return AnalysisResult(
            analysis=base.analysis, name=name, group=base.group, at=f"{at:.15g}", text=label, unit="1",
            method="Kaplan-Meier", patients=unique(who["patient"]) if name != "at_risk" else (),
            sources=sources_of(who) if name != "at_risk" else (), **values,  # type: ignore[arg-type]
        )  # fmt: skip

    if curve.time[0] > 0:
        yield point("curve", 0.0, estimate=1.0, n=int(curve.at_risk[0]))
    for i, at in enumerate(curve.time):
        yield point(
            "curve", float(at), estimate=float(curve.survival[i]), lower=finite(curve.lower[i]),
            upper=finite(curve.upper[i]), level=curve.level, n=int(curve.at_risk[i]),
        )  # fmt: skip
        if curve.censored[i]:
            yield point("censored", float(at), estimate=float(curve.survival[i]), n=int(curve.censored[i]))
    for tick in ticks(float(curve.time[-1])):
        yield point("at_risk", tick, n=int((base.rows["time"] >= tick).sum()))


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
