"""Limits of agreement: worked by hand, as their authors print them, and refused where they mean nothing."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager import statistics
from engager.errors import StatisticsError

METERS = Path(__file__).parents[2] / "verification" / "data" / "agreement.csv"
readings = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=12)


def test_worked_by_hand() -> None:
    """Differences 1, 0, 1, 2: mean 1, variance 2/3; with t(3) = 3.182446 the bias is 1 -+ 3.182446 * sqrt(1/6)."""
    found = statistics.bland_altman([10, 12, 14, 16], [11, 12, 15, 18])
    assert found.n == 4
    assert found.bias.estimate == 1
    assert found.std_dev == pytest.approx(math.sqrt(2 / 3), rel=1e-14)
    assert found.bias.lower == pytest.approx(1 - 3.182446305284263 * math.sqrt(1 / 6), rel=1e-12)
    z = 1.959963984540054
    assert found.lower_limit.estimate == pytest.approx(1 - z * math.sqrt(2 / 3), rel=1e-12)
    error = math.sqrt(2 / 3 * (1 / 4 + z**2 / 6))
    assert found.upper_limit.upper == pytest.approx(1 + z * math.sqrt(2 / 3) + 3.182446305284263 * error, rel=1e-12)


def test_the_flow_meters_of_the_paper() -> None:
    """Bland and Altman print 2.1 l/min, SD 38.8 and the interval -17.8 to 22.0."""
    with METERS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["case"] == "flow meters"]
    first, second = ([float(row[name]) for row in rows] for name in ("first", "second"))
    found = statistics.bland_altman(first, second)
    assert [round(value, 1) for value in (found.bias.estimate, found.std_dev)] == [2.1, 38.8]
    assert [round(value, 1) for value in (found.bias.lower, found.bias.upper)] == [-17.8, 22.0]


def test_one_pair_has_a_bias_and_nothing_else() -> None:
    """One difference has no spread."""
    found = statistics.bland_altman([1], [3])
    assert found.bias.estimate == 2
    assert math.isnan(found.bias.lower)
    assert math.isnan(found.lower_limit.estimate)


@given(readings)
def test_exchanging_the_two_turns_the_sign(pairs: list[tuple[int, int]]) -> None:
    """The bias changes its sign and the limits change places."""
    one, two = zip(*pairs, strict=True)
    there, back = statistics.bland_altman(one, two), statistics.bland_altman(two, one)
    assert there.bias.estimate == pytest.approx(-back.bias.estimate, abs=1e-12)
    assert there.upper_limit.upper == pytest.approx(-back.lower_limit.lower, abs=1e-9)
    assert there.bias.lower <= there.bias.estimate <= there.bias.upper


@pytest.mark.parametrize(
    ("one", "two", "message"),
    [([1, 2], [1], "one length"), ([1, math.inf], [1, 2], r"first\[1\]"), ([], [], "at least one value")],
)
def test_what_cannot_be_compared_is_refused(one: list[float], two: list[float], message: str) -> None:
    """Unequal lengths, infinite values and nothing at all are refused."""
    with pytest.raises(StatisticsError, match=message):
        statistics.bland_altman(one, two)
