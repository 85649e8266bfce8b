"""The patients: baseline characteristics, their flow through the study, an overview and the course of each."""

from __future__ import annotations

from collections.abc import Iterable

from engager.figures.patient_course import patient_course_figure
from engager.figures.patient_flow import patient_flow_figure
from engager.figures.patient_record import read_records
from engager.report.document import Block
from engager.report.material import Material
from engager.tables.baseline import baseline_table
from engager.tables.overview import overview_table


def baseline(material: Material) -> Iterable[Block]:
    """Yield the table of baseline characteristics."""
    yield baseline_table(material.results)


def overview(material: Material) -> Iterable[Block]:
    """Yield the overview by patient."""
    yield overview_table(material.results)


def flow(material: Material) -> Iterable[Block]:
    """Yield the flow of patients from treatment to the last contact."""
    yield patient_flow_figure(material.results, title="Flow of patients", label=material.label)


def courses(material: Material) -> Iterable[Block]:
    """Yield the course of each patient who has readings, a figure each."""
    for record in read_records(material.results):
        yield patient_course_figure(record, label=material.label)
