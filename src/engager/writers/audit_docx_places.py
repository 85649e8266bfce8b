"""Where a claim stands in a Word file: the runs of text that hold it, cut so that they hold nothing else."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engager.audit.claim import Claim
from engager.audit.letters import letters, squeezed
from engager.audit.manuscript import Manuscript, Table

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.run import Run

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

Letter = tuple[str, Any, int]  # the letter as compared, its text element and its offset there


@dataclass(slots=True)
class _Paragraph:
    """A paragraph of the file: its letters, and the table, row and cell it stands in (-1 for none)."""

    element: Any
    order: int
    table: int = -1
    row: int = -1
    cell: int = -1
    row_label: str = ""
    text: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.text = "".join(letter for letter, _, _ in self.letters())

    def letters(self) -> list[Letter]:
        """Return its letters anew: splitting a run moves them."""
        return [
            (letter, text, offset)
            for text in self.element.iter(f"{_W}t")
            if next(text.iterancestors(f"{_W}p"), None) is self.element
            for letter, offset in letters(text.text or "")
        ]


class Places:
    """The paragraphs of a Word file, to be searched for claims."""

    def __init__(self, word: Word, manuscript: Manuscript) -> None:
        self._word = word
        tables = (number for number, block in enumerate(manuscript.blocks) if isinstance(block, Table))
        self._tables = {number: at for at, number in enumerate(tables)}
        self._blocks = max(len(manuscript.blocks), 1)
        self._paragraphs = list(_paragraphs(word.element.body))

    def first(self) -> Sequence[Run]:
        """Return the first run with text, where what is about the whole document stands; none in an empty one."""
        for paragraph in self._paragraphs:
            if paragraph.text:
                run = paragraph.letters()[0][1].getparent()
                return self._as_runs([run, run])
        return ()

    def runs(self, claim: Claim) -> Sequence[Run]:
        """Return the first and the last run of a claim; none where it is not found."""
        wanted = squeezed(claim.context)
        found = [paragraph for paragraph in self._paragraphs if wanted and wanted in paragraph.text]
        if not found:
            return ()
        best = min(found, key=lambda paragraph: self._distance(paragraph, claim, wanted))
        start = best.text.index(wanted) + len(squeezed(claim.context[: claim.start]))
        length = len(squeezed(claim.context[claim.start : claim.end])) or len(wanted)
        letters = best.letters()[start : start + length]
        if not letters:
            return ()
        return self._as_runs(_cut(letters[0], letters[-1]))

    def _distance(self, paragraph: _Paragraph, claim: Claim, wanted: str) -> tuple[float, ...]:
        """Return how far a paragraph is from where a claim should be; the least is taken."""
        at = claim.position
        if not claim.in_table:
            here = paragraph.order / max(len(self._paragraphs), 1)
            return float(paragraph.table >= 0 and not at.table), abs(here - at.block / self._blocks)
        label = squeezed(at.row_label)
        return (
            float(paragraph.table < 0),
            float(paragraph.text != wanted),
            float(paragraph.row_label != label),
            abs(paragraph.table - self._tables.get(at.block, 0)),
            abs(paragraph.cell - at.column),
            paragraph.row,
        )

    def _as_runs(self, elements: Sequence[Any]) -> Sequence[Run]:
        from docx.text.run import Run

        return [Run(element, self._word.paragraphs[0] if self._word.paragraphs else self._word) for element in elements]


def _paragraphs(body: Any) -> Iterator[_Paragraph]:
    """Yield every paragraph in order, those in cells of tables with their place."""
    places: dict[Any, tuple[int, int, int, str]] = {}
    for number, table in enumerate(body.iter(f"{_W}tbl")):
        for at, row in enumerate(table.iterchildren(f"{_W}tr")):
            cells = list(row.iterchildren(f"{_W}tc"))
            label = squeezed("".join(text.text or "" for text in cells[0].iter(f"{_W}t"))) if cells else ""
            places |= {cell: (number, at, column, label) for column, cell in enumerate(cells)}
    for order, element in enumerate(body.iter(f"{_W}p")):
        if next(element.iterancestors(f"{_W}txbxContent"), None) is not None:
            continue  # Word has no comments in text boxes
        cell = next(element.iterancestors(f"{_W}tc"), None)
        yield _Paragraph(element, order, *places.get(cell, ()))


def _cut(first: Letter, last: Letter) -> list[Any]:
    """Return the runs of the first and the last letter, cut before the one and behind the other."""
    _, text, offset = last
    end = _split(text, offset + 1)[0]
    _, text, offset = first
    before, behind = _split(text, offset)
    start = behind if offset else before
    # Cutting the run of both in front has moved its end into the piece behind.
    return [start, behind if end is before and offset else end]


def _split(text: Any, offset: int) -> tuple[Any, Any]:
    """Return the runs of a text before and behind an offset; the run twice where it cannot or need not be cut."""
    run, whole = text.getparent(), text.text or ""
    plain = run.tag == f"{_W}r" and all(child.tag in (f"{_W}rPr", f"{_W}t") for child in run)
    alone = plain and run.findall(f"{_W}t") == [text]
    if not alone or offset <= 0 or offset >= len(whole):
        return run, run
    behind = copy.deepcopy(run)
    run.addnext(behind)
    for element, piece in ((text, whole[:offset]), (behind.find(f"{_W}t"), whole[offset:])):
        element.text = piece
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run, behind
