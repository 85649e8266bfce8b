"""Dates and durations: days that exist, spans that do not end before they begin, one duration in two units."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence
from engager.audit.finding import Certainty, Finding
from engager.audit.rules.rule import Rule, finding

_MONTHS = {name.lower(): index for index, name in enumerate(calendar.month_name) if name}
_MONTHS |= {"januar": 1, "februar": 2, "märz": 3, "mai": 5, "juni": 6, "juli": 7, "oktober": 10, "dezember": 12}
_MONTH = "|".join(_MONTHS)
_DAY = re.compile(
    rf"\b(?:(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?|(?<![\d.])(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?P<m2>{_MONTH}))(?:,?\s+(?P<year>(?:19|20)\d\d))\b",
    re.IGNORECASE,
)
_UNTIL = ("and", "to", "-", "–", "until", "through", "till", "bis", "bis zum", "und")
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_LENGTH = rf"(\d+(?:\.\d+)?|{'|'.join(_WORDS)})[\s-]*(day|week|month|year)s?"
_TWICE = re.compile(
    rf"\b{_LENGTH}(?:\s+[a-z]+)?\s*\(\s*(?:i\.e\.,?\s*|about\s+|approximately\s+)?{_LENGTH}\s*\)", re.IGNORECASE
)
# The fewest and the most days that a unit can stand for.
_DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (365, 366)}


def _impossible_days(evidence: Evidence) -> Iterator[Finding]:
    for sentence in evidence.sentences:
        for told in _DAY.finditer(sentence.text):
            month, day = _MONTHS[(told["m1"] or told["m2"]).lower()], int(told["d1"] or told["d2"])
            last = calendar.monthrange(int(told["year"]), month)[1]
            if not 1 <= day <= last:
                words = f"{told[0]}: that month had {last} days"
                consistent = f"a day from 1 to {last}"
                claims = evidence.of_sentence(sentence)
                near = [claim for claim in claims if claim.start < told.end() and told.start() < claim.end] or claims[
                    :1
                ]
                yield from (
                    [finding("date_exists", Certainty.IMPOSSIBLE, words, near, f"{day} > {last}", consistent)]
                    if near
                    else ()
                )


def _spans(evidence: Evidence) -> Iterator[Finding]:
    for claims in evidence.by_text.values():
        dates = [claim for claim in claims if claim.kind is Kind.DATE and claim.date]
        for first, last in pairwise(dates):
            between = first.context[first.end : last.start].strip().lower()
            if between in _UNTIL and _after(first.date, last.date):
                words = f"the span ends ({last.text}) before it begins ({first.text})"
                arithmetic = f"{last.date} is before {first.date}"
                consistent = f"{last.text} to {first.text}"
                yield finding("span_of_dates", Certainty.IMPOSSIBLE, words, (first, last), arithmetic, consistent)


def _after(first: str, last: str) -> bool:
    length = min(len(first), len(last))
    return first[:length] > last[:length]


def _twice(evidence: Evidence) -> Iterator[Finding]:
    for sentence in evidence.sentences:
        for told in _TWICE.finditer(sentence.text):
            claims = [claim for claim in evidence.of_sentence(sentence) if told.start() <= claim.start < told.end()]
            one, two = _days(told[1], told[2]), _days(told[3], told[4])
            if claims and told[2].lower() != told[4].lower() and (one[1] < two[0] or two[1] < one[0]):
                yield _differ(told, one, two, claims)


def _days(value: str, unit: str) -> tuple[Fraction, Fraction]:
    """Return the fewest and most days that a printed duration can stand for; days and weeks are not rounded."""
    number = Fraction(_WORDS.get(value.lower()) or Decimal(value))
    low, high = _DAYS[unit.lower()]
    slack = Fraction(0) if unit.lower() in ("day", "week") else Fraction(1, 10 ** len(value.partition(".")[2]))
    return (number - slack) * low, (number + slack) * high


def _differ(
    told: re.Match[str], one: tuple[Fraction, Fraction], two: tuple[Fraction, Fraction], claims: Sequence[Claim]
) -> Finding:
    exact = {told[2].lower(), told[4].lower()} <= {"day", "week"}
    words = f"{told[1]} {told[2]}s are not {told[3]} {told[4]}s"
    arithmetic = f"{told[1]} {told[2]}s are {_span(one)} days, {told[3]} {told[4]}s are {_span(two)}"
    # Four weeks end on day 29, where the first day is day 1.
    counted = max(one[0], two[0]) - min(one[0], two[0]) <= 1
    certainty = Certainty.IMPOSSIBLE if exact and not counted else Certainty.UNLIKELY
    return finding("duration_in_two_units", certainty, words, claims, arithmetic, "one of the two")


def _span(days: tuple[Fraction, Fraction]) -> str:
    low, high = (f"{float(value):g}" for value in days)
    return low if low == high else f"{low} to {high}"


RULES = (
    Rule(
        "date_exists",
        "A date is one of the calendar.",
        "the days of the month in that year",
        "a day of the month",
        (Certainty.IMPOSSIBLE,),
        _impossible_days,
    ),
    Rule(
        "span_of_dates",
        "A span of dates does not end before it begins.",
        "both dates as far as they are told",
        "the dates exchanged",
        (Certainty.IMPOSSIBLE,),
        _spans,
    ),
    Rule(
        "duration_in_two_units",
        "A duration told in two units is one duration.",
        "a week of 7 days, a month of 28 to 31, a year of 365 or 366; months and years may be rounded by one unit",
        "one of the two",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY),
        _twice,
    ),
)
