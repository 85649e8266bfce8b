"""MRD conversion: from a positive marrow before the first cycle to MRD below the plan's limit, and after which cycle.

A reading after treatment counts where it can be held against one before it: overt blasts, a reading of an assay that
is not named, or one of the same assay; other assays only where the plan compares assays.
"""

from __future__ import annotations

import polars as pl

from engager.endpoints.disease.burden import below, reaches
from engager.endpoints.sources import merged
from engager.plan import Response
from engager.terms.mrd_assays import NAMES_CD19, WITHOUT_CD19, binds_cd19

_AFTER = pl.col("role").is_in(["after", "best"])
_MRD = pl.col("test") == "mrd"
_METHOD = pl.col("method").cast(pl.String)


def derive_mrd_conversion(burden: pl.DataFrame, criteria: Response, drug: str) -> pl.DataFrame:
    """Return one row a patient with a positive burden before the first cycle: `converted`, yes, no or not assessed.

    Converted: an assessment after treatment with a comparable MRD reading below the plan's limit and no reading at it
    or above. `converted_cycle` is the first cycle after which that was so, null where the record names none;
    `undecided_before` that an earlier cycle has an MRD reading that does not decide. Not assessed: no reading after
    treatment decides; `refused` where one would, by another assay than before. `blinded` says that the conversion
    rests on flow cytometry with a gate on CD19, or on one that is not stated, while the drug binds CD19.
    """
    baseline = _baseline(burden, criteria)
    assessments = _assessments(burden, baseline, criteria, drug)
    outcome = assessments.group_by("patient", maintain_order=True).agg(
        pl.col("negative", "positive", "other_assay").any(),
        converted_cycle=pl.col("cycle").filter("negative").min(),
        first_undecided=pl.col("cycle").filter("undecided").min(),
        blinded=pl.col("blind").filter("negative").all(),
        after_sources=pl.col("source").explode().unique(maintain_order=True),
    )
    joined = baseline.join(outcome, on="patient", how="left", maintain_order="left")
    converted = (
        pl.when("negative").then(pl.lit("yes")).when("positive").then(pl.lit("no")).otherwise(pl.lit("not assessed"))
    )
    return joined.select(
        "patient",
        merged("baseline_sources", "after_sources"),
        converted=converted,
        converted_cycle=pl.col("converted_cycle"),
        undecided_before=(pl.col("first_undecided") < pl.col("converted_cycle")).fill_null(value=False),
        refused=(pl.col("other_assay") & (converted == "not assessed")).fill_null(value=False),
        blinded=(pl.col("blinded") & pl.col("negative")).fill_null(value=False),
    )


def derive_mrd_baseline(burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a patient with MRD or blasts read before the first cycle: `positive`, yes, no, or null (open).

    MRD decides where it was read; a marrow at the limit of M1 or above is positive whatever MRD says, and blasts alone
    are positive from the plan's MRD limit on. The few blasts that microscopy counts in a remission are no MRD.
    """
    limit = criteria.mrd_negative_below
    before = burden.filter((pl.col("role") == "before") & (pl.col("cycle") == 1))
    negative = (_MRD & below(limit)).any()
    positive = pl.when(_positive_before(criteria)).then(pl.lit("yes")).when(negative).then(pl.lit("no"))
    return before.group_by("patient", maintain_order=True).agg(
        sources=pl.col("source"),
        positive=positive,
        methods_before=_METHOD.filter(_MRD).drop_nulls().unique(),
        any_assay=(~_MRD | pl.col("method").is_null()).any() | pl.lit(value=criteria.mrd.compare_assays),
    )


def _positive_before(criteria: Response) -> pl.Expr:
    reading = reaches(criteria.mrd_negative_below)
    return (_MRD & reading).any() | _overt(criteria).any() | (reading.any() & ~_MRD.any())


def _overt(criteria: Response) -> pl.Expr:
    """Return whether a reading is of a marrow that is not M1."""
    return reaches(criteria.marrow_limit_percent / 100, above=criteria.marrow_limit_inclusive)


def blind_to_cd19_loss(drug: str) -> pl.Expr:
    """Return whether a reading is by flow cytometry that may miss blasts without CD19, while the drug binds CD19.

    So it is where the target names CD19, or names nothing: the gate is then not known. A target that says that the
    gate does without CD19 is not.
    """
    if not binds_cd19(drug):
        return pl.lit(value=False)
    stated = pl.col("target").fill_null("CD19")
    gated = stated.str.contains(NAMES_CD19) & ~stated.str.contains(WITHOUT_CD19)
    return ((pl.col("method") == "flow") & gated).fill_null(value=False)


def _baseline(burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return the patients positive before the first cycle, by which assays, and whether any assay may follow."""
    positive = derive_mrd_baseline(burden, criteria).filter(pl.col("positive") == "yes")
    return positive.rename({"sources": "baseline_sources"}).drop("positive")


def _assessments(burden: pl.DataFrame, baseline: pl.DataFrame, criteria: Response, drug: str) -> pl.DataFrame:
    """Return one row an assessment after treatment of a patient positive before: negative, positive or undecided."""
    limit = criteria.mrd_negative_below
    known = baseline.select("patient", "methods_before", "any_assay")
    after = burden.filter(_AFTER).join(known, on="patient", how="inner", maintain_order="left")
    comparable = pl.col("any_assay") | pl.col("method").is_null() | _METHOD.is_in(pl.col("methods_before"))
    under = _MRD & below(limit)
    marked = after.with_columns(
        counts=(under & comparable).fill_null(value=False),
        other=(under & ~comparable).fill_null(value=False),
        positive=((_MRD & reaches(limit)) | _overt(criteria)).fill_null(value=False),
        blocks=(_MRD & reaches(limit)).fill_null(value=False),
        blind=blind_to_cd19_loss(drug),
    )
    seen = marked.group_by("patient", "cycle", "day", maintain_order=True).agg(
        pl.col("counts", "positive", "blocks").any(),
        mrd_read=_MRD.any(),
        other_assay=pl.col("other").any(),
        blind=pl.col("blind").filter("counts").all(),
        source=pl.col("source"),
    )
    negative = pl.col("counts") & ~pl.col("blocks")
    return seen.with_columns(negative=negative, undecided=pl.col("mrd_read") & ~negative & ~pl.col("positive"))
