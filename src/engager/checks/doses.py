"""Edit checks of doses against the patient's own others and against the regimen of the plan.

What departs from a regimen is a finding of the report; here stands what no departure explains: a slip of a unit or a
day.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Severity
from engager.plan import AnalysisPlan
from engager.terms.regimens import Regimen
from engager.terms.units import units

_TENFOLD = 10
_LONGER_BY = 14  # days: an interruption that keeps a cycle the same one is of 7 to 14 days in the regimens known


def _in_micrograms() -> pl.Expr:
    factors = {code: unit.factor for code, unit in units().items()}
    return pl.col("dose") * pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)


def _kind() -> pl.Expr:
    kinds = {code: unit.quantity for code, unit in units().items()}
    return pl.col("unit").replace_strict(kinds, default=None, return_dtype=pl.String)


def _leaping(cohort: Cohort) -> pl.DataFrame:
    """Return the doses ten times, or a tenth of, the patient's middle dose of the same kind; of two, the second."""
    dosed = cohort["exposure"].filter(pl.col("dose") > 0).drop_nulls(["patient", "unit"])
    known = dosed.with_columns(rate=_in_micrograms(), kind=_kind()).drop_nulls(["rate", "kind"]).sort("row")
    same = ["patient", "kind"]
    middle = pl.col("rate").median().over(same)
    beside = known.with_columns(usual=pl.when(pl.len().over(same) > 2).then(middle)
                                .otherwise(pl.col("rate").first().over(same)))  # fmt: skip
    ratio = pl.col("rate") / pl.col("usual")
    return beside.filter((ratio >= _TENFOLD) | (ratio <= 1 / _TENFOLD))


def _both_kinds(cohort: Cohort) -> pl.DataFrame:
    """Return the first dose of each patient in a kind of unit other than that of the first."""
    known = cohort["exposure"].drop_nulls(["patient", "dose", "unit"]).with_columns(kind=_kind()).drop_nulls("kind")
    ordered = known.sort("row").with_columns(first=pl.col("unit").first().over("patient"),
                                             usual=pl.col("kind").first().over("patient"))  # fmt: skip
    other = ordered.filter(pl.col("kind") != pl.col("usual"))
    return other.unique("patient", keep="first", maintain_order=True).sort("row")


RULES = (
    Rule(
        "exposure.dose_leaping", Severity.WARNING, "exposure", "dose", _leaping,
        "dose {dose} {unit}, the patient's others are about {usual} (micrograms)", "a dose of the order of the others",
        "Is the unit or the decimal point wrong?",
    ),
    Rule(
        "exposure.two_kinds_of_dose", Severity.WARNING, "exposure", "unit", _both_kinds,
        "a dose in {unit} of a patient with others in {first}", "doses by body surface, or flat ones",
        "Is the unit right? The two are not compared",
    ),
)  # fmt: skip


def regimen_rules(plan: AnalysisPlan) -> tuple[Rule, ...]:
    """Return the rules against the regimen that the plan names, none where it names none."""
    return tuple(_against(plan.regimen)) if plan.regimen is not None else ()


def _against(regimen: Regimen) -> Iterator[Rule]:
    surface, flat = _bounds(regimen)
    told = " or ".join(f"{low:g} to {high:g} {unit}" for (low, high), unit in
                       ((surface, "ug/m2/d"), (flat, "ug/d")) if high)  # fmt: skip

    def beyond(cohort: Cohort) -> pl.DataFrame:
        known = cohort["exposure"].filter(pl.col("dose") > 0).with_columns(rate=_in_micrograms(), kind=_kind())
        by_surface = pl.col("kind") == "dose rate per body surface"
        low = pl.when(by_surface).then(surface[0] or None).otherwise(flat[0] or None)
        high = pl.when(by_surface).then(surface[1] or None).otherwise(flat[1] or None)
        return known.filter((pl.col("rate") >= _TENFOLD * high) | (pl.col("rate") <= low / _TENFOLD))

    yield Rule(
        "exposure.dose_of_another_order", Severity.ERROR, "exposure", "dose", beyond,
        f"dose {{dose}} {{unit}}, and the regimen {regimen.name} gives {told}", "a dose of the regimen's order",
        "Is the unit or the decimal point wrong?",
    )  # fmt: skip

    def longer(cohort: Cohort) -> pl.DataFrame:
        dated = cohort["exposure"].drop_nulls(["patient", "cycle", "start_day"])
        spans = dated.sort("row").group_by("patient", "cycle", maintain_order=True).agg(
            pl.col("row").last(), begun=pl.col("start_day").min(),
            until=pl.max_horizontal("start_day", "end_day").max(),
        )  # fmt: skip
        planned = pl.DataFrame(_planned(regimen, spans["cycle"].max()), schema={"cycle": pl.Int32, "planned": pl.Int32},
                               orient="row")  # fmt: skip
        beside = spans.join(planned, on="cycle", how="inner").with_columns(days=pl.col("until") - pl.col("begun") + 1)
        return beside.filter(pl.col("days") > pl.col("planned") + _LONGER_BY).sort("row")

    yield Rule(
        "exposure.cycle_longer_than_regimen", Severity.WARNING, "exposure", "end_day", longer,
        f"cycle {{cycle}} from day {{begun}} to day {{until}}, {{days}} days; the regimen {regimen.name} infuses for "
        "{planned}", f"at most {_LONGER_BY} days longer than planned", "Are two cycles entered as one, or a day wrong?",
    )  # fmt: skip


def _bounds(regimen: Regimen) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the lowest and highest dose by body surface and flat; (0, 0) for a kind that the regimen lacks."""
    steps = list(regimen.rows())
    surface = [float(dose) for step in steps if step["unit"] == "ug/m2/d" for dose in step["doses"]]
    flat = [float(dose) for step in steps if step["unit"] == "ug/d" for dose in step["doses"]]
    flat += [float(step[name]) for step in steps for name in ("cap", "flat") if step[name]]
    ladder = [float(dose) for dose in regimen.ladder]
    if regimen.escalation is not None:
        (surface if regimen.escalation.unit == "ug/m2/d" else flat).extend(ladder)
    return _ends(surface), _ends(flat)


def _ends(doses: list[float]) -> tuple[float, float]:
    return (min(doses), max(doses)) if doses else (0.0, 0.0)


def _planned(regimen: Regimen, last: object) -> list[tuple[int, int]]:
    numbers = range(1, (last if isinstance(last, int) else 0) + 1)
    blocks = [(number, regimen.cycles_of(number)) for number in numbers]
    return [(number, block.infusion_days) for number, block in blocks if block is not None]
