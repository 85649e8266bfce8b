"""The look of the Word document: styles by name, so that a team can change each in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.section import Section
    from docx.styles.style import ParagraphStyle

FONT = "Arial"
PAGE_WIDTH_MM, PAGE_HEIGHT_MM, MARGIN_MM = 170, 297, 20
LANDSCAPE_WIDTH_MM = PAGE_HEIGHT_MM - 2 * MARGIN_MM
INK, QUIET = "1D2A35", "5F6B76"
TABLE_TEXT = "Tabletext"  # the id of the style


def new_document(title: str, label: str | None) -> Word:
    """Return an empty A4 document with the styles of a report, its title in the head and pages numbered."""
    from docx import Document

    word = Document()
    _styles(word)
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


def _styles(word: Word) -> None:
    _style(word, "Normal", 10, after=6)
    _style(word, "Title", 17, bold=True, after=4)
    _style(word, "Subtitle", 10, colour=QUIET, after=8)
    _style(word, "Heading 1", 13, bold=True, before=16, after=6)
    _style(word, "Caption", 9, before=8, after=4)
    _style(word, "Table text", 8, after=0, new=True)
    _style(word, "Note", 8, colour=QUIET, before=2, after=4, new=True)
    _style(word, "Label", 10, bold=True, after=8, new=True)
    _style(word, "Picture", 8, before=8, after=2, new=True).paragraph_format.keep_with_next = True
    _style(word, "Contents heading", 11, bold=True, before=10, after=4, new=True)
    _style(word, "Contents entry", 10, after=1, new=True)


def _style(  # noqa: PLR0913 - the properties of a style
    word: Word,
    name: str,
    size: float,
    *,
    bold: bool = False,
    colour: str = INK,
    before: float = 0,
    after: float,
    new: bool = False,
) -> ParagraphStyle:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style: ParagraphStyle = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if new else word.styles[name]
    if new:
        style.base_style = word.styles["Normal"]
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.italic = False
    for own in ("w:pBdr", "w:spacing"):  # the template's rule under the title and its letter spacing
        for part in (style.element.pPr, style.element.rPr):
            found = None if part is None else part.find(qn(own))
            if found is not None:
                part.remove(found)
    style.font.color.rgb = RGBColor.from_string(colour)
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        style.element.rPr.rFonts.set(qn(attribute), FONT)
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        style.element.rPr.rFonts.attrib.pop(qn(attribute), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style


def _head_and_foot(section: Section, title: str, label: str | None) -> None:
    from engager.writers.docx_fields import add_field

    head = section.header.paragraphs[0]
    head.style = "Note"
    head.text = f"{title}\t\t{f'{label} data'.upper()}" if label else title
    foot = section.footer.paragraphs[0]
    foot.style = "Note"
    foot.add_run("Page ")
    add_field(foot, "PAGE", "1")
    foot.add_run(" of ")
    add_field(foot, "NUMPAGES", "1")


def _properties(word: Word, title: str) -> None:
    """Set the title; author and dates of python-docx's own template go, so that the file says nothing untrue."""
    word.core_properties.title = title
    word.core_properties.author = ""
    word.core_properties.comments = ""
    for child in list(word.core_properties._element):
        if child.tag.endswith(("created", "modified", "revision", "lastModifiedBy")):
            word.core_properties._element.remove(child)
