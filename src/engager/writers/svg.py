"""A figure as the text of an SVG picture, drawn without a browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from engager.figures.theme import POINTS_PER_MM


def draw_svg(specification: Mapping[str, Any]) -> str:
    """Return the picture of a Vega-Lite specification; its width and height are in points."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(dict(specification), show_warnings=False))


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
