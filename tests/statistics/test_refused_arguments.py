"""What is outside a definition is refused, with the index, what was expected and what was found."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from engager import statistics
from engager.errors import StatisticsError

NAN, INF = math.nan, math.inf
SURVIVAL: list[Callable[..., Any]] = [
    statistics.kaplan_meier,
    statistics.reverse_kaplan_meier,
    statistics.nelson_aalen,
    lambda time, event: statistics.kaplan_meier_by_group(time, event, ["a"] * len(time)),
    lambda time, event: statistics.restricted_mean(time, event, tau=1),
    lambda time, event: statistics.log_rank(time, event, np.arange(len(time)) % 2),
    lambda time, event: statistics.log_rank_permutation(time, event, np.arange(len(time)) % 2),
    lambda time, event: statistics.cox(time, event, np.arange(len(time))),
    lambda time, event: statistics.concordance(time, event, np.arange(len(time))),
    lambda time, event: statistics.landmark(time, event, np.ones(len(time)), at=0),
    lambda time, event: statistics.mantel_byar(time, event, np.ones(len(time))),
]


@pytest.mark.parametrize("function", SURVIVAL)
@pytest.mark.parametrize(
    ("time", "event", "message"),
    [
        ([1.0, NAN, 3.0], [1, 0, 1], r"time\[1\]: expected a finite number, found nan"),
        ([1.0, 2.0, INF], [1, 0, 1], r"time\[2\]: expected a finite number, found inf"),
        ([1, -2, 3], [1, 0, 1], r"time\[1\]: expected a time of at least 0, found -2"),
        ([1, 2, 3], [1, 2, 0], r"event\[1\]: expected 0 or 1, found 2"),
        ([1, 2, 3], [1, 0, 0.5], r"event\[2\]: expected 0 or 1, found 0.5"),
        ([1, 2, 3], [1, 0, -1], r"event\[2\]: expected 0 or 1, found -1"),
        ([1, 2, 3], [1, NAN, 0], r"event\[1\]: expected a finite number, found nan"),
        ([1, None, 3], [1, 0, 0], r"time\[1\]: expected a finite number, found None"),
        (["1", "2", "3"], [1, 0, 0], r"time: expected numbers, found type <U1"),
    ],
)
def test_times_and_events(function: Callable[..., Any], time: list[Any], event: list[Any], message: str) -> None:
    """Every function of survival refuses the same values in the same words."""
    with pytest.raises(StatisticsError, match=message):
        function(time, event)


def test_lengths_and_emptiness() -> None:
    """One value per observation, and at least one observation."""
    with pytest.raises(StatisticsError, match="one length, found time 2, event 1"):
        statistics.kaplan_meier([1, 2], [1])
    with pytest.raises(StatisticsError, match="time: expected at least one value"):
        statistics.kaplan_meier([], [])
    with pytest.raises(StatisticsError, match=r"one dimension, found shape \(1, 2\)"):
        statistics.kaplan_meier([[1, 2]], [1, 0])


CALLS: list[tuple[Callable[[], object], str]] = [
    (lambda: statistics.kaplan_meier([1], [1], interval="logit"), "interval: expected one of log-log, log, plain"),  # type: ignore[arg-type]
    (lambda: statistics.kaplan_meier([1], [1], level=95), "level: expected a number between 0 and 1, found 95"),
    (lambda: statistics.kaplan_meier([1], [1]).quantile(0), "p: expected a number between 0 and 1"),
    (lambda: statistics.kaplan_meier([1], [1]).at([-1]), r"times\[0\]: expected a time of at least 0"),
    (lambda: statistics.log_rank([1, 2], [1, 1], ["a", "a"]), "group: expected at least two groups, found only a"),
    (lambda: statistics.log_rank([1, 2], [1, 1], [0, 1], rho=NAN), "rho: expected a finite number"),
    (lambda: statistics.log_rank([1, 2], [1, 1], [0.0, NAN]), r"group\[1\]: expected a finite number or a label"),
    (lambda: statistics.log_rank_permutation([1, 2, 3], [1, 1, 1], [0, 1, 2]), "expected two groups, found 3"),
    (lambda: statistics.cumulative_incidence([1, 2], [1, -1]), r"cause\[1\]: expected a whole number of at least 0"),
    (lambda: statistics.cumulative_incidence([1], [1], variance="x"), "variance: expected one of aalen, jackknife"),  # type: ignore[call-overload]
    (lambda: statistics.fine_gray([1, 2], [1, 2], [0, 1], of=3), "of: expected a cause that occurs, found 3"),
    (lambda: statistics.fine_gray([1, 2, 3], [1, 2, 1], [1, 1, 1]), r"covariates\[:, 0\]: expected values that differ"),
    (lambda: statistics.fine_gray([1, 2, 3], [1, 0, 2], [1, 0, 0]), "covariates: expected finite coefficients"),
    (lambda: statistics.cox([1, 2], [0, 0], [0, 1]), "event: expected at least one event"),
    (lambda: statistics.cox([1, 2, 3], [1, 1, 1], [4, 4, 4]), r"covariates\[:, 0\]: expected values that differ"),
    (
        lambda: statistics.cox([1, 2, 3, 4], [1, 1, 1, 1], [[1, 2], [0, 0], [1, 2], [0, 0]]),
        r"covariates\[:, 1\]: expected no combination",
    ),
    (lambda: statistics.cox([1, 2], [1, 1], [0, INF]), r"covariates\[1\]: expected finite numbers"),
    (lambda: statistics.cox([1, 2], [1, 1], [0, 1], ties="none"), "ties: expected one of efron, breslow, exact"),  # type: ignore[arg-type]
    (lambda: statistics.proportion_interval(4, 3), "expected 0 <= events <= n"),
    (lambda: statistics.proportion_interval(1.5, 3), "events: expected a whole number"),  # type: ignore[arg-type]
    (lambda: statistics.rate_interval(1, 0), "person_time: expected a finite number above 0"),
    (lambda: statistics.fisher_exact([[1, 2]]), r"at least two rows and two columns, found shape \(1, 2\)"),
    (lambda: statistics.chi_squared([[1, -2], [0, 1]]), r"table\[0, 1\]: expected a whole number"),
    (lambda: statistics.chi_squared([[0, 0], [0, 0]]), "table: expected at least one observation"),
    (lambda: statistics.fisher_exact([[1, 2, 3], [1, 2, 3]], alternative="less"), "alternative: expected two-sided"),
    (lambda: statistics.mann_whitney([1, NAN], [1]), r"x\[1\]: expected a finite number"),
    (lambda: statistics.mann_whitney([1], []), "y: expected at least one value"),
    (lambda: statistics.wilcoxon_signed_rank([1, 2], [1]), "one length, found x 2, y 1"),
    (lambda: statistics.quantile([1, 2], 1.5), "p: expected numbers from 0 to 1"),
    (lambda: statistics.quantile([1, 2], 0.5, type=10), "type: expected 1 to 9, found 10"),
    (lambda: statistics.roc_threshold([1, 2], [1, 1], seed=1), "state: expected both 0 and 1, found only 1"),
    (lambda: statistics.landmark([1, 2], [1, 1], [NAN, NAN], at=5), "at: expected a landmark before the last time 2"),
    (lambda: statistics.mantel_byar([1, 2], [1, 1], [NAN, -1]), r"switch\[1\]: expected a time of at least 0, or NaN"),
    (lambda: statistics.restricted_mean([1, 2], [1, 1], tau=0), "tau: expected a finite number above 0"),
    (lambda: statistics.restricted_mean([1, 2], tau=1), "event: expected the event codes"),
    (lambda: statistics.PRESETS["R"].words("weather"), "topic: expected one of survival"),
    (lambda: statistics.cohen_kappa([1, 2], [1, 2], weights="cubic"), "weights: expected one of none, linear"),  # type: ignore[arg-type]
    (lambda: statistics.cohen_kappa([1.0, 2.0], [1.0, NAN]), r"second\[1\]: expected a finite number or a label"),
    (lambda: statistics.cohen_kappa([1], [1], level=95), "level: expected a number between 0 and 1, found 95"),
    (lambda: statistics.bland_altman([1], [2], level=95), "level: expected a number between 0 and 1, found 95"),
    (lambda: statistics.proportion_interval(None, 3), "events: expected a whole number"),  # type: ignore[arg-type]
    (lambda: statistics.proportion_interval("1", 3), "events: expected a whole number"),  # type: ignore[arg-type]
    (lambda: statistics.order_scores([1], [NAN], [True]), r"high\[0\]: expected a number, found nan"),
    (lambda: statistics.bounded_quantile([1, 2], [3, NAN], 0.5), r"high\[1\]: expected a number, found nan"),
    (lambda: statistics.bounded_quantile([1, 5], [3, 4], 0.5), r"low\[1\]: expected at most 4.0, found 5.0"),
    (lambda: statistics.separating_interval([NAN, 1], [2, 3], [0, 1]), r"low\[0\]: expected a number, found nan"),
    (lambda: statistics.separating_interval([1, 1], [2, 3], [0, 2]), r"state\[1\]: expected 0 or 1, found 2"),
    (lambda: statistics.separating_interval([1, 1], [2, 3], [0]), "one length, found low 2, state 1"),
    (lambda: statistics.separating_interval([1, 1], [2, 3], [1, 1]), "state: expected both 0 and 1"),
]


@pytest.mark.parametrize(("call", "message"), CALLS)
def test_refusals(call: Callable[[], object], message: str) -> None:
    """Each argument outside its definition is named."""
    with pytest.raises(StatisticsError, match=message):
        call()


def test_defined_answers_at_the_edges() -> None:
    """All censored, one patient, all tied, time 0: answers, not errors."""
    censored = statistics.kaplan_meier([3, 5], [0, 0])
    assert censored.survival.tolist() == [1, 1]
    assert math.isnan(censored.quantile().estimate)
    assert statistics.kaplan_meier([4], [1]).quantile().estimate == 4
    assert statistics.kaplan_meier([0, 0], [1, 0]).survival.tolist() == [0.5]
    assert statistics.kaplan_meier([7, 7, 7], [1, 0, 1]).at_risk.tolist() == [3]
    nothing = statistics.log_rank([3, 5], [0, 0], ["a", "b"]).test
    assert math.isnan(nothing.statistic)
    assert math.isnan(nothing.p_value)
    no_cause = statistics.cumulative_incidence([3, 5], [0, 0])
    assert no_cause.incidence.tolist() == [[0, 0]]
    assert math.isnan(statistics.gray_test([3, 5], [0, 0], ["a", "b"]).tests[1].p_value)


def test_results_cannot_be_changed() -> None:
    """Neither the fields of a result nor the numbers in its arrays can be written."""
    curve = statistics.kaplan_meier([1, 2], [1, 0])
    with pytest.raises(FrozenInstanceError):
        curve.level = 0.5  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        curve.survival[0] = 0


def test_public_names() -> None:
    """The names that the package states are there, described, and the import is light."""
    for name in statistics.__all__:
        value = getattr(statistics, name)
        assert name == "PRESETS" or value.__doc__
    code = "import sys, engager.statistics; sys.exit('scipy.stats' in sys.modules or 'scipy.optimize' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
