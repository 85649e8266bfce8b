"""Numbers as they are printed: decimal signs, thousands, signs before them, numbers in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from engager.audit.claim import Number
from engager.audit.word_lists import words

DASH = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\uff0d"
_THOUSANDS = "[,\u2009\u00a0\u202f'’]"
_GERMAN_THOUSANDS = "[.\u2009\u00a0\u202f'’]"
# A blank parts thousands only where the next digits begin with 0: no number that stands for itself does.
_BLANK = r"(?:\x20(?=0\d\d(?!\d)))"
# No number begins inside a word, a name such as IL-6, or another number.
_BEFORE = rf"(?<![\w.·])(?<!\d,)(?<![A-Za-z][{DASH}])(?<![A-Za-z][+/])"
_AFTER = r"(?![.,·]\d|\d)"
_SIGN = rf"(?:(?<![\w)\]%.])[{DASH}](?=\d))?"

WORDS = {
    word: value
    for value, words in enumerate(
        words("""
    zero/null/none one/ein/eine/einer two/zwei three/drei four/vier five/fünf six/sechs seven/sieben
    eight/acht nine/neun ten/zehn eleven/elf twelve/zwölf thirteen/dreizehn fourteen/vierzehn fifteen/fünfzehn
    sixteen/sechzehn seventeen/siebzehn eighteen/achtzehn nineteen/neunzehn twenty/zwanzig
""")
    )
    for word in words.split("/")
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORDS |= _TENS | {f"{ten}-{unit}": value + i for ten, value in _TENS.items() for i, unit in enumerate(_UNITS, 1)}
_WORD = r"(?<![\w-])(?i:" + "|".join(sorted(WORDS, key=len, reverse=True)) + r")(?![\w-])"

_BOUNDS = {
    "<": "<",
    ">": ">",
    "≤": "≤",
    "≥": "≥",
    "=": "=",
    "~": "~",
    "≈": "~",
    "<=": "≤",
    ">=": "≥",
    "⩽": "≤",
    "⩾": "≥",
}


@dataclass(frozen=True, slots=True)
class Convention:
    """How a document writes numbers: with a decimal comma (`comma`) or a point."""

    comma: bool = False


POINT, COMMA = Convention(), Convention(comma=True)


def convention_of(text: str) -> Convention:
    """Return how a text writes decimals: the comma where it clearly prevails.

    Examples:
        >>> convention_of("Es waren 66,7 % (95 %-KI 29,9 bis 92,5)").comma, convention_of("in 66.7%, 1,2").comma
        (True, False)
    """
    commas = len(
        re.findall(r"(?<![\d.,])\d{1,3},\d{1,2}(?![\d,]|\.\d)(?=\s?[%)µμ–-]|\s?(?:mg|bis|und|Monate|Jahre|Tage))", text)
    )
    points = len(re.findall(r"(?<![\d.,])\d{1,3}\.\d{1,2}(?![\d.])", text))
    return COMMA if commas > 1 and commas > 2 * points else POINT


@cache
def pattern(template: str, convention: Convention) -> re.Pattern[str]:
    """Return a template compiled: `@N` is a number, `@I` a whole one, `@W` one in words or digits, `@D` a dash.

    `@B` is a bound sign before a number, `@S` blanks or none, `@TO` what joins the ends of a range.
    """
    thousands, point = (_GERMAN_THOUSANDS, ",") if convention.comma else (_THOUSANDS, "[.·]")
    grouped = rf"\d{{1,3}}(?:(?:{thousands}|{_BLANK})\d{{3}})+(?!\d)"
    number = rf"{_BEFORE}{_SIGN}(?:{grouped}(?:{point}\d+)?|\d+(?:{point}\d+)?){_AFTER}"
    whole = rf"{_BEFORE}(?:{grouped}|\d+){_AFTER}"
    text = (
        template.replace("@TO", rf"\s?(?:[{DASH}]|\b(?:to|bis|through)\b)\s?")
        .replace("@B", r"(?:[<>≤≥=~≈⩽⩾]=?)?\s?")
        .replace("@N", number)
        .replace("@W", rf"(?:{whole}|{_WORD})")
        .replace("@I", whole)
        .replace("@S", r"\s{0,3}")
        .replace("@D", rf"[{DASH}]")
    )
    return re.compile(text)


def number(role: str, text: str, convention: Convention = POINT, bound: str = "=", *, percent: bool = False) -> Number:
    """Return a printed number, in digits or words, with its exact value; `bound` as printed before it.

    Examples:
        >>> number("n", "1,204").value, number("n", "six").value, number("p", "0.050", bound="<").decimals
        (Decimal('1204'), Decimal('6'), 3)
        >>> number("n", "4,3", COMMA).value, number("n", "−0.5").value, number("n", "0·05").value
        (Decimal('4.3'), Decimal('-0.5'), Decimal('0.05'))
    """
    sign = _BOUNDS.get(bound.strip() or "=", "=")
    if text.lower() in WORDS:
        return Number(role, Decimal(WORDS[text.lower()]), text, 0, sign, percent, words=True)
    bare = text.strip()
    minus = bare[:1] in DASH
    digits = bare.lstrip(DASH).strip()
    digits = re.sub(_GERMAN_THOUSANDS if convention.comma else _THOUSANDS, "", digits).replace(" ", "")
    digits = digits.replace(",", ".").replace("·", ".")
    value = Decimal(digits)
    decimals = len(digits.partition(".")[2])
    return Number(role, -value if minus else value, text, decimals, sign, percent)
