"""Adverse events: terms coded, grades bounded, placed against the treatment-emergent window, joined into episodes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.adverse_events.episodes import derive_episodes
from engager.endpoints.adverse_events.reported_grade import grade_bounds
from engager.endpoints.adverse_events.time_at_risk import derive_time_at_risk
from engager.endpoints.adverse_events.treatment_emergent import NOT_KNOWN, YES, derive_windows, mark_emergent
from engager.endpoints.sources import source
from engager.plan import AnalysisPlan
from engager.terms.ctcae import VERSIONS, read_term

NOT_CODED = "Not coded"
_RELATED = ("related", "possibly related")
_KEPT = ("row", "patient", "term", "reported_term", "soc", "version", "version_assumed", "grade_low", "grade_high",
         "cycle", "cycle_day", "start_day", "end_day", "emergent", "reason", "counted", "fatal", "pre_existing",
         "serious", "related", "is_related", "action", "discontinued", "interrupted", "outcome", "sources")  # fmt: skip


@dataclass(frozen=True, slots=True)
class AdverseEvents:
    """The datasets of adverse events: each row as recorded, the episodes of those that count, the days at risk.

    `patient`, `term` and `soc` are coded in `events` and `episodes`, so that counting compares no text.
    """

    events: pl.DataFrame
    episodes: pl.DataFrame
    time_at_risk: pl.DataFrame


def derive_adverse_events(cohort: Cohort, plan: AnalysisPlan) -> AdverseEvents:
    """Return the adverse events of a cohort, coded, graded, placed and joined as the plan's `[safety]` says.

    An event counts where it is treatment-emergent, and where that is not known unless the plan leaves those out.
    """
    windows = derive_windows(cohort, plan.safety)
    order = cohort["patients"].select("patient").with_row_index("order")
    rows = cohort["adverse_events"].join(order, on="patient", how="inner", maintain_order="left")
    rows = _coded(rows.sort("order", "start_day", "row", nulls_last=True), plan.safety.ctcae_version).with_columns(
        *grade_bounds(), *_answers()
    )
    rows = mark_emergent(rows, windows, plan.safety)
    counted = [YES] if plan.safety.unplaced == "leave out" else [YES, NOT_KNOWN]
    rows = rows.with_columns(
        counted=pl.col("emergent").is_in(counted), sources=pl.concat_list(source("adverse_events"))
    )
    events = rows.select(_KEPT).with_columns(
        pl.col("patient").cast(pl.Categorical),
        *(pl.col(name).cast(pl.Enum(rows[name].unique().sort())) for name in ("term", "soc")),
    )
    return AdverseEvents(
        events, derive_episodes(events.filter("counted"), plan), derive_time_at_risk(windows, plan.conventions)
    )


def _coded(rows: pl.DataFrame, assumed: str) -> pl.DataFrame:
    """Return the rows with the term of CTCAE and its class, or the record's own words and no class."""
    stated = pl.col("ctcae_version").cast(pl.String)
    rows = rows.rename({"term": "reported_term"}).with_columns(
        version=stated.fill_null(assumed), version_assumed=stated.is_null()
    )
    pairs = rows.select("reported_term", "version").unique().rows()
    classes: dict[str, str] = {}
    names: list[tuple[str, str, str]] = []
    # A term that moved to another class stands where the latest version that the record uses has it.
    for text, version in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
        term = read_term(text, version) if version in VERSIONS else None
        names.append((text, version, term.name if term else " ".join(text.split())))
        if term is not None:
            classes[term.name] = term.soc
    codes = pl.DataFrame(
        [(*pair, classes.get(pair[2], NOT_CODED)) for pair in names],
        schema=dict.fromkeys(("reported_term", "version", "term", "soc"), pl.String),
        orient="row",
    )
    return rows.join(codes, on=["reported_term", "version"], how="left", maintain_order="left")


def _answers() -> list[pl.Expr]:
    """Return relation, discontinuation and interruption as yes, no, or not recorded."""
    relation, action = pl.col("related"), pl.col("action")
    known = pl.when(relation != "unknown").then(relation.cast(pl.String))
    return [
        known.is_in(_RELATED).alias("is_related"),
        (action == "discontinued").alias("discontinued"),
        action.cast(pl.String).is_in(["interrupted", "dose reduced"]).alias("interrupted"),
    ]
