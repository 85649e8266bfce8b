"""Data quality: how much of each column is recorded, how many issues each check told, and what was accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from engager.analyses.rows import LISTED, unique
from engager.checks import Accepted
from engager.endpoints import Datasets
from engager.errors import Issue, Severity
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of

ANALYSIS = "data_quality"
# Where a row stands in its source, and what was remarked of it, is read by people, not by analyses.
BESIDE = ("patient", "source", "note")


def analyse_data_quality(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the rows of each table, and of each column how many are filled, with the rows that are not."""
    del plan  # every plan asks the same of its data
    for table in TABLES:
        frame = datasets.cohort[table]
        yield AnalysisResult(
            analysis=ANALYSIS, name="rows", group=table, n=frame.height, unit="{rows}",
            method="rows of the table at the data cut-off",
        )  # fmt: skip
        yield from (_completeness(frame, table, column) for column in analysed_columns(table))


def analysed_columns(table: str) -> tuple[str, ...]:
    """Return the columns of a table that analyses read: all that files hold but the patient, source and note."""
    columns = TABLES[table].columns().items()
    return tuple(name for name, declared in columns if kind_of(declared) is not Kind.INTERNAL and name not in BESIDE)


def _completeness(frame: pl.DataFrame, table: str, column: str) -> AnalysisResult:
    filled = pl.col(column).is_not_null()
    if column == "value":
        filled |= pl.col("result").is_not_null()  # an answer in words is one
    without = frame.filter(~filled)
    n = frame.height - without.height
    # Of a column that is empty, or of a large study, the rows are no news.
    told = without if n and without.height <= LISTED else without.clear()
    return AnalysisResult(
        analysis=ANALYSIS, name="completeness", group=table, at=column, n=n, N=frame.height, unit="1",
        estimate=n / frame.height if frame.height else None,
        method="rows in which the column is filled; the patients and rows named are those in which it is not",
        warning=None if frame.height else "no row in the table",
        patients=unique(told["patient"]), sources=tuple(f"{table}:{row}" for row in told["row"]),
    )  # fmt: skip


def count_issues(issues: Sequence[Issue]) -> Iterator[AnalysisResult]:
    """Yield the number of issues of each rule, the severest first, with a word for the severity."""
    told = Counter((issue.severity, issue.rule) for issue in issues)
    order = list(Severity)
    for (severity, rule), count in sorted(told.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
        yield AnalysisResult(
            analysis=ANALYSIS, name="issues", group=str(severity), at=rule, n=count, N=len(issues), unit="{issues}",
            method="issues that the checks listed; the analysis was made with the data as they are",
        )  # fmt: skip


def list_accepted(accepted: Sequence[Accepted]) -> Iterator[AnalysisResult]:
    """Yield how many exceptions a person accepted, and of at most LISTED of them by whom, when and why."""
    yield AnalysisResult(
        analysis=ANALYSIS, name="accepted_total", n=len(accepted), unit="{issues}",
        method="rows against a rule that a person let stand, in exceptions.csv",
    )  # fmt: skip
    for number, each in enumerate(accepted[:LISTED], 1):
        yield AnalysisResult(
            analysis=ANALYSIS, name="accepted", group=each.issue.rule, at=f"{number}, {each.issue.place}",
            text=f"{each.who}, {each.when}: {each.why}", method=f"{each.issue.found}; expected {each.issue.expected}",
        )  # fmt: skip
