"""The page of the whole example: what a browser needs to open a number."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from tests.studies import analysed

from engager.pipeline.study import Study
from engager.writers.html import render_html


class _Page(HTMLParser):
    """The ids, links and embedded data of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.embedded: dict[str, str] = {}
        self._inside: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if name := found.get("id"):
            self.ids[name] += 1
        if tag == "a" and (target := found.get("href")):
            self.links.append(target)
        if tag == "script" and found.get("type") == "application/json":
            self._inside = found.get("id") or ""

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self.embedded[self._inside] = data
            self._inside = None


@pytest.fixture(scope="module")
def study() -> Study:
    return analysed("tuebingen-2014")


@pytest.fixture(scope="module")
def page(study: Study) -> _Page:
    return _Page(render_html(study.document))


def test_no_id_stands_twice(page: _Page) -> None:
    """A script that looks for its data, and a link that looks for its section, find the one they mean."""
    assert [name for name, count in page.ids.items() if count > 1] == []


def test_every_link_within_the_page_leads_somewhere(study: Study, page: _Page) -> None:
    """Links to sections name an id; links to numbers name results that are embedded in the page."""
    (embedded,) = page.embedded.values()
    results = set(json.loads(embedded)["results"])
    for link in page.links:
        if link.startswith("#r="):
            assert set(re.split(r"&r=", unquote(link[3:]))) <= results, link
        elif link.startswith("#"):
            assert link[1:] in page.ids, link
    assert results <= {row.id for row in study.results}
