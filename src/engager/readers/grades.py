"""The CTCAE grade of a cell: what names one grade is read, what names two, none or a bound is refused."""

from __future__ import annotations

import re
import unicodedata

from engager.readers.refusals import Refusal

EXPECTED = "one CTCAE grade: 1 to 5, or I to V"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_PREFIX = re.compile(r"^(ctcae\s*)?(grade|grad|gr|g|°)[\s.:]*")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
_SEVERAL = re.compile(r"\b(?:[0-5]|i{1,3}|iv|v)\b")
_AS_REPORTED = "leave grade empty and put the text into grade_as_reported"


def read_grade(text: str) -> int | Refusal:
    """Return the grade that a text names: `3`, `III`, `Grade 3`, `G3`; CTCAE has whole grades from 1 to 5.

    Examples:
        >>> read_grade("Grade III"), read_grade("G3"), read_grade("3.0")
        (3, 3, 3)
        >>> read_grade("3-4").advice
        '`3-4` is two grades: enter the one that was given, or leave grade empty and put the text into ...'
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").lower().split())
    bare = _PREFIX.sub("", plain).removesuffix("°").strip()
    if bare in _ROMAN:
        return _ROMAN[bare]
    if _NUMBER.match(bare):
        return _whole(float(bare.replace(",", ".")))
    return Refusal(EXPECTED, _advice(text, plain, bare))


def _whole(number: float) -> int | Refusal:
    if number == 0:
        return Refusal(EXPECTED, "An event that did not occur has no row; without a grade the cell is empty")
    if not number.is_integer():
        return Refusal(EXPECTED, f"CTCAE has no grade between two others: enter one, or {_AS_REPORTED}")
    return int(number) if 1 <= number <= 5 else Refusal(EXPECTED, "CTCAE has five grades: look it up in the record")


def _advice(text: str, plain: str, bare: str) -> str:
    if _DATE.match(plain):
        return f"A spreadsheet may have turned two grades such as 3-4 into a date: enter one, or {_AS_REPORTED}"
    if plain.startswith(("<", ">", "\u2264", "\u2265")):
        return f"`{text}` is a bound: enter the grade that was given, or {_AS_REPORTED}"
    if len(_SEVERAL.findall(re.sub(r"[a-z]{4,}", " ", bare))) > 1:
        return f"`{text}` is two grades: enter the one that was given, or {_AS_REPORTED}"
    return f"Enter the grade that was given, or {_AS_REPORTED}"
