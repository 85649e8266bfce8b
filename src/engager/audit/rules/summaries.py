"""Medians, ranges, means and standard deviations: their order, and whether whole numbers can have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence, printed
from engager.audit.finding import Certainty, Finding
from engager.audit.possible_means import is_decidable, possible_squares, possible_sums
from engager.audit.rounding import Printed, rounded
from engager.audit.rules.rule import Rule, finding

_WHOLE = re.compile(
    r"\b(number of|no\. of|cycles?|lines?|relapses?|transplants?|transplantations|hscts?|infusions?|"
    r"episodes?|events?|lesions?)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(cells?|count|concentration|level|load|per|percent(age)?|volumes?|length|loss|size|diameter|area|duration|time|rate|"
    r"thickness|depth|score|index|weight)\b|%|[(\[,]\s?(?:[µμmck]?m[²³23]?|[µμmkd]?[gLl]|cc|h|min|s|days?|weeks?)\s?(?:[)\]]|$)",
    re.IGNORECASE,
)


def _order(evidence: Evidence) -> Iterator[Finding]:
    reversed_: dict[tuple[str, int], list[Claim]] = {}
    for claim in evidence.claims:
        low, high = claim.number("lower"), claim.number("upper")
        if low is not None and high is not None and low.value > high.value and _is_span(claim):
            reversed_.setdefault((claim.position.file, claim.position.block), []).append(claim)
    for claims in reversed_.values():
        yield _reversed(claims)


def _is_span(claim: Claim) -> bool:
    """Return whether a claim is a range or interval: "from 21 to 5 %" is none, "45 minutes to 6 hours" neither."""
    if claim.kind is Kind.RANGE:
        named = re.search(r"\brang|IQR|quartile", claim.text, re.IGNORECASE) is not None
        return named and not re.search(r"\d\s*(minutes?|hours?|days?|weeks?|months?)\b", claim.text)
    return claim.kind in (Kind.MEDIAN_RANGE, Kind.MEDIAN_QUARTILES, Kind.INTERVAL)


def _reversed(claims: list[Claim]) -> Finding:
    """Return the finding of the reversed spans of a table or paragraph: a way of writing, or a lost sign."""
    ends = [(claim.number("lower"), claim.number("upper")) for claim in claims]
    pairs = [f"{low.text} > {high.text}" for low, high in ends if low is not None and high is not None]
    first = pairs[0].split(" > ")
    more = f" (and {len(claims) - 1} more)" if len(claims) > 1 else ""
    words = f"the lower end {first[0]} is above the upper end {first[1]}{more}"
    consistent = f"{first[1]} to {first[0]}, or a sign that is missing"
    return finding("range_order", Certainty.AMBIGUOUS, words, claims, "; ".join(pairs[:5]), consistent)


_UNITS_OF_TIME = re.compile(r"\b(minute|hour|day|week|month|year)s?\b")


def _is_of_mean(claim: Claim) -> bool:
    """Return whether a table tells a mean with quartiles, which can lie beyond them."""
    heads = " ".join((*claim.subject, claim.position.column_label)).lower() if claim.in_table else ""
    return "mean" in heads and "median" not in heads


def _within(evidence: Evidence) -> Iterator[Finding]:
    for claim in evidence.claims:
        estimate, low, high = (claim.number(role) for role in ("estimate", "lower", "upper"))
        if claim.kind not in (Kind.MEDIAN_RANGE, Kind.MEDIAN_QUARTILES):
            continue
        if estimate is None or low is None or high is None:
            continue
        # In "-40 (35-50)" the dash of the range took the place of a sign.
        if low.value > high.value or (estimate.value < 0 <= low.value <= -estimate.value <= high.value):
            continue
        if _is_of_mean(claim) or len(set(_UNITS_OF_TIME.findall(claim.text))) > 1:
            continue
        # Both prints can be rounded, so that 6 lies in a range that begins with 6.4.
        below = estimate.value < low.value
        end = low if below else high
        apart = abs(estimate.value - end.value)
        if low.value <= estimate.value <= high.value or apart <= max(printed(estimate).unit, printed(end).unit) / 2:
            continue
        certainty = Certainty.IMPOSSIBLE if apart > printed(estimate).unit + printed(end).unit else Certainty.UNLIKELY
        if apart:
            words = f"the median {estimate.text} is not within {low.text} to {high.text}"
            arithmetic = f"{estimate.text} < {low.text}" if below else f"{estimate.text} > {high.text}"
            consistent = f"a median of {low.text} to {high.text}"
            yield finding("median_within_range", certainty, words, (claim,), arithmetic, consistent)


def _whole_numbers(evidence: Evidence) -> Iterator[tuple[Claim, int]]:
    """Yield the means of what is counted and not measured, with the patients that the header of the column tells."""
    for table in evidence.tables:
        for row, cell in table.cells():
            words = " ".join(row.path)
            if cell.column.size is None or _MEASURED.search(words) or not _WHOLE.search(words):
                continue
            for claim in evidence.of_cell(cell):
                if claim.kind in (Kind.MEAN, Kind.MEAN_SD) and (not claim.unit or _WHOLE.search(claim.unit)):
                    yield claim, cell.column.size


def _grim(evidence: Evidence) -> Iterator[Finding]:
    for claim, n in _whole_numbers(evidence):
        mean = claim.number("estimate")
        if mean is None or mean.bound != "=":
            continue
        if is_decidable(printed(mean), n) and not possible_sums(printed(mean), n):
            fewer = [size for size in range(max(1, n // 2), n) if possible_sums(printed(mean), size)]
            certainty = Certainty.UNLIKELY if fewer else Certainty.IMPOSSIBLE
            yield finding("mean_of_whole_numbers", certainty, *_grim_words(claim, printed(mean), n, fewer))


def _grim_words(claim: Claim, mean: Printed, n: int, fewer: Sequence[int]) -> tuple[str, tuple[Claim, ...], str, str]:
    near = int(mean.value * n)
    means = [str(rounded(Fraction(total, n), mean.decimals)) for total in (near, near + 1)]
    words = f"{n} whole numbers cannot have the mean {mean.value}"
    arithmetic = f"{mean.value} x {n} = {mean.value * n}; {near} / {n} = {means[0]}, {near + 1} / {n} = {means[1]}"
    if fewer:
        arithmetic += f"; it would be right of {fewer[-1]}, if some are missing"
    return words, (claim,), arithmetic, " or ".join(means)


def _grimmer(evidence: Evidence) -> Iterator[Finding]:
    for claim, n in _whole_numbers(evidence):
        mean, spread = claim.number("estimate"), claim.number("spread")
        if claim.kind is not Kind.MEAN_SD or mean is None or spread is None:
            continue
        if n < 2 or n > 10 ** max(mean.decimals, spread.decimals) or not possible_sums(printed(mean), n):
            continue
        if not possible_squares(printed(mean), printed(spread), n):
            words = f"{n} whole numbers of mean {mean.text} cannot have the standard deviation {spread.text}"
            sums = ", ".join(map(str, possible_sums(printed(mean), n)[:4]))
            arithmetic = f"the sum is {sums}; no sum of squares of its parity gives {spread.text}, by n - 1 or by n"
            # Fewer values than the group has would have other sums.
            yield finding("deviation_of_whole_numbers", Certainty.UNLIKELY, words, (claim,), arithmetic, "")


def _negative(evidence: Evidence) -> Iterator[Finding]:
    """Yield the standard deviations below 0."""
    for claim in evidence.claims:
        spread = claim.number("spread")
        if claim.kind is Kind.MEAN_SD and spread is not None and spread.value < 0:
            words = f"a standard deviation of {spread.text}"
            # Fewer values than the group has would have other sums.
            yield finding("deviation_of_whole_numbers", Certainty.UNLIKELY, words, (claim,), f"{spread.text} < 0")


RULES = (
    Rule(
        "range_order",
        "The lower end of a range or interval is not above its upper end.",
        "lower > upper",
        "the ends exchanged",
        (Certainty.AMBIGUOUS,),
        _order,
    ),
    Rule(
        "median_within_range",
        "A median lies within its range or quartiles.",
        "median against both ends; up to a unit of both prints beyond an end can be rounding in different ways",
        "a median between the ends",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY),
        _within,
    ),
    Rule(
        "mean_of_whole_numbers",
        "A mean of n whole numbers is a sum of n whole numbers divided by n (GRIM).",
        "the sums whose quotient prints as told, for n below the steps of the print",
        "the two nearest means",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY),
        _grim,
    ),
    Rule(
        "deviation_of_whole_numbers",
        "The standard deviation of n whole numbers has a sum of squares of the same parity as their sum (GRIMMER).",
        "the sums of squares within the bounds of the print, by n - 1 and by n, and not below that of equal numbers",
        "",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY),
        lambda evidence: (*_grimmer(evidence), *_negative(evidence)),
    ),
)
