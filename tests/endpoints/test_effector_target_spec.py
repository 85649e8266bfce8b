"""The T-cell-to-blast ratio by both definitions, with bounds, recorded ratios beside it; intervals before treatment."""

from __future__ import annotations

from tests.conftest import CohortOf, Shows
from tests.endpoints.immune_study import immune_of

EXPOSURE = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n1 | 2 | 43 | 70"
RESPONSE = "patient | cycle | class | low | high | strict\n1 | 1 | responding | 0.2 | 0.2 | no"


def cells(t_cells: str = "500", marrow: str = "50", blood: str = "5") -> str:
    """Return counts of day 1: T cells per microlitre, leukocytes in 10^9/L; what is empty was not counted."""
    rows = {"cd3 | blood | /uL": t_cells, "leukocytes | bone marrow | 10*9/L": marrow,
            "leukocytes | blood | 10*9/L": blood}  # fmt: skip
    given = [f"1 | 1 | {name} | {value}" for name, value in rows.items() if value]
    return "\n".join(["patient | day | test | specimen | unit | value", *given])


def test_both_definitions_of_the_denominator(cohort_of: CohortOf, shows: Shows) -> None:
    """20 % of 50 000 are 10 000 blasts: 500 / 10 000 = 0.05; 20 % of 5000 are 1000: 0.5."""
    found = immune_of(cohort_of, exposure=EXPOSURE, response=RESPONSE, measurements=cells())
    shows(
        found.effector_target,
        """cycle | definition | t_cells_low | blasts_low | low | high | class | sources
        1 | marrow leukocytes | 500 | 10000 | 0.05 | 0.05 | responding | measurements:2, burden:1, measurements:3
        1 | blood leukocytes | 500 | 1000 | 0.5 | 0.5 | responding | measurements:2, burden:1, measurements:4""",
    )


def test_blasts_known_as_a_bound_bound_the_ratio(cohort_of: CohortOf, shows: Shows) -> None:
    """Below 0.01 % of 5000 are below 0.5 blasts: the ratio is above 1000, without an upper bound."""
    response = RESPONSE.replace("0.2 | 0.2 | no", "0 | 0.0001 | yes")
    found = immune_of(cohort_of, exposure=EXPOSURE, response=response, measurements=cells(marrow=""))
    shows(
        found.effector_target,
        """definition | low | high | strict | reason
        marrow leukocytes | | | yes | no count of leukocytes of the marrow at the start of the cycle
        blood leukocytes | 1000 | | yes |""",
    )


def test_t_cells_below_a_limit_and_blasts_of_unknown_limit(cohort_of: CohortOf, shows: Shows) -> None:
    """Fewer than 10 T cells over 1000 blasts: below 0.01. Blasts without an upper bound: anything from 0."""
    found = immune_of(cohort_of, exposure=EXPOSURE, response=RESPONSE, measurements=cells("<10", ""))
    shows(found.effector_target.tail(1), "low | high | strict\n0 | 0.01 | yes")
    unknown = RESPONSE.replace("0.2 | 0.2 | no", "0 | | yes")
    found = immune_of(cohort_of, exposure=EXPOSURE, response=unknown, measurements=cells(marrow=""))
    shows(found.effector_target.tail(1), "low | high | strict\n0 | | yes")


def test_what_is_missing_is_named(cohort_of: CohortOf, shows: Shows) -> None:
    """Every absent part is told, and none is taken from elsewhere."""
    response = RESPONSE.replace("0.2 | 0.2 | no", " | | ")
    found = immune_of(cohort_of, exposure=EXPOSURE, response=response, measurements=cells("", "50", "5"))
    missing = "no count of CD3 cells of blood, no share of blasts in the marrow at the start of the cycle"
    shows(
        found.effector_target,
        f"definition | low | reason\nmarrow leukocytes | | {missing}\nblood leukocytes | | {missing}",
    )


def test_a_recorded_ratio_stands_beside_the_derived(cohort_of: CohortOf, shows: Shows) -> None:
    """As recorded, with its bounds, at the cycle that it names."""
    measured = """patient | cycle | timepoint | test | value | unit
    1 | 1 | start of cycle | t_cell_to_blast_ratio | <0.2 | {ratio}
    1 | 2 | start of cycle | t_cell_to_blast_ratio | >10 | {ratio}"""
    response = RESPONSE + "\n1 | 2 | maintenance | | |"
    found = immune_of(cohort_of, exposure=EXPOSURE, response=response, measurements=measured).effector_target
    shows(
        found.filter(found["definition"] == "as recorded"),
        "cycle | class | low | high | strict\n1 | responding | 0 | 0.2 | yes\n2 | maintenance | 10 | | yes",
    )


def test_intervals_to_the_first_dose(cohort_of: CohortOf, shows: Shows) -> None:
    """Day -30 lies 30 days before day 1; the last transplant counts; unknown days and ongoing treatment are told."""
    found = immune_of(
        cohort_of,
        exposure=EXPOSURE,
        therapies="""patient | kind | phase | given | start_day | end_day
        1 | hsct | before | | -400 |
        1 | hsct | before | | -30 |
        1 | hsct | after | | 200 |
        1 | immunosuppression | before | | -400 | -22
        2 | hsct | before | | -400 |
        2 | hsct | before | | |
        2 | immunosuppression | before | | -40 |
        3 | hsct | before | no | |
        3 | immunosuppression | | | -40 | 10""",
        patients="patient\n1\n2\n3",
    )
    shows(
        found.intervals,
        """patient | interval | days | reason
        1 | from transplant | 30 |
        2 | from transplant | | day not recorded
        1 | off immunosuppression | 22 |
        2 | off immunosuppression | | day not recorded
        3 | off immunosuppression | | not ended before the first dose""",
    )
