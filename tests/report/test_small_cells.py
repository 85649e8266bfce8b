"""Complementary suppression: from what is shown, totals included, no small count can be worked out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from engager.report.small_cells import hidden_cells

TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 12), min_size=columns, max_size=columns), min_size=1, max_size=4)
)


def possible(
    counts: list[list[int]], hidden: frozenset[tuple[int, int]], place: tuple[int, int]
) -> tuple[float, float]:
    """Return the least and the most that a cell, or a total, can be for a reader of what is shown."""
    rows, columns = len(counts), len(counts[0])
    cells = [(row, column) for row in range(rows) for column in range(columns)]

    def sums(spot: tuple[int, int]) -> list[float]:
        return [float((spot[0] in (rows, row)) and (spot[1] in (columns, column))) for row, column in cells]

    def value(spot: tuple[int, int]) -> int:
        return sum(int(part) * counts[row][column] for part, (row, column) in zip(sums(spot), cells, strict=True))

    shown = [(row, column) for row in range(rows + 1) for column in range(columns + 1) if (row, column) not in hidden]
    equations, known = ([sums(spot) for spot in shown], [value(spot) for spot in shown]) if shown else (None, None)
    least, most = (
        linprog([sign * part for part in sums(place)], A_eq=equations, b_eq=known, bounds=(0, 1000)).fun
        for sign in (1, -1)
    )
    assert least is not None
    assert most is not None
    return float(least), -float(most)


@given(TABLES, st.integers(2, 6))
def test_no_small_count_can_be_worked_out(counts: list[list[int]], limit: int) -> None:
    """Another table with the same shown cells and totals differs in it; by linear programming, not by rectangles."""
    hidden = hidden_cells(counts, limit)
    for row in range(len(counts) + 1):
        for column in range(len(counts[0]) + 1):
            parts = [
                value
                for r, line in enumerate(counts)
                for c, value in enumerate(line)
                if row in (r, len(counts)) and column in (c, len(line))
            ]
            if 0 < sum(parts) < limit:
                least, most = possible(counts, hidden, (row, column))
                assert most - least >= 1 - 1e-6


@given(TABLES, st.integers(2, 6))
def test_nothing_is_hidden_without_a_small_count(counts: list[list[int]], limit: int) -> None:
    """Where every count and total is nought or large enough."""
    large = [[0 if value == 0 else value + limit for value in row] for row in counts]
    assert hidden_cells(large, limit) == frozenset()


@given(TABLES, st.integers(2, 6), st.randoms())
def test_the_order_of_rows_does_not_matter_to_the_small_counts(
    counts: list[list[int]], limit: int, random: object
) -> None:
    """Every small count is hidden, wherever it stands."""
    shuffled = list(counts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    hidden = hidden_cells(shuffled, limit)
    assert all(
        (row, column) in hidden
        for row, line in enumerate(shuffled)
        for column, value in enumerate(line)
        if 0 < value < limit
    )


def test_a_naive_suppression_is_found_out() -> None:
    """Hiding the small count alone leaves it to be worked out from its row: the law above can fail."""
    counts = [[20, 3], [9, 12]]
    least, most = possible(counts, frozenset({(0, 1)}), (0, 1))
    assert (least, most) == pytest.approx((3, 3))
