"""The planned dose: what the regimen gives a patient of this weight and body surface, in this cycle, on this day.

Where the regimen leaves a choice (5 or 15), or lets a cycle go one rung up a ladder after a cycle that did not
respond, the planned dose is the highest permitted one that does not exceed the recorded one, else the lowest
permitted: a team that chose 5 is not behind a plan of 15.
"""

from __future__ import annotations

import polars as pl

from engager.plan import Exposure
from engager.terms.regimens import PlannedDose, Regimen

FLAT, BY_SURFACE = "ug/d", "ug/m2/d"
_OF_CYCLE = [
    "patient", "cycle", "class", "weight", "body_surface", "first_m2", "first_ug", "last_m2", "last_ug",
]  # fmt: skip
_ENDLESS = 2**31 - 1  # the last cycle of a regimen that names none
_TOLERANCE = 1e-9  # of a ratio of doses, so that 14.25 lies within 5 % of 15


def within(recorded: pl.Expr, planned: pl.Expr, settings: Exposure) -> pl.Expr:
    """Return whether a recorded dose lies within the plan's tolerance of the planned one."""
    allowed = settings.dose_tolerance_percent / 100 + _TOLERANCE
    return (recorded - planned).abs() <= allowed * planned


def derive_planned_steps(cycles: pl.DataFrame, regimen: Regimen, settings: Exposure) -> pl.DataFrame:
    """Return one row a cycle and step of the regimen: its days, the permitted doses, the planned rates.

    `cycles` has a row a cycle in order, with `first_m2`, `first_ug` (the rates it began with), `last_m2`, `last_ug`,
    `class`, `weight` and `body_surface`. Cycles beyond the regimen's last have no row. `planned_m2` and `planned_ug`
    are null where they need a weight or a body surface that is not known.
    """
    steps = regimen_steps(regimen)
    needed = cycles.select(_OF_CYCLE).with_columns(
        *_before(), _basis(regimen), block=block_of(pl.col("cycle"), regimen)
    )
    planned = needed.filter(pl.col("block").is_not_null())
    rows = planned.join(steps, on="block", how="inner", maintain_order="left_right")
    rows = rows.with_columns(_permitted(regimen, settings))
    recorded = pl.when(pl.col("unit") == BY_SURFACE).then("first_m2").otherwise("first_ug")
    return rows.with_columns(nominal=chosen(recorded, regimen, settings)).with_columns(planned_rates())


def chosen(recorded: pl.Expr, regimen: Regimen, settings: Exposure) -> pl.Expr:
    """Return the permitted dose that counts as the planned one beside a recorded dose, of the list `permitted`."""
    permitted = pl.col("permitted")
    reach = recorded / (1 - settings.dose_tolerance_percent / 100) * (1 + _TOLERANCE)
    # The lists are short and ascend: the count of the doses within reach is the place.
    most = max(2 if regimen.escalation else 1, *(len(step.dose) for block in regimen.cycles for step in block.steps))
    place = (permitted.list.len() - 1).cast(pl.Int64)
    reached = (permitted.list.get(i, null_on_oob=True) <= reach for i in range(most))
    found = pl.sum_horizontal(dose.fill_null(value=False).cast(pl.Int64) for dose in reached)
    at = pl.min_horizontal(pl.max_horizontal(found - 1, pl.lit(0)), place)
    only = permitted.list.len() == 1
    return pl.when(only | recorded.is_not_null()).then(permitted.list.get(at, null_on_oob=True))


def planned_rates(prefix: str = "planned") -> list[pl.Expr]:
    """Return the rates of the dose `nominal` of a patient by body surface and flat, with cap and flat dose applied."""
    area, nominal = pl.col("body_surface"), pl.col("nominal")
    capped = pl.min_horizontal(nominal * area, pl.col("cap").fill_null(float("inf")))
    by_surface = (pl.col("basis") == BY_SURFACE) & area.is_not_null() & nominal.is_not_null()
    flat = pl.col("basis") == FLAT
    flat_rate = pl.coalesce("flat", "nominal")
    return [
        pl.when(flat).then(flat_rate).when(by_surface).then(capped).alias(f"{prefix}_ug"),
        pl.when(flat)
        .then(flat_rate / area)
        .when(by_surface & pl.col("cap").is_not_null())
        .then(capped / area)
        .when(pl.col("basis") == BY_SURFACE)
        .then(nominal)
        .alias(f"{prefix}_m2"),
    ]


def dose_columns(dose: PlannedDose) -> list[pl.Expr]:
    """Return a planned dose as the columns that its rates are computed from."""
    return [
        pl.lit(list(dose.dose), dtype=pl.List(pl.Float64)).alias("permitted"),
        pl.lit(dose.unit).alias("unit"),
        pl.lit(dose.cap, dtype=pl.Float64).alias("cap"),
        pl.lit(dose.flat, dtype=pl.Float64).alias("flat"),
    ]


def regimen_steps(regimen: Regimen) -> pl.DataFrame:
    """Return the regimen as a frame, one row a step; `block` numbers the cycles that are alike."""
    numbers = ("first_cycle", "last_cycle", "least_days_off", "most_days_off")
    kinds = {name: pl.Float64() if name in ("cap", "flat") else pl.Int32() for name in (*numbers, "cap", "flat")}
    frame = pl.DataFrame(list(regimen.rows()), schema_overrides=kinds)
    return frame.with_columns(block=block_of(pl.col("first_cycle"), regimen))


def block_of(cycle: pl.Expr, regimen: Regimen) -> pl.Expr:
    """Return the block of the regimen that a cycle falls in, null beyond the last cycle."""
    blocks = enumerate(regimen.cycles, 1)
    inside = [pl.when(cycle.is_between(block.first, block.last or _ENDLESS)).then(pl.lit(i)) for i, block in blocks]
    return pl.coalesce(*inside).cast(pl.UInt32)


def _before() -> list[pl.Expr]:
    """Return what the patient's cycle before says: its class, and the rate it ended with."""
    same = (pl.col("patient") == pl.col("patient").shift(1)).fill_null(value=False)
    shifted = ((name, pl.col(name).shift(1)) for name in ("class", "last_m2", "last_ug"))
    return [pl.when(same).then(value).alias(f"before_{name}") for name, value in shifted]


def _basis(regimen: Regimen) -> pl.Expr:
    """Return the unit in which the patient is dosed: by the weight, where the regimen has a limit of it."""
    if regimen.flat_from_kg is None:
        return pl.lit(None, dtype=pl.String).alias("by_weight")
    heavy = pl.col("weight") >= regimen.flat_from_kg
    return pl.when(heavy).then(pl.lit(FLAT)).when(~heavy).then(pl.lit(BY_SURFACE)).alias("by_weight")


def _permitted(regimen: Regimen, settings: Exposure) -> list[pl.Expr]:
    """Return the doses permitted in a step, and the unit in which this patient gets it.

    A ladder counts in cycles of one step after the first: the rung of the dose before, and the next one where that
    cycle did not respond. After a dose that is no rung the step's own doses stand.
    """
    own = pl.col("doses")
    weighed = pl.col("by_weight") if regimen.flat_from_kg is not None else pl.lit(BY_SURFACE)
    needs_weight = pl.col("flat").is_not_null()
    by_surface = pl.when(needs_weight).then(weighed).otherwise(pl.lit(BY_SURFACE))
    basis = pl.when(pl.col("unit") == FLAT).then(pl.lit(FLAT)).otherwise(by_surface).alias("basis")
    if regimen.escalation is None:
        return [own.alias("permitted"), basis]
    ladder, failed = regimen.ladder, pl.col("before_class") == regimen.escalation.after
    before = pl.col("before_last_m2" if regimen.escalation.unit == BY_SURFACE else "before_last_ug")
    permitted = own
    for rung, dose in enumerate(ladder):
        stays = pl.lit([dose], dtype=pl.List(pl.Float64))
        rises = pl.lit(list(ladder[rung : rung + 2]), dtype=pl.List(pl.Float64))
        here = within(before, pl.lit(dose), settings) & (pl.col("steps") == 1)
        permitted = pl.when(here & failed).then(rises).when(here).then(stays).otherwise(permitted)
    return [permitted.alias("permitted"), basis]
