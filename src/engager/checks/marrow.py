"""Edit checks of marrow and MRD: two tests of one sample that cannot both be, and what cannot be measured so."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from engager.checks.rule import Rule, rows
from engager.checks.samples import WHEN, in_reference_unit, placed
from engager.cohort import Cohort
from engager.errors import Severity
from engager.plan import AnalysisPlan
from engager.terms.measurands import panel

_TEST = pl.col("test")
# Which specimen and which method a test cannot be of; what is not named is not judged.
_SPECIMENS: Mapping[str, tuple[str, ...]] = {
    "marrow_blasts": ("blood", "serum", "plasma", "csf", "body"),
    "marrow_status": ("blood", "serum", "plasma", "csf", "body"),
    "blood_blasts": ("bone marrow", "serum", "plasma", "csf", "body"),
    "mrd": ("serum", "plasma", "body"),
    **dict.fromkeys(("leukocytes", "haemoglobin", "platelets"), ("serum", "plasma", "bone marrow", "csf", "body")),
}
_METHODS: Mapping[str, tuple[str, ...]] = {
    "mrd": ("microscopy", "immunoassay", "analyser", "single platform"),
    "marrow_blasts": ("pcr", "rt-pcr", "ngs", "immunoassay"),
    # By flow a cytokine may be measured: bead arrays are read in a cytometer.
    **dict.fromkeys(panel("cytokine"), ("microscopy", "pcr", "rt-pcr", "ngs")),
    **dict.fromkeys(("cd3", "cd4", "cd8", "cd19", "nk", "treg"), ("microscopy", "pcr", "rt-pcr", "immunoassay")),
}


def _never(column: str, impossible: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    return pl.any_horizontal(_TEST.eq(test) & pl.col(column).is_in(codes) for test, codes in impossible.items())


def _mrd_above_blasts(cohort: Cohort) -> pl.DataFrame:
    """Return MRD more than three times the marrow blasts of its sample, and more than 5 points above."""
    of_marrow = ~pl.col("specimen").is_in(["blood", "csf"]).fill_null(value=False)
    values = placed(cohort["measurements"].filter(_TEST.is_in(["mrd", "marrow_blasts"]) & of_marrow))
    exact = values.with_columns(base=in_reference_unit()).drop_nulls("base")
    blasts = exact.filter(_TEST == "marrow_blasts").group_by(*WHEN).agg(blasts=pl.col("base").max())
    both = exact.filter(_TEST == "mrd").join(blasts, on=WHEN, how="inner", nulls_equal=True)
    above = both.filter((pl.col("base") > 3 * pl.col("blasts")) & (pl.col("base") > pl.col("blasts") + 0.05))
    return above.with_columns(mrd=pl.col("base") * 100, blasts=pl.col("blasts") * 100).sort("row")


def _two_values(cohort: Cohort) -> pl.DataFrame:
    """Return the last of the marrow and MRD rows of one day, assay and target that have different answers."""
    same = ["patient", "day", "test", "specimen", "method", "target", "gate"]
    read = cohort["measurements"].filter(_TEST.is_in(["mrd", "marrow_blasts", "marrow_status"]))
    rows = read.drop_nulls(["patient", "day", "value_text"]).sort("row")
    answers = rows.group_by(same).agg(one=pl.col("value_text").min(), other=pl.col("value_text").max())
    differing = rows.join(answers.filter(pl.col("one") != pl.col("other")), on=same, how="inner", nulls_equal=True)
    return differing.sort("row").unique(same, keep="last", maintain_order=True)


def status_rules(plan: AnalysisPlan) -> tuple[Rule, ...]:
    """Return the rule on a marrow status that the blasts of the same sample contradict, by the plan's limits."""
    criteria = plan.response
    limit, m3, inclusive = criteria.marrow_limit_percent, criteria.m3_from_percent, criteria.marrow_limit_inclusive

    def find(cohort: Cohort) -> pl.DataFrame:
        values = placed(cohort["measurements"].filter(_TEST.is_in(["marrow_status", "marrow_blasts"])))
        percent = (pl.col("base") * 100).round(9)
        exact = values.with_columns(base=in_reference_unit()).drop_nulls("base")
        blasts = exact.group_by(*WHEN).agg(low=percent.min(), high=percent.max())
        stated = values.filter((_TEST == "marrow_status") & pl.col("category").is_not_null())
        both = stated.join(blasts, on=WHEN, how="inner", nulls_equal=True)
        status, low, high = pl.col("category"), pl.col("low"), pl.col("high")
        over = low > limit if inclusive else low >= limit
        neither = (status == "M2") & ((high < limit) | (low >= m3))
        wrong = ((status == "M1") & over) | neither | ((status == "M3") & (high < m3))
        return both.filter(wrong).sort("row")

    sign = "<=" if inclusive else "<"
    rule = Rule(
        "measurements.status_against_blasts", Severity.WARNING, "measurements", "value", find,
        "marrow status {category} in a sample with {low} % blasts",
        f"M1 {sign} {limit:g} %, M2 below {m3:g} %, M3 from there on",
        "Correct one of the two; the status decides only where no blasts are given",
    )  # fmt: skip
    return (rule,)


RULES = (
    Rule(
        "measurements.specimen_of_test", Severity.WARNING, "measurements", "specimen",
        rows("measurements", _never("specimen", _SPECIMENS)),
        "{test} of the specimen {specimen}", "a specimen in which it is measured", "Correct the test or the specimen",
    ),
    Rule(
        "measurements.method_of_test", Severity.WARNING, "measurements", "method",
        rows("measurements", _never("method", _METHODS)),
        "{test} by {method}", "a method by which it is measured", "Correct the test or the method",
    ),
    Rule(
        "measurements.mrd_above_blasts", Severity.WARNING, "measurements", "value", _mrd_above_blasts,
        "MRD {mrd} % in a sample with {blasts} % marrow blasts", "MRD of the order of the blasts, or below",
        "Is the unit of one of the two wrong (a fraction where percent is meant), or the sample another?",
    ),
    Rule(
        "measurements.two_values", Severity.WARNING, "measurements", "value", _two_values,
        "{test} on day {day} with two answers of one assay: {one} and {other}", "one answer of an assay and a day",
        "Is one of another day, specimen or target? Both are kept, and the worse one counts",
    ),
)  # fmt: skip
