"""A new study folder: a plan to be filled and a workbook with a sheet for each table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import dataframely as dy

from engager.cohort import column_letters
from engager.errors import OutputError
from engager.plan import PLAN_FILE
from engager.schema import TABLES
from engager.schema.columns import Kind, cdisc_of, codelist_of, kind_of, unit_of
from engager.terms.codelists import codelists
from engager.terms.measurands import measurands
from engager.terms.units import units

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

ROWS = 5000
PLAN = """\
schema_version = 1
title = "{title}"
design = "retrospective case series"
drug = "blinatumomab"
# cutoff = 2026-12-31           # the last day whose data count: a date, or a study day
landmarks = [100, 365, 730]     # days at which survival is told

[response]
marrow_limit_percent = 5.0      # a responding cycle ends below it ...
log_reduction = 2.0             # ... with at least this many log fewer blasts
mrd_negative_below = 1e-4

[endpoints.OS]                  # events = ["death"]

[endpoints.EFS]
events = ["death", "marrow_relapse", "extramedullary_relapse", "second_malignancy", "non_response"]
non_response_at = "time 0"      # or "assessment"

[conventions]
preset = "default"              # or "R", "SAS", "Prism"
"""
_HELP = (
    "One sheet a table; a row is one record. Point at a heading to read what belongs into its column.",
    "A table without records keeps its heading row: it says that there was nothing to record.",
    "Times are study days (1 = day of the first dose, -1 = the day before; there is no day 0) or dates.",
    "Where neither is known, `cycle` and `timepoint` place a row; leave empty what the record does not give.",
    "`value` of a measurement: a number, a bound (<0.01), or `not detected`, `positive, not quantifiable`,",
    "`not assessed`.",
    "A unit is never assumed: fill `unit` wherever a number stands.",
    "`source` is the place in the record; engager leads every number of the report back to it.",
    "Then run: engager check DIR, and engager report DIR --out REPORT.",
)


def write_new_study(folder: Path) -> list[Path]:
    """Write `study.toml` and `study.xlsx` into a new or empty folder, and return their paths.

    Raises OutputError where the folder has content or cannot be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} exists and is not empty; expected a new folder. Choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror}. Choose a folder you can write to") from None
    plan, workbook = folder / PLAN_FILE, folder / "study.xlsx"
    title = folder.resolve().name.replace("\\", "").replace('"', "")
    plan.write_text(PLAN.format(title=title), "utf-8")
    _write_workbook(workbook)
    return [plan, workbook]


def _write_workbook(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheets = {name: book.add_worksheet(name) for name in TABLES}
        lists = _write_lists(book)
        for name, schema in TABLES.items():
            _write_sheet(book, sheets[name], schema, lists)
        readme = book.add_worksheet("read me")
        readme.set_column(0, 0, 110)
        for row, line in enumerate(_HELP):
            readme.write_string(row, 0, line)


def _write_lists(book: Workbook) -> dict[str, str]:
    """Write every code list into a sheet of its own and return the range of each, for the drop-downs."""
    sheet = book.add_worksheet("code lists")
    sheet.freeze_panes(1, 0)
    columns = {name: codes.codes for name, codes in codelists().items()}
    columns |= {"test": tuple(measurands()), "unit": tuple(units()), "yes/no": ("yes", "no")}
    ranges = {}
    for column, (name, codes) in enumerate(columns.items()):
        sheet.write_string(0, column, name, book.add_format({"bold": True}))
        sheet.write_column(1, column, codes)
        ranges[name] = f"='code lists'!${column_letters(column)}$2:${column_letters(column)}${len(codes) + 1}"
    sheet.set_column(0, len(columns), 22)
    return ranges


def _write_sheet(book: Workbook, sheet: Worksheet, schema: type[dy.Schema], lists: dict[str, str]) -> None:
    columns = {name: column for name, column in schema.columns().items() if kind_of(column) is not Kind.INTERNAL}
    last = ("source", "note")
    ordered = [name for name in columns if name not in last] + [name for name in last if name in columns]
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    for position, name in enumerate(ordered):
        column = columns[name]
        sheet.write_string(0, position, name, head)
        sheet.write_comment(0, position, _comment(column), {"x_scale": 2})
        sheet.set_column(position, position, 14, day if kind_of(column) is Kind.DATE else None)
        if (rule := _validation(name, column, lists)) is not None:
            sheet.data_validation(1, position, ROWS, position, rule)


def _comment(column: dy.Column) -> str:
    unit, cdisc = unit_of(column), cdisc_of(column)
    kind = f"{kind_of(column).capitalize()}, {unit}" if unit else kind_of(column).capitalize()
    required = None if column.nullable else "Required"
    return ". ".join(filter(None, (column.description, kind, required, cdisc and f"CDISC {cdisc}"))) + "."


def _validation(name: str, column: dy.Column, lists: dict[str, str]) -> dict[str, object] | None:
    """Return the input rule of a column: a drop-down or a range; other spellings pass with a warning."""
    codes = codelist_of(column)
    key = codes.name if codes else {Kind.YES_NO: "yes/no", Kind.UNIT: "unit"}.get(kind_of(column), name)
    if key in lists and (codes or kind_of(column) in (Kind.YES_NO, Kind.UNIT) or name == "test"):
        return {"validate": "list", "source": lists[key], "error_type": "warning"}
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is not None and high is not None and kind_of(column) in (Kind.NUMBER, Kind.INTEGER):
        whole = "integer" if kind_of(column) is Kind.INTEGER else "decimal"
        return {
            "validate": whole,
            "criteria": "between",
            "minimum": low,
            "maximum": high,
            "error_message": f"expected {low:g} to {high:g}",
        }
    return None
