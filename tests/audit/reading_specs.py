"""What the tests of reading share: claims in short, documents made of a few tables, files cut and bent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engager.audit.claims.cells import Setting, drafts_of_cell
from engager.audit.claims.draft import Draft
from engager.audit.claims.hints import hint_of
from engager.audit.claims.numbers import COMMA, POINT, Convention
from engager.audit.claims.sentences import drafts_of
from engager.audit.manuscript import Table
from engager.audit.reading.assemble import assemble
from engager.audit.reading.pieces import Piece, TextPiece, grid_of
from engager.report.document import Document, Paragraph, Section
from engager.results import Results
from engager.tables.table import Cell, Row
from engager.tables.table import Table as Display


def in_short(draft: Draft, text: str) -> str:
    """Return a claim as `kind 'words': numbers unit`, the numbers as printed signs and exact values."""
    numbers = " ".join(f"{'' if n.bound == '=' else n.bound}{n.value:f}" for n in draft.numbers)
    rest = " ".join(part for part in (numbers, ",".join(draft.ids), draft.date, draft.unit) if part)
    return f"{draft.kind} '{text[draft.start : draft.end]}': {rest}"


def sentence_claims(text: str, convention: Convention = POINT) -> list[str]:
    """Return the claims of a sentence in short."""
    return [in_short(draft, text) for draft in drafts_of(text, convention)]


def cell_claims(text: str, label: str = "", unit: str = "", counted: bool = False, comma: bool = False) -> list[str]:
    """Return the claims of a cell in short; `label` is what announces its numbers."""
    hint = hint_of(label)
    setting = Setting((hint,) if hint else (), unit, counted)
    return [in_short(draft, text) for draft in drafts_of_cell(text, setting, COMMA if comma else POINT)]


def table_of(rows: Sequence[Sequence[str]], caption: str = "", notes: Sequence[str] = ()) -> Table:
    """Return rows of texts as the table that they are read as."""
    pieces: list[Piece] = [grid_of([list(row) for row in rows], caption=caption)]
    pieces += [TextPiece(note, role="note") for note in notes]
    return assemble("a.csv", "csv", pieces).tables()[0]


def document_of(tables: Sequence[Display], sentences: Sequence[str]) -> Document:
    """Return a report of our own with these tables and sentences."""
    paragraphs = tuple(Paragraph((sentence,)) for sentence in sentences)
    section = Section("results", "Results", (*paragraphs, *tables))
    return Document("A small report", "", (), (section,), Results(()), "Research software.")


def display_of(rows: Sequence[Sequence[str]], title: str, notes: tuple[str, ...] = ()) -> Display:
    """Return a table of our own; a row of one text heads those beneath, which stand indented."""
    head, *body = rows
    made: list[Row] = []
    inside = False
    for row in body:
        inside = inside or len(row) == 1
        made.append(Row(tuple(map(Cell, row)), section=len(row) == 1, indent=inside and len(row) > 1))
    return Display("table", title, tuple(head), tuple(made), notes, numeric=frozenset(range(1, len(head))))


def cut(path: Path, share: float) -> Path:
    """Return a copy of a file that ends after a share of its bytes."""
    content = path.read_bytes()
    short = path.with_name(f"cut{path.suffix}")
    short.write_bytes(content[: int(len(content) * share)])
    return short
