"""A text as the cell of a workbook from which the reader has the very same text again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engager.readers.workbook import cell_text
from engager.schema.columns import Kind

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_NUMBERS = (Kind.NUMBER, Kind.INTEGER, Kind.STUDY_DAY, Kind.GRADE, Kind.RESULT)
# Before it, spreadsheets count a day that never was (1900-02-29).
_FIRST_DATE = dt.date(1900, 3, 1)


@dataclass(frozen=True, slots=True)
class CellFormats:
    """The looks of a sheet's cells."""

    head: Any
    required: Any
    text: Any
    day: Any
    grey: Any
    grey_day: Any

    @classmethod
    def of(cls, book: Workbook) -> CellFormats:
        """Return the formats of a workbook."""
        head = {"bottom": 1, "bg_color": "#E8EEF4", "valign": "top"}
        grey = {"font_color": "#767676", "italic": True, "bg_color": "#F2F2F2"}
        return cls(
            head=book.add_format(head),
            required=book.add_format({**head, "bold": True}),
            text=book.add_format({"num_format": "@"}),
            day=book.add_format({"num_format": "yyyy-mm-dd"}),
            grey=book.add_format(grey),
            grey_day=book.add_format({**grey, "num_format": "yyyy-mm-dd"}),
        )

    def of_kind(self, kind: Kind) -> Any:
        """Return the format of a column: as text, so that `007` and `3-4` stay so, as a date, or as it comes."""
        return {Kind.TEXT: self.text, Kind.DATE: self.day}.get(kind)


def write_cell(sheet: Worksheet, place: tuple[int, int], text: str, kind: Kind, look: Any) -> None:
    """Write a text as a number or a date where the reader has that text again from it, else as text."""
    if kind in _NUMBERS and (number := _number(text)) is not None:
        sheet.write_number(*place, number, look)
    elif kind is Kind.DATE and (date := _date(text)) is not None:
        sheet.write_datetime(*place, date, look)
    else:
        sheet.write_string(*place, text, look)


def _number(text: str) -> float | None:
    """Return the number of a text that is as its digits say.

    Examples:
        >>> _number("0.5"), _number("0.50"), _number("0.30000000000000004")
        (0.5, None, None)
    """
    try:
        number = float(text)
    except ValueError:
        return None
    # 16 digits are what a workbook's file is written with.
    return number if cell_text(number) == text and float(f"{number:.16G}") == number else None


def _date(text: str) -> dt.datetime | None:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return None
    midnight = dt.datetime(date.year, date.month, date.day)  # noqa: DTZ001 - a date has no time zone
    return midnight if date.isoformat() == text and date >= _FIRST_DATE else None
