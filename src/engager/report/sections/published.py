"""Published against computed."""

from __future__ import annotations

from collections.abc import Iterable

from engager.report.document import Block
from engager.report.material import Material
from engager.tables.published import not_computed_table, published_table


def published(material: Material) -> Iterable[Block]:
    """Yield the published numbers that were computed, and those that cannot be."""
    if material.results.where(analysis="published", name="total"):
        yield published_table(material.results)
        yield not_computed_table(material.results)
