"""Infusions in time: two at once are an error, cycles out of order a warning, and touching ones are neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import FILES, problems, told, write_study

HEAD = "patient,cycle,start_day,end_day,dose,unit\n"
OTHER = "2,1,1,28,15,ug/m2/d\n"


def exposure(*days: tuple[int, int | str, int | str]) -> str:
    """Return the exposure of patient 1: cycle, first and last day of each row."""
    return HEAD + "".join(f"1,{cycle},{start},{end},15,ug/m2/d\n" for cycle, start, end in days) + OTHER


def test_two_infusions_at_once(tmp_path: Path) -> None:
    """The row, the days of both, and what to do."""
    folder = write_study(tmp_path, exposure=exposure((1, 1, 10), (1, 8, 28)))
    assert told(folder) == [
        (
            "exposure.csv row 3, column start_day: an infusion from day 8 beside one that runs from day 1 on, to day "
            "10; expected one infusion at a time. Where the dose changes, one stretch ends and the next begins; is a "
            "row there twice?"
        )
    ]


@pytest.mark.parametrize(
    ("days", "rules"),
    [
        ([(1, 1, 7), (1, 8, 28)], []),
        ([(1, 1, 8), (1, 8, 28)], []),
        ([(1, 1, 9), (1, 8, 28)], ["exposure.overlap"]),
        ([(1, 1, 28), (1, 1, 28)], ["exposure.overlap"]),
        ([(1, 1, 28), (1, 5, 6), (1, 20, 28)], ["exposure.overlap", "exposure.overlap"]),
        ([(1, 8, 28), (1, 1, 10)], ["exposure.overlap"]),
        ([(1, 1, 28), (2, 28, 55)], []),
        ([(1, 1, 28), (2, 27, 55)], ["exposure.overlap"]),
        ([(1, 1, ""), (1, 8, 28)], []),
        ([(1, "", ""), (2, "", "")], []),
        ([(1, "", ""), (1, "", "")], ["exposure.row_again"]),
        ([(2, 1, 28), (1, 43, 70)], ["exposure.cycle_order"]),
        ([(1, 43, 70), (1, 1, 28), (2, 71, 80)], []),
    ],
)
def test_the_boundaries(tmp_path: Path, days: list[tuple[int, int | str, int | str]], rules: list[str]) -> None:
    """A stretch may end on the day the next begins; where an end is not known nothing is told."""
    assert [issue.rule for issue in problems(write_study(tmp_path, exposure=exposure(*days)))] == rules


def test_the_study_of_the_tests_has_none(tmp_path: Path) -> None:
    """As a guard of the tests above."""
    assert problems(write_study(tmp_path, **FILES)) == []
