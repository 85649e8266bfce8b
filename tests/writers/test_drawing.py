"""Figures drawn in a process of their own are those drawn here, and what is pointed at stays out of print."""

from __future__ import annotations

import re
from html import unescape

import pytest

from engager.report.document import Document
from engager.writers import svg, typesetter
from engager.writers.apart import done_apart
from engager.writers.drawing import drawn_apart, drawn_png, drawn_svg, unbound
from engager.writers.pdf import render_pdf


@pytest.fixture(scope="module")
def specifications(document: Document) -> list[str]:
    """The pictures of the small report, as they are handed to the one who draws."""
    return [svg._key(figure.specification) for figure in document.figures if figure.specification is not None]


def test_another_process_draws_the_same_bytes(specifications: list[str]) -> None:
    """SVG and PNG."""
    apart = drawn_apart(specifications)
    here = {text: (drawn := drawn_svg(text), drawn_png(unbound(drawn))) for text in specifications}
    assert apart == here


def test_what_cannot_be_drawn_apart_is_drawn_here() -> None:
    """A process that fails gives nothing, and the fault is told where the picture is asked for."""
    assert drawn_apart(["no specification"]) == {}


def test_a_long_document_is_typeset_apart_to_the_same_bytes(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever process does it; and where there is none to be had, this one."""
    here = render_pdf(document)
    monkeypatch.setattr(typesetter, "LONG", 0)
    assert render_pdf(document) == here
    monkeypatch.setattr(typesetter, "done_apart", lambda *_: None)
    assert render_pdf(document) == here


def test_a_process_that_fails_gives_nothing() -> None:
    """Neither its output nor its fault."""
    assert done_apart("engager.no_such_module", "") is None


def test_a_report_of_many_figures_is_drawn_ahead(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for all formats; one of few figures is not."""
    asked: list[list[str]] = []

    def drawn(keys: list[str]) -> dict[str, tuple[str, bytes]]:
        asked.append(keys)
        return {}

    monkeypatch.setattr(svg, "drawn_apart", drawn)
    given = [figure.specification for figure in document.figures if figure.specification is not None]
    svg.draw_ahead(given)
    assert asked == []
    svg.draw_ahead(given * svg.MANY)
    assert len(asked[0]) == svg.MANY * len(given)


def test_marks_name_results_of_their_figure_on_the_page_alone(document: Document) -> None:
    """In print there is neither a name of a result nor a mark that is only to be pointed at."""
    for figure in document.figures:
        if figure.specification is None:
            continue
        bound, printed = svg.draw_bound_svg(figure.specification), svg.draw_svg(figure.specification)
        named = {unescape(name) for name in re.findall(r' data-r="([^"]*)"', bound)}
        assert named
        assert named <= set(figure.results)
        assert "data-r" not in printed
        assert 'opacity="0"' not in printed
        assert printed.count("<path") + bound.count('opacity="0"') == bound.count("<path")


def test_places_are_told_to_a_thousandth(document: Document) -> None:
    """Which no press shows, and which keeps the page small."""
    drawn = svg.draw_svg(document.figures[0].specification or {})
    assert re.findall(r' (?:d|transform)="[^"]*\.\d{4,}', drawn) == []
