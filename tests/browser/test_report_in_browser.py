"""The report's page in a real browser: numbers open down to their rows, by mouse and by keyboard, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.browser.conftest import PAGES, open_page

SIZES = {"phone": (390, 844), "laptop": (1280, 800)}

pytestmark = PAGES


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Iterator[Page]:
    """Open the page on a phone and on a laptop."""
    yield from open_page(browser, report, SIZES[request.param])


def test_a_number_opens_down_to_its_source_rows(page: Page) -> None:
    """Responders: who, by which rule, and the cells of the files."""
    page.locator(".lead a.n", has_text="6 of 9").click()
    dialog = page.locator("#source")
    assert dialog.is_visible()
    assert dialog.locator(".who li").all_inner_texts() == ["1", "2", "3", "4", "5", "6"]
    assert "clopper" in dialog.inner_text().lower()
    assert dialog.locator("table tbody tr").count() > 3
    page.locator("#close").click()
    assert not dialog.is_visible()
    assert "#r=" not in page.url


def test_the_keyboard_alone_opens_and_closes(page: Page) -> None:
    """Tab to the first number, Enter, Escape; the focus is back where it was."""
    page.locator(".lead a.n").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#source").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#source").is_visible()
    assert page.evaluate("document.activeElement.className") == "n"


def test_an_address_opens_its_number(page: Page, report: Path) -> None:
    """A link that names a result opens it in a fresh page; one that names none says so."""
    page.goto(report.as_uri() + "#r=OS/median/all")
    page.reload()
    assert "398" in page.locator("#source .value").inner_text()
    page.goto(report.as_uri() + "#r=OS/nothing/all")
    page.reload()
    assert "does not show" in page.locator("#source").inner_text()


def test_the_theme_switches_and_is_kept(page: Page) -> None:
    """Dark on demand."""
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    contents = page.locator("#theme")
    contents.click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    for _ in range(40):  # the browser writes what it keeps in its own time
        page.wait_for_timeout(250)
        page.reload()
        if page.evaluate("document.documentElement.dataset.theme") == "dark":
            return
    pytest.fail("the page opens light again")


def test_a_long_listing_is_paged_and_filtered(page: Page) -> None:
    """25 rows at a time, those with the word alone, and all on paper."""
    table = page.locator(".table", has=page.locator(".listing")).first
    rows = table.locator("tbody tr")
    shown = table.locator("tbody tr:visible")
    assert (shown.count(), rows.count() > 60) == (25, True)
    table.get_by_role("button", name="Next").click()
    assert "26\u201350 of" in table.get_by_role("status").inner_text()
    table.get_by_role("searchbox").fill("differs")
    texts = shown.all_inner_texts()
    assert texts
    assert all("differs" in text for text in texts)
    page.emulate_media(media="print")
    assert shown.count() == rows.count()


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    """Wide tables and figures scroll within themselves."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_no_table_is_cut_on_paper(browser: Browser, dated_report: Path) -> None:
    """Between the margins of A4, 672 of a page's points, every table stands whole, also one of ten columns."""
    for paper in open_page(browser, dated_report, (672, 900)):
        paper.emulate_media(media="print")
        tables = "[...document.querySelectorAll('main table')]"
        assert paper.evaluate(f"{tables}.length") > 30
        cut = f"{tables}.filter(t => t.getBoundingClientRect().right > innerWidth + 1)"
        assert paper.evaluate(f"{cut}.map(t => t.closest('[id]').id)") == []


def test_no_serious_finding_of_accessibility(page: Page) -> None:
    """The rules of axe with a figure in use: in the dark theme, and in the light one, there with a number open too."""
    phone = page.viewport_size == {"width": 390, "height": 844}
    page.evaluate(f"document.documentElement.dataset.theme = '{'dark' if phone else 'light'}'")
    page.locator("figure .series").first.click()
    page.locator("#figure-1 .card").focus()
    page.keyboard.press("ArrowRight")
    for opened in (False,) if phone else (False, True):
        if opened:
            page.locator(".lead a.n").first.click()
        found = Axe().run(page).response["violations"]
        grave = [(rule["id"], len(rule["nodes"])) for rule in found if rule["impact"] in ("serious", "critical")]
        assert grave == []
