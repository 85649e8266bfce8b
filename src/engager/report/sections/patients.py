"""The patients: baseline characteristics, and an overview of each."""

from __future__ import annotations

from collections.abc import Iterable

from engager.report.document import Block
from engager.report.material import Material
from engager.tables.baseline import baseline_table
from engager.tables.overview import overview_table


def baseline(material: Material) -> Iterable[Block]:
    """Yield the table of baseline characteristics."""
    yield baseline_table(material.results)


def overview(material: Material) -> Iterable[Block]:
    """Yield the overview by patient."""
    yield overview_table(material.results)
