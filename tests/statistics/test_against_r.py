"""Every number of the verification: what R makes of data of our own, held against what the functions here make.

The R scripts and their results, with 17 digits, are in `verification/`; `make verify` runs them again.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engager import statistics

FOLDER = Path(__file__).parents[2] / "verification"

Rows = list[dict[str, str]]
Found = dict[str, float]
Columns = dict[str, Any]

TOLERANCE = 1e-9
LOOSER = {
    # R maximises the penalised likelihood by a general optimiser here, with numerical derivatives.
    "firth": 2e-5,
}
EXACT = ("p exact", "fisher", "log-rank permutation", "clopper-pearson", "wilson", "rate", "shift", "centre")


def read(path: str) -> Rows:
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def data(name: str, case: str | None = None) -> Columns:
    """Return the columns of a file, numbers as numbers and an empty cell as NaN, of one case or all."""
    rows = [row for row in read(f"data/{name}.csv") if case is None or row["case"] == case]
    columns: Columns = {}
    for key in rows[0]:
        cells = [row[key] or "nan" for row in rows]
        try:
            columns[key] = np.array([float(cell) for cell in cells])
        except ValueError:
            columns[key] = np.array(cells)
    return columns


def by_position(values: Any) -> Callable[[list[str]], list[float]]:
    """Return values in the order in which R gave them."""
    return lambda _: [float(value) for value in np.atleast_1d(values)]


def estimate(found: statistics.Estimate) -> Callable[[list[str]], list[float]]:
    return lambda at: [float(getattr(found, name)) for name in at]


def test_result(found: statistics.TestResult) -> Callable[[list[str]], list[float]]:
    values = {"statistic": found.statistic, "p": found.p_value}
    return lambda at: [values[name] for name in at]


test_result.__test__ = False  # type: ignore[attr-defined]


def survival(case: str, quantity: str) -> Callable[[list[str]], list[float]]:
    d = data("survival", case)
    time, event = d["time"], d["event"]
    kind, _, rest = quantity.partition(" ")
    curve = statistics.kaplan_meier(time, event)
    hazard = statistics.nelson_aalen(time, event)
    plain = {
        "at risk": curve.at_risk,
        "events": curve.events,
        "censored": curve.censored,
        "survival": curve.survival,
        "std_error": curve.std_error,
        "hazard": hazard.cumulative_hazard,
        "hazard std_error": hazard.std_error,
    }
    if quantity in plain:
        return by_position(plain[quantity])
    if kind == "follow-up":
        reverse = statistics.reverse_kaplan_meier(time, event, interval=rest)  # type: ignore[arg-type]
        return estimate(reverse.quantile(0.5))
    if kind == "restricted":
        attribute = "std_error" if rest.endswith("std_error") else "estimate"
        return lambda at: [
            float(getattr(statistics.restricted_mean(time, event, tau=float(tau)), attribute)) for tau in at
        ]
    if kind == "log-rank":
        return log_rank(d, rest)
    scale, level = quantity.split(" ")[-2:]
    curve = statistics.kaplan_meier(time, event, interval=scale, level=float(level))  # type: ignore[arg-type]
    if kind in ("lower", "upper"):
        return by_position(getattr(curve, kind))
    limit = quantity.split(" ")[1] if quantity.split(" ")[1] in ("lower", "upper") else "estimate"
    return lambda at: [float(getattr(curve.quantile(float(p)), limit)) for p in at]


def log_rank(d: Columns, rest: str) -> Callable[[list[str]], list[float]]:
    if rest == "permutation":
        return test_result(statistics.log_rank_permutation(d["time"], d["event"], d["group"]))
    rho = float(rest.split(" ")[-1])
    strata = d["stratum"] if "stratified" in rest else None
    found = statistics.log_rank(d["time"], d["event"], d["group"], rho=rho, strata=strata)
    if "observed" in rest or "expected" in rest:
        return by_position(getattr(found, rest.split(" ")[0]))
    return test_result(found.test)


def competing(case: str, quantity: str) -> Callable[[list[str]], list[float]]:
    d = data("competing", case)
    words = quantity.split(" ")
    if words[0] == "gray":
        strata = d["stratum"] if "stratified" in words else None
        tests = statistics.gray_test(d["time"], d["cause"], d["group"], rho=float(words[-1]), strata=strata).tests
        return lambda at: [tests[int(c)].p_value if "p" in words else tests[int(c)].statistic for c in at]
    if words[0] == "fine-gray":
        columns = np.column_stack([d["group"] == "b", d["group"] == "c"]).astype(float)
        model = statistics.fine_gray(d["time"], d["cause"], columns, of=int(words[-1]))
        named: dict[str, Any] = {"std_error": model.std_error, "log": model.log_likelihood}
        return by_position(named.get(words[1], model.coefficients))
    group, cause = words[-2], int(words[-1])
    rows = np.full(d["time"].size, True) if group == "all" else d["group"] == group
    scale = words[1] if len(words) == 4 else "log-log"
    variance = "jackknife" if len(words) == 4 else "aalen"
    choices: dict[str, Any] = {"interval": scale, "variance": variance}
    curves: statistics.IncidenceCurves = statistics.cumulative_incidence(d["time"][rows], d["cause"][rows], **choices)
    kinds = {
        "incidence": curves.incidence,
        "variance": curves.std_error**2,
        "jackknife": curves.std_error,
        "lower": curves.lower,
        "upper": curves.upper,
    }
    return by_position(kinds[words[0]][cause - 1])


@cache
def cox_model(name: str, ties: str) -> tuple[Columns, Any, statistics.CoxModel]:
    d = data("regression", "few" if name == "few" else "large")
    kinds = [d["kind"] == "l", d["kind"] == "m"]
    columns = {
        "score": [d["score"]],
        "all": [d["score"], d["sign"], *kinds],
        "strata": [d["score"], d["sign"]],
        "few": [d["score"], d["sign"]],
    }[name]
    x = np.column_stack(columns).astype(float)
    strata = d["stratum"] if name == "strata" else None
    model = statistics.cox(d["time"], d["event"], x, ties=ties, strata=strata, firth=name == "few")  # type: ignore[arg-type]
    return d, x, model


def regression(_: str, quantity: str) -> Callable[[list[str]], list[float]]:
    words = quantity.split(" ")
    if words[0] == "firth":
        model = cox_model("few", words[-1])[2]
        return by_position(model.log_likelihood if "log" in words else model.coefficients)
    if words[0] in ("proportional", "concordance"):
        d, x, model = cox_model(words[1], "efron")
        strata = d["stratum"] if words[1] == "strata" else None
        if words[0] == "concordance":
            risk = x @ model.coefficients
            return by_position(statistics.concordance(d["time"], d["event"], risk, strata=strata))
        terms = {"score": [[0]], "all": [[0], [1], [2, 3]], "strata": [[0], [1]]}[words[1]]
        test = statistics.proportional_hazards(model, d["time"], d["event"], terms=terms)
        return by_position([term.statistic for term in (*test.terms, test.overall)])
    model = cox_model(words[-2], words[-1])[2]
    kinds = {
        "coefficient": model.coefficients,
        "std_error": model.std_error,
        "ratio": [model.hazard_ratio(column).lower for column in range(model.coefficients.size)],
        "log": model.log_likelihood,
        "tests": [test.statistic for test in (model.likelihood_ratio, model.wald, model.score)],
    }
    return by_position(kinds[words[0]])


def ranks(case: str, quantity: str) -> Callable[[list[str]], list[float]]:
    if case == "rated":
        return rated(quantity)
    if quantity in ("V", "signed p", "centre"):
        return signed_ranks(case, quantity)
    d = data("measured", case)
    if quantity == "kruskal":
        return test_result(statistics.kruskal_wallis(d["value"], d["group"]))
    x, y = d["value"][d["group"] == "x"], d["value"][d["group"] == "y"]
    if quantity == "p":
        return lambda at: [statistics.mann_whitney(x, y, method=m).test.p_value for m in at]  # type: ignore[arg-type]
    found = statistics.mann_whitney(x, y)
    return by_position(found.test.statistic) if quantity == "U" else estimate(found.shift)


def signed_ranks(case: str, quantity: str) -> Callable[[list[str]], list[float]]:
    d = data("paired", case)
    pairs = d["first"], d["second"]
    exact = statistics.wilcoxon_signed_rank(*pairs)
    if quantity == "centre":
        return estimate(exact.centre)
    if quantity == "V":
        return by_position(exact.test.statistic)
    return lambda at: [statistics.wilcoxon_signed_rank(*pairs, method=m).test.p_value for m in at]  # type: ignore[arg-type]


def rated(quantity: str) -> Callable[[list[str]], list[float]]:
    d = data("rated")
    if quantity == "roc":
        found = statistics.roc_threshold(d["marker"], d["state"], seed=1, resamples=10)
        return lambda at: [float(getattr(found, name).estimate) for name in at]
    weights = quantity.split(" ")[1]
    return estimate(statistics.cohen_kappa(d["first"], d["second"], weights=weights))  # type: ignore[arg-type]


def tables(case: str, quantity: str) -> Callable[[list[str]], list[float]]:
    if ";" in case:
        table = [[int(cell) for cell in row.split(" ")] for row in case.split(";")]
        if quantity == "fisher":
            return lambda at: [statistics.fisher_exact(table, alternative=side).test.p_value for side in at]  # type: ignore[arg-type]
        if quantity == "odds ratio":
            ratio = statistics.fisher_exact(table).odds_ratio
            assert ratio is not None
            return estimate(ratio)
        return test_result(statistics.chi_squared(table, yates=quantity == "yates").test)
    if quantity.startswith("quantile"):
        values = data("measured", case)["value"]
        kind = int(quantity.split(" ")[1])
        return lambda at: [statistics.quantile(values, float(p), type=kind) for p in at]
    first, second, *level = (float(number) for number in case.split(" "))
    if quantity == "rate":
        return estimate(statistics.rate_interval(int(first), second))
    return estimate(statistics.proportion_interval(int(first), int(second), method=quantity, level=level[0]))  # type: ignore[arg-type]


def later_treatment(case: str, quantity: str) -> Callable[[list[str]], list[float]]:
    d = data("later_treatment")
    if quantity == "mantel-byar":
        return test_result(statistics.mantel_byar(d["time"], d["event"], d["switch"]).test)
    kept = statistics.landmark(d["time"], d["event"], d["switch"], at=float(case.split(" ")[1]))
    if quantity == "n":
        return by_position(np.bincount(kept.switched))
    return test_result(statistics.log_rank(kept.time, kept.event, kept.switched).test)


def agreement(case: str, quantity: str) -> Callable[[list[str]], list[float]]:
    name, coverage, level = case.split("; ")
    d = data("agreement", name)
    found = statistics.bland_altman(d["first"], d["second"], coverage=float(coverage), level=float(level))
    return estimate(getattr(found, quantity))


TOPICS = {
    "survival": survival,
    "competing": competing,
    "regression": regression,
    "ranks": ranks,
    "tables": tables,
    "later_treatment": later_treatment,
    "agreement": agreement,
}


def groups() -> Iterator[Any]:
    """Yield topic, case, quantity and R's rows, one group of rows at a time."""
    for topic in TOPICS:
        for (case, quantity), rows in groupby(read(f"results/{topic}.csv"), lambda r: (r["case"], r["quantity"])):
            yield pytest.param(topic, case, quantity, list(rows), id=f"{topic}-{case}-{quantity}")


def tolerance(quantity: str, at: str) -> float:
    looser = [value for name, value in LOOSER.items() if quantity.startswith(name)]
    if looser:
        return looser[0]
    return 1e-12 if f"{quantity} {at}".startswith(EXACT) else TOLERANCE


@pytest.mark.parametrize(("topic", "case", "quantity", "rows"), list(groups()))
def test_r_gives_the_same(topic: str, case: str, quantity: str, rows: Rows) -> None:
    """Numbers agree to 1e-9, exact tests and estimates to 1e-12, and neither is NaN without the other."""
    at = [row["at"] for row in rows]
    found = TOPICS[topic](case, quantity)(at)
    assert len(found) == len(at)
    for place, mine, row in zip(at, found, rows, strict=True):
        theirs = float(row["value"] or "nan")
        assert math.isnan(mine) == math.isnan(theirs), (place, mine, theirs)
        # A number that is 0 but for rounding has no relative error.
        allowed = max(tolerance(quantity, place) * abs(theirs), 1e-15)
        assert math.isnan(mine) or mine == theirs or abs(mine - theirs) <= allowed, (place, mine, theirs)
