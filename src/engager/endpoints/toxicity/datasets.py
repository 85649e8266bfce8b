"""Cytokine release syndrome and neurotoxicity of each patient: worst grade by scale, first onset, duration.

Graded are assessments from the first dose on. Events as the clinician recorded them stand beside; a fatal one is
grade 5 by every scale of the syndrome. A patient's grade is "at least" where any assessment could have been higher.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, merged, source
from engager.endpoints.toxicity.agreement import GRADED, NONE, NOT_RECORDED, OPEN, compare_with_recorded
from engager.endpoints.toxicity.components import derive_assessments
from engager.endpoints.toxicity.cytokine_release import grade_cytokine_release
from engager.endpoints.toxicity.neurotoxicity import grade_neurotoxicity
from engager.terms.toxicity_scales import SYNDROMES, Syndrome, event_terms, not_counted, scales

FATAL = "fatal, as recorded"
BRIDGED = 7  # days without an assessment that do not end an episode
_BY = ["patient", "syndrome", "scale"]


@dataclass(frozen=True, slots=True)
class ToxicityScales:
    """The datasets of the topic.

    `assessments`: a row an assessment and scale; `patients`: a row a patient and scale; `events`: events recorded as
    the syndrome; `agreement`: a row a patient and syndrome recorded or derived; `not_counted`: events (tremor,
    myoclonus) that never count for it; `deaths`: deaths of toxicity without a fatal event of a syndrome.
    """

    assessments: pl.DataFrame
    patients: pl.DataFrame
    events: pl.DataFrame
    agreement: pl.DataFrame
    not_counted: pl.DataFrame
    deaths: pl.DataFrame


def derive_toxicity_scales(cohort: Cohort) -> ToxicityScales:
    """Return assessments graded by every scale, and what follows for each patient."""
    assessments = pl.concat([_graded(cohort, syndrome) for syndrome in SYNDROMES])
    events = pl.concat([_events(cohort, syndrome, event_terms(syndrome)) for syndrome in SYNDROMES])
    others = pl.concat([_events(cohort, syndrome, not_counted(syndrome)) for syndrome in SYNDROMES])
    patients = _patients(cohort, assessments, events)
    agreement = compare_with_recorded(patients, events)
    return ToxicityScales(assessments, patients, events, agreement, others, _deaths(cohort, events))


def _deaths(cohort: Cohort, events: pl.DataFrame) -> pl.DataFrame:
    """Return the deaths of toxicity of which the record does not say that a syndrome was fatal."""
    died = cohort["follow_up"].filter((pl.col("event") == "death") & (pl.col("cause") == "toxicity")).sort("row")
    told = events.filter("fatal").select("patient")
    return died.join(told, on="patient", how="anti", maintain_order="left").select("patient", source("follow_up"))


def _graded(cohort: Cohort, syndrome: Syndrome) -> pl.DataFrame:
    """Return the assessments of a syndrome, a row a scale that asks about one of the components recorded."""
    found = derive_assessments(cohort, syndrome)
    if syndrome == "ICANS":
        found = found.join(_of_patients(cohort), on="patient", how="left", maintain_order="left")
    grade = {"CRS": grade_cytokine_release, "ICANS": grade_neurotoxicity}[syndrome]
    parts = []
    for scale in scales(syndrome):
        asked = [test for test in scale.tests if test in found.columns]
        rows = found.filter(pl.any_horizontal(pl.col(asked).is_not_null()))
        parts.append(grade(rows, scale=scale.name).with_columns(syndrome=pl.lit(syndrome), scale=pl.lit(scale.name)))
    columns = [*_BY, "day", "when", "treated", "grade", "at_most", "clause", "reason", "sources"]
    return pl.concat(part.select(columns) for part in parts)


def _of_patients(cohort: Cohort) -> pl.DataFrame:
    """Return age and developmental delay of each patient."""
    delay = cohort["measurements"].filter(pl.col("test") == "developmental_delay")
    told = delay.group_by("patient").agg(developmental_delay=pl.col("category").max())  # yes stands after no
    ages = cohort["patients"].select("patient", "age").unique("patient", keep="first", maintain_order=True)
    return ages.join(told, on="patient", how="left", maintain_order="left")


def _events(cohort: Cohort, syndrome: Syndrome, terms: tuple[str, ...]) -> pl.DataFrame:
    """Return the adverse events of some terms after the first dose, with `fatal`."""
    term = pl.col("term").str.to_lowercase().str.strip_chars().str.replace_all(r"\s+", " ")
    before = pl.col("pre_existing") | (pl.col("start_day") < 1) | (pl.col("timepoint") == "baseline")
    fatal = ((pl.col("grade") == 5) | (pl.col("outcome") == "fatal")).fill_null(value=False)
    return (
        cohort["adverse_events"]
        .filter(term.is_in(terms) & ~before.fill_null(value=False))
        .sort("row")
        .select(
            "patient", "term", "grade", "ctcae_version", "start_day", "end_day",
            source("adverse_events"), syndrome=pl.lit(syndrome), fatal=fatal,
        )
    )  # fmt: skip


def _patients(cohort: Cohort, assessments: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    names = [(syndrome, scale.name, scale.sign is None) for syndrome in SYNDROMES for scale in scales(syndrome)]
    every = pl.DataFrame(names, schema={"syndrome": pl.String, "scale": pl.String, "whole": pl.Boolean}, orient="row")
    frame = cohort["patients"].select("patient").unique(maintain_order=True).join(every, how="cross")
    treated = assessments.filter("treated")
    fatal = events.filter("fatal").group_by("patient", "syndrome").agg(fatal_sources=gathered())
    for part in (_worst(treated), _first_episode(treated)):
        frame = frame.join(part, on=_BY, how="left", maintain_order="left")
    frame = frame.join(fatal, on=["patient", "syndrome"], how="left", maintain_order="left")
    frame = frame.with_columns(fatal_sources=pl.when("whole").then("fatal_sources"))
    died = pl.col("fatal_sources").is_not_null()
    return frame.with_columns(
        assessed=pl.col("at_most").is_not_null(),
        grade=pl.when(died).then(5).otherwise("grade").cast(pl.Int8),
        at_most=pl.when(died).then(5).otherwise("at_most").cast(pl.Int8),
        clause=pl.when(died).then(pl.lit(FATAL)).otherwise("clause"),
        reason=pl.when(~died).then("reason"),
    ).select(pl.exclude("sources", "fatal_sources", "whole"), merged("fatal_sources", "sources"), status=_status())


def _status() -> pl.Expr:
    return (
        pl.when(pl.col("grade") > 0)
        .then(pl.lit(GRADED))
        .when(pl.col("grade").is_null() & pl.col("at_most").is_null())
        .then(pl.lit(NOT_RECORDED))
        .when(pl.col("at_most") > 0)
        .then(pl.lit(OPEN))
        .otherwise(pl.lit(NONE))
    )


def _worst(treated: pl.DataFrame) -> pl.DataFrame:
    """Return the worst grade of a patient by scale with the assessments that decided; `incomplete` counts open ones.

    The reason is that of an assessment of the worst grade, else of the one that could have been worst.
    """
    low = pl.col("grade").fill_null(0)
    ranked = treated.with_columns(low=low, worst=low.max().over(_BY), most=pl.col("at_most").max().over(_BY))
    deciding = (pl.col("low") == pl.col("worst")) & ((pl.col("worst") > 0) | (pl.col("at_most") == pl.col("most")))
    open_here = pl.col("at_most") > pl.col("low")
    grouped = ranked.with_columns(deciding=deciding).group_by(_BY, maintain_order=True)
    return grouped.agg(
        grade=pl.when((pl.col("worst").first() > 0) | (pl.col("most").first() == 0)).then(pl.col("worst").first()),
        at_most=pl.col("most").first(),
        clause=_joined(pl.col("clause").filter("deciding")),
        reason=_why(open_here),
        incomplete=open_here.sum(),
        sources=pl.col("sources").filter("deciding").explode().drop_nulls().unique(maintain_order=True),
    )


def _why(open_here: pl.Expr) -> pl.Expr:
    """Return what leaves the worst grade open: at the deciding assessments, else that another is incomplete."""
    higher = open_here & (pl.col("at_most") > pl.col("worst"))
    here = _joined(pl.col("reason").filter(higher & pl.col("deciding")))
    places = pl.col("when").filter(higher & ~pl.col("deciding"))
    elsewhere = pl.format("incomplete at {} other assessments, first: {}", places.len(), places.first())
    return pl.when((higher & pl.col("deciding")).any()).then(here).when(higher.any()).then(elsewhere)


def _joined(texts: pl.Expr) -> pl.Expr:
    """Return distinct texts of a group joined, null where there is none."""
    known = texts.drop_nulls().unique().sort()
    return pl.when(known.len() > 0).then(known.str.join("; "))


def _first_episode(treated: pl.DataFrame) -> pl.DataFrame:
    """Return first day, last day and length of the first episode, and the number of days with a grade.

    An episode ends before the first assessment without a sign (`ended`), or before more than `BRIDGED` days without
    a graded one; then its length is a lower bound. Assessments without a day cannot be placed in it.
    """
    dated = treated.filter(pl.col("day").is_not_null() & pl.col("grade").is_not_null()).sort(*_BY, "day")
    on = pl.col("grade") > 0
    since = dated.filter(on.cum_max().over(_BY)).with_columns(on=on, gap=pl.col("day").diff().over(_BY))
    broken = ~pl.col("on") | (pl.col("gap") > BRIDGED).fill_null(value=False)
    marked = since.with_columns(broken=broken, later=broken.cum_max().over(_BY))
    episode = pl.col("day").filter(~pl.col("later"))
    stop = pl.col("on").filter("broken")
    return marked.group_by(_BY, maintain_order=True).agg(
        onset=episode.min(),
        end=episode.max(),
        duration=(episode.max() - episode.min() + 1),
        ended=(stop.len() > 0) & ~stop.first().fill_null(value=True),
        days=pl.col("day").filter("on").n_unique(),
    )
