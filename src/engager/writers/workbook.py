"""The workbook of a study, made for people: a sheet a table, with what each column wants; empty, or with its data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import dataframely as dy

from engager.cohort import column_letters
from engager.errors import OutputError
from engager.plan import AnalysisPlan
from engager.readers.raw import EXAMPLE, RawTable
from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of
from engager.terms.codelists import codelists
from engager.terms.measurands import measurands
from engager.terms.units import units
from engager.writers.workbook_cells import CellFormats, write_cell
from engager.writers.workbook_examples import EXAMPLE_ROWS, NOTE, SOURCE
from engager.writers.workbook_file import new_workbook
from engager.writers.workbook_rules import comment, heading, input_rule

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

README, CODE_LISTS = "read me", "code lists"
_ROWS = 5000
_SHEET_ROWS, _LONGEST = 1_048_576, 32_767
_LAST = ("source", "note")
_TABS = ("#0072B2", "#56B4E9", "#D55E00", "#E69F00", "#009E73", "#000000")
_ROW_IS = {
    "patients": "a patient",
    "exposure": "a stretch of constant infusion",
    "measurements": "a value, a bound or a word that a test gave",
    "adverse_events": "an adverse event",
    "therapies": "a treatment other than the T-cell engager",
    "follow_up": "a relapse, a death, a contact, or the end of treatment",
}
_HELP = (
    ("How to fill it", None),
    ("Headings", "Point at a heading to read what belongs into its column. A bold one must be filled in every row."),
    (
        "Grey rows",
        (
            f"The row of the patient {EXAMPLE} shows how a table is filled. engager leaves it out; delete it, or not. "
            "Name no patient so."
        ),
    ),
    ("No records", "A table without records keeps its heading row: that says that there was nothing to record."),
    (
        "Times",
        (
            "Study days (1 is the day of the first dose, -1 the day before; there is no day 0) or dates. Where neither "
            "is known, cycle and timepoint place a row. Leave empty what the record does not give."
        ),
    ),
    (
        "Values",
        (
            "value takes a number, a bound (<0.01), or: not detected; positive, not quantifiable; not assessed. "
            "An empty cell does not say that nobody looked."
        ),
    ),
    ("Units", "A unit is never assumed: fill unit wherever a number stands. Do not format cells as percent."),
    ("Lists", "Cells with a drop-down take other spellings after a question; engager says what it cannot read."),
    (
        "Sources",
        "source is the place in the record (document, page, cell); it comes back under every number of the report.",
    ),
    ("Own columns", "Columns that you add are kept and left alone."),
    ("Privacy", "Use pseudonyms. Names, dates of birth and record numbers do not belong into this file."),
    ("What then", None),
    ("Check", "Save and close the workbook, then: engager check FOLDER"),
    ("Report", "engager report FOLDER --out REPORT"),
    ("Newer plan", "engager new FOLDER --update writes this workbook anew and keeps what was entered."),
)


def write_workbook(path: Path, plan: AnalysisPlan, tables: Mapping[str, RawTable] | None = None) -> Path:
    """Write the workbook of a study, with the texts of `tables` where there are any, and return its path.

    A row of examples stands in row 2 of each sheet, unless a record stands there. Raises OutputError where a sheet
    cannot hold a table.
    """
    for table in (tables or {}).values():
        _check_fits(table)
    with new_workbook(path) as book:
        readme = book.add_worksheet(README)
        sheets = {name: book.add_worksheet(name) for name in TABLES}
        lists = _write_lists(book)
        for (name, sheet), colour in zip(sheets.items(), _TABS, strict=True):
            sheet.set_tab_color(colour)
            _write_sheet(book, sheet, name, lists, (tables or {}).get(name))
        _write_readme(book, readme, plan)
        (sheets["patients"] if tables else readme).activate()
    return path


def _check_fits(table: RawTable) -> None:
    """Refuse what no sheet can hold: more rows than it has, longer texts, signs that its XML cannot carry."""
    last = table.rows[-1] if table.rows.len() else 1
    if last > _SHEET_ROWS:
        raise OutputError(
            f"{table.path.name}: expected at most {_SHEET_ROWS} rows for a workbook, found {last}. Convert to csv"
        )
    for name in table.frame.columns:
        texts = table.frame[name]
        for bad, found in (
            (texts.str.len_chars() > _LONGEST // 2, f"a text of more than {_LONGEST // 2} characters"),
            (texts.str.contains("[\ufffe\uffff]|(?i)_x005F_"), "characters that a workbook changes"),
        ):
            rows = table.rows.filter(bad.fill_null(value=False))
            if rows.len():
                raise OutputError(
                    f"{table.path.name} row {rows[0]}, column {name}: expected a text that a workbook can hold, found "
                    f"{found}. Convert to csv or parquet"
                )


def _write_lists(book: Workbook) -> dict[str, str]:
    """Write every code list into a sheet of its own and return the range of each, for the drop-downs."""
    sheet = book.add_worksheet(CODE_LISTS)
    sheet.freeze_panes(1, 0)
    lists = {name: codes.meanings for name, codes in codelists().items()}
    lists |= {"test": {name: measurand.meaning for name, measurand in measurands().items()}}
    lists |= {"unit": {code: unit.quantity for code, unit in units().items()}, "yes/no": {"yes": "", "no": ""}}
    head, grey = book.add_format({"bold": True, "bottom": 1}), book.add_format({"font_color": "#595959"})
    ranges = {"patient": "=OFFSET(patients!$A$3,0,0,MAX(1,COUNTA(patients!$A$3:$A$5002)),1)"}
    for position, (name, codes) in enumerate(lists.items()):
        column, letters = 2 * position, column_letters(2 * position)
        sheet.write_string(0, column, name, head)
        sheet.write_string(0, column + 1, "meaning", head)
        sheet.set_column(column, column, max(12, *(len(code) + 2 for code in codes)))
        sheet.set_column(column + 1, column + 1, 34, grey)
        for row, (code, meaning) in enumerate(codes.items(), 1):
            sheet.write_string(row, column, code)
            sheet.write_string(row, column + 1, meaning, grey)
        ranges[name] = f"='{CODE_LISTS}'!${letters}$2:${letters}${len(codes) + 1}"
    return ranges


def _write_sheet(book: Workbook, sheet: Worksheet, name: str, lists: Mapping[str, str], table: RawTable | None) -> None:
    declared = {key: column for key, column in TABLES[name].columns().items() if kind_of(column) is not Kind.INTERNAL}
    ordered = [*(key for key in declared if key not in _LAST), *_LAST]
    extra = [key for key in table.frame.columns if key not in declared] if table else []
    formats = CellFormats.of(book)
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for position, key in enumerate(ordered):
        _write_column(
            sheet, position, key, declared[key], lists if key != "patient" or name != "patients" else {}, formats
        )
    for position, key in enumerate(extra, len(ordered)):
        sheet.write_string(0, position, key, formats.head)
        sheet.set_column(position, position, 16, formats.text)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, _ROWS, len(ordered) + len(extra) - 1)
    if table is None or 2 not in table.rows:
        _write_example(sheet, name, ordered, declared, formats)
    if table is not None:
        _write_rows(sheet, table, [*ordered, *extra], declared, formats)


def _write_column(
    sheet: Worksheet, position: int, name: str, column: dy.Column, lists: Mapping[str, str], formats: CellFormats
) -> None:
    told, text = heading(name, column), comment(column)
    sheet.write_string(0, position, told, formats.head if column.nullable else formats.required)
    height = 0.4 + 0.28 * (text.count("\n") + len(text) // 45)
    sheet.write_comment(0, position, text, {"x_scale": 2.2, "y_scale": height, "font_size": 9, "author": "engager"})
    width = 30 if name in _LAST else max(12, len(told) + 4)
    sheet.set_column(position, position, width, formats.of_kind(kind_of(column)))
    if (rule := input_rule(name, column, lists, f"{column_letters(position)}2")) is not None:
        sheet.data_validation(1, position, _ROWS, position, rule)


def _write_example(
    sheet: Worksheet, name: str, ordered: list[str], declared: Mapping[str, dy.Column], formats: CellFormats
) -> None:
    values = {"patient": EXAMPLE, **EXAMPLE_ROWS[name], "source": SOURCE, "note": NOTE}
    for position, key in enumerate(ordered):
        if key in values:
            day = kind_of(declared[key]) is Kind.DATE
            write_cell(
                sheet, (1, position), values[key], kind_of(declared[key]), formats.grey_day if day else formats.grey
            )
        else:
            sheet.write_blank(1, position, None, formats.grey)


def _write_rows(
    sheet: Worksheet, table: RawTable, columns: list[str], declared: Mapping[str, dy.Column], formats: CellFormats
) -> None:
    rows = table.rows.to_list()
    for position, key in enumerate(columns):
        if key not in table.frame.columns:
            continue
        kind = kind_of(declared[key]) if key in declared else Kind.TEXT
        for row, text in zip(rows, table.frame[key].to_list(), strict=True):
            if text is not None:
                write_cell(sheet, (row - 1, position), text, kind, formats.of_kind(kind))


def _write_readme(book: Workbook, sheet: Worksheet, plan: AnalysisPlan) -> None:
    title = book.add_format({"bold": True, "font_size": 16})
    part = book.add_format({"bold": True, "font_size": 12, "top": 1})
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 92)
    sheet.write_string(0, 0, plan.title, title)
    sheet.write_string(1, 0, f"{plan.design}; {plan.drug}")
    lines = [("Sheets", None), *((name, f"A row is {_ROW_IS[name]}.") for name in TABLES)]
    lines += [(CODE_LISTS, "The codes of the drop-down lists, with their meanings; nothing to fill."), *_HELP]
    for row, (head, text) in enumerate(lines, 3):
        sheet.write_string(row, 0, head, part if text is None else bold)
        sheet.write_string(row, 1, text or "", part if text is None else wrapped)
        sheet.set_row(row, 15 * (1 + len(text or "") // 105) + (6 if text is None else 0))
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
