"""The looks: the same report in other type, with a logo, in page, Word and PDF."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest
from PIL import Image
from pypdf import PdfReader

from engager.plan import LookName
from engager.readers.logo import Logo
from engager.report.document import Document
from engager.writers.docx import render_docx
from engager.writers.html import render_html
from engager.writers.looks import LOOKS, page_style
from engager.writers.pdf import render_pdf

SVG = Logo(
    "svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'
)


def png() -> Logo:
    """Return a logo of a few pixels."""
    file = io.BytesIO()
    Image.new("RGB", (40, 20), (200, 0, 0)).save(file, "PNG")
    return Logo("png", file.getvalue())


def fonts(content: bytes) -> set[str]:
    """Return the names of the fonts of a PDF."""
    found: set[str] = set()
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in (page["/Resources"].get("/Font") or {}).values():  # type: ignore[attr-defined]
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return found


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_is_that_of_every_format(document: Document, name: LookName) -> None:
    """Type and colour of the headings on the page, in Word and in the PDF."""
    look, styled = LOOKS[name], replace(document, template=name)
    word = docx.Document(io.BytesIO(render_docx(styled)))
    assert word.styles["Normal"].font.name == look.word_font
    assert str(word.styles["Heading 1"].font.color.rgb) == look.accent
    assert look.pdf_font.replace(" ", "") in {font.partition("-")[0] for font in fonts(render_pdf(styled))}
    assert page_style(look) in render_html(styled)


@pytest.mark.parametrize("name", LOOKS)
def test_a_caption_stands_where_the_look_has_it(document: Document, name: LookName) -> None:
    """Of a figure above or below; of a table above."""
    word = docx.Document(io.BytesIO(render_docx(replace(document, template=name))))
    styles = [(paragraph.style.name if paragraph.style else "", paragraph.text) for paragraph in word.paragraphs]
    picture = next(place for place, (style, _) in enumerate(styles) if style == "Picture")
    beside = styles[picture - 1] if LOOKS[name].figure_caption == "above" else styles[picture + 1]
    assert beside[0] == "Caption"
    assert beside[1].startswith("Figure")


def test_the_house_look_is_the_style_sheet() -> None:
    """Nothing is added to it."""
    assert page_style(LOOKS["house"]) == ""


@pytest.mark.parametrize("logo", [SVG, png()], ids=["svg", "png"])
def test_a_logo_stands_in_every_format(document: Document, logo: Logo) -> None:
    """As a picture inside the file, told to those who do not see it; two runs give the same bytes."""
    shown = replace(document, logo=logo)
    page = render_html(shown)
    kind = "svg+xml" if logo.kind == "svg" else "png"
    assert f'<img class="logo" src="data:image/{kind};base64,' in page
    word = docx.Document(io.BytesIO(render_docx(shown)))
    assert len(word.inline_shapes) == len(docx.Document(io.BytesIO(render_docx(document))).inline_shapes) + 1
    assert 'descr="Logo"' in word.paragraphs[0]._p.xml
    made = render_pdf(shown)
    assert made != render_pdf(document)
    assert made == render_pdf(shown)


def test_numbers_that_lead_nowhere(document: Document) -> None:
    """A published document has no links of numbers in Word and PDF; the page keeps its own."""
    alone = replace(document, linked=False)
    assert "r=" not in str([link.get("/A") for link in links(render_pdf(alone))])
    assert "r=" in str([link.get("/A") for link in links(render_pdf(document))])
    assert "report.html" not in [
        rel.target_ref for rel in docx.Document(io.BytesIO(render_docx(alone))).part.rels.values()
    ]
    assert render_html(alone) == render_html(document)


def links(content: bytes) -> list[dict[str, object]]:
    """Return the links of a PDF."""
    return [note.get_object() for page in PdfReader(io.BytesIO(content)).pages for note in page.get("/Annots") or ()]
