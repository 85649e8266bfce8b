"""How numbers are written: every rounding, worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.results import AnalysisResult
from engager.tables.formatting import count_percent, estimate_interval, patients_list, percent, rounded, share
from engager.tables.labels import category, unit


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-2.5, 0, "-3"), (-0.4, 0, "0"), (0.125, 2, "0.13"),
        (2.675, 2, "2.68"), (1.005, 2, "1.01"), (9.95, 1, "10.0"), (0.04, 1, "0.0"), (398.0, 0, "398"),
        (Fraction(1, 8), 2, "0.13"), (Fraction(2, 3), 3, "0.667"), (1e-7, 1, "0.0"), (-12.25, 1, "-12.3"),
    ],
)  # fmt: skip
def test_rounding_is_half_away_from_zero(value: float | Fraction, decimals: int, text: str) -> None:
    """On the number as it is written in decimals, not on its binary neighbour; never a minus zero."""
    assert rounded(value, decimals) == text


@pytest.mark.parametrize(
    ("k", "n", "decimals", "text"),
    [
        (1, 8, 1, "12.5"), (1, 8, None, "13"), (6, 9, None, "67"), (6, 9, 1, "66.7"), (1, 23, None, "4.3"),
        (0, 9, None, "0"), (9, 9, None, "100"), (1, 1000, None, "0.1"), (99, 1000, None, "9.9"), (5, 200, 0, "3"),
        (776, 777, None, "99.9"), (99_999, 100_000, None, "99.999"), (1, 10_000, None, "0.01"),
        (199, 200, None, "99.5"), (776, 777, 0, "100"),
    ],
)  # fmt: skip
def test_percentages_are_exact(k: int, n: int, decimals: int | None, text: str) -> None:
    """From the integers: no decimals from 10 %, one below, more where some would read as none or as all."""
    assert percent(k, n, decimals) == text


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(0, 3))
def test_a_percentage_is_within_half_a_digit(k: int, n: int, decimals: int) -> None:
    """What is printed differs from the share by at most half of the last digit."""
    assert abs(Fraction(percent(k, n, decimals)) - Fraction(100 * k, n)) <= Fraction(1, 2 * 10**decimals)


def row(**values: object) -> AnalysisResult:
    """Return a result with the values given."""
    return AnalysisResult(analysis="a", name="b", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (row(estimate=398.0, lower=17.0, level=0.95, unit="d"), "398 days (95 % CI 17\u2013not reached)"),
        (row(estimate=1.0, unit="d"), "1 day"),
        (row(estimate=2 / 3, lower=0.2993, upper=0.9251, level=0.95, unit="1", n=6, N=9),
         "66.7 % (95 % CI 29.9\u201392.5)"),
        (row(estimate=0.5555, unit="1"), "55.6 %"),
        (row(estimate=10.4, unit="a"), "10.4 a"),
        (row(estimate=6.0, unit="{patients}"), "6"),
        (row(unit="d", warning="not reached: the curve stays above 50 %"), "not reached"),
        (row(unit="1", warning="not estimable: after the last follow-up"), "not estimable"),
    ],
)  # fmt: skip
def test_an_estimate_with_its_interval(result: AnalysisResult, text: str) -> None:
    """Unit, interval and the reason where there is no number."""
    assert estimate_interval(result) == text


def test_a_count_with_its_percentage() -> None:
    """`1 (13)` of 8; the count alone where nobody is counted; a share from its counts."""
    assert count_percent(row(n=1, N=8)) == "1 (13)"
    assert count_percent(row(n=0, N=0)) == "0"
    assert share(row(n=1, N=8, estimate=0.125)) == "12.5 %"
    assert share(row()) == "not estimable"


@pytest.mark.parametrize(
    ("patients", "text"),
    [
        (("1", "2", "3", "7"), "1\u20133, 7"), (("10", "9", "2"), "2, 9, 10"), (("1", "2"), "1, 2"),
        (("01", "02", "03"), "01, 02, 03"), (("P3", "P1"), "P3, P1"), ((), ""),
    ],
)  # fmt: skip
def test_lists_of_patients(patients: tuple[str, ...], text: str) -> None:
    """Runs of three or more are joined; a pseudonym is never changed."""
    assert patients_list(patients) == text


def test_words_for_codes() -> None:
    """Ordinals, units and donors as papers print them."""
    numbers = ("0", "1", "2", "3", "4", "21")
    assert [category("relapse_number", at) for at in numbers] == [
        "none", "1st relapse", "2nd relapse", "3rd relapse", "4th relapse", "21st relapse",
    ]  # fmt: skip
    assert category("relapse_number", "not recorded") == "not recorded"
    assert category("prior_hsct", "1 x cord blood") == "1 \u00d7 cord blood"
    assert unit("ug/m2/d, ug/d") == "\u00b5g/m\u00b2/day, \u00b5g/day"
