"""Claims: every statement in numbers that a manuscript makes, in its sentences and in the cells of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from engager.audit.claim import Claim, Kind
from engager.audit.claims.cells import Setting, drafts_of_cell, setting_of
from engager.audit.claims.draft import Draft
from engager.audit.claims.hints import hints_of_table, id_columns
from engager.audit.claims.numbers import Convention, convention_of
from engager.audit.claims.quantities import MICRO
from engager.audit.claims.sentences import drafts_of
from engager.audit.manuscript import (
    Cell,
    Column,
    Manuscript,
    Paragraph,
    Position,
    Row,
    Sentence,
    Table,
    caption_position,
)
from engager.audit.reading.headers import group_size

_SUBJECT = 90  # characters of a sentence that are kept on either side of a claim
_WHOLE_GROUP = re.compile(r"(?i)^(?:all|total|overall|any|n\b|patients|children|grade|grad\b|ctc|≥|gesamt|alle)")
_MILLIGRAMS = re.compile(r"^mg/(?:m2|m²|kg)")


def read_claims(manuscript: Manuscript) -> tuple[Claim, ...]:
    """Return the claims of a manuscript in its order.

    A text whose format loses letters is read with care: what it may have lost stands in `Claim.damaged`.
    """
    convention = convention_of(_sample(manuscript))
    return tuple(_claims(manuscript, convention))


def _claims(manuscript: Manuscript, convention: Convention) -> Iterator[Claim]:
    lossy = bool(manuscript.damaged)
    for block in manuscript.blocks:
        if isinstance(block, Paragraph):
            for sentence in block.sentences:
                yield from _of_sentence(sentence, convention, lossy=lossy)
        elif isinstance(block, Table):
            yield from _of_table(block, convention, lossy=lossy)


def _sample(manuscript: Manuscript) -> str:
    """Return the text that shows how a manuscript writes its numbers, of a length that does not grow without end."""
    texts = [sentence.text for sentence in manuscript.sentences()]
    cells = [cell.text for table in manuscript.tables() for _, cell in table.cells()]
    return "\n".join(texts)[:400_000] + "\n" + "\n".join(cells)[:400_000]


def _of_sentence(sentence: Sentence, convention: Convention, *, lossy: bool) -> Iterator[Claim]:
    drafts = drafts_of(sentence.text, convention)
    for index, draft in enumerate(drafts):
        before = drafts[index - 1].end if index else 0
        after = drafts[index + 1].start if index + 1 < len(drafts) else len(sentence.text)
        subject = _around(sentence.text, draft, before, after)
        yield _claim(draft, sentence.text, sentence.position, subject, lossy=lossy)


def _around(text: str, draft: Draft, before: int, after: int) -> tuple[str, str]:
    """Return the words before and after a claim, up to the claims next to it."""
    left = text[min(before, draft.start) : draft.start][-_SUBJECT:].strip()
    right = text[draft.end : max(after, draft.end)][:_SUBJECT].strip()
    return left, right


def _of_table(table: Table, convention: Convention, *, lossy: bool) -> Iterator[Claim]:
    if table.caption:
        yield from _of_sentence(Sentence(table.caption, caption_position(table)), convention, lossy=lossy)
    yield from _of_headers(table, convention)
    ids, rest = id_columns(table), hints_of_table(table)
    for row, cell in table.cells():
        if cell.text and not cell.spanned:
            setting = setting_of(table, row, cell.column, lists_ids=cell.column.index in ids, rest=rest)
            yield from _of_cell(table, row, cell, setting, convention, lossy=lossy)
    for note in table.notes:
        yield from _of_sentence(note, convention, lossy=lossy)


def _of_headers(table: Table, convention: Convention) -> Iterator[Claim]:
    """Yield the group sizes that the headers tell."""
    at = table.position
    for column in table.columns:
        place = Position(
            at.file,
            at.block,
            at.page,
            at.section,
            table=at.table,
            column=column.index,
            column_label=column.label,
            part="header",
        )
        for text in column.path:
            for draft in drafts_of(text, convention):
                if draft.kind is Kind.GROUP_SIZE:
                    yield _claim(draft, text, place, column.group, group=column.group, size=column.size)


def _of_cell(
    table: Table, row: Row, cell: Cell, setting: Setting, convention: Convention, *, lossy: bool
) -> Iterator[Claim]:
    size = None if setting.things else _size(table, row, cell.column)
    for draft in drafts_of_cell(cell.text, setting, convention):
        claim = _claim(draft, cell.text, cell.position, row.path, group=cell.column.group, size=size, lossy=lossy)
        yield claim if not cell.damaged else _damaged(claim, cell.damaged)


def _size(table: Table, row: Row, column: Column) -> int | None:
    """Return how many patients a cell is of: as its row tells, its column, or the caption where it speaks of all."""
    own = [size for size in map(group_size, (row.label, *reversed(row.section))) if size is not None]
    if own:
        return own[0]
    if column.size is not None:
        return column.size
    whole = all(_WHOLE_GROUP.match(part) for part in column.group)
    alone = all(other.size is None for other in table.columns)
    return table.size if whole and alone else None


def _claim(
    draft: Draft,
    context: str,
    position: Position,
    subject: tuple[str, ...],
    *,
    group: tuple[str, ...] = (),
    size: int | None = None,
    lossy: bool = False,
) -> Claim:
    return Claim(
        kind=draft.kind,
        text=context[draft.start : draft.end],
        position=position,
        numbers=draft.numbers,
        start=draft.start,
        end=draft.end,
        context=context,
        subject=subject,
        group=group,
        group_size=size,
        unit=draft.unit,
        ids=draft.ids,
        date=draft.date,
        damaged=draft.damaged or (MICRO if lossy and _MILLIGRAMS.match(draft.unit) else ""),
    )


def _damaged(claim: Claim, why: str) -> Claim:
    return replace(claim, damaged=f"{claim.damaged}; {why}" if claim.damaged else why)
