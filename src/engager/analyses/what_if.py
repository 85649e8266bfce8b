"""What-ifs of the simulator as results: regimens compared, sensitivities, small trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from engager.analyses.rows import finite
from engager.results import AnalysisResult
from engager.simulator.what_if.measures import Measure

LEVEL = 0.95
SIMULATED = "virtual patients; what the model does not know is not in it"


def comparison_rows(
    table: pl.DataFrame, measures: Sequence[Measure], names: tuple[str, str], units: Mapping[str, str] | None = None
) -> list[AnalysisResult]:
    """Return two regimens in the same patients: each measure under both, and the difference with its interval.

    `units` are those of the measures by their texts.
    """
    return [
        row
        for measure, each in zip(measures, table.iter_rows(named=True), strict=True)
        for row in _compared(measure, each, names, (units or {}).get(measure.text))
    ]


def _compared(
    measure: Measure, each: Mapping[str, float], names: tuple[str, str], unit: str | None
) -> Iterator[AnalysisResult]:
    unit, count = "1" if measure.is_share else unit, int(each["patients"])
    warning = f"{each['failed']} patients could not be solved and are left out" if each["failed"] else None
    for name, column in zip(names, ("first", "second"), strict=True):
        mean = each[column]
        with_it = round(mean * count) if measure.is_share and mean is not None else None
        method = f"{'share' if measure.is_share else 'mean'} of {SIMULATED}"
        yield AnalysisResult(
            analysis="what_if_comparison",
            name=measure.text,
            group=name,
            at=column,
            estimate=mean,
            n=with_it,
            N=count,
            unit=unit,
            method=method,
            warning=warning,
        )
    paired = "mean of each patient's own difference, second minus first; the interval is that of so many patients"
    yield AnalysisResult(
        analysis="what_if_comparison",
        name=measure.text,
        group="difference",
        estimate=each["difference"],
        lower=each["lower"],
        upper=each["upper"],
        level=LEVEL,
        N=count,
        unit=unit,
        method=paired,
    )
    for column in ("only_first", "only_second") if measure.is_share else ():
        yield AnalysisResult(
            analysis="what_if_comparison",
            name=measure.text,
            group=column,
            n=int(each[column]),
            N=count,
            method="patients in whom the measure holds under this regimen alone",
        )


def sensitivity_rows(
    local: pl.DataFrame, spread: pl.DataFrame, units: Mapping[str, str] | None = None
) -> list[AnalysisResult]:
    """Return the elasticity of each measure in each parameter, and the measure at the ends of each spread.

    `units` are those of the measures by their texts.
    """
    central = "per cent of the measure's mean per 1 % of the parameter, central difference over 1 % (of a share, 20 %)"
    ends = "the median patient with the quantity at its 5th and 95th percentile"
    rows = [
        AnalysisResult(
            analysis="what_if_local",
            name=each["parameter"],
            group=each["measure"],
            estimate=finite(each["elasticity"]),
            text=each["meaning"] or None,
            method=central,
        )
        for each in local.iter_rows(named=True)
    ]
    rows += [
        AnalysisResult(
            analysis="what_if_spread",
            name=each["quantity"],
            group=each["measure"],
            estimate=finite(each["middle"]),
            lower=finite(each["low"]),
            upper=finite(each["high"]),
            unit=(units or {}).get(each["measure"]),
            method=ends,
        )
        for each in spread.iter_rows(named=True)
    ]
    return rows


def sobol_rows(table: pl.DataFrame) -> list[AnalysisResult]:
    """Return first-order and total indices with their bootstrap intervals."""
    words = {
        "first": "share of the variance that the quantity explains alone (Sobol, first order)",
        "total": "share of the variance that the quantity has a part in (Sobol, total)",
    }
    rows = []
    for each in table.iter_rows(named=True):
        for kind, method in words.items():
            value, within = finite(each[kind]), finite(each[f"{kind}_within"])
            bounds = (None, None) if value is None or within is None else (value - within, value + within)
            rows.append(
                AnalysisResult(
                    analysis="what_if_sobol",
                    name=each["quantity"],
                    group=each["measure"],
                    at=kind,
                    estimate=value,
                    lower=bounds[0],
                    upper=bounds[1],
                    level=LEVEL,
                    method=f"{method}; bootstrap",
                    warning=None if value is not None else "the measure does not vary",
                )
            )
    return rows


def trial_rows(table: pl.DataFrame) -> list[AnalysisResult]:
    """Return the operating characteristics of trials, a group a size: `least` for one arm, `wrong_way` for two."""
    method = {
        "power": "chance of success at the simulated share, summed over all results that the trial can have",
        "error": "chance of success where there is nothing to find",
        "wrong_way": "chance that the better arm has fewer responders",
        "width": "mean width of the exact 95 % interval that the trial reports",
    }
    rows = []
    for each in table.iter_rows(named=True):
        group = str(each["n"])
        for name, words in method.items():
            if name in each:
                bounds = (
                    {"lower": each["power_lower"], "upper": each["power_upper"], "level": LEVEL}
                    if (name == "power" and "power_lower" in each)
                    else {}
                )
                rows.append(
                    AnalysisResult(
                        analysis="what_if_trial",
                        name=name,
                        group=group,
                        estimate=each[name],
                        unit="1",
                        N=each["n"],
                        method=words,
                        **bounds,
                    )
                )
        if "least" in each:
            rows.append(
                AnalysisResult(
                    analysis="what_if_trial",
                    name="least",
                    group=group,
                    n=each["least"],
                    N=each["n"],
                    method="responders from which on the trial succeeds",
                    warning=None if each["least"] is not None else "no number of responders is enough",
                )
            )
    return rows


def share_rows(shares: Mapping[str, tuple[int, int]]) -> list[AnalysisResult]:
    """Return the simulated shares that a trial stands on: responders and virtual patients by regimen."""
    return [
        AnalysisResult(
            analysis="what_if_share",
            name="share",
            group=name,
            estimate=k / n,
            n=k,
            N=n,
            unit="1",
            method=f"share of {SIMULATED}",
        )
        for name, (k, n) in shares.items()
    ]
