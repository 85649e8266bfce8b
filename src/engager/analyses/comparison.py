"""Groups compared: log-rank test and hazard ratios of each endpoint between the plan's groups.

Below ten patients in a group nothing is tested unless the plan asks for it, and the result says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import polars as pl

from engager.analyses.rows import SMALL, conventions, finite, sources_of, unique
from engager.endpoints import Datasets
from engager.errors import StatisticsError
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, CoxModel, TestResult, cox, log_rank

NOT_TESTED = f"not tested: fewer than {SMALL} patients in a group (`tests_below_ten = true` in the plan asks for it)"


@dataclass(frozen=True, slots=True)
class ComparedGroups:
    """The patients of an analysis dataset that have a group, with the column that groups them."""

    column: str
    rows: pl.DataFrame

    @classmethod
    def of(cls, dataset: pl.DataFrame, subjects: pl.DataFrame, column: str) -> ComparedGroups:
        """Return the rows with a time whose patient has a group; the group is the text of the column."""
        label = pl.col(column).cast(pl.String).alias("label")
        joined = dataset.join(subjects.select("patient", label), on="patient", how="inner", maintain_order="left")
        return cls(column, joined.filter(pl.col("label").is_not_null() & pl.col("time").is_not_null()))

    @property
    def labels(self) -> np.ndarray:
        """The group of each row."""
        return self.rows["label"].to_numpy()

    @property
    def time(self) -> np.ndarray:
        """The time of each row, in days."""
        return self.rows["time"].to_numpy()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of patients in each group that has some."""
        return tuple(self.rows.group_by("label").len()["len"])


def untested(sizes: Sequence[int], plan: AnalysisPlan) -> str | None:
    """Return why groups of these sizes are not tested, or None where they are."""
    if len(sizes) < 2 or min(sizes) == 0:
        return "not tested: fewer than two groups"
    return NOT_TESTED if min(sizes) < SMALL and not plan.tests_below_ten else None


def comparison_row(
    analysis: str, name: str, groups: ComparedGroups, test: TestResult | None, plan: AnalysisPlan, at: str | None = None
) -> AnalysisResult:
    """Return the p-value of a test between groups, or the reason why there is none."""
    p = None if test is None else finite(test.p_value)
    words = "" if test is None or p is None else f"statistic {test.statistic:.6g}, {test.df} df"
    lost = untested(groups.sizes, plan) or "not estimable: no event to compare"
    return AnalysisResult(
        analysis=analysis, name=name, group=groups.column, at=at, estimate=p, text=words or None, N=groups.rows.height,
        unit="{p}", method=test.method if test is not None else name.replace("_", " "),
        warning=lost if p is None else _small(groups), patients=unique(groups.rows["patient"]),
        sources=sources_of(groups.rows),
    )  # fmt: skip


def _small(groups: ComparedGroups) -> str | None:
    asked = min(groups.sizes) < SMALL
    return f"tested with fewer than {SMALL} patients in a group, as the plan asks" if asked else None


def analyse_comparisons(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, for each endpoint, the log-rank test between the plan's groups and each group's hazard ratio."""
    if plan.group_by is None:
        return
    for code, dataset in datasets.time_to_event.items():
        groups = ComparedGroups.of(dataset, datasets.subjects, plan.group_by)
        test = None
        if untested(groups.sizes, plan) is None:
            test = log_rank(groups.time, groups.rows["event"].to_numpy(), groups.labels).test
        yield comparison_row(code, "log_rank", groups, test, plan)
        if test is not None and finite(test.p_value) is not None:
            yield from _hazard_ratios(code, groups, plan)


def _model(groups: ComparedGroups, indicators: np.ndarray, settings: Conventions) -> CoxModel | None:
    """Return the model of the groups, None where one of them is never at risk at an event.

    Without an event in one of the groups the likelihood has no maximum; Firth's penalty gives it one.
    """
    for firth in (False, True):
        with suppress(StatisticsError):
            event = groups.rows["event"].to_numpy()
            return cox(groups.time, event, indicators, ties=settings.ties, level=settings.level, firth=firth)
    return None


def _hazard_ratios(code: str, groups: ComparedGroups, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the hazard ratio of each group against the first in alphabetical order."""
    first, *others = sorted(set(groups.labels))
    indicators = np.column_stack([groups.labels == other for other in others]).astype(float)
    model = _model(groups, indicators, conventions(plan))
    if model is None:
        return
    for column, other in enumerate(others):
        ratio = model.hazard_ratio(column)
        rows = groups.rows.filter(pl.col("label").is_in([first, other]))
        yield AnalysisResult(
            analysis=code, name="hazard_ratio", group=groups.column, at=f"{other} against {first}",
            estimate=finite(ratio.estimate), lower=finite(ratio.lower), upper=finite(ratio.upper), level=ratio.level,
            N=rows.height, unit="{ratio}", method=ratio.method, patients=unique(rows["patient"]),
            sources=sources_of(rows),
        )  # fmt: skip
