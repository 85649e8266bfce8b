"""Laboratory grades: what a value alone decides of a CTCAE grade, with the clause that decided, or why nothing does.

The rules are data (`engager.terms.ctcae`). A value is compared with each boundary of a rule; a boundary whose limit or
baseline is missing is neither passed nor not passed. The grade is the highest boundary that is passed, and there is
none while a higher one is open: a missing limit never reads as grade 0, and is not missed where the value decides
without it. What clinical clauses say (symptoms, transfusion, admission, danger to life) stays with the clinician, so
that a grade is a proposal and, where a rule has such clauses, a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

import polars as pl

from engager.terms.ctcae import Arm, Rule, ctcae, rules
from engager.terms.units import read_unit, units

COLUMNS = ("test", "value", "unit", "lower_limit", "upper_limit", "baseline")
OPTIONAL = ("term", "age", "comparator")
NOTHING_PASSED = "no boundary passed"
ADULT = 18
REASONS = (
    "the version has no laboratory rule for this test",
    "not a term of this version",
    "the term has no laboratory rule for this test",
    "clinical clause only",
    "value missing",
    "value is a bound, not a number",
    "value negative",
    "unit missing",
    "unit unknown",
    "unit of another quantity",
    "lower limit above upper limit",
    "limit or baseline negative or zero",
    "rule for adults only: age missing or below 18",
    "lower limit missing",
    "upper limit missing",
    "baseline missing",
)
REASON = pl.Enum(REASONS)

_REFERENCE = {"LLN": "lower_limit", "ULN": "upper_limit", "BL": "baseline"}
# A boundary such as 1.5 x 0.7 is no exact binary number: closer than this is the same number.
_SAME = 1e-9


def grade_laboratory(measurements: pl.DataFrame, *, version: str) -> pl.DataFrame:
    """Return the grade of each measurement by each term that its test has a rule for in a CTCAE version.

    `measurements` has the columns test, value, unit, lower_limit, upper_limit and baseline, all in `unit`; a null is
    unknown. Optional: `term` (grade by that term alone), `age` in years (rules for adults), `comparator` (other than
    `=` the value is a bound and gets no grade).

    Returns row (place in `measurements`, from 0), test, version, term, grade (0 to 4), clause (the boundary that
    decided) and reason (why there is no grade; one of `REASONS`), sorted by row. A test with a low and a high rule has
    a row for each; one without a rule has a row without a term. Linear in rows.

    Raises ValueError for a version that is not known, or a column that is absent.

    Examples:
        >>> counts = pl.DataFrame({"test": ["platelets"] * 2, "value": [20.0, 80.0], "unit": ["10*9/L"] * 2,
        ...     "lower_limit": [150.0, None], "upper_limit": [450.0, None], "baseline": [None, None]})
        >>> grade_laboratory(counts, version="6.0").select("grade", "clause", "reason").rows()
        [(3, 'below 50 10*9/L', None), (None, None, 'lower limit missing')]
    """
    columns = _output(measurements, version)
    prepared = _prepared(measurements)
    parts = [
        part.select(pl.lit(None).cast(dtype).alias(name) if name not in part.columns else pl.col(name).cast(dtype)
                    for name, dtype in columns.items())
        for part in _parts(prepared, version, columns)
    ]  # fmt: skip
    return pl.concat([pl.DataFrame(schema=columns), *parts]).sort("row", maintain_order=True)


def _output(measurements: pl.DataFrame, version: str) -> dict[str, pl.DataType]:
    """Return the columns of the answer; words are stored once, not once a row."""
    absent = [name for name in COLUMNS if name not in measurements.columns]
    terms = dict.fromkeys(ctcae(version))
    if absent:
        raise ValueError(f"Expected the columns {', '.join(COLUMNS)}; missing: {', '.join(absent)}")
    if "term" in measurements.columns:
        terms |= dict.fromkeys(measurements["term"].drop_nulls().cast(pl.String).unique(maintain_order=True))
    clauses = dict.fromkeys(words for rule in rules(version) for _, words, _ in _steps(rule))
    return {
        "row": pl.UInt32(),
        "test": pl.String(),
        "version": pl.Enum([version]),
        "term": pl.Enum(list(terms)),
        "grade": pl.Int8(),
        "clause": pl.Enum([NOTHING_PASSED, *clauses]),
        "reason": REASON,
    }


def _prepared(measurements: pl.DataFrame) -> pl.DataFrame:
    """Return the measurements with numbers in the reference unit of their quantity."""
    names = {name: pl.col(name) if name in measurements.columns else pl.lit(None) for name in (*COLUMNS, *OPTIONAL)}
    numbers = ("value", "lower_limit", "upper_limit", "baseline")
    spelt = measurements["unit"].cast(pl.String).drop_nulls().unique().to_list()
    known = {text: units()[code] for text in spelt if (code := read_unit(text)) is not None}
    return (
        measurements.select(**names)
        .with_row_index("row")
        .with_columns(pl.col("test", "unit", "term", "comparator").cast(pl.String), pl.col("age").cast(pl.Float64))
        .with_columns(
            factor=_looked_up({text: unit.factor for text, unit in known.items()}, pl.Float64()),
            quantity=_looked_up({text: unit.quantity for text, unit in known.items()}, pl.String()),
        )
        .with_columns(_finite(name) * pl.col("factor").fill_null(1.0) for name in numbers)
    )


def _looked_up(table: dict[str, float] | dict[str, str], dtype: pl.DataType) -> pl.Expr:
    return pl.col("unit").replace_strict(table, default=None, return_dtype=dtype) if table else pl.lit(None, dtype)


def _finite(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.Float64)
    return pl.when(number.is_finite()).then(number)


def _parts(prepared: pl.DataFrame, version: str, columns: dict[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    """Yield the answers, rule by rule and then for the rows that no rule speaks of."""
    for (test,), rows in prepared.partition_by("test", as_dict=True).items():
        spoken = [rule for rule in rules(version) if test in rule.tests]
        for rule in spoken:
            asked = rows.filter(pl.col("term").is_null() | (pl.col("term") == rule.term))
            yield _by_rule(asked, rule, columns)
        names = [rule.term for rule in spoken]
        left = rows.filter(~pl.col("term").is_in(names)) if spoken else rows
        yield left.select("row", "test", "term", version=pl.lit(version), reason=_unspoken(version))


def _unspoken(version: str) -> pl.Expr:
    asked = pl.col("term")
    no_rule, no_term, no_rule_of_term = (pl.lit(reason, REASON) for reason in REASONS[:3])
    return (
        pl.when(asked.is_null())
        .then(no_rule)
        .when(asked.is_in(list(ctcae(version))))
        .then(no_rule_of_term)
        .otherwise(no_term)
    )


def _by_rule(rows: pl.DataFrame, rule: Rule, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    steps = list(_steps(rule))
    grades = [0, *(grade for grade, _, _ in steps)]
    clauses = [NOTHING_PASSED, *(words for _, words, _ in steps)]
    numbers = list(range(len(grades)))
    return (
        rows.with_columns(problem=_problem(rule))
        .with_columns(step=pl.when(pl.col("problem").is_null()).then(_step(rule)))
        .select(
            "row",
            "test",
            version=pl.lit(columns["version"].categories[0]),  # type: ignore[attr-defined]
            term=pl.lit(rule.term, columns["term"]),
            grade=pl.col("step").replace_strict(numbers, grades, return_dtype=pl.Int8),
            clause=pl.col("step").replace_strict(numbers, clauses, return_dtype=columns["clause"]),
            reason=pl.when(pl.col("step").is_null()).then(pl.coalesce("problem", _missing(rule))),
        )
    )


def _steps(rule: Rule) -> Iterator[tuple[int, str, pl.Expr]]:
    """Yield grade, clause and whether its boundary is passed (null: open), highest grade first."""
    for grade in rule.grades:
        for arm in rule.arms:
            if grade in arm.grades:
                yield grade, arm.words(grade, rule.direction), _passed(arm, grade, rule)


def _step(rule: Rule) -> pl.Expr:
    """Return the number of the step that decides, 0 where none is passed, null where one above is open."""
    steps = list(_steps(rule))
    # A chain of when/then/otherwise is built from its end: the lowest grade is asked last.
    decided = pl.lit(0, pl.UInt8)
    for grade in reversed(rule.grades):
        of_grade = [(number, passed) for number, (of, _, passed) in enumerate(steps, 1) if of == grade]
        open_here = reduce(or_, (passed for _, passed in of_grade)).is_null()
        decided = pl.when(open_here).then(pl.lit(None, pl.UInt8)).otherwise(decided)
        for number, passed in reversed(of_grade):
            decided = pl.when(passed).then(pl.lit(number, pl.UInt8)).otherwise(decided)
    return decided


def _passed(arm: Arm, grade: int, rule: Rule) -> pl.Expr:
    """Return whether a value lies beyond a boundary, and the condition of the arm holds; null where that is open."""
    beyond = _beyond(_boundary(arm, grade), rule, at=grade in arm.included)
    if arm.when is not None:
        beyond &= _condition(arm.when, rule)
    if arm.unit is not None and len(rule.quantities) > 1:
        beyond &= pl.col("quantity") == units()[arm.unit].quantity
    return beyond


def _boundary(arm: Arm, grade: int) -> pl.Expr:
    number = arm.boundary(grade) * (units()[arm.unit].factor if arm.unit else 1.0)
    if arm.of not in _REFERENCE:
        return pl.lit(number)
    reference = pl.col(_REFERENCE[arm.of])
    return reference + number if arm.plus else reference * number


def _beyond(boundary: pl.Expr, rule: Rule, *, at: bool = False, of: str = "value") -> pl.Expr:
    value = pl.col(of)
    if rule.direction == "low":
        return value <= boundary * (1 + _SAME) if at else value < boundary * (1 - _SAME)
    return value >= boundary * (1 - _SAME) if at else value > boundary * (1 + _SAME)


def _condition(when: str, rule: Rule) -> pl.Expr:
    """Return whether the condition of an arm holds.

    An abnormal baseline lies beyond the limit that the rule's direction asks about. Multiples of it lie beyond that
    limit too, so that a value within the limit decides whatever the baseline: hence the second half.
    """
    limit = pl.col(_REFERENCE[rule.limit])
    return {
        "baseline normal": ~_beyond(limit, rule, of="baseline"),
        "baseline abnormal": _beyond(limit, rule, of="baseline") & _beyond(limit, rule),
        "baseline below LLN": pl.col("baseline") < pl.col("lower_limit") * (1 - _SAME),
        "value abnormal": _beyond(limit, rule),
    }[when]


def _problem(rule: Rule) -> pl.Expr:
    """Return the first reason for which a row cannot be graded at all, null where it can."""
    bad = pl.any_horizontal(pl.col("lower_limit", "baseline") < 0, pl.col("upper_limit") <= 0)
    if "BL" in _needed(rule):
        bad |= pl.col("baseline") == 0
    found = {
        "clinical clause only": pl.lit(not rule.arms),
        "value missing": pl.col("value").is_null(),
        "value is a bound, not a number": pl.col("comparator") != "=",
        "value negative": pl.col("value") < 0,
        "unit missing": pl.col("unit").is_null(),
        "unit unknown": pl.col("quantity").is_null(),
        "unit of another quantity": ~pl.col("quantity").is_in(rule.quantities),
        "lower limit above upper limit": pl.col("lower_limit") > pl.col("upper_limit"),
        "limit or baseline negative or zero": bad,
        "rule for adults only: age missing or below 18": pl.lit(rule.adults) & (pl.col("age").fill_null(0) < ADULT),
    }
    return pl.coalesce(pl.when(holds).then(pl.lit(reason, REASON)) for reason, holds in found.items())


def _missing(rule: Rule) -> pl.Expr:
    """Return which of the references that a rule needs is missing, limits first."""
    reasons = {"LLN": "lower limit missing", "ULN": "upper limit missing", "BL": "baseline missing"}
    needed = _needed(rule)
    absent = [
        pl.when(pl.col(_REFERENCE[name]).is_null()).then(pl.lit(reason, REASON))
        for name, reason in reasons.items()
        if name in needed
    ]
    return pl.coalesce([*absent, pl.lit(None, REASON)])


def _needed(rule: Rule) -> set[str]:
    conditions = {arm.when for arm in rule.arms if arm.when}
    needed = {arm.of for arm in rule.arms} & set(_REFERENCE)
    if conditions - {"baseline below LLN"}:
        needed.add(rule.limit)
    if conditions & {"baseline below LLN"}:
        needed.add("LLN")
    return needed | ({"BL"} if conditions - {"value abnormal"} else set())
