"""Cytokine release syndrome and neurotoxicity, by published scales."""

from __future__ import annotations

from collections.abc import Iterable

from engager.report.document import Block
from engager.report.material import Material
from engager.tables.toxicity_scales import toxicity_agreement_table, toxicity_patients_table, toxicity_scales_table


def toxicity_scales(material: Material) -> Iterable[Block]:
    """Yield patients by grade and scale; patient by patient and agreement where something is recorded."""
    yield toxicity_scales_table(material.results)
    yield from (
        table
        for table in (toxicity_patients_table(material.results), toxicity_agreement_table(material.results))
        if table.rows
    )
