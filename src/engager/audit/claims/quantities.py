"""Doses, durations, powers of ten and other numbers with a unit: `15 µg/m²/day`, `28 days`, `10E-4`, `2.44 pg/ml`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engager.audit.claim import Kind, Number
from engager.audit.claims.draft import Draft, numbers_of
from engager.audit.claims.numbers import DASH, Convention, number, pattern

_MASS = r"(?:[kmµμunp]?g|mcg|IU|IE|I\.E\.|U|E|Gy|Gray|[cm]Gy|mmol|µmol|μmol|nmol|mol)"
_PER = r"(?:m2|m²|m\^2|sqm|kg(?:\s?BW|\s?KG)?|day|days|d|Tag|h|hr|hour|min|dose|Dosis|week|wk|cycle|24\s?h|BW|BSA)"
_DOSE_UNIT = (
    rf"{_MASS}(?:\s?(?:/|\sper\s|\spro\s)\s?{_PER}){{0,3}}(?:\s(?:per|pro|a)\s(?:day|Tag|dose|week))?(?:\s?BW)?"
)
_PLAIN_UNIT = (
    r"(?:(?:[pnµμmk]?g|mcg|[mk]?U|IU|mmol|µmol|μmol|nmol|cells|copies|Zellen|blasts)?\s?/\s?(?:[µμmd]?[lLI]\b|mm3|mm³|kg)"
    r"|mmHg|mm Hg|°C|bpm|mm\b|cm\b|kg\b|m2\b|m²|[mµμ]?[lL]\b|log(?:10)?\b|-fold\b)"
)
_TIMES = {
    "days": "days?|d|Tage?n?", "weeks": "weeks?|wks?|Wochen?", "months": "months?|mo|mos|Monate?n?",
    "years": "years?|yrs?|Jahre?n?", "hours": "hours?|hrs?|h|Stunden?", "minutes": "minutes?|mins?|Minuten?",
}  # fmt: skip
_TIME = "(?:" + "|".join(_TIMES.values()) + r")\b"
_TIME_ONLY = {name: re.compile(f"^(?:{words})$") for name, words in _TIMES.items()}
_EXPONENT = r"(?P<sign>\^|\*\*)?(?P<exponent>[-−–‐‑]?\d{1,2})"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
LOST = "the exponent may have lost its superscript"
MICRO = "the mg may be a µg that has lost its µ"


def powers(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield powers of ten as printed: `10E-4`, `1x10-4`, `10⁻⁶`, `0.725 × 10^9 /L`.

    `value` is what the print says literally; where a superscript is lost, `exponent` is what was probably meant.
    """
    unit = rf"(?:\s?(?P<unit>/\s?(?:[µμmd]?[lL]\b|kg\b)(?:\sBW)?|{_PLAIN_UNIT}))?"
    head = r"(?P<bound>(?:[<>≤≥~]\s?)?)(?:(?P<mantissa>@N)\s?[x×·*]\s?)?"
    ways = (
        rf"{head}(?<![\d.])(?P<base>10)(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+){unit}",
        rf"{head}(?<![\d.])(?P<base>10)\s?(?P<sign>\^|\*\*)\s?[({{]?(?P<exponent>[{DASH}]?\d{{1,2}})[)}}]?{unit}",
        rf"(?P<bound>(?:[<>≤≥~]\s?)?)(?P<mantissa>@E)[eE](?P<exponent>[{DASH}+]?\d{{1,2}})(?![\w.]*\d|\w){unit}",
        rf"(?P<bound>(?:[<>≤≥~]\s?)?)(?P<mantissa>@N)\s?[x×·*]\s?10(?P<exponent>[{DASH}]\d{{1,2}}|[3-9]|1[0-2])(?!\d|[.,]\d|\s?(?:mg|g\b|µg|μg|%|days|patients)){unit}",
        rf"(?P<bound>(?:[<>≤≥~]\s?)?)(?<![\w.,{DASH}])10(?P<exponent>[{DASH}][3-9])(?![\d.,]*\d|\w|\s?(?:%|days|years|months|mg|µg))",
    )
    for way, template in enumerate(ways):
        found = pattern(template.replace("@E", r"(?<![\w.])\d+(?:[.,]\d+)?"), convention)
        for match in found.finditer(text):
            yield _power(match, convention, lost=way > 2)


def _power(match: re.Match[str], convention: Convention, *, lost: bool) -> Draft:
    groups = match.groupdict()
    exponent = (groups.get("exponent") or (groups.get("raised") or "").translate(_SUPERSCRIPTS)).replace("+", "")
    mantissa = number("mantissa", groups.get("mantissa") or "1", convention, (groups["bound"] or "=").strip() or "=")
    power = number("exponent", exponent)
    value = mantissa.value.scaleb(int(power.value))
    bound = mantissa.bound
    numbers = (Number("value", value, match[0], 0, bound), mantissa, power)
    start = match.start("bound") if groups["bound"] else match.start()
    return Draft(
        Kind.POWER, start, match.end(), numbers, (groups.get("unit") or "").strip(), damaged=LOST if lost else ""
    )


def doses(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield doses: mass, activity or radiation, per surface, weight or time; several of one unit are one claim.

    `3 x 5 mg/kg` has `times` 3 and `value` 5.
    """
    several = (
        r"(?P<first>@N)(?:\s?(?:,|or|and|to|bis|und|oder|→|@D)\s?(?:to\s)?(?P<second>@N))"
        r"(?:(?:,\s?(?:and\s)?|\s(?:or|and|to|und|oder)\s)(?P<third>@N))?"
    )
    template = (
        rf"(?P<b>@B)(?:(?P<times>@I)\s?[x×]\s?)?(?:{several}|(?P<value>@N))\s?"
        rf"(?P<unit>{_DOSE_UNIT})(?![\w²/]|\s?/\s?[mdµμ]?[lL]\b)"
    )
    for match in pattern(template, convention).finditer(text):
        groups = match.groupdict()
        if groups["unit"] in {"E", "U", "g"} and not groups["value"]:
            continue
        texts = [groups["value"]] if groups["value"] else [groups["first"], groups["second"], groups["third"]]
        numbers = tuple(number("value", found, convention, groups["b"]) for found in texts if found)
        if groups["times"]:
            numbers = (number("times", groups["times"], convention), *numbers)
        start = match.end("b") if not groups["b"].strip() else match.start()
        yield Draft(Kind.DOSE, start, match.end(), numbers, " ".join(groups["unit"].split()))


def quantities(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield other numbers with a unit: concentrations, lengths, pressures, folds."""
    for match in pattern(rf"(?P<value_b>@B)(?P<value>@N)\s?(?P<unit>{_PLAIN_UNIT})(?!\w)", convention).finditer(text):
        start = match.start("value_b") if match["value_b"].strip() else match.start("value")
        numbers = numbers_of(match.groupdict(), ("value",), convention)
        yield Draft(Kind.QUANTITY, start, match.end(), numbers, match["unit"].replace(" ", ""))


def durations(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield lengths of time (`28 days`, `7-14 days`, `two weeks`, `14-day`) and days of study (`Day 7`, `d675`).

    `unit` is `days`, `weeks`, `months`, `years`, `hours`, `minutes`; or `day` for a day that is counted to.
    """
    template = rf"(?P<value_b>@B)(?P<lower>@N)(?:@TO(?P<upper>@N))?[{DASH}\s]?\s?(?P<unit>{_TIME})"
    for match in pattern(template, convention).finditer(text):
        groups = match.groupdict()
        unit = _time_unit(groups["unit"])
        if groups["upper"]:
            numbers = numbers_of(groups, ("lower", "upper"), convention)
        else:
            numbers = (number("value", groups["lower"] or "", convention, groups["value_b"] or "="),)
        start = match.start("value_b") if (groups["value_b"] or "").strip() else match.start("lower")
        yield Draft(Kind.DURATION, start, match.end(), numbers, unit)
    for match in pattern(rf"(?P<value>@W)[\s-]{_ADJECTIVE}(?P<unit>{_TIME})", convention).finditer(text):
        found = number("value", match["value"], convention)
        if found.words:
            yield Draft(Kind.DURATION, *match.span(), (found,), _time_unit(match["unit"]))
    days = r"(?:\b[Dd]ays?|\b[Tt]ag(?:e|en)?|(?<![\w])[dD])\s?(?P<lower>@Y)(?:@TO(?P<upper>\d+))?(?![\w.]*\d|\w|\s?%)"
    for match in pattern(days.replace("@Y", r"(?:(?<=[dD])|(?<=\s))\d{1,5}"), convention).finditer(text):
        groups = match.groupdict()
        roles = {"lower": groups["lower"], "upper": groups["upper"]} if groups["upper"] else {"value": groups["lower"]}
        yield Draft(Kind.DURATION, *match.span(), numbers_of(roles, tuple(roles), convention), "day")


_ADJECTIVE = r"(?:(?:single|consecutive|full|whole)\s)?"


def _time_unit(text: str) -> str:
    return next(name for name, found in _TIME_ONLY.items() if found.match(text))
