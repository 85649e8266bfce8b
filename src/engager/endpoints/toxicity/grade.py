"""Grades by a scale of toxicity from the components recorded: the grade, what decided it, what leaves it open.

A component that is not recorded is never taken as normal. A clause that asks for it neither holds nor fails, and
leaves its grade open: the grade is the highest whose clause holds, `at_most` the highest whose clause is not excluded.
Where the two differ the grade is "at least"; where nothing holds and something is open there is none. What scales ask
is data (`engager.terms.toxicity_scales`).
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

import polars as pl

from engager.terms.toxicity_scales import Alternative, Clause, Scale, components

NO_CLAUSE = "no clause holds"
OUTPUT = ("grade", "at_most", "clause", "reason")


def grade_by_scale(assessments: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """Return assessments with the grade by a scale, in the columns `OUTPUT`; one row each, in their order.

    `assessments` have a column for each component of the scale (null: not recorded): numbers in Cel, L/min, as a
    fraction or in points, answers in the code of their list. `grade` is null where none can be given; `reason` says
    what is not known. Linear in rows.
    """
    numbered = list(enumerate(scale.clauses))
    conditions = list(dict.fromkeys(condition for clause in scale.clauses for condition in clause.when))
    marked = assessments.with_columns(_holds(condition).alias(f"_c{i}") for i, condition in enumerate(conditions))
    marked = marked.with_columns(
        reduce(and_, (pl.col(f"_c{conditions.index(condition)}") for condition in clause.when)).alias(f"_h{i}")
        for i, clause in numbered
    )
    marked = marked.with_columns(
        _low=pl.max_horizontal(0, *(_step(clause, i, certain=True) for i, clause in numbered)).cast(pl.Int8),
        at_most=pl.max_horizontal(0, *(_step(clause, i, certain=False) for i, clause in numbered)).cast(pl.Int8),
    )
    return marked.with_columns(
        grade=pl.when((pl.col("_low") > 0) | (pl.col("at_most") == 0)).then("_low"),
        clause=_clause(scale),
        reason=_reason(scale, conditions),
    ).select(*assessments.columns, *OUTPUT)


def with_components(assessments: pl.DataFrame, tests: tuple[str, ...]) -> pl.DataFrame:
    """Return assessments with a column for each test, null where there was none; ValueError if none was there."""
    if not any(test in assessments.columns for test in tests):
        raise ValueError(
            f"Expected columns among {', '.join(tests)}; found: {', '.join(assessments.columns) or 'none'}"
        )
    absent = [pl.lit(None, pl.Null).alias(test) for test in tests if test not in assessments.columns]
    return assessments.with_columns(absent)


def _holds(condition: tuple[Alternative, ...]) -> pl.Expr:
    """Return whether one of the alternatives holds; null where what is recorded does not decide."""
    return reduce(or_, map(_passed, condition))


def _passed(part: Alternative) -> pl.Expr:
    if part.among:
        value = pl.col(part.test).cast(pl.String)
        found = value.is_in(part.among)
        open_code = value.is_in(part.unknown).fill_null(value=False)
        return pl.when(~open_code).then(found) if part.unknown else found
    number = pl.col(part.test).cast(pl.Float64)
    tests = [number >= part.low] if part.low is not None else []
    tests += [number <= part.high] if part.high is not None else []
    tests += [number > part.above] if part.above is not None else []
    return reduce(and_, tests)


def _step(clause: Clause, number: int, *, certain: bool) -> pl.Expr:
    """Return the grade of a clause where it holds (`certain`) or is not excluded, else 0."""
    if certain and clause.may:
        return pl.lit(0)
    return pl.when(pl.col(f"_h{number}").fill_null(value=not certain)).then(clause.grade).otherwise(0)


def _clause(scale: Scale) -> pl.Expr:
    """Return the words of the clauses that hold at the grade given."""
    words = [
        pl.when(pl.col(f"_h{i}") & (pl.col("_low") == clause.grade)).then(pl.lit(clause.words))
        for i, clause in enumerate(scale.clauses)
        if not clause.may
    ]
    held = pl.concat_str(words, separator="; ", ignore_nulls=True)
    return pl.when(pl.col("_low") > 0).then(held).when(pl.col("at_most") == 0).then(pl.lit(NO_CLAUSE))


def _reason(scale: Scale, conditions: list[tuple[Alternative, ...]]) -> pl.Expr:
    """Return what leaves the grade open: components not known, and clauses that are the clinician's to say."""
    words = {name: part.words for name, part in components(scale.syndrome).items()}
    unknown = [
        pl.when(_missing(test, scale, conditions).fill_null(value=False)).then(pl.lit(words[test]))
        for test in scale.tests
    ]
    left: dict[str, list[pl.Expr]] = {}
    for i, clause in enumerate(scale.clauses):
        if clause.may:
            left.setdefault(clause.words, []).append(pl.col(f"_h{i}") & (pl.col("_low") < clause.grade))
    said = [pl.when(reduce(or_, holds).fill_null(value=False)).then(pl.lit(text)) for text, holds in left.items()]
    missing = pl.concat_str(unknown, separator=", ", ignore_nulls=True)
    parts = [pl.when(missing != "").then(pl.format("not recorded: {}", missing)), *said]
    text = pl.concat_str(parts, separator="; ", ignore_nulls=True)
    return pl.when(pl.col("at_most") > pl.col("_low")).then(text)


def _missing(test: str, scale: Scale, conditions: list[tuple[Alternative, ...]]) -> pl.Expr:
    """Return whether a test is not recorded and a clause above the grade waits for it."""
    waiting = []
    for i, clause in enumerate(scale.clauses):
        for condition in clause.when:
            lacks = [_lacks(test, part) for part in condition if test in (part.test, part.asks) and not part.secondary]
            if lacks:
                undecided = pl.col(f"_h{i}").is_null() & pl.col(f"_c{conditions.index(condition)}").is_null()
                waiting.append(undecided & (pl.col("_low") < clause.grade) & reduce(or_, lacks))
    return reduce(or_, waiting, pl.lit(value=False))


def _lacks(test: str, part: Alternative) -> pl.Expr:
    if test == part.asks:
        return pl.col(part.test).cast(pl.String).is_in(part.unknown)
    return pl.col(test).is_null()
