"""The plan's `[reconciliation]`: when two abstractions of the same record agree."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from engager.plan.part import Part
from engager.schema import TABLES

Tolerance = Annotated[float, Field(ge=0)] | Literal["ignore"]


def _known(name: str) -> str:
    """Refuse what is no `table.column` of the data model."""
    table, _, column = name.partition(".")
    if table not in TABLES or column not in TABLES[table].column_names():
        raise ValueError("a column with its table, as `measurements.value`")
    return name


class Reconciliation(Part):
    """Two abstractions: what still counts as agreement; free text by words takes no account of case and spaces."""

    days: int = Field(0, ge=0)
    relative: float = Field(0.0, ge=0, lt=1)
    free_text: Literal["words", "exact", "ignore"] = "words"
    fields: dict[Annotated[str, AfterValidator(_known)], Tolerance] = Field(default_factory=dict)
