"""At a glance: the course of each patient and the first survival curve."""

from __future__ import annotations

from collections.abc import Iterable

from engager.figures.survival import survival_figure
from engager.figures.swimmer import swimmer_figure
from engager.report.document import Block
from engager.report.material import Material


def glance(material: Material) -> Iterable[Block]:
    """Yield the swimmer plot and the first endpoint's curve, as the plan's contents ask."""
    if "course" in material.plan.contents:
        yield swimmer_figure(material.results, title="Course of each patient", label=material.label)
    if "survival" in material.plan.contents and material.endpoints:
        code, name = next(iter(material.endpoints.items()))
        yield survival_figure(material.results, code, ("all",), title=f"{name} ({code})", label=material.label)


def own_words(material: Material) -> Iterable[Block]:
    """Yield the study's own sentences, where it has some."""
    yield from material.sentences
