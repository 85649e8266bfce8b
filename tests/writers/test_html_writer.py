"""The page: every number opens, nothing from outside, and no text of the data runs."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs

import pytest

from engager.errors import Issue, Place, Severity
from engager.figures.survival import survival_figure
from engager.provenance import VERSION
from engager.report.document import Document, IssueList, Number, Paragraph, Section
from engager.results import AnalysisResult, Results
from engager.tables.table import Cell, Row, Table
from engager.writers.bindings import EMBEDDED
from engager.writers.html import render_html

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'<!--=cmd"


class Page(HTMLParser):
    """The elements of a page: tags with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.raw: list[tuple[str, dict[str, str], str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep the text of a script or a style apart from the words that are read."""
        if self.cdata_elem:
            self.raw.append((*self.elements[-1], data))
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        """The words of the page."""
        return re.sub(r"\s+", " ", " ".join(self.words))

    @property
    def data(self) -> Any:
        """The embedded results."""
        return json.loads(next(text for _, attributes, text in self.raw if attributes.get("id") == "embedded"))

    def values(self, attribute: str) -> list[str]:
        """Every value of an attribute."""
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


@pytest.fixture(scope="module")
def page(document: Document) -> Page:
    """The page of the small report."""
    return Page(render_html(document))


def evil_document() -> Document:
    """Return a document whose every text tries to break out."""
    row = AnalysisResult(
        analysis="a",
        name="b",
        group=EVIL,
        estimate=0.5,
        method=EVIL,
        warning=EVIL,
        patients=(EVIL,),
        sources=(f"{EVIL}:2",),
    )
    results = Results([row, AnalysisResult(analysis="OS", name="curve", at="3", estimate=0.5, text=EVIL)])
    blocks = (
        Paragraph((EVIL, Number(EVIL, row.id))),
        Table(
            "evil", EVIL, (EVIL, EVIL), (Row((Cell(EVIL),)), Row((Cell(EVIL), Cell(EVIL, (row.id,))))), notes=(EVIL,)
        ),
        IssueList((Issue(Severity.ERROR, EVIL, Place(EVIL, column=EVIL), EVIL, EVIL, EVIL),)),
        survival_figure(results, "OS", ["all"], title=EVIL, label=EVIL),
    )
    return Document(
        EVIL, EVIL, (Paragraph((EVIL,)),), (Section("evil", EVIL, blocks),), results, EVIL,
        label=EVIL, manifest={EVIL: EVIL}, source_rows={f"{EVIL}:2": {EVIL: EVIL}},
    )  # fmt: skip


def test_every_link_opens_a_result_that_the_page_holds(page: Page, document: Document) -> None:
    """The fragment names results by id; their values are those of the document, with all digits."""
    links = [href for href in page.values("href") if href.startswith("#r=")]
    ids = {result_id for href in links for result_id in parse_qs(href[1:])["r"]}
    assert ids == set(page.data["results"])
    for result_id, row in page.data["results"].items():
        known = document.results.by_id(result_id)
        lists = {
            "patients": page.data["patient_sets"][row.pop("patients")],
            "sources": page.data["source_sets"][row.pop("sources")],
        }
        counts = (row.pop("patients_count"), row.pop("sources_count"))
        assert (row.pop("told", None) is not None) == any(result_id in figure.results for figure in document.figures)
        assert counts == (len(known.patients), len(known.sources))
        assert row | lists == known.to_dict()


def test_a_cell_of_two_results_opens_both(page: Page) -> None:
    """The median stands on the curve and on the response."""
    assert "#r=OS/median/all&r=response/responders/all" in page.values("href")


def test_only_shown_results_are_embedded(page: Page, document: Document) -> None:
    """The rows of event-free survival are in no table, figure or sentence."""
    assert len(page.data["results"]) < len(document.results)
    assert not [result_id for result_id in page.data["results"] if result_id.startswith("EFS")]


def test_source_rows_of_shown_results_are_embedded(page: Page) -> None:
    """With their text where the document has it; a row without text is named in its result alone."""
    assert page.data["rows"]["measurements:9"]["value"] == "<0.0001"
    assert "patients:2" not in page.data["rows"]


def test_a_result_that_does_not_exist_is_not_shown(document: Document) -> None:
    """A number that cannot be followed must not be printed."""
    broken = dataclasses.replace(document, lead=(Paragraph((Number("1", "no/such/result"),)),))
    with pytest.raises(ValueError, match="no/such/result, which is not among"):
        render_html(broken)


def test_nothing_is_requested(page: Page) -> None:
    """No element loads anything; links lead into the page or to the files beside it."""
    assert page.values("src") == []
    assert not {"link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.elements}
    assert not [href for href in page.values("href") if ":" in href.split("#")[0]]


def test_the_policy_admits_the_style_and_the_script_of_the_page_alone(page: Page) -> None:
    """Their hashes are in it; there are no other scripts, no handlers and no style attributes."""
    policy = next(attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    active = [text for tag, attributes, text in page.raw if attributes.get("type") != "application/json"]
    assert len(active) == 2
    for text in active:
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert page.values("style") == []


def test_ids_are_unique(page: Page) -> None:
    """Those of the figures too."""
    assert [name for name, times in Counter(page.values("id")).items() if times > 1] == []


def test_no_text_of_the_data_becomes_an_element_or_a_script() -> None:
    """The page has as many scripts as ever, no image and no handler, and the text is there to read."""
    page = Page(render_html(evil_document()))
    assert [tag for tag, _ in page.elements].count("script") == 2
    assert "img" not in {tag for tag, _ in page.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert EVIL in page.text
    assert page.data["rows"] == {f"{EVIL}:2": {EVIL: EVIL}}


def test_the_page_says_what_it_shows(page: Page, document: Document) -> None:
    """Title, facts, sections, numbered tables and figures, and what is empty."""
    for words in (
        "nine children",
        "Median overall survival was 398 days .",
        "Table 2. Adverse events",
        "none recorded",
    ):
        assert words in page.text
    assert "No cytokines were recorded." in page.text
    assert "Figure 4. Cytokines." in page.text
    assert "The checks found no issue." in page.text
    assert document.statement in page.text
    assert f"engager {VERSION}" in page.text


def test_a_row_of_one_cell_spans_the_table(page: Page) -> None:
    """It heads the rows beneath it."""
    assert {"colspan": "3", "scope": "rowgroup"} in [attributes for tag, attributes in page.elements if tag == "th"]


def test_figures_are_described(page: Page) -> None:
    """Each picture is an image with a title and a description of its own."""
    pictures = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert [picture["role"] for picture in pictures] == ["img"] * 3
    ids = set(page.values("id"))
    assert all(set(picture["aria-labelledby"].split()) <= ids for picture in pictures)


@pytest.mark.parametrize("label", [None, "synthetic"])
def test_the_label_stands_at_the_top(document: Document, label: str | None) -> None:
    """And only where there is one."""
    text = Page(render_html(dataclasses.replace(document, label=label))).text
    assert ("Synthetic data." in text) == (label is not None)


def test_the_hint_promises_what_a_click_opens(document: Document) -> None:
    """Rows where they are carried, patients where results name them, else the rule alone."""
    published = dataclasses.replace(document, source_rows={})
    nameless = Results(dataclasses.replace(row, patients=()) for row in document.results)
    hints = [
        "opens what is behind it: patients, rule, rows.",
        "opens what is behind it: patients and rule.",
        "A dotted number opens the rule behind it.",
    ]
    pages = [document, published, dataclasses.replace(published, results=nameless)]
    for page, hint in zip(pages, hints, strict=True):
        assert hint in Page(render_html(page)).text


def test_an_empty_report_is_a_page() -> None:
    """No facts, no sections, no results."""
    page = Page(render_html(Document("Empty", "", (), (), Results([]), "statement")))
    assert {name: page.data[name] for name in page.data if name != "words"} == {
        "results": {},
        "rows": {},
        "patient_sets": [],
        "source_sets": [],
    }


def test_two_runs_write_the_same_page(document: Document) -> None:
    """Nothing in it depends on the time or on chance."""
    assert render_html(document) == render_html(document)


def test_of_a_long_list_the_page_carries_the_first(document: Document) -> None:
    """And says how many there are; results.json has them all."""
    many = tuple(map(str, range(EMBEDDED + 50)))
    row = dataclasses.replace(document.results[0], patients=many, sources=tuple(f"patients:{name}" for name in many))
    fact = Paragraph((Number("6", row.id),))
    page = Page(render_html(Document("Large", "", (fact,), (), Results([row]), "statement")))
    shown = page.data["results"][row.id]
    assert len(page.data["patient_sets"][shown["patients"]]) == EMBEDDED
    assert (shown["patients_count"], shown["sources_count"]) == (EMBEDDED + 50, EMBEDDED + 50)
