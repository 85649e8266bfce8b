"""The report, composed: which sections the plan asks for, each with its sentences, tables and figures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from engager.cohort import Cohort
from engager.errors import Issue
from engager.plan import AnalysisPlan
from engager.provenance import NOT_A_MEDICAL_DEVICE, VERSION
from engager.report.document import Block, Document, Section
from engager.report.material import Material
from engager.report.sections import appendix, glance, patients, published, response, survival
from engager.report.sentences import lead_sentences
from engager.report.source_rows import source_rows
from engager.results import Results

SECTIONS: tuple[tuple[str | None, str, str, Callable[[Material], Iterable[Block]]], ...] = (
    (None, "glance", "At a glance", glance.glance),
    ("survival", "survival", "Survival", survival.survival),
    ("competing_risks", "competing-risks", "Relapse and non-relapse mortality", survival.competing_risks),
    ("comparisons", "comparisons", "Groups compared", survival.comparisons),
    ("transplantation", "transplantation", "Transplantation", survival.transplantation),
    ("response", "response", "Response", response.response),
    ("subgroups", "subgroups", "Response by subgroup", response.subgroups),
    ("overview", "overview", "Overview by patient", patients.overview),
    ("baseline", "baseline", "Baseline characteristics", patients.baseline),
    ("cycles", "cycles", "Response of each cycle", response.cycles),
    ("published", "published", "Published against computed", published.published),
    (None, "methods", "Methods", appendix.methods),
    ("data", "data", "Data", appendix.data),
)
"""The sections in order: the entry of the plan's `contents` that asks for it (None: always), anchor, title, blocks."""


def compose_report(
    results: Results,
    issues: Sequence[Issue],
    plan: AnalysisPlan,
    cohort: Cohort,
    published: pl.DataFrame | None = None,
) -> Document:
    """Return the report of a study as a document, before any format."""
    material = Material(results, issues, plan, cohort)
    sections = [
        Section(anchor, title, tuple(blocks(material)))
        for content, anchor, title, blocks in SECTIONS
        if content is None or content in plan.contents
    ]
    return Document(
        title=plan.title,
        subtitle=". ".join(filter(None, (plan.design.capitalize(), ", ".join(plan.authors), plan.source))),
        lead=lead_sentences(results),
        sections=tuple(section for section in sections if section.blocks),
        results=results,
        statement=NOT_A_MEDICAL_DEVICE,
        label=material.label,
        manifest=_manifest(plan, cohort),
        source_rows=source_rows(cohort, results, published),
    )


def _manifest(plan: AnalysisPlan, cohort: Cohort) -> Mapping[str, object]:
    """Return what the report was made from: version, plan and its hash, hashes of the inputs."""
    settings = plan.model_dump(mode="json")
    text = plan.model_dump_json()
    return {
        "engager": VERSION,
        "plan": settings,
        "plan_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "inputs_sha256": dict(cohort.hashes),
    }
