"""Accepted exceptions: rows that a person has judged and lets stand, each by who, when and why.

An exception names its row and what the cell held. Where the row has changed since, or nothing is wrong with it any
more, the exception is told of, so that the list stays true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Issue, Place, Severity
from engager.schema import TABLES
from engager.terms.likeness import did_you_mean

_FILE = "exceptions.csv"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An issue that was accepted: by whom, on which date, and why."""

    issue: Issue
    who: str
    when: str
    why: str

    def to_dict(self) -> dict[str, object]:
        """Return the exception as plain values, for JSON."""
        return self.issue.to_dict() | {"who": self.who, "when": self.when, "why": self.why}

    def as_note(self) -> Issue:
        """Return the issue as a note that says who accepted it, for a reader of the report."""
        return replace(self.issue, severity=Severity.NOTE, advice=f"Accepted by {self.who} on {self.when}: {self.why}")


def cell_texts(cohort: Cohort, table: str, column: str) -> pl.DataFrame:
    """Return `row`, `patient` and `value`, the text of a column's cells: of a measurement's value as it was entered."""
    frame = cohort[table]
    entered = "value_text" if (table, column) == ("measurements", "value") else column
    text = pl.col(entered).cast(pl.String)
    if frame.schema[entered].is_float():
        text = text.str.replace(r"\.0$", "")
    if frame.schema[entered] == pl.Boolean:
        text = pl.when(entered).then(pl.lit("yes")).when(~pl.col(entered)).then(pl.lit("no"))
    return frame.select("row", "patient", value=text)


def accept(
    rule: Rule, cohort: Cohort, bad: pl.DataFrame, exceptions: pl.DataFrame
) -> tuple[pl.DataFrame, list[Accepted], list[Issue]]:
    """Return the offending rows that remain, the accepted ones, and what is told of the exceptions of one rule."""
    if not rule.acceptable:
        return bad, [], [_refused(at, rule) for at in exceptions["at"]]
    judged = _judged(rule, cohort, bad, exceptions)
    good = judged.filter(pl.col("verdict").is_null())
    reasons = {row: (who, when, why) for row, who, when, why in good.select("row", "who", "when", "why").iter_rows()}
    excepted = bad.filter(pl.col("row").is_in(good["row"].implode())).iter_rows(named=True)
    accepted = [Accepted(rule.issue(cohort, values), *reasons[values["row"]]) for values in excepted]
    told = judged.filter(pl.col("verdict").is_not_null()).select("at", "verdict").iter_rows()
    return bad.filter(~pl.col("row").is_in(good["row"].implode())), accepted, [_stale(*line) for line in told]


def _judged(rule: Rule, cohort: Cohort, bad: pl.DataFrame, exceptions: pl.DataFrame) -> pl.DataFrame:
    """Return the exceptions with the row each stands for, and a verdict where it stands for none."""
    cells = cell_texts(cohort, rule.table, rule.column).rename({"value": "now", "patient": "patient_now"})
    cells = cells.filter(pl.col("row").is_in(bad["row"].implode()))
    by_row = exceptions.filter(pl.col("row").is_not_null()).join(cells, on="row", how="left")
    by_patient = exceptions.filter(pl.col("row").is_null()).drop("row").join(
        cells, left_on="patient", right_on="patient_now", how="left"
    )  # fmt: skip
    several = pl.len().over("at") > 1
    found = pl.concat([by_row, by_patient.with_columns(patient_now="patient")], how="diagonal_relaxed")
    found = found.with_columns(several=several)
    number = pl.col("value").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    same = (pl.col("value").fill_null("") == pl.col("now").fill_null("")) | (
        number == pl.col("now").cast(pl.Float64, strict=False)
    ).fill_null(value=False)
    other = (pl.col("patient") != pl.col("patient_now")).fill_null(value=False)
    matched = pl.col("row").is_in(bad["row"].implode()).fill_null(value=False)
    column = (pl.col("column").fill_null(rule.column) != rule.column) | (pl.col("table") != rule.table)
    of_rule = pl.lit(f"the rule looks at the column {rule.column} of {rule.table}")
    verdict = (
        pl.when(column).then(of_rule)
        .when(~matched).then(pl.lit("matches nothing"))
        .when(other).then(pl.format("row {} is of patient {} now", "row", "patient_now"))
        .when("several").then(pl.lit("more than one row of this patient: name the row"))
        .when(~same).then(pl.format("the cell held `{}` and holds `{}` now", pl.col("value").fill_null(""),
                                    pl.col("now").fill_null("")))
    )  # fmt: skip
    return found.rechunk().with_columns(verdict=verdict).unique("at", keep="first", maintain_order=True).sort("at")


def unknown_rules(exceptions: pl.DataFrame, rules: Sequence[Rule]) -> Iterator[Issue]:
    """Yield an issue for each exception of a rule that is none of those in force."""
    names = [rule.name for rule in rules]
    for at, name in exceptions.filter(~pl.col("rule").is_in(names)).select("at", "rule").iter_rows():
        of_reading = name.partition(".")[0] not in {*TABLES, "study"}
        advice = "What cannot be read cannot be accepted" if of_reading else did_you_mean(name, names)
        place = Place(_FILE, None, at, "rule")
        yield Issue(Severity.ERROR, "exceptions.rule", place, f"`{name}`", "a rule of the checks in force", advice)


def _refused(at: int, rule: Rule) -> Issue:
    place = Place(_FILE, None, at, "rule")
    found, expected = f"an exception to {rule.name}", "a rule that can be excepted"
    return Issue(Severity.ERROR, "exceptions.refused", place, found, expected, "No analysis could use such a row")


def _stale(at: int, verdict: str) -> Issue:
    place = Place(_FILE, None, at)
    advice = "Look at the row again: accept it anew, with its value of today, or take the exception away"
    return Issue(Severity.WARNING, "exceptions.stale", place, verdict, "an exception that fits its row", advice)
