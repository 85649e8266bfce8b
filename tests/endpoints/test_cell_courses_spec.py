"""The course of cells within a cycle: baseline, nadir, peak, fold, recovery, B-cell depletion."""

from __future__ import annotations

import pytest
from tests.conftest import CohortOf, Shows
from tests.endpoints.immune_study import immune_of

EXPOSURE = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n1 | 2 | 43 | 70"


def values(test: str, *rows: str) -> str:
    """Return measurements of one test per microlitre: day and value in each row."""
    return "\n".join(["patient | test | unit | day | value", *(f"1 | {test} | /uL | {row}" for row in rows)])


def test_the_values_of_a_course(cohort_of: CohortOf, shows: Shows) -> None:
    """The start is the last value by the first day; nadir, peak and end are of the days after it, until the next."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements=values(
            "cd3", "-3 | 300", "1 | 400", "2 | 100", "3 | 50", "8 | 200", "15 | 800", "42 | 600", "43 | 500", "44 | 250"
        ),
    )
    shows(
        found.cell_courses,
        """cycle | start_low | nadir_low | nadir_day | nadir_fold_low | peak_low | peak_day | peak_fold_high | end_low
        1 | 400 | 50 | 3 | 0.125 | 800 | 15 | 2 | 600
        2 | 500 | 250 | 2 | 0.5 | 250 | 2 | 0.5 | 250""",
    )


def test_equal_nadirs_and_peaks_take_the_first_day(cohort_of: CohortOf, shows: Shows) -> None:
    """A tie is the first day on which the value was reached."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements=values("cd3", "1 | 400", "2 | 50", "3 | 50", "8 | 900", "9 | 900"),
    )
    shows(found.cell_courses, "nadir_low | nadir_day | peak_low | peak_day\n50 | 2 | 900 | 8")


def test_bounds_give_bounds(cohort_of: CohortOf, shows: Shows) -> None:
    """The nadir of <5 and 20 lies below 5; of all values below limits the peak has bounds, and no day."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements=values("cd3", "1 | 100", "2 | <5", "3 | 20", "43 | <5", "44 | <5", "45 | <10", "46 | <5"),
    )
    shows(
        found.cell_courses,
        """cycle | start_low | start_high | nadir_low | nadir_high | nadir_day | nadir_fold_low | nadir_fold_high
        1 | 100 | 100 | 0 | 5 | 2 | 0 | 0.05
        2 | 0 | 5 | 0 | 5 | 2 | 0 |""",
    )
    shows(found.cell_courses, "cycle | peak_low | peak_high | peak_day\n1 | 20 | 20 | 3\n2 | 0 | 10 |")


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        (("8 | 399",), "not recovered |"),
        (("8 | 400",), "recovered | 8"),
        (("8 | 401", "9 | 500"), "recovered | 8"),
        (("8 | <500",), "|"),
        (("8 | >=400",), "recovered | 8"),
    ],
)
def test_recovery_is_the_first_day_back_at_the_baseline(
    cohort_of: CohortOf, shows: Shows, back: tuple[str, ...], expected: str
) -> None:
    """At the baseline of 400 is recovered, below is not; a bound counts where it proves it, else nothing is said."""
    found = immune_of(cohort_of, exposure=EXPOSURE, measurements=values("cd3", "1 | 400", "2 | 50", *back))
    shows(found.cell_courses, f"recovery | recovered_day\n{expected}")


def test_a_share_of_the_baseline_as_the_plan_says(cohort_of: CohortOf, shows: Shows) -> None:
    """Half of 400 is reached on day 8 with 200, and not with 199 on day 5; what never fell below it did not fall."""
    found = immune_of(
        cohort_of,
        {"recovery_fraction": 0.5},
        exposure=EXPOSURE,
        measurements=values("cd3", "1 | 400", "2 | 50", "5 | 199", "8 | 200", "43 | 400", "44 | 200"),
    )
    shows(found.cell_courses, "cycle | recovery | recovered_day\n1 | recovered | 8\n2 | not fallen |")


def test_the_lower_limit_of_the_row_goes_before_that_of_the_plan(cohort_of: CohortOf, shows: Shows) -> None:
    """Row: 0.3 x10^9/L; plan: 500. Without a baseline the limit still tells of recovery."""
    found = immune_of(
        cohort_of,
        {"recovery": "lower limit", "lower_limits": {"cd3": 500}},
        exposure=EXPOSURE,
        measurements="""patient | test | unit | day | value | lower_limit
        1 | cd3 | 10*9/L | 2 | 0.1 | 0.3
        1 | cd3 | 10*9/L | 3 | 0.29 | 0.3
        1 | cd3 | 10*9/L | 4 | 0.3 | 0.3
        1 | cd3 | /uL | 44 | 100 |
        1 | cd3 | /uL | 45 | 499 | """,
    )
    shows(found.cell_courses, "cycle | recovery | recovered_day\n1 | recovered | 4\n2 | not recovered |")


def test_without_a_baseline_there_is_no_recovery_to_tell(cohort_of: CohortOf, shows: Shows) -> None:
    """Neither fold nor recovery is invented."""
    found = immune_of(cohort_of, exposure=EXPOSURE, measurements=values("cd3", "2 | 50", "8 | 900"))
    shows(found.cell_courses, "start_low | nadir_fold_low | recovery | nadir_low\n | | | 50")


def test_the_start_window_of_the_plan(cohort_of: CohortOf, shows: Shows) -> None:
    """Seven days before the cycle still count, eight do not; the plan may say otherwise."""
    tables = {"exposure": EXPOSURE, "measurements": values("cd3", "-8 | 100", "36 | 200", "43 | <1", "44 | 5")}
    shows(immune_of(cohort_of, None, **tables).cell_starts, "cycle | low | high\n2 | 0 | 1")
    tables["measurements"] = values("cd3", "-7 | 100", "36 | 200", "44 | 5")
    shows(immune_of(cohort_of, None, **tables).cell_starts, "cycle | low\n1 | 100\n2 | 200")
    tables["measurements"] = values("cd3", "-8 | 100", "35 | 200", "44 | 5")
    shows(immune_of(cohort_of, None, **tables).cell_starts, "cycle | low")
    shows(immune_of(cohort_of, {"start_within_days": 8}, **tables).cell_starts, "cycle | low\n1 | 100\n2 | 200")


def test_words_go_before_days_and_values_of_one_day_are_their_mean(cohort_of: CohortOf, shows: Shows) -> None:
    """`baseline` is the start of cycle 1 whatever was measured on day 1; two samples of day 43 are one value."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | cycle | timepoint | day | test | value | unit
        1 | | baseline | | cd3 | 700 | /uL
        1 | | | 1 | cd3 | 100 | /uL
        1 | | | 43 | cd3 | 200 | /uL
        1 | | | 43 | cd3 | 300 | /uL
        1 | 2 | end of cycle | | cd3 | 900 | /uL
        1 | 2 | during cycle | | cd3 | 20 | /uL""",
    )
    both = "measurements:4, measurements:5"
    shows(found.cell_starts, f"cycle | low | sources\n1 | 700 | measurements:2\n2 | 250 | {both}")
    shows(found.cell_courses, "cycle | nadir_low | nadir_day | end_low\n1 | | |\n2 | 20 | | 900")


def test_a_recorded_count_goes_before_one_from_a_percentage(cohort_of: CohortOf, shows: Shows) -> None:
    """Both stand in the counts; the course takes the one that was counted."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | day | test | value | unit | gate
        1 | 1 | lymphocytes | 1000 | /uL |
        1 | 1 | cd3 | 90 | % | lymphocytes
        1 | 1 | cd3 | 500 | /uL | """,
    )
    starts = found.cell_starts
    shows(starts.filter(starts["population"] == "cd3"), "low | sources\n500 | measurements:4")


@pytest.mark.parametrize(
    ("rows", "state", "day"),
    [
        (("1 | 50", "3 | 10", "8 | 9"), "depleted", "8"),
        (("1 | 50", "3 | <10"), "depleted", "3"),
        (("1 | 50", "3 | <=10"), "", ""),
        (("1 | 50", "3 | <20"), "", ""),
        (("1 | 50", "3 | 10", "8 | 60"), "not depleted", ""),
        (("1 | 9", "3 | 5"), "depleted before", ""),
        (("1 | 50", "44 | 1"), "depleted", ""),
        (("1 | 50", "2 | 50", "43 | 50", "45 | 1"), "depleted", "45"),
        (("3 | 1",), "depleted", "3"),
    ],
)
def test_b_cell_depletion(cohort_of: CohortOf, shows: Shows, rows: tuple[str, ...], state: str, day: str) -> None:
    """Below 10 per microlitre, proven; its day is the first so found, unknown where a cycle before tells nothing."""
    found = immune_of(cohort_of, exposure=EXPOSURE, measurements=values("cd19", *rows)).b_cell_depletion
    shows(found, f"state | day\n{state} | {day}")
