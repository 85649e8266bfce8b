"""What the report was made with: methods, data and their quality, listings, and the reporting checklist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engager.report.document import Block, Bullets, IssueList, Paragraph, Section
from engager.report.material import Material
from engager.report.methods import methods_in_force
from engager.tables.checklist import checklist_table
from engager.tables.data_quality import accepted_table, completeness_table, issues_table
from engager.tables.listings import TITLES, record_table
from engager.terms.checklists import checklist_for


def methods(material: Material) -> Iterable[Block]:
    """Yield the methods in the settings in force."""
    yield methods_in_force(material.plan, material.cohort.agreement)


def data(material: Material) -> Iterable[Block]:
    """Yield what the checks found, and the files with their hashes."""
    yield Paragraph(("What the checks found in the data; an error would have stopped the analysis.",))
    yield IssueList(tuple(material.issues))
    files = [f"{name}: SHA-256 {digest}" for name, digest in material.cohort.hashes.items()]
    yield Bullets(tuple(Paragraph((text,)) for text in files))


def data_quality(material: Material) -> Iterable[Block]:
    """Yield how complete the data are, what the checks told by rule, and what was accepted."""
    yield completeness_table(material.results)
    yield issues_table(material.results)
    yield accepted_table(material.results)


def listings(material: Material) -> Iterable[Block]:
    """Yield a listing of each kind of record, patient by patient; adverse events are listed under safety."""
    for table in TITLES:
        yield record_table(material.results, table)


def checklist(material: Material, sections: Mapping[str, str]) -> Iterator[Section]:
    """Yield the section of the reporting checklist, where the plan asks for one; `sections` are anchors and titles."""
    chosen = checklist_for(material.plan.report.checklist, len(material.cohort.patients))
    if chosen is not None and "checklist" in material.plan.contents:
        yield Section("checklist", "Reporting checklist", (checklist_table(chosen, sections),))
