"""The blocks of a document as the page's template takes them: a kind, a number, and the picture of a figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count, groupby

from markupsafe import Markup

from engager.figures.figure import Figure
from engager.figures.theme import SINGLE_COLUMN
from engager.report.document import Block, Bullets, Document, IssueList, Paragraph
from engager.tables.table import Table
from engager.writers.svg import described, draw_bound_svg, sized, width

KINDS: dict[type[Block], str] = {
    Paragraph: "paragraph",
    Bullets: "bullets",
    Table: "table",
    Figure: "figure",
    IssueList: "issues",
}
"""The macro of the template that writes each kind of block."""

_PIXELS_PER_POINT = 1.4  # a page is read from further away than paper


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block with its macro; `number` counts tables and figures apart; `svg` is the picture of a figure.

    `time` are the axes of days of a figure, as JSON.
    """

    kind: str
    block: Block
    number: int = 0
    svg: Markup | None = None
    wide: bool = False
    time: str | None = None


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section whose blocks stand in groups: neighbouring figures share a row."""

    anchor: str
    title: str
    groups: tuple[tuple[BlockView, ...], ...]


def section_views(document: Document) -> tuple[SectionView, ...]:
    """Return the sections of a document, its tables and figures numbered throughout."""
    tables, figures = count(1), count(1)
    sections = []
    for section in document.sections:
        views = [_view(block, tables, figures) for block in section.blocks]
        sections.append(SectionView(section.anchor, section.title, tuple(_grouped(views))))
    return tuple(sections)


def _grouped(views: list[BlockView]) -> Iterator[tuple[BlockView, ...]]:
    for kind, group in groupby(views, key=lambda view: view.kind):
        together = tuple(group)
        yield from [together] if kind == "figure" else [(view,) for view in together]


def _view(block: Block, tables: Iterator[int], figures: Iterator[int]) -> BlockView:
    kind = KINDS[type(block)]
    if isinstance(block, Table):
        return BlockView(kind, block, next(tables))
    if isinstance(block, Figure):
        return _figure_view(block, next(figures))
    return BlockView(kind, block)


def _figure_view(figure: Figure, number: int) -> BlockView:
    if figure.specification is None:
        return BlockView("figure", figure, number)
    drawn = draw_bound_svg(figure.specification)
    svg = described(drawn, f"figure-{number}", figure.title, figure.description)
    picture = Markup(sized(svg, _PIXELS_PER_POINT, ""))  # noqa: S704 - drawn by Vega, which escapes its text
    time = json.dumps([asdict(axis) for axis in figure.time]) if figure.time else None
    return BlockView("figure", figure, number, picture, wide=width(drawn) > SINGLE_COLUMN + 1, time=time)
