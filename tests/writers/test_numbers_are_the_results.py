"""Every number bound in a written file, read back from the file, is one of results.json, rounded as printed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.writers.numbers_of_files import Bound, of_marks, of_page, of_pdf, of_tables, of_word, unexplained

from engager.pipeline.examples import example
from engager.pipeline.study import Study, run_study
from engager.report.document import Document, Number, Paragraph, Section
from engager.results import Results
from engager.tables.table import Table
from engager.writers.csv_tables import write_csv_tables
from engager.writers.docx import render_docx
from engager.writers.html import render_html
from engager.writers.pdf import render_pdf

READ: dict[str, Callable[[Document, Path], list[Bound]]] = {
    "page": lambda document, folder: of_page((folder / "report.html").read_text("utf-8")),  # noqa: ARG005
    "word": lambda document, folder: of_word((folder / "report.docx").read_bytes()),  # noqa: ARG005
    "pdf": lambda document, folder: of_pdf((folder / "report.pdf").read_bytes()),  # noqa: ARG005
    "csv": lambda document, folder: of_tables(document.tables, folder),
}
NUMBER = "6 of 9 (66.7 %, 95 % CI 29.9\u201392.5)"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    """The Tuebingen report in every format that binds numbers."""
    out = tmp_path_factory.mktemp("numbers") / "report"
    return run_study(example("tuebingen-2014"), out), out


@pytest.mark.parametrize("kind", READ)
def test_every_number_is_a_result(written: tuple[Study, Path], kind: str) -> None:
    """A thousand of them, in each format; none is left unread."""
    study, out = written
    results = Results.from_document(json.loads((out / "results.json").read_text("utf-8")))
    bound = READ[kind](study.document, out)
    assert sum(bool(re.search(r"\d", text)) for text, _ in bound) > 900
    assert unexplained(bound, results) == []


def test_every_mark_of_a_figure_tells_its_result(written: tuple[Study, Path]) -> None:
    """Each names a result that the figure shows; the numbers told beside it are that result's."""
    study, out = written
    marks = of_marks((out / "report.html").read_text("utf-8"))
    assert {name for _, (name,) in marks} <= {name for figure in study.document.figures for name in figure.results}
    assert len(marks) > 150
    assert unexplained(marks, study.results) == []


def test_the_formats_show_the_same_numbers(written: tuple[Study, Path]) -> None:
    """What Word and PDF bind, letter by letter; the page has the values of the figures besides."""
    study, out = written
    page, word, pdf = (_joined(READ[kind](study.document, out)) for kind in ("page", "word", "pdf"))
    assert word == pdf
    assert word.keys() <= page.keys()
    assert {ids: page[ids] for ids in word if ids not in _of_figures(study.document)} == {
        ids: text for ids, text in word.items() if ids not in _of_figures(study.document)
    }


def _joined(bound: list[Bound]) -> dict[tuple[str, ...], str]:
    """Return the texts of each binding, one behind the other without blanks: a PDF breaks them at lines."""
    texts: dict[tuple[str, ...], str] = {}
    for text, ids in bound:
        texts[ids] = texts.get(ids, "") + "".join(text.split())
    return texts


def _of_figures(document: Document) -> set[tuple[str, ...]]:
    return {(name,) for figure in document.figures for name in figure.results}


def altered(document: Document, digit: int) -> Document:
    """Return the lead and the tables of response with one digit of the responders one higher, in sentence and table."""

    def change(text: str) -> str:
        if not text[:1].isdigit():
            return text
        places = [found.start() for found in re.finditer(r"\d", text)]
        place = places[min(digit, len(places) - 1)]
        return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]

    responders = "response/responders/all"
    lead = tuple(
        Paragraph(tuple(
            Number(change(span.text), span.result) if isinstance(span, Number) and span.result == responders else span
            for span in fact.spans
        ))
        for fact in document.lead
    )  # fmt: skip
    tables = [block for section in document.sections if section.anchor == "response" for block in section.blocks]
    changed = []
    for table in tables:
        assert isinstance(table, Table)
        rows = tuple(
            replace(row, cells=tuple(
                replace(cell, text=change(cell.text)) if cell.results == (responders,) else cell for cell in row.cells
            ))
            for row in table.rows
        )  # fmt: skip
        changed.append(replace(table, rows=rows))
    return replace(document, lead=lead, sections=(Section("response", "Response", tuple(changed)),))


@pytest.mark.parametrize("digit", range(5))
@pytest.mark.parametrize("kind", READ)
def test_one_altered_digit_is_found(written: tuple[Study, Path], tmp_path: Path, kind: str, digit: int) -> None:
    """Count, total, percentage: any digit of any format."""
    study, _ = written
    wrong = altered(study.document, digit)
    write: dict[str, Callable[[], object]] = {
        "page": lambda: (tmp_path / "report.html").write_text(render_html(wrong), "utf-8"),
        "word": lambda: (tmp_path / "report.docx").write_bytes(render_docx(wrong)),
        "pdf": lambda: (tmp_path / "report.pdf").write_bytes(render_pdf(wrong)),
        "csv": lambda: write_csv_tables(wrong, tmp_path),
    }
    write[kind]()
    found = unexplained(READ[kind](wrong, tmp_path), study.results)
    assert found
    assert all("response/responders/all" in text for text in found)


def test_the_number_that_is_altered_is_there(written: tuple[Study, Path]) -> None:
    """Else the tests above would alter nothing."""
    study, _ = written
    assert NUMBER in [span.text for fact in study.document.lead for span in fact.spans if isinstance(span, Number)]
