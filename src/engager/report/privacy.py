"""The report as it may leave the house: study days, no quotations of the data, warnings; on request no small cells.

Results are made anonymous before anything is composed from them (`report.pseudonyms`), so that no table, figure or
description ever holds a pseudonym; the document is then gone through once (`for_publication`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engager.figures.figure import Figure
from engager.report.document import Block, Bullets, Document, IssueList, Number, Paragraph, Section, Span
from engager.report.pseudonyms import PATIENT, without_dates
from engager.report.withheld import WITHHELD, Withholding
from engager.tables.formatting import patients_list
from engager.tables.table import Cell, Row, Table


def for_publication(document: Document, small_cells: int = 0) -> Document:
    """Return the document for publication, made from `anonymous_results`.

    No dates, no source rows, no quotations of the data in issues, no links of numbers in Word and PDF. Whatever shows
    patients one by one is warned of. With `small_cells`, counts below it and what would give them away are hidden, and
    whatever shows patients one by one is left out.
    """
    return _Publication(document, small_cells).document()


class _Publication:
    """One way through a document."""

    def __init__(self, document: Document, small_cells: int) -> None:
        self._old = document
        self._withholding = Withholding(document.results, small_cells) if small_cells else None
        self._hidden = self._withholding.ids if self._withholding else frozenset()
        self._sizes = self._withholding.sizes if self._withholding else frozenset()
        self._limit = small_cells
        self._single: list[str] = []
        self._patients = len({patient for row in document.results for patient in row.patients})

    def document(self) -> Document:
        old = self._old
        sections = [
            replace(section, blocks=tuple(map(self._block, section.blocks)), title=self._text(section.title))
            for section in old.sections
        ]
        return replace(
            old,
            title=self._text(old.title),
            subtitle=self._text(old.subtitle),
            lead=tuple(self._paragraph(fact) for fact in old.lead if self._tells(fact)),
            sections=(self._told(), *sections),
            results=self._withholding.withheld() if self._withholding else old.results,
            manifest=_strings(old.manifest, without_dates),
            source_rows={},
            linked=False,
        )

    def _tells(self, fact: Paragraph) -> bool:
        """Tell whether a number of a sentence is left to be told."""
        numbers = [span for span in fact.spans if isinstance(span, Number)]
        return not numbers or any(number.result not in self._hidden for number in numbers)

    def _told(self) -> Section:
        """Return what was done, and what a person has to judge."""
        lines = [
            "Patients bear the running numbers of this report. Calendar dates and source rows are left out, ages bands."
        ]
        if self._limit:
            lines.append(
                f"Counts below {self._limit}, and counts from which one could be worked out, are {WITHHELD}; tables "
                "and figures of single patients, lists of patients and survival curves are left out."
            )
        elif self._single:
            lines.append(
                f"Warning: these show each of {self._patients} patients; who knows one of them may recognise the row: "
                + "; ".join(
                    dict.fromkeys(re.sub(r"of patient \d+", "of each patient", title) for title in self._single)
                )
                + ". Leave them out, or see that the patients agreed."
            )
        elif self._patients < 10:
            lines.append(f"Warning: a report of {self._patients} patients can let one of them be recognised.")
        paragraphs = tuple(Paragraph((line,)) for line in lines)
        return Section("privacy", "For publication", (Bullets(paragraphs),))

    def _block(self, block: Block) -> Block:
        match block:
            case Paragraph():
                return self._paragraph(block)
            case Bullets():
                return Bullets(tuple(map(self._paragraph, block.items)))
            case Table():
                return self._table(block)
            case Figure():
                return self._figure(block)
            case IssueList():
                return _issues(block)

    def _text(self, text: str) -> str:
        return self._no_small_counts(without_dates(text))

    def _no_small_counts(self, text: str) -> str:
        """Return a note without the small counts of patients that it tells in words."""

        def told(found: re.Match[str]) -> str:
            return f"fewer than {self._limit} {found[3]}" if 0 < int(found[1]) < self._limit else found[0]

        if not self._limit:
            return text
        return re.sub(r"\b(\d+)( of \d+)? ((?:patient|child|record|event|cycle|value)\w*)", told, text)

    def _paragraph(self, paragraph: Paragraph) -> Paragraph:
        return Paragraph(tuple(map(self._span, paragraph.spans)))

    def _span(self, span: Span) -> Span:
        if isinstance(span, str):
            return self._text(span)
        listed = self._limit and span.text == patients_list(self._old.results.by_id(span.result).patients)
        return WITHHELD if span.result in self._hidden or listed else Number(self._text(span.text), span.result)

    def _shows_patients(self, ids: Sequence[str]) -> bool:
        return any(self._old.results.by_id(name).group.startswith(PATIENT) for name in ids)

    def _table(self, table: Table) -> Table | Paragraph:
        ids = [name for row in table.rows for cell in row.cells for name in cell.results]
        notes = tuple(map(self._text, table.notes))
        if self._shows_patients(ids):
            if self._limit:
                return Paragraph((f"{table.title}: left out, since it shows patients one by one.",))
            self._single.append(table.title)
            notes = (*notes, self._warning())
        rows = tuple(self._row(row, table.columns) for row in table.rows)
        if table.name.startswith("published"):  # what was printed would tell what is hidden beside it
            rows = tuple(row for row in rows if all(cell.text != WITHHELD for cell in row.cells))
        if self._limit and any(cell.text == WITHHELD for row in rows for cell in row.cells):
            notes = (*notes, f"{WITHHELD}: a count below {self._limit}, or one from which it could be worked out.")
        columns = tuple(map(self._head, table.columns))
        return replace(table, columns=columns, rows=rows, notes=notes, title=self._text(table.title))

    def _warning(self) -> str:
        return f"Shows each of {self._patients} patients: who knows one of them may recognise the row."

    def _head(self, text: str) -> str:
        """Return the head of a column; the size of a group below the limit is not told."""

        def size(found: re.Match[str]) -> str:
            return f"(n {WITHHELD})" if 0 < int(found[1]) < self._limit or int(found[1]) in self._sizes else found[0]

        return re.sub(r"\(n = (\d+)\)", size, self._text(text))

    def _row(self, row: Row, columns: tuple[str, ...]) -> Row:
        heads = columns if len(row.cells) == len(columns) else ("",) * len(row.cells)
        return replace(row, cells=tuple(map(self._cell, row.cells, heads)))

    def _cell(self, cell: Cell, head: str) -> Cell:
        if self._hidden.intersection(cell.results):
            return Cell(WITHHELD)
        if self._limit and head == "Patients" and not cell.text.isdecimal():
            return Cell("")
        return replace(cell, text=self._text(cell.text))

    def _figure(self, figure: Figure) -> Figure:
        figure = replace(
            figure,
            title=self._text(figure.title),
            caption=self._text(figure.caption),
            description=self._text(figure.description),
            specification=_strings(figure.specification, without_dates),
        )
        single = self._shows_patients(figure.results)
        if self._limit and (single or not figure.results or self._hidden.intersection(figure.results)):
            empty = "Left out: the figure would show single patients, or counts that are hidden."
            return replace(figure, caption="", description="", specification=None, results=(), empty=empty)
        if single:
            self._single.append(figure.title)
            return replace(figure, caption=f"{figure.caption} {self._warning()}".strip())
        return figure


def _issues(block: IssueList) -> Paragraph:
    """Return how many issues there are; their words quote the data."""
    count = len(block.issues)
    text = f"The checks told {count or 'no'} issue{'' if count == 1 else 's'}; they quote the data and are not shown."
    return Paragraph((text,))


def _strings(value: Any, change: Any) -> Any:
    """Return a structure with every text in it changed, names of its parts included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(name) if isinstance(name, str) else name: _strings(part, change) for name, part in value.items()}
    return [_strings(part, change) for part in value] if isinstance(value, list | tuple) else value
