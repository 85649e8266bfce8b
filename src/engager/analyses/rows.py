"""What every analysis needs to write a result row: rows of proportions, populations, and the conventions in force."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from engager.endpoints import Datasets
from engager.endpoints.disease.response import PRIMARY, RESPONDER, SECONDARY
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import PRESETS, Conventions, proportion_interval

# Below this many patients a percentage says less than the patients themselves; each result says so.
SMALL = 10
SMALL_WARNING = f"fewer than {SMALL} patients: read the number with the individual patients"
# A listing by patient or cycle beyond this many rows is no reading matter; the datasets hold them all.
LISTED = 1000
RESPONDERS = (PRIMARY, SECONDARY, RESPONDER)


@dataclass(frozen=True, slots=True)
class Population:
    """A named set of patients that results are given for."""

    group: str
    label: str
    patients: frozenset[str]

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a frame that belong to these patients."""
        return frame.filter(pl.col("patient").is_in(list(self.patients)))


def populations(datasets: Datasets, plan: AnalysisPlan, *, responders: bool = True) -> tuple[Population, ...]:
    """Return all patients, the responders where asked for and responses are known, and the plan's groups."""
    everyone = frozenset(datasets.subjects["patient"])
    found = [Population("all", "All patients", everyone)]
    responding = datasets.patient_response.filter(pl.col("response").is_in(RESPONDERS))
    if responders and responding.height:
        found.append(Population("responders", "Responders", frozenset(responding["patient"])))
    if plan.group_by is not None:
        grouped = datasets.subjects.filter(pl.col(plan.group_by).is_not_null())
        for key, rows in sorted(grouped.group_by(pl.col(plan.group_by).cast(pl.String))):
            found.append(Population(f"{plan.group_by}={key[0]}", str(key[0]), frozenset(rows["patient"])))
    return tuple(found)


def conventions(plan: AnalysisPlan) -> Conventions:
    """Return the conventions in force: the plan's preset with the plan's departures from it."""
    chosen = plan.conventions
    departures = {
        name: value
        for name in ("survival_interval", "proportion_interval", "quantile_type")
        if (value := getattr(chosen, name)) is not None
    }
    return replace(PRESETS[chosen.preset], level=chosen.level, **departures)


def finite(value: float | None) -> float | None:
    """Return a number, or None where there is none: NaN is not estimable or not reached, infinity no bound.

    Examples:
        >>> finite(2), finite(math.inf), finite(None)
        (2.0, None, None)
    """
    return None if value is None or not math.isfinite(value) else float(value)


def warned(row: AnalysisResult, *warnings: str | None) -> AnalysisResult:
    """Return a row with warnings before its own; None is none."""
    return replace(row, warning="; ".join(filter(None, (*warnings, row.warning))) or None)


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values once each, in the order met."""
    return tuple(dict.fromkeys(values))


def sources_of(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the source rows of all rows of a frame, each once."""
    return unique(frame["sources"].explode(empty_as_null=False).drop_nulls())


def proportion_row(  # noqa: PLR0913 - the address of a result has four parts
    analysis: str,
    name: str,
    rows: pl.DataFrame,
    out_of: int,
    settings: Conventions,
    *,
    at: str | None = None,
    group: str = "all",
    rule: str = "",
) -> AnalysisResult:
    """Return k of n patients, one row of `rows` each, as a fraction with its interval; the rule is put in words."""
    method = "; ".join(filter(None, (rule, settings.words("proportion"))))
    result = AnalysisResult(
        analysis=analysis, name=name, group=group, at=at, n=rows.height, N=out_of, unit="1", method=method,
        patients=unique(rows["patient"]), sources=sources_of(rows),
    )  # fmt: skip
    if out_of == 0:
        return replace(result, warning="nobody to count")
    share = proportion_interval(rows.height, out_of, method=settings.proportion_interval, level=settings.level)
    return replace(
        result, estimate=share.estimate, lower=share.lower, upper=share.upper, level=settings.level,
        warning=SMALL_WARNING if out_of < SMALL else None,
    )  # fmt: skip
