"""The syndrome as the clinician recorded it beside the one derived from components, patient by patient."""

from __future__ import annotations

import polars as pl

from engager.endpoints.sources import gathered, merged

GRADED, NONE, OPEN, NOT_RECORDED = "graded", "none", "cannot be told", "not recorded"
AGREES, DIFFERS, RECORDED_ONLY, DERIVED_ONLY = "agrees", "differs", "recorded only", "derived only"
NOT_GRADED = "recorded without a grade"
DEFAULT_SCALE = "ASTCT 2019"
# The scale that a recorded grade is held against, where its version of CTCAE has rules of its own here.
_BY_VERSION = {
    **dict.fromkeys((("CRS", version) for version in ("4", "4.0", "4.03")), "CTCAE 4.03"),
    **dict.fromkeys((("CRS", version) for version in ("5", "5.0")), "CTCAE 5.0"),
}
_BY = ["patient", "syndrome"]


def compare_with_recorded(patients: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient and syndrome that is recorded as an event or derived: both worst grades, and a verdict.

    A recorded grade is held against ASTCT 2019, one by CTCAE 4.03 or 5.0 against that version. It agrees where it
    lies between the derived grade and what that may be at most.
    """
    scale = pl.concat_str(
        "syndrome", pl.col("ctcae_version").cast(pl.String).fill_null(""), separator="/"
    ).replace_strict(
        {f"{syndrome}/{version}": name for (syndrome, version), name in _BY_VERSION.items()}, default=DEFAULT_SCALE
    )
    recorded = events.sort("grade", "start_day", "source", nulls_last=True, descending=[True, False, False])
    worst = recorded.with_columns(scale=scale).group_by(_BY, maintain_order=True).agg(
        pl.col("scale").first(),
        recorded=pl.col("grade").first().cast(pl.Int8),
        version=pl.col("ctcae_version").first(),
        recorded_onset=pl.col("start_day").min(),
        event_sources=gathered(),
    )  # fmt: skip
    told = patients.join(worst, on=_BY, how="left", maintain_order="left", suffix="_of_event")
    used = pl.coalesce("scale_of_event", pl.lit(DEFAULT_SCALE))
    both = told.filter(pl.col("scale") == used).with_columns(verdict=_verdict())
    return both.filter(pl.col("verdict").is_not_null()).select(
        *_BY, "scale", "recorded", "version", "recorded_onset", "grade", "at_most", "clause", "onset", "verdict",
        merged("event_sources", "sources"),
    )  # fmt: skip


def _verdict() -> pl.Expr:
    event, derived = pl.col("event_sources").is_not_null(), pl.col("status") == GRADED
    within = pl.col("recorded").is_between(pl.col("grade").fill_null(0), "at_most")
    return (
        pl.when(~event)
        .then(pl.when(derived).then(pl.lit(DERIVED_ONLY)))
        .when(~pl.col("assessed") & (pl.col("recorded") == pl.col("grade")).fill_null(value=True))
        .then(pl.lit(RECORDED_ONLY))
        .when(pl.col("recorded").is_null())
        .then(pl.lit(NOT_GRADED))
        .when(within)
        .then(pl.lit(AGREES))
        .otherwise(pl.lit(DIFFERS))
    )
