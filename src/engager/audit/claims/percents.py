"""Percentages that stand alone, p-values, and intervals of confidence."""

from __future__ import annotations

from collections.abc import Iterator

from engager.audit.claim import Kind
from engager.audit.claims.draft import Draft, numbers_of
from engager.audit.claims.numbers import Convention, pattern

_CI = r"(?:CI|C\.I\.|[Cc]onfidence [Ii]ntervals?|CrI|KI|Konfidenzintervall)\b"
_REACHED = r"(?:not reached|not estimable|NR|NE|nicht erreicht|∞|infinity)"


def percents(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield percentages, and ranges of them: `57%`, `> 90 %`, `15-20%`."""
    template = r"(?P<lower>@N)@S%?@TO(?P<upper>@N)@S(?P<upper_p>%)"
    for match in pattern(template, convention).finditer(text):
        numbers = numbers_of(match.groupdict() | {"lower_p": "%"}, ("lower", "upper"), convention)
        yield Draft(Kind.RANGE, *match.span(), numbers, unit="%")
    for match in pattern(
        r"(?P<percent_b>@B)(?P<percent>@N)@S(?P<percent_p>%|per ?cent\b|Prozent\b)", convention
    ).finditer(text):
        start = match.start("percent_b") if match["percent_b"].strip() else match.start("percent")
        yield Draft(Kind.PERCENT, start, match.end(), numbers_of(match.groupdict(), ("percent",), convention))


def p_values(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield p-values: `P = 0.034`, `p<.001`, `P-value 0.02`."""
    template = (
        r"(?<![\w.])[Pp]\s?(?:@D?\s?(?:values?|Werte?))?\s?"
        r"(?:(?P<p_b>[<>=≤≥⩽⩾]=?)\s?|of\s|:\s)(?P<p>@N|(?<![\d])\.\d+)(?!\s?%)"
    )
    for match in pattern(template, convention).finditer(text):
        groups = match.groupdict()
        if groups["p"] and groups["p"].startswith("."):
            groups["p"] = "0" + groups["p"]
        yield Draft(Kind.P_VALUE, *match.span(), numbers_of(groups, ("p",), convention))


def intervals(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield intervals of confidence, with the estimate that stands right before: `71 % (95 % CI 60-80)`.

    A bound that was not reached has no number.
    """
    estimate = (
        r"(?:(?P<estimate>@N)@S(?P<estimate_p>%)?\s?(?P<unit>days?|months?|years?|weeks?|Tage|Monate|Jahre|d|mo)?"
        r"\)?@S[,;:(\[]{0,2}@S)?"
    )
    bounds = (
        rf"@S[,:=;]?@S(?:of\s|von\s)?[(\[]?@S(?:(?P<lower>@N)@S(?P<lower_p>%)?|{_REACHED})(?:@TO|@S[,;]@S|\sand\s|\sund\s)"
        rf"(?:(?P<upper>@N)@S(?P<upper_p>%)?|{_REACHED})"
    )
    between = r"[^()\d.;]{0,25}?"
    template = rf"{estimate}(?P<level>@N)@S@D?(?P<level_p>%)\s?@D?\s?{_CI}{between}{bounds}"
    for match in pattern(template, convention).finditer(text):
        groups = match.groupdict()
        if _is_second_of_two(text, match.start()):
            groups["estimate"] = None
        start = match.start("estimate") if groups["estimate"] else match.start("level")
        numbers = numbers_of(groups, ("level", "estimate", "lower", "upper"), convention)
        yield Draft(
            Kind.INTERVAL,
            start,
            match.end(),
            numbers,
            groups["unit"] or "",
            spans=((match.start("level"), match.end()),),
        )


def _is_second_of_two(text: str, start: int) -> bool:
    """Return whether the number at `start` is compared with one before: the interval is then that of neither."""
    before = text[max(0, start - 12) : start].rstrip().lower()
    return before.endswith(("vs", "vs.", "versus", "against", "and", "to", "gegen"))
