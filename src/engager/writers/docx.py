"""The report as a Word document: headings, captions and tables with styles, to be edited like any other."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from engager.figures.figure import Figure
from engager.provenance import VERSION
from engager.readers.logo import Logo
from engager.report.document import Block, Bullets, Document, IssueList, Number, Paragraph, Span
from engager.tables.table import Table
from engager.terms.language import say, spoken
from engager.writers.docx_fields import add_contents, add_field, add_link, add_text, bookmark, place_name
from engager.writers.docx_styles import LANDSCAPE_WIDTH_MM, PAGE_WIDTH_MM, new_document, set_landscape, set_portrait
from engager.writers.docx_tables import add_table
from engager.writers.files import legible
from engager.writers.looks import LOGO_HEIGHT_MM, LOOKS, Look
from engager.writers.svg import draw_png, svg_as_png

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as WordParagraph

WIDE = 8  # a table of more columns gets a page on its side
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows


def write_docx(document: Document, folder: Path) -> list[Path]:
    """Write `report.docx` and return its path."""
    path = folder / "report.docx"
    path.write_bytes(render_docx(document))
    return [path]


def render_docx(document: Document) -> bytes:
    """Return the report as a Word file, the same bytes for the same document.

    A number that shows a result is a link into the page `report.html` that lies beside the file, unless the document
    says that its numbers lead nowhere.
    """
    with spoken(document.language):
        word = _made(document)
    file = io.BytesIO()
    word.save(file)
    return without_times(file)


def _made(document: Document) -> Word:
    look = LOOKS[document.template]
    word = new_document(legible(document.title), document.label, look)
    _front(word, document)
    writer = _Body(word, look, linked=document.linked)
    for number, section in enumerate(document.sections):
        writer.begin(section.blocks[0] if section.blocks else None)
        bookmark(word.add_heading(legible(section.title), 1), place_name(section.anchor), number)
        for block in section.blocks:
            writer.add(block)
    word.add_paragraph(legible(document.statement), "Note")
    return word


def _front(word: Word, document: Document) -> None:
    if document.logo:
        _logo(word, document.logo)
    word.add_paragraph(legible(document.title), "Title")
    if document.subtitle:
        word.add_paragraph(legible(document.subtitle), "Subtitle")
    if document.label:
        label = say(f"{document.label.capitalize()} data.")
        word.add_paragraph(f"{label} {say(document.label_note)}", "Label")
    for fact in document.lead:
        _write(word.add_paragraph(style="List Bullet"), fact.spans, linked=document.linked)
    add_contents(word, [(section.anchor, section.title) for section in document.sections])
    word.add_paragraph(f"engager {VERSION}", "Note")


def _logo(word: Word, logo: Logo) -> None:
    """Put the logo in the top corner, of a fixed height and no wider than half the page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    content = logo.content if logo.kind == "png" else svg_as_png(logo.content.decode("utf-8-sig"))
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture = paragraph.add_run().add_picture(io.BytesIO(content), height=Mm(LOGO_HEIGHT_MM))
    if picture.width > Mm(PAGE_WIDTH_MM / 2):
        picture.height = round(picture.height * Mm(PAGE_WIDTH_MM / 2) / picture.width)
        picture.width = Mm(PAGE_WIDTH_MM / 2)
    picture._inline.docPr.set("descr", "Logo")


class _Body:
    """Writes blocks one after the other; tables and figures are numbered throughout."""

    def __init__(self, word: Word, look: Look, *, linked: bool) -> None:
        self._word, self._look, self._linked, self._turned = word, look, linked, False
        self._tables, self._figures, self._pictures = count(1), count(1), count(1)

    def begin(self, block: Block | None) -> None:
        """Turn the page before a heading whose first block is a wide table, so that the two stand together."""
        self._turned = block is not None and _is_wide(block)
        if self._turned:
            set_landscape(self._word)

    def add(self, block: Block) -> None:
        match block:
            case Paragraph():
                _write(self._word.add_paragraph(), block.spans, linked=self._linked)
            case Bullets():
                for item in block.items:
                    _write(self._word.add_paragraph(style="List Bullet"), item.spans, linked=self._linked)
            case Table():
                self._table(block)
            case Figure():
                self._figure(block)
            case IssueList():
                self._issues(block)

    def _table(self, table: Table) -> None:
        wide = _is_wide(table)
        if wide and not self._turned:
            set_landscape(self._word)
        self._turned = False
        add_caption(self._word, "Table", next(self._tables), table.title)
        width = LANDSCAPE_WIDTH_MM if wide else PAGE_WIDTH_MM
        add_table(self._word, table, width, self._look, linked=self._linked)
        for note in table.notes:
            self._word.add_paragraph(legible(note), "Note")
        if wide:
            set_portrait(self._word)

    def _figure(self, figure: Figure) -> None:
        above = self._look.figure_caption == "above"
        if above:
            self._caption(figure)
        if figure.specification is None:
            self._word.add_paragraph(legible(figure.empty or say("Nothing to show.")), "Note")
        else:
            self._picture(figure)
        if not above:
            self._caption(figure).paragraph_format.keep_with_next = False

    def _caption(self, figure: Figure) -> WordParagraph:
        end = "" if figure.title.endswith(".") else "."
        return add_caption(self._word, "Figure", next(self._figures), f"{figure.title}{end} {figure.caption}")

    def _picture(self, figure: Figure) -> None:
        from docx.shared import Mm

        png = draw_png(figure.specification or {})
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
            self._word.add_paragraph(say("The checks found no issue."))
        for issue in block.issues:
            paragraph = self._word.add_paragraph(style="List Bullet")
            told = say("{found}; expected {expected}", found=issue.found, expected=issue.expected)
            add_text(paragraph, f"{say(str(issue.severity))} ", bold=True)
            add_text(paragraph, f"{issue.place}: {told}. {issue.advice}".strip())


def _is_wide(block: Block) -> bool:
    """Tell whether a block is a table for a page on its side; one without rows is no wider than its sentence."""
    return isinstance(block, Table) and len(block.columns) > WIDE and bool(block.rows)


def add_caption(word: Word, kind: str, number: int, text: str) -> WordParagraph:
    """Add a caption, numbered by a field that Word keeps right when tables move; it stays with what follows it."""
    paragraph = word.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = True
    add_text(paragraph, f"{say(kind)} ", bold=True)
    add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(number), bold=True)
    add_text(paragraph, ". ", bold=True)
    add_text(paragraph, text)
    return paragraph


def _write(paragraph: WordParagraph, spans: Iterable[Span], *, linked: bool) -> None:
    for span in spans:
        if isinstance(span, Number):
            add_link(paragraph, span.text, (span.result,) if linked else ())
        else:
            add_text(paragraph, span)


def without_times(file: io.BytesIO) -> bytes:
    """Return the zip file with the same time on every part, so that two runs give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
