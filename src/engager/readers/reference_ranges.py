"""The study's own reference ranges: a CSV file that the plan names, for measurements without limits of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from engager.cohort import TableOrigin
from engager.errors import LISTED, InputError, Issue, Severity
from engager.plan import AnalysisPlan
from engager.readers.csv_folder import read_csv
from engager.readers.raw import unreadable
from engager.readers.typed import read_table
from engager.schema.reference_ranges import ReferenceRanges
from engager.terms.codelists import codelist
from engager.terms.likeness import did_you_mean
from engager.terms.measurands import measurands
from engager.terms.units import units

_ENDLESS = 1e9  # years: an age without an end


def read_reference_ranges(folder: Path, plan: AnalysisPlan) -> tuple[pl.DataFrame | None, list[Issue]]:
    """Return the ranges of the file that the plan names, and an issue for each row that cannot be used.

    None where the plan names no file, or it cannot be read. Two ranges of one test that hold for the same age and
    sex are refused: which one to take is for the study to say.
    """
    name = plan.laboratory.reference_ranges
    if name is None:
        return None, []
    path = folder / name
    if not path.is_file():
        advice = f"Put {name} beside study.toml, or take `reference_ranges` out of [laboratory]"
        return None, [unreadable(path, "missing", "no such file", "the reference ranges that the plan names", advice)]
    try:
        table = read_table(read_csv(path, "reference_ranges"), ReferenceRanges, plan.input)
    except InputError as error:
        return None, list(error.issues)
    quantity = {code: unit.quantity for code, unit in units().items()}
    ranges = table.frame.with_columns(
        pl.col("test").str.to_lowercase().str.replace_all(r"[\s-]+", "_"),
        quantity=pl.col("unit").replace_strict(quantity, default=None, return_dtype=pl.String),
    )
    return ranges, [*table.issues, *_row_issues(ranges, table.origin), *_overlaps(ranges, table.origin)]


def _row_issues(ranges: pl.DataFrame, origin: TableOrigin) -> Iterator[Issue]:
    """Yield the rows that say nothing that could be used."""
    known = list(measurands())
    quantities = {test: list(measurand.quantities) for test, measurand in measurands().items()}
    measured = pl.col("test").replace_strict(quantities, default=None, return_dtype=pl.List(pl.String))
    fits = measured.list.contains(pl.col("quantity"))
    found = (
        ("test", ~pl.col("test").is_in(known), "a test of the vocabulary"),
        ("unit", pl.col("unit").is_null(), "the unit of the limits; a unit is never assumed"),
        ("unit", ~fits, "a unit of what the test measures"),
        ("lower_limit", pl.all_horizontal(pl.col("lower_limit", "upper_limit").is_null()), "a limit"),
        ("lower_limit", pl.col("lower_limit") > pl.col("upper_limit"), "a lower limit below the upper limit"),
        ("age_from", pl.col("age_from") >= pl.col("age_to"), "an age below that in `age_to`"),
    )
    for column, wrong, expected in found:
        bad = ranges.filter(wrong.fill_null(value=False))
        for row, value in bad.select("row", column).head(LISTED).iter_rows():
            advice = did_you_mean(value, known) if column == "test" else ""
            yield _issue(origin, row, column, f"`{'' if value is None else value}`", expected, advice)


def _overlaps(ranges: pl.DataFrame, origin: TableOrigin) -> Iterator[Issue]:
    """Yield the ranges that hold for an age and a sex for which an earlier row holds too."""
    spans = ranges.with_columns(pl.col("age_from").fill_null(0.0), pl.col("age_to").fill_null(_ENDLESS))
    every = pl.lit(list(codelist("sex").codes))
    sexes = pl.when(pl.col("sex").is_null()).then(every).otherwise(pl.concat_list(pl.col("sex").cast(pl.String)))
    spans = spans.with_columns(of_sex=sexes).explode("of_sex").sort("age_from", "row")
    before = pl.col("age_to").cum_max().shift(1).over("test", "quantity", "of_sex")
    twice = spans.filter(pl.col("age_from") < before).unique("row", maintain_order=True).sort("row")
    for row, test, first, last in twice.select("row", "test", "age_from", "age_to").head(LISTED).iter_rows():
        until = "on" if last == _ENDLESS else f"to {last:g}"
        found = f"a second range of {test} for ages from {first:g} {until}"
        advice = "`age_to` is the first age that the range no longer holds for"
        yield _issue(origin, row, "age_from", found, "one range for each age and sex", advice)


def _issue(origin: TableOrigin, row: int, column: str, found: str, expected: str, advice: str) -> Issue:
    return Issue(Severity.ERROR, "reference_ranges", origin.place(row, column), found, expected, advice)
