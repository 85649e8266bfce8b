"""An audit built by hand: a small manuscript of a sentence and a table, and findings in both."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from engager.audit.auditing import Audit
from engager.audit.claim import Claim, Kind, Number
from engager.audit.comparison import Compared, Comparison, Expected, Mapping, Verdict
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Cell, Column, Heading, Manuscript, Paragraph, Position, Row, Sentence, Table
from engager.results import AnalysisResult

SENTENCE = "Of 34 patients, 6 (17.6 %) had neutropenia of grade 3 or 4."
HEADS = ("Adverse event", "Grade 3, n (%)", "Grade 4, n (%)")
ROWS = (("Anaemia", "7 (21)", "2 (6)"), ("Neutropenia", "14 (41)", "22 (65)"), ("Fever", "9 (26)", "0 (0)"))
CAPTION = "Adverse events of 34 patients"


def manuscript(file: str = "paper.docx", sentence: str = SENTENCE, label: str = "Neutropenia") -> Manuscript:
    """Return the manuscript as it is read from a file of that name."""
    at = Position(file, 1, section="Results", paragraph=1)
    said = Sentence(sentence, Position(file, 1, section="Results", paragraph=1, sentence=1))
    columns = tuple(Column(i, (head,), (head,), 34 if i else None) for i, head in enumerate(HEADS))
    rows = tuple(_row(file, i, (label if i == 2 else row[0], *row[1:]), columns) for i, row in enumerate(ROWS, 1))
    table = Table("1", CAPTION, columns, rows, (), Position(file, 2, section="Results", table="Table 1"), 34)
    heading = Heading("Results", 1, Position(file, 0, section="Results", part="heading"))
    return Manuscript(file, "docx", (heading, Paragraph(sentence, (said,), at), table), unread=("1 picture",))


def _row(file: str, index: int, texts: tuple[str, ...], columns: tuple[Column, ...]) -> Row:
    at = Position(file, 2, section="Results", table="Table 1", row=index, row_label=texts[0])
    cells = tuple(
        Cell(text, column, replace(at, column=column.index, column_label=column.label))
        for text, column in zip(texts[1:], columns[1:], strict=True)
    )
    return Row(index, texts[0], (), cells, at)


def claims_of(read: Manuscript) -> tuple[Claim, ...]:
    """Return the count and percentage of each cell, and that of the sentence."""
    table, (sentence,) = read.tables()[0], read.paragraphs()[0].sentences
    found = [
        Claim(Kind.COUNT_PERCENT, cell.text, cell.position, _numbers(cell.text), 0, len(cell.text), cell.text,
              row.path, cell.column.group, 34)
        for row, cell in table.cells()
    ]  # fmt: skip
    start = sentence.text.index("6 (")
    told = sentence.text[start : start + len("6 (17.6 %)")]
    in_text = Claim(
        Kind.COUNT_PERCENT, told, sentence.position, _numbers(told), start, start + len(told), sentence.text,
        ("neutropenia",), (), 34,
    )  # fmt: skip
    return (in_text, *found)


def _numbers(text: str) -> tuple[Number, ...]:
    n, percent = text.replace("%", "").rstrip(" )").split(" (")
    decimals = len(percent.strip().partition(".")[2])
    return (Number("n", Decimal(n), n), Number("percent", Decimal(percent.strip()), percent.strip(), decimals))


def made_audit(read: Manuscript | None = None) -> Audit:
    """Return an audit with a finding of each certainty but one, and a comparison with a study."""
    read = read or manuscript()
    said, *cells = claims_of(read)
    grade_3, grade_4 = cells[2], cells[3]
    findings = (
        Finding("parts_of_whole", Certainty.IMPOSSIBLE, "14 + 22 patients exceed the 34 treated", (grade_3, grade_4),
                "14 + 22 = 36 > 34", "12 of grade 3, or 20 of grade 4"),
        Finding("told_twice", Certainty.UNLIKELY, "6 patients here, 36 in Table 1", (said, grade_3, grade_4),
                "6 against 14 + 22 = 36", "6 in both", "may be an artefact of extraction: a superscript was lost"),
        Finding("percent_of_count", Certainty.ROUNDING, "2 of 34 is 5.88 %: 6 % is rounded", (cells[1],), "2 / 34"),
    )  # fmt: skip
    row = AnalysisResult(analysis="adverse_events", name="term", at="Fever", n=10, N=34, unit="1")
    value = Expected("10 (29)", "Table 14", ("Adverse events", "Fever"), "Grade 3", (row,))
    compared = (
        Compared(cells[4], (value,), Verdict.DIFFERS, Mapping.MEANING),
        Compared(cells[0], (value, value), Verdict.AMBIGUOUS, Mapping.MEANING),
        Compared(cells[5], (value,), Verdict.AGREES, Mapping.WORDS),
    )
    return Audit((read,), (said, *cells), findings, Comparison(compared, (said,)))


def write_manuscript(path: Path, sentence: str = SENTENCE, label: str = "Neutropenia") -> Path:
    """Write the manuscript as a Word file, its numbers in the middle of longer runs, and return the path."""
    from docx import Document

    word = Document()
    word.add_heading("Results", 1)
    word.add_paragraph(sentence)
    word.add_paragraph(f"Table 1. {CAPTION}", style="Caption")
    table = word.add_table(rows=0, cols=len(HEADS))
    for texts in (HEADS, *ROWS):
        cells = table.add_row().cells
        for cell, text in zip(cells, texts, strict=True):
            cell.text = label if text == "Neutropenia" else text
    word.save(str(path))
    return path
