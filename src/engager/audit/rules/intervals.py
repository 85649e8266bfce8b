"""Intervals against their estimates: contained, symmetric on their scale, and recomputed for a share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log, sqrt

from engager.audit.claim import Claim, Kind, Number
from engager.audit.evidence import Evidence, count_of, printed, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.rounding import Fit, share
from engager.audit.rules.rule import Rule, finding

RATIO = re.compile(r"\b(hazard|odds|risk|rate) ratio|\b[a-z]?(HR|OR|RR|IRR|SHR)\b")
_NORMAL = 1.959963984540054
# An interval may lean by this part of its half width before it is told: not every interval is estimate ± z x SE.
_LEAN = 0.25
# Percentage points that a limit may miss every usual interval by: further methods are in use.
_OFF = 3.0


# In "86 % (19/22, 95 % CI ...)", "(P<0.0001; 95 % CI ...)", "(SD 11.5; 95 % CI ...)" the number before is no estimate.
_NO_ESTIMATE = re.compile(
    r"(/|\bof|\b[pP]\s?[=<>≤]?|\b(S[DE]M?|IQR|range)\b[,:=]?|±|\d:|"
    r"\b(days?|weeks?|months?|years?|hours?|visit|stage|grade|age|"
    r"reader|group|arm|cycle|phase|step|model|study|table|level))\s?$"
)


def _ends(claim: Claim) -> tuple[Number, Number, Number] | None:
    """Return estimate, lower and upper end of an interval; None where one is missing or the ends are reversed."""
    estimate, low, high = (claim.number(role) for role in ("estimate", "lower", "upper"))
    if claim.kind is not Kind.INTERVAL or estimate is None or low is None or high is None or low.value > high.value:
        return None
    if _NO_ESTIMATE.search(claim.context[: claim.start]):
        return None
    return estimate, low, high


def _contains(evidence: Evidence) -> Iterator[Finding]:
    for claim in evidence.claims:
        ends = _ends(claim)
        if ends is None:
            continue
        estimate, low, high = ends
        scaled = estimate.percent != (low.percent or high.percent)
        if scaled and low.value <= estimate.value / 100 <= high.value:
            continue
        if scaled and high.value <= 10 < estimate.value:
            yield _other_scale(claim, *ends)
        # "Reduced by 25 (95 % CI -32 to -18)" tells the sign in words.
        elif low.value <= -estimate.value <= high.value or _is_time(claim):
            continue
        elif _above(low, estimate) or _above(estimate, high):
            words = f"the estimate {estimate.text} is not within its interval {low.text} to {high.text}"
            side = f"{estimate.text} < {low.text}" if estimate.value < low.value else f"{estimate.text} > {high.text}"
            consistent = f"an estimate of {low.text} to {high.text}"
            # A percentage and an interval without the sign may be told on two scales.
            sure = not scaled and not _lost_sign(*ends) and _is_its_own(claim)
            certainty = Certainty.IMPOSSIBLE if sure else Certainty.UNLIKELY
            yield finding("interval_contains_estimate", certainty, words, (claim,), side, consistent)


_NAMED = re.compile(
    r"(?:\b(?:adj)?[a-z]?(?:HR|OR|RR|IRR|SHR|MD|SMD|WMD|RD|ARR|AUC|ICC)|\bratio|\bkappa|κ|β|\b[rb]|\bcoefficient|\bmedian|\bmean|"
    r"\bsurvival|\brates?|\bincidence|\bprevalence|\bdifference)"
    r"(?: (?:of|for|in) (?:\w+ ){1,3}?(?:was|is)|(?: (?:was|were|of|is))*)\s*[=:,(\[]?\s*$",
    re.IGNORECASE,
)
_OF_SPREAD = re.compile(r"\b(?:S[DE]M?|s\.d\.|difference)\b|\bstandard (?:deviation|error)")


def _is_its_own(claim: Claim) -> bool:
    """Return whether an interval is that of the number before it: a name stands before both, or a header above both.

    "8 % v 29 %, 95 % CI of the difference", "SE = 0.09, 95 % CI", "max = 100; 95 % CI" are of something told before.
    """
    if claim.in_table:
        return not _OF_SPREAD.search(claim.position.row_label) or "difference" in claim.position.row_label.lower()
    before = claim.context[: claim.start]
    compared = re.search(r"\bv\.?s?\.?\s+$|\bversus\s+$|\bdifference\b", before[-10:] + claim.text) is not None
    return _NAMED.search(before) is not None and not compared


def _is_time(claim: Claim) -> bool:
    """Return whether the number before an interval is when something was measured: `at 6 months, 95 % CI ...`."""
    unit = re.match(
        r"\s?[\d.,·]+\s?(?:minutes?|hours?|days?|weeks?|months?|years?|Tagen?|Wochen|Monaten?|Jahren?)\b", claim.text
    )
    before = re.search(r"\b(?:at|by|after|in|for|over|within|of|nach|bei|und|and|to)\s+$", claim.context[: claim.start])
    return unit is not None and before is not None


def _lost_sign(estimate: Number, low: Number, high: Number) -> bool:
    """Return whether the interval is symmetric about the estimate if its lower end, or both, had lost a minus."""
    slack = sum(printed(number).unit for number in (estimate, low, high))
    return any(
        abs(a + b - 2 * estimate.value) <= slack for a, b in ((-low.value, high.value), (-high.value, -low.value))
    )


def _above(one: Number, other: Number) -> bool:
    """Return whether a number is above another by more than the last decimals of both."""
    return one.value - other.value > printed(one).unit + printed(other).unit


def _other_scale(claim: Claim, estimate: Number, low: Number, high: Number) -> Finding:
    words = f"the interval {low.text} to {high.text} is not that of {estimate.text} %: what it belongs to is not told"
    arithmetic = f"{estimate.text} % and {low.text} to {high.text} are on different scales"
    consistent = f"the estimate of which {low.text} to {high.text} is the interval, such as a hazard ratio"
    return finding("interval_contains_estimate", Certainty.AMBIGUOUS, words, (claim,), arithmetic, consistent)


def _without_estimate(evidence: Evidence) -> Iterator[Finding]:
    """Yield the intervals between two compared percentages and no estimate of their own."""
    for claim in evidence.claims:
        low, high = claim.number("lower"), claim.number("upper")
        if claim.kind is not Kind.INTERVAL or claim.number("estimate") is not None or low is None or high is None:
            continue
        before = claim.context[: claim.start]
        compared = re.search(r"\d\s?%[^.;]*(?:\bvs\b|\bversus\b|\band\b|\bthan\b)[^;]*\d\s?%", before)
        if compared and not low.percent and not high.percent and high.value < 10 and not RATIO.search(claim.context):
            words = f"the interval {low.text} to {high.text} has no estimate: what it belongs to is not told"
            arithmetic = f"{low.text} to {high.text} stands behind percentages, on another scale"
            consistent = f"the estimate of which {low.text} to {high.text} is the interval, such as a hazard ratio"
            yield finding("interval_contains_estimate", Certainty.AMBIGUOUS, words, (claim,), arithmetic, consistent)


def _before(claim: Claim) -> str:
    return claim.context[max(0, claim.start - 60) : claim.start + 40] + " ".join((*claim.subject, *claim.group))


def _symmetric(evidence: Evidence) -> Iterator[Finding]:
    for claim in evidence.claims:
        ends = _ends(claim)
        if ends is None or not RATIO.search(_before(claim)):
            continue
        estimate, low, high = ends
        if (
            float(low.value) - float(printed(low).unit) <= 0
            or not low.value <= estimate.value <= high.value
            or low.value == high.value
        ):
            continue
        lean, slack = _lean(*ends)
        if lean > _LEAN + slack:
            centre = sqrt(float(low.value * high.value))
            words = f"the interval {low.text} to {high.text} is not symmetric about {estimate.text} on a log scale"
            arithmetic = f"sqrt({low.text} x {high.text}) = {centre:.3g}, not {estimate.text}"
            consistent = f"an estimate near {centre:.2g}, if the interval is that of a regression"
            yield finding("interval_symmetric", Certainty.UNLIKELY, words, (claim,), arithmetic, consistent)


def _lean(estimate: Number, low: Number, high: Number) -> tuple[float, float]:
    """Return how far the estimate is from the middle of the logs, in half widths, and how far rounding explains."""
    half = (log(high.value) - log(low.value)) / 2
    off = abs(log(estimate.value) - (log(high.value) + log(low.value)) / 2)
    slack = sum(float(printed(number).unit) / float(number.value) for number in (estimate, low, high)) / 2
    return off / half, slack / half


def _share_interval(evidence: Evidence) -> Iterator[Finding]:
    """Yield the 95 % intervals beside n of N in percent that no usual method gives."""
    groups = [*evidence.by_text.values(), *evidence.by_cell.values()]
    for claims in groups:
        for claim in claims:
            n, whole = count_of(claim), whole_of(claim)
            after = [other for other in claims if other.kind is Kind.INTERVAL and 0 <= other.start - claim.start <= 60]
            if n is not None and whole is not None and n <= whole and after:
                yield from _recomputed(claim, after[0], n, whole)


def _recomputed(claim: Claim, interval: Claim, n: int, whole: int) -> Iterator[Finding]:
    low, high, level = (interval.number(role) for role in ("lower", "upper", "level"))
    between = claim.context[claim.end : interval.start]
    estimate = interval.number("estimate")
    other = estimate is not None and printed(estimate).fit(share(n, whole)) is Fit.NONE
    if other or RATIO.search(between) or re.search(r"\b(ratio|difference)\b", between):
        return
    scale = 1 if high is not None and (high.percent or high.value > 1) else 100
    if low is None or high is None or (level is not None and level.value not in (95,)) or high.value * scale > 100:
        return
    told = float(low.value) * scale, float(high.value) * scale
    usual = _usual_intervals(n, whole)
    if all(max(abs(told[0] - ends[0]), abs(told[1] - ends[1])) > _OFF for ends in usual.values()):
        words = f"{low.text} to {high.text} is no usual 95 % interval of {n} of {whole}"
        arithmetic = "; ".join(f"{name} {ends[0]:.1f} to {ends[1]:.1f} %" for name, ends in usual.items())
        consistent = f"{usual['Clopper-Pearson'][0]:.1f} to {usual['Clopper-Pearson'][1]:.1f} % (exact)"
        yield finding("interval_of_share", Certainty.UNLIKELY, words, (interval, claim), arithmetic, consistent)


def _usual_intervals(n: int, whole: int) -> dict[str, tuple[float, float]]:
    from engager.statistics import proportion_interval

    exact, score = (proportion_interval(n, whole, method=name) for name in ("clopper-pearson", "wilson"))
    share = n / whole
    half = _NORMAL * sqrt(share * (1 - share) / whole)
    return {
        "Clopper-Pearson": (100 * (exact.lower or 0), 100 * (exact.upper or 0)),
        "Wilson": (100 * (score.lower or 0), 100 * (score.upper or 0)),
        "Wald": (100 * max(0.0, share - half), 100 * min(1.0, share + half)),
    }


RULES = (
    Rule(
        "interval_contains_estimate",
        "An interval contains the estimate that it stands beside, on the same scale.",
        "estimate against both ends, each with all that its print can stand for",
        "an estimate between the ends, or the name of what the interval belongs to",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        lambda evidence: (*_contains(evidence), *_without_estimate(evidence)),
    ),
    Rule(
        "interval_symmetric",
        "The interval of a ratio is symmetric about it on a log scale.",
        "the root of lower x upper, against the estimate; a quarter of the half width beyond rounding is allowed",
        "the root of lower x upper",
        (Certainty.UNLIKELY,),
        _symmetric,
    ),
    Rule(
        "interval_of_share",
        "A 95 % interval beside n of N is one that a usual method gives.",
        "Clopper-Pearson, Wilson and Wald; three percentage points are allowed",
        "the exact interval",
        (Certainty.UNLIKELY,),
        _share_interval,
    ),
)
