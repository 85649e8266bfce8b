"""The report as a PDF: tagged, with bookmarks, selectable text and vector figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engager.figures.figure import Figure
from engager.figures.theme import POINTS_PER_MM
from engager.provenance import VERSION
from engager.readers.logo import Logo
from engager.report.document import Block, Bullets, Document, IssueList, Number, Paragraph, Span
from engager.tables.table import Cell, Table
from engager.terms.language import say, spoken
from engager.writers.bindings import page_link
from engager.writers.column_widths import fitting_widths
from engager.writers.looks import LOGO_HEIGHT_MM, LOOKS, Look
from engager.writers.svg import draw_svg, in_millimetres
from engager.writers.typesetter import typeset


def write_pdf(document: Document, folder: Path) -> list[Path]:
    """Write `report.pdf` and return its path."""
    path = folder / "report.pdf"
    path.write_bytes(render_pdf(document))
    return [path]


def render_pdf(document: Document) -> bytes:
    """Return the report as a PDF/UA file, the same bytes for the same document on every machine."""
    with spoken(document.language):
        return typeset("report.typ", _document(document))


WIDE, WIDEST = 8, 12
"""More columns than these: a page on its side, and smaller type."""

_PAGE, _SIDE = 170 * POINTS_PER_MM, 257 * POINTS_PER_MM
_PADDING = 2.4 * POINTS_PER_MM


def _document(document: Document) -> dict[str, Any]:
    made = _parts(document)
    return made if document.linked else _unlinked(made)


def _unlinked(part: Any) -> Any:
    """Return the parts of a document without the links of its numbers."""
    if isinstance(part, dict):
        return part["text"] if "link" in part else {name: _unlinked(value) for name, value in part.items()}
    return [_unlinked(value) for value in part] if isinstance(part, list) else part


def _parts(document: Document) -> dict[str, Any]:
    look = LOOKS[document.template]
    return {
        "look": asdict(look),
        "logo": _logo(document.logo),
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "words": {
            "table": say("Table"),
            "figure": say("Figure"),
            "contents": say("Contents"),
            "pages": say("{page} of {pages}"),
            "logo": say("Logo"),
            "no_issue": say("The checks found no issue."),
            "not_observed": say(document.label_note),
        },
        "label": None if document.label is None else say(f"{document.label} data"),
        "statement": document.statement,
        "version": VERSION,
        "lead": [_spans(paragraph.spans) for paragraph in document.lead],
        "sections": [
            {
                "title": section.title,
                "place": section.anchor,
                "blocks": [_block(block, look) for block in section.blocks],
            }
            for section in document.sections
        ],
    }


def _logo(logo: Logo | None) -> list[Any] | None:
    """Return kind, bytes as numbers (data reach the typesetter as JSON) and height of a logo."""
    return None if logo is None else [logo.kind, list(logo.content), LOGO_HEIGHT_MM]


def _block(block: Block, look: Look) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "spans": _spans(block.spans)}
        case Bullets():
            return {"kind": "bullets", "items": [_spans(item.spans) for item in block.items]}
        case Table():
            return _table(block, look)
        case Figure():
            return _figure(block)
        case IssueList():
            return {"kind": "issues", "issues": list(_issues(block))}


Bound = str | dict[str, str]
"""A text; one that leads somewhere with its `link` into the page, or the `place` of a section."""


def _spans(spans: Iterable[Span]) -> list[Bound]:
    return [_bound(span.text, (span.result,)) if isinstance(span, Number) else span for span in spans]


def _bound(text: str, results: tuple[str, ...]) -> Bound:
    return {"text": text, "link": page_link(results)} if results else text


def _table(table: Table, look: Look) -> dict[str, Any]:
    columns = len(table.columns)
    wide = columns > WIDE and bool(table.rows)  # one without rows is no wider than its sentence
    size = look.table * (0.8125 if columns > WIDEST else 0.9375 if columns > WIDE else 1)
    # Widths that are given need not be tried out by the typesetter, which takes time and memory for each cell.
    widths = fitting_widths(table, _SIDE if wide else _PAGE, size=size, padding=_PADDING)
    return {
        "kind": "table",
        "title": table.title,
        "wide": wide,
        "size": size,
        "widths": widths if table.rows else None,
        "columns": list(table.columns),
        "numeric": sorted(table.numeric),
        "rows": [
            {"cells": [_cell(cell) for cell in row.cells], "section": row.section, "indent": row.indent}
            for row in table.rows
        ],
        "notes": list(table.notes),
        "empty": table.empty,
    }


def _cell(cell: Cell) -> Bound:
    return {"text": cell.text, "place": cell.section} if cell.section else _bound(cell.text, cell.results)


def _figure(figure: Figure) -> dict[str, Any]:
    drawn = None if figure.specification is None else in_millimetres(draw_svg(figure.specification))
    return {
        "kind": "figure",
        "title": figure.title,
        "caption": figure.caption,
        "description": figure.description or figure.title,
        "svg": drawn,
        "empty": figure.empty or say("Nothing to show."),
    }


def _issues(block: IssueList) -> Iterator[dict[str, str]]:
    for issue in block.issues:
        told = say("{found}; expected {expected}", found=issue.found, expected=issue.expected)
        expected = f"{told}. {issue.advice}".strip()
        yield {"severity": say(str(issue.severity)), "place": str(issue.place), "text": expected}
