"""The methods paragraph, generated from the settings in force, so that it cannot say what was not done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from engager.analyses.rows import SMALL, conventions
from engager.endpoints.outcome.competing_risks import causes_of
from engager.endpoints.outcome.definitions import EVENT_SOURCES, TimeToEvent, in_words, planned_endpoints
from engager.plan import AnalysisPlan, EventName
from engager.provenance import VERSION
from engager.report.document import Bullets, Paragraph
from engager.report.methods_abstraction import abstraction_methods
from engager.report.methods_exposure import exposure_methods
from engager.report.methods_immune import immune_methods
from engager.report.methods_laboratory import laboratory_methods
from engager.report.methods_response import response_methods
from engager.report.methods_safety import safety_methods
from engager.report.methods_toxicity import toxicity_methods


def methods_in_force(plan: AnalysisPlan, agreement: pl.DataFrame | None = None) -> Bullets:
    """Return the methods of a plan as bullet points, a topic each; `agreement` is that of two abstractions."""
    of_data = () if agreement is None else (abstraction_methods(agreement),)
    of_disease = (exposure_methods(plan), *response_methods(plan), *_endpoints(plan), *_competing(plan))
    of_values = (laboratory_methods(plan),) if "laboratory" in plan.contents else ()
    of_harm = (*immune_methods(plan), *safety_methods(plan), *of_values, *toxicity_methods(plan))
    sentences = (_design(plan), *of_data, *of_disease, *of_harm, _time(plan), _statistics(plan), _software(plan))
    return Bullets(tuple(Paragraph((sentence,)) for sentence in sentences))


def _design(plan: AnalysisPlan) -> str:
    cutoff = plan.cutoff
    until = (
        "no data cut-off was applied"
        if cutoff is None
        else f"data as known at {_cutoff(cutoff)}, rows that no day places being kept"
    )
    source = f" Data: {plan.source}." if plan.source else ""
    return f"Design: {plan.design}; T-cell engager: {plan.drug}; {until}.{source}"


def _cutoff(cutoff: int | dt.date) -> str:
    return f"study day {cutoff}" if isinstance(cutoff, int) else cutoff.isoformat()


def _endpoints(plan: AnalysisPlan) -> Iterator[str]:
    for endpoint in planned_endpoints(plan):
        yield _endpoint(endpoint)


def _endpoint(endpoint: TimeToEvent) -> str:
    stops = tuple(name for name in endpoint.censoring if EVENT_SOURCES[name].ends)
    contacts = tuple(name for name in endpoint.censoring if name not in stops)
    text = f"{endpoint.label} ({endpoint.code}): from the first dose to the first of {_words(endpoint.events)}"
    text += f"; else observed to the {_words(contacts)}." if contacts else "."
    if stops:
        text += f" Observation ends at {_words(stops)}."
    if "non_response" in endpoint.events:
        when = "at time 0, before every study day" if endpoint.non_response_at == "time 0" else "at the assessment"
        text += f" Non-responders have the event {when}."
    if "extramedullary_relapse" not in endpoint.events and "marrow_relapse" in endpoint.events:
        text += " A relapse outside the marrow alone is no event."
    return text


def _competing(plan: AnalysisPlan) -> Iterator[str]:
    """Yield what counts as relapse and as death without one, where the plan asks for both."""
    event_free = next((item for item in planned_endpoints(plan) if item.code == "EFS"), None)
    if event_free is None or "competing_risks" not in plan.contents:
        return
    relapse, without = (_listed([in_words(name) for name in causes]) for causes in causes_of(event_free))
    yield (
        f"Relapse and non-relapse mortality compete: the first of {relapse}, against {without} without any of them; on "
        f"one day the former counts. Cumulative incidence: {conventions(plan).words('incidence')}."
    )


def _words(names: tuple[EventName, ...]) -> str:
    return _listed([in_words(name) for name in names])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _time(plan: AnalysisPlan) -> str:
    day = "Study day 1 is the day of the first dose, day -1 the day before it; there is no day 0. "
    if plan.conventions.duration == "inclusive":
        return day + "The time of an event is its study day (date - first dose + 1, as in CDISC ADaM)."
    return day + "The time of an event is the number of days since the first dose (its study day less 1)."


def _statistics(plan: AnalysisPlan) -> str:
    settings = conventions(plan)
    topics = ("survival", "quantile_of_survival", "follow_up", "proportion", "quantile")
    words = "; ".join(settings.words(topic) for topic in topics)
    return (
        f"Statistics (conventions `{settings.name}`): {words}. Survival after the last follow-up is not estimable. "
        f"Below {SMALL} patients no test is made. Missing values are left missing."
    )


def _software(plan: AnalysisPlan) -> str:
    return f"Computed with engager {VERSION}, plan schema version {plan.schema_version}."
