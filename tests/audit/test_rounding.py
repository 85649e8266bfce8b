"""What a print can stand for, by every convention: ties, truncation, and the two papers' own cases."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.audit.possible_means import possible_squares, possible_sums
from engager.audit.possible_survival import final_probabilities, probability_after
from engager.audit.rounding import CONVENTIONS, Fit, Printed, counts, rounded, share, wholes


def print_of(text: str) -> Printed:
    """Return a print from its text."""
    return Printed(Decimal(text), len(text.partition(".")[2]))


# n, N, print: worked by hand. 1 of 8 is 12.5 %: a tie. 2 of 3 is 66.66... %: 66 is cut off.
@pytest.mark.parametrize(
    ("n", "whole", "text", "fit"),
    [
        (1, 8, "12.5", Fit.NEAREST),
        (1, 8, "13", Fit.NEAREST),  # half up
        (1, 8, "12", Fit.NEAREST),  # half to even, half down
        (1, 8, "11", Fit.NONE),
        (1, 8, "14", Fit.NONE),
        (3, 8, "38", Fit.NEAREST),  # 37.5: half up, half to even
        (3, 8, "37", Fit.NEAREST),  # half down
        (2, 3, "67", Fit.NEAREST),
        (2, 3, "66", Fit.CUT),  # truncation
        (2, 3, "66.6", Fit.CUT),
        (2, 3, "66.67", Fit.NEAREST),
        (2, 3, "65", Fit.NONE),
        (2, 3, "68", Fit.NONE),
        (1, 3, "34", Fit.CUT),  # always up
        (16, 23, "78", Fit.NONE),
        (2, 23, "10", Fit.NONE),
        (1, 3, "0", Fit.NONE),
        (1, 300, "0", Fit.NEAREST),
        (1, 150, "0", Fit.CUT),
        (0, 3, "0", Fit.NEAREST),
        (3, 3, "100", Fit.NEAREST),
        (0, 3, "1", Fit.NONE),
    ],
)
def test_a_print_goes_with_an_exact_share(n: int, whole: int, text: str, fit: Fit) -> None:
    """Nearest by any convention at a tie; cut off within one unit; nothing reaches a whole unit."""
    assert print_of(text).fit(share(n, whole)) is fit


def test_a_tie_by_every_convention() -> None:
    """1 of 8 without decimals, 3 of 8 without decimals."""
    assert {name: str(rounded(share(1, 8), 0, name)) for name in CONVENTIONS} == {
        "half up": "13", "half to even": "12", "half down": "12", "truncation": "12", "always up": "13",
    }  # fmt: skip
    assert str(rounded(share(3, 8), 0, "half to even")) == "38"


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 2), st.sampled_from(list(CONVENTIONS)))
def test_what_a_convention_prints_is_never_refused(n: int, whole: int, decimals: int, convention: str) -> None:
    """No print of a true share is `NONE`, and the nearest conventions are `NEAREST`."""
    if n > whole:
        n, whole = whole, n or 1
    told = Printed(rounded(share(n, whole), decimals, convention), decimals)
    assert told.fit(share(n, whole)) is not Fit.NONE
    if convention.startswith("half"):
        assert told.fit(share(n, whole)) is Fit.NEAREST
    assert whole in wholes(n, told, whole) or len(wholes(n, told, whole)) == 100 or n == 0
    assert n in counts(told, whole)


@given(st.integers(1, 120), st.integers(0, 100), st.integers(0, 1))
def test_wholes_and_counts_are_all_there_are(n: int, value: int, decimals: int) -> None:
    """The quick search finds what trying every number finds."""
    told = Printed(Decimal(value).scaleb(-decimals), decimals)
    tried = tuple(whole for whole in range(n, 150) if told.fit(share(n, whole)) is not Fit.NONE)
    assert wholes(n, told, 149) == tried
    assert counts(told, n) == tuple(k for k in range(n + 1) if told.fit(share(k, n)) is not Fit.NONE)


@pytest.mark.parametrize(
    ("text", "bound", "exact", "fit"),
    [
        ("1", "<", Fraction(1, 2), Fit.NEAREST), ("1", "<", Fraction(1), Fit.CUT), ("1", "<", Fraction(2), Fit.NONE),
        ("90", ">", Fraction(91), Fit.NEAREST), ("90", ">", Fraction(89), Fit.NONE),
        ("5", "≤", Fraction(5), Fit.NEAREST),
    ],
)  # fmt: skip
def test_a_bound_is_held_to_its_side(text: str, bound: str, exact: Fraction, fit: Fit) -> None:
    """`<1` is below 1."""
    assert Printed(Decimal(text), 0, bound).fit(exact) is fit


# Brown and Heathers 2017 give 5.19 of 28 whole numbers as impossible: 145 / 28 = 5.179, 146 / 28 = 5.214.
@pytest.mark.parametrize(
    ("mean", "n", "sums"),
    [("5.19", 28, ()), ("5.18", 28, (145,)), ("2.50", 4, (10,)), ("2.33", 3, (7,)), ("2.34", 3, (7,)), ("2.35", 3, ())],
)
def test_sums_of_whole_numbers(mean: str, n: int, sums: tuple[int, ...]) -> None:
    """GRIM, by every convention of rounding: 7 / 3 = 2.333 can be 2.33, or 2.34 if rounded up."""
    assert possible_sums(print_of(mean), n) == sums


@given(st.lists(st.integers(0, 20), min_size=2, max_size=30), st.integers(1, 3))
def test_what_whole_numbers_have_is_never_refused(values: list[int], decimals: int) -> None:
    """Mean and standard deviation of any whole numbers are possible, by n - 1 and by n."""
    n, total, squares = len(values), sum(values), sum(value**2 for value in values)
    mean = rounded(Fraction(total, n), decimals)
    assert total in possible_sums(Printed(mean, decimals), n)
    for degrees in (n - 1, n):
        variance = (squares - Fraction(total**2, n)) / degrees
        spread = Decimal(round(float(variance) ** 0.5, decimals)).quantize(Decimal(1).scaleb(-decimals))
        assert possible_squares(Printed(mean, decimals), Printed(spread, decimals), n)


@given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), min_size=1, max_size=9))
def test_a_curve_ends_at_a_value_that_is_held_possible(times: list[tuple[int, bool]]) -> None:
    """Every cohort's end is among the values that its events and its size can have."""
    end = probability_after((Fraction(time), event) for time, event in times)
    assert end in final_probabilities(len(times), sum(event for _, event in times))


def test_ends_of_curves_by_hand() -> None:
    """Two deaths of three: the third lives longest (1/3), or left before one of them (0)."""
    assert final_probabilities(3, 2) == {Fraction(1, 3), Fraction(0)}
    assert final_probabilities(3, 1) == {Fraction(2, 3), Fraction(1, 2), Fraction(0)}
    assert final_probabilities(4, 0) == {Fraction(1)}
