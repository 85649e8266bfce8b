"""The system's Chromium, and the pages that it opens without a network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.studies import analysed

from engager.writers.html import write_html

CHROMIUM = os.environ.get("ENGAGER_BROWSER")  # its path; `make test` sets it where there is one
PAGES = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: `make test` looks for one"),
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of the Tuebingen example."""
    return _written("tuebingen-2014", tmp_path_factory)


@pytest.fixture(scope="session")
def dated_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of the synthetic Beijing cohort, whose infusions and readings have days."""
    return _written("beijing-2022", tmp_path_factory)


def _written(name: str, factory: pytest.TempPathFactory) -> Path:
    return write_html(analysed(name).document, factory.mktemp("browser"))[0]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def open_page(browser: Browser, report: Path, size: tuple[int, int]) -> Iterator[Page]:
    """Yield a page opened offline; any request but the file itself, and any error of its script, fails the test."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
    context.set_offline(True)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on(
        "request", lambda sent: None if sent.url.startswith(("file:", "blob:", "data:")) else wrong.append(sent.url)
    )
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert wrong == []
