"""Response: cycles by class, responders, MRD conversion."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.rows import LISTED, RESPONDERS, conventions, proportion_row, sources_of, unique, warned
from engager.endpoints import Datasets
from engager.endpoints.disease.response import (
    KEPT,
    MAINTENANCE,
    NON_RESPONDER,
    NON_RESPONDING,
    PRIMARY,
    RESPONDING,
    SECONDARY,
)
from engager.plan import AnalysisPlan, Response
from engager.plan.response import Mrd
from engager.results import AnalysisResult
from engager.statistics import Conventions, quantile

CLASSES = (NON_RESPONDING, RESPONDING, MAINTENANCE)
NO_CLASS = "not classed"
RESPONSES = {
    "primary_responders": (PRIMARY, "the first cycle responding"),
    "secondary_responders": (SECONDARY, "a later cycle responding, the first not"),
    "non_responders": (NON_RESPONDER, "a non-responding cycle and no responding one"),
    "remission_kept": (KEPT, "maintenance cycles alone: no response to show"),
}
DEPENDENT = "cycles of one patient are not independent"


def analyse_cycle_response(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the count of cycles of each class, and each cycle's class with its reason."""
    rows = datasets.cycle_response
    for name in CLASSES:
        of_class = rows.filter(pl.col("class") == name)
        yield _class(of_class, name, rows.height, plan.response)
        yield _blasts_before(of_class, name, conventions(plan))
    compared = rows.filter(pl.col("class").is_in([RESPONDING, NON_RESPONDING]))
    yield AnalysisResult(
        analysis="cycle_response", name="compared", n=compared.height, N=rows.height, unit="{cycles}",
        method="responding and non-responding cycles, those of maintenance and those without a class left out",
        patients=unique(compared["patient"]), sources=sources_of(compared),
    )  # fmt: skip
    unclassed = rows.filter(pl.col("class").is_null())
    if unclassed.height:
        yield _class(unclassed, NO_CLASS, rows.height, plan.response)
    for row in rows.head(LISTED).iter_rows(named=True):
        yield _cycle(row)


def _class(of_class: pl.DataFrame, name: str, cycles: int, criteria: Response) -> AnalysisResult:
    limit = f"{'at or ' if criteria.marrow_limit_inclusive else ''}below {criteria.marrow_limit_percent:g} %"
    rule = {
        RESPONDING: f"marrow blasts {limit} and at least {criteria.log_reduction:g} log fewer",
        NON_RESPONDING: "no reduction, or an increase, of marrow blasts",
        MAINTENANCE: f"MRD below {criteria.mrd_negative_below:g} before and after",
        NO_CLASS: "neither the burden recorded nor the treating team gives a class",
    }[name]
    order = {
        "derived first": "derived from the burden recorded where it decides, else as the treating team states it",
        "investigator first": "as the treating team states it, else derived from the burden recorded",
    }[criteria.cycle_class]
    return AnalysisResult(
        analysis="cycle_response", name="class", at=name, n=of_class.height, N=cycles, unit="1",
        estimate=of_class.height / cycles if cycles else None, method=f"{rule}; {order}",
        warning=f"{DEPENDENT}: no interval is given",
        patients=unique(of_class["patient"]), sources=sources_of(of_class),
    )  # fmt: skip


def _blasts_before(of_class: pl.DataFrame, name: str, settings: Conventions) -> AnalysisResult:
    """Return the median burden before the cycles of a class, over those where it was measured and is no bound."""
    known = of_class.filter(pl.col("before_low") == pl.col("before_high"))
    values = known["before_low"].to_numpy()
    return AnalysisResult(
        analysis="cycle_response", name="blasts_before_median", at=name, n=known.height, N=of_class.height, unit="1",
        estimate=float(quantile(values, 0.5, type=settings.quantile_type)) if known.height else None,
        method=f"median over the cycles with a measured burden before; {settings.words('quantile')}",
        warning=DEPENDENT if known.height else "no burden before is recorded",
        patients=unique(known["patient"]), sources=sources_of(known),
    )  # fmt: skip


def _cycle(row: dict[str, object]) -> AnalysisResult:
    conflict = f"derived from the data: {row['derived']}; as the team states it: {row['stated']}"
    sources = row["sources"]
    assert isinstance(sources, list)  # noqa: S101 - the dataset's own list column
    return AnalysisResult(
        analysis="cycle_response", name="cycle", group=f"patient {row['patient']}", at=f"cycle {row['cycle']}",
        text=str(row["class"]) if row["class"] is not None else None, method=str(row["reason"]),
        warning=conflict if row["conflict"] else None, patients=(str(row["patient"]),), sources=tuple(sources),
    )  # fmt: skip


def analyse_response(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield responders, primary and secondary, non-responders, MRD conversion and M1 marrow."""
    settings = conventions(plan)
    response, everyone = datasets.patient_response, datasets.subjects.height
    responders = response.filter(pl.col("response").is_in(RESPONDERS))
    yield proportion_row("response", "responders", responders, everyone, settings, rule="a responding cycle")
    for key, (name, rule) in RESPONSES.items():
        rows = response.filter(pl.col("response") == name)
        if rows.height or name != KEPT:
            yield proportion_row("response", key, rows, everyone, settings, rule=rule)
    unknown = datasets.subjects.join(response, on="patient", how="anti", maintain_order="left")
    if unknown.height:
        yield proportion_row("response", "response_not_assessed", unknown, everyone, settings, rule="no cycle classed")
    yield from _conversion(datasets.mrd_conversion, responders, plan, settings)
    rule = "an M1 marrow after treatment, measured or stated"
    yield proportion_row("response", "m1_marrow", datasets.marrow_remission, everyone, settings, rule=rule)


def _conversion(
    conversion: pl.DataFrame, responders: pl.DataFrame, plan: AnalysisPlan, settings: Conventions
) -> Iterator[AnalysisResult]:
    """Yield MRD conversion, out of those with a positive burden before treatment: of all, and of the responders."""
    out_of = "of patients with a positive burden before treatment"
    rule = f"MRD below {plan.response.mrd_negative_below:g} after treatment, {out_of}; {_assays(plan.response.mrd)}"
    groups = {"all": conversion, "responders": conversion.join(responders, on="patient", how="semi")}
    for group, rows in groups.items():
        converted = rows.filter(pl.col("converted") == "yes")
        row = proportion_row("response", "mrd_conversion", converted, rows.height, settings, group=group, rule=rule)
        yield warned(row, *_doubts(rows))
    unknown = conversion.filter(pl.col("converted") == "not assessed")
    rule = f"no reading after treatment decides, {out_of}"
    yield proportion_row("response", "mrd_not_assessed", unknown, conversion.height, settings, rule=rule)


def _assays(mrd: Mrd) -> str:
    """Return how assays were compared, and which sensitivities the plan states."""
    compared = "assays compared as one" if mrd.compare_assays else "MRD of one assay not held against another's"
    stated = ", ".join(f"{method} {limit:g}" for method, limit in sorted(mrd.sensitivity.items()))
    return f"{compared}; sensitivity as the plan states it: {stated}" if stated else compared


def _doubts(rows: pl.DataFrame) -> Iterator[str]:
    """Yield what a reader should know of the readings behind a conversion."""
    refused, blinded = rows.filter("refused").height, rows.filter("blinded").height
    if refused:
        yield f"{refused} not assessed, since MRD before and after is of two assays"
    if blinded:
        yield (
            f"{blinded} by flow cytometry alone with a gate on CD19 or one that is not stated: the drug binds CD19, "
            "and blasts without it would be missed"
        )
