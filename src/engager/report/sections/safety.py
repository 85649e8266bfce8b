"""Safety: adverse events in summary, by class and term, as events, as rates, and as recorded of each patient."""

from __future__ import annotations

from collections.abc import Iterable

from engager.figures.adverse_event_timeline import patients_drawn, timeline_figure
from engager.figures.adverse_events import incidence_figure
from engager.report.document import Block, Paragraph
from engager.report.material import Material
from engager.tables.adverse_event_counts import events_table, rates_table
from engager.tables.adverse_event_listing import listing_table
from engager.tables.adverse_events import adverse_events_table, summary_table

SHOWN = 3
"""Timelines in the report; a figure for each patient would hide the tables."""


def safety(material: Material) -> Iterable[Block]:
    """Yield the tables and figures of adverse events; without a record the first table says that there is none."""
    yield from _adverse_events(material)


def _adverse_events(material: Material) -> Iterable[Block]:
    results, rules = material.results, material.plan.safety
    patients = adverse_events_table(results, rules.grade_bands, zero_rows=rules.zero_rows)
    if not patients.rows:
        yield patients
        return
    title = "Adverse events by worst grade"
    yield incidence_figure(results, rules.grade_bands, title=title, label=material.label)
    yield summary_table(results)
    yield patients
    yield events_table(results, rules.grade_bands)
    yield rates_table(results)
    yield from _timelines(material)
    yield listing_table(results)


def _timelines(material: Material) -> Iterable[Block]:
    """Yield the timelines of the patients with most events, and how to draw the others."""
    drawn = patients_drawn(material.results)
    for patient in drawn[:SHOWN]:
        yield timeline_figure(material.results, patient, title=f"Adverse events of {patient}", label=material.label)
    if len(drawn) > SHOWN:
        text = f"Shown are the {SHOWN} patients with most dated events; `timeline_figure` draws each of {len(drawn)}."
        yield Paragraph((text,))
