"""The simulator against data as results: predictive checks, fitted parameters, selected virtual populations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from engager.analyses.rows import LISTED
from engager.analyses.what_if import LEVEL, SIMULATED
from engager.results import AnalysisResult
from engager.simulator.what_if.calibration import Calibration
from engager.simulator.what_if.predictive_check import PredictiveCheck
from engager.simulator.what_if.selection import Target, Weighted


def check_rows(check: PredictiveCheck) -> list[AnalysisResult]:
    """Return the bands of a predictive check with the observed percentiles, and the observed values beside them."""
    band = "percentile over simulated studies of the observed size: median, and 2.5th to 97.5th percentile"
    rows = []
    for each in check.bands.iter_rows(named=True):
        at, name = f"day {each['day']:g}", f"{each['percentile']:g}"
        rows.append(
            AnalysisResult(
                analysis="what_if_check",
                name=f"simulated {name}",
                at=at,
                estimate=each["middle"],
                lower=each["low"],
                upper=each["high"],
                level=LEVEL,
                N=each["studies"],
                method=band,
            )
        )
        rows.append(
            AnalysisResult(
                analysis="what_if_check",
                name=f"observed {name}",
                at=at,
                estimate=each["observed"],
                lower=None if each["below_at"] is None else 0.0,
                upper=each["below_at"],
                n=each["values"],
                text="outside" if each["beyond"] else "inside",
                method="percentile of the observed values; whether it lies inside or outside of the band",
                warning=None if each["below_at"] is None else "below the limit of the assay",
            )
        )
    for number, each in enumerate(check.points.head(LISTED).iter_rows(named=True), 1):
        value = each["value"]
        bounds = {"lower": 0.0, "upper": value} if each["below"] else {"estimate": value}
        rows.append(
            AnalysisResult(
                analysis="what_if_check",
                name="value",
                group=str(number),
                at=f"day {each['day']:g}",
                method="observed values, as they stand in the study",
                patients=(str(each["patient"]),),
                **bounds,
            )
        )
    outside, known = check.outside
    rows.append(
        AnalysisResult(
            analysis="what_if_check",
            name="outside",
            n=outside,
            N=known,
            method="observed percentiles outside of the band of their own percentile",
        )
    )
    return rows


def fit_rows(found: Calibration, posterior: pl.DataFrame | None) -> list[AnalysisResult]:
    """Return the parameters of a fit as factors of the model's own, their values, and a posterior's quantiles."""
    rows = []
    for each in found.estimates.iter_rows(named=True):
        open_ends = [side for side in ("lower", "upper") if each[side] is None]
        warning = f"the data give no {' and no '.join(open_ends)} limit" if open_ends else None
        rows.append(
            AnalysisResult(
                analysis="what_if_fit",
                name=each["parameter"],
                group="factor",
                estimate=each["factor"],
                lower=each["lower"],
                upper=each["upper"],
                level=LEVEL,
                warning=warning,
                method="most likely factor of the model's own value; profile likelihood",
            )
        )
        rows.append(
            AnalysisResult(
                analysis="what_if_fit",
                name=each["parameter"],
                group="value",
                estimate=each["value"],
                unit=each["unit"],
                method="the typical patient's value",
            )
        )
        if posterior is not None:
            middle, low, high = (posterior[each["parameter"]].quantile(q, "linear") for q in (0.5, 0.025, 0.975))
            rows.append(
                AnalysisResult(
                    analysis="what_if_fit",
                    name=each["parameter"],
                    group="posterior",
                    estimate=middle,
                    lower=low,
                    upper=high,
                    level=LEVEL,
                    method="median and 2.5th to 97.5th percentile of the posterior (emcee)",
                )
            )
    warning = "; ".join(found.warnings) or None
    rows.append(
        AnalysisResult(
            analysis="what_if_fit",
            name="log_likelihood",
            estimate=found.log_likelihood,
            method="over virtual patients",
            warning=warning,
        )
    )
    return rows


def selection_rows(
    targets: Sequence[Target], drawn: Mapping[str, float], weighted: Mapping[str, float], weights: Weighted, n: int,
    units: Mapping[str, str] | None = None,
) -> list[AnalysisResult]:  # fmt: skip
    """Return what was aimed at, what the patients drawn show and what the weighted ones do, and how many count.

    `units` are those of the measures by their texts.
    """
    rows = []
    for target in targets:
        text, unit = target.measure.text, "1" if target.measure.is_share else (units or {}).get(target.measure.text)
        for group, value, method in (
            ("drawn", drawn[text], f"all {SIMULATED}"),
            ("target", target.mean, target.source or "target, as it was asked for"),
            ("weighted", weighted[text], "weighted virtual patients, by weights of maximal entropy"),
        ):
            rows.append(
                AnalysisResult(
                    analysis="what_if_selection", name=text, group=group, estimate=value, unit=unit, N=n, method=method
                )
            )
    rows.append(
        AnalysisResult(
            analysis="what_if_selection",
            name="effective",
            estimate=weights.effective,
            N=n,
            unit="{patient}",
            method="effective number of patients: 1 / sum of the squared weights",
            warning=weights.warning,
        )
    )
    return rows
