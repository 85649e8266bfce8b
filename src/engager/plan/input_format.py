"""The plan's `[input]`: how ambiguous texts are read."""

from __future__ import annotations

from typing import Literal

from engager.plan.part import Part


class InputFormat(Part):
    """How texts that can be read two ways are read; `refuse` asks the user instead of guessing."""

    decimal: Literal["refuse", "point", "comma"] = "refuse"
    date_order: Literal["refuse", "day-month", "month-day"] = "refuse"
