"""Edit checks between the values of one sample: a part of the cells that exceeds the whole."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule
from engager.checks.samples import side_by_side
from engager.cohort import Cohort
from engager.errors import Severity

# Counts of two analysers differ; what exceeds the whole by more than this is no matter of precision.
_ROOM = 1.25
_SUBSETS = ("cd3", "cd4", "cd8", "cd19", "nk", "treg")


def _part(test: str, whole: str, room: float = _ROOM, kind: str = "count") -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of the rows of a test whose value exceeds another of the same sample."""

    def find(cohort: Cohort) -> pl.DataFrame:
        beside = side_by_side(cohort, (test, whole), kind, () if kind == "count" else ("gate",))
        above = beside.filter(pl.col(f"{test}_least") > room * pl.col(whole))
        shown = above.select("patient", pl.col(f"{test}_row").alias("row"), part=f"{test}_least", whole=whole)
        return shown.sort("row")

    return find


def _sum(tests: tuple[str, ...], whole: str, room: float = _ROOM) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of samples whose parts are together more than the whole; the row is that of the whole."""

    def find(cohort: Cohort) -> pl.DataFrame:
        beside = side_by_side(cohort, (*tests, whole), "count")
        together = pl.sum_horizontal(pl.col(f"{test}_least") for test in tests)
        above = beside.with_columns(part=together).filter(pl.col("part") > room * pl.col(whole))
        return above.select("patient", pl.col(f"{whole}_row").alias("row"), "part", whole=whole).sort("row")

    return find


def _percentages(cohort: Cohort) -> pl.DataFrame:
    """Return the samples whose T and B cells are together more than all cells of their gate."""
    beside = side_by_side(cohort, ("cd3", "cd19"), "fraction", ("gate",))
    together = (pl.col("cd3_least") + pl.col("cd19_least")) * 100
    above = beside.with_columns(part=together, row="cd3_row").filter(pl.col("part") > 105)
    return above.select("patient", "row", "part").sort("row")


_OF_ONE = "Is one of them of another sample, or in another unit?"

RULES = (
    *(
        Rule(
            f"measurements.{test}_above_leukocytes", Severity.WARNING, "measurements", "value",
            _part(test, "leukocytes"),
            f"{test} {{part}} /uL in a sample with leukocytes {{whole}} /uL", "a part of the leukocytes", _OF_ONE,
        )
        for test in ("lymphocytes", "neutrophils", "eosinophils", "blood_blasts")
    ),
    *(
        Rule(
            f"measurements.{test}_above_lymphocytes", Severity.WARNING, "measurements", "value",
            _part(test, "lymphocytes"),
            f"{test} {{part}} /uL in a sample with lymphocytes {{whole}} /uL", "a part of the lymphocytes", _OF_ONE,
        )
        for test in _SUBSETS
    ),
    *(
        Rule(
            f"measurements.{test}_above_cd3", Severity.WARNING, "measurements", "value", _part(test, "cd3"),
            f"{test} {{part}} /uL in a sample with T cells (cd3) {{whole}} /uL", "a part of the T cells", _OF_ONE,
        )
        for test in ("cd4", "cd8")
    ),
    Rule(
        "measurements.treg_above_cd4", Severity.WARNING, "measurements", "value", _part("treg", "cd4"),
        "regulatory T cells {part} /uL in a sample with cd4 {whole} /uL", "a part of the helper T cells", _OF_ONE,
    ),
    Rule(
        "measurements.cd4_and_cd8", Severity.WARNING, "measurements", "value", _sum(("cd4", "cd8"), "cd3"),
        "cd3 {whole} /uL in a sample whose cd4 and cd8 are together {part} /uL", "T cells about as many as both",
        "Is a decimal point lost in one of the three?",
    ),
    Rule(
        "measurements.differential", Severity.WARNING, "measurements", "value",
        _sum(("neutrophils", "lymphocytes"), "leukocytes"),
        "leukocytes {whole} /uL in a sample whose neutrophils and lymphocytes are together {part} /uL",
        "leukocytes as many as both, or more", _OF_ONE,
    ),
    Rule(
        "measurements.subset_percentages", Severity.WARNING, "measurements", "value", _percentages,
        "T and B cells of one sample together {part} %", "100 % or less, of the same cells (`gate`)",
        "Are they percentages of different cells? Fill `gate`",
    ),
    *(
        Rule(
            f"measurements.{part}_above_{whole}", Severity.WARNING, "measurements", "value",
            _part(part, whole, 1.05, kind),
            f"{part} {{part}} in a sample with {whole} {{whole}}, both in {unit}", f"a part of {whole}", _OF_ONE,
        )
        for part, whole, kind, unit in (
            ("hdl", "cholesterol", "substance concentration", "umol/L"),
            ("ldl", "cholesterol", "substance concentration", "umol/L"),
            ("calcium_ionised", "calcium", "substance concentration", "umol/L"),
            ("diastolic_pressure", "systolic_pressure", "pressure", "mm[Hg]"),
        )
    ),
)  # fmt: skip
