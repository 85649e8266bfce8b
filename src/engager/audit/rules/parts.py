"""Parts of a table against what they are parts of: rows under a row, rows of which a patient is in one only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engager.audit.evidence import Counted, Evidence, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.rules.rule import Rule, finding, number
from engager.audit.rules.wholes import goes_with_size

_UNKNOWN = re.compile(
    r"\b(unknown|missing|other|n/?a|not (known|available|reported|done)|unbekannt|fehlend|keine angabe)\b",
    re.IGNORECASE,
)
_SEXES = (
    frozenset({"male", "female"}), frozenset({"males", "females"}), frozenset({"men", "women"}),
    frozenset({"boys", "girls"}), frozenset({"männlich", "weiblich"}), frozenset({"männer", "frauen"}),
    frozenset({"jungen", "mädchen"}),
)  # fmt: skip
_EXCLUSIVE = (
    *_SEXES, frozenset({"ja", "nein"}), frozenset({"positiv", "negativ"}), frozenset({"lebend", "verstorben"}),
    frozenset({"m", "f"}), frozenset({"yes", "no"}), frozenset({"positive", "negative"}),
    frozenset({"low", "intermediate", "high"}), frozenset({"low", "standard", "high"}), frozenset({"standard", "high"}),
    frozenset({"m1", "m2", "m3"}), frozenset({"alive", "dead"}), frozenset({"alive", "died"}),
    frozenset({"present", "absent"}),
)  # fmt: skip


def _parts(evidence: Evidence) -> Iterator[Finding]:
    for _, cells in evidence.grids:
        yield from _destinations(cells)
        columns: dict[tuple[tuple[str, ...], int], list[Counted]] = {}
        for cell in cells:
            if cell.row.section:
                columns.setdefault((cell.row.section, cell.cell.column.index), []).append(cell)
        parents: dict[tuple[str, int], list[Counted]] = {}
        for cell in cells:
            parents.setdefault((cell.row.label, cell.cell.column.index), []).append(cell)
        for pair in _sexes(cells):
            yield from _categories(pair)
        for (section, index), parts in columns.items():
            yield from _above_parent(parts, parents.get((section[-1], index), []))
            yield from _categories(parts)


def _above_parent(parts: Sequence[Counted], parent: Sequence[Counted]) -> Iterator[Finding]:
    """Yield the parts that are greater than the row they stand under, where that row has a count of its own."""
    # At the worst grade a patient can be milder in the part than in the whole, so that columns of grades say nothing.
    graded = any("grade" in cell.cell.column.label.lower() for cell in parent)
    stated = any(whole_of(cell.claim) is not None for cell in (*parts, *parent))
    within = sum(cell.n <= parent[0].n for cell in parts) if parent else 0
    # One part above, with others within, is a slip; more may be rows that are no parts.
    for cell in parts if len(parent) == 1 and not graded and not stated and within >= max(2, len(parts) - 1) else ():
        if cell.n > parent[0].n and cell.row.index > parent[0].row.index:
            words = f"{cell.n} are more than the {parent[0].n} of the row that they belong to"
            claims = (cell.claim, parent[0].claim)
            arithmetic = f"{cell.n} > {parent[0].n}"
            fewer = f"{parent[0].n} or fewer"
            yield finding("parts_against_whole", Certainty.AMBIGUOUS, words, claims, arithmetic, fewer)


def _categories(parts: Sequence[Counted]) -> Iterator[Finding]:
    known = [cell for cell in parts if not _UNKNOWN.search(cell.row.label)]
    size = parts[0].size
    if any(cell.size != size or whole_of(cell.claim) is not None for cell in parts):
        return
    if size is None or len(known) < 2 or not _exclusive([cell.row.label for cell in known]):
        return
    total, shown = sum(cell.n for cell in parts), " + ".join(str(cell.n) for cell in parts)
    claims = [cell.claim for cell in parts]
    if 2 * sum(not goes_with_size(cell) for cell in parts) > len(parts):
        return
    percented = any(cell.percent is not None for cell in parts)
    if total == 100 and not percented:
        return  # bare percentages
    if total > size:
        words = f"{shown} = {total} patients in a group of {size}, in rows of which a patient is in one only"
        consistent = f"rows that add to {size}"
        certainty = Certainty.IMPOSSIBLE if percented else Certainty.UNLIKELY
        yield finding("parts_against_whole", certainty, words, claims, f"{total} > {size}", consistent)
    elif total < size and len(known) == len(parts):
        words = f"{shown} = {total} patients in a group of {size}: {size - total} are not told"
        consistent = f"rows that add to {size}, or a row of the {size - total} unknown"
        yield finding("parts_against_whole", Certainty.AMBIGUOUS, words, claims, f"{total} < {size}", consistent)


def _sexes(cells: Sequence[Counted]) -> Iterator[list[Counted]]:
    """Yield both sexes of a column that stand in rows one below the other, without a section that holds them."""
    last: dict[int, Counted] = {}
    for cell in cells:
        above = last.get(cell.cell.column.index)
        last[cell.cell.column.index] = cell
        if above is None or cell.row.section or above.row.section or above.row.index != cell.row.index - 1:
            continue
        if frozenset((_head(above.row.label), _head(cell.row.label))) in _SEXES:
            yield [above, cell]


_ONWARD = re.compile(
    r"(?:no\.?|number) of patients (?:proceeding|going|bridged|transferred|discharged) to\b", re.IGNORECASE
)


def _destinations(cells: Sequence[Counted]) -> Iterator[Finding]:
    """Yield the ways on after treatment, of which a patient has one, where they do not add to the patients."""
    onward: dict[tuple[int, int], list[Counted]] = {}
    for cell in cells:
        if _ONWARD.match(cell.row.label) and cell.size is not None:
            onward.setdefault((cell.cell.column.index, cell.size), []).append(cell)
    for (_, size), ways in onward.items():
        total, shown = sum(cell.n for cell in ways), " + ".join(str(cell.n) for cell in ways)
        if len(ways) > 1 and total != size:
            words = f"{shown} = {total} patients went on to something, of {size}"
            words += f": {number(size - total)} not told" if total < size else ""
            certainty = Certainty.AMBIGUOUS if total < size else Certainty.UNLIKELY
            arithmetic = f"{size} - {total} = {size - total}" if total < size else f"{total} > {size}"
            consistent = f"rows that add to {size}, or a row of the others"
            yield finding(
                "parts_against_whole", certainty, words, [cell.claim for cell in ways], arithmetic, consistent
            )


def _exclusive(labels: Sequence[str]) -> bool:
    """Return whether a patient can be in one of these rows only: both sexes, levels of risk, ordinals or numbers."""
    heads = list(map(_head, labels))
    # The same label twice is a row of another section.
    if len(set(heads)) != len(heads):
        return False
    ordinal = len(heads) > 1 and all(re.fullmatch(r"\d+(st|nd|rd|th)?|[≥>]\s?\d+", head) for head in heads)
    return ordinal or frozenset(heads) in _EXCLUSIVE


def _head(label: str) -> str:
    """Return a label without words that it shares with the rows beside it."""
    return re.sub(r"\W*\b(risk|group|patients?|sex|n|relapses?|cycles?)\b\W*", "", label.lower()).strip()


RULES = (
    Rule(
        "parts_against_whole",
        "A row is no greater than the row it stands under; rows of which a patient is in one only add to the group.",
        "sums of sexes, levels of risk, ordinals, numbers of relapses or cycles; a part against its heading's count",
        "rows that add to the group, or a row of those unknown",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        _parts,
    ),
)
