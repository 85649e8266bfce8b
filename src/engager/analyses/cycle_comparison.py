"""Responding against non-responding cycles: T cells, blasts and their ratio, and the ratio's threshold.

Cycles of one patient are not independent. The exact rank test takes them as if they were and says so; beside it stands
the test of Datta and Satten, in which a patient counts once however many cycles it had.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from engager.analyses.bounded import ends, summary_rows
from engager.analyses.comparison import untested
from engager.analyses.cycle_measures import BLASTS, RATIO, T_CELLS, analyse_cycle_measures, cycle_measures, measures
from engager.analyses.response import CLASSES, DEPENDENT
from engager.analyses.rows import SMALL, conventions, finite, sources_of, unique
from engager.endpoints import Datasets
from engager.endpoints.disease.response import MAINTENANCE, NON_RESPONDING, RESPONDING
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import (
    clustered_rank_sum,
    clustered_threshold,
    mann_whitney,
    order_scores,
    separating_interval,
)

ANALYSIS, THRESHOLD = "cycle_comparison", "ratio_threshold"
RESAMPLED = 5000  # cycles beyond which the threshold gets no interval by resampling
# What a paper compares is told also where a study has no value of it.
_ALWAYS = (T_CELLS, f"{BLASTS}, share", f"{BLASTS}, blood leukocytes")
_BOTH = pl.col("class").is_in([RESPONDING, NON_RESPONDING])


def analyse_cycle_comparison(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield medians by class, the tests between responding and non-responding cycles, and the ratio's threshold."""
    if datasets.cycle_response["class"].null_count() == datasets.cycle_response.height:
        return
    values = cycle_measures(datasets).with_columns(pl.col("measure").cast(pl.String))
    cycles = datasets.cycle_response.filter(_BOTH).height
    for measure, (unit, words) in measures().items():
        rows = values.filter(pl.col("measure") == measure)
        if rows.is_empty() and measure not in _ALWAYS:
            continue
        yield from _summaries(measure, rows, datasets, plan, (unit, words))
        yield from _tests(measure, rows.filter(_BOTH), plan, unit, cycles)
        if measure.startswith(RATIO):
            yield from _threshold(measure, rows.filter(_BOTH), plan, cycles)
            yield from _rule(measure, rows, plan)
    yield from analyse_cycle_measures(datasets)


def _summaries(
    measure: str, rows: pl.DataFrame, datasets: Datasets, plan: AnalysisPlan, meaning: tuple[str, str]
) -> Iterator[AnalysisResult]:
    classes = datasets.cycle_response["class"].cast(pl.String)
    for name in CLASSES:
        yield from summary_rows(
            ANALYSIS, rows.filter(pl.col("class") == name), conventions(plan), group=measure, at=name,
            out_of=int((classes == name).sum()), unit=meaning[0], rule=f"over cycles; {meaning[1]}", warning=DEPENDENT,
        )  # fmt: skip


def _untested(rows: pl.DataFrame, plan: AnalysisPlan) -> str | None:
    """Return why cycles are not tested, by the patients of each class."""
    found = [rows.filter(pl.col("class") == name)["patient"].n_unique() for name in (RESPONDING, NON_RESPONDING)]
    if min(found) == 0:
        return "not tested: a class without a value"
    return untested(found, plan)


def _scores(rows: pl.DataFrame) -> np.ndarray:
    low, high = ends(rows)
    return order_scores(low, high, rows["strict"].fill_null(value=False).to_numpy())


def _tests(measure: str, rows: pl.DataFrame, plan: AnalysisPlan, unit: str, cycles: int) -> Iterator[AnalysisResult]:
    """Yield both rank tests, responding against non-responding, and the shift where every value is known."""
    behind: dict[str, Any] = {
        "analysis": ANALYSIS, "group": measure, "at": f"{RESPONDING} against {NON_RESPONDING}", "n": rows.height,
        "N": cycles, "patients": unique(rows["patient"]), "sources": sources_of(rows),
    }  # fmt: skip
    method = f"{rows.height} of {cycles} cycles, of {rows['patient'].n_unique()} patients"
    why = _untested(rows, plan)
    if why is not None:
        for name in ("rank_test", "clustered_test"):
            yield AnalysisResult(**behind, name=name, unit="{p}", method=method, warning=why)
        return
    small = min(rows.filter(pl.col("class") == name)["patient"].n_unique() for name in (RESPONDING, NON_RESPONDING))
    told = f"; tested with fewer than {SMALL} patients in a class, as the plan asks" if small < SMALL else ""
    scores, responding = _scores(rows), (rows["class"] == RESPONDING).to_numpy()
    low, high = ends(rows)
    ranked = "" if bool((low == high).all()) else "; bounds ordered by what they surely exceed (Gehan-Mantel scores)"
    exact = mann_whitney(scores[responding], scores[~responding])
    yield AnalysisResult(
        **behind, name="rank_test", estimate=finite(exact.test.p_value), unit="{p}",
        method=f"{exact.test.method}; {method}{ranked}", warning=f"{DEPENDENT}{told}",
    )  # fmt: skip
    clustered = clustered_rank_sum(scores, responding.astype(np.intp), rows["patient"].to_numpy()).test
    p = finite(clustered.p_value)
    yield AnalysisResult(
        **behind, name="clustered_test", estimate=p, unit="{p}", method=f"{clustered.method}; {method}{ranked}",
        warning="; ".join(filter(None, (None if p is not None else "not estimable", told.removeprefix("; ")))) or None,
    )  # fmt: skip
    if not ranked:
        shift = mann_whitney(low[responding], low[~responding], level=conventions(plan).level).shift
        yield AnalysisResult(
            **behind, name="shift", estimate=finite(shift.estimate), lower=finite(shift.lower),
            upper=finite(shift.upper), level=shift.level, unit=unit, method=f"{shift.method}; {method}",
            warning=f"{DEPENDENT}{told}",
        )  # fmt: skip


def _threshold(measure: str, chosen: pl.DataFrame, plan: AnalysisPlan, cycles: int) -> Iterator[AnalysisResult]:
    """Yield the cuts that separate the classes, if any do, and Youden's cut of the known values."""
    states = (chosen["class"] == RESPONDING).to_numpy()
    behind: dict[str, Any] = {
        "analysis": THRESHOLD, "group": measure, "n": chosen.height, "N": cycles,
        "patients": unique(chosen["patient"]), "sources": sources_of(chosen),
    }  # fmt: skip
    if not states.any() or states.all():
        yield AnalysisResult(
            **behind, name="separation", unit="{ratio}", method="cuts between the classes",
            warning="a ratio is known of one class only",
        )  # fmt: skip
        return
    low, high = ends(chosen)
    between = separating_interval(low, high, states)
    yield AnalysisResult(
        **behind, name="separation", lower=None if between is None else finite(between[0]),
        upper=None if between is None else finite(between[1]), unit="{ratio}",
        text="no cut separates" if between is None else None,
        method="every cut between lower and upper has all responding cycles above and all non-responding below",
        warning=DEPENDENT if between is None else f"what separates so few need not separate others; {DEPENDENT}",
    )  # fmt: skip
    known = chosen.filter(pl.col("low") == pl.col("high"))
    if known["class"].n_unique() == 2 and known.height <= RESAMPLED:
        yield from _youden(known, chosen.height, behind, plan)


def _youden(known: pl.DataFrame, of: int, behind: dict[str, Any], plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    found = clustered_threshold(
        known["low"].to_numpy(), (known["class"] == RESPONDING).cast(pl.Int8).to_numpy(), known["patient"].to_numpy(),
        seed=plan.immune.seed, resamples=plan.immune.resamples, level=conventions(plan).level,
    )  # fmt: skip
    left = of - known.height
    warning = f"{left} cycles whose ratio is a bound are left out" if left else None
    rows = {
        "youden_cut": (found.threshold, "{ratio}"), "sensitivity": (found.sensitivity, "1"),
        "specificity": (found.specificity, "1"), "area": (found.area, "{ratio}"),
    }  # fmt: skip
    for name, (value, unit) in rows.items():
        yield AnalysisResult(
            **behind | {"n": known.height}, name=name, estimate=finite(value.estimate), lower=finite(value.lower),
            upper=finite(value.upper), level=value.level, unit=unit, warning=warning,
            method=f"cut with the highest sensitivity + specificity for a responding cycle; {value.method}",
        )  # fmt: skip


def _rule(measure: str, rows: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield how many of the cycles above the plan's limit respond or keep a remission, and of those not above it."""
    limit = plan.immune.ratio_limit
    yield AnalysisResult(
        analysis=THRESHOLD, name="limit", group=measure, estimate=limit, unit="{ratio}", method="the plan's limit"
    )
    classed = rows.filter(pl.col("class").is_not_null())
    over = (pl.col("low") > limit) | ((pl.col("low") == limit) & pl.col("strict") & (pl.col("high") != limit))
    under = (pl.col("high") <= limit).fill_null(value=False)
    sides = {
        f"above {limit:g}": (classed.filter(over), f"above {limit:g}"),
        f"not above {limit:g}": (classed.filter(under), f"of {limit:g} or less"),
        "undecided": (classed.filter(~over & ~under), f"whose bounds lie on both sides of {limit:g}"),
    }
    for at, (side, words) in sides.items():
        well = side.filter(pl.col("class").is_in([RESPONDING, MAINTENANCE]))
        yield AnalysisResult(
            analysis=THRESHOLD, name="rule", group=measure, at=at, n=well.height, N=side.height, unit="1",
            estimate=well.height / side.height if side.height else None,
            method=f"responding or maintenance cycles of the cycles with a ratio {words}",
            warning=f"{DEPENDENT}: no interval is given", patients=unique(side["patient"]), sources=sources_of(side),
        )  # fmt: skip
