"""Percentages without counts beside them: parts that add to 100 %, shares of a total told in the same sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence, count_of, printed
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Table
from engager.audit.rounding import Fit, counts, rounded, share
from engager.audit.rules.percentages import exact_percent
from engager.audit.rules.rule import Rule, finding


def _hundred(evidence: Evidence) -> Iterator[Finding]:
    """Yield the groups of percentages without counts that miss 100 by little, though by more than rounding can."""
    for table, _ in evidence.grids:
        for cells in _percent_columns(evidence, table):
            yield from _sum_of(cells)
    for claims in evidence.by_text.values():
        yield from _shares_of_total(claims)


def _percent_columns(evidence: Evidence, table: Table) -> Iterator[list[Claim]]:
    """Yield the percentages of each section and column, where all rows of the section have one and nothing else."""
    for section, rows in groupby(table.rows, key=lambda row: row.section):
        listed = list(rows)
        for index in range(len(listed[0].cells) if section else 0):
            found = [evidence.of_cell(row.cells[index]) if index < len(row.cells) else () for row in listed]
            if len(found) > 1 and all(len(claims) == 1 and claims[0].kind is Kind.PERCENT for claims in found):
                yield [claims[0] for claims in found]


def _sum_of(claims: Sequence[Claim]) -> Iterator[Finding]:
    numbers = [number for claim in claims if (number := claim.number("percent")) is not None]
    if any(number.bound != "=" for number in numbers):
        return
    total = sum((Fraction(number.value) for number in numbers), Fraction(0))
    slack = sum((printed(number).unit for number in numbers), Fraction(0))
    if slack <= abs(total - 100) <= 5:
        shown = " + ".join(number.text for number in numbers)
        words = f"the percentages of the section add to {float(total):g}, not to 100"
        arithmetic = f"{shown} = {float(total):g}; rounding explains less than {float(slack):g}"
        consistent = "parts that add to 100 % within rounding, or a word on who is missing or counted twice"
        yield finding("percentages_add_to_100", Certainty.AMBIGUOUS, words, claims, arithmetic, consistent)


def _shares_of_total(claims: Sequence[Claim]) -> Iterator[Finding]:
    """Yield the bands of grades whose shares of one total, told in one sentence, exceed it."""
    shares: list[tuple[Claim, Claim]] = []
    for claim in claims:
        if claim.kind is Kind.PERCENT:
            after = [other for other in claims if other.kind is Kind.GRADE and 0 <= other.start - claim.end <= 8]
            shares += [(claim, other) for other in after[:1]]
    if len(shares) < 2 or not _disjoint([grade for _, grade in shares]):
        return
    numbers = [number for claim, _ in shares if (number := claim.number("percent")) is not None]
    total = sum((Fraction(number.value) for number in numbers), Fraction(0))
    slack = sum((printed(number).coarse / 2 for number in numbers), Fraction(0))
    if 100 + slack <= total <= 110:
        shown = " + ".join(number.text for number in numbers)
        words = f"the shares of {len(shares)} bands of grades add to {float(total):g} %"
        arithmetic = f"{shown} = {float(total):g}; rounding explains less than {float(slack):g}"
        told = [claim for pair in shares for claim in pair[:1]]
        consistent = "bands that do not overlap add to 100 % at most"
        yield finding("percentages_add_to_100", Certainty.IMPOSSIBLE, words, told, arithmetic, consistent)


def _disjoint(grades: Sequence[Claim]) -> bool:
    bands = []
    for grade in grades:
        low, high = grade.value("lower"), grade.value("upper")
        if low is None:
            return False
        bands.append((low, 5 if high is None else high))
    bands.sort()
    return all(before[1] < after[0] for before, after in pairwise(bands))


def _share_of_total(evidence: Evidence) -> Iterator[Finding]:
    """Yield the shares of a total told in the same sentence that no count of that total has."""
    for claims in evidence.by_text.values():
        totals = [(claim, n) for claim in claims if claim.kind is Kind.COUNT and (n := _total(claim)) is not None]
        if len(totals) != 1:
            continue
        total, n = totals[0]
        for claim in claims:
            if claim.kind is Kind.PERCENT and claim.start > total.end:
                yield from _no_count(claim, total, n)


def _total(claim: Claim) -> int | None:
    """Return the total that a sentence opens with, as in `A total of 107 AEs`."""
    before = claim.context[: claim.start].lower().rstrip()
    n = count_of(claim)
    return n if n and before.endswith(("total of", "totally", "in total")) else None


def _no_count(claim: Claim, total: Claim, n: int) -> Iterator[Finding]:
    percent = claim.number("percent")
    between = claim.context[total.end : claim.start].lower()
    if percent is None or percent.bound != "=" or ("including" not in between and "of which" not in between):
        return
    if counts(printed(percent), n, Fit.NEAREST):
        return
    cut = counts(printed(percent), n)
    near = int(Fraction(percent.value) * n / 100)
    shown = ", ".join(f"{part} / {n} = {exact_percent(part, n, percent)} %" for part in (near, near + 1))
    words = f"{percent.text} % of {n} is no whole number of them"
    certainty = Certainty.ROUNDING if cut else Certainty.UNLIKELY
    consistent = " or ".join(f"{part} ({rounded(share(part, n), percent.decimals)} %)" for part in (near, near + 1))
    yield finding("share_of_total", certainty, words, (claim, total), shown, consistent)


RULES = (
    Rule(
        "percentages_add_to_100",
        "Percentages of parts that do not overlap add to 100 %.",
        "the sum of the percentages; half a unit of each is rounding for bands of grades, a whole unit for sections",
        "parts that add to 100 % within rounding",
        (Certainty.IMPOSSIBLE, Certainty.AMBIGUOUS),
        _hundred,
    ),
    Rule(
        "share_of_total",
        "A share of a total told in the same sentence is that of a whole number.",
        "the counts of the total whose percentage prints as told",
        "the percentages of the two nearest counts",
        (Certainty.UNLIKELY, Certainty.ROUNDING),
        _share_of_total,
    ),
)
