"""Survival: curves of each endpoint, competing risks, groups compared, transplantation."""

from __future__ import annotations

from collections.abc import Iterable

from engager.figures.survival import survival_figure
from engager.report.document import Block
from engager.report.material import Material
from engager.tables.comparison import comparison_table, competing_risks_table, transplantation_table
from engager.tables.survival import survival_table


def survival(material: Material) -> Iterable[Block]:
    """Yield the curves of each endpoint by group, and their table."""
    for code, name in material.endpoints.items():
        curves = dict.fromkeys(row.group for row in material.results.where(analysis=code, name="curve"))
        if len(curves) > 1 or code != next(iter(material.endpoints)):
            yield survival_figure(material.results, code, tuple(curves), title=f"{name} ({code})", label=material.label)
    if material.endpoints:
        yield survival_table(material.results, material.endpoints)


def competing_risks(material: Material) -> Iterable[Block]:
    """Yield the cumulative incidence of relapse and of death without one."""
    groups = [row.group for row in material.results.where(analysis="competing_risks", name="events")]
    everyone = tuple(group for group in groups if group.endswith(", all"))
    if everyone:
        yield survival_figure(
            material.results, "competing_risks", everyone, title="Cumulative incidence", label=material.label, start=0.0
        )
        yield competing_risks_table(material.results)


def comparisons(material: Material) -> Iterable[Block]:
    """Yield the groups compared, where the plan names groups."""
    if material.plan.group_by is not None:
        yield comparison_table(material.results)


def transplantation(material: Material) -> Iterable[Block]:
    """Yield the table of transplantation, where a patient was transplanted."""
    if material.results.where(analysis="transplantation", name="transplanted")[0].n:
        yield transplantation_table(material.results)
