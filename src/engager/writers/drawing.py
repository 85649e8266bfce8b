"""Specifications drawn as SVG and PNG, here or, for many figures, in a process of its own.

What draws them needs some 150 MB and does not give them back; a process that ends does.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterable, Mapping

from engager.writers.apart import done_apart

DOTS_PER_INCH = 300
RESULT = "data-r"
"""The attribute of a mark that holds the id of the result it shows."""

_UNSEEN = r'<path [^<>]* opacity="0"></path>|<path [^<>]* opacity="0"/>'


def drawn_svg(specification: str) -> str:
    """Return the picture of a Vega-Lite specification, its marks bound to their results (`RESULT`)."""
    import vl_convert

    drawn = str(vl_convert.vegalite_to_svg(specification, show_warnings=False))
    drawn = re.sub(r' aria-label="(?!undefined")', f' {RESULT}="', drawn)
    # The parts of a picture are no pictures of their own when it is read out: its description tells the whole.
    drawn = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", drawn)
    return re.sub(r' (?:d|transform|x2|y2)="[^"]+"', _shortened, drawn)


def _shortened(attribute: re.Match[str]) -> str:
    """Return places with a thousandth of a point, which is finer than any press."""
    return re.sub(r"(\.\d{3})\d+", r"\1", attribute[0])


def unbound(svg: str) -> str:
    """Return a picture for print: without the names of results, and without marks that are there to be pointed at."""
    return re.sub(rf' {RESULT}="[^"]*"', "", re.sub(_UNSEEN, "", svg))


def drawn_png(svg: str) -> bytes:
    """Return a picture as PNG, at 300 dots per inch of its printed size; nothing beside it is read."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, ppi=DOTS_PER_INCH))


def drawn_apart(specifications: Iterable[str]) -> Mapping[str, tuple[str, bytes]]:
    """Return SVG and PNG of each specification, drawn in another process; nothing where that cannot be done."""
    given = list(specifications)
    drawn = done_apart(__name__, json.dumps(given))
    if drawn is None:
        return {}
    pairs = (json.loads(line) for line in drawn.splitlines())
    return {spec: (svg, base64.b64decode(png)) for spec, (svg, png) in zip(given, pairs, strict=True)}


def answer() -> None:
    """Draw what the standard input lists: a line of JSON for each, its SVG and its PNG as base64."""
    for specification in json.loads(sys.stdin.buffer.read()):
        svg = drawn_svg(specification)
        png = base64.b64encode(drawn_png(unbound(svg))).decode()
        sys.stdout.buffer.write(json.dumps([svg, png]).encode() + b"\n")
