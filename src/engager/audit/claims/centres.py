"""Medians, means and ranges: `median 6 (range 2-11)`, `mean 4.2 ± 1.1`, `range 675-1851 days`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engager.audit.claim import Kind, Number
from engager.audit.claims.draft import Draft, numbers_of
from engager.audit.claims.numbers import DASH, Convention, pattern

_UNIT = r"(?:years?|months?|weeks?|days?|hours?|minutes?|Jahre[n]?|Monate[n]?|Wochen|Tage[n]?|kg|cm|mg|%|/[µμm]?[lL])\b"
_UNIT_MAYBE = rf"(?:\s?(?P<unit>{_UNIT}|%|/\s?[µμm]?[lL]\b))?"
_SPREAD = (
    r"(?P<spread_name>[Rr]ange|IQR|[Ii]nterquartile\s[Rr]ange|[Qq]uartiles|Q1\s?[-–,]\s?Q3|Spannweite|Bereich|SD|"
    r"standard deviation|±)"
)
_GAP = r"(?:[^\d.;()]|(?<=[A-Za-zα-ω+])\d+|\([^()\d]{1,30}\)){0,90}?"
_CENTRE = r"(?:(?<!\w)|(?<=\ba))(?P<what>[Mm]edian[e]?[rns]?|[Mm]eans?|[Aa]verage|Mittelwert|[Mm]ittlere[rns]?)\b"


def centres(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield medians and means that are named as such, with the spread that stands behind them."""
    tail = (
        rf"(?:@S[,;(\[]@S{_SPREAD}@S[,:=]?@S(?:of\s|from\s|von\s)?(?P<lower>@N){_UNIT_OF_BOUND}"
        rf"(?:(?:@TO|\sand\s|@S[,;]@S)(?P<upper>@N)(?:\s?{_UNIT})?)?[)\]]?"
        rf"|@S[(\[]@S(?P<low>@N){_UNIT_OF_BOUND}(?:@TO|@S[,;]@S)(?P<high>@N)(?:\s?{_UNIT})?@S[)\]]"
        r"|@S(?:±|\+/-)@S(?P<spread>@N))?"
    )
    template = rf"{_CENTRE}{_GAP}(?P<estimate_b>[<>≤≥]?)(?P<estimate>@N){_UNIT_MAYBE}{tail}"
    for match in pattern(template, convention).finditer(text):
        if _is_other(match):
            continue
        yield _centre(match, convention)
    for match in pattern(r"(?P<estimate>@N)@S(?:±|\+/-)@S(?P<spread>@N)" + _UNIT_MAYBE, convention).finditer(text):
        numbers = numbers_of(match.groupdict(), ("estimate", "spread"), convention)
        yield Draft(Kind.MEAN_SD, *match.span(), numbers, unit=match["unit"] or "")


_UNIT_OF_BOUND = rf"(?:\s?{_UNIT})?"


def ranges(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield ranges that are named as such: `range 675-1851 days`, `(range for both 17 to 1819 days)`."""
    between = r"(?:[^\d.;()]{0,25}?)"
    template = (
        rf"(?:[Rr]ange[sd]?|IQR|Spannweite|between|zwischen)\b{between}(?P<lower>@N){_UNIT_OF_BOUND}"
        rf"(?:@TO|\sand\s|\sund\s)(?P<upper>@N){_UNIT_MAYBE}"
    )
    for match in pattern(template, convention).finditer(text):
        numbers = numbers_of(match.groupdict(), ("lower", "upper"), convention)
        yield Draft(Kind.RANGE, *match.span(), numbers, unit=match["unit"] or "")


def plain_ranges(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield two numbers that a dash joins, the lower first: `after 2-4 cycles`; spans of years are none."""
    template = rf"(?<![\w/])(?P<lower>@N)\s?[{DASH}]\s?(?P<upper>@N)(?![{DASH}/\w])(?:\s(?P<unit>[a-z]+))?"
    for match in pattern(template, convention).finditer(text):
        low, high = numbers_of(match.groupdict(), ("lower", "upper"), convention)
        years = 1900 <= low.value < 2100 and low.is_whole
        if low.value < high.value and not years:
            yield Draft(Kind.RANGE, match.start(), match.end("upper"), (low, high))


def _centre(match: re.Match[str], convention: Convention) -> Draft:
    groups = match.groupdict()
    groups["lower"], groups["upper"] = groups["lower"] or groups["low"], groups["upper"] or groups["high"]
    median = groups["what"].lower().startswith("median")
    named = (groups["spread_name"] or "").lower()
    if named in {"sd", "standard deviation", "±"}:
        groups["spread"], groups["lower"], groups["upper"] = groups["lower"], None, None
    numbers = numbers_of(groups, ("estimate", "spread", "lower", "upper"), convention)
    kind = _kind(median=median, named=named, numbers=numbers)
    return Draft(
        kind, *match.span(), numbers, unit=groups["unit"] or "", spans=((match.start("estimate"), match.end()),)
    )


def _kind(*, median: bool, named: str, numbers: tuple[Number, ...]) -> Kind:
    roles = {number.role for number in numbers}
    if "upper" in roles:
        if median:
            return Kind.MEDIAN_QUARTILES if named.startswith(("iqr", "inter", "q")) else Kind.MEDIAN_RANGE
        return Kind.RANGE
    if median:
        return Kind.MEDIAN
    return Kind.MEAN_SD if "spread" in roles else Kind.MEAN


def _is_other(match: re.Match[str]) -> bool:
    """Return whether the number found is no centre: the level of an interval, a day of a date, `means 3`."""
    after = match.string[match.end("estimate") : match.end("estimate") + 12]
    if match["what"] == "means" or re.match(rf"\s?%\s?[{DASH}]?\s?(?:CI|KI|conf)", after):
        return True
    return bool(re.match(r"\s?(?:patients|children|cases|of\b)", after))
