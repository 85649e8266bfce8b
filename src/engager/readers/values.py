"""How the text of a cell becomes a value: what is plain is read, what can be read two ways is refused.

Each reader takes the distinct texts of a column that the fast path could not read, so a long column costs what its
distinct texts cost.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from engager.plan import InputFormat
from engager.readers.grades import read_grade
from engager.readers.number import doubt, doubtful_points, read_integer, read_number
from engager.readers.refusals import Refusal, Refusals
from engager.schema.columns import GRADES, Kind
from engager.terms.codelists import CodeList
from engager.terms.likeness import did_you_mean
from engager.terms.units import read_unit, spellings

MISSING = ("NA", "N/A", "n/a", "na", "n.a.", "N.A.", "k.A.", "k. A.", ".")
_YES_NO = {
    "yes": True,
    "y": True,
    "ja": True,
    "j": True,
    "true": True,
    "1": True,
    "no": False,
    "n": False,
    "nein": False,
    "false": False,
    "0": False,
}
_TIME = re.compile(r"(?<=^\d{4}-\d{2}-\d{2})[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
# Beyond these a date or a day is a slip of the pen.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
LAST_DAY = 50_000
_NUMERIC_DATE = re.compile(r"^(?P<a>\d{1,4})(?P<sep>[./-])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{4}|\d{1,2})$")

_MONTH = re.compile(r"^(\d{4}([-./]\d{1,2})?|\d{1,2}[./]\d{4})$")

Value = float | int | str | bool | dt.date
Reader = Callable[[str], Value | Refusal]


def read_study_day(text: str, style: InputFormat) -> int | Refusal:
    """Return a study day; there is no day 0."""
    day = read_integer(text, style)
    if day == 0:
        return Refusal("a study day other than 0", "Day 1 is the day of the first dose, day -1 the day before it")
    if isinstance(day, int) and abs(day) > LAST_DAY:
        return Refusal(f"a study day between -{LAST_DAY} and {LAST_DAY}", "Dates go into the date columns")
    return Refusal("a study day, a whole number", "Dates go into the date columns") if isinstance(day, Refusal) else day


def read_date(text: str, style: InputFormat) -> dt.date | Refusal:
    """Return a date: 2011-12-31 (a time after it is let go), 31.12.2011, or with slashes in the one order that fits.

    Examples:
        >>> read_date("31.12.2011", InputFormat())
        datetime.date(2011, 12, 31)
        >>> read_date("03/04/2011", InputFormat()).expected
        'a date that can be read one way only'
    """
    match = _NUMERIC_DATE.match(_TIME.sub("", text))
    if match is None:
        return Refusal("a date such as 2011-12-31 or 31.12.2011", _date_advice(text))
    if len(match["a"]) == 4:
        return _date(match["a"], match["b"], match["c"])
    if len(match["c"]) != 4:
        return Refusal("a date with a year of four digits", "Write 2011-12-31")
    day_month = _date(match["c"], match["b"], match["a"])
    if match["sep"] == "." or style.date_order == "day-month":
        return day_month
    month_day = _date(match["c"], match["a"], match["b"])
    return month_day if style.date_order == "month-day" else _only_reading(day_month, month_day)


def _date_advice(text: str) -> str:
    if text.isdecimal() and 20_000 < int(text) < 80_000:
        return "The number of a day, as a spreadsheet stores it: format the column as a date"
    if _MONTH.match(text):
        return "A day that is not known stays empty: place the row by its cycle and timepoint"
    return ""


def _only_reading(first: dt.date | Refusal, second: dt.date | Refusal) -> dt.date | Refusal:
    """Return the one date that two orders of day and month leave possible."""
    dates = {reading for reading in (first, second) if isinstance(reading, dt.date)}
    if len(dates) == 1:
        return dates.pop()
    if not dates:
        return Refusal("a date that exists")
    advice = "Write 2011-12-31, or set `date_order` under [input] in study.toml"
    return Refusal("a date that can be read one way only", advice)


def _date(year: str, month: str, day: str) -> dt.date | Refusal:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return Refusal(f"a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return Refusal("a date that exists")


def read_yes_no(text: str, _: InputFormat) -> bool | Refusal:
    """Return a yes or a no."""
    answer = _YES_NO.get(text.lower())
    return Refusal("yes or no") if answer is None else answer


def read_unit_text(text: str, _: InputFormat) -> str | Refusal:
    """Return a unit's UCUM code."""
    code = read_unit(text)
    known = ", ".join(sorted(set(spellings().values())))
    return code if code is not None else Refusal(f"a unit engager knows: {known}")


def code_reader(codes: CodeList) -> Reader:
    """Return the reader of a code list's codes and their other spellings."""

    def read(text: str) -> str | Refusal:
        code = codes.read(text)
        return (
            code
            if code is not None
            else Refusal("one of " + ", ".join(codes.codes), codes.advice or did_you_mean(text, codes.codes))
        )

    return read


_READERS: Mapping[Kind, Callable[[str, InputFormat], Value | Refusal]] = {
    Kind.NUMBER: read_number,
    Kind.INTEGER: read_integer,
    Kind.STUDY_DAY: read_study_day,
    Kind.DATE: read_date,
    Kind.YES_NO: read_yes_no,
    Kind.UNIT: read_unit_text,
    Kind.GRADE: lambda text, _: read_grade(text),
}
_TYPES: Mapping[Kind, type[pl.DataType]] = {
    Kind.TEXT: pl.String,
    Kind.CODE: pl.String,
    Kind.UNIT: pl.String,
    Kind.NUMBER: pl.Float64,
    Kind.INTEGER: pl.Int32,
    Kind.STUDY_DAY: pl.Int32,
    Kind.DATE: pl.Date,
    Kind.YES_NO: pl.Boolean,
    Kind.GRADE: pl.Int32,
}


def read_column(texts: pl.Series, kind: Kind, codes: CodeList | None, style: InputFormat) -> tuple[pl.Series, Refusals]:
    """Return the values of a column, null where empty or refused, and what was refused."""
    texts = without_missing(texts)
    if kind is Kind.TEXT:
        return texts, Refusals((), pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(texts)))
    doubtful = (
        doubtful_points(texts, style) if kind is Kind.NUMBER else pl.Series([False]).new_from_index(0, len(texts))
    )
    fast = _fast(texts, kind).set(doubtful, None)
    reader = code_reader(codes) if codes else lambda text: _READERS[kind](text, style)
    answers = {text: reader(text) for text in texts.filter(fast.is_null() & ~doubtful).drop_nulls().unique()}
    answers |= {text: doubt(text) for text in texts.filter(doubtful).unique()}
    read = {text: answer for text, answer in answers.items() if not isinstance(answer, Refusal)}
    refused = {text: answer for text, answer in answers.items() if isinstance(answer, Refusal)}
    which = _replaced(texts, list(refused), list(range(len(refused))), pl.UInt32())
    slow = _replaced(texts, list(read), list(read.values()), fast.dtype)
    return fast.zip_with(fast.is_not_null(), slow), Refusals(tuple(refused.values()), which)


def without_missing(texts: pl.Series) -> pl.Series:
    """Return the texts, null for those that say that there is none."""
    return texts.set(texts.is_in(MISSING).fill_null(value=False), None)


def _replaced(texts: pl.Series, old: list[str], new: Sequence[Value], kind: pl.DataType) -> pl.Series:
    """Return the new value for each old text, null for all others."""
    if not old:
        return pl.Series(texts.name, [None], dtype=kind).new_from_index(0, len(texts))
    return texts.replace_strict(old, new, default=None, return_dtype=kind)


def _fast(texts: pl.Series, kind: Kind) -> pl.Series:
    """Read what is plain beyond doubt, in one pass; null for everything else."""
    target = _TYPES[kind]()
    if kind in (Kind.NUMBER, Kind.INTEGER, Kind.STUDY_DAY, Kind.GRADE):
        numbers = texts.cast(target, strict=False)
        limits = {
            Kind.STUDY_DAY: (numbers != 0) & (numbers.abs() <= LAST_DAY),
            Kind.NUMBER: numbers.is_finite(),
            Kind.GRADE: (numbers >= GRADES[0]) & (numbers <= GRADES[-1]),
        }
        plain = limits.get(kind)
        return numbers if plain is None else numbers.set(~plain.fill_null(value=False), None)
    return pl.Series(texts.name, [None], dtype=target).new_from_index(0, len(texts))
