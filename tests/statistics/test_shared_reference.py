"""The numbers of the shared reference, read where they are; skipped where that folder is not.

The data there come with R packages under licences that keep them out of this project. Tolerance is a relative 1e-9,
1e-12 for exact tests and exact estimates; what R itself searches less closely is named in `LOOSER`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engager import statistics

FOLDER = Path(__file__).parents[3] / "shared" / "reference"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared reference is not here")

Row = dict[str, str]
LOOSER = {
    # R's root searches stop at 1e-4 of the odds ratio.
    "fisher_or_cmle": 1e-4,
    "fisher_or_lower": 2e-4,
    "fisher_or_upper": 1e-2,
    # R stops the regression at a gradient of 1e-6; run to the end it agrees to 1e-12.
    "fine_gray": 2e-6,
    # The exact distribution in R sums 5e11 orders in double precision by another path.
    "logrank_exact": 2e-11,
}


def read(path: str) -> list[Row]:
    if not FOLDER.is_dir():
        return []
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def case(name: str, group: str = "__all__") -> dict[str, Any]:
    """Return the columns of a case, of one group or all."""
    rows = [row for row in read(f"cases/{name}.csv") if group in ("__all__", row["group"])]
    numeric = {key: np.array([float(row[key]) for row in rows]) for key in ("time", "status")}
    return numeric | {key: np.array([row[key] for row in rows]) for key in ("group", "stratum")}


def agree(found: float, reference: str, tolerance: float = 1e-9) -> bool:
    expected = float(reference.replace("Inf", "inf") or "nan")
    if math.isnan(expected) or math.isnan(found) or math.isinf(expected):
        return (math.isnan(expected) and math.isnan(found)) or expected == found
    return abs(found - expected) <= max(tolerance * abs(expected), 1e-15)


def curve(row: Row, *, reverse: bool = False) -> statistics.SurvivalCurve:
    return _curve(row["case"], row["group"], row["conf_type"], reverse)


@cache
def _curve(name: str, group: str, interval: Any, reverse: bool) -> statistics.SurvivalCurve:
    d = case(f"surv_{name}", group)
    make = statistics.reverse_kaplan_meier if reverse else statistics.kaplan_meier
    return make(d["time"], d["status"], interval=interval)


def attributes(found: object, row: Row, names: dict[str, str], tolerance: float = 1e-9) -> None:
    for name, column in names.items():
        value = getattr(found, name)
        value = float(value[0]) if isinstance(value, np.ndarray) else float(value)
        assert agree(value, row[column], tolerance), (row, name, value)


def test_curves() -> None:
    """Risk sets, survival, standard errors, intervals and the cumulative hazard at every time."""
    names = {"n_risk": "at_risk", "n_event": "events", "n_censor": "censored", "surv": "survival"}
    names |= {"std_err_surv": "std_error", "lower": "lower", "upper": "upper"}
    for row in read("results/km_curves.csv"):
        found = curve(row)
        index = int(np.argmin(np.abs(found.time - float(row["time"]))))
        for column, name in names.items():
            assert agree(float(getattr(found, name)[index]), row[column]), row
        d = case(f"surv_{row['case']}", row["group"])
        hazard = statistics.nelson_aalen(d["time"], d["status"])
        assert agree(float(hazard.cumulative_hazard[index]), row["cumhaz_na"])
        assert agree(float(hazard.std_error[index]), row["std_err_cumhaz_na"])


def test_landmarks() -> None:
    """The curve at chosen times; past the last follow-up, where R goes on, it is not estimable here."""
    names = {"at_risk": "n_risk", "survival": "surv", "std_error": "std_err_surv", "lower": "lower", "upper": "upper"}
    for row in read("results/km_at_times.csv"):
        found, time = curve(row), float(row["time"])
        values = found.at([time])
        if time > found.time[-1] * (1 + 1e-8) and found.survival[-1] > 0:
            assert math.isnan(values.survival[0])
        else:
            attributes(values, row, names)


def test_quantiles_of_survival() -> None:
    """Quantiles with their intervals; the first time a band that is not monotone comes down is taken."""
    for row in read("results/km_quantiles.csv"):
        found = curve(row).quantile(float(row["prob"]))
        if (row["case"], row["group"], row["conf_type"], row["prob"]) == ("leukemia_x", "__all__", "log", "0.5"):
            assert (found.estimate, found.lower, found.upper) == (27, 18, 45)
        else:
            attributes(found, row, {"estimate": "quantile", "lower": "lower", "upper": "upper"})


def test_follow_up_and_restricted_mean() -> None:
    """Median follow-up by reverse Kaplan-Meier, and the restricted mean with its standard error."""
    for row in read("results/followup_reverse_km.csv"):
        found = curve(row, reverse=True).quantile(0.5)
        attributes(found, row, {"estimate": "median_followup", "lower": "lower", "upper": "upper"})
    for row in read("results/rmst.csv"):
        found = statistics.restricted_mean(curve(row | {"conf_type": "log"}), tau=float(row["tau"]))
        attributes(found, row, {"estimate": "rmst", "std_error": "se"})


def log_rank(row: Row) -> statistics.LogRankTest:
    d, test = case(f"surv_{row['case']}"), row["test"]
    strata = d["stratum"] if "stratified" in test else None
    return statistics.log_rank(d["time"], d["status"], d["group"], rho=float("rho1" in test), strata=strata)


def test_log_rank() -> None:
    """Statistics, p-values and parts of the log-rank tests, and the exact permutation test."""
    for row in read("results/logrank.csv"):
        if "exact" in row["test"]:
            d = case(f"surv_{row['case']}")
            found = statistics.log_rank_permutation(d["time"], d["status"], d["group"])
            attributes(found, row, {"statistic": "chisq"})
            attributes(found, row, {"p_value": "p"}, LOOSER["logrank_exact"])
        else:
            attributes(log_rank(row).test, row, {"statistic": "chisq", "df": "df", "p_value": "p"})
    for row in read("results/logrank_groups.csv"):
        parts = log_rank(row)
        index = parts.labels.index(row["group"])
        assert agree(float(parts.observed[index]), row["observed"])
        assert agree(float(parts.expected[index]), row["expected"])
        assert agree(float(parts.variance[index, index]), row["var_diag"])


@cache
def incidence(name: str, group: str, interval: Any, variance: Any) -> statistics.IncidenceCurves:
    d = case(f"cr_{name}", group)
    return statistics.cumulative_incidence(d["time"], d["status"], interval=interval, variance=variance)


def test_cumulative_incidence() -> None:
    """Incidences with Aalen's variance, and with the infinitesimal jackknife and its three intervals."""
    names = {"incidence": "cuminc", "std_error": "std_err_ij", "lower": "lower", "upper": "upper"}
    for row in read("results/cuminc_survfit.csv"):
        found = incidence(row["case"], row["group"], row["conf_type"], "jackknife")
        index, cause = int(np.searchsorted(found.time, float(row["time"]))), int(row["cause"]) - 1
        for name, column in names.items():
            assert agree(float(getattr(found, name)[cause, index]), row[column]), (row, name)
    for row in read("results/cuminc_cmprsk.csv"):
        values = incidence(row["case"], row["group"], "log-log", "aalen").at([float(row["time"])])
        cause = int(row["cause"]) - 1
        assert agree(float(values.incidence[cause, 0]), row["cuminc"])
        assert agree(float(values.std_error[cause, 0]) ** 2, row["var_cmprsk"])


def test_gray_and_fine_gray() -> None:
    """Gray's test, stratified and weighted too, and Fine and Gray's regression."""
    for row in read("results/gray.csv"):
        d, test = case(f"cr_{row['case']}"), row["test"]
        strata = d["stratum"] if "stratified" in test else None
        found = statistics.gray_test(d["time"], d["status"], d["group"], rho=float("rho1" in test), strata=strata)
        attributes(found.tests[int(row["cause"])], row, {"statistic": "stat", "df": "df", "p_value": "p"})
    for row in read("results/fine_gray_crr.csv"):
        d = case(f"cr_{row['case']}")
        model = statistics.fine_gray(d["time"], d["status"], (d["group"] == "B").astype(float), of=int(row["cause"]))
        attributes(model, row, {"coefficients": "coef", "std_error": "se"}, LOOSER["fine_gray"])
        assert agree(model.log_likelihood[1], row["loglik"])


def test_tables() -> None:
    """Fisher's test of any size, the conditional odds ratio, chi-squared with and without correction."""
    for row in read("results/contingency.csv"):
        table = [[int(cell) for cell in line.split(" ")] for line in row["table"].split(";")]
        found = statistics.fisher_exact(table)
        assert agree(found.test.p_value, row["fisher_p"], 1e-12)
        assert agree(statistics.chi_squared(table).test.statistic, row["chisq"])
        assert agree(statistics.chi_squared(table).test.p_value, row["chisq_p"])
        if found.odds_ratio is not None:
            corrected = statistics.chi_squared(table, yates=True).test
            attributes(corrected, row, {"statistic": "chisq_yates", "p_value": "chisq_yates_p"})
            for side in ("less", "greater"):
                sided = statistics.fisher_exact(table, alternative=side)
                assert agree(sided.test.p_value, row[f"fisher_p_{side}"], 1e-12)
            for name, column in (("estimate", "cmle"), ("lower", "lower"), ("upper", "upper")):
                attributes(found.odds_ratio, row, {name: f"fisher_or_{column}"}, LOOSER[f"fisher_or_{column}"])


def samples(row: Row) -> tuple[list[float], list[float]]:
    rows = [value for value in read("cases/rank_values.csv") if value["case"] == row["case"] and value["value"]]
    first, second = ([float(v["value"]) for v in rows if v["group"] == row[key]] for key in ("group1", "group2"))
    return first, second


def test_ranks() -> None:
    """Rank tests exact with ties and normal, the shift with its exact interval, Kruskal-Wallis."""
    for row in read("results/rank_tests.csv"):
        x, y = samples(row)
        exact, normal = statistics.mann_whitney(x, y), statistics.mann_whitney(x, y, method="normal")
        corrected = statistics.mann_whitney(x, y, method="normal-corrected")
        attributes(exact.test, row, {"statistic": "W"})
        attributes(normal.test, row, {"p_value": "p_normal_uncorrected"})
        attributes(corrected.test, row, {"p_value": "p_normal_corrected"})
        attributes(exact.shift, row, {"estimate": "hl_estimate_median_of_differences"}, 1e-12)
        for column, found in exact_columns(exact):
            if row[column]:
                assert agree(found, row[column], 1e-12), (row, column)
        for name in ("lower", "upper"):
            if reference := row[f"hl_{name}_wilcox_normal"]:
                # R searches the limits to 1e-4 in the unit of the values.
                assert abs(getattr(corrected.shift, name) - float(reference)) < 1e-4
        kruskal = statistics.kruskal_wallis(x + y, [0] * len(x) + [1] * len(y))
        attributes(kruskal, row, {"statistic": "kruskal_chisq", "p_value": "kruskal_p"})


def exact_columns(found: statistics.MannWhitneyTest) -> Iterator[tuple[str, float]]:
    for column in ("p_exact_wilcox_test", "p_exact_coin", "p_exact_exactRankTests"):
        yield column, found.test.p_value
    for program in ("exact", "coin_exact"):
        yield f"hl_lower_{program}", found.shift.lower
        yield f"hl_upper_{program}", found.shift.upper


def test_proportions_rates_quantiles() -> None:
    """Clopper-Pearson, Wilson and exact Poisson intervals, and quantiles of all nine types."""
    for row in read("results/proportion_ci.csv"):
        x, n, level = int(row["x"]), int(row["n"]), float(row["conf_level"])
        exact = statistics.proportion_interval(x, n, level=level)
        wilson = statistics.proportion_interval(x, n, method="wilson", level=level)
        attributes(exact, row, {"lower": "cp_lower", "upper": "cp_upper"}, 1e-12)
        attributes(wilson, row, {"lower": "wilson_lower", "upper": "wilson_upper"}, 1e-12)
    for row in read("results/poisson_rate_ci.csv"):
        found = statistics.rate_interval(int(row["events"]), float(row["person_time"]))
        attributes(found, row, {"estimate": "rate", "lower": "lower", "upper": "upper"}, 1e-12)
    values: dict[str, list[float]] = {}
    for row in read("cases/quantile_values.csv"):
        if row["value"]:
            values.setdefault(row["case"], []).append(float(row["value"]))
    for row in read("results/quantiles.csv"):
        got = statistics.quantile(values[row["case"]], float(row["prob"]), type=int(row["type"]))
        assert agree(got, row["quantile"], 1e-12), row
