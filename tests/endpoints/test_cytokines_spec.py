"""Cytokines: values and limits, peak with its day, area under the curve with both bounds."""

from __future__ import annotations

from tests.conftest import CohortOf, Shows
from tests.endpoints.immune_study import immune_of

EXPOSURE = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n1 | 2 | 43 | 70"


def values(*rows: str) -> str:
    """Return IL-6 in pg/mL: day and value in each row."""
    return "\n".join(["patient | test | unit | day | value", *(f"1 | il_6 | pg/mL | {row}" for row in rows)])


def test_limits_of_quantification_bound_values(cohort_of: CohortOf, shows: Shows) -> None:
    """The row's limit goes before the plan's 2.44; a number below it is known as no more than below; units convert."""
    found = immune_of(
        cohort_of,
        {"cytokine_loq": 2.44},
        exposure=EXPOSURE,
        measurements="""patient | day | test | value | unit | lod | loq | specimen
        1 | 1 | il_6 | 1256.92 | pg/mL | | | serum
        1 | 2 | il_6 | 2.44 | pg/mL | | | serum
        1 | 3 | il_6 | 2.43 | pg/mL | | | serum
        1 | 4 | il_6 | <2.44 | pg/mL | | | serum
        1 | 5 | il_6 | <1 | pg/mL | | | serum
        1 | 6 | il_6 | 4 | pg/mL | | 5 | plasma
        1 | 7 | il_6 | not detected | pg/mL | | |
        1 | 8 | il_6 | not detected | pg/mL | 0.5 | |
        1 | 9 | il_6 | 0.3 | ng/mL | | |
        1 | 10 | il_6 | >5000 | pg/mL | | |
        1 | 11 | il_6 | 0 | pg/mL | | |
        1 | 12 | il_6 | 9 | pg/mL | | | csf
        1 | 13 | il_6 | not assessed | | | | """,
    )
    shows(
        found.cytokines,
        """day | low | high | strict | above
        1 | 1256.92 | 1256.92 | no | yes
        2 | 2.44 | 2.44 | no | yes
        3 | 0 | 2.44 | yes | no
        4 | 0 | 2.44 | yes | no
        5 | 0 | 1 | yes | no
        6 | 0 | 5 | yes | no
        7 | 0 | 2.44 | yes | no
        8 | 0 | 0.5 | yes | no
        9 | 300 | 300 | no | yes
        10 | 5000 | | yes | yes
        11 | 0 | 2.44 | yes | no""",
    )


def test_without_any_limit_not_detected_has_no_upper_bound(cohort_of: CohortOf, shows: Shows) -> None:
    """Nothing is assumed: such a value is neither above nor below, and leaves peak and area open above."""
    found = immune_of(cohort_of, exposure=EXPOSURE, measurements=values("1 | not detected", "3 | 10"))
    shows(found.cytokines, "low | high | above\n0 | | \n10 | 10 | yes".replace("| \n", "|\n"))
    shows(found.cytokine_courses, "peak_low | peak_high | auc_low | auc_high\n10 | | 10 |")


def test_the_area_by_hand(cohort_of: CohortOf, shows: Shows) -> None:
    """Days 1, 3, 7 with 10, <2.44, 20.

    At 0: 2 (10 + 0)/2 + 4 (0 + 20)/2 = 50. At 2.44: 2 (12.44)/2 + 4 (22.44)/2 = 12.44 + 44.88 = 57.32. The values
    of cycle 2 are its own: 1 (4 + 6)/2 = 5; what lies before the first dose belongs to none.
    """
    found = immune_of(
        cohort_of,
        {"cytokine_loq": 2.44},
        exposure=EXPOSURE,
        measurements=values("-2 | 900", "1 | 10", "3 | <2.44", "7 | 20", "43 | 4", "44 | 6"),
    )
    shows(
        found.cytokine_courses,
        """cycle | values | above | auc_low | auc_high | first_day | last_day | peak_low | peak_day
        1 | 3 | 2 | 50 | 57.32 | 1 | 7 | 20 | 7
        2 | 2 | 2 | 5 | 5 | 1 | 2 | 6 | 2""",
    )


def test_samples_of_one_day_count_as_their_mean_in_the_area_and_apart_in_the_peak(
    cohort_of: CohortOf, shows: Shows
) -> None:
    """10 and 30 on day 1 are 20: 2 (20 + 0)/2 = 20 up to 22.44; the peak is 30."""
    found = immune_of(
        cohort_of, {"cytokine_loq": 2.44}, exposure=EXPOSURE, measurements=values("1 | 10", "1 | 30", "3 | <2.44")
    )
    shows(found.cytokine_courses, "auc_low | auc_high | peak_low | peak_day\n20 | 22.44 | 30 | 1")


def test_one_day_has_no_area_and_all_below_no_day_of_a_peak(cohort_of: CohortOf, shows: Shows) -> None:
    """An area needs two days; a peak below the limit has bounds and no day; of two equal peaks the first counts."""
    tables = {"exposure": EXPOSURE, "measurements": values("1 | <2.44", "43 | 8", "45 | 8")}
    shows(
        immune_of(cohort_of, None, **tables).cytokine_courses,
        """cycle | auc_low | auc_high | peak_low | peak_high | peak_day
        1 | | | 0 | 2.44 |
        2 | 16 | 16 | 8 | 8 | 1""",
    )


def test_other_analytes_and_those_without_a_day(cohort_of: CohortOf, shows: Shows) -> None:
    """Any test of the panel counts; a sample placed by words has a peak and no area; CRP is no cytokine."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        measurements="""patient | cycle | timepoint | test | value | unit
        1 | 1 | during cycle | gm_csf | 12 | pg/mL
        1 | 1 | end of cycle | gm_csf | 3 | pg/mL
        1 | 1 | end of cycle | crp | 3 | mg/L""",
    )
    shows(found.cytokine_courses, "analyte | values | peak_low | peak_day | auc_low\ngm_csf | 2 | 12 | |")
