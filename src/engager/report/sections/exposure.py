"""Exposure: what was given, and where it departs from the regimen."""

from __future__ import annotations

from collections.abc import Iterable

from engager.report.document import Block
from engager.report.material import Material
from engager.tables.exposure import deviations_table, exposure_table


def exposure(material: Material) -> Iterable[Block]:
    """Yield the table of exposure and, where the plan names a regimen, that of the departures from it."""
    yield exposure_table(material.results)
    if material.plan.regimen is not None:
        yield deviations_table(material.results)
