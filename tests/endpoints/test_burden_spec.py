"""Burden: how answers become bounds, and which cycle a reading tells of."""

from __future__ import annotations

from tests.conftest import Derive, Shows

CYCLES = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n1 | 2 | 43 | 70"


def test_each_answer_becomes_bounds(derive: Derive, shows: Shows) -> None:
    """Comparators, limits of detection and of quantification bound the fraction; without them it stays unknown."""
    datasets = derive(
        exposure="patient | cycle\n1 | 1",
        measurements="""patient | cycle | timepoint | test | value | unit | lod | loq
        1 | 1 | end of cycle | mrd | 0.5 | % | |
        1 | 1 | end of cycle | mrd | <1e-4 | 1 | |
        1 | 1 | end of cycle | mrd | <=1e-4 | 1 | |
        1 | 1 | end of cycle | mrd | >90 | % | |
        1 | 1 | end of cycle | mrd | >=90 | % | |
        1 | 1 | end of cycle | mrd | not detected | 1 | 1e-5 |
        1 | 1 | end of cycle | mrd | not detected | 1 | |
        1 | 1 | end of cycle | mrd | positive, not quantifiable | 1 | 1e-5 | 1e-4
        1 | 1 | end of cycle | mrd | positive, not quantifiable | 1 | 1e-5 |
        1 | 1 | end of cycle | mrd | 0 | 1 | |
        1 | 1 | end of cycle | mrd | 0 | 1 | 1e-5 |
        1 | 1 | end of cycle | marrow_blasts | 0 | % | |
        1 | 1 | end of cycle | marrow_blasts | 57 | % | |
        1 | 1 | end of cycle | mrd | not assessed | | | """,
    )
    shows(
        datasets.burden,
        """value_text | low | high | strict | source
        0.5 | 0.005 | 0.005 | no | measurements:2
        <1e-4 | 0 | 0.0001 | yes | measurements:3
        <=1e-4 | 0 | 0.0001 | no | measurements:4
        >90 | 0.9 | 1 | no | measurements:5
        >=90 | 0.9 | 1 | no | measurements:6
        not detected | 0 | 1e-05 | yes | measurements:7
        not detected | 0 | | yes | measurements:8
        positive, not quantifiable | 0 | 0.0001 | yes | measurements:9
        positive, not quantifiable | 0 | | yes | measurements:10
        0 | 0 | | yes | measurements:11
        0 | 0 | 1e-05 | yes | measurements:12
        0 | 0 | 0.01 | yes | measurements:13
        57 | 0.57 | 0.57 | no | measurements:14""",
    )


def test_only_the_marrow_has_a_marrow_burden(derive: Derive, shows: Shows) -> None:
    """MRD of blood or cerebrospinal fluid is not read as the marrow's; an unnamed specimen is taken as marrow."""
    datasets = derive(
        exposure="patient | cycle\n1 | 1",
        measurements="""patient | cycle | timepoint | test | specimen | value | unit
        1 | 1 | end of cycle | mrd | bone marrow | 0.1 | %
        1 | 1 | end of cycle | mrd | | 0.2 | %
        1 | 1 | end of cycle | mrd | blood | 0.3 | %
        1 | 1 | end of cycle | mrd | csf | 0.4 | %""",
    )
    shows(datasets.burden, "value_text\n0.1\n0.2")


def test_timepoints_place_a_reading(derive: Derive, shows: Shows) -> None:
    """The record's words come first; `during cycle` closes no cycle, and a reading without place has no role."""
    datasets = derive(
        exposure=CYCLES,
        measurements="""patient | cycle | day | timepoint | test | value | unit
        1 | | | baseline | mrd | 1 | %
        1 | 2 | | start of cycle | mrd | 2 | %
        1 | 1 | 29 | end of cycle | mrd | 3 | %
        1 | 2 | 60 | during cycle | mrd | 4 | %
        1 | | | best response | mrd | 5 | %
        1 | | | after treatment | mrd | 6 | %
        1 | 2 | | | mrd | 7 | %
        1 | | | end of cycle | mrd | 8 | %""",
    )
    shows(
        datasets.burden,
        """cycle | role | rank | value_text
        | best | 2 | 5
        | after | 0 | 6
        1 | before | 0 | 1
        1 | after | 0 | 3
        2 | before | 0 | 2""",
    )


def test_days_place_a_reading_between_the_cycles(derive: Derive, shows: Shows) -> None:
    """On the day a cycle begins a reading is before it; of those before it the last counts; late ones tell of none.

    The last infusion ends on day 70, so that day 100 still assesses cycle 2, and day 101 no more.
    """
    datasets = derive(
        exposure=CYCLES,
        measurements="""patient | cycle | day | test | value | unit
        1 | | -5 | mrd | 1 | %
        1 | | 1 | mrd | 2 | %
        1 | | 15 | mrd | 3 | %
        1 | | 43 | mrd | 4 | %
        1 | | 100 | mrd | 5 | %
        1 | | 101 | mrd | 6 | %""",
    )
    shows(
        datasets.burden,
        """cycle | role | day | value_text
        1 | before | 1 | 2
        1 | after | 15 | 3
        1 | after | 43 | 4
        2 | before | 43 | 4
        2 | after | 100 | 5""",
    )


def test_a_dated_reading_that_names_its_cycle(derive: Derive, shows: Shows) -> None:
    """The cycle named agrees with the day, also where later cycles have no day; one that disagrees closes nothing.

    The first cycle begins on day 1 though no infusion is dated: that is what a study day means.
    """
    datasets = derive(
        exposure="patient | cycle\n1 | 1\n1 | 2\n2 | 1",
        measurements="""patient | cycle | day | test | value | unit
        1 | 1 | 29 | mrd | 1 | %
        1 | | 30 | mrd | 2 | %
        1 | 2 | 31 | mrd | 3 | %
        2 | | 32 | mrd | 4 | %""",
    )
    shows(
        datasets.burden,
        """patient | cycle | role | day
        1 | 1 | after | 29
        2 | 1 | after | 32""",
    )


def test_a_vague_timepoint_is_placed_by_its_day(derive: Derive, shows: Shows) -> None:
    """`end of cycle` of no named cycle, and `after treatment` on a known day, go by the day."""
    datasets = derive(
        exposure=CYCLES,
        measurements="""patient | cycle | day | timepoint | test | value | unit
        1 | | 30 | end of cycle | mrd | 1 | %
        1 | | 80 | after treatment | mrd | 2 | %
        1 | | 400 | after treatment | mrd | 3 | %""",
    )
    shows(
        datasets.burden,
        """cycle | role | value_text
        1 | after | 1
        2 | before | 1
        2 | after | 2""",
    )
