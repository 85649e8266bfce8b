"""What python-docx has no words for: fields, links, bookmarks, and a table of contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engager.terms.language import say
from engager.writers.bindings import PAGE, link
from engager.writers.files import legible

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run


def add_text(paragraph: Paragraph, text: str, *, bold: bool = False) -> Run:
    """Add text to a paragraph."""
    run = paragraph.add_run(legible(text))
    run.bold = bold or None
    return run


def add_link(paragraph: Paragraph, text: str, results: tuple[str, ...], *, bold: bool = False) -> None:
    """Add text that opens the results it shows in the report's page; without results plain text."""
    run = add_text(paragraph, text, bold=bold)
    if results:
        page = paragraph.part.relate_to(PAGE, _HYPERLINK, is_external=True)
        _wrap(paragraph, run, "w:hyperlink", {"r:id": page, "w:anchor": link(results).removeprefix("#")})


def add_reference(paragraph: Paragraph, text: str, section: str) -> None:
    """Add text that leads to a section of the same document."""
    _wrap(paragraph, add_text(paragraph, text), "w:hyperlink", {"w:anchor": place_name(section)})


def place_name(section: str) -> str:
    """Return the name of a section's bookmark, of letters, digits and underscores as Word asks."""
    return f"section_{section.replace('-', '_')}"


def add_field(paragraph: Paragraph, code: str, shown: str, *, bold: bool = False) -> None:
    """Add a field with the text that it shows until it is updated."""
    run = add_text(paragraph, shown, bold=bold)
    _wrap(paragraph, run, "w:fldSimple", {"w:instr": f" {code} "})


def add_contents(word: Word, sections: Sequence[tuple[str, str]]) -> None:
    """Add a table of contents of sections, anchor and title: a link to each heading.

    Word replaces it by its own, with page numbers, on update.
    """
    word.add_paragraph(say("Contents"), "Contents heading")
    for number, (anchor, title) in enumerate(sections):
        paragraph = word.add_paragraph(style="Contents entry")
        if number == 0:
            _mark(paragraph, "begin")
            _instruct(paragraph, ' TOC \\o "1-1" \\h \\z \\u ')
            _mark(paragraph, "separate")
        _wrap(paragraph, add_text(paragraph, title), "w:hyperlink", {"w:anchor": place_name(anchor)})
        if number == len(sections) - 1:
            _mark(paragraph, "end")


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Make a paragraph a place that links can lead to."""
    start = _element("w:bookmarkStart", {"w:id": str(number), "w:name": name})
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(number)}))


def _wrap(paragraph: Paragraph, run: Run, tag: str, attributes: dict[str, str]) -> None:
    """Put a run of a paragraph, its last one, inside an element."""
    holder = _element(tag, attributes)
    holder.append(run._r)
    paragraph._p.append(holder)


def _mark(paragraph: Paragraph, kind: str) -> None:
    paragraph.add_run()._r.append(_element("w:fldChar", {"w:fldCharType": kind}))


def _instruct(paragraph: Paragraph, code: str) -> None:
    text = _element("w:instrText", {"xml:space": "preserve"})
    text.text = code
    paragraph.add_run()._r.append(text)


def _element(tag: str, attributes: dict[str, str]) -> BaseOxmlElement:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    return element


_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
