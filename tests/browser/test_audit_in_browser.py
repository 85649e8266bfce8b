"""The audit's page in a real browser: filtered by certainty, rule and word, readable in both themes and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.audit.made_audit import made_audit, manuscript, write_manuscript
from tests.browser.conftest import PAGES, open_page

from engager.writers.audit_bundle import write_audit

SIZES = {"phone": (390, 844), "laptop": (1280, 800)}
LONG = "Neutropenia of more than a week, with an infection by a micro-organism of which the name is " + "long" * 30

pytestmark = PAGES


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an audit whose labels are long."""
    folder = tmp_path_factory.mktemp("audit")
    audit = made_audit(manuscript(label=LONG))
    audit = replace(audit, findings=(*audit.findings, audit.findings[0]))
    return write_audit(audit, [write_manuscript(folder / "paper.docx")], folder / "review") / "audit.html"


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, review: Path) -> Iterator[Page]:
    """Open the page on a phone and on a laptop."""
    yield from open_page(browser, review, SIZES[request.param])


def test_findings_are_filtered(page: Page) -> None:
    """By how sure they are, by rule and by word; how many are shown is told."""
    findings, told = page.locator("article:visible"), page.get_by_role("status")
    assert (findings.count(), told.inner_text()) == (4, "4 of 4 shown")
    page.get_by_role("checkbox", name="Impossible").uncheck()
    assert (findings.count(), told.inner_text()) == (2, "2 of 4 shown")
    assert not page.locator("#impossible").is_visible()
    page.get_by_label("Rule", exact=True).select_option("percent_of_count")
    assert findings.count() == 1
    page.get_by_label("Word", exact=True).fill("no such word")
    assert told.inner_text() == "0 of 4 shown"
    page.emulate_media(media="print")
    assert page.locator("article:visible").count() == 4, "on paper is everything"


def test_a_finding_has_an_address(page: Page, review: Path) -> None:
    """Its number leads to itself, so that a letter can point to it."""
    page.goto(review.as_uri() + "#finding-2")
    page.reload()
    assert page.locator("#finding-2").is_visible()
    assert page.locator("#finding-2 .number").get_attribute("href") == "#finding-2"


def test_without_a_script_everything_is_there(browser: Browser, review: Path) -> None:
    """The filter is an addition: all findings stand in the page itself."""
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(review.as_uri())
    assert opened.locator("article:visible").count() == 4
    assert not opened.locator("#filter").is_visible()
    context.close()


def test_the_page_is_no_wider_than_the_screen(page: Page) -> None:
    """Wide tables scroll within themselves, long words break."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_audit_has_no_serious_finding_of_accessibility(page: Page, theme: str) -> None:
    """The rules of axe, in both themes."""
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], len(rule["nodes"])) for rule in found if rule["impact"] in ("serious", "critical")] == []
