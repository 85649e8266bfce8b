"""How the text of a cell becomes a number: what can be read one way only is read, signs between thousands included."""

from __future__ import annotations

import math
import re
import unicodedata

import polars as pl

from engager.plan import InputFormat
from engager.readers.refusals import Refusal

FORMULA = "A formula that was not calculated: open the workbook, save it, and check again"
"""What to do about a formula without a value."""
# No group of thousands begins with 0: `0,004` is four thousandths.
_THOUSANDS_OR_DECIMAL = re.compile(r"^[+-]?[1-9]\d{0,2},\d{3}$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+(e[+-]?\d+)?$", re.IGNORECASE)
# `1.234,5` and `1,234.5` can be read one way only, and so can a narrow or protected space between thousands.
_POINTS_GROUP = re.compile(r"^[+-]?[1-9]\d{0,2}(\.\d{3})+,\d+$")
_COMMAS_GROUP = re.compile(r"^[+-]?[1-9]\d{0,2}(,\d{3})+\.\d+$")
_THIN_SPACE = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_SPACED = re.compile(r"^[+-]?\d{1,3}( \d{3})+([.,]\d+)?$")
# `10^-4`, `2x10^-4`, and with raised figures; the figures after `10-` may be a range, so they are asked about.
_RAISED = re.compile("[\u207a\u207b\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+$")
_POWER = re.compile(r"^(?:(?P<factor>\d+(?:[.,]\d+)?)\s*[x\u00d7*\u00b7]\s*)?10\^(?P<power>[+-]?\d{1,2})$")
_LIKE_A_POWER = re.compile(r"^((\d+([.,]\d+)?\s*[x\u00d7*\u00b7]\s*)?10-\d{1,2}|1\s*[:/]\s*10+)$")
# `1.234` beside `0,5`: a thousand in German, one and a bit in English.
_POINT_AS_GROUP = r"^[<>=\u2264\u2265+-]*\s*[1-9]\d{0,2}\.\d{3}$"
_COMMA_AS_DECIMAL = r"^[<>=\u2264\u2265+-]*\s*(\d+|\d{1,3}(\.\d{3})+),\d+$"


def read_number(text: str, style: InputFormat) -> float | Refusal:
    """Return a finite number; a comma is a decimal sign only where it can be nothing else, or the plan says so.

    Examples:
        >>> read_number("0,5", InputFormat())
        0.5
        >>> read_number("1,234", InputFormat()).advice
        'Write 1234 or 1.234, or set `decimal` under [input] in study.toml'
        >>> read_number("1,234", InputFormat(decimal="comma"))
        1.234
    """
    plain = _plain(text.replace("\u2212", "-").strip(), style)
    if _DECIMAL_COMMA.match(plain) and style.decimal != "point":
        if _THOUSANDS_OR_DECIMAL.match(plain) and style.decimal == "refuse":
            with_point, without = plain.replace(",", "."), plain.replace(",", "")
            advice = f"Write {without} or {with_point}, or set `decimal` under [input] in study.toml"
            return Refusal("a number that can be read one way only", advice)
        plain = plain.replace(",", ".")
    try:
        number = float(plain) if "_" not in plain else math.nan
    except ValueError:
        number = math.nan
    return number if math.isfinite(number) else Refusal("a number", _number_advice(plain))


def _plain(text: str, style: InputFormat) -> str:
    """Return a number without the signs between thousands, and a power of ten as programs write it."""
    if power := _POWER.match(_RAISED.sub(_lowered, text)):
        return f"{power['factor'] or 1}e{power['power']}"
    text = _THIN_SPACE.sub("", text)
    if _POINTS_GROUP.match(text) and style.decimal != "point":
        return text.replace(".", "")
    if _COMMAS_GROUP.match(text) and style.decimal != "comma":
        return text.replace(",", "")
    return text


def _lowered(raised: re.Match[str]) -> str:
    return "^" + unicodedata.normalize("NFKC", raised[0]).replace("\u2212", "-")


def _number_advice(text: str) -> str:
    if text.startswith(("<", ">", "\u2264", "\u2265")):
        return "Only the `value` of a measurement may be a bound"
    if text.startswith("#"):
        return "A formula without a result: mend it, or enter the value itself"
    if text.startswith("="):
        return FORMULA
    if _LIKE_A_POWER.match(text):
        return "Write one in ten thousand as 1e-4 or 0.0001"
    if _SPACED.match(text):
        return f"Write {text.replace(' ', '')}, without a space"
    return "Put the unit and every remark into a column of its own" if any(c.isdigit() for c in text) else ""


def doubtful_points(texts: pl.Series, style: InputFormat) -> pl.Series:
    """Return which texts hold a point that may group thousands: `1.234` where commas are the decimal signs.

    Examples:
        >>> doubtful_points(pl.Series(["0,5", "1.234", "1.5"]), InputFormat()).to_list()
        [False, True, False]
    """
    commas = style.decimal == "comma" or (style.decimal == "refuse" and texts.str.contains(_COMMA_AS_DECIMAL).any())
    return texts.str.contains(_POINT_AS_GROUP if commas else "^$").fill_null(value=False)


def doubt(text: str) -> Refusal:
    """Return why a text of `doubtful_points` is not read."""
    advice = f"Write {text.replace('.', '')} or {text.replace('.', ',')}: other cells have a decimal comma"
    return Refusal("a number that can be read one way only", advice)


def read_integer(text: str, style: InputFormat) -> int | Refusal:
    """Return a whole number; `2.0` is one, `2.5` is not, and `1.000` may be a thousand."""
    number = read_number(text, style)
    if isinstance(number, Refusal) or not number.is_integer() or abs(number) > 2**31 - 1:
        return Refusal("a whole number")
    if re.match(_POINT_AS_GROUP, text):
        return Refusal("a whole number that can be read one way only", f"Write {text.replace('.', '')} or {number:g}")
    return int(number)
