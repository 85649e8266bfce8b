"""A figure as the text of an SVG picture, drawn without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from engager.figures.theme import POINTS_PER_MM, without_title
from engager.writers.drawing import drawn_apart, drawn_png, drawn_svg, unbound

MANY = 8
"""So many figures and more are drawn in a process of their own."""

_AHEAD: dict[str, tuple[str, bytes]] = {}


def draw_svg(specification: Mapping[str, Any]) -> str:
    """Return the picture of a Vega-Lite specification; its width and height are in points.

    The title stays out: every format prints it beside the figure, as journals ask.
    """
    return unbound(draw_bound_svg(specification))


def draw_bound_svg(specification: Mapping[str, Any]) -> str:
    """Return the same picture whose marks name their results; some of them are there to be pointed at."""
    return _svg(_key(specification))


def draw_png(specification: Mapping[str, Any]) -> bytes:
    """Return the same picture as PNG, at 300 dots per inch of its printed size."""
    return _png(_key(specification))


def svg_as_png(svg: str) -> bytes:
    """Return any SVG picture as PNG, at 300 dots per inch; nothing beside it is read."""
    return drawn_png(svg)


def draw_ahead(specifications: Iterable[Mapping[str, Any]]) -> None:
    """Draw the figures of a report that has many, in another process; what is asked for later stands ready."""
    _AHEAD.clear()
    keys = [_key(specification) for specification in specifications]
    if len(keys) >= MANY:
        _AHEAD.update(drawn_apart(keys))


def _key(specification: Mapping[str, Any]) -> str:
    plain = without_title(specification) if "padding" in specification else specification
    return json.dumps(plain, sort_keys=True)


# Page, Word, PDF and figure file show the same picture: it is drawn once.
@lru_cache(maxsize=512)
def _svg(specification: str) -> str:
    return _AHEAD[specification][0] if specification in _AHEAD else drawn_svg(specification)


@lru_cache(maxsize=64)
def _png(specification: str) -> bytes:
    if specification in _AHEAD:
        return _AHEAD[specification][1]
    return drawn_png(unbound(_svg(specification)))


def sized(svg: str, scale: float, unit: str) -> str:
    """Return the picture with its width and height multiplied and given a unit; the drawing itself stays.

    Examples:
        >>> sized('<svg width="144" height="72"><rect width="3"/></svg>', 25.4 / 72, "mm")
        '<svg width="50.8mm" height="25.4mm"><rect width="3"/></svg>'
    """
    head, rest = _split(svg)
    return re.sub(r'\b(width|height)="([\d.]+)"', lambda m: f'{m[1]}="{float(m[2]) * scale:.6g}{unit}"', head) + rest


def width(svg: str) -> float:
    """Return the width of a picture as its opening tag gives it.

    Examples:
        >>> width('<svg width="144" height="72"></svg>')
        144.0
    """
    found = re.search(r'\bwidth="([\d.]+)', _split(svg)[0])
    return float(found[1]) if found else 0.0


def in_millimetres(svg: str) -> str:
    """Return the picture with its size in millimetres, as it is to be printed."""
    return sized(svg, 1 / POINTS_PER_MM, "mm")


def described(svg: str, key: str, title: str, description: str) -> str:
    """Return the picture with a title and a description for those who do not see it, and ids of its own.

    `key` begins every id, so that several pictures can stand in one page.
    """
    head, rest = _split(re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{key}-", svg))
    head = head.replace("<svg ", f'<svg role="img" aria-labelledby="{key}-title {key}-desc" ', 1)
    words = f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>'
    return head + words + rest


def _split(svg: str) -> tuple[str, str]:
    """Return the opening tag and what follows it."""
    end = svg.index(">") + 1
    return svg[:end], svg[end:]
