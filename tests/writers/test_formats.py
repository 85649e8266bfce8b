"""Word, PDF, single tables and figures: every shown number is the page's, nothing of the data acts as markup."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from PIL import Image

from engager.errors import InputError
from engager.figures.figure import Figure
from engager.report.document import Bullets, Document, Number, Paragraph, Section
from engager.results import AnalysisResult, Results
from engager.tables.table import Cell, Row, Table
from engager.writers import pdf
from engager.writers.bundle import read_formats, write_report
from engager.writers.docx import render_docx
from engager.writers.pdf import render_pdf
from engager.writers.single_tables import table_docx, table_html, table_tex

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    '#import "x": *; #panic()',
    "]]> & </w:t> $x_1$ \\input{/etc/passwd}",
    "a\x01b\x0bc",
)


def texts_of(content: bytes) -> list[str]:
    """Return the text of each table cell and each paragraph of a Word file, in order."""
    word = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return cells + [paragraph.text for paragraph in word.paragraphs]


def hostile_document() -> Document:
    """Return a document whose every text is hostile."""
    result = AnalysisResult(analysis="a", name=HOSTILE[1], estimate=1.0)
    table = Table("t", HOSTILE[0], HOSTILE, (Row(tuple(Cell(text, (result.id,)) for text in HOSTILE)),), HOSTILE)
    sentence = Paragraph(tuple(Number(text, result.id) for text in HOSTILE))
    figure = Figure("f", HOSTILE[2], HOSTILE[3], HOSTILE[1], None, empty=HOSTILE[4])
    blocks = (table, sentence, Bullets((sentence,)), figure)
    return Document(
        HOSTILE[1], HOSTILE[2], (sentence,), (Section("s", HOSTILE[3], blocks),), Results([result]), HOSTILE[0]
    )


def text_of(paragraph: Paragraph) -> str:
    """Return a sentence as text."""
    return "".join(span if isinstance(span, str) else span.text for span in paragraph.spans)


def pages(content: bytes) -> str:
    """Return the text of a PDF, line breaks as spaces."""
    pdf = pytest.importorskip("pypdf").PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_word_holds_every_cell_and_sentence(document: Document) -> None:
    """What the page shows stands in Word, character by character."""
    texts = texts_of(render_docx(document))
    for table in document.tables:
        for row in table.rows:
            assert {cell.text for cell in row.cells} <= set(texts)
    for fact in document.lead:
        assert text_of(fact) in texts


def test_the_pdf_holds_every_cell_and_sentence(document: Document) -> None:
    """What the page shows stands in the PDF, as text that can be selected."""
    shown = pages(render_pdf(document)).replace(" ", "")
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                assert "".join(cell.text.split()) in shown
    for fact in document.lead:
        assert "".join(text_of(fact).split()) in shown


def test_a_number_in_word_leads_to_its_result(document: Document) -> None:
    """A link into the page beside it, whose fragment names the result."""
    with zipfile.ZipFile(io.BytesIO(render_docx(document))) as parts:
        body = parts.read("word/document.xml").decode()
        targets = parts.read("word/_rels/document.xml.rels").decode()
    assert targets.count('Target="report.html"') == 1
    anchors = set(re.findall(r'w:anchor="(r=[^"]+)"', body))
    number = next(span for fact in document.lead for span in fact.spans if isinstance(span, Number))
    assert f"r={number.result}" in anchors


def test_two_runs_give_the_same_bytes(document: Document) -> None:
    """No date, no random number."""
    assert render_docx(document) == render_docx(document)
    assert render_pdf(document) == render_pdf(document)


def test_nothing_of_the_data_acts_as_markup() -> None:
    """Hostile text stands in every format as text; characters that XML cannot hold are replaced."""
    document = hostile_document()
    legible = [text.replace("\x01", "\ufffd").replace("\x0b", "\ufffd") for text in HOSTILE]
    assert set(legible) <= set(texts_of(render_docx(document)))
    shown = pages(render_pdf(document)).replace(" ", "")
    for text in HOSTILE[:4]:
        assert "".join(text.split()) in shown
    table = document.tables[0]
    assert b"<script" not in table_html(table, 1, None)
    assert rb"\input{" not in table_tex(table, 1, None)
    assert set(legible) <= set(texts_of(table_docx(table, 1, "synthetic")))


def test_letters_that_our_fonts_lack_are_no_failure() -> None:
    """A Chinese word in a title: the PDF is made, with the system's fonts or with empty boxes."""
    assert render_pdf(Document("\u5317\u4eac \u2192 \U0001f9ec", "", (), (), Results([]), "")).startswith(b"%PDF")


def test_every_format_is_written(document: Document, tmp_path: Path) -> None:
    """Documents, single tables, figures at their printed size; the page leads to Word and PDF."""
    names = "html,docx,pdf,tables-docx,tables-html,tables-tex,figures-pdf,figures-tiff"
    page = write_report(document, tmp_path / "out", read_formats(names))
    out = tmp_path / "out"
    assert page == out / "report.html"
    assert 'href="report.docx"' in page.read_text("utf-8")
    stems = {path.stem for path in (out / "tables").glob("*.csv")}
    for suffix in ("docx", "html", "tex"):
        assert {path.stem for path in (out / "tables").glob(f"*.{suffix}")} == stems
    with Image.open(out / "figures" / "swimmer.tiff") as picture:
        assert picture.info["dpi"] == (300, 300)
        assert abs(picture.width / 300 * 25.4 - 170) < 1
    pdf = (out / "figures" / "swimmer.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")


def test_only_what_is_asked_for_is_written(document: Document, tmp_path: Path) -> None:
    """Word alone: no page, no PDF."""
    assert write_report(document, tmp_path / "out", ("docx",)) == tmp_path / "out" / "report.docx"
    assert sorted(path.name for path in (tmp_path / "out").glob("report.*")) == ["report.docx"]


def test_an_unknown_format_is_refused() -> None:
    """With the formats there are and the nearest."""
    with pytest.raises(InputError, match="dcx") as refused:
        read_formats("html,dcx")
    assert "docx" in refused.value.issues[0].advice


def test_figures_stand_on_paper_in_their_printed_size(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two columns are 170 mm and one is 85 mm, as the typesetter is told."""
    told: list[Any] = []

    def typeset(_: str, data: Any) -> bytes:
        told.append(data)
        return b""

    monkeypatch.setattr(pdf, "typeset", typeset)
    render_pdf(document)
    pictures = [block["svg"] for section in told[0]["sections"] for block in section["blocks"] if block.get("svg")]
    widths = {round(float(found[1])) for svg in pictures if (found := re.search(r'width="([\d.]+)mm"', svg))}
    assert len(pictures) > 1
    assert widths <= {85, 170}
    assert 170 in widths
