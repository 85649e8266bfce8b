"""Cycles, and the phases of therapies, as tables."""

from __future__ import annotations

from tests.conftest import Derive, Shows


def test_the_steps_of_a_cycle_become_one_row(derive: Derive, shows: Shows) -> None:
    """Doses stand in the order of days, or of steps where no day is known; the last stretch says why it ended."""
    datasets = derive(
        patients="patient\n2\n1",
        exposure="""patient | cycle | step | start_day | end_day | dose | unit | end_reason
        1 | 1 | 2 | | | 15 | ug/m2/d | progression
        1 | 1 | 1 | | | 5 | ug/m2/d | dose change
        2 | 2 | | 43 | 70 | 15 | ug/m2/d | completed
        2 | 1 | | 8 | 28 | 15 | ug/m2/d | completed
        2 | 1 | | 1 | 7 | 5 | ug/m2/d | dose change
        2 | | | 90 | 91 | 15 | ug/m2/d | """,
    )
    shows(
        datasets.cycles,
        """patient | cycle | doses | unit | start_day | end_day | end_reason | sources
        2 | 1 | 5, 15 | ug/m2/d | 1 | 28 | completed | exposure:6, exposure:5
        2 | 2 | 15 | ug/m2/d | 43 | 70 | completed | exposure:4
        1 | 1 | 5, 15 | ug/m2/d | | | progression | exposure:3, exposure:2""",
    )


def test_a_dated_therapy_without_a_phase_is_placed_by_its_day(derive: Derive, shows: Shows) -> None:
    """Before day 1, on a day of infusion, between two cycles, after the last; a phase that is given stays."""
    datasets = derive(
        exposure="patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n1 | 2 | 43 | 70",
        therapies="""patient | kind | phase | start_day
        1 | steroid | | -3
        1 | steroid | | 28
        1 | steroid | | 29
        1 | steroid | | 71
        1 | steroid | after | 2
        1 | steroid | | """,
    )
    shows(
        datasets.cohort["therapies"],
        """row | phase | start_day
        2 | before | -3
        3 | during | 28
        4 | between | 29
        5 | after | 71
        6 | after | 2
        7 | | """,
    )
