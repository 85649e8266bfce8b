"""How the series of a figure are told apart: line, mark and tone, so that they can be told apart in grey too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engager.figures.theme import INK, QUIET, text_width

# Cycles of the classes always look the same; other series take the looks in their order.
CLASSES = ("responding", "non-responding", "maintenance", "not classed")
_LOOKS: tuple[tuple[str | None, tuple[float, float], str, bool], ...] = (
    (None, (1, 0), "circle", True),
    (INK, (3.5, 1.5), "square", False),
    (QUIET, (1, 1.5), "diamond", True),
    ("#8A949D", (6, 2), "cross", True),
)
BELOW, ABOVE = "triangle-down", "triangle-up"


@dataclass(frozen=True, slots=True)
class Look:
    """The colour of a series (None: that of what is measured), the dash of its line, the shape of its marks."""

    colour: str | None
    dash: tuple[float, float]
    shape: str
    filled: bool

    def line(self, colour: str, width: float = 0.7) -> dict[str, Any]:
        """Return the channels of a line of the series; `colour` is that of what is measured."""
        return {"stroke": self.colour or colour, "dash": list(self.dash), "width": width}

    def point(self, colour: str, *, shape: str | None = None, size: float = 11.0) -> dict[str, Any]:
        """Return the channels of a mark; one of another shape stands for a bound, and is open."""
        own = self.colour or colour
        fill = own if self.filled and shape is None else "#FFFFFF"
        return {"stroke": own, "fill": fill, "shape": shape or self.shape, "size": size}


def looks(series: Sequence[str]) -> dict[str, Look]:
    """Return the look of each series, classes of cycles first and in their order."""
    known = [name for name in CLASSES if name in series]
    others = [name for name in dict.fromkeys(series) if name not in CLASSES]
    places = {name: CLASSES.index(name) for name in known} | {
        name: number % len(_LOOKS) for number, name in enumerate(others)
    }
    return {name: Look(*_LOOKS[place]) for name, place in places.items()}


def legend(
    entries: Sequence[tuple[str, dict[str, Any] | None, dict[str, Any] | None]], width: float, top: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], float]:
    """Return the rules, marks and words of a legend from the left, and the height it takes.

    Each entry is a name with the channels of a line and of a mark; entries that find no room go to the next line.
    """
    rules, marks, words, x, y = [], [], [], 0.0, top
    for name, line, mark in entries:
        room = 20 + text_width(name) + 10
        if x > 0 and x + room > width:
            x, y = 0.0, y + 10
        if line is not None:
            rules.append({"x": x, "y": y - 2.5, "x2": x + 16, "y2": y - 2.5} | line)
        if mark is not None:
            marks.append({"x": x + 8, "y": y - 2.5} | mark)
        words.append({"x": x + 20, "y": y, "text": name, "align": "left", "weight": "normal"})
        x += room
    return rules, marks, words, y - top + 10
