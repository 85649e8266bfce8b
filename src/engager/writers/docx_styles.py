"""The look of the Word document: styles by name, so that a team can change each in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engager.terms.language import say
from engager.writers.looks import LOOKS, Look

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.section import Section
    from docx.styles.style import ParagraphStyle

PAGE_WIDTH_MM, PAGE_HEIGHT_MM, MARGIN_MM = 170, 297, 20
LANDSCAPE_WIDTH_MM = PAGE_HEIGHT_MM - 2 * MARGIN_MM
TABLE_TEXT = "Tabletext"  # the id of the style


def new_document(title: str, label: str | None, look: Look = LOOKS["house"]) -> Word:
    """Return an empty A4 document with the styles of a look, its title in the head and pages numbered."""
    from docx import Document

    word = Document()
    _styles(word, look)
    section = word.sections[0]
    _size(section, PAGE_WIDTH_MM + 2 * MARGIN_MM, PAGE_HEIGHT_MM)
    _head_and_foot(section, title, label)
    _properties(word, title)
    return word


def set_landscape(word: Word) -> None:
    """Begin a page on its side."""
    _turn(word, PAGE_HEIGHT_MM, PAGE_WIDTH_MM + 2 * MARGIN_MM, landscape=True)


def set_portrait(word: Word) -> None:
    """Begin an upright page."""
    _turn(word, PAGE_WIDTH_MM + 2 * MARGIN_MM, PAGE_HEIGHT_MM, landscape=False)


def _turn(word: Word, width: int, height: int, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENTATION, WD_SECTION_START

    section = word.add_section(WD_SECTION_START.NEW_PAGE)
    section.orientation = WD_ORIENTATION.LANDSCAPE if landscape else WD_ORIENTATION.PORTRAIT
    _size(section, width, height)


def _size(section: Section, width: int, height: int) -> None:
    from docx.shared import Mm

    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    section.header_distance = section.footer_distance = Mm(10)


def _styles(word: Word, look: Look) -> None:
    body, note = look.body + 0.5, look.table  # what is typeset closer reads larger
    styles: tuple[tuple[str, float, bool, str, float, float, bool], ...] = (
        ("Normal", body, False, look.ink, 0, 6, False),
        ("Title", look.title, True, look.accent, 0, 4, False),
        ("Subtitle", body, False, look.quiet, 0, 8, False),
        ("Heading 1", look.heading + 0.5, True, look.accent, 16, 6, False),
        ("Caption", look.caption + 0.5, False, look.ink, 8, 4, False),
        ("Table text", look.table, False, look.ink, 0, 0, True),
        ("Note", note, False, look.quiet, 2, 4, True),
        ("Label", body, True, look.ink, 0, 8, True),
        ("Picture", note, False, look.ink, 8, 2, True),
        ("Contents heading", body + 1, True, look.accent, 10, 4, True),
        ("Contents entry", body, False, look.ink, 0, 1, True),
    )
    for name, size, bold, colour, before, after, new in styles:
        _style(word, name, size, bold=bold, colour=colour, before=before, after=after, new=new, font=look.word_font)
    word.styles["Picture"].paragraph_format.keep_with_next = look.figure_caption == "below"


def _style(  # noqa: PLR0913 - the properties of a style
    word: Word,
    name: str,
    size: float,
    *,
    bold: bool,
    colour: str,
    before: float,
    after: float,
    new: bool,
    font: str,
) -> ParagraphStyle:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style: ParagraphStyle = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if new else word.styles[name]
    if new:
        style.base_style = word.styles["Normal"]
    style.font.name, style.font.size, style.font.bold = font, Pt(size), bold
    style.font.italic = False
    for own in ("w:pBdr", "w:spacing"):  # the template's rule under the title and its letter spacing
        for part in (style.element.pPr, style.element.rPr):
            found = None if part is None else part.find(qn(own))
            if found is not None:
                part.remove(found)
    style.font.color.rgb = RGBColor.from_string(colour)
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        style.element.rPr.rFonts.set(qn(attribute), font)
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        style.element.rPr.rFonts.attrib.pop(qn(attribute), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style


def _head_and_foot(section: Section, title: str, label: str | None) -> None:
    from engager.writers.docx_fields import add_field

    head = section.header.paragraphs[0]
    head.style = "Note"
    head.text = f"{title}\t\t{say(f'{label} data').upper()}" if label else title
    foot = section.footer.paragraphs[0]
    foot.style = "Note"
    foot.add_run(say("Page") + " ")
    add_field(foot, "PAGE", "1")
    foot.add_run(f" {say('of')} ")
    add_field(foot, "NUMPAGES", "1")


def _properties(word: Word, title: str) -> None:
    """Set the title; author and dates of python-docx's own template go, so that the file says nothing untrue."""
    word.core_properties.title = title
    word.core_properties.author = ""
    word.core_properties.comments = ""
    for child in list(word.core_properties._element):
        if child.tag.endswith(("created", "modified", "revision", "lastModifiedBy")):
            word.core_properties._element.remove(child)
