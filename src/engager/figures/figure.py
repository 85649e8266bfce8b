"""The display of a figure: one Vega-Lite specification from which every form is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure ready to be written: its file name, title, caption, what it shows in words, and its specification.

    `results` are the ids of the results it shows; `empty` tells, in place of a picture, why there is none.
    """

    name: str
    title: str
    caption: str
    description: str
    specification: Mapping[str, Any] | None
    results: tuple[str, ...] = ()
    empty: str | None = None
