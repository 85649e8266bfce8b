"""Edit checks of the therapies table."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity
from engager.schema.therapies import was_given

_T = "therapies"
_TRANSPLANTS = ["hsct", "stem cell boost"]


def _during_infusion(cohort: Cohort) -> pl.DataFrame:
    """Return the transplants on a day after the first and before the last of a stretch of infusion."""
    transplants = cohort[_T].filter((pl.col("kind") == "hsct") & was_given() & pl.col("start_day").is_not_null())
    stretches = cohort["exposure"].select("patient", begun="start_day", until="end_day")
    beside = transplants.join(stretches, on="patient", how="inner")
    within = (pl.col("start_day") > pl.col("begun")) & (pl.col("start_day") < pl.col("until"))
    return beside.filter(within).sort("row", "begun").unique("row", keep="first", maintain_order=True)


def _order(wrong: pl.Expr) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of therapies whose phase the day contradicts, beside the patient's last infusion."""

    def find(cohort: Cohort) -> pl.DataFrame:
        last = pl.max_horizontal("start_day", "end_day").max()
        infused = cohort["exposure"].drop_nulls("patient").group_by("patient").agg(last_dose=last)
        return cohort[_T].join(infused, on="patient", how="left").filter(was_given() & wrong).sort("row")

    return find


RULES = (
    Rule(
        "therapies.hsct_during_infusion", Severity.WARNING, _T, "start_day", _during_infusion,
        "a transplant on day {start_day}, during an infusion from day {begun} to day {until}",
        "a transplant before or after an infusion", "Check both days; did the infusion end earlier?",
    ),
    Rule(
        "therapies.before_but_later", Severity.ERROR, _T, "phase",
        _order((pl.col("phase") == "before") & (pl.col("start_day") > 1)),
        "phase before, {kind} from day {start_day}", "a day before the first dose", "Correct the day or the phase",
    ),
    Rule(
        "therapies.after_but_earlier", Severity.ERROR, _T, "phase",
        _order((pl.col("phase") == "after") & (pl.col("start_day") < 1)),
        "phase after, {kind} from day {start_day}", "a day after the last cycle", "Correct the day or the phase",
    ),
    Rule(
        "therapies.after_but_infused", Severity.WARNING, _T, "phase",
        _order((pl.col("phase") == "after") & (pl.col("start_day") < pl.col("last_dose"))
               & (pl.col("start_day") >= 1)),
        "phase after, {kind} from day {start_day}, and an infusion to day {last_dose}",
        "the phase during or between, or a day after the last infusion", "Correct the day or the phase",
    ),
    Rule(
        "therapies.during_but_outside", Severity.ERROR, _T, "phase",
        _order(pl.col("phase").is_in(["during", "between"]) & ((pl.col("end_day") < 1)
               | (pl.col("start_day") > pl.col("last_dose")))),
        "phase {phase}, {kind} from day {start_day} to day {end_day}", "a day between the first and the last dose",
        "Correct the day or the phase",
    ),
    Rule(
        "therapies.donor_without_transplant", Severity.WARNING, _T, "donor",
        rows(_T, pl.col("donor").is_not_null() & ~pl.col("kind").is_in([*_TRANSPLANTS, "conditioning"])),
        "a donor ({donor}) of {kind}", "a donor of a transplant or a boost", "Correct the kind, or empty the donor",
    ),
    Rule(
        "therapies.not_given_but_dosed", Severity.WARNING, _T, "given",
        rows(_T, ~pl.col("given") & (pl.col("dose").is_not_null() | (pl.col("times") > 0))),
        "{kind} not given, with a dose {dose}, {times} times", "no dose of what was not given",
        "`given` = no says that the record states that there was none",
    ),
    Rule(
        "therapies.unit_missing", Severity.WARNING, _T, "unit",
        rows(_T, pl.col("dose").is_not_null() & pl.col("unit").is_null()),
        "{kind} {name}, dose {dose} without a unit", "a unit", "A unit is never assumed",
        absence=((_T, "unit"),),
    ),
)  # fmt: skip
