"""Where a finding stands, cut out of its manuscript: a sentence, or rows of a table, with the numbers marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engager.audit.auditing import Audit
from engager.audit.claim import Claim
from engager.audit.finding import Finding
from engager.audit.manuscript import Row, Table
from engager.writers.audit_words import harmless, place

MOST_ROWS = 24
MOST_COLUMNS = 14
_AROUND = 260  # characters of a sentence on each side of what is marked


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text; `mark` is `main` where the finding stands, `other` where what contradicts it does, or empty."""

    text: str
    mark: str = ""


Fragments = tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class SentenceExcerpt:
    """A sentence with its marks and its place."""

    place: str
    fragments: Fragments


@dataclass(frozen=True, slots=True)
class TableExcerpt:
    """The rows of a table that a finding is about, under their headings.

    A row is its label, whether it heads those beneath it, and a cell for each column of `columns`; `left_out` says in
    words what is not shown.
    """

    place: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, bool, tuple[Fragments, ...]], ...]
    left_out: str = ""


Excerpt = SentenceExcerpt | TableExcerpt


def excerpts(finding: Finding, audit: Audit) -> tuple[Excerpt, ...]:
    """Return the excerpts of a finding, that of its first claim first; one for each sentence or table."""
    groups: dict[tuple[object, ...], list[Claim]] = {}
    for claim in finding.claims:
        groups.setdefault(_home(claim), []).append(claim)
    main = finding.claims[0]
    return tuple(_excerpt(claims, main, audit) for claims in groups.values())


def _home(claim: Claim) -> tuple[object, ...]:
    """Return what claims of one excerpt share: the table, or the sentence."""
    at = claim.position
    home = (at.file, at.block)
    return home if claim.in_table else (*home, at.paragraph, at.sentence, at.part, claim.context)


def _excerpt(claims: list[Claim], main: Claim, audit: Audit) -> Excerpt:
    first = claims[0]
    where = place(first.position, audit)
    blocks = next(file.blocks for file in audit.manuscripts if file.file == first.position.file)
    block = blocks[first.position.block] if first.position.block < len(blocks) else None
    if first.in_table and isinstance(block, Table):
        return _of_table(block, claims, main, harmless(block.name) or where)
    return SentenceExcerpt(where, _marked(first.context, claims, main))


def _of_table(table: Table, claims: list[Claim], main: Claim, place: str) -> TableExcerpt:
    wanted = {claim.position.row for claim in claims}
    shown = [row for row in table.rows if row.index in wanted][:MOST_ROWS]
    columns = _shown_columns(table, claims)
    by_cell: dict[tuple[int, int], list[Claim]] = {}
    for claim in claims:
        by_cell.setdefault((claim.position.row, claim.position.column), []).append(claim)
    rows = tuple(_rows(shown, columns, by_cell, main))
    heads = {column.index: column.label for column in table.columns}
    return TableExcerpt(
        place,
        harmless(table.caption),
        tuple(harmless(heads.get(index, ""), 120) for index in columns),
        rows,
        _left_out(table, len(shown), len(columns)),
    )


def _shown_columns(table: Table, claims: list[Claim]) -> list[int]:
    """Return the columns to show: all, or of a wide table those with a claim and their neighbours."""
    every = [column.index for column in table.columns[1:]]
    if len(every) <= MOST_COLUMNS:
        return every
    wanted = {claim.position.column for claim in claims}
    near = [index for index in every if wanted & {index - 1, index, index + 1}]
    return near[:MOST_COLUMNS]


def _rows(
    rows: Iterable[Row], columns: list[int], by_cell: Mapping[tuple[int, int], list[Claim]], main: Claim
) -> Iterator[tuple[str, bool, tuple[Fragments, ...]]]:
    before: tuple[str, ...] = ()
    for row in rows:
        if row.section and row.section != before:
            yield harmless(", ".join(row.section), 200), True, ()
        before = row.section
        cells = {cell.column.index: cell.text for cell in row.cells}
        yield (
            harmless(row.label, 200),
            False,
            tuple(_marked(cells.get(index, ""), by_cell.get((row.index, index), []), main) for index in columns),
        )


def _left_out(table: Table, rows: int, columns: int) -> str:
    more = [
        f"{count} other {noun}{'' if count == 1 else 's'}"
        for count, noun in ((len(table.rows) - rows, "row"), (len(table.columns) - 1 - columns, "column"))
        if count > 0
    ]
    return " and ".join(more)


def _marked(text: str, claims: Iterable[Claim], main: Claim) -> Fragments:
    """Return text in pieces, those of claims marked; of long text only what is around the marks."""
    spans = sorted({(claim.start, claim.end, "main" if claim is main else "other") for claim in claims})
    fragments, at = [], 0
    for start, end, mark in spans:
        if start < at or end > len(text) or end <= start:
            continue
        fragments += [
            _between(text[at:start], after_mark=at > 0, before_mark=True),
            Fragment(harmless(text[start:end]), mark),
        ]
        at = end
    if not fragments and text and any(start == end for start, end, _ in spans):
        return (Fragment(harmless(text), spans[0][2]),)  # a claim without a place in its text means all of it
    fragments.append(_between(text[at:], after_mark=at > 0, before_mark=False))
    return tuple(piece for piece in fragments if piece.text)


def _between(text: str, *, after_mark: bool, before_mark: bool) -> Fragment:
    """Return text between marks, its far ends cut off where it is long."""
    room = _AROUND * (after_mark + before_mark) or 2 * _AROUND
    if len(text) <= room:
        return Fragment(harmless(text, room))
    head = harmless(text[:_AROUND], _AROUND) if after_mark or not before_mark else ""
    tail = harmless(text[-_AROUND:], _AROUND) if before_mark else ""
    return Fragment(f"{head} ... {tail}" if head else f"... {tail}")
