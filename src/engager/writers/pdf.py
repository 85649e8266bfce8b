"""The report as a PDF: tagged, with bookmarks, selectable text and vector figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engager.figures.figure import Figure
from engager.provenance import VERSION
from engager.readers.logo import Logo
from engager.report.document import Block, Bullets, Document, IssueList, Number, Paragraph, Span
from engager.tables.table import Cell, Table
from engager.writers.bindings import page_link
from engager.writers.looks import LOGO_HEIGHT_MM, LOOKS
from engager.writers.svg import draw_svg, in_millimetres
from engager.writers.typesetter import typeset


def write_pdf(document: Document, folder: Path) -> list[Path]:
    """Write `report.pdf` and return its path."""
    path = folder / "report.pdf"
    path.write_bytes(render_pdf(document))
    return [path]


def render_pdf(document: Document) -> bytes:
    """Return the report as a PDF/UA file, the same bytes for the same document on every machine."""
    return typeset("report.typ", _document(document))


def _document(document: Document) -> dict[str, Any]:
    made = _parts(document)
    return made if document.linked else _unlinked(made)


def _unlinked(part: Any) -> Any:
    """Return the parts of a document without the links of its numbers."""
    if isinstance(part, dict):
        return {name: None if name == "link" else _unlinked(value) for name, value in part.items()}
    return [_unlinked(value) for value in part] if isinstance(part, list) else part


def _parts(document: Document) -> dict[str, Any]:
    return {
        "look": asdict(LOOKS[document.template]),
        "logo": _logo(document.logo),
        "title": document.title,
        "subtitle": document.subtitle,
        "label": document.label,
        "statement": document.statement,
        "version": VERSION,
        "lead": [_spans(paragraph.spans) for paragraph in document.lead],
        "sections": [
            {"title": section.title, "place": section.anchor, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
    }


def _logo(logo: Logo | None) -> list[Any] | None:
    """Return kind, bytes as numbers (data reach the typesetter as JSON) and height of a logo."""
    return None if logo is None else [logo.kind, list(logo.content), LOGO_HEIGHT_MM]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "spans": _spans(block.spans)}
        case Bullets():
            return {"kind": "bullets", "items": [_spans(item.spans) for item in block.items]}
        case Table():
            return _table(block)
        case Figure():
            return _figure(block)
        case IssueList():
            return {"kind": "issues", "issues": list(_issues(block))}


def _spans(spans: Iterable[Span]) -> list[dict[str, str | None]]:
    return [_bound(span.text, (span.result,)) if isinstance(span, Number) else _bound(str(span), ()) for span in spans]


def _bound(text: str, results: tuple[str, ...]) -> dict[str, str | None]:
    return {"text": text, "link": page_link(results) if results else None}


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "title": table.title,
        "columns": list(table.columns),
        "numeric": sorted(table.numeric),
        "rows": [
            {"cells": [_cell(cell) for cell in row.cells], "section": row.section, "indent": row.indent}
            for row in table.rows
        ],
        "notes": list(table.notes),
        "empty": table.empty,
    }


def _cell(cell: Cell) -> dict[str, str | None]:
    return _bound(cell.text, cell.results) | {"place": cell.section}


def _figure(figure: Figure) -> dict[str, Any]:
    drawn = None if figure.specification is None else in_millimetres(draw_svg(figure.specification))
    return {
        "kind": "figure",
        "title": figure.title,
        "caption": figure.caption,
        "description": figure.description or figure.title,
        "svg": drawn,
        "empty": figure.empty or "Nothing to show.",
    }


def _issues(block: IssueList) -> Iterator[dict[str, str]]:
    for issue in block.issues:
        expected = f"{issue.found}; expected {issue.expected}. {issue.advice}".strip()
        yield {"severity": str(issue.severity), "place": str(issue.place), "text": expected}
