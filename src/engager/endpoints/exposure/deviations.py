"""Where the record departs from the regimen, each with what was found and what was planned.

A deviation is a finding, not an error: drugs are given off label, and for reasons. What cannot be compared, because
days, weight or body surface are not recorded, is no deviation; the cycle says so.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.endpoints.exposure.cycles import COMPLETED, ENDED_EARLY, RecordedExposure
from engager.endpoints.exposure.dose_deviations import derive_dose_deviations
from engager.plan import AnalysisPlan
from engager.terms.regimens import Regimen

COLUMNS = ["patient", "cycle", "kind", "found", "expected", "sources"]
_EMPTY = pl.DataFrame(schema={**dict.fromkeys(COLUMNS, pl.String), "cycle": pl.Int32, "sources": pl.List(pl.String)})


def derive_deviations(recorded: RecordedExposure, plan: AnalysisPlan) -> pl.DataFrame:
    """Return one row a deviation: patient, cycle, `kind`, `found` and `expected` in words, sources.

    Without a regimen there is none.
    Rows stand in the order of the cycles, those of one cycle in the order of the kinds below.
    """
    if plan.regimen is None or recorded.steps is None:
        return _EMPTY
    cycles = recorded.cycles.with_row_index("order")
    order = cycles.select("patient", "cycle", "order")
    found = [frame.select(COLUMNS) for frame in _of_cycles(cycles, plan.regimen)]
    doses = derive_dose_deviations(recorded.stretches, recorded.steps, plan).select(COLUMNS)
    everything = pl.concat([_EMPTY, doses, *found]).join(
        order, on=["patient", "cycle"], how="left", maintain_order="left"
    )
    return everything.sort("order", maintain_order=True).select(COLUMNS)


def _of_cycles(cycles: pl.DataFrame, regimen: Regimen) -> Iterator[pl.DataFrame]:
    yield _doses_in_cycle(cycles)
    yield _shorter(cycles)
    yield _longer(cycles)
    if regimen.interruption is not None:
        yield _long_pause(cycles, regimen.interruption.same_cycle_up_to_days)
        yield _short_pause_new_cycle(cycles, regimen.interruption.same_cycle_up_to_days)
    yield from _days_off(cycles)
    if regimen.maximal_cycles is not None:
        yield _beyond(cycles, regimen.maximal_cycles)
    if regimen.consolidation is not None:
        yield _no_consolidation(cycles, regimen.consolidation.cycles)


def _deviation(rows: pl.DataFrame, where: pl.Expr, kind: str, found: pl.Expr, expected: pl.Expr) -> pl.DataFrame:
    chosen = rows.filter(where.fill_null(value=False)).rechunk()
    return chosen.with_columns(kind=pl.lit(kind), found=found, expected=expected)


def whole(name: str) -> pl.Expr:
    """Return a number of days or a dose as text, without a decimal that says nothing."""
    return pl.col(name).cast(pl.Float64).round_sig_figs(4).cast(pl.String).str.strip_suffix(".0")


def _doses_in_cycle(cycles: pl.DataFrame) -> pl.DataFrame:
    many = pl.col("different_doses") > pl.col("planned_steps")
    given = pl.col("doses").list.eval(pl.element().cast(pl.String).str.strip_suffix(".0")).list.join(", ")
    found = pl.format("{} doses in one cycle ({} {})", "different_doses", given, pl.col("unit").fill_null("no unit"))
    # After an interruption a lower dose is the rule of many regimens, and is judged by its own rule.
    return _deviation(cycles, many & (pl.col("restarts").fill_null(0) == 0), "doses in a cycle", found, _steps())


def _steps() -> pl.Expr:
    one = pl.col("planned_steps") == 1
    return pl.when(one).then(pl.lit("one dose in this cycle")).otherwise(pl.format("{} doses", "planned_steps"))


def _shorter(cycles: pl.DataFrame) -> pl.DataFrame:
    short = (pl.col("days") < pl.col("planned_days")) & (pl.col("status") == ENDED_EARLY)
    why = pl.when(pl.col("end_reason").is_not_null()).then(pl.format(" ({})", "end_reason")).otherwise(pl.lit(""))
    found = pl.format("{} days of infusion{}", whole("days"), why)
    days = _deviation(cycles, short, "cycle shorter", found, pl.format("{} days", whole("planned_days")))
    undated = pl.col("days").is_null() & (pl.col("status") == ENDED_EARLY) & pl.col("planned_days").is_not_null()
    told = pl.format("stopped ({}), its days not recorded", "end_reason")
    words = _deviation(cycles, undated, "cycle shorter", told, pl.format("{} days", whole("planned_days")))
    return pl.concat([days, words])


def _longer(cycles: pl.DataFrame) -> pl.DataFrame:
    found = pl.format("{} days of infusion", whole("days"))
    long = pl.col("days") > pl.col("planned_days")
    return _deviation(cycles, long, "cycle longer", found, pl.format("{} days", whole("planned_days")))


def _long_pause(cycles: pl.DataFrame, allowed: int) -> pl.DataFrame:
    found = pl.format("an interruption of {} days within the cycle", "longest_gap")
    expected = pl.lit(f"a new cycle after more than {allowed} days")
    return _deviation(cycles, pl.col("longest_gap") > allowed, "interruption too long", found, expected)


def _short_pause_new_cycle(cycles: pl.DataFrame, allowed: int) -> pl.DataFrame:
    """Return the cycles begun soon after one that had not reached its days."""
    same = (pl.col("patient") == pl.col("patient").shift(1)).fill_null(value=False)
    unfinished = same & (pl.col("days").shift(1) < pl.col("planned_days").shift(1))
    rows = cycles.with_columns(unfinished=unfinished)
    found = pl.format("begun {} days after a cycle that was not complete", "days_off")
    expected = pl.lit(f"the same cycle goes on after up to {allowed} days")
    return _deviation(rows, pl.col("unfinished") & (pl.col("days_off") <= allowed), "new cycle early", found, expected)


def _days_off(cycles: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the pauses after a complete cycle that are shorter or longer than planned."""
    same = (pl.col("patient") == pl.col("patient").shift(1)).fill_null(value=False)
    complete = same & (pl.col("status").shift(1) == COMPLETED)
    least, most = (pl.col(f"{name}_days_off").shift(1).alias(name) for name in ("least", "most"))
    rows = cycles.with_columns(least, most, complete=complete)
    found = pl.format("{} days without infusion before the cycle", "days_off")
    bounds = pl.format("{} to {} days", "least", "most")
    expected = pl.when(pl.col("least") == pl.col("most")).then(pl.format("{} days", "least")).otherwise(bounds)
    for kind, where in (("pause shorter", pl.col("days_off") < pl.col("least")),
                        ("pause longer", pl.col("days_off") > pl.col("most"))):  # fmt: skip
        yield _deviation(rows, pl.col("complete") & where, kind, found, expected)


def _beyond(cycles: pl.DataFrame, last: int) -> pl.DataFrame:
    found = pl.format("cycle {}", "cycle")
    return _deviation(cycles, pl.col("cycle") > last, "more cycles", found, pl.lit(f"at most {last}"))


def _no_consolidation(cycles: pl.DataFrame, asked: int) -> pl.DataFrame:
    """Return the first responding cycle of each patient with fewer cycles after it than the regimen asks for."""
    responding = pl.col("class") == "responding"
    first = pl.col("cycle").filter(responding).min().over("patient")
    after = (pl.col("cycle") > first).sum().over("patient")
    rows = cycles.with_columns(first=first, after=after)
    last = pl.col("end_reason").last().over("patient")
    rows = rows.with_columns(why=pl.when(last.is_not_null()).then(pl.format(" ({})", last)).otherwise(pl.lit("")))
    few = (pl.col("cycle") == pl.col("first")) & (pl.col("after") < asked)
    found = pl.format("responding, and {} cycles after it{}", "after", "why")
    expected = pl.lit(f"at least {asked} more cycle" + ("" if asked == 1 else "s"))
    return _deviation(rows, few, "no consolidation", found, expected)
