"""The report, composed: which sections the plan asks for, each with its sentences, tables and figures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from engager.cohort import Cohort
from engager.errors import Issue
from engager.plan import AnalysisPlan
from engager.provenance import NOT_A_MEDICAL_DEVICE, VERSION
from engager.readers.logo import Logo
from engager.readers.sentences import SENTENCES_FILE
from engager.report.document import Block, Document, Section
from engager.report.in_language import in_language
from engager.report.material import Material
from engager.report.own_sentences import own_sentences
from engager.report.privacy import for_publication
from engager.report.pseudonyms import Pseudonyms, anonymous_results, without_names, without_names_in
from engager.report.sections import (
    appendix,
    exposure,
    glance,
    immune,
    laboratory,
    patients,
    published,
    response,
    safety,
    survival,
    toxicity_scales,
)
from engager.report.sentences import lead_sentences
from engager.report.source_rows import source_rows
from engager.results import Results
from engager.terms.language import spoken

SECTIONS: tuple[tuple[str | None, str, str, Callable[[Material], Iterable[Block]]], ...] = (
    (None, "glance", "At a glance", glance.glance),
    (None, "results", "Results in words", glance.own_words),
    ("flow", "flow", "Flow of patients", patients.flow),
    ("baseline", "baseline", "Baseline characteristics", patients.baseline),
    ("exposure", "exposure", "Exposure", exposure.exposure),
    ("response", "response", "Response", response.response),
    ("cycles", "cycles", "Response of each cycle", response.cycles),
    ("subgroups", "subgroups", "Response by subgroup", response.subgroups),
    ("survival", "survival", "Survival", survival.survival),
    ("competing_risks", "competing-risks", "Relapse and non-relapse mortality", survival.competing_risks),
    ("comparisons", "comparisons", "Groups compared", survival.comparisons),
    ("transplantation", "transplantation", "Transplantation", survival.transplantation),
    ("safety", "safety", "Safety", safety.safety),
    ("toxicity_scales", "toxicity-scales", "Cytokine release and neurotoxicity", toxicity_scales.toxicity_scales),
    ("laboratory", "laboratory", "Laboratory values", laboratory.laboratory),
    ("immune", "immune", "Cells and the T-cell-to-blast ratio", immune.immune),
    ("cytokines", "cytokines", "Cytokines", immune.cytokines),
    ("overview", "overview", "Overview by patient", patients.overview),
    ("patient_courses", "patient-courses", "Patient by patient", patients.courses),
    ("published", "published", "Published against computed", published.published),
    (None, "methods", "Methods", appendix.methods),
    ("data", "data", "Data", appendix.data),
    ("data_quality", "data-quality", "Completeness of the data", appendix.data_quality),
    ("listings", "listings", "Listings by patient", appendix.listings),
)
"""The sections in order: the entry of the plan's `contents` that asks for it (None: always), anchor, title, blocks."""


def compose_report(
    results: Results,
    issues: Sequence[Issue],
    plan: AnalysisPlan,
    cohort: Cohort,
    published: pl.DataFrame | None = None,
    sentences: Sequence[tuple[int, str]] = (),
    logo: Logo | None = None,
) -> Document:
    """Return the report of a study as a document, before any format, as the plan's `[report]` asks for it.

    `sentences` are the study's own paragraphs, each with its line; InputError names every result in them that is not
    known.
    """
    public = plan.report.privacy == "publication"
    pseudonyms = Pseudonyms.of(cohort.patients)
    shown = anonymous_results(results, pseudonyms) if public else results
    with spoken(plan.report.language):
        own = own_sentences(sentences, shown, SENTENCES_FILE, named=results)
        if public:
            plan, own = without_names(plan, pseudonyms), tuple(without_names_in(text, pseudonyms) for text in own)
        document = _document(Material(shown, issues, plan, cohort, own), logo)
        if public:
            return in_language(for_publication(document, plan.report.small_cells))
        document = in_language(document)
    return replace(document, source_rows=source_rows(cohort, results, published))


def _document(material: Material, logo: Logo | None) -> Document:
    plan = material.plan
    sections = [
        Section(anchor, title, tuple(blocks(material)))
        for content, anchor, title, blocks in SECTIONS
        if content is None or content in plan.contents
    ]
    shown = [section for section in sections if section.blocks]
    shown += appendix.checklist(material, {section.anchor: section.title for section in shown})
    design = plan.design[:1].upper() + plan.design[1:]
    return Document(
        title=plan.title,
        subtitle=". ".join(filter(None, (design, ", ".join(plan.authors), plan.source))),
        lead=lead_sentences(material.results),
        sections=tuple(shown),
        results=material.results,
        statement=NOT_A_MEDICAL_DEVICE,
        label=material.label,
        manifest=_manifest(plan, material.cohort, logo),
        template=plan.report.template,
        language=plan.report.language,
        logo=logo,
    )


def _manifest(plan: AnalysisPlan, cohort: Cohort, logo: Logo | None) -> Mapping[str, object]:
    """Return what the report was made from: version, plan and its hash, hashes of the inputs."""
    settings = plan.model_dump(mode="json")
    picture = {str(plan.report.logo): hashlib.sha256(logo.content).hexdigest()} if logo else {}
    text = plan.model_dump_json()
    return {
        "engager": VERSION,
        "plan": settings,
        "plan_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "inputs_sha256": dict(cohort.hashes) | picture,
    }
