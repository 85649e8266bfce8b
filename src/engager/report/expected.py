"""What a study says, as an audit compares it: every cell and sentence of its report, with the results behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engager.audit.comparison import Expected
from engager.audit.reading.sentences import split_sentences
from engager.report.document import Bullets, Document, Number, Paragraph, Section
from engager.results import AnalysisResult, Results
from engager.tables.table import Row, Table


def expected_values(document: Document) -> tuple[Expected, ...]:
    """Return every cell and every sentence that a report shows, in its order."""
    found: list[Expected] = []
    for paragraph in document.lead:
        found += _of_paragraph(paragraph, "the main findings", document.results)
    number = 0
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                number += 1
                found += _of_table(block, number, document.results)
            elif isinstance(block, Paragraph | Bullets):
                found += _of_text(block, section, document.results)
    return tuple(found)


def _of_text(block: Paragraph | Bullets, section: Section, results: Results) -> Iterator[Expected]:
    for paragraph in (block,) if isinstance(block, Paragraph) else block.items:
        yield from _of_paragraph(paragraph, f"section {section.title}", results)


def _of_paragraph(paragraph: Paragraph, place: str, results: Results) -> Iterator[Expected]:
    """Yield the sentences of a paragraph, each with the results that its numbers show."""
    text, ends = "", []
    for span in paragraph.spans:
        text += span if isinstance(span, str) else span.text
        ends.append((len(text), span))
    for start, end in split_sentences(text):
        ids = [span.result for at, span in ends if isinstance(span, Number) and start < at <= end]
        yield Expected(text[start:end], place, results=_rows(ids, results))


def _of_table(table: Table, number: int, results: Results) -> Iterator[Expected]:
    place = f"Table {number}"
    yield Expected(f"{place}. {table.title}", place)
    for column in table.columns:
        yield Expected(column, place)
    for note in table.notes:
        yield from (Expected(note[start:end], place) for start, end in split_sentences(note))
    section: tuple[str, ...] = ()
    for row in table.rows:
        if len(row.cells) == 1:
            section = (row.cells[0].text,) if row.section else ()
            continue
        section = section if row.indent else ()
        yield from _of_row(table, row, section, place, results)


def _of_row(table: Table, row: Row, section: Sequence[str], place: str, results: Results) -> Iterator[Expected]:
    label = row.cells[0].text
    for column, cell in list(zip(table.columns, row.cells, strict=True))[1:]:
        labels = (table.title, *section, label)
        where = f'{place}, row "{label}", column "{column}"'
        yield Expected(cell.text, where, labels, column, _rows(cell.results, results))


def _rows(ids: Sequence[str], results: Results) -> tuple[AnalysisResult, ...]:
    return tuple(results.by_id(each) for each in dict.fromkeys(ids))
