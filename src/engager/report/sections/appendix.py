"""What the report was made with: methods and data."""

from __future__ import annotations

from collections.abc import Iterable

from engager.report.document import Block, Bullets, IssueList, Paragraph
from engager.report.material import Material
from engager.report.methods import methods_in_force


def methods(material: Material) -> Iterable[Block]:
    """Yield the methods in the settings in force."""
    yield methods_in_force(material.plan)


def data(material: Material) -> Iterable[Block]:
    """Yield what the checks found, and the files with their hashes."""
    yield Paragraph(("What the checks found in the data; an error would have stopped the analysis.",))
    yield IssueList(tuple(material.issues))
    files = [f"{name}: SHA-256 {digest}" for name, digest in material.cohort.hashes.items()]
    yield Bullets(tuple(Paragraph((text,)) for text in files))
