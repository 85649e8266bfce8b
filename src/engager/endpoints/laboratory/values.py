"""Laboratory values of a cohort: limits of normal, baseline, phase of the treatment, and the grade by each term.

The baseline of a patient and test is the last number before the first dose: of study days up to 1 (or up to -1, as the
plan says), and what the record places there in words; of several on one day, the one entered last. A limit stands on
the row, or else in the study's own reference ranges by age at the first dose and sex. A value counts as
treatment-emergent from the first dose to the plan's days after the last.
"""

from __future__ import annotations

from typing import get_args

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.adverse_events.treatment_emergent import derive_windows
from engager.endpoints.laboratory.grade import grade_laboratory
from engager.endpoints.laboratory.limits import with_limits
from engager.endpoints.sources import source
from engager.plan import AnalysisPlan
from engager.terms.ctcae import VERSIONS, rules
from engager.terms.ctcae.rules import Direction
from engager.terms.units import units

PHASES = ("before", "treatment", "later", "not placed")
BEFORE, TREATMENT, LATER, NOT_PLACED = PHASES
_PHASE, _DIRECTION = pl.Enum(PHASES), pl.Enum(get_args(Direction))
_ELSEWHERE = ("bone marrow", "csf")


def derive_laboratory_values(cohort: Cohort, plan: AnalysisPlan) -> pl.DataFrame:
    """Return the measurements of tests that CTCAE grades, each with limits, baseline and phase; not graded yet.

    `lower_limit`, `upper_limit` and `baseline` are in the row's `unit`; `sources` names the row, the range and the
    baseline behind it. `is_baseline` marks the row that is the baseline of its patient and test. Values of marrow and
    cerebrospinal fluid are left out.
    """
    graded = {test for version in VERSIONS for rule in rules(version) for test in rule.tests}
    elsewhere = pl.col("specimen").cast(pl.String).is_in(_ELSEWHERE).fill_null(value=False)
    columns = ("patient", "row", "test", "day", "cycle", "timepoint", "value", "comparator", "unit",
               "lower_limit", "upper_limit")  # fmt: skip
    rows = (
        cohort["measurements"]
        .filter(pl.col("test").is_in(graded) & ~elsewhere)
        .with_columns(source("measurements"))
        .select(*columns, "source")
    )
    windows = derive_windows(cohort, plan.safety).unique("patient", keep="first", maintain_order=True)
    rows = with_limits(rows, cohort).join(windows, on="patient", how="left", maintain_order="left")
    rows = rows.with_columns(_phase(plan)).drop("window_least", "window_end", "death_day", "seen_day")
    rows = rows.join(_baselines(rows), on=["patient", "test"], how="left", maintain_order="left")
    return rows.with_columns(
        _in_unit("baseline_value", "baseline_unit").alias("baseline"),
        is_baseline=(pl.col("source") == pl.col("baseline_source")).fill_null(value=False),
        sources=pl.concat_list("source", "range_source", "baseline_source").list.drop_nulls().list.unique(
            maintain_order=True
        ),
    ).drop("baseline_value", "baseline_unit", "baseline_source", "range_source")  # fmt: skip


def derive_laboratory_grades(laboratory: pl.DataFrame, version: str) -> pl.DataFrame:
    """Return one row a measurement and term: the measurement, `term`, `direction`, `grade`, `clause` and `reason`."""
    graded = grade_laboratory(laboratory, version=version)
    directions = {rule.term: rule.direction for rule in rules(version)}
    direction = pl.col("term").cast(pl.String).replace_strict(directions, default=None, return_dtype=_DIRECTION)
    grades = graded.select(pl.col("version", "term").cast(pl.String), direction.alias("direction"), "grade",
                           pl.col("clause", "reason").cast(pl.String))  # fmt: skip
    return pl.concat([laboratory[graded["row"]], grades], how="horizontal")


def _phase(plan: AnalysisPlan) -> pl.Expr:
    """Return where a value stands: days decide; without one, the record's words.

    Where the end of the last infusion or the day of a value after treatment is not recorded, the value counts, or
    does not, as the plan says of events that nothing places.
    """
    day, timepoint, cycle = pl.col("day"), pl.col("timepoint").cast(pl.String), pl.col("cycle")
    last_before = 1 if plan.laboratory.day_1 == "baseline" else -1
    first_cycle = (timepoint == "start of cycle") & cycle.fill_null(1).eq(1)
    unplaced = pl.lit(TREATMENT if plan.safety.unplaced == "count" else NOT_PLACED, _PHASE)
    return (
        pl.when(day <= last_before)
        .then(pl.lit(BEFORE, _PHASE))
        .when(day <= pl.col("window_least"))
        .then(pl.lit(TREATMENT, _PHASE))
        .when(day > pl.col("window_end"))
        .then(pl.lit(LATER, _PHASE))
        .when(day.is_not_null())
        .then(unplaced)
        .when((timepoint == "baseline") | first_cycle)
        .then(pl.lit(BEFORE, _PHASE))
        .when(timepoint.is_in(["after treatment", "best response"]))
        .then(unplaced)
        .when(cycle.is_not_null() | timepoint.is_not_null())
        .then(pl.lit(TREATMENT, _PHASE))
        .otherwise(pl.lit(NOT_PLACED, _PHASE))
        .alias("phase")
    )


def _baselines(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the baseline of each patient and test, a number with a known unit."""
    number = pl.col("value").is_finite() & (pl.col("comparator").cast(pl.String).fill_null("=") == "=")
    usable = rows.filter((pl.col("phase") == BEFORE) & number & pl.col("unit").is_in(list(units())))
    # Words place a value at the first dose itself: after every day before it, the start of the cycle last of all.
    words = pl.when(pl.col("day").is_null()).then(1 + (pl.col("timepoint").cast(pl.String) == "start of cycle"))
    ordered = usable.with_columns(placed=words.fill_null(0)).sort(
        "placed", "day", "row", nulls_last=False, maintain_order=True
    )
    return ordered.group_by("patient", "test", maintain_order=True).agg(
        baseline_value=pl.col("value").last(),
        baseline_unit=pl.col("unit").last(),
        baseline_source=pl.col("source").last(),
    )


def _in_unit(value: str, unit: str) -> pl.Expr:
    """Return a value of another row in the unit of this one; null where they measure different quantities."""
    factor = {code: entry.factor for code, entry in units().items()}
    quantity = {code: entry.quantity for code, entry in units().items()}
    factors = [pl.col(name).replace_strict(factor, default=None, return_dtype=pl.Float64) for name in (unit, "unit")]
    kinds = [pl.col(name).replace_strict(quantity, default=None, return_dtype=pl.String) for name in (unit, "unit")]
    same = pl.col(unit) == pl.col("unit")
    return pl.when(same).then(value).when(kinds[0] == kinds[1]).then(pl.col(value) * factors[0] / factors[1])
