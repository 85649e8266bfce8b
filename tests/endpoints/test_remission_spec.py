"""Marrow M1 to M3 and complete remission at their limits, and what is not evaluable."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive, Shows

HEAD = "patient | cycle | day | timepoint | test | specimen | value | unit\n"
CYCLE = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28"
MARROW = "1 | | 29 | | marrow_blasts | | 2 | %"


@pytest.mark.parametrize(
    ("blasts", "plan", "status"),
    [
        pytest.param("4.99", {}, "M1", id="below 5"),
        pytest.param("5", {}, "M2", id="exactly 5"),
        pytest.param("5", {"marrow_limit_inclusive": True}, "M1", id="exactly 5, included"),
        pytest.param("<5", {}, "M1", id="a bound at 5"),
        pytest.param("<=5", {}, "", id="at most 5 decides nothing"),
        pytest.param("<=5", {"marrow_limit_inclusive": True}, "M1", id="at most 5, included"),
        pytest.param("24.9", {}, "M2", id="just below 25"),
        pytest.param("25", {}, "M3", id="exactly 25"),
        pytest.param(">20", {}, "", id="above 20: M2 or M3"),
        pytest.param(">=25", {}, "M3", id="at least 25"),
        pytest.param("24.9", {"m3_from_percent": 20}, "M3", id="a limit of the plan"),
        pytest.param("0", {}, "M1", id="none seen"),
    ],
)
def test_marrow_status(derive: Derive, shows: Shows, blasts: str, plan: dict[str, Any], status: str) -> None:
    """M1 below 5 %, M2 from 5 to below 25 %, M3 from 25 %; a bound that leaves it open gives none."""
    datasets = derive(
        {"response": plan}, exposure=CYCLE, measurements=HEAD + f"1 | | 29 | | marrow_blasts | | {blasts} | %"
    )
    shows(datasets.disease.marrow_status, f"cycle | time | derived\n1 | after | {status}")


def test_the_stated_status_stands_beside(derive: Derive, shows: Shows) -> None:
    """A stated status stands where blasts decide nothing, and is told where it differs."""
    datasets = derive(
        exposure="patient | cycle\n1 | 1\n2 | 1\n3 | 1",
        measurements="""patient | cycle | timepoint | test | value | unit
        1 | 1 | end of cycle | marrow_blasts | 3 | %
        1 | 1 | end of cycle | marrow_status | M2 |
        2 | 1 | end of cycle | marrow_status | M1 |
        3 | 1 | start of cycle | marrow_blasts | 30 | %
        3 | 1 | start of cycle | marrow_status | M3 | """,
    )
    shows(
        datasets.disease.marrow_status,
        """patient | time | derived | stated | status | conflict
        1 | after | M1 | M2 | M1 | yes
        2 | after | | M1 | M1 | no
        3 | before | M3 | M3 | M3 | no""",
    )


def counts(neutrophils: str, platelets: str, day: str = "29", unit: str = "10*9/L") -> str:
    """Return the blood counts of a day; empty for one that is not recorded."""
    rows = [f"1 | | {day} | | {name} | blood | {value} | {unit}"
            for name, value in (("neutrophils", neutrophils), ("platelets", platelets)) if value]  # fmt: skip
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("neutrophils", "platelets", "remission"),
    [
        pytest.param("1.01", "101", "CR", id="above both"),
        pytest.param("1.0", "101", "CRh", id="neutrophils exactly 1.0"),
        pytest.param("1.01", "100", "CRh", id="platelets exactly 100"),
        pytest.param(">1.0", ">100", "CR", id="bounds above"),
        pytest.param(">=1.0", "101", "not evaluable", id="at least 1.0 is open"),
        pytest.param("0.51", "51", "CRh", id="above the partial limits"),
        pytest.param("0.5", "51", "CRi", id="neutrophils exactly 0.5"),
        pytest.param("0.51", "50", "CRi", id="platelets exactly 50"),
        pytest.param("<0.1", "20", "CRi", id="a bound below"),
        pytest.param("2", "", "not evaluable", id="platelets missing"),
        pytest.param("", "200", "not evaluable", id="neutrophils missing"),
        pytest.param("0.3", "", "CRi", id="one count proves CRi without the other"),
        pytest.param("0.7", "", "not evaluable", id="CRh or CRi: not evaluable"),
        pytest.param("", "", "not evaluable", id="both missing"),
    ],
)
def test_remission_by_the_counts(
    derive: Derive, shows: Shows, neutrophils: str, platelets: str, remission: str
) -> None:
    """CR above 1.0 and 100; CRh above 0.5 and 50; CRi below; not evaluable where what is missing decides."""
    datasets = derive(
        exposure=CYCLE, measurements=HEAD + "\n".join(filter(None, [MARROW, counts(neutrophils, platelets)]))
    )
    shows(datasets.disease.remission, f"cycle | remission\n1 | {remission}")


@pytest.mark.parametrize(
    ("day", "plan", "remission"),
    [
        pytest.param("22", {}, "CR", id="7 days before"),
        pytest.param("36", {}, "CR", id="7 days after"),
        pytest.param("21", {}, "not evaluable", id="8 days before"),
        pytest.param("37", {}, "not evaluable", id="8 days after"),
        pytest.param("37", {"counts_within_days": 8}, "CR", id="a window of the plan"),
    ],
)
def test_counts_near_the_marrow(derive: Derive, shows: Shows, day: str, plan: dict[str, Any], remission: str) -> None:
    """Counts lie within the plan's days of the marrow."""
    datasets = derive(
        {"response": {"remission": plan}}, exposure=CYCLE, measurements=f"{HEAD}{MARROW}\n{counts('2', '200', day)}"
    )
    shows(datasets.disease.remission, f"remission\n{remission}")


def test_the_nearest_count_and_its_unit(derive: Derive, shows: Shows) -> None:
    """Counts of the day itself go before those of a day off; cells per microlitre are converted."""
    rows = [MARROW, counts("0.2", "20", "28"), counts("1500", "150000", "29", "/uL")]
    datasets = derive(exposure=CYCLE, measurements=HEAD + "\n".join(rows))
    shows(
        datasets.disease.remission,
        "remission | reason\nCR | M1 marrow, neutrophils 1.5 x 10^9/L, platelets 150 x 10^9/L",
    )


def test_undated_counts_of_the_same_end(derive: Derive, shows: Shows) -> None:
    """A marrow without a day takes the counts of the end of its own cycle, and no others."""
    datasets = derive(
        exposure="patient | cycle\n1 | 1\n1 | 2",
        measurements=HEAD
        + """1 | 1 | | end of cycle | marrow_blasts | | 2 | %
        1 | 1 | | end of cycle | neutrophils | blood | 2 | 10*9/L
        1 | 1 | | end of cycle | platelets | blood | 200 | 10*9/L
        1 | 2 | | end of cycle | marrow_blasts | | 2 | %""",
    )
    shows(datasets.disease.remission, "cycle | remission\n1 | CR\n2 | not evaluable")


@pytest.mark.parametrize(
    ("patients", "follow_up", "answer"),
    [
        pytest.param("1 | no | bone marrow", "", "CR", id="none"),
        pytest.param("1 | |", "", "CR", id="none recorded"),
        pytest.param("1 | yes |", "", "not evaluable", id="CNS before, clearance not recorded"),
        pytest.param("1 | | bone marrow + cns", "", "not evaluable", id="by the site of relapse"),
        pytest.param("1 | yes |", "1 | 20 | disease assessment | | in remission", "CR", id="cleared"),
        pytest.param("1 | yes |", "1 | 60 | disease assessment | | in remission", "not evaluable", id="cleared later"),
        pytest.param("1 | no |", "1 | 29 | relapse | cns |", "no remission", id="relapse outside, on the day"),
        pytest.param("1 | no |", "1 | 90 | relapse | cns |", "CR", id="relapse outside, later"),
        pytest.param("1 | no |", "1 | 20 | relapse | bone marrow |", "CR", id="of the marrow: the marrow itself tells"),
    ],
)
def test_disease_outside_the_marrow(derive: Derive, shows: Shows, patients: str, follow_up: str, answer: str) -> None:
    """Disease outside the marrow is no remission; what was there before has to be recorded as cleared."""
    datasets = derive(
        patients=f"patient | cns | relapse_site\n{patients}",
        exposure=CYCLE,
        measurements=f"{HEAD}{MARROW}\n{counts('2', '200')}",
        follow_up="\n".join(filter(None, ["patient | day | event | site | status", follow_up])),
    )
    shows(datasets.disease.remission, f"remission\n{answer}")


def test_the_best_remission(derive: Derive, shows: Shows) -> None:
    """CR before CRh, CRi and none; an M3 marrow is no remission."""
    datasets = derive(
        exposure="patient | cycle\n1 | 1\n1 | 2\n2 | 1",
        measurements=HEAD
        + """1 | 1 | | end of cycle | marrow_blasts | | 2 | %
        1 | 2 | | end of cycle | marrow_blasts | | 2 | %
        1 | 1 | | end of cycle | neutrophils | blood | 0.1 | 10*9/L
        1 | 2 | | end of cycle | neutrophils | blood | 2 | 10*9/L
        1 | 2 | | end of cycle | platelets | blood | 200 | 10*9/L
        2 | 1 | | end of cycle | marrow_blasts | | 60 | %""",
    )
    shows(datasets.disease.best_remission, "patient | cycle | remission\n1 | 2 | CR\n2 | 1 | no remission")
