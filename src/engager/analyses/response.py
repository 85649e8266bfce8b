"""Exposure and response: cycles, their class, responders, MRD conversion."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.rows import LISTED, RESPONDERS, conventions, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, quantile

CLASSES = ("non-responding", "responding", "maintenance")
CLASS_RULES = {
    "responding": "marrow blasts below {limit:g} % and at least {logs:g} log fewer blasts",
    "non-responding": "no reduction, or an increase, of marrow blasts",
    "maintenance": "the MRD status reached before is kept",
}


def analyse_exposure(datasets: Datasets, _: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the number of cycles."""
    cycles = datasets.cycles
    yield AnalysisResult(
        analysis="exposure", name="cycles", n=cycles.height, N=cycles.height, unit="{cycles}",
        method="cycles with at least one infusion recorded", patients=unique(cycles["patient"]),
        sources=sources_of(cycles),
    )  # fmt: skip


def analyse_cycle_response(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the count of cycles of each class, and each cycle's class with its reason."""
    rows = datasets.cycle_response
    for name in CLASSES:
        of_class = rows.filter(pl.col("class") == name)
        rule = CLASS_RULES[name].format(limit=plan.response.marrow_limit_percent, logs=plan.response.log_reduction)
        yield AnalysisResult(
            analysis="cycle_response", name="class", at=name, n=of_class.height, N=rows.height, unit="{cycles}",
            estimate=of_class.height / rows.height if rows.height else None,
            method=f"{rule}; {plan.response.cycle_class}",
            warning="cycles of one patient are not independent: no interval is given",
            patients=unique(of_class["patient"]), sources=sources_of(of_class),
        )  # fmt: skip
        yield _blasts_before(of_class, name, conventions(plan))
    for row in rows.head(LISTED).iter_rows(named=True):
        yield _cycle(row)


def _blasts_before(of_class: pl.DataFrame, name: str, settings: Conventions) -> AnalysisResult:
    """Return the median burden before the cycles of a class, over those where it was measured and is no bound."""
    known = of_class.filter(pl.col("before_low") == pl.col("before_high"))
    values = known["before_low"].to_numpy()
    return AnalysisResult(
        analysis="cycle_response", name="blasts_before_median", at=name, n=known.height, N=of_class.height, unit="1",
        estimate=float(quantile(values, 0.5, type=settings.quantile_type)) if known.height else None,
        method=f"cycles with a measured burden before; {settings.words('quantile')}",
        warning="cycles of one patient are not independent" if known.height else "no burden before is recorded",
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
    """Yield responders, primary and secondary, non-responders, and MRD conversion among all and among responders."""
    settings = conventions(plan)
    response, everyone = datasets.patient_response, datasets.subjects.height
    responders = response.filter(pl.col("response").is_in(RESPONDERS))
    yield proportion_row("response", "responders", responders, everyone, settings, rule="a responding cycle")
    for name, rule in (
        ("primary responder", "the first cycle responding"),
        ("secondary responder", "a later cycle responding, the first not"),
        ("non-responder", "no cycle responding"),
    ):
        rows = response.filter(pl.col("response") == name)
        key = name.replace("-", "_").replace(" ", "_") + "s"
        yield proportion_row("response", key, rows, everyone, settings, rule=rule)
    converted = datasets.mrd_conversion.filter(pl.col("converted") == "yes")
    rule = f"MRD below {plan.response.mrd_negative_below:g} after treatment, positive before"
    yield proportion_row("response", "mrd_conversion", converted, everyone, settings, rule=rule)
    among = converted.filter(pl.col("patient").is_in(responders["patient"].implode()))
    yield proportion_row(
        "response", "mrd_conversion", among, responders.height, settings, group="responders", rule=rule
    )  # fmt: skip
    unknown = datasets.mrd_conversion.filter(pl.col("converted") == "not assessed")
    yield proportion_row("response", "mrd_not_assessed", unknown, everyone, settings, rule="no MRD reading decides")
    stated = datasets.marrow_remission
    yield proportion_row("response", "m1_marrow", stated, everyone, settings, rule="an M1 marrow after treatment")
