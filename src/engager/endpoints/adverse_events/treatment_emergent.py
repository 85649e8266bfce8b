"""Which adverse events are treatment-emergent, and why.

The window runs from the first dose to the plan's days after the last. What the record does not place is told as not
known; what a cycle places counts as within the window. A pre-existing event counts from where it became worse.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.elapsed import elapsed
from engager.plan import Safety

YES, NO, NOT_KNOWN = "yes", "no", "not known"
_EVENT = ["patient", "term"]


def derive_windows(cohort: Cohort, rules: Safety) -> pl.DataFrame:
    """Return one row a patient: the last day of the window, at least and exactly; the day of death; the last day seen.

    `window_end` is null where the end of the last infusion is not recorded; the window then reaches at least to
    `window_least`, counted from the last day of infusion known.
    """
    last_cycle = (pl.col("cycle") == pl.col("cycle").max().over("patient")).fill_null(value=True)
    doses = cohort["exposure"].group_by("patient").agg(
        known=pl.max_horizontal(pl.col("end_day").max(), pl.col("start_day").max()),
    )  # fmt: skip
    closed = cohort["exposure"].filter(last_cycle).group_by("patient").agg(
        closed=pl.col("end_day").is_not_null().all()
    )  # fmt: skip
    died = pl.col("day").filter(pl.col("event") == "death")
    seen = cohort["follow_up"].group_by("patient").agg(death_day=died.min(), seen_day=pl.col("day").max())
    frame = cohort["patients"].select("patient")
    for part in (doses, closed, seen):
        frame = frame.join(part, on="patient", how="left", maintain_order="left")
    least = pl.max_horizontal(pl.col("known").fill_null(1), pl.lit(1)) + rules.window_days
    return frame.with_columns(window_least=least).select(
        "patient", "window_least", "death_day", "seen_day",
        window_end=pl.when(pl.col("closed").fill_null(value=False)).then("window_least"),
    )  # fmt: skip


def mark_emergent(events: pl.DataFrame, windows: pl.DataFrame, rules: Safety) -> pl.DataFrame:
    """Return coded and graded events with `emergent` (yes, no, not known), `reason` in words, and `fatal`."""
    fatal = (pl.col("grade_low") == 5).fill_null(value=False) | (pl.col("outcome") == "fatal").fill_null(value=False)
    rows = events.join(windows, on="patient", how="left", maintain_order="left").with_columns(
        fatal=fatal, placed=_placed(), flagged=pl.col("pre_existing").fill_null(value=False)
    )
    begun_before = ~pl.col("placed") & (pl.col("flagged") | _before())
    rows = rows.with_columns(base=begun_before.fill_null(value=False))
    rows = rows.join(_bases(rows), on=_EVENT, how="left", maintain_order="left")
    rows = rows.with_columns(verdict=_verdict(rules))
    told = pl.col("verdict").str.splitn(": ", 2).struct
    return rows.with_columns(emergent=told.field("field_0"), reason=told.field("field_1")).drop(
        "verdict", "placed", "flagged", "base", "base_low", "base_high", "base_end", "has_base"
    )


def _before() -> pl.Expr:
    """Return whether an event began before the first dose, by its day or by the record's words."""
    first_start = (pl.col("timepoint") == "start of cycle") & (pl.col("cycle") == 1)
    return pl.coalesce(pl.col("start_day") < 1, (pl.col("timepoint") == "baseline") | first_start)


def _placed() -> pl.Expr:
    """Return whether an event began on treatment or later, by its day or, without one, by its cycle."""
    words = pl.col("timepoint").fill_null("during cycle")
    in_cycle = (pl.col("cycle").is_not_null() & words.is_in(["during cycle", "end of cycle"])) | (
        (words == "start of cycle") & (pl.col("cycle") > 1)
    )
    stated = in_cycle | (pl.col("timepoint") == "during cycle").fill_null(value=False)
    return pl.coalesce(pl.col("start_day") >= 1, stated).fill_null(value=False)


def _bases(rows: pl.DataFrame) -> pl.DataFrame:
    """Return, for each patient and term, what was there before the first dose: its grade, and the day it had ended."""
    ended = pl.when(pl.col("end_day").is_not_null().all()).then(pl.col("end_day").max())
    return rows.filter("base").group_by(_EVENT).agg(
        base_low=pl.col("grade_low").max(), base_high=pl.col("grade_high").max(), base_end=ended, has_base=True
    )  # fmt: skip


def _verdict(rules: Safety) -> pl.Expr:
    """Return the verdict and the reason, joined by a colon."""
    day = pl.col("start_day")
    gap = elapsed(day) - elapsed(pl.col("base_end"))
    goes_on = pl.col("has_base").fill_null(value=False) & (gap <= rules.bridging_days).fill_null(value=True)
    continued = pl.col("flagged") | goes_on
    from_before = pl.col("base") | continued
    worse = pl.col("grade_low") > pl.col("base_high")
    not_worse = pl.col("grade_high") <= pl.col("base_low")
    return (
        pl.when(from_before & pl.col("fatal"))
        .then(_on_day(pl.col("death_day"), "pre-existing, became fatal", otherwise=NOT_KNOWN))
        .when("base")
        .then(pl.lit(f"{NO}: before the first dose, no worsening recorded"))
        .when(continued & worse)
        .then(_on_day(day, "pre-existing, grade higher than before the first dose", otherwise=YES))
        .when(continued & (not_worse | pl.col("has_base").is_null()))
        .then(pl.lit(f"{NO}: pre-existing, no worsening recorded"))
        .when(continued)
        .then(pl.lit(f"{NOT_KNOWN}: pre-existing, the grades recorded do not tell whether it became worse"))
        .when(day.is_not_null())
        .then(_on_day(day, "began on treatment", otherwise=NOT_KNOWN))
        .when("placed")
        .then(
            pl.format(
                f"{YES}: on treatment{{}}, on a day that is not recorded",
                pl.format(", in cycle {}", "cycle").fill_null(""),
            )
        )
        .when(pl.col("timepoint") == "after treatment")
        .then(pl.lit(f"{NOT_KNOWN}: began after treatment, on a day that is not recorded"))
        .otherwise(pl.lit(f"{NOT_KNOWN}: neither a day nor a cycle is recorded"))
    )


def _on_day(day: pl.Expr, what: str, *, otherwise: str) -> pl.Expr:
    """Return the verdict on something that happened on a day, or `otherwise` where the day is not known."""
    return (
        pl.when(day <= pl.col("window_least"))
        .then(pl.format(f"{YES}: {what} (day {{}})", day))
        .when(day > pl.col("window_end"))
        .then(pl.format(f"{NO}: {what} (day {{}}) after day {{}}, the end of the window", day, "window_end"))
        .when(day.is_not_null())
        .then(pl.format(f"{NOT_KNOWN}: {what} (day {{}}), the end of the last infusion not recorded", day))
        .otherwise(pl.lit(f"{otherwise}: {what}"))
    )
