"""The page's figures in a real browser: they answer to a pointer and to the keyboard, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page
from tests.browser.conftest import PAGES, open_page

pytestmark = PAGES
SIZE = (1280, 900)


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """Open the page of the Tuebingen example on a laptop, offline."""
    yield from open_page(browser, report, SIZE)


@pytest.fixture
def dated(browser: Browser, dated_report: Path) -> Iterator[Page]:
    """Open the page of the synthetic Beijing cohort, whose infusions and readings have days."""
    yield from open_page(browser, dated_report, SIZE)


def _figure(page: Page, words: str) -> Locator:
    return page.locator("figure", has=page.locator("figcaption", has_text=words)).first


def _aim(page: Page, mark: Locator) -> None:
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_mark_tells_what_of_whom_and_when_and_opens_as_a_number_does(page: Page) -> None:
    """The death of patient 5 in the swimmer figure: the words beside it, then patients, rule and rows."""
    _aim(page, page.locator('#figure-1 [data-r="course/event/patient 5@death"]'))
    assert page.locator(".tip").inner_text().split("\n") == ["death (infection)", "Patient 5 · day 655"]
    page.mouse.down()
    page.mouse.up()
    dialog = page.locator("#source")
    assert dialog.is_visible()
    assert dialog.locator(".who li").all_inner_texts() == ["5"]
    assert "655" in dialog.locator("table tbody").inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_the_keyboard_walks_through_a_figure_and_opens_a_mark(page: Page) -> None:
    """A figure takes the focus; arrows tell each value to those who listen, Enter opens, and the focus comes back."""
    card = _figure(page, "Overall survival (OS)").locator(".card")
    card.focus()
    page.keyboard.press("Home")
    said = page.locator(".unseen[role=status]")
    first = said.inner_text()
    assert "at risk, All patients, day 0" in first
    page.keyboard.press("ArrowRight")
    assert said.inner_text() != first
    page.keyboard.press("Enter")
    assert page.locator("#source .place").inner_text().startswith("OS")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('card')")


def test_every_value_of_a_figure_can_be_reached_by_the_keyboard(page: Page) -> None:
    """From the first to the last mark, each once."""
    card = _figure(page, "Overall survival (OS)").locator(".card")
    marks = card.locator("[data-r]").evaluate_all(
        "all => all.filter(each => !each.closest('.mark-line, .mark-area')).length"
    )
    card.focus()
    page.keyboard.press("Home")
    seen = set()
    for _ in range(marks):
        seen.add(card.locator(".at").evaluate("mark => mark.outerHTML"))
        page.keyboard.press("ArrowRight")
    assert len(seen) == marks


def test_a_patient_pointed_at_shows_in_every_figure(page: Page) -> None:
    """The bar of patient 4, whose death is a step of the survival curve: both are lit, others are not."""
    _aim(page, page.locator('#figure-1 .mark-rect [data-r="course/follow_up/patient 4"]'))
    lit = set(page.locator("[data-r].lit").evaluate_all("all => all.map(each => each.dataset.r)"))
    assert {"course/follow_up/patient 4", "course/event/patient 4@death", "OS/curve/all@17"} <= lit
    assert "course/follow_up/patient 3" not in lit
    page.mouse.move(2, 2)
    assert page.locator("[data-r].lit").count() == 0


def test_a_patient_is_kept_from_the_dialog_and_let_go(page: Page) -> None:
    """By keyboard alone: a number, the patient behind it, and the button that shows all again."""
    page.locator(".lead a.n", has_text="6 of 9").focus()
    page.keyboard.press("Enter")
    page.locator("#source .who button", has_text="5").focus()
    page.keyboard.press("Enter")
    assert not page.locator("#source").is_visible()
    assert page.locator('[data-r="course/event/patient 5@death"].lit').count() > 0
    assert page.locator("tr.lit").count() > 0
    chip = page.locator(".chip")
    assert "Patient 5" in chip.inner_text()
    chip.focus()
    page.keyboard.press("Enter")
    assert page.locator(".lit").count() == 0


def _places(card: Locator) -> list[float]:
    """Return where every mark of a picture stands and how long it is, in pixels."""
    boxes = "all => all.map(each => each.getBBox()).flatMap(box => [box.x, box.y, box.width, box.height])"
    places = "all => all.map(each => each.getAttribute('transform') || '').join()"
    marks = card.locator(".role-mark > *")
    return [*marks.evaluate_all(boxes), *map(float, re.findall(r"-?\d+\.?\d*", marks.evaluate_all(places)))]


def _ticks(card: Locator) -> list[int]:
    words = card.locator("svg text").evaluate_all(
        "all => all.filter(each => getComputedStyle(each).visibility !== 'hidden').map(each => each.textContent)"
    )
    return [int(word) for word in words if re.fullmatch(r"\d+", word)]


def test_time_is_stretched_and_back(dated: Page) -> None:
    """Two steps of the keyboard show a quarter of the days with ticks of their own; the whole is as it was."""
    card = _figure(dated, "Course of patient 1.").locator(".card")
    before = _places(card)
    card.focus()
    dated.keyboard.press("+")
    dated.keyboard.press("+")
    ticks = [tick for tick in _ticks(card) if tick not in (1, 10, 100, 1000)]
    assert len(ticks) >= 3
    assert card.locator("[data-r]").evaluate_all("all => all.some(each => each.style.visibility === 'hidden')")
    dated.keyboard.press("0")
    assert _places(card) == pytest.approx(before, abs=0.002)


def test_a_drag_chooses_days_and_opens_nothing(dated: Page) -> None:
    """The pointer marks a stretch of the survival curve; a double click shows all again."""
    card = dated.locator("#survival .card").first
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box
    dated.mouse.move(box["x"] + 120, box["y"] + 60)
    dated.mouse.down()
    dated.mouse.move(box["x"] + 240, box["y"] + 70, steps=4)
    dated.mouse.up()
    assert card.evaluate("card => card.classList.contains('zoomed')")
    assert not dated.locator("#source").is_visible()
    dated.mouse.dblclick(box["x"] + 150, box["y"] + 100)
    assert not card.evaluate("card => card.classList.contains('zoomed')")


def test_a_series_is_hidden_and_shown(page: Page) -> None:
    """The curve of the responders: its button takes it away, with its numbers at risk."""
    figure = _figure(page, "Event-free survival")
    button = figure.get_by_role("button", name="Responders")
    hidden = figure.locator("[data-r].off")
    assert hidden.count() == 0
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    ids = set(hidden.evaluate_all("all => all.map(each => each.dataset.r.split('@')[0])"))
    assert ids == {"EFS/curve/responders", "EFS/censored/responders", "EFS/at_risk/responders"}
    button.click()
    assert hidden.count() == 0


@pytest.mark.parametrize(("name", "start"), [("SVG", b"<svg "), ("PNG", b"\x89PNG")])
def test_a_figure_is_saved_from_the_page_alone(page: Page, name: str, start: bytes) -> None:
    """No file lies beside the page: the picture is made from what it shows, in its printed size."""
    with page.expect_download() as saved:
        page.locator("#figure-1 .files a", has_text=name).click()
    content = Path(saved.value.path()).read_bytes()
    assert saved.value.suggested_filename == f"swimmer.{name.lower()}"
    assert content.startswith(start)
    if name == "SVG":
        assert b'width="170.00mm"' in content
        assert b"data-r" not in content
    else:
        assert int.from_bytes(content[16:20]) == 2008  # 170 mm at 300 dots per inch


def test_the_picture_stands_without_a_script(browser: Browser, report: Path) -> None:
    """Where scripts are off, figures, numbers at risk and the files beside the page are there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("figure svg").count() > 10
    assert page.locator("figure .tools, .tip").count() == 0
    assert page.locator("#figure-1 .files a").first.get_attribute("href") == "figures/swimmer.svg"
    context.close()
