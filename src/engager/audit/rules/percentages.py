"""Percentages against the counts they stand beside, and against each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from engager.audit.bands import band_of
from engager.audit.claim import Claim, Kind, Number
from engager.audit.evidence import Counted, Evidence, count_of, printed, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.rounding import Fit, counts, rounded, share, wholes
from engager.audit.rules.rule import Rule, finding

_MANY = 1_000_000
_FEW = 4
_NAMED = 3  # a fraction that a manuscript has in so many sentences is a name
# A percentage of these is an estimate over time, of which the fraction beside it is not the base.
_OVER_TIME = re.compile(r"\b(cumulative|kaplan|actuarial|life.?table|weighted|adjusted|estimated)\b", re.IGNORECASE)
_PEOPLE = re.compile(r"\b(patients?|child(ren)?|cases|subjects|participants|infants|wom[ae]n|m[ae]n)\b", re.IGNORECASE)


def _percent_of_count(evidence: Evidence) -> Iterator[Finding]:
    for _, cells in evidence.grids:
        yield from _in_table(evidence, [cell for cell in cells if cell.percent is not None])
    for claims in evidence.by_text.values():
        for index, claim in enumerate(claims):
            if _is_of_others(claim) or _is_name(claim, evidence):
                continue
            if claim.kind in (Kind.COUNT_PERCENT, Kind.FRACTION_PERCENT):
                yield from _in_text(claim, claim.number("percent"), (claim,))
            elif claim.kind is Kind.FRACTION and index + 1 < len(claims) and _explains(claim, claims[index + 1]):
                beside = claims[index + 1]
                yield from _in_text(claim, beside.number("percent"), (claim, beside))


def _is_name(claim: Claim, evidence: Evidence) -> bool:
    """Return whether `15/92` names something, such as two doses or a score of 0 or 1, and counts nobody."""
    told = re.match(r"\d+/\d+", claim.text)
    if told is None:
        return False
    before = claim.context[: claim.start]
    return (
        evidence.fractions[told[0]] >= _NAMED
        or re.search(r"([=≤≥<>]|\b(?:score|grade|dose|stage))\s*$", before) is not None
    )


def _in_table(evidence: Evidence, cells: Sequence[Counted]) -> Iterator[Finding]:
    cells = [cell for cell in cells if not _displaced(evidence, cell)]
    fits = {id(cell): _fit(cell) for cell in cells}
    telling = [cell for cell in cells if cell.n > 0 and whole_of(cell.claim) is None and fits[id(cell)] is not None]
    right = sum(fits[id(cell)] is not Fit.NONE for cell in telling)
    # Where most percentages of a table do not go with the sizes of its header, they are of something else.
    wrong = [cell for cell in cells if fits[id(cell)] is Fit.NONE]
    wrong = [cell for cell in wrong if whole_of(cell.claim) is not None or 2 * right > len(telling)]
    wrong = [cell for cell in wrong if not _is_of_row(cell, cells)]
    for group, whole in _explained(wrong, telling):
        wrong = [cell for cell in wrong if cell not in group]
        yield _of_others(group, whole)
    for listed in _columns_of(wrong):
        common, others = _common_whole(listed)
        if others:
            yield _of_another(others, common)
        yield from (_wrong(evidence, cell, cells) for cell in listed if cell not in others)
    cut = [cell for cell in cells if fits[id(cell)] is Fit.CUT]
    if cut and 2 * right > len(telling):
        yield _cut([cell.claim for cell in cut], [(cell.n, cell.size or 1, _of(cell)) for cell in cut])


def _is_of_row(cell: Counted, cells: Sequence[Counted]) -> bool:
    """Return whether the percentages of a row are of the row's sum over the groups: 25 (54) and 21 (46)."""
    row = [other for other in cells if other.row is cell.row and whole_of(other.claim) is None]
    total = sum(other.n for other in row)
    return len(row) > 1 and total > 0 and all(printed(_of(one)).fit(share(one.n, total)) is not Fit.NONE for one in row)


def _explained(wrong: Sequence[Counted], telling: Sequence[Counted]) -> list[tuple[list[Counted], int | None]]:
    """Return the wrong percentages that have another whole: rows all of which are wrong, sections of those known.

    The whole is that of a section; of a row that counts something else than patients it is not known (None).
    """
    implied = [cell for cell in wrong if whole_of(cell.claim) is None]
    found: list[tuple[list[Counted], int | None]] = []
    for key in dict.fromkeys((cell.row.section, cell.cell.column.index) for cell in implied):
        here = [cell for cell in implied if (cell.row.section, cell.cell.column.index) == key]
        parts = [cell.n for cell in telling if (cell.row.section, cell.cell.column.index) == key]
        if len(here) > 1 and key[0] and all(_fits_any(cell, [sum(parts)], strict=True) for cell in here):
            found.append((here, sum(parts)))
    told = [cell for group, _ in found for cell in group]
    for index in dict.fromkeys(cell.row.index for cell in implied):
        here = [cell for cell in implied if cell.row.index == index and cell not in told]
        if len(here) > 1 and len(here) == sum(cell.row.index == index for cell in telling):
            found.append((here, None))
    return found


def _of_others(cells: Sequence[Counted], whole: int | None) -> Finding:
    known = f"the {whole} known" if whole is not None else "something else"
    words = f"{len(cells)} percentages are not of the patients in the header, but of {known}"
    shown = "; ".join(f"{_division(cell.n, cell.size or 1, _of(cell))}, not {_of(cell).text} %" for cell in cells[:4])
    claims = [cell.claim for cell in cells]
    return finding("percent_of_count", Certainty.AMBIGUOUS, words, claims, shown, "the whole in the label or a note")


def _columns_of(cells: Sequence[Counted]) -> list[list[Counted]]:
    columns: dict[int, list[Counted]] = {}
    for cell in cells:
        columns.setdefault(cell.cell.column.index, []).append(cell)
    return list(columns.values())


def _common_whole(cells: Sequence[Counted]) -> tuple[tuple[int, ...], list[Counted]]:
    """Return the sizes that the wrong percentages of a column go with, and those percentages.

    All of them do, with a size below the header's; or of four or more at least three in four, with one up to twice it.
    The others are wrong by themselves. Nothing is returned for one percentage, or where a cell states its whole.
    """
    if len(cells) < 2 or any(whole_of(cell.claim) is not None for cell in cells):
        return (), []
    for times, least in ((1, len(cells)), (2, max(_FEW, -(-3 * len(cells) // 4)))):
        each = [set(wholes(cell.n, printed(_of(cell)), times * (cell.size or 0))) for cell in cells]
        counted = Counter(size for sizes in each for size in sizes)
        most = max(counted.values(), default=0)
        common = tuple(sorted(size for size, many in counted.items() if many == most)) if most >= least else ()
        if common:
            return common, [cell for cell, sizes in zip(cells, each, strict=True) if common[-1] in sizes]
    return (), []


def _of_another(cells: Sequence[Counted], common: tuple[int, ...]) -> Finding:
    n, size, percent = cells[0].n, cells[0].size or 1, _of(cells[0])
    words = (
        f"{len(cells)} percentages of the column are of {_several(common)} patients, not of the {size} of its header"
    )
    shown = "; ".join(_division(cell.n, cell.size or 1, _of(cell)) for cell in cells[:5])
    arithmetic = f"{shown}, but {n} of {common[-1]} is {exact_percent(n, common[-1], percent)} %"
    claims = [cell.claim for cell in cells]
    consistent = f"the {common[-1]} in the header or a note"
    # Fewer may have been assessed; more patients than the header has cannot have been.
    certainty = Certainty.UNLIKELY if common[0] > size else Certainty.AMBIGUOUS
    return finding("percent_of_count", certainty, words, claims, arithmetic, consistent)


def _displaced(evidence: Evidence, cell: Counted) -> bool:
    """Return whether a cell may have been printed under another header, to which its percentage belongs."""
    if not cell.claim.damaged or cell.n == 0 or _fit(cell) is Fit.NEAREST:
        return False
    return any(size >= cell.n and printed(_of(cell)).fit(share(cell.n, size)) is Fit.NEAREST for size in evidence.sizes)


def _of(cell: Counted) -> Number:
    if cell.percent is None:
        raise ValueError("a count without a percentage")
    return cell.percent


def _fit(cell: Counted) -> Fit | None:
    if cell.size is None or cell.percent is None or cell.n > cell.size:
        return None
    return printed(cell.percent).fit(share(cell.n, cell.size))


def _wrong(evidence: Evidence, cell: Counted, cells: Sequence[Counted]) -> Finding:
    percent, size = _of(cell), cell.size or 1
    others = () if whole_of(cell.claim) else wholes(cell.n, printed(percent), max(size, evidence.largest))
    pinned = [other for other in cells if _shares_denominator(cell, other) and not _fits_any(other, others)]
    impossible = not others or bool(pinned)
    words = f"{cell.n} of {size} is {exact_percent(cell.n, size, percent)} %, not {percent.text} %"
    why = "no convention of rounding reaches it"
    if others and pinned:
        why += f"; it would be right of {_several(others)}, but {pinned[0].claim.text} in the same row is of {size}"
    elif others:
        why += f"; it would be right of {_several(others)}"
    consistent = _consistent(cell.n, size, percent)
    certainty = Certainty.IMPOSSIBLE if impossible and _is_announced(evidence, cell) else Certainty.UNLIKELY
    claims = (cell.claim, *(other.claim for other in pinned[:1] if others))
    return finding(
        "percent_of_count", certainty, words, claims, f"{_division(cell.n, size, percent)}; {why}", consistent
    )


def _is_announced(evidence: Evidence, cell: Counted) -> bool:
    """Return whether a percent sign stands in the cell, its labels, its header or the words of its table.

    A bare `32 (20)` can be a mean with its deviation, though the table around it holds counts.
    """
    heads = (cell.claim.text, *cell.row.path, *cell.cell.column.path)
    return any("%" in text or "percent" in text.lower() for text in heads) or place_of_table(cell) in evidence.percented


def place_of_table(cell: Counted) -> tuple[str, int]:
    """Return what names the table of a cell: its file and block."""
    return cell.claim.position.file, cell.claim.position.block


def _shares_denominator(cell: Counted, other: Counted) -> bool:
    return other is not cell and other.row is cell.row and other.size == cell.size and _top(other) == _top(cell)


def _top(cell: Counted) -> tuple[str, ...]:
    """Return the group of a cell without its band of grades."""
    return cell.group[:-1] if cell.group and band_of(cell.group[-1]) is not None else cell.group


def _fits_any(cell: Counted, sizes: Iterable[int], *, strict: bool = False) -> bool:
    if not strict and (cell.n == 0 or _fit(cell) is Fit.NONE):
        return True
    return any(size >= cell.n and printed(_of(cell)).fit(share(cell.n, size)) is not Fit.NONE for size in sizes)


def _consistent(n: int, size: int, percent: Number) -> str:
    right = rounded(share(n, size), percent.decimals)
    told = [f"{n} ({right} %)"]
    told += [f"{other} ({percent.text} %)" for other in counts(printed(percent), size, Fit.NEAREST)[:3]]
    return f"{' or '.join(told)} of {size}"


def _division(n: int, size: int, percent: Number) -> str:
    return f"{n} / {size} = {exact_percent(n, size, percent)} %"


def exact_percent(n: int, size: int, percent: Number) -> str:
    """Return n of a size in percent with two decimals more than a print, fewer where it is exact."""
    exact = share(n, size)
    told = rounded(exact, percent.decimals + 2)
    return f"{told.normalize():f}" if Fraction(told) == exact else f"{told}"


def _several(values: Sequence[int]) -> str:
    if len(values) > 2 and values[-1] - values[0] == len(values) - 1:
        return f"{values[0]} to {values[-1]}"
    return " or ".join(map(str, values[:4]))


def _cut(claims: Sequence[Claim], parts: Sequence[tuple[int, int, Number]]) -> Finding:
    n, size, percent = parts[0]
    words = (
        f"{n} of {size} is {exact_percent(n, size, percent)} %: {percent.text} % is cut off or rounded up, not rounded"
    )
    many = f" (and {len(parts) - 1} more percentages of the table)" if len(parts) > 1 else ""
    shown = "; ".join(_division(*part) for part in parts[:5])
    consistent = "; ".join(f"{a} ({rounded(share(a, b), told.decimals)} %)" for a, b, told in parts[:5])
    return finding("percent_of_count", Certainty.ROUNDING, words + many, claims, shown, consistent)


def _is_of_others(claim: Claim) -> bool:
    """Return whether the bracket goes on: `17 of 36 (59% of those treated)`, `64 patients (53% males)`."""
    opened = claim.text.count("(") > claim.text.count(")")
    if re.search(r"\b(out of|of)\s*$", claim.context[: claim.start]) and whole_of(claim) is None:
        return True
    if ";" in claim.text or re.match(r"\s*of\b", claim.context[claim.end :]):
        return True
    return opened and re.match(r"\s*%?\s*([A-Za-z]{2,}|[,;/]\s*\d)", claim.context[claim.end :]) is not None


def _explains(claim: Claim, percent: Claim) -> bool:
    """Return whether a percentage stands in brackets behind a fraction and what it counts: `5 of 9 patients (56%)`."""
    between = claim.context[claim.end : percent.start]
    noun = re.fullmatch(r"\s+(?:[\w-]+\s+){1,3}[(\[]\s*", between)
    return percent.kind is Kind.PERCENT and noun is not None and _PEOPLE.search(between) is not None


def _in_text(claim: Claim, percent: Number | None, told: tuple[Claim, ...]) -> Iterator[Finding]:
    n, whole = count_of(claim), whole_of(claim)
    if n is None or percent is None or (whole is not None and n > whole):
        return
    if whole is not None:
        fit = printed(percent).fit(share(n, whole))
        if fit is Fit.NONE:
            words = f"{n} of {whole} is {exact_percent(n, whole, percent)} %, not {percent.text} %"
            arithmetic = f"{_division(n, whole, percent)}; no convention of rounding reaches it"
            consistent = _consistent(n, whole, percent)
            certainty = Certainty.UNLIKELY if _OVER_TIME.search(claim.context) else Certainty.IMPOSSIBLE
            yield finding("percent_of_count", certainty, words, told, arithmetic, consistent)
        elif fit is Fit.CUT:
            yield _cut(told, ((n, whole, percent),))
    elif percent.bound == "=" and percent.value > 0 and _is_share(claim) and not wholes(n, printed(percent), _MANY):
        yield _no_whole(claim, n, percent)


def _is_share(claim: Claim) -> bool:
    """Return whether a number with a percentage in brackets counts people: `8 (32.4%)` may be a mean and a change."""
    around = claim.context[max(0, claim.start - 60) : claim.end + 40]
    return ("(" in claim.text or "[" in claim.text) and (bool(claim.unit) or _PEOPLE.search(around) is not None)


def _no_whole(claim: Claim, n: int, percent: Number) -> Finding:
    if percent.value > 100 or n == 0:
        arithmetic = f"{n} is {percent.text} % of no number of patients"
        certainty = Certainty.IMPOSSIBLE if claim.unit else Certainty.UNLIKELY
        return finding("percent_of_count", certainty, arithmetic, (claim,), arithmetic)
    near = Fraction(100 * n) / Fraction(percent.value)
    below, above = max(n, int(near)), int(near) + 1
    words = f"{n} is {percent.text} % of no whole number of patients"
    arithmetic = ", ".join(f"{n} of {size} is {exact_percent(n, size, percent)} %" for size in (below, above))
    size = claim.group_size
    consistent = _consistent(n, size, percent) if size is not None and size >= n else ""
    certainty = Certainty.IMPOSSIBLE if claim.unit else Certainty.UNLIKELY
    return finding("percent_of_count", certainty, words, (claim,), arithmetic, consistent)


RULES = (
    Rule(
        "percent_of_count",
        "A percentage is that of its count, out of the number that the cell, row or header of the column tells.",
        "n / N in percent, held against the print under five conventions of rounding; a tie goes with both neighbours. "
        "A difference of a whole unit of the last decimal is reached by none. Without N: whether any N exists.",
        "the percentage of the count, or the counts of that percentage",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY, Certainty.ROUNDING, Certainty.AMBIGUOUS),
        _percent_of_count,
    ),
)
