"""The report as a Word document: headings, captions and tables with styles, to be edited like any other."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from engager.figures.figure import Figure
from engager.figures.theme import without_title
from engager.provenance import VERSION
from engager.report.document import Block, Bullets, Document, IssueList, Number, Paragraph, Span
from engager.tables.table import Table
from engager.writers.docx_fields import add_contents, add_field, add_link, add_text, bookmark
from engager.writers.docx_styles import LANDSCAPE_WIDTH_MM, PAGE_WIDTH_MM, new_document, set_landscape, set_portrait
from engager.writers.docx_tables import add_table
from engager.writers.files import legible

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as WordParagraph

DOTS_PER_INCH = 300
WIDE = 9  # a table of more columns gets a page on its side
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows


def write_docx(document: Document, folder: Path) -> list[Path]:
    """Write `report.docx` and return its path."""
    path = folder / "report.docx"
    path.write_bytes(render_docx(document))
    return [path]


def render_docx(document: Document) -> bytes:
    """Return the report as a Word file, the same bytes for the same document.

    A number that shows a result is a link into the page `report.html` that lies beside the file.
    """
    word = new_document(legible(document.title), document.label)
    _front(word, document)
    writer = _Body(word)
    for number, section in enumerate(document.sections):
        bookmark(word.add_heading(legible(section.title), 1), f"section-{number}", number)
        for block in section.blocks:
            writer.add(block)
    word.add_paragraph(legible(document.statement), "Note")
    file = io.BytesIO()
    word.save(file)
    return without_times(file)


def _front(word: Word, document: Document) -> None:
    word.add_paragraph(legible(document.title), "Title")
    if document.subtitle:
        word.add_paragraph(legible(document.subtitle), "Subtitle")
    if document.label:
        word.add_paragraph(f"{document.label.capitalize()} data. Nothing here was observed in a patient.", "Label")
    for fact in document.lead:
        _write(word.add_paragraph(style="List Bullet"), fact.spans)
    add_contents(word, [section.title for section in document.sections])
    word.add_paragraph(f"engager {VERSION}", "Note")


class _Body:
    """Writes blocks one after the other; tables and figures are numbered throughout."""

    def __init__(self, word: Word) -> None:
        self._word = word
        self._tables, self._figures, self._pictures = count(1), count(1), count(1)

    def add(self, block: Block) -> None:
        match block:
            case Paragraph():
                _write(self._word.add_paragraph(), block.spans)
            case Bullets():
                for item in block.items:
                    _write(self._word.add_paragraph(style="List Bullet"), item.spans)
            case Table():
                self._table(block)
            case Figure():
                self._figure(block)
            case IssueList():
                self._issues(block)

    def _table(self, table: Table) -> None:
        wide = len(table.columns) > WIDE
        if wide:
            set_landscape(self._word)
        add_caption(self._word, "Table", next(self._tables), table.title)
        add_table(self._word, table, LANDSCAPE_WIDTH_MM if wide else PAGE_WIDTH_MM)
        for note in table.notes:
            self._word.add_paragraph(legible(note), "Note")
        if wide:
            set_portrait(self._word)

    def _figure(self, figure: Figure) -> None:
        if figure.specification is None:
            self._word.add_paragraph(legible(figure.empty or "Nothing to show."), "Note")
        else:
            self._picture(figure)
        end = "" if figure.title.endswith(".") else "."
        text = f"{figure.title}{end} {figure.caption}"
        add_caption(self._word, "Figure", next(self._figures), text).paragraph_format.keep_with_next = False

    def _picture(self, figure: Figure) -> None:
        import vl_convert
        from docx.shared import Mm

        png = vl_convert.vegalite_to_png(without_title(figure.specification or {}), ppi=DOTS_PER_INCH)
        paragraph = self._word.add_paragraph(style="Picture")
        picture = paragraph.add_run().add_picture(io.BytesIO(png))
        if picture.width > Mm(PAGE_WIDTH_MM):
            picture.height = round(picture.height * Mm(PAGE_WIDTH_MM) / picture.width)
            picture.width = Mm(PAGE_WIDTH_MM)
        described = picture._inline.docPr
        described.set("descr", legible(figure.description or figure.title))
        described.set("title", legible(figure.title))
        described.set("id", str(next(self._pictures)))

    def _issues(self, block: IssueList) -> None:
        if not block.issues:
            self._word.add_paragraph("The checks found no issue.")
        for issue in block.issues:
            paragraph = self._word.add_paragraph(style="List Bullet")
            add_text(paragraph, f"{issue.severity} ", bold=True)
            add_text(paragraph, f"{issue.place}: {issue.found}; expected {issue.expected}. {issue.advice}".strip())


def add_caption(word: Word, kind: str, number: int, text: str) -> WordParagraph:
    """Add a caption, numbered by a field that Word keeps right when tables move; it stays with what follows it."""
    paragraph = word.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = True
    add_text(paragraph, f"{kind} ", bold=True)
    add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(number), bold=True)
    add_text(paragraph, ". ", bold=True)
    add_text(paragraph, text)
    return paragraph


def _write(paragraph: WordParagraph, spans: Iterable[Span]) -> None:
    for span in spans:
        if isinstance(span, Number):
            add_link(paragraph, span.text, (span.result,))
        else:
            add_text(paragraph, span)


def without_times(file: io.BytesIO) -> bytes:
    """Return the zip file with the same time on every part, so that two runs give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
