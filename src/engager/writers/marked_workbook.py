"""A copy of a study's tables as a workbook, with the cells coloured and commented that the checks tell of.

Values and the order of sheets are those of the study; its own formats, formulas and drop-downs are not copied. Where
the tables are CSV or Parquet files, each is a sheet, and its cells are the texts of the file.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engager.checks.exceptions import Accepted, cell_texts
from engager.cohort import Cohort, column_letters
from engager.errors import Issue, OutputError
from engager.readers.sheets import Sheet, read_sheets
from engager.schema import TABLES
from engager.snapshot import is_snapshot
from engager.writers.files import legible
from engager.writers.workbook_file import staged_workbook

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SUFFIX = ".checked.xlsx"
_ROWS, _COLUMNS, _LONGEST = 1_048_576, 16_384, 32_000
_FILLS = {"error": "#F8B4B4", "warning": "#FFE08A", "note": "#CFE2F3", "accepted": "#D9EAD3"}
_HEAD = ("severity", "rule", "table", "row", "patient", "column", "value", "file", "sheet", "cell", "found", "expected",
         "advice", "who", "when", "why")  # fmt: skip
_WIDTHS = (10, 34, 16, 7, 10, 16, 14, 18, 16, 8, 60, 50, 60, 14, 12, 40)
_Mark = tuple[str, str]
_Marks = Mapping[tuple[str, str, int, int], list[_Mark]]


def check_marked_target(study: Path, target: Path) -> None:
    """Refuse a file that is no workbook, or one that would be taken for the study's own tables."""
    if target.suffix.lower() != ".xlsx":
        raise OutputError(f"{target}: expected the name of a workbook for the marked copy, as study{SUFFIX}")
    if is_snapshot(study):
        raise OutputError(f"{study}: a snapshot is not marked. Check the study folder that it was frozen from")
    inside = target.resolve().parent == study.resolve()
    if inside and not target.name.endswith(SUFFIX):
        raise OutputError(
            f"{target}: a workbook in the study folder is read as its tables. End the name in {SUFFIX}, which is left "
            "out, or write the copy elsewhere"
        )


def write_marked(
    study: Path, cohort: Cohort, issues: Sequence[Issue], accepted: Sequence[Accepted], target: Path
) -> Path:
    """Write the marked copy of a study's tables and return its path.

    Raises:
        OutputError: a table has more rows or columns than a workbook holds, or the file cannot be written.
    """
    check_marked_target(study, target)
    sheets = read_sheets(study)
    for sheet in sheets:
        if len(sheet.cells) > _ROWS or any(len(row) > _COLUMNS for row in sheet.cells[:1]):
            raise OutputError(
                f"{sheet.file}: {len(sheet.cells)} rows, more than a workbook holds ({_ROWS}). Use --json instead"
            )
    with staged_workbook(target) as book:
        marks = _marks(cohort, issues, accepted, {(sheet.file, sheet.name) for sheet in sheets})
        for sheet in sheets:
            _write_sheet(book, sheet, marks)
        _write_issues(book, _name_apart(sheets), list(_lines(cohort, issues, accepted)))
    return target


def _name_apart(sheets: Sequence[Sheet]) -> str:
    taken = {sheet.name.lower() for sheet in sheets}
    return next(name for name in ("issues", "engager issues", "issues of engager") if name not in taken)


def _marks(
    cohort: Cohort, issues: Sequence[Issue], accepted: Sequence[Accepted], sheets: set[tuple[str, str]]
) -> _Marks:
    """Return what stands at each cell: file, sheet, row and column (counted from 0) to marks of (kind, text)."""
    found: dict[tuple[str, str, int, int], list[_Mark]] = defaultdict(list)
    told = [(issue, str(issue.severity), "") for issue in issues]
    told += [(each.issue, "accepted", f" (accepted by {each.who} on {each.when}: {each.why})") for each in accepted]
    for issue, kind, why in told:
        table = _table_of(cohort, issue)
        sheet = issue.place.sheet or table or ""
        if (issue.place.file, sheet) not in sheets:
            continue
        positions = cohort.origins[table].positions if table in cohort.origins else {}
        column = positions.get(issue.place.column or "", 0)
        advice = f". {issue.advice}" if issue.advice else ""
        text = f"{kind}: {issue.found}; expected {issue.expected}{advice}{why}"
        found[issue.place.file, sheet, (issue.place.row or 1) - 1, column].append((kind, text))
    return found


def _table_of(cohort: Cohort, issue: Issue) -> str:
    """Return the table that an issue stands in, empty where it is of no table."""
    place = issue.place
    own = (name for name, origin in cohort.origins.items() if (origin.file, origin.sheet) == (place.file, place.sheet))
    return next(own, place.sheet if place.sheet and place.sheet in TABLES else place.file.rpartition(".")[0])


def _write_sheet(book: Workbook, sheet: Sheet, marks: _Marks) -> None:
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 0)
    formats = _Formats(book)
    for row, cells in enumerate(sheet.cells):
        for column, cell in enumerate(cells):
            _write_cell(page, row, column, cell, formats, "head" if row == 0 else "")
    for (file, name, row, column), told in marks.items():
        if (file, name) == (sheet.file, sheet.name):
            worst = next(kind for kind in _FILLS if any(kind == mark for mark, _ in told))
            cell = sheet.cells[row][column] if row < len(sheet.cells) and column < len(sheet.cells[row]) else None
            _write_cell(page, row, column, cell, formats, worst)
            text = "\n\n".join(text for _, text in told)[:_LONGEST]
            page.write_comment(row, column, legible(text), {"x_scale": 3, "y_scale": 1 + len(text) / 250})


class _Formats:
    """The formats of a workbook's cells: by severity, and as a date where the cell is one."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.made: dict[tuple[str, str], Format] = {}

    def of(self, kind: str, number: str = "") -> Format | None:
        if not kind and not number:
            return None
        if (kind, number) not in self.made:
            look: dict[str, object] = {"bg_color": _FILLS[kind]} if kind in _FILLS else {"bold": kind == "head"}
            self.made[kind, number] = self.book.add_format(look | ({"num_format": number} if number else {}))
        return self.made[kind, number]


def _write_cell(page: Worksheet, row: int, column: int, cell: object, formats: _Formats, kind: str) -> None:
    """Write a cell as what it is; a text stays one, whatever it begins with."""
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell, formats.of(kind))
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell, formats.of(kind))
    elif isinstance(cell, dt.datetime | dt.date) and cell.year >= 1900:
        whole = not isinstance(cell, dt.datetime) or cell.time() == dt.time()
        page.write_datetime(row, column, cell, formats.of(kind, "yyyy-mm-dd" if whole else "yyyy-mm-dd hh:mm:ss"))
    elif cell is None or cell == "":
        if kind in _FILLS:
            page.write_blank(row, column, None, formats.of(kind))
    else:
        page.write_string(row, column, legible(str(cell))[:_LONGEST], formats.of(kind))


def _lines(cohort: Cohort, issues: Sequence[Issue], accepted: Sequence[Accepted]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of the list: `rule` to `value` in the order of `exceptions.csv`, so that a line is copied."""
    told = [(issue, str(issue.severity), ("", "", "")) for issue in issues]
    told += [(each.issue, "accepted", (each.who, each.when, each.why)) for each in accepted]
    texts: dict[tuple[str, str], dict[int, tuple[str, str]]] = {}
    for issue, kind, by in told:
        place, table = issue.place, _table_of(cohort, issue)
        patient, value = "", ""
        if table in TABLES and place.row is not None and place.column in TABLES[table].column_names():
            key = (table, place.column)
            if key not in texts:
                texts[key] = {row: (who or "", now or "") for row, who, now in cell_texts(cohort, *key).iter_rows()}
            patient, value = texts[key].get(place.row, ("", ""))
        cell = place.cell or _address(cohort, issue, table)
        row = "" if place.row is None else str(place.row)
        yield (kind, issue.rule, table, row, patient, place.column or "", value, place.file, place.sheet or "", cell,
               issue.found, issue.expected, issue.advice, *by)  # fmt: skip


def _address(cohort: Cohort, issue: Issue, table: str) -> str:
    origin = cohort.origins.get(table)
    column = issue.place.column or ""
    if origin is None or issue.place.row is None or column not in origin.positions:
        return ""
    return f"{column_letters(origin.positions[column])}{issue.place.row}"


def _write_issues(book: Workbook, name: str, lines: Sequence[tuple[str, ...]]) -> None:
    page = book.add_worksheet(name)
    head, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    fills = {kind: book.add_format({"bg_color": fill, "valign": "top"}) for kind, fill in _FILLS.items()}
    page.freeze_panes(1, 2)
    for column, (heading, width) in enumerate(zip(_HEAD, _WIDTHS, strict=True)):
        page.write_string(0, column, heading, head)
        page.set_column(column, column, width)
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line):
            if column == 3 and text:
                page.write_number(row, column, int(text), wrapped)
            else:
                page.write_string(row, column, legible(text)[:_LONGEST], fills[line[0]] if column == 0 else wrapped)
    page.autofilter(0, 0, max(len(lines), 1), len(_HEAD) - 1)
