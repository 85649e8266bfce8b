"""Laboratory grades: worst grade and shift from the baseline by term, what could not be graded, and the clinician's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from engager.analyses.rows import LISTED, conventions, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.endpoints.laboratory.agreement import AGREE, AGREEMENT, NO_EVENT, NO_LABORATORY, SEVERE
from engager.endpoints.laboratory.values import TREATMENT
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.terms.ctcae import rules

ANALYSIS = "laboratory"
NOT_GRADED, NOT_MEASURED, MISSING = "not graded", "not measured", "missing"


def analyse_laboratory(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield values graded and not graded; by term the worst grades and the shift; the clinician's grades beside."""
    yield from _values(datasets.laboratory.grades)
    everyone = datasets.subjects
    emergent = datasets.laboratory.grades.filter(pl.col("phase") == TREATMENT).partition_by("term", as_dict=True)
    for term, worst in _by_term(datasets.laboratory.worst):
        yield from _worst(term, worst, everyone, plan)
        yield from _shift(term, worst)
        if (term,) in emergent:
            yield from _reasons(term, emergent[term,])
    yield from _agreement(datasets.laboratory.agreement, everyone)


def _by_term(worst: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the terms that a value was measured for, in the order of the alphabet."""
    for (term,), rows in worst.sort("term", maintain_order=True).group_by("term", maintain_order=True):
        yield str(term), rows


def _values(grades: pl.DataFrame) -> Iterator[AnalysisResult]:
    graded = grades.filter(pl.col("grade").is_not_null()).unique("row", maintain_order=True)
    values = grades.unique("row", maintain_order=True)
    yield AnalysisResult(
        analysis=ANALYSIS, name="values", n=graded.height, N=values.height, unit="{values}",
        method="values with a grade by at least one term, of the values of tests that CTCAE grades",
        patients=unique(graded["patient"]),
    )  # fmt: skip


def _worst(term: str, worst: pl.DataFrame, everyone: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the patients of each worst grade, out of all treated; those without a grade are told, not counted as 0."""
    settings, version = conventions(plan), plan.safety.ctcae_version
    derived = sorted({0, *(grade for rule in rules(version) if rule.term == term for grade in rule.grades)})
    rule = f"worst {term} by laboratory value, CTCAE {version}, in the treatment-emergent window; of all treated"
    for grade in derived:
        rows = worst.filter(pl.col("worst") == grade)
        yield proportion_row(ANALYSIS, "worst", rows, everyone.height, settings, group=term, at=str(grade), rule=rule)
    severe = worst.filter(pl.col("worst") >= SEVERE)
    yield proportion_row(ANALYSIS, "worst_severe", severe, everyone.height, settings, group=term, rule=rule)
    ungraded = worst.filter(pl.col("worst").is_null() & (pl.col("not_graded") > 0))
    yield proportion_row(
        ANALYSIS, "worst", ungraded, everyone.height, settings, group=term, at=NOT_GRADED,
        rule=f"values in the window, none of which can be graded by {term}",
    )  # fmt: skip
    measured = worst.filter((pl.col("graded") > 0) | (pl.col("not_graded") > 0))
    unmeasured = everyone.select("patient", "sources").join(
        measured, on="patient", how="anti", maintain_order="left"
    )  # fmt: skip
    yield proportion_row(
        ANALYSIS, "worst", unmeasured, everyone.height, settings, group=term, at=NOT_MEASURED,
        rule="no value in the window",
    )  # fmt: skip


def _shift(term: str, worst: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the patients of each pair of baseline and worst grade that there is."""
    known = pl.col("baseline").is_not_null() & pl.col("worst").is_not_null()
    both = worst.filter(known)
    yield AnalysisResult(
        analysis=ANALYSIS, name="shift_known", group=term, n=both.height, N=worst.height, unit="{patients}",
        method=f"CTCAE {worst['version'][0]}: a grade at the baseline and in the window, of the patients measured",
        patients=unique(both["patient"]), sources=sources_of(both),
    )  # fmt: skip
    pairs = worst.sort("baseline", "worst", nulls_last=True, maintain_order=True)
    for (before, after), rows in pairs.group_by("baseline", "worst", maintain_order=True):
        counted = before is not None and after is not None
        yield AnalysisResult(
            analysis=ANALYSIS, name="shift", group=term, at=f"{_told(before)} to {_told(after)}", n=rows.height,
            N=both.height if counted else worst.height, unit="1",
            estimate=rows.height / (both.height if counted else worst.height),
            method="patients by grade at the baseline and worst grade in the window"
            + ("" if counted else "; no grade is told as missing, never as grade 0"),
            warning=None if counted else _why(rows), patients=unique(rows["patient"]), sources=sources_of(rows),
        )  # fmt: skip


def _told(grade: object) -> str:
    return MISSING if grade is None else str(grade)


def _why(rows: pl.DataFrame) -> str:
    """Return why grades are missing, each reason with its patients."""
    words = []
    for column, when in (("baseline_reason", "baseline"), ("worst_reason", "window")):
        counts = rows[column].drop_nulls().value_counts(sort=True).sort("count", column, descending=[True, False])
        words += [f"{when}: {reason} ({count})" for reason, count in counts.iter_rows()]
    return "; ".join(words)


def _reasons(term: str, emergent: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield, by reason, the values of the window that a term cannot grade."""
    reasons = emergent.filter(pl.col("reason").is_not_null()).sort("reason", maintain_order=True)
    for (reason,), rows in reasons.group_by("reason", maintain_order=True):
        yield AnalysisResult(
            analysis=ANALYSIS, name="not_graded", group=term, at=str(reason), n=rows.height, N=emergent.height,
            unit="{values}", method="values in the treatment-emergent window without a grade",
            patients=unique(rows["patient"]),
        )  # fmt: skip


def _agreement(agreement: pl.DataFrame, everyone: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the events of each class, then each pair that differs with both grades.

    An event without a value to compare it with differs from nothing: it is counted, not listed.
    """
    events = agreement.filter(pl.col("class") != NO_EVENT)
    for name in AGREEMENT if agreement.height else ():
        rows = agreement.filter(pl.col("class") == name)
        yield AnalysisResult(
            analysis=ANALYSIS, name="agreement", at=name, n=rows.height,
            N=None if name == NO_EVENT else events.height, unit="{events}",
            method=f"worst value of a term and patient, grade {SEVERE} or more, within no event of the term"
            if name == NO_EVENT else "adverse events of terms that a laboratory value grades",
            patients=unique(rows["patient"]), sources=sources_of(rows),
        )  # fmt: skip
    order = everyone.select("patient").unique(maintain_order=True).with_row_index("order")
    pairs = agreement.filter(~pl.col("class").is_in([AGREE, NO_LABORATORY]))
    differing = pairs.join(order, on="patient", how="left", maintain_order="left")
    # By what the rows say and not by their place in the file, so that the same data have the same addresses.
    content = ("start_day", "end_day", "cycle", "clinician_grade", "reported_grade", "laboratory_day", "class")
    listed = differing.sort("order", "term", *content, maintain_order=True).head(LISTED)
    listed = listed.with_columns(again=pl.int_range(pl.len()).over("patient", "term"))
    for row in listed.iter_rows(named=True):
        yield from _difference(row)


def _difference(row: Mapping[str, Any]) -> Iterator[AnalysisResult]:
    """Yield the finding, the clinician's grade and the derived one of a pair, each with its version."""
    again = f" ({row['again'] + 1})" if row["again"] else ""
    pair: dict[str, Any] = {
        "analysis": ANALYSIS, "group": f"patient {row['patient']}", "at": f"{row['term']}{again}",
        "patients": (row["patient"],), "sources": tuple(row["sources"]),
    }  # fmt: skip
    placed = {
        "days": "values within the days of the event", "cycle": "values of the cycle of the event",
        "treatment": "values of the whole window: the event has neither days nor a cycle",
    }  # fmt: skip
    yield AnalysisResult(
        **pair, name="difference", text=row["class"], method=placed.get(row["matched_by"], "no event of the term then")
    )
    if row["class"] != NO_EVENT:
        yield AnalysisResult(
            **pair, name="clinician_grade", estimate=_number(row["clinician_grade"]),
            text=", ".join(filter(None, (row["reported_grade"], _days(row)))), unit="{grade}",
            method=f"as recorded, CTCAE {row['version']}",
        )  # fmt: skip
    if row["laboratory_grade"] is not None:
        day = "day not recorded" if row["laboratory_day"] is None else f"day {row['laboratory_day']}"
        yield AnalysisResult(
            **pair, name="laboratory_grade", estimate=_number(row["laboratory_grade"]),
            text=f"{row['clause']}, {day}", unit="{grade}", method=f"derived by CTCAE {row['version']}",
        )  # fmt: skip


def _number(grade: int | None) -> float | None:
    return None if grade is None else float(grade)


def _days(row: Mapping[str, Any]) -> str:
    """Return when an event was, in words."""
    start, end = row["start_day"], row["end_day"]
    if start is not None:
        return f"from day {start}" if end is None else f"day {start}" if start == end else f"days {start} to {end}"
    return "day not recorded" if row["cycle"] is None else f"cycle {row['cycle']}"
