"""Response: of patients, of cycles, by subgroup."""

from __future__ import annotations

from collections.abc import Iterable

from engager.figures.forest import forest_figure
from engager.report.document import Block
from engager.report.material import Material
from engager.tables.disease import mrd_table, relapse_table, remission_table
from engager.tables.efficacy import efficacy_table
from engager.tables.labels import LABELS as NAMES
from engager.tables.response import cycle_table, response_table


def response(material: Material) -> Iterable[Block]:
    """Yield the tables of response, of the plan's outcomes, of MRD by cycle, of remission and of relapse."""
    for table in (response_table, efficacy_table, mrd_table, remission_table, relapse_table):
        yield table(material.results)


def cycles(material: Material) -> Iterable[Block]:
    """Yield the table of cycles by class."""
    yield cycle_table(material.results)


def subgroups(material: Material) -> Iterable[Block]:
    """Yield the forest of responders by subgroup, where the plan names subgroups."""
    if material.plan.subgroups:
        title = "Responders by subgroup"
        yield forest_figure(material.results, NAMES, title=title, axis="Responders", label=material.label)
