"""40,000 random rows graded twice: by the product, and by a second grader that shares nothing with it."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
from verification.laboratory_grades.random_rows import random_rows
from verification.laboratory_grades.second_grader import BY_VERSION, Row, grade_row

from engager.endpoints.laboratory.grade import grade_laboratory
from engager.terms.ctcae import VERSIONS, rules

ROWS = 40_000
MISSING = ("lower limit missing", "upper limit missing", "baseline missing")
# Terms that the second grader leaves out: clinical clauses alone, or a clotting time told in seconds or as a ratio.
LEFT_OUT = {
    "4.03": {"Activated partial thromboplastin time prolonged"},
    "5.0": {"Activated partial thromboplastin time prolonged", "Hyperglycemia", "Hypophosphatemia"},
    "6.0": {"Activated partial thromboplastin time prolonged", "Lymphopenia", "Hypophosphatemia"},
}


@cache
def rows() -> list[Row]:
    """Return the rows, the same in every run."""
    return random_rows(ROWS)


def by_the_product(version: str) -> dict[tuple[int, str], int | str]:
    """Return, by row and term, the product's grade or its reason; a missing number is `missing`, whichever it is."""
    columns = {"test": "test", "value": "value", "unit": "unit", "lower": "lower_limit", "upper": "upper_limit",
               "baseline": "baseline", "age": "age", "comparator": "comparator"}  # fmt: skip
    frame = pl.DataFrame(
        {name: [_plain(getattr(row, own)) for row in rows()] for own, name in columns.items()},
        infer_schema_length=None,
    )
    graded = grade_laboratory(frame, version=version).filter(pl.col("term").is_not_null())
    told = graded.select("row", pl.col("term", "reason").cast(pl.String), "grade").iter_rows()
    return {
        (row, term): grade if grade is not None else "missing" if reason in MISSING else reason
        for row, term, reason, grade in told
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int) else float(str(value))


@pytest.mark.parametrize("version", VERSIONS)
def test_two_graders_agree(version: str) -> None:
    """Each row by each term: the same grade, or none for the same reason."""
    product = {key: answer for key, answer in by_the_product(version).items() if key[1] not in LEFT_OUT[version]}
    second = {(i, term): answer for i, row in enumerate(rows()) for term, answer in grade_row(row, version).items()}
    assert product.keys() == second.keys()
    differ = [(rows()[i], term, product[i, term], second[i, term]) for i, term in product
              if product[i, term] != second[i, term]]  # fmt: skip
    assert differ == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_rows_try_every_grade(version: str) -> None:
    """Every term and grade that a value decides, and every term without a grade, is among the rows."""
    tried = {(term, answer) for (_, term), answer in by_the_product(version).items()}
    wanted = {(rule.term, grade) for rule in rules(version) for grade in rule.grades}
    assert {pair for pair in wanted - tried if pair[0] not in LEFT_OUT[version]} == set()
    # A rule that asks for no limit and no baseline misses none.
    assert {term.name for term in BY_VERSION[version] if term.asks and (term.name, "missing") not in tried} == set()
