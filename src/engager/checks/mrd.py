"""Edit checks of MRD: a gate that may miss blasts after treatment, and limits no assay of the kind reaches."""

from __future__ import annotations

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity
from engager.plan import AnalysisPlan
from engager.terms.mrd_assays import NAMES_CD19, WITHOUT_CD19, binds_cd19, mrd_assays
from engager.terms.units import units

_AFTER = ("during cycle", "end of cycle", "best response", "after treatment")
_MRD = pl.col("test") == "mrd"


def gate_rules(plan: AnalysisPlan) -> tuple[Rule, ...]:
    """Return the rule on flow MRD after treatment whose gate needs CD19, or is not stated, if the drug binds it."""
    if not binds_cd19(plan.drug):
        return ()
    after = (pl.col("day") > 1) | pl.col("timepoint").is_in(_AFTER)
    gated = (pl.col("target").str.contains(NAMES_CD19) & ~pl.col("target").str.contains(WITHOUT_CD19)).fill_null(
        value=True
    )
    read = pl.col("result") != "not assessed"
    rule = Rule(
        "measurements.mrd_cd19_gate", Severity.WARNING, "measurements", "target",
        rows("measurements", _MRD & (pl.col("method") == "flow") & after & gated & read),
        "MRD by flow cytometry after treatment, target {target}",
        f"a target that names a gate without CD19, since {plan.drug} binds CD19",
        "Ask the laboratory how blasts were gated, and enter it in `target` (as `CD22 and CD24, CD19-independent`)",
        absence=(("measurements", "target"),),
    )  # fmt: skip
    return (rule,)


def _deeper_than_the_assay(cohort: Cohort) -> pl.DataFrame:
    """Return the MRD rows whose limit of detection is ten times deeper than any that the sources report."""
    factors = {code: unit.factor for code, unit in units().items() if unit.quantity == "fraction"}
    deepest = {method: assay.most_sensitive for method, assay in mrd_assays().items()}
    limit = pl.col("lod") * pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    usual = pl.col("method").cast(pl.String).replace_strict(deepest, default=None, return_dtype=pl.Float64)
    found = cohort["measurements"].filter(_MRD & pl.col("lod").is_not_null()).with_columns(limit=limit, usual=usual)
    return found.filter(pl.col("limit") < pl.col("usual") / 10 * (1 - 1e-9))


RULES = (
    Rule(
        "measurements.mrd_sensitivity", Severity.WARNING, "measurements", "lod", _deeper_than_the_assay,
        "limit of detection {limit} by {method}, {usual} at best as reported", "a limit that such an assay reaches",
        "Is it a fraction where percent is meant, or another method?",
    ),
    Rule(
        "measurements.mrd_limits", Severity.ERROR, "measurements", "loq",
        rows("measurements", _MRD & (pl.col("lod") > pl.col("loq"))),
        "limit of detection {lod} above limit of quantification {loq}", "a limit of detection at or below it",
        "Are the two swapped?",
    ),
)  # fmt: skip
