"""Immunity: cells and their course, the T-cell-to-blast ratio, cytokines."""

from __future__ import annotations

from collections.abc import Iterable

from engager.figures.cell_course import cell_course_figure
from engager.figures.cytokine_course import cytokine_course_figure
from engager.figures.ratio import ratio_figure
from engager.report.document import Block
from engager.report.material import Material
from engager.tables.immune import (
    cell_count_table,
    change_table,
    cycle_comparison_table,
    ratio_table,
    threshold_table,
)
from engager.tables.immune_cytokines import cytokine_area_table, cytokine_table
from engager.tables.immune_intervals import interval_table
from engager.tables.labels import LABELS


def immune(material: Material) -> Iterable[Block]:
    """Yield cells by timepoint and their course, then cycles compared and the ratio; each where something is known."""
    results = material.results
    if results.where(analysis="cell_counts"):
        yield cell_course_figure(results, label=material.label)
        yield cell_count_table(results)
        yield change_table(results)
    if results.where(analysis="cycle_measures"):
        yield ratio_figure(results, label=material.label)
        yield cycle_comparison_table(results)
        yield threshold_table(results)
        yield ratio_table(results)
    if any(row.estimate is not None for row in results.where(analysis="intervals", name="median")):
        yield interval_table(results)


def cytokines(material: Material) -> Iterable[Block]:
    """Yield peaks and areas of the cytokines and their course, where a cytokine was measured."""
    if material.results.where(analysis="cytokines"):
        yield cytokine_course_figure(material.results, LABELS, label=material.label)
        yield cytokine_table(material.results)
        yield cytokine_area_table(material.results)
