"""A report whose plan asks for German: what is German then, and what stays as it is."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from tests.writers.numbers_of_files import of_page

from engager import example, open_study
from engager.figures.figure import Figure
from engager.report.document import Bullets, Document, Number, Paragraph, Span
from engager.report.sentences import plain
from engager.tables.table import Table
from engager.writers.docx import render_docx
from engager.writers.html import render_html

ENGLISH = re.compile(
    r"\b(the|of|and|not|with|is|are|by|from|patients|cycles?|before|after|recorded|each|without|treatment|response)\b"
)


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The Tuebingen report in German."""
    folder = tmp_path_factory.mktemp("german") / "study"
    shutil.copytree(example("tuebingen-2014"), folder)
    plan = folder / "study.toml"
    text = plan.read_text("utf-8")
    section = '[report]\nlanguage = "de"\n'
    changed = text.replace("[report]\n", section) if "[report]" in text else f"{text}\n{section}"
    plan.write_text(changed, "utf-8")
    return open_study(folder).document


def _headings(document: Document) -> Iterator[str]:
    """Yield titles of sections, tables and figures, heads of columns, and words inside the figures."""
    for section in document.sections:
        yield section.title
        for block in section.blocks:
            if isinstance(block, Table):
                yield from (block.title, *block.columns)
            if isinstance(block, Figure):
                yield block.title
                datasets = block.specification["datasets"] if block.specification else {}
                marks = (row for name, rows in datasets.items() if name != "title" for row in rows)
                words = (row.get("text") for row in marks)
                yield from (word for text in words for word in (text if isinstance(text, list) else [str(text)]))


def test_headings_and_the_words_of_figures_are_german(german: Document) -> None:
    """Sections, tables, columns, figures, legends and axes."""
    found = list(_headings(german))
    assert len(found) > 300
    assert [text for text in found if ENGLISH.search(text)] == []
    axes = [str(figure.specification) for figure in german.figures if figure.specification]
    assert [axis for axis in axes if re.search(r"'title': '(Day|Time|Probability|Study day)", axis)] == []


def test_the_lead_is_german(german: Document) -> None:
    """Sentence by sentence, numbers in their place."""
    lead = [plain(fact) for fact in german.lead]
    assert lead[0] == "9 Patienten hatten 18 Zyklen: 6 nicht ansprechend, 6 ansprechend, 6 Erhaltung."
    assert lead[1] == "6 von 9 (66,7 %, 95-%-KI 29,9\u201392,5) sprachen an: 4 primär und 2 sekundär."
    assert [fact for fact in lead if ENGLISH.search(fact)] == []


def _words(span: Span) -> str:
    return span.text if isinstance(span, Number) else span


def test_captions_and_methods_are_german_but_for_the_words_of_the_plan(german: Document) -> None:
    """The plan's design and source, and its regimen, are its authors' words."""
    captions = [figure.caption for figure in german.figures]
    blocks = [block for section in german.sections if section.anchor == "methods" for block in section.blocks]
    items = [item for block in blocks if isinstance(block, Bullets) for item in block.items]
    methods = ["".join(map(_words, item.spans)) for item in items if isinstance(item, Paragraph)]
    said = [*captions, *(text for text in methods if not text.startswith(("Design: ", "Exposition: ")))]
    sentences = [sentence for text in said for sentence in re.split(r"(?<=\.) (?=[A-Z])", text)]
    assert len(sentences) > 60
    # The date formula and product names hold an English word by chance.
    english = [text for text in sentences if re.search(r"\b(the|and|not|with|is|are|patients|cycles)\b", text)]
    assert english == []


def test_terms_of_ctcae_and_the_paper_stay_as_they_are(german: Document) -> None:
    """They are names: the first by their publisher, the second a quotation."""
    texts = {cell.text for table in german.tables for row in table.rows for cell in row.cells}
    assert {"Fever", "Ataxia"} <= texts
    published = next(table for table in german.tables if table.name == "published")
    assert published.columns[0] == "Publizierte Zahl"
    assert any(ENGLISH.search(row.cells[0].text) for row in published.rows)


def test_results_stay_english_for_programs(german: Document) -> None:
    """The same rows whatever the language of the report."""
    row = german.results.get("response", "responders")
    assert row is not None
    assert "a responding cycle" in row.method


def test_the_page_and_word_are_german(german: Document) -> None:
    """Language of the file, captions, the words of the script, and as many numbers as in English."""
    page = render_html(german)
    assert '<html lang="de">' in page
    assert "<b>Tabelle 1.</b>" in page
    assert '"behind":"Hinter dieser Zahl"' in page
    assert len(of_page(page)) > 900
    assert render_docx(german)
