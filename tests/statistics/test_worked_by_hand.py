"""Answers worked by hand, as fractions, in tables that can be checked on paper."""

from __future__ import annotations

import math
from dataclasses import astuple
from fractions import Fraction

import numpy as np
import pytest

from engager import statistics

NEVER = float("nan")

# What a paper prints of nine patients: days and state at last contact.
DAYS = [675, 1851, 1490, 17, 655, 398, 58, 166, 265]
DEAD = [0, 0, 0, 1, 1, 1, 1, 1, 1]


def close(found: object, expected: object) -> None:
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(expected, float), rtol=1e-13, atol=1e-15)


def test_kaplan_meier_of_six() -> None:
    """Times 6 6 6+ 7 10+ 13: at 6 two of six, at 7 one of three, at 13 the last."""
    curve = statistics.kaplan_meier([6, 6, 6, 7, 10, 13], [1, 1, 0, 1, 0, 1])
    close(curve.time, [6, 7, 10, 13])
    close(curve.at_risk, [6, 3, 2, 1])
    close(curve.events, [2, 1, 0, 1])
    close(curve.censored, [1, 0, 1, 0])
    close(curve.survival, [Fraction(2, 3), Fraction(4, 9), Fraction(4, 9), 0])
    greenwood = [Fraction(2, 6 * 4), Fraction(2, 6 * 4) + Fraction(1, 3 * 2)]
    close(curve.std_error[:2] ** 2, [Fraction(4, 9) * greenwood[0], Fraction(16, 81) * greenwood[1]])
    assert math.isnan(curve.std_error[3])


@pytest.mark.parametrize(
    ("interval", "lower", "upper", "median_lower"),
    [("log", 31.0, 99.7, 166), ("log-log", 20.4, 80.5, 17), ("plain", 23.1, 88.0, 166)],
)
def test_nine_patients(interval: str, lower: float, upper: float, median_lower: float) -> None:
    """S(365) is 5/9 on every scale; the interval is what the scale makes of it; the median is 398 days."""
    curve = statistics.kaplan_meier(DAYS, DEAD, interval=interval)  # type: ignore[arg-type]
    values = curve.at([365])
    close(values.survival, [Fraction(5, 9)])
    assert (round(100 * values.lower[0], 1), round(100 * values.upper[0], 1)) == (lower, upper)
    median = curve.quantile()
    assert (median.estimate, median.lower) == (398, median_lower)
    assert math.isnan(median.upper)


@pytest.mark.parametrize(
    ("p", "expected"), [(0.25, 3.0), (0.5, 5.0), (0.74, 6.0), (0.75, 7.0), (0.76, 8.0), (0.99, 8.0)]
)
def test_quantile_on_flat_pieces(p: float, expected: float) -> None:
    """Four events at 2, 4, 6, 8: survival is exactly 3/4, 1/2, 1/4 on the pieces between; their midpoints count."""
    assert statistics.kaplan_meier([2, 4, 6, 8], [1, 1, 1, 1]).quantile(p).estimate == expected


def test_curve_at_times() -> None:
    """Before the first time all are alive; past the last follow-up nothing is estimable, unless all have died."""
    open_end = statistics.kaplan_meier([2, 4, 6], [1, 1, 0]).at([0, 2, 5, 6, 6.1])
    close(open_end.survival[:4], [1, Fraction(2, 3), Fraction(1, 3), Fraction(1, 3)])
    assert math.isnan(open_end.survival[4])
    close(open_end.at_risk, [3, 3, 1, 1, 0])
    close((open_end.lower[0], open_end.upper[0], open_end.std_error[0]), (1, 1, 0))
    assert statistics.kaplan_meier([2, 4], [1, 1]).at([9]).survival[0] == 0


def test_nearly_equal_times_are_tied() -> None:
    """0.1 + 0.2 and 0.3 are one time, and so is what differs by a rounding error on a large scale."""
    curve = statistics.kaplan_meier([0.1 + 0.2, 0.3, 0.5], [1, 1, 0])
    close(curve.survival, [Fraction(1, 3), Fraction(1, 3)])
    assert statistics.kaplan_meier([1e9 + 1, 1e9 + 2, 3e9], [1, 1, 1]).time.size == 2


def test_restricted_mean() -> None:
    """Events at 2, 4, 6, 8: the area to 6 is 2 + 2 * 3/4 + 2 * 1/2; its variance by hand from the areas left."""
    found = statistics.restricted_mean([2, 4, 6, 8], [1, 1, 1, 1], tau=6)
    close(found.estimate, Fraction(9, 2))
    close(found.std_error**2, Fraction(5, 2) ** 2 * Fraction(1, 12) + 1 * Fraction(1, 6))
    assert math.isnan(statistics.restricted_mean([2, 4], [1, 0], tau=5).estimate)
    assert statistics.restricted_mean([2, 4], [1, 1], tau=5).estimate == 3


def test_follow_up() -> None:
    """Censored at 3 and 9, dead at 5: the reverse curve falls to 2/3 at 3 and to 0 at 9."""
    curve = statistics.reverse_kaplan_meier([3, 5, 9], [0, 1, 0])
    close(curve.survival, [Fraction(2, 3), Fraction(2, 3), 0])
    assert curve.quantile().estimate == 9


def test_nelson_aalen() -> None:
    """The hazard adds d/n, its variance d/n^2."""
    curve = statistics.nelson_aalen([1, 1, 2, 3], [1, 1, 0, 1], interval="plain")
    close(curve.cumulative_hazard, [Fraction(1, 2), Fraction(1, 2), Fraction(3, 2)])
    close(curve.std_error**2, [Fraction(1, 8), Fraction(1, 8), Fraction(9, 8)])


def test_log_rank_of_four() -> None:
    """Of two each, a dies at 1 and 3, b at 2 and 4: expected in a 1/2 + 1/3 + 1/2, variance 1/4 + 2/9 + 1/4."""
    found = statistics.log_rank([1, 3, 2, 4], [1, 1, 1, 1], ["a", "a", "b", "b"])
    close(found.expected, [Fraction(4, 3), Fraction(8, 3)])
    close(found.test.statistic, Fraction(2, 3) ** 2 / (Fraction(1, 4) + Fraction(2, 9) + Fraction(1, 4)))
    weighted = statistics.log_rank([1, 3, 2, 4], [1, 1, 1, 1], ["a", "a", "b", "b"], rho=1)
    close(
        weighted.observed[0] - weighted.expected[0],
        Fraction(1, 2) - Fraction(3, 4) * Fraction(1, 3) + Fraction(1, 2) * Fraction(1, 2),
    )


def test_log_rank_by_strata() -> None:
    """Two copies of one stratum double the difference and the variance."""
    time, event, group = [1, 3, 2, 4], [1, 1, 1, 1], ["a", "a", "b", "b"]
    once = statistics.log_rank(time, event, group)
    twice = statistics.log_rank(time * 2, event * 2, group * 2, strata=[0] * 4 + [1] * 4)
    close(twice.test.statistic, 2 * once.test.statistic)


def test_incidence_of_five() -> None:
    """Cause 1 at 1 and 3, cause 2 at 1, one censored at 2, one at 4: ties are taken as they are."""
    curves = statistics.cumulative_incidence([1, 1, 2, 3, 4], [1, 2, 0, 1, 0])
    close(curves.incidence[0], [Fraction(1, 5), Fraction(1, 5), Fraction(1, 2), Fraction(1, 2)])
    close(curves.incidence[1], [Fraction(1, 5)] * 4)
    close(curves.survival, [Fraction(3, 5), Fraction(3, 5), Fraction(3, 10), Fraction(3, 10)])
    # At 1 the binomial variance 4/25/5 with its denominator n - 1, less the tied other cause.
    close(curves.std_error[0, 0] ** 2, Fraction(1, 25))


def test_gray_of_six() -> None:
    """A cause-2 event leaves its group at risk of nothing: scores 1/2 and -1/2, variance 1/4 + 1/64."""
    found = statistics.gray_test([1, 2, 3, 3, 3, 3], [2, 1, 0, 0, 0, 0], list("aaabbb"))
    close(found.scores[0], [Fraction(1, 2), Fraction(-1, 2)])
    close(found.tests[1].statistic, Fraction(1, 4) / (Fraction(1, 4) + Fraction(1, 64)))


def test_cox_of_three() -> None:
    """With x = 1, 0, 1 dying at 1, 2, 3: L = e^b / (1 + 2 e^b) / (1 + e^b) has its maximum where 2 e^2b = 1."""
    model = statistics.cox([1, 2, 3], [1, 1, 1], [1, 0, 1])
    close(model.hazard_ratio().estimate, math.sqrt(0.5))
    close(model.log_likelihood[0], math.log(Fraction(1, 6)))
    # Efron's second of two tied events counts half of each: 1/2 (a + b) of the two who die.
    tied = statistics.cox([1, 1, 2], [1, 1, 1], [1, 0, 0])
    ratio = tied.hazard_ratio().estimate
    likelihood = ratio / ((ratio + 2) * ((ratio + 1) / 2 + 1))
    close(tied.log_likelihood[1], math.log(likelihood))
    close(tied.log_likelihood[0], math.log(Fraction(1, 6)))
    close(statistics.cox([1, 1, 2], [1, 1, 1], [1, 0, 0], ties="breslow").log_likelihood[0], math.log(Fraction(1, 9)))
    # Exactly, two of four die, one of each kind, then both others: L = r / (r^2 + 4 r + 1), greatest at r = 1.
    exact = statistics.cox([1, 1, 2, 2], [1, 1, 1, 1], [1, 0, 1, 0], ties="exact")
    close(exact.coefficients, [0])
    close(exact.log_likelihood, [math.log(Fraction(1, 6))] * 2)


def test_firth_of_two() -> None:
    """One event, in the only one exposed of two: L = e^b / (1 + e^b), penalised by sqrt(L (1 - L)): L = 3/4."""
    model = statistics.cox([1, 2], [1, 0], [1, 0], firth=True)
    close(model.hazard_ratio().estimate, 3)
    with pytest.raises(ValueError, match=r"covariates\[:, 0\]: expected a finite coefficient"):
        statistics.cox([1, 2], [1, 0], [1, 0])


def test_proportions() -> None:
    """6 of 9 and 3 of 3, as every table prints them; at 0 and n a limit is 0 or 1 exactly."""
    exact = statistics.proportion_interval(6, 9)
    assert (round(100 * exact.lower, 1), round(100 * exact.upper, 1)) == (29.9, 92.5)
    wilson = statistics.proportion_interval(6, 9, method="wilson")
    assert (round(100 * wilson.lower, 1), round(100 * wilson.upper, 1)) == (35.4, 87.9)
    close(statistics.proportion_interval(3, 3).lower, 0.025 ** (1 / 3))
    for method in ("clopper-pearson", "wilson"):
        assert statistics.proportion_interval(0, 5, method=method).lower == 0
        assert statistics.proportion_interval(5, 5, method=method).upper == 1
    close(statistics.rate_interval(0, 2).upper, -math.log(0.025) / 2)


def test_fisher_tasting_tea() -> None:
    """Three of four cups right: 34 of 70 ways are no likelier; one of one side 17 of 70."""
    table = [[3, 1], [1, 3]]
    close(statistics.fisher_exact(table).test.p_value, Fraction(34, 70))
    close(statistics.fisher_exact(table, alternative="greater").test.p_value, Fraction(17, 70))
    close(statistics.chi_squared(table).test.statistic, 2)
    close(statistics.chi_squared(table, yates=True).test.statistic, Fraction(1, 2))
    assert math.isnan(statistics.chi_squared([[0, 0], [3, 4]]).test.p_value)
    assert statistics.fisher_exact([[0, 0], [3, 4]]).test.p_value == 1


def test_mann_whitney_with_ties() -> None:
    """1 2 against 2 3: U is 1/2; of six draws four are as far from the mean 2."""
    found = statistics.mann_whitney([1, 2], [2, 3])
    assert found.test.statistic == 0.5
    close(found.test.p_value, Fraction(4, 6))
    assert found.shift.estimate == -1
    assert statistics.mann_whitney([4, 4], [4, 4, 4]).test.p_value == 1
    assert statistics.mann_whitney([1], [2]).shift.lower == -math.inf


def test_kruskal_wallis_and_kappa() -> None:
    """Ranks 1 2 | 3 4 give 12/5; with full agreement kappa is 1 and its error 0."""
    close(statistics.kruskal_wallis([1, 2, 3, 4], ["a", "a", "b", "b"]).statistic, Fraction(12, 5))
    assert math.isnan(statistics.kruskal_wallis([5, 5, 5], [0, 1, 1]).p_value)
    full = statistics.cohen_kappa([1, 2, 3, 1], [1, 2, 3, 1])
    assert (full.estimate, full.std_error) == (1, 0)
    assert math.isnan(statistics.cohen_kappa([1, 1], [1, 1]).estimate)


def test_roc_threshold() -> None:
    """Without overlap the least value of the state separates fully; the same seed gives the same interval."""
    found = statistics.roc_threshold([1, 2, 3, 7, 8], [0, 0, 0, 1, 1], seed=3)
    assert (found.threshold.estimate, found.youden.estimate, found.area.estimate) == (7, 1, 1)
    values, state = [1, 5, 2, 4, 3, 6, 2, 7], [0, 0, 0, 1, 0, 1, 1, 1]
    one, two = (statistics.roc_threshold(values, state, seed=9) for _ in range(2))
    # NaN is no equal of itself, and the standard error of a bootstrap interval is one.
    assert astuple(one.threshold)[:5] == astuple(two.threshold)[:5]
    assert statistics.roc_threshold(values, state, seed=10).area.method != one.area.method


def test_landmark() -> None:
    """At day 100: out is who died before; the switch on day 150 does not make the patient a switched one."""
    found = statistics.landmark([30, 100, 200, 300], [1, 0, 1, 0], [NEVER, 20, 100, 150], at=100)
    assert found.rows.tolist() == [2, 3]
    assert found.switched.tolist() == [1, 0]
    assert found.time.tolist() == [100, 200]
    assert (found.events_before, found.censored_before) == (1, 1)


def test_mantel_byar() -> None:
    """Deaths at 3 (four at risk, one switched), 5 (three, two switched) and 8 (one, not switched)."""
    found = statistics.mantel_byar([3, 5, 6, 8], [1, 1, 0, 1], [NEVER, 2, 4, NEVER])
    close(found.expected, [Fraction(3, 4) + Fraction(1, 3) + 1, Fraction(1, 4) + Fraction(2, 3)])
    close(found.test.statistic, Fraction(1, 12) ** 2 / (Fraction(3, 16) + Fraction(2, 9)))


def test_quantile_types() -> None:
    """The quartile of 1, 2, 3, 10 by each of the nine definitions."""
    expected = [1, 1.5, 1, 1, 1.5, 1.25, 1.75, Fraction(17, 12), Fraction(23, 16)]
    close([statistics.quantile([10, 2, 1, 3], 0.25, type=kind) for kind in range(1, 10)], expected)


def test_presets_print_their_methods() -> None:
    """Every set says what it computes, and differs from the others where the programs differ."""
    assert list(statistics.PRESETS) == ["default", "R", "SAS", "Prism"]
    assert statistics.PRESETS["R"].words("survival") == "Kaplan-Meier, 95 % log interval (Greenwood)"
    assert statistics.PRESETS["SAS"].words("regression").startswith("Cox regression, Breslow's")
    assert statistics.PRESETS["Prism"].words("quantile") == "quantiles of type 6"
