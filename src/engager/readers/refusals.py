"""Cells that are not read, and why."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is not read: what was expected, and what to do next."""

    expected: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refused cells of a column: the reasons, and for each row which of them, null where none."""

    reasons: tuple[Refusal, ...]
    which: pl.Series
