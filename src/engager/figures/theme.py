"""The look of every figure: sizes in points, type, and Okabe-Ito colours in a fixed meaning.

One unit of a specification is one point (1/72 inch), so that a figure of 170 mm is 482 units wide and its type is set
in the sizes that a journal asks for. The layout is explicit (`Sheet`): nothing is left to automatic sizing, because
the numbers at risk must stand under their ticks and the width of the file must be the width of the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engager.terms.language import say, words

if TYPE_CHECKING:
    import altair as alt

POINTS_PER_MM = 72 / 25.4
SINGLE_COLUMN = 85 * POINTS_PER_MM
DOUBLE_COLUMN = 170 * POINTS_PER_MM

# vl-convert ships Liberation Sans, whose digits are tabular and whose widths are those of Arial and Helvetica: the
# picture is the same on a machine without fonts and in any browser.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
TYPE = 8.0
SMALL_TYPE = 7.0
TITLE_HEIGHT = 12.0

COLOURS: Mapping[str, str] = {
    "dose": "#4F6D8A",
    "disease": "#D55E00",
    "t_cells": "#0072B2",
    "b_cells": "#009E73",
    "cytokines": "#CC79A7",
    "toxicity": "#E69F00",
    "transplant": "#000000",
}
INK = "#1D2A35"
QUIET = "#5F6B76"
RULE = "#8A949D"

# A group differs from the next in colour and in dash, so that the curves can be told apart in grey.
GROUP_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#7A4A8C", "#B07A00", "#56B4E9")
GROUP_DASHES: tuple[tuple[float, ...], ...] = ((1, 0), (5, 2.5), (1.5, 1.8), (7, 2, 1.5, 2), (3, 1.5), (9, 3))

CONFIG: Mapping[str, Any] = {
    "aria": False,
    "background": "#FFFFFF",
    "font": FONT,
    "padding": 0,
    "view": {"stroke": None},
    "axis": {
        "grid": False,
        "labelFlush": False,
        "labelOverlap": False,
        "tickRound": False,
        "translate": 0,
        "domainColor": RULE,
        "domainWidth": 0.6,
        "tickColor": RULE,
        "tickWidth": 0.6,
        "tickSize": 3,
        "labelColor": INK,
        "labelFontSize": SMALL_TYPE,
        "labelPadding": 2,
        "titleColor": INK,
        "titleFontSize": TYPE,
        "titleFontWeight": "normal",
        "titlePadding": 4,
    },
    "text": {"color": INK, "fontSize": SMALL_TYPE},
}

_NARROW = frozenset("ijltfrI.,:;'|!()[]/ -")
_WIDE = frozenset("mwMW@%—→")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper of one figure, in points: the width of the whole, the height of the plot, and the margins around it.

    Examples:
        >>> Sheet(width=240, height=120, left=30, right=10, top=4, bottom=30).plot_width
        200
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def plot_width(self) -> float:
        """The width between the margins, in points."""
        return self.width - self.left - self.right


def text_width(text: str, size: float = SMALL_TYPE) -> float:
    """Return the width in points that a text takes, estimated from the classes of its letters.

    Examples:
        >>> round(text_width("1851", 7), 1)
        15.6
        >>> text_width("")
        0.0
    """
    widths = (0.29 if c in _NARROW else 0.86 if c in _WIDE else 0.68 if c.isupper() else 0.556 for c in text)
    return size * float(sum(widths))


def wrap(text: str, width: float, size: float = SMALL_TYPE) -> list[str]:
    """Return a text in lines of at most `width` points; a longer word stays whole. Nothing gives no lines.

    Examples:
        >>> wrap("relapse of the marrow", 40)
        ['relapse of', 'the marrow']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(longer := f"{lines[-1]} {word}", size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def spread(positions: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Return the positions moved apart until neighbours are `gap` apart, within `top` and `bottom`, in their order.

    Examples:
        >>> spread([50.0, 51.0, 10.0], gap=10.0, top=0.0, bottom=55.0)
        [45.0, 55.0, 10.0]
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    placed = list(positions)
    floor = top
    for index in order:
        placed[index] = max(placed[index], floor)
        floor = placed[index] + gap
    ceiling = bottom
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def label_rows(label: str | None, sheet: Sheet) -> list[dict[str, Any]]:
    """Return the row of text that says in the figure itself that its data are synthetic or simulated; or none."""
    return [{"x": sheet.plot_width, "y": -5, "text": say(f"{label} data").upper()}] if label else []


def specification(
    layers: Sequence[alt.Chart], sheet: Sheet, title: str, datasets: Mapping[str, Iterable[Mapping[str, Any]]]
) -> dict[str, Any]:
    """Return the Vega-Lite specification of layers on a sheet; the layers name the datasets that they draw.

    Where the rows of a dataset name a `result`, the marks drawn from them carry its id as their description.
    """
    import altair as alt

    heading = alt.Chart(alt.NamedData("title")).mark_text(
        align="left", baseline="alphabetic", fontSize=TYPE, fontWeight="bold"
    )
    heading = heading.encode(alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None), alt.Text("text:N"))
    # Each layer for itself: put together by Altair they would be copied and validated again at every step, which takes
    # longer than all the rest of a report. That figures fit the schema of Vega-Lite is tested.
    inside = {"pre_transform": False, "top_level": False}
    spec: dict[str, Any] = {
        "layer": [layer.to_dict(validate=False, context=inside) for layer in (*layers, heading)],
        "autosize": {"type": "none"},
        "height": sheet.height,
        "padding": {"left": sheet.left, "right": sheet.right, "top": sheet.top, "bottom": sheet.bottom},
        "width": round(sheet.plot_width, 2),
        "$schema": alt.SCHEMA_URL,
    }
    data = {name: list(rows) for name, rows in datasets.items()}
    for layer in spec["layer"]:
        if any("result" in row for row in data.get(layer["data"]["name"], ())):
            layer["encoding"]["description"] = {"field": "result", "type": "nominal"}
            layer["mark"]["aria"] = True
    data["title"] = [{"x": 2 - sheet.left, "y": TYPE - sheet.top, "text": title}]
    return spec | {"config": dict(CONFIG) | _locale(), "datasets": data}


def _locale() -> dict[str, Any]:
    """Return how the axes write numbers in the language in force; nothing where that is Vega's own way."""
    if words().point == ".":
        return {}
    number = {"decimal": words().point, "thousands": "\u2009", "grouping": [3], "currency": ["", ""]}
    return {"locale": {"number": number}}


def without_title(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a specification without its title, for a page that prints the title beside the figure."""
    padding = spec["padding"] | {"top": spec["padding"]["top"] - TITLE_HEIGHT}
    return dict(spec) | {"padding": padding, "datasets": spec["datasets"] | {"title": []}}
