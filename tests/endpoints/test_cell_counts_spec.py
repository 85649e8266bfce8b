"""Cell counts: how each value becomes a count per microlitre, and what is said where none can be computed."""

from __future__ import annotations

from tests.conftest import CohortOf, Shows
from tests.endpoints.immune_study import immune_of

EXPOSURE = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n1 | 2 | 43 | 70"


def test_each_answer_becomes_bounds_per_microlitre(cohort_of: CohortOf, shows: Shows) -> None:
    """Units are converted, comparators and limits bound, and a specimen that is not named is blood."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | day | test | specimen | method | value | unit | lod | loq
        1 | 1 | cd3 | blood | single platform | 0.725 | 10*9/L | |
        1 | 2 | cd3 | | flow | 300 | /uL | |
        1 | 3 | cd3 | blood | | <10 | /uL | |
        1 | 4 | cd3 | bone marrow | | >500 | /uL | |
        1 | 5 | cd3 | blood | | not detected | /uL | 2 |
        1 | 6 | cd3 | blood | | positive, not quantifiable | /uL | 2 | 5
        1 | 7 | cd3 | blood | | not detected | /uL | |
        1 | 8 | cd3 | blood | | 0 | /uL | |
        1 | 9 | cd3 | blood | | not assessed | | |
        1 | 10 | cd3 | csf | | 4 | /uL | | """,
    )
    shows(
        found.cell_counts.sort("day"),
        """day | compartment | low | high | strict | unit | method | sources
        1 | blood | 725 | 725 | no | /uL | single platform | measurements:2
        2 | blood | 300 | 300 | no | /uL | count as recorded | measurements:3
        3 | blood | 0 | 10 | yes | /uL | count as recorded | measurements:4
        4 | bone marrow | 500 | | yes | /uL | count as recorded | measurements:5
        5 | blood | 0 | 2 | yes | /uL | count as recorded | measurements:6
        6 | blood | 0 | 5 | yes | /uL | count as recorded | measurements:7
        7 | blood | 0 | | yes | /uL | count as recorded | measurements:8
        8 | blood | 0 | 0 | no | /uL | count as recorded | measurements:9""",
    )


def test_a_percentage_takes_the_count_of_its_own_sample(cohort_of: CohortOf, shows: Shows) -> None:
    """40 % of 1500 lymphocytes are 600; a CD4 share of CD3 goes over the CD3 count that was itself derived."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | day | test | value | unit | gate
        1 | 1 | lymphocytes | 1.5 | 10*9/L |
        1 | 1 | leukocytes | 5 | 10*9/L |
        1 | 1 | cd3 | 40 | % | lymphocytes
        1 | 1 | cd4 | 50 | % | cd3
        1 | 1 | treg | 5 | % | cd4
        1 | 1 | nk | 2 | % | leukocytes
        1 | 1 | cd19 | <1 | % | lymphocytes""",
    )
    shows(
        found.cell_counts,
        """population | low | high | method | sources
        cd19 | 0 | 15 | percentage times lymphocytes | measurements:8, measurements:2
        cd3 | 600 | 600 | percentage times lymphocytes | measurements:4, measurements:2
        cd4 | 300 | 300 | percentage times cd3 | measurements:5, measurements:4, measurements:2
        leukocytes | 5000 | 5000 | count as recorded | measurements:3
        lymphocytes | 1500 | 1500 | count as recorded | measurements:2
        nk | 100 | 100 | percentage times leukocytes | measurements:7, measurements:3
        treg | 15 | 15 | percentage times cd4 | measurements:6, measurements:5, measurements:4, measurements:2
        treg_of_cd4 | 0.05 | 0.05 | percentage as recorded | measurements:6""",
    )


def test_what_cannot_be_computed_says_why(cohort_of: CohortOf, shows: Shows) -> None:
    """No gate, no count of the gate on that day or in that compartment, or two that differ: no number, but a reason."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | day | test | specimen | value | unit | gate
        1 | 1 | cd3 | blood | 40 | % |
        1 | 2 | cd3 | blood | 40 | % | lymphocytes
        1 | 3 | lymphocytes | blood | 1000 | /uL |
        1 | 4 | lymphocytes | bone marrow | 1000 | /uL |
        1 | 4 | cd3 | blood | 40 | % | lymphocytes
        1 | 5 | lymphocytes | blood | 1000 | /uL |
        1 | 5 | lymphocytes | blood | 1100 | /uL |
        1 | 5 | cd3 | blood | 40 | % | lymphocytes""",
    )
    counts = found.cell_counts
    shows(
        counts.filter(counts["population"] == "cd3"),
        """day | low | high | method | reason
        1 | | | | the cells that the percentage is of are not stated (`gate`, or `percent_of` in the plan)
        2 | | | | no count of lymphocytes in the same sample
        4 | | | | no count of lymphocytes in the same sample
        5 | | | | the counts of lymphocytes in the same sample differ""",
    )


def test_the_plan_says_what_percentages_are_of(cohort_of: CohortOf, shows: Shows) -> None:
    """`percent_of` speaks for rows without a gate, except those of regulatory T cells, and never against a row."""
    found = immune_of(
        cohort_of,
        {"percent_of": "leukocytes"},
        exposure=EXPOSURE,
        measurements="""patient | day | test | value | unit | gate
        1 | 1 | leukocytes | 4000 | /uL |
        1 | 1 | lymphocytes | 1000 | /uL |
        1 | 1 | cd3 | 10 | % |
        1 | 1 | cd8 | 10 | % | lymphocytes
        1 | 1 | treg | 5 | % | """,
    )
    counts = found.cell_counts
    shows(
        counts.filter(counts["population"].is_in(["cd3", "cd8", "treg"])),
        """population | low | method
        cd3 | 400 | percentage times leukocytes
        cd8 | 100 | percentage times lymphocytes
        treg | |""",
    )


def test_samples_without_a_day_meet_by_their_words(cohort_of: CohortOf, shows: Shows) -> None:
    """Percentage and count of `start of cycle` 1 are one sample; those of another cycle or word are not."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | cycle | timepoint | test | value | unit | gate
        1 | 1 | start of cycle | lymphocytes | 1000 | /uL |
        1 | 1 | start of cycle | cd3 | 50 | % | lymphocytes
        1 | 2 | start of cycle | cd3 | 50 | % | lymphocytes
        1 | 1 | end of cycle | cd3 | 50 | % | lymphocytes""",
    )
    counts = found.cell_counts
    shows(counts.filter(counts["population"] == "cd3"), "row | low\n3 | 500\n4 |\n5 |")


def test_share_of_regulatory_cells_from_counts(cohort_of: CohortOf, shows: Shows) -> None:
    """10 of 400 are 2.5 %; fewer than 10 of 400 less than that; without a CD4 count there is no share."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | day | test | value | unit
        1 | 1 | cd4 | 400 | /uL
        1 | 1 | treg | 10 | /uL
        1 | 2 | cd4 | 400 | /uL
        1 | 2 | treg | <10 | /uL
        1 | 3 | treg | 10 | /uL""",
    )
    counts = found.cell_counts
    shows(
        counts.filter(counts["population"] == "treg_of_cd4"),
        "day | low | high | strict | unit\n1 | 0.025 | 0.025 | no | 1\n2 | 0 | 0.025 | yes | 1",
    )


def test_days_and_cycles_complete_each_other(cohort_of: CohortOf, shows: Shows) -> None:
    """A day gives cycle and day of cycle, a day of cycle gives the day; there is no day 0, nor one of the cycle."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | cycle | day | cycle_day | test | value | unit
        1 | | -1 | | cd3 | 1 | /uL
        1 | 1 | -1 | | cd3 | 1 | /uL
        1 | | 1 | | cd3 | 1 | /uL
        1 | | 42 | | cd3 | 1 | /uL
        1 | | 43 | | cd3 | 1 | /uL
        1 | 2 | | 8 | cd3 | 1 | /uL
        1 | 2 | 42 | | cd3 | 1 | /uL
        1 | 3 | | 8 | cd3 | 1 | /uL""",
    )
    shows(
        found.cell_counts.sort("row"),
        """row | cycle | day | cycle_day
        2 | | -1 |
        3 | 1 | -1 | -1
        4 | 1 | 1 | 1
        5 | 1 | 42 | 42
        6 | 2 | 43 | 1
        7 | 2 | 50 | 8
        8 | 2 | 42 | -1
        9 | 3 | | 8""",
    )


def test_a_day_before_a_cycle_of_unknown_day_names_no_cycle(cohort_of: CohortOf, shows: Shows) -> None:
    """Cycle 2 has no day: a sample of day 50 may belong to it or to cycle 1."""
    found = immune_of(
        cohort_of,
        exposure="patient | cycle | start_day\n1 | 1 | 1\n1 | 2 |",
        measurements="patient | day | test | value | unit\n1 | 50 | cd3 | 1 | /uL",
    )
    shows(found.cell_counts, "day | cycle | cycle_day\n50 | |")
