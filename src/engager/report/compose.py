"""The report, composed: which sections the plan asks for, each with its sentences, tables and figures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.definitions import planned_endpoints
from engager.errors import Issue
from engager.figures.forest import forest_figure
from engager.figures.survival import survival_figure
from engager.figures.swimmer import swimmer_figure
from engager.plan import AnalysisPlan
from engager.provenance import NOT_A_MEDICAL_DEVICE, VERSION
from engager.report.document import Block, Bullets, Document, IssueList, Paragraph, Section
from engager.report.methods import methods
from engager.report.sentences import lead_sentences
from engager.report.source_rows import source_rows
from engager.results import Results
from engager.tables.baseline import baseline_table
from engager.tables.comparison import comparison_table, competing_risks_table, transplantation_table
from engager.tables.labels import LABELS as NAMES
from engager.tables.overview import overview_table
from engager.tables.published import not_computed_table, published_table
from engager.tables.response import cycle_table, response_table
from engager.tables.survival import survival_table

LABELS = {"patients": None, "synthetic": "synthetic", "simulated": "simulated"}


@dataclass(frozen=True, slots=True)
class _Material:
    results: Results
    issues: Sequence[Issue]
    plan: AnalysisPlan
    cohort: Cohort

    @property
    def label(self) -> str | None:
        return LABELS[self.plan.data]

    @property
    def endpoints(self) -> dict[str, str]:
        return {endpoint.code: endpoint.label for endpoint in planned_endpoints(self.plan)}


def compose_report(
    results: Results,
    issues: Sequence[Issue],
    plan: AnalysisPlan,
    cohort: Cohort,
    published: pl.DataFrame | None = None,
) -> Document:
    """Return the report of a study as a document, before any format."""
    material = _Material(results, issues, plan, cohort)
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


def _glance(material: _Material) -> Iterable[Block]:
    if "course" in material.plan.contents:
        yield swimmer_figure(material.results, title="Course of each patient", label=material.label)
    if "survival" in material.plan.contents and material.endpoints:
        code, name = next(iter(material.endpoints.items()))
        yield survival_figure(material.results, code, ("all",), title=f"{name} ({code})", label=material.label)


def _baseline(material: _Material) -> Iterable[Block]:
    yield baseline_table(material.results)


def _overview(material: _Material) -> Iterable[Block]:
    yield overview_table(material.results)


def _response(material: _Material) -> Iterable[Block]:
    yield response_table(material.results)


def _cycles(material: _Material) -> Iterable[Block]:
    yield cycle_table(material.results)


def _survival(material: _Material) -> Iterable[Block]:
    for code, name in material.endpoints.items():
        curves = dict.fromkeys(row.group for row in material.results.where(analysis=code, name="curve"))
        if len(curves) > 1 or code != next(iter(material.endpoints)):
            yield survival_figure(material.results, code, tuple(curves), title=f"{name} ({code})", label=material.label)
    if material.endpoints:
        yield survival_table(material.results, material.endpoints)


def _competing_risks(material: _Material) -> Iterable[Block]:
    groups = [row.group for row in material.results.where(analysis="competing_risks", name="events")]
    everyone = tuple(group for group in groups if group.endswith(", all"))
    if everyone:
        yield survival_figure(
            material.results, "competing_risks", everyone, title="Cumulative incidence", label=material.label, start=0.0
        )
        yield competing_risks_table(material.results)


def _comparisons(material: _Material) -> Iterable[Block]:
    if material.plan.group_by is not None:
        yield comparison_table(material.results)


def _subgroups(material: _Material) -> Iterable[Block]:
    if material.plan.subgroups:
        title = "Responders by subgroup"
        yield forest_figure(material.results, NAMES, title=title, axis="Responders", label=material.label)


def _transplantation(material: _Material) -> Iterable[Block]:
    if material.results.where(analysis="transplantation", name="transplanted")[0].n:
        yield transplantation_table(material.results)


def _published(material: _Material) -> Iterable[Block]:
    if material.results.where(analysis="published", name="total"):
        yield published_table(material.results)
        yield not_computed_table(material.results)


def _methods(material: _Material) -> Iterable[Block]:
    yield methods(material.plan)


def _data(material: _Material) -> Iterable[Block]:
    yield Paragraph(("What the checks found in the data; an error would have stopped the analysis.",))
    yield IssueList(tuple(material.issues))
    files = [f"{name}: SHA-256 {digest}" for name, digest in material.cohort.hashes.items()]
    yield Bullets(tuple(Paragraph((text,)) for text in files))


SECTIONS: tuple[tuple[str | None, str, str, Callable[[_Material], Iterable[Block]]], ...] = (
    (None, "glance", "At a glance", _glance),
    ("survival", "survival", "Survival", _survival),
    ("competing_risks", "competing-risks", "Relapse and non-relapse mortality", _competing_risks),
    ("comparisons", "comparisons", "Groups compared", _comparisons),
    ("transplantation", "transplantation", "Transplantation", _transplantation),
    ("response", "response", "Response", _response),
    ("subgroups", "subgroups", "Response by subgroup", _subgroups),
    ("overview", "overview", "Overview by patient", _overview),
    ("baseline", "baseline", "Baseline characteristics", _baseline),
    ("cycles", "cycles", "Response of each cycle", _cycles),
    ("published", "published", "Published against computed", _published),
    (None, "methods", "Methods", _methods),
    ("data", "data", "Data", _data),
)
"""The sections in order: the entry of the plan's `contents` that asks for it (None: always), anchor, title, blocks."""


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
