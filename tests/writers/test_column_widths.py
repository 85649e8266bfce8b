"""Widths of columns that are given to the typesetter: no wider than the texts, within the page, every word whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engager.figures.theme import text_width
from engager.tables.table import Cell, Row, Table
from engager.writers.column_widths import fitting_widths

ROOM, SIZE, PADDING = 480.0, 8.0, 7.0
WORDS = st.text("abcdefghij ", min_size=1, max_size=120)


def _widths(columns: list[str], rows: list[list[str]]) -> list[float] | None:
    body = tuple(Row(tuple(map(Cell, row))) for row in rows)
    return fitting_widths(Table("t", "T", tuple(columns), body), ROOM, size=SIZE, padding=PADDING)


def test_a_small_table_is_as_wide_as_its_texts() -> None:
    """It does not fill the page."""
    widths = _widths(["Name", "n"], [["a patient", "7"]])
    assert widths is not None
    assert sum(widths) < 100
    assert widths[0] > widths[1]


def test_the_longest_text_gets_most_of_a_full_page() -> None:
    """And a short column keeps its width beside it."""
    widths = _widths(["Cycle", "Class", "Reason"], [["1", "responding", "a long reason " * 20]])
    assert widths is not None
    assert ROOM - 1 < sum(widths) <= ROOM
    assert widths[2] > 0.75 * ROOM


def test_words_that_find_no_room_are_left_to_the_typesetter() -> None:
    """No width is given then."""
    assert _widths(["a" * 80, "b" * 80], [["c", "d"]]) is None


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_every_word_finds_room_and_the_page_is_not_left(rows: list[list[str]]) -> None:
    """Whatever the texts are."""
    widths = _widths(["x", "y", "z"], rows)
    if widths is None:
        return
    assert sum(widths) <= ROOM + 0.1
    for column, width in enumerate(widths):
        words = [word for row in rows for word in row[column].split()]
        assert all(text_width(word, SIZE) + PADDING <= width + 1e-6 for word in words)
