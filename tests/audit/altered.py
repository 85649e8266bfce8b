"""A manuscript with one digit of a number changed, as a slip of the hand does it."""

from __future__ import annotations

import random
from dataclasses import replace

from engager.audit.claim import Claim
from engager.audit.manuscript import Manuscript, Paragraph, Sentence, Table


def altered_text(claim: Claim, chance: random.Random) -> str:
    """Return the text that a claim stands in with one of the claim's digits changed into another."""
    places = [at for at in range(claim.start, claim.end) if claim.context[at] in "0123456789"]
    at = chance.choice(places)
    digit = chance.choice([each for each in "0123456789" if each != claim.context[at]])
    return claim.context[:at] + digit + claim.context[at + 1 :]


def has_digits(claim: Claim) -> bool:
    """Return whether a claim tells its number in digits, as against words."""
    return any(letter in "0123456789" for letter in claim.context[claim.start : claim.end])


def with_text(manuscript: Manuscript, claim: Claim, text: str) -> Manuscript:
    """Return a manuscript with another text in the cell or sentence of a claim."""
    at = claim.position
    block = manuscript.blocks[at.block]
    if isinstance(block, Paragraph):
        changed: Paragraph | Table = replace(block, sentences=_sentences(block.sentences, claim, text))
    elif isinstance(block, Table):
        changed = _in_table(block, claim, text)
    else:
        raise TypeError("a heading makes no claim")
    blocks = (*manuscript.blocks[: at.block], changed, *manuscript.blocks[at.block + 1 :])
    return replace(manuscript, blocks=blocks)


def _sentences(sentences: tuple[Sentence, ...], claim: Claim, text: str) -> tuple[Sentence, ...]:
    return tuple(
        replace(each, text=text) if (each.position, each.text) == (claim.position, claim.context) else each
        for each in sentences
    )


def _in_table(table: Table, claim: Claim, text: str) -> Table:
    at = claim.position
    if at.part == "caption":
        return replace(table, caption=text)
    if at.part == "header":
        columns = tuple(
            replace(column, path=tuple(text if part == claim.context else part for part in column.path))
            if column.index == at.column
            else column
            for column in table.columns
        )
        return replace(table, columns=columns)
    if not at.row:
        return replace(table, notes=_sentences(table.notes, claim, text))
    rows = tuple(
        replace(
            row,
            cells=tuple(replace(cell, text=text) if cell.position == at else cell for cell in row.cells),
        )
        for row in table.rows
    )
    return replace(table, rows=rows)
