"""P-values: between 0 and 1, in line with the interval beside them, and with the test of the counts in their row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, takewhile
from math import log

from engager.audit.claim import Claim, Kind, Number
from engager.audit.evidence import Counted, Evidence, lines_of, printed
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Row, Table
from engager.audit.rounding import Fit, share
from engager.audit.rules.intervals import RATIO
from engager.audit.rules.rule import Rule, finding

_ALL = re.compile(r"\b(all|total|overall|entire)\b", re.IGNORECASE)
_P = re.compile(r"^\s*p\b", re.IGNORECASE)
# The most patients of a table of so many cells that Fisher's test goes through in no time.
_MOST_EXACT = {4: 5000, 6: 200, 8: 100, 9: 60}
# A p-value may be this many times greater or smaller than that of its interval: other tests are in use.
_TIMES = 4.0


def _range(evidence: Evidence) -> Iterator[Finding]:
    zeros: list[Claim] = []
    for claim in evidence.claims:
        p = claim.number("p") if claim.kind is Kind.P_VALUE else None
        # P = 4.93 x 10^-7 goes on behind its first number; in "β P = -0.398" P is the name of a group.
        if p is None or p.value < 0 or "," in p.text or _GOES_ON.match(claim.context, claim.end):
            continue
        if p.value > 1:
            yield from _above_one(evidence, claim, p)
        elif p.value == 0 and p.bound in ("=", "<"):
            zeros.append(claim)
    if zeros:
        yield _zero(zeros)


def _above_one(evidence: Evidence, claim: Claim, p: Number) -> Iterator[Finding]:
    # In a sentence P can be phosphate, or the number of variables.
    if not claim.in_table and (p.bound != "=" or re.match(r"\s*[A-Za-z%]", claim.context[claim.end :])):
        return
    if claim.in_table and not _among_probabilities(evidence, claim):
        return
    words = f"p = {p.text}: a probability is between 0 and 1"
    certainty = Certainty.IMPOSSIBLE if claim.in_table else Certainty.UNLIKELY
    yield finding(
        "p_between_0_and_1", certainty, words, (claim,), f"{p.text} > 1", "0 to 1; a decimal point can be missing"
    )


def _among_probabilities(evidence: Evidence, claim: Claim) -> bool:
    """Return whether most values in the row and column of a p-value are probabilities: a row `P` may be phosphate."""
    for line in lines_of(claim):
        every, above = evidence.p_values[line]
        if 2 * above > max(every, 2):
            return False
    return True


_GOES_ON = re.compile(r"\s*[x×*·]\s*10|\s?[eE][-−–]")


def _zero(claims: Sequence[Claim]) -> Finding:
    p = claims[0].number("p")
    text, least = ("0", 0.001) if p is None else (p.text, float(printed(p).unit))
    places = f" ({len(claims)} places)" if len(claims) > 1 else ""
    words = f"p = {text}: no test of a sample gives 0{places}"
    consistent = f"p < {least:g}"
    return finding("p_between_0_and_1", Certainty.ROUNDING, words, claims, f"{text} is a rounded 0", consistent)


def _with_interval(evidence: Evidence) -> Iterator[Finding]:
    for claims in (*evidence.by_text.values(), *evidence.by_cell.values()):
        for interval, after in pairwise(claims):
            near = after.kind is Kind.P_VALUE and 0 <= after.start - interval.end <= 40
            if interval.kind is Kind.INTERVAL and near and RATIO.search(interval.context[: interval.start + 20][-90:]):
                yield from _against_interval(interval, after)


def _against_interval(interval: Claim, told: Claim) -> Iterator[Finding]:
    from engager.statistics.significance import normal_two_sided

    low, high, p = interval.number("lower"), interval.number("upper"), told.number("p")
    level = interval.value("level")
    if low is None or high is None or p is None or low.percent or high.percent or "," in p.text:
        return
    if p.value > 1 or low.value <= 0 or low.value >= high.value or level not in (None, 95):
        return
    error = (log(high.value) - log(low.value)) / (2 * 1.959963984540054)
    computed = normal_two_sided((log(high.value) + log(low.value)) / 2 / error)
    excludes = low.value > 1 or high.value < 1
    if excludes == _significant(p) or _about(p, computed):
        return
    side = "excludes" if excludes else "contains"
    words = f"the 95 % interval {low.text} to {high.text} {side} 1, p {p.bound} {p.text}"
    arithmetic = f"by the interval p is about {computed:.2g}"
    yield finding("p_of_interval", Certainty.UNLIKELY, words, (told, interval), arithmetic, f"p near {computed:.2g}")


def _significant(p: Number) -> bool:
    return p.value < Decimal("0.05") or (p.bound == "<" and float(p.value) <= 0.05)


def _about(p: Number, computed: float) -> bool:
    value = float(p.value)
    if p.bound in ("<", "≤"):
        return computed <= value * _TIMES
    if p.bound in (">", "≥"):
        return computed >= value / _TIMES
    return value > 0 and computed > 0 and 1 / _TIMES <= value / computed <= _TIMES


def _of_counts(evidence: Evidence) -> Iterator[Finding]:
    for table, cells in evidence.grids:
        columns = [column.index for column in table.columns[1:] if column.path and _P.search(column.path[-1])]
        if len(columns) != 1:
            continue
        rows: dict[int, list[Counted]] = {}
        for cell in cells:
            if cell.cell.column.size is not None and not _ALL.search(" ".join(cell.group)):
                rows.setdefault(cell.row.index, []).append(cell)
        yield from _rows_with_p(evidence, table, columns[0], rows)


def _rows_with_p(evidence: Evidence, table: Table, column: int, rows: dict[int, list[Counted]]) -> Iterator[Finding]:
    for place, row in enumerate(table.rows):
        told = _p_claims(evidence, row, column)
        p = (told[0].number("p") or told[0].number("value")) if len(told) == 1 else None
        # Rows without a p-value of their own are further levels of the one before them.
        levels = _levels(evidence, table.rows[place:], column)
        cells = [rows.get(level.index, []) for level in levels]
        if p is None or len(cells[0]) < 2 or any(not _is_sound(cell) for listed in cells for cell in listed):
            continue
        if len({len(listed) for listed in cells}) > 1:
            continue
        computed = _computed(cells)
        if computed and not any(_goes_with(p, value) for value in computed.values()):
            yield _other_p(told[0], p, cells[0], computed)


def _p_claims(evidence: Evidence, row: Row, column: int) -> list[Claim]:
    return [claim for cell in row.cells if cell.column.index == column for claim in evidence.of_cell(cell)]


def _levels(evidence: Evidence, rows: Sequence[Row], column: int) -> list[Row]:
    first, *others = rows
    further = takewhile(lambda row: row.section == first.section and not _p_claims(evidence, row, column), others)
    return [first, *further]


def _computed(cells: Sequence[Sequence[Counted]]) -> dict[str, float]:
    """Return the p-values of the first row alone, if it is alone, and of all levels together; empty if in doubt."""
    levels = [[cell.n for cell in listed] for listed in cells]
    alone = _tests([levels[0], [(cell.size or 0) - cell.n for cell in cells[0]]])
    if len(levels) == 1:
        return alone if "chi-squared" in alone else {}
    together = _tests(levels)
    if "Fisher" not in together or "chi-squared" not in alone:
        return {}
    return alone | {f"{name}, all levels": value for name, value in together.items()}


def _is_sound(cell: Counted) -> bool:
    """Return whether count and size of a cell can be those the test was made of: its percentage goes with them."""
    if cell.size is None or cell.n > cell.size:
        return False
    return cell.percent is None or printed(cell.percent).fit(share(cell.n, cell.size)) is not Fit.NONE


def _tests(counts: Sequence[Sequence[int]]) -> dict[str, float]:
    """Return the p-values that usual tests give for a table of counts, by name; empty where none can be done."""
    from engager.statistics import chi_squared, fisher_exact

    if not all(map(sum, counts)) or not all(map(sum, zip(*counts, strict=True))):
        return {}
    found = {"chi-squared": chi_squared(counts).test.p_value}
    total, cells = sum(map(sum, counts)), len(counts) * len(counts[0])
    if total <= _MOST_EXACT.get(cells, 0):
        found = {"Fisher": fisher_exact(counts).test.p_value} | found
    elif cells > 4:
        return {}
    if cells == 4:
        found["chi-squared with Yates' correction"] = chi_squared(counts, yates=True).test.p_value
        if "Fisher" in found:
            sides = (fisher_exact(counts, alternative=side).test.p_value for side in ("less", "greater"))
            found["Fisher, one-sided"] = min(sides)
        found["chi-squared, one-sided"] = found["chi-squared"] / 2
    return found


def _goes_with(p: Number, computed: float) -> bool:
    if p.bound in ("<", "≤"):
        return computed <= float(p.value)
    if p.bound in (">", "≥"):
        return computed >= float(p.value)
    # A tenth more than the print allows, for programs that differ in a last digit.
    return printed(p).fit(Fraction(computed)) is not Fit.NONE or abs(computed - float(p.value)) <= 0.1 * float(p.value)


def _other_p(claim: Claim, p: Number, cells: Sequence[Counted], computed: dict[str, float]) -> Finding:
    counts = " against ".join(f"{cell.n} of {cell.size}" for cell in cells)
    words = f"p {p.bound} {p.text} is that of no usual test of {counts}"
    arithmetic = "; ".join(f"{name} {value:.3g}" for name, value in computed.items())
    consistent = f"p = {computed['Fisher']:.3g} (Fisher), or the name of the test" if "Fisher" in computed else ""
    claims = (claim, *(cell.claim for cell in cells))
    # Models, trends and paired tests give other values, and papers rarely say which p-value is whose.
    return finding("p_of_counts", Certainty.AMBIGUOUS, words, claims, arithmetic, consistent)


RULES = (
    Rule(
        "p_between_0_and_1",
        "A p-value is a probability, and not 0.",
        "p > 1, p = 0.000",
        "p below the last decimal printed",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY, Certainty.ROUNDING),
        _range,
    ),
    Rule(
        "p_of_interval",
        "A 95 % interval of a ratio that excludes 1 goes with p < 0.05, and one that contains it does not.",
        "z = mean of the logs of both ends / (their difference / 3.92); a p-value within four times is let pass",
        "the p-value of the interval",
        (Certainty.UNLIKELY,),
        _with_interval,
    ),
    Rule(
        "p_of_counts",
        "The p-value of a row is that of its counts.",
        "Fisher's test with one side and two, chi-squared with and without correction, of the row and of its levels",
        "the p-value of Fisher's test, or the name of the test",
        (Certainty.AMBIGUOUS,),
        _of_counts,
    ),
)
