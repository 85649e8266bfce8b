"""The adjudication workbook, filled: what was decided on each disagreement, or every cell in which that is not said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from engager.cohort import TableOrigin
from engager.errors import LISTED, InputError, Issue, Place, Severity
from engager.plan import InputFormat
from engager.readers.answers import read_answers
from engager.readers.raw import RawTable, unreadable
from engager.readers.refusals import Refusals
from engager.readers.values import read_column
from engager.readers.workbook import open_workbook, read_sheet
from engager.schema import TABLES
from engager.schema.columns import Kind, codelist_of, kind_of

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

SHOWN = {
    "item": "item",
    "what": "what",
    "patient": "patient",
    "field": "field",
    "A": "a",
    "B": "b",
    "source A": "source_a",
    "source B": "source_b",
    "why one row": "why",
}
"""The columns that say what is to be decided, with those of the list of disagreements that they show."""
FILLED = ("decision", "value if other", "by", "when", "why")
"""The columns that a person fills."""
DECISIONS = ("A", "B", "other")
README = "read me"
PAIR = "pair"
"""Where the workbook says which two studies it is of: this word in the first column of the sheet, the name beside."""

_LONGEST = 2000
_UNPRINTABLE = r"[\x00-\x1f\x7f\u{fffe}\u{ffff}]"


def shown(text: pl.Expr) -> pl.Expr:
    """Return text as a cell of the workbook shows it: on one line, at most 2000 signs."""
    plain = text.str.replace_all(_UNPRINTABLE, " ").str.replace_all(r"\s+", " ").str.strip_chars()
    cut = pl.when(plain.str.len_chars() > _LONGEST).then(plain.str.slice(0, _LONGEST) + "\u2026").otherwise(plain)
    return pl.when(cut != "").then(cut)


def read_decisions(path: Path, items: pl.DataFrame, pair: str, style: InputFormat) -> tuple[pl.DataFrame, list[Issue]]:
    """Return a row for each item, and an issue for each cell in which something is wrong or lacking.

    The columns are `item`, `decision`, `value` (of a decision `other`, as plain text), `by`, `when` (a date in text)
    and `reason`. `pair` names the two studies and the settings that the workbook must have been made from; `items`
    are their disagreements. Raises InputError where the file is no such workbook.
    """
    sheets = _read_sheets(path, pair, sorted(items["table"].unique()))
    rows = pl.concat([_texts(sheet) for sheet in sheets.values()]) if sheets else _no_rows()
    wanted = items.select(
        "table",
        "item",
        "test",
        *(shown(pl.col(name).cast(pl.String)).alias(name) for name in SHOWN.values() if name != "item"),
    )
    beside = rows.join(wanted, on="item", how="left", suffix="_wanted", maintain_order="left", nulls_equal=False)
    values, unreadable_values = _other_values(beside, style)
    beside = beside.with_columns(values)
    problems = [*_rows_changed(path, rows, wanted), *_cells_changed(beside), *_undecided(beside), *unreadable_values]
    origins = {name: TableOrigin(path.name, name, sheet.positions) for name, sheet in sheets.items()}
    issues = [_listed(problem, origins) for problem in problems]
    decisions = beside.select("item", "decision", value="given", by="by", when=_date("when"), reason="reason")
    return decisions, [issue for group in issues for issue in group]


def _read_sheets(path: Path, pair: str, tables: list[str]) -> Mapping[str, RawTable]:
    advice = "Give the workbook that `engager reconcile A B --out FILE.xlsx` wrote"
    book, _ = open_workbook(path)
    named = _pair_of(book, path)
    if named is None:
        found = f"no sheet `{README}` that names a pair of studies"
        raise InputError(unreadable(path, "adjudication", found, "a filled adjudication workbook", advice))
    if named != pair:
        found = f"the decisions of another pair of studies (`{named[:12]}`, these two are `{pair[:12]}`)"
        expected = "a workbook made from these two studies, in this order, as they are now"
        raise InputError(
            unreadable(path, "adjudication", found, expected, "Run `engager reconcile` again and decide anew")
        )
    sheets = {name: read_sheet(book, path, name) for name in tables}
    missing = [
        unreadable(path, "adjudication", f"no column `{column}`", "the columns as engager wrote them", advice, name)
        for name, sheet in sheets.items()
        for column in (*SHOWN, *FILLED)
        if column not in sheet.headings
    ]
    if missing:
        raise InputError(missing)
    return sheets


def _pair_of(book: CalamineWorkbook, path: Path) -> str | None:
    """Return the pair of studies that a workbook names, None where it names none."""
    try:
        about = read_sheet(book, path, README).frame
    except InputError:  # no such sheet, or one of another workbook
        return None
    named = about.filter(pl.first() == PAIR).to_series(1).drop_nulls().to_list() if about.width > 1 else []
    return named[0] if named else None


_NAMES = {**SHOWN, "decision": "decision", "value if other": "other", "by": "by", "when": "when", "why": "reason"}


def _texts(sheet: RawTable) -> pl.DataFrame:
    columns = [pl.col(heading).cast(pl.String).alias(name) for heading, name in _NAMES.items()]
    return sheet.frame.select(pl.lit(sheet.name).alias("sheet"), *columns).with_columns(sheet.rows.alias("at"))


def _no_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={"sheet": pl.String, **dict.fromkeys(_NAMES.values(), pl.String), "at": pl.UInt32})


@dataclass(frozen=True, slots=True)
class _Problem:
    """Rows of the workbook with one thing wrong in one column."""

    rows: pl.DataFrame
    heading: str
    expected: str
    advice: str = ""


def _listed(problem: _Problem | Issue, origins: Mapping[str, TableOrigin]) -> Iterator[Issue]:
    if isinstance(problem, Issue):
        yield problem
        return
    name = _NAMES[problem.heading]
    for sheet, at, text in problem.rows.select("sheet", "at", name).head(LISTED).iter_rows():
        found = f"`{text[:60]}`" if text else "nothing"
        yield _issue(origins[sheet].place(at, problem.heading), found, problem.expected, problem.advice)
    if problem.rows.height > LISTED:
        found = f"{problem.rows.height - LISTED} more cells like these"
        yield _issue(Place(next(iter(origins.values())).file, column=problem.heading), found, problem.expected)


def _issue(place: Place, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, "adjudication", place, found, expected, advice, structural=True)


def _rows_changed(path: Path, rows: pl.DataFrame, wanted: pl.DataFrame) -> Iterator[_Problem | Issue]:
    """Yield items that are missing, unknown or there twice."""
    strange = rows.filter(~pl.col("item").is_in(wanted["item"].implode()).fill_null(value=False))
    yield _Problem(strange, "item", "an item of this pair of studies", "Take added rows away")
    twice = rows.filter(pl.col("item").is_duplicated() & pl.col("item").is_not_null())
    yield _Problem(twice, "item", "each item once", "Take one of the rows away")
    missing = wanted.join(rows, on="item", how="anti")
    for table, item in missing.select("table", "item").head(LISTED).iter_rows():
        yield _issue(Place(path.name, table), f"no row `{item}`", "every item that was written", "Put the row back")
    if missing.height > LISTED:
        yield _issue(Place(path.name), f"{missing.height - LISTED} more rows missing", "every item that was written")


def _cells_changed(beside: pl.DataFrame) -> Iterator[_Problem]:
    """Yield cells that say something else than what was to be decided."""
    known = beside.filter(pl.col("table").is_not_null())
    for heading, name in SHOWN.items():
        if name != "item":
            changed = known.filter(shown(pl.col(name)).ne_missing(pl.col(f"{name}_wanted")))
            advice = "Only the columns from `decision` on are for you; undo the change"
            yield _Problem(changed, heading, "the cell as engager wrote it", advice)


def _undecided(beside: pl.DataFrame) -> Iterator[_Problem]:
    known = beside.filter(pl.col("table").is_not_null())
    decision, other = pl.col("decision"), pl.col("decision") == "other"
    one_row = pl.col("field_wanted").is_null()
    yield _Problem(known.filter(decision.is_null()), "decision", "a decision: A, B or other")
    wrong = decision.is_not_null() & ~decision.is_in(DECISIONS)
    yield _Problem(known.filter(wrong), "decision", "A, B or other, as the drop-down list has it")
    advice = "A or B says whether the row was there; change its cells in the consensus"
    yield _Problem(known.filter(other & one_row), "decision", "A or B", advice)
    yield _Problem(known.filter(other & ~one_row & pl.col("other").is_null()), "value if other", "the value decided on")
    idle = pl.col("other").is_not_null() & decision.is_in(["A", "B"])
    yield _Problem(known.filter(idle), "value if other", "nothing, unless the decision is `other`")
    yield _Problem(known.filter(other & pl.col("reason").is_null()), "why", "why neither A nor B is right")
    yield _Problem(known.filter(pl.col("by").is_null()), "by", "who decided")
    date = "the date of the decision, as 2026-12-31"
    yield _Problem(known.filter(_date("when").is_null()), "when", date)


def _date(name: str) -> pl.Expr:
    """Return a date in text as its ISO form, null where it is none."""
    text = pl.col(name).str.slice(0, 10)
    parsed = pl.coalesce(text.str.to_date("%Y-%m-%d", strict=False), text.str.to_date("%d.%m.%Y", strict=False))
    sensible = (parsed >= dt.date(1990, 1, 1)) & (parsed <= dt.date(2199, 12, 31))
    return pl.when(sensible).then(parsed.dt.to_string("%Y-%m-%d"))


def _other_values(beside: pl.DataFrame, style: InputFormat) -> tuple[pl.Series, list[_Problem]]:
    """Return each value of a decision `other` as plain text, and those that their field cannot hold."""
    given = beside.select(
        pl.when(pl.col("decision") == "other").then("other").alias("given"),
        *("sheet", "at", "other", "test"),
        field="field_wanted",
    ).with_row_index("place")  # fmt: skip
    told, problems = [pl.DataFrame(schema={"place": pl.UInt32, "plain": pl.String})], []
    chosen = given.filter(pl.col("given").is_not_null() & pl.col("field").is_not_null())
    for (sheet, field), cells in chosen.partition_by("sheet", "field", as_dict=True).items():
        values, refusals = _read_field(str(sheet), str(field), cells, style)
        told.append(cells.select("place", plain=values))
        for at, reason in enumerate(refusals.reasons):
            problems.append(
                _Problem(cells.filter(refusals.which == at), "value if other", reason.expected, reason.advice)
            )
    plain = given.join(pl.concat(told), on="place", how="left", maintain_order="left")["plain"]
    return plain.alias("given"), problems


def _read_field(table: str, field: str, cells: pl.DataFrame, style: InputFormat) -> tuple[pl.Series, Refusals]:
    """Return the texts `given` for a field as plain text, null where refused, and what was refused."""
    column, texts = TABLES[table].columns()[field], cells["given"]
    if kind_of(column) is Kind.RESULT:
        parts, refusals = read_answers(texts, cells["test"], style)
        sign = pl.when(pl.col("comparator") != "=").then(pl.col("comparator").cast(pl.String)).otherwise(pl.lit(""))
        number = pl.concat_str(sign, pl.col("value").cast(pl.String).str.strip_suffix(".0"))
        return parts.select(plain=pl.coalesce(number, "value_text"))["plain"], refusals
    values, refusals = read_column(texts, kind_of(column), codelist_of(column), style)
    if kind_of(column) is Kind.YES_NO:
        return values.replace_strict({True: "yes", False: "no"}, default=None, return_dtype=pl.String), refusals
    plain = values.cast(pl.String)
    return plain.str.strip_suffix(".0") if kind_of(column) is Kind.NUMBER else plain, refusals
