"""The display of a figure: one Vega-Lite specification from which every form is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Where time runs in a figure: a plot's left, right, top and foot in points from the corner of the sheet's plot.

    `first` and `last` are the days at its left and right; `depth` is how far below the foot marks still stand on days,
    as numbers at risk do.
    """

    left: float
    right: float
    top: float
    foot: float
    first: float
    last: float
    depth: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure ready to be written: its file name, title, caption, what it shows in words, and its specification.

    `results` are the ids of the results it shows; a row of the specification's data names the one that it draws as
    `result`. `empty` tells, in place of a picture, why there is none. `time` are its axes of days: what lies between
    them can be drawn wider.
    """

    name: str
    title: str
    caption: str
    description: str
    specification: Mapping[str, Any] | None
    results: tuple[str, ...] = ()
    empty: str | None = None
    time: tuple[TimeAxis, ...] = ()
