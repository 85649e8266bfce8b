"""Laboratory-derived beside clinician's grades: where they agree, where they differ, where one stands alone.

An event of a term that a laboratory value grades is compared with the worst value of the same patient and term: within
its days (an event without a last day is open), else of its cycle, else of the whole treatment-emergent window. Both
grades follow the version of the event; an event that names none is taken as of the plan's version. Neither grade
changes the other: clinical clauses can raise the clinician's, and the derived one is a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.laboratory.values import TREATMENT, derive_laboratory_grades
from engager.endpoints.sources import source
from engager.plan import AnalysisPlan
from engager.terms.ctcae import VERSIONS, find_term, rules

AGREEMENT = ("agree", "clinician lower", "clinician higher", "no grade by the clinician",
             "event without a laboratory grade", "laboratory grade without an event")  # fmt: skip
AGREE, LOWER, HIGHER, NO_CLINICIAN, NO_LABORATORY, NO_EVENT = AGREEMENT
# From this grade on, a laboratory value without an event is a finding.
SEVERE = 3
_CLASS = pl.Enum(AGREEMENT)
_COLUMNS = ("patient", "term", "version", "start_day", "end_day", "cycle", "clinician_grade", "reported_grade",
            "laboratory_grade", "laboratory_day", "clause", "matched_by", "class", "sources")  # fmt: skip


def derive_laboratory_agreement(cohort: Cohort, laboratory: pl.DataFrame, plan: AnalysisPlan) -> pl.DataFrame:
    """Return one row an event of a laboratory term, and one for each term of a patient graded >= 3 without an event.

    `class` is one of `AGREEMENT`; `matched_by` says what placed the values compared: days, cycle or treatment.
    `reported_grade` holds the source's own words where they are no single grade. An event without a laboratory grade
    has no value that could be graded where it lies.
    """
    events = _events(cohort, plan.safety.ctcae_version)
    versions = sorted({plan.safety.ctcae_version, *events["version"].unique()})
    graded = {version: derive_laboratory_grades(laboratory, version) for version in versions}
    values = pl.concat([_values(frame) for frame in graded.values()])
    compared = _compared(events, values, cohort)
    alone = _alone(values.filter(pl.col("version") == plan.safety.ctcae_version), compared, plan)
    return pl.concat([_classed(compared), alone])


def _events(cohort: Cohort, assumed: str) -> pl.DataFrame:
    """Return the adverse events whose term a laboratory value grades in their version."""
    written = pl.col("ctcae_version").cast(pl.String)
    events = cohort["adverse_events"].with_columns(source("adverse_events"), version=written.fill_null(assumed))
    names = {version: _named(events.filter(pl.col("version") == version)["term"], version) for version in VERSIONS}
    named = pl.coalesce(
        pl.when(pl.col("version") == version).then(
            pl.col("term").replace_strict(
                pl.Series(list(known), dtype=pl.String), pl.Series(list(known.values()), dtype=pl.String), default=None
            )
        )
        for version, known in names.items()
    )
    events = events.with_columns(term=named).filter(pl.col("term").is_not_null())
    return events.select(
        "patient", "term", "version", "start_day", "end_day", "cycle", "source",
        event=pl.int_range(pl.len()), clinician_grade=pl.col("grade").cast(pl.Int8),
        reported_grade="grade_as_reported",
    )  # fmt: skip


def _named(texts: pl.Series, version: str) -> Mapping[str, str]:
    """Return, for each text that names a laboratory term of a version, the term."""
    with_rules = {rule.term for rule in rules(version)}
    named = {}
    for text in texts.drop_nulls().unique():
        try:
            term = find_term(text, version).name
        except ValueError:
            continue
        if term in with_rules:
            named[text] = term
    return named


def _values(grades: pl.DataFrame) -> pl.DataFrame:
    """Return the values that have a grade, without those before the first dose that no later event can mean."""
    graded = grades.filter(pl.col("grade").is_not_null())
    return graded.select("patient", "term", "version", "phase", "clause", value_source="source",
                         value_day="day", value_cycle="cycle", laboratory_grade="grade", value_row="row")  # fmt: skip


def _compared(events: pl.DataFrame, values: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """Return the events, each with the worst value of where it lies."""
    starts = cohort["exposure"].group_by("patient", "cycle").agg(begin=pl.col("start_day").min())
    spans = starts.drop_nulls().sort("begin").with_columns(until=pl.col("begin").shift(-1).over("patient") - 1)
    events = events.join(spans, on=["patient", "cycle"], how="left", maintain_order="left").with_columns(
        matched_by=pl.when(pl.col("start_day").is_not_null())
        .then(pl.lit("days"))
        .when(pl.col("cycle").is_not_null())
        .then(pl.lit("cycle"))
        .otherwise(pl.lit("treatment"))
    )
    pairs = events.join(values, on=["patient", "term", "version"], how="inner").filter(_lies_in())
    worst = (
        pairs.sort("value_day", "value_row", nulls_last=True)
        .sort("laboratory_grade", descending=True, maintain_order=True)
        .unique("event", keep="first", maintain_order=True)
        .select("event", "laboratory_grade", "clause", "value_source", laboratory_day="value_day")
    )
    return events.join(worst, on="event", how="left", maintain_order="left")


def _lies_in() -> pl.Expr:
    """Return whether a value lies where an event does."""
    day, by = pl.col("value_day"), pl.col("matched_by")
    in_days = (day >= pl.col("start_day")) & (pl.col("end_day").is_null() | (day <= pl.col("end_day")))
    named = pl.col("value_cycle") == pl.col("cycle")
    in_span = (day >= pl.col("begin")) & (pl.col("until").is_null() | (day <= pl.col("until")))
    in_cycle = named.fill_null(in_span).fill_null(value=False)
    emergent = pl.col("phase") == TREATMENT
    # A value with a cycle alone may belong to an event that has days: its cycle is what is known of both.
    undated = day.is_null() & named.fill_null(value=False)
    found = (
        pl.when(by == "days").then(in_days.fill_null(undated)).when(by == "cycle").then(in_cycle).otherwise(emergent)
    )
    return found.fill_null(value=False)


def _classed(compared: pl.DataFrame) -> pl.DataFrame:
    clinician, laboratory = pl.col("clinician_grade"), pl.col("laboratory_grade")
    kind = (
        pl.when(laboratory.is_null())
        .then(pl.lit(NO_LABORATORY, _CLASS))
        .when(clinician.is_null())
        .then(pl.lit(NO_CLINICIAN, _CLASS))
        .when(clinician == laboratory)
        .then(pl.lit(AGREE, _CLASS))
        .when(clinician < laboratory)
        .then(pl.lit(LOWER, _CLASS))
        .otherwise(pl.lit(HIGHER, _CLASS))
    )
    sources = pl.concat_list("source", "value_source").list.drop_nulls()
    return compared.with_columns(kind.alias("class"), sources=sources).select(_COLUMNS)


def _alone(values: pl.DataFrame, compared: pl.DataFrame, plan: AnalysisPlan) -> pl.DataFrame:
    """Return the worst emergent value of each patient and term from grade 3 that lies within no event of the term.

    The event may name the term of another version: it is looked for among the events by any name of the same tests.
    """
    severe = values.filter((pl.col("laboratory_grade") >= SEVERE) & (pl.col("phase") == TREATMENT))
    severe = severe.with_columns(key=_measures("term", plan.safety.ctcae_version))
    told = compared.with_columns(
        key=pl.coalesce(pl.when(pl.col("version") == version).then(_measures("term", version)) for version in VERSIONS)
    ).drop("term", "version", "laboratory_grade", "clause", "value_source", "laboratory_day")
    within = severe.join(told, on=["patient", "key"], how="inner").filter(_lies_in())
    lone = severe.join(within.select("patient", "term", "value_row"), on=["patient", "term", "value_row"], how="anti")
    worst = (
        lone.sort("value_day", "value_row", nulls_last=True)
        .sort("laboratory_grade", descending=True, maintain_order=True)
        .unique(["patient", "term"], keep="first", maintain_order=True)
        .sort("patient", "term")
    )
    empty = {"start_day": pl.Int32, "end_day": pl.Int32, "clinician_grade": pl.Int8, "reported_grade": pl.String,
             "matched_by": pl.String}  # fmt: skip
    return worst.with_columns(
        pl.lit(NO_EVENT, _CLASS).alias("class"),
        *(pl.lit(None, dtype).alias(name) for name, dtype in empty.items()),
        laboratory_day="value_day",
        cycle="value_cycle",
        sources=pl.concat_list("value_source"),
    ).select(_COLUMNS)


def _measures(term: str, version: str) -> pl.Expr:
    """Return the tests and direction of a term, which are the same whatever a version calls it."""
    tests: dict[str, set[str]] = {}
    for rule in rules(version):
        tests.setdefault(rule.term, {rule.direction}).update(rule.tests)
    keys = {name: " ".join(sorted(parts)) for name, parts in tests.items()}
    return pl.col(term).cast(pl.String).replace_strict(keys, default=None, return_dtype=pl.String)
