"""Laboratory grades: what a value alone decides of a CTCAE grade, with the clause that decided, or why nothing does.

The rules are data (`engager.terms.ctcae`). A value is compared with each boundary of a rule; a boundary whose limit or
baseline is missing is neither passed nor not passed. The grade is the highest boundary that is passed, and there is
none while a higher one is open: a missing limit never reads as grade 0, and is not missed where the value decides
without it. What clinical clauses say (symptoms, transfusion, admission, danger to life) stays with the clinician, so
that a grade is a proposal and, where a rule has such clauses, a lower bound.

Measurements are graded in pieces of some hundred thousand rows. In a piece, the rows of one test, unit and term asked
for stand together, and each rule is one pass over them: time is linear in rows, and memory is that of the answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engager.endpoints.laboratory.ladder import ADULT, OPEN, Values, decide, steps
from engager.endpoints.laboratory.ladder import REASONS as OF_A_RULE
from engager.terms.ctcae import Rule, ctcae, rules
from engager.terms.units import read_unit, units

__all__ = ["ADULT", "COLUMNS", "NOTHING_PASSED", "OPTIONAL", "REASON", "REASONS", "grade_laboratory"]

COLUMNS = ("test", "value", "unit", "lower_limit", "upper_limit", "baseline")
OPTIONAL = ("term", "age", "comparator")
NOTHING_PASSED = "no boundary passed"
REASONS = (
    "the version has no laboratory rule for this test",
    "not a term of this version",
    "the term has no laboratory rule for this test",
    *OF_A_RULE,
)
REASON = pl.Enum(REASONS)

# Rows of a piece: enough to make numpy's calls cheap, few enough for a piece to stay in the processor's cache.
_PIECE = 1 << 18
_NUMBERS = ("value", "lower_limit", "upper_limit", "baseline")
_NO_RULE, _NO_TERM, _NO_RULE_OF_TERM = range(3)
_SHIFT = _NO_RULE_OF_TERM + 1

Places = NDArray[np.intp]


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
    rules(version)
    absent = [name for name in COLUMNS if name not in measurements.columns]
    if absent:
        raise ValueError(f"Expected the columns {', '.join(COLUMNS)}; missing: {', '.join(absent)}")
    words = _Words.of(measurements, version)
    # Polars and numpy let go of the interpreter's lock, so that pieces are graded side by side.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        graded = list(
            pool.map(lambda first: _graded(measurements, words, first), range(0, measurements.height, _PIECE))
        )
    return pl.concat(graded, rechunk=False) if graded else words.told(_Answers.empty(0))


def _graded(measurements: pl.DataFrame, words: _Words, first: int) -> pl.DataFrame:
    """Return the answers of the piece that begins at a row, in words."""
    return words.told(_grade(measurements.slice(first, _PIECE), words, first))


@dataclass(frozen=True)
class _Answers:
    """Answers as places in lists of words, `OPEN` or a negative place where there is none."""

    row: NDArray[np.uint32]
    test: NDArray[np.int32]
    term: NDArray[np.int32]
    grade: NDArray[np.int8]
    clause: NDArray[np.int16]
    reason: NDArray[np.uint8]

    @classmethod
    def empty(cls, count: int) -> _Answers:
        return cls(
            np.empty(count, np.uint32), np.empty(count, np.int32), np.empty(count, np.int32),
            np.empty(count, np.int8), np.empty(count, np.int16), np.empty(count, np.uint8),
        )  # fmt: skip


@dataclass(frozen=True)
class _Words:
    """The words of measurements and answers, each once, so that rows hold places in these lists.

    The first entry of tests, units and terms asked for stands for none.
    """

    version: str
    tests: Sequence[str | None]
    units: Sequence[str | None]
    asked: Sequence[str | None]

    @classmethod
    def of(cls, measurements: pl.DataFrame, version: str) -> _Words:
        return cls(version, *(_distinct(measurements, name) for name in ("test", "unit", "term")))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return rules(self.version)

    @cached_property
    def terms(self) -> list[str]:
        asked = [term for term in self.asked if term is not None]
        return list(dict.fromkeys([*ctcae(self.version), *asked]))

    @cached_property
    def clauses(self) -> list[str]:
        return list(dict.fromkeys([NOTHING_PASSED, *(step.clause for rule in self.rules for step in steps(rule))]))

    @cached_property
    def ladders(self) -> dict[int, tuple[NDArray[np.int8], NDArray[np.int16]]]:
        """Return, by the place of a rule, grade and clause of each step; the last entry stands for an open one."""
        found = {}
        for place, rule in enumerate(self.rules):
            grades, clauses = np.full(256, -1, np.int8), np.full(256, -1, np.int16)
            told = [(0, NOTHING_PASSED), *((step.grade, step.clause) for step in steps(rule))]
            for number, (grade, clause) in enumerate(told):
                grades[number], clauses[number] = grade, self.clauses.index(clause)
            found[place] = grades, clauses
        return found

    def spoken(self, test: str | None, asked: str | None) -> list[int]:
        """Return the places of the rules that grade a test, by the term asked for alone where there is one."""
        return [i for i, rule in enumerate(self.rules) if test in rule.tests and asked in (None, rule.term)]

    def told(self, answers: _Answers) -> pl.DataFrame:
        """Return answers in words; a word is stored once, not once a row."""
        return pl.DataFrame(
            {
                "row": answers.row,
                "test": _named(answers.test, [test for test in self.tests if test is not None]),
                "version": pl.repeat(self.version, len(answers.row), dtype=pl.Enum([self.version]), eager=True),
                "term": _named(answers.term, self.terms),
                "grade": pl.Series(answers.grade).set(pl.Series(answers.grade < 0), None),
                "clause": _named(answers.clause, self.clauses),
                "reason": _named(answers.reason.astype(np.int16), REASONS),
            }
        )


def _named(places: NDArray[np.integer], names: Sequence[str]) -> pl.Series:
    """Return names by their places, null for a place outside them."""
    series = pl.Series(places)
    known = pl.Series((places >= 0) & (places < len(names)))
    return series.set(~known, None).cast(pl.UInt32).cat.to(pl.Enum(names))


def _distinct(measurements: pl.DataFrame, name: str) -> list[str | None]:
    if name not in measurements.columns:
        return [None]
    return [None, *measurements[name].unique().drop_nulls().cast(pl.String).sort()]


def _places(piece: pl.DataFrame, name: str, words: Sequence[str | None]) -> NDArray[np.int64]:
    """Return, row by row, the place of a word in its list."""
    if len(words) == 1:
        return np.zeros(piece.height, np.int64)
    known = piece[name].cast(pl.String).cast(pl.Enum([word for word in words if word is not None]))
    return (known.to_physical().cast(pl.Int64) + 1).fill_null(0).to_numpy()


def _grade(piece: pl.DataFrame, words: _Words, first: int) -> _Answers:
    """Return the answers of a piece of measurements whose first row has the place `first`."""
    test, unit, asked = (
        _places(piece, *of) for of in (("test", words.tests), ("unit", words.units), ("term", words.asked))
    )
    codes = (test * len(words.units) + unit) * len(words.asked) + asked
    groups = list(_grouped(codes, len(words.tests) * len(words.units) * len(words.asked)))
    spoken = [words.spoken(words.tests[test[rows[0]]], words.asked[asked[rows[0]]]) for rows in groups]
    counts = np.empty(piece.height, np.intp)
    for rows, rule_places in zip(groups, spoken, strict=True):
        counts[rows] = max(1, len(rule_places))
    ends = np.cumsum(counts)
    answers = _Answers.empty(int(ends[-1]))
    answers.row[:] = np.repeat(np.arange(first, first + piece.height, dtype=np.uint32), counts)
    answers.test[:] = np.repeat(test - 1, counts)
    numbers = _values(piece)
    for rows, rule_places in zip(groups, spoken, strict=True):
        start, one = ends[rows] - counts[rows], rows[0]
        if not rule_places:
            _unspoken(answers, start, words, words.asked[asked[one]])
            continue
        values = _of_unit(numbers, rows, words.units[unit[one]])
        for offset, place in enumerate(rule_places):
            _speak(answers, start + offset, words, place, values)
    return answers


def _grouped(codes: NDArray[np.int64], many: int) -> Iterator[Places]:
    """Yield the rows of each code, in order."""
    # Whole numbers of 16 bits are sorted in linear time.
    order = np.argsort(codes.astype(np.uint16) if many <= 1 << 16 else codes, kind="stable")
    edges = np.flatnonzero(np.diff(codes[order])) + 1
    yield from np.split(order, edges)


def _speak(answers: _Answers, at: Places, words: _Words, place: int, values: Values) -> None:
    """Write what a rule says of values into its places among the answers."""
    rule = words.rules[place]
    step, reason = decide(rule, values)
    grades, clauses = words.ladders[place]
    answers.term[at] = words.terms.index(rule.term)
    answers.grade[at] = grades[step]
    answers.clause[at] = clauses[step]
    answers.reason[at] = np.where(reason == OPEN, OPEN, reason + np.uint8(_SHIFT))


def _unspoken(answers: _Answers, at: Places, words: _Words, asked: str | None) -> None:
    """Write that no rule speaks of the rows."""
    known = asked in ctcae(words.version)
    answers.term[at] = -1 if asked is None else words.terms.index(asked)
    answers.grade[at] = answers.clause[at] = -1
    answers.reason[at] = _NO_RULE if asked is None else _NO_RULE_OF_TERM if known else _NO_TERM


def _values(piece: pl.DataFrame) -> Values:
    """Return the numbers of a piece, NaN where unknown, whatever their units."""
    value, lower, upper, baseline = (_finite(piece[name]) for name in _NUMBERS)
    age = _finite(piece["age"]) if "age" in piece.columns else None
    bound = None
    if "comparator" in piece.columns:
        bound = (piece["comparator"].cast(pl.String) != "=").fill_null(value=False).to_numpy()
    return Values(value, lower, upper, baseline, unit=None, age=age, bound=bound)


def _of_unit(of: Values, rows: Places, text: str | None) -> Values:
    """Return the numbers of rows, whose unit is spelt in one way."""
    code = read_unit(text) if text is not None else None
    return Values(
        of.value[rows],
        of.lower_limit[rows],
        of.upper_limit[rows],
        of.baseline[rows],
        unit=units()[code] if code is not None else None,
        unit_problem="unit missing" if text is None else "unit unknown",
        age=None if of.age is None else of.age[rows],
        bound=None if of.bound is None else of.bound[rows],
    )


def _finite(numbers: pl.Series) -> NDArray[np.float64]:
    values = numbers.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    infinite = np.isinf(values)
    return np.where(infinite, np.nan, values) if infinite.any() else values
