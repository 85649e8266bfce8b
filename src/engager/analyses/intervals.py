"""Days from the last transplant, and off immunosuppression, to the first dose: responders against non-responders."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.bounded import summary_rows
from engager.analyses.comparison import untested
from engager.analyses.rows import RESPONDERS, SMALL, conventions, finite, sources_of, unique
from engager.endpoints import Datasets
from engager.endpoints.disease.response import NON_RESPONDER
from engager.endpoints.immune.intervals import HSCT, IMMUNOSUPPRESSION
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import mann_whitney

ANALYSIS = "intervals"
WORDS = {
    HSCT: "days from the last transplant to the first dose",
    IMMUNOSUPPRESSION: "days from the end of immunosuppression to the first dose",
}
GROUPS = ("responders", "non-responders")


def analyse_intervals(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield median and range of each interval by response, and the exact rank test between the two."""
    rows = datasets.immune.intervals.join(
        datasets.patient_response.select("patient", "response"), on="patient", how="left", maintain_order="left"
    )
    responding = pl.col("response").is_in(RESPONDERS)
    group = pl.when(responding).then(pl.lit(GROUPS[0])).when(pl.col("response") == NON_RESPONDER).then(
        pl.lit(GROUPS[1])
    )  # fmt: skip
    rows = rows.with_columns(group=group)
    for name in WORDS:
        chosen = rows.filter(pl.col("interval") == name)
        if chosen.height:
            yield from _interval(name, chosen, plan)


def _interval(name: str, chosen: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    known = chosen.filter(pl.col("days").is_not_null()).with_columns(low=pl.col("days").cast(pl.Float64), high="days")
    for group in GROUPS:
        yield from summary_rows(
            ANALYSIS, known.filter(pl.col("group") == group), conventions(plan), group=name, at=group,
            out_of=chosen.filter(pl.col("group") == group).height, unit="d", rule=WORDS[name],
        )  # fmt: skip
    yield _test(name, known.filter(pl.col("group").is_not_null()), plan)


def _test(name: str, rows: pl.DataFrame, plan: AnalysisPlan) -> AnalysisResult:
    values = {group: rows.filter(pl.col("group") == group)["low"].to_numpy() for group in GROUPS}
    sizes = [found.size for found in values.values()]
    why, p, method = untested(sizes, plan), None, "Mann-Whitney test, exact"
    if why is None:
        test = mann_whitney(*values.values()).test
        p, method = finite(test.p_value), test.method
        why = f"tested with fewer than {SMALL} patients in a group, as the plan asks" if min(sizes) < SMALL else None
    return AnalysisResult(
        analysis=ANALYSIS, name="rank_test", group=name, at=f"{GROUPS[0]} against {GROUPS[1]}", estimate=p, unit="{p}",
        n=rows.height, N=rows.height, method=f"{WORDS[name]}; {method}", warning=why,
        patients=unique(rows["patient"]), sources=sources_of(rows),
    )  # fmt: skip
