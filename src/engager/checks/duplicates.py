"""Edit checks of what stands twice: rows, patients, and words that are spelled two ways."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Severity
from engager.schema import TABLES

_ASIDE = ("row", "source", "note")
_ALIKE = ("sex", "age", "weight", "height", "days_from_diagnosis", "first_dose_date")
_AT_LEAST = 4  # characteristics that two patients must share, all of those recorded, to be asked about


def _again(table: str) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of rows that say what an earlier row says; source and note may differ."""
    said = [name for name in TABLES[table].column_names() if name not in _ASIDE]
    # Two infusions with the same days are told of as two at once, two deaths as a second one.
    elsewhere = {"exposure": pl.col("start_day").is_not_null(), "follow_up": pl.col("event") == "death"}.get(table)

    def find(cohort: Cohort) -> pl.DataFrame:
        known = cohort[table].join(cohort["patients"], on="patient", how="semi").sort("row")
        known = known if elsewhere is None else known.filter(~elsewhere.fill_null(value=False))
        # A hash first: only rows that share it are compared in full, so a long table costs one pass.
        alike = known.filter(known.select(said).hash_rows().is_duplicated())
        first = pl.col("row").min().over(said)
        return alike.with_columns(first=first).filter(pl.col("row") != pl.col("first"))

    return find


def _same_patient(cohort: Cohort) -> pl.DataFrame:
    """Return the patients whose characteristics, four or more, are those of an earlier one."""
    recorded = pl.sum_horizontal(pl.col(name).is_not_null() for name in _ALIKE)
    known = cohort["patients"].filter(recorded >= _AT_LEAST).sort("row")
    both = known.filter(pl.struct(_ALIKE).is_duplicated())
    first = pl.col("patient").first().over(_ALIKE)
    return both.with_columns(first=first).filter(pl.col("patient") != pl.col("first"))


def _spelled_two_ways(column: str) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of the rarer spellings of a word: another case, space, hyphen or mark."""
    bare = pl.col(column).str.to_lowercase().str.replace_all(r"[^\pL\pN]", "")

    def find(cohort: Cohort) -> pl.DataFrame:
        known = cohort["patients"].filter(pl.col(column).is_not_null()).with_columns(bare=bare)
        counts = known.group_by("bare", column).agg(n=pl.len())
        usual = counts.sort("n", column, descending=[True, False]).unique("bare", keep="first", maintain_order=True)
        rarer = known.join(usual.select("bare", usual=column), on="bare", how="inner")
        return rarer.filter(pl.col(column) != pl.col("usual")).sort("row")

    return find


RULES = (
    *(
        Rule(
            f"{table}.row_again", Severity.WARNING, table, "patient", _again(table),
            "the row of patient {patient} says what row {first} says", "each record once",
            "Take one away, or enter what tells them apart (a day, a cycle, a target)",
        )
        for table in TABLES
        if table != "patients"
    ),
    Rule(
        "patients.same_patient", Severity.WARNING, "patients", "patient", _same_patient,
        "patient {patient} has sex, age, weight, height and dates of patient {first}", "each patient once",
        "Is one patient entered under two pseudonyms?",
    ),
    *(
        Rule(
            f"patients.{column}_spelling", Severity.WARNING, "patients", column, _spelled_two_ways(column),
            f"{column} `{{{column}}}`, elsewhere `{{usual}}`", "one spelling of one thing",
            "Tables would count them apart",
        )
        for column in ("group", "reason", "diagnosis")
    ),
)  # fmt: skip
