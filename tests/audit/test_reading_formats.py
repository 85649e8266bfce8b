"""One manuscript in every format that is read: the same tables, sentences and claims come out."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from tests.audit.reading_specs import display_of, document_of

from engager.audit.claims import read_claims
from engager.audit.manuscript import Manuscript
from engager.audit.reading import read_manuscript
from engager.writers.docx import render_docx
from engager.writers.html import write_html
from engager.writers.pdf import render_pdf

TABLES = [
    display_of(
        [
            ["Characteristic", "All patients (n = 9), n (%)", "Patients"],
            *(["Sex"], ["male", "5 (56)", "1–5"], ["female", "4 (44)", "6–9"], ["Marrow"]),
            *([f"class {i}", f"{i} ({i * 11})", f"{i}, {i + 2}"] for i in range(1, 60)),
        ],
        "Baseline characteristics",
        ("Percentages are of all patients.", "CNS, central nervous system."),
    ),
    display_of([["", "Result", "Remark"], ["Median", "398 days (95 % CI 17–not reached)", "of nine"]], "Survival"),
]
SENTENCES = [
    "6 of 9 (66.7 %, 95 % CI 29.9–92.5) responded: 4 primary and 2 secondary responders.",
    "Doses were 5 or 15 µg/m²/day for 28 days, e.g. in patients 1 and 2. MRD was below 10⁻⁴ in 5 of 6 responders.",
]


def _written(folder: Path, form: str) -> Path:
    document = document_of(TABLES, SENTENCES)
    path = folder / f"report.{form}"
    if form == "docx":
        path.write_bytes(render_docx(document))
    elif form == "pdf":
        path.write_bytes(render_pdf(document))
    else:
        write_html(document, folder)
    return path


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Manuscript]:
    """The report as it is read from Word, PDF, the page, and a PDF without tags."""
    folder = tmp_path_factory.mktemp("formats")
    paths = {form: _written(folder, form) for form in ("docx", "html", "pdf")}
    paths["untagged"] = folder / "untagged.pdf"
    writer = PdfWriter(clone_from=PdfReader(paths["pdf"]))
    for key in ("/MarkInfo", "/StructTreeRoot"):
        del writer._root_object[NameObject(key)]
    writer.write(paths["untagged"])
    return {form: read_manuscript(path) for form, path in paths.items()}


def _tables(manuscript: Manuscript) -> list[Any]:
    return [
        (
            table.name,
            [column.path for column in table.columns],
            [(row.path, [cell.text for cell in row.cells]) for row in table.rows],
        )
        for table in manuscript.tables()
    ]


@pytest.mark.parametrize("form", ["html", "pdf", "untagged"])
def test_tables_are_the_same_in_every_format(read: dict[str, Manuscript], form: str) -> None:
    """Headers, sections, labels and cells of our own tables do not depend on the format, over page ends neither."""
    assert len(_tables(read["docx"])[0][2]) == 61
    assert _tables(read[form]) == _tables(read["docx"])


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_claims_are_the_same_in_every_format(read: dict[str, Manuscript], form: str) -> None:
    """So are the claims, in the same order."""
    told = [[(c.kind, c.text, c.subject, c.group_size) for c in read_claims(read[f])] for f in ("docx", form)]
    assert told[0] == told[1]


def test_sentences_are_word_for_word(read: dict[str, Manuscript]) -> None:
    """Each format has the report's sentences as they were written, superscripts and all."""
    for form, manuscript in read.items():
        told = " ".join(sentence.text for sentence in manuscript.sentences())
        for sentence in SENTENCES:
            assert sentence in told, form


def test_a_pdf_tells_its_pages_and_whether_its_text_may_be_damaged(read: dict[str, Manuscript]) -> None:
    """A tagged PDF is taken at its word; tables told from places of words say so."""
    assert read["pdf"].pages == read["untagged"].pages == 2
    assert read["pdf"].damaged == ""
    assert "µ" in read["untagged"].damaged
    assert read["untagged"].tables()[0].damaged.startswith("the columns of this table are told")
    assert str(read["pdf"].tables()[1].position) == "Table 2 (page 2)"


def test_word_with_merged_cells_raised_letters_and_changes(tmp_path: Path) -> None:
    """Merged cells span, raised digits are exponents, what was deleted is not read, what was inserted is."""
    word = docx.Document()
    word.add_heading("Results", 1)
    paragraph = word.add_paragraph("MRD fell below 10")
    paragraph.add_run("-4").font.superscript = True
    paragraph.add_run(" in 5")
    gone = OxmlElement("w:del")
    run = paragraph.add_run(" of 8")._r
    for text in run.findall(qn("w:t")):
        text.tag = qn("w:delText")
    run.addprevious(gone)
    gone.append(run)
    paragraph.add_run(" of 9.").add_break(WD_BREAK.LINE)
    word.add_paragraph("Table 1. Events", style="Caption")
    table = word.add_table(rows=4, cols=3)
    for row, texts in enumerate(
        [["", "All (n = 9)", ""], ["", "Grade 1–2", "Grade ≥3"], ["Blood", "", ""], ["Anemia", "0", "8"]]
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(2, 0).merge(table.cell(2, 2))
    word.save(str(tmp_path / "a.docx"))
    manuscript = read_manuscript(tmp_path / "a.docx")
    assert [sentence.text for sentence in manuscript.paragraphs()[0].sentences] == ["MRD fell below 10⁻⁴ in 5 of 9."]
    (read,) = manuscript.tables()
    assert [column.path for column in read.columns[1:]] == [("All (n = 9)", "Grade 1–2"), ("All (n = 9)", "Grade ≥3")]
    assert [(row.path, [cell.text for cell in row.cells]) for row in read.rows] == [(("Blood", "Anemia"), ["0", "8"])]


_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def test_word_with_equations_and_letters_set_higher(tmp_path: Path) -> None:
    """An exponent in an equation, and one that is only set higher, are exponents."""
    word = docx.Document()
    paragraph = word.add_paragraph("below ")
    power = (
        f'<m:oMath xmlns:m="{_MATH}"><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e>'
        "<m:sup><m:r><m:t>-4</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    paragraph._p.append(docx.oxml.parse_xml(power))
    run = paragraph.add_run("2")
    height = OxmlElement("w:position")
    height.set(qn("w:val"), "8")
    run._r.get_or_add_rPr().append(height)
    run._r.addprevious(paragraph.add_run(" and 15 µg/m")._r)
    word.save(str(tmp_path / "a.docx"))
    assert read_manuscript(tmp_path / "a.docx").paragraphs()[0].text == "below 10⁻⁴ and 15 µg/m²"


PAGE = """<html><head><title>no</title><script>9 patients</script></head><body><nav>9 patients</nav>
<h2>Results</h2><p>We saw 10<sup>-4</sup> in 5&nbsp;of 9.<sup>31</sup> <span hidden>8 of 9</span></p>
<div>Loose <b>text</b><ul><li>First.</li><li>Second.</li></ul></div>
<table><caption>Table 2: Events</caption><tr><th rowspan="2">Effect</th><th colspan="2">All (n = 9)</th></tr>
<tr><th>Grade 1–2</th><th>Grade ≥3</th></tr><tr><td>Anemia</td><td>0</td><td>8<sup>a</sup></td></tr>
<tfoot><tr><td colspan="3"><sup>a</sup> One at rest.</td></tr></tfoot></table></body></html>"""


def test_a_page_with_spans_notes_and_hidden_parts(tmp_path: Path) -> None:
    """Scripts, navigation and what is hidden are not read; raised marks lead to the notes of a table."""
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    manuscript = read_manuscript(tmp_path / "a.html")
    told = [paragraph.text for paragraph in manuscript.paragraphs()]
    assert told == ["We saw 10⁻⁴ in 5 of 9.³¹", "Loose text", "First.", "Second."]
    (table,) = manuscript.tables()
    assert (table.name, table.caption) == ("Table 2", "Events")
    assert [column.path for column in table.columns[1:]] == [("All (n = 9)", "Grade 1–2"), ("All (n = 9)", "Grade ≥3")]
    assert table.rows[0].cells[1].notes == ("ᵃ One at rest.",)
    assert str(manuscript.paragraphs()[0].sentences[0].position) == "Results, paragraph 1, sentence 1"


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_as_csv(tmp_path: Path, delimiter: str) -> None:
    """Comma, semicolon or tab; a byte-order mark and an old encoding do no harm."""
    text = _csv([["", "All (n = 9)"], ["Müde, n (%)", "5 (56)"]], delimiter)
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        (tmp_path / "a.csv").write_bytes(text.encode(encoding))
        (table,) = read_manuscript(tmp_path / "a.csv").tables()
        assert [(row.label, row.cells[0].text) for row in table.rows] == [("Müde, n (%)", "5 (56)")]


def test_printed_cells_as_csv(tmp_path: Path) -> None:
    """A file with one printed cell a row becomes its tables, with sections, sizes, notes and doubts."""
    head = ["table", "section", "row_label", "column", "n", "N", "pct", "text", "note"]
    rows = [
        ["P_T3", "", "CRS", "All | Grade ≥3", "2", "9", "22", "2 (22)", ""],
        ["P_T3", "Blood, n (%)", "Anemia", "All | Grade ≥3", "8", "9", "", "8*", "footnote *: at rest"],
        ["P_T4", "", "1", "Dose (mg/m²)", "", "", "", "5", "printed without the µ"],
    ]
    (tmp_path / "a.csv").write_text(_csv([head, *rows]), "utf-8")
    first, second = read_manuscript(tmp_path / "a.csv").tables()
    assert (first.name, first.columns[1].size) == ("Table 3", 9)
    assert [row.path for row in first.rows] == [("CRS",), ("Blood, n (%)", "Anemia")]
    assert first.rows[1].cells[0].notes == ("*: at rest",)
    assert second.rows[0].cells[0].damaged == "printed without the µ"
