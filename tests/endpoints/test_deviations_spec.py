"""Departures from the regimen as tables: found on one side of each boundary, not on the other."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.conftest import Derive, Shows

LABEL = {"regimen": "label-relapsed-refractory"}
CHILD = "patient | weight | height\n1 | 10 | 90"  # 0.5 m2
HEAD = "patient | cycle | start_day | end_day | dose | unit | end_reason\n"
KIND = "cycle | kind | found | expected\n"


def deviations(derive: Derive, rows: str, patients: str = CHILD, **plan: object) -> pl.DataFrame:
    """Return the deviations of one patient from the label for relapse, or another regimen."""
    return derive({**LABEL, **plan}, patients=patients, exposure=HEAD + rows).exposure.deviations


AS_PLANNED = "1 | 1 | 1 | 7 | 5 | ug/m2/d | dose change\n1 | 1 | 8 | 28 | 15 | ug/m2/d | completed"


def test_as_planned(derive: Derive) -> None:
    """Two cycles as labelled depart in nothing."""
    assert deviations(derive, f"{AS_PLANNED}\n1 | 2 | 43 | 70 | 15 | ug/m2/d | completed").is_empty()


def test_without_a_regimen_nothing_departs(derive: Derive) -> None:
    """There is nothing to compare with."""
    assert deviations(derive, "1 | 9 | 1 | 2 | 300 | ug/m2/d | death", regimen=None).is_empty()


def test_a_step_taken_late_or_not_at_all(derive: Derive, shows: Shows) -> None:
    """The days that differ are named, not the whole stretch."""
    shows(
        deviations(derive, "1 | 1 | 1 | 8 | 5 | ug/m2/d | dose change\n1 | 1 | 9 | 28 | 15 | ug/m2/d | completed"),
        KIND + "1 | dose | 5 ug/m2/d (2.5 ug/d) on day 8 of infusion, weight 10 kg | 15 ug/m2/d, at most 28 ug/d",
    )
    shows(
        deviations(derive, "1 | 1 | 1 | 28 | 15 | ug/m2/d | completed"),
        KIND + "1 | dose | 15 ug/m2/d (7.5 ug/d) on days 1 to 7 of infusion, weight 10 kg | 5 ug/m2/d, at most 9 ug/d",
    )


@pytest.mark.parametrize(("dose", "differs"), [("14.24", True), ("14.25", False), ("15.75", False), ("15.76", True)])
def test_the_tolerance(derive: Derive, dose: str, differs: bool) -> None:
    """5 % of 15 are 0.75, both bounds within."""
    found = deviations(derive, f"1 | 1 | 1 | 28 | {dose} | ug/m2/d | completed", regimen="label-mrd-positive")
    assert (found["kind"].to_list() == ["dose"]) is differs


def test_the_tolerance_of_the_plan(derive: Derive) -> None:
    """At 0 % 15.01 is another dose, and 15 is the planned one still."""
    plan: dict[str, Any] = {"regimen": "label-mrd-positive", "exposure": {"dose_tolerance_percent": 0}}
    assert deviations(derive, "1 | 1 | 1 | 28 | 15 | ug/m2/d | completed", **plan).is_empty()
    assert deviations(derive, "1 | 1 | 1 | 28 | 15.01 | ug/m2/d | completed", **plan)["kind"].to_list() == ["dose"]


@pytest.mark.parametrize(
    ("weight", "dose", "kinds"),
    [
        ("44.9", "15 | ug/m2/d", []),
        ("44.9", "28 | ug/d", ["flat dose below its weight"]),
        ("45", "28 | ug/d", []),
        ("45", "15 | ug/m2/d", ["flat dose not applied"]),
        ("45", "9 | ug/d", ["dose"]),
        ("", "15 | ug/m2/d", []),
        ("", "28 | ug/d", []),
    ],
)
def test_flat_by_weight(derive: Derive, weight: str, dose: str, kinds: list[str]) -> None:
    """The weight decides at 45 kg; of unknown weight nothing can be said."""
    patients = f"patient | weight | height\n1 | {weight} | 160"
    found = deviations(derive, f"1 | 1 | 1 | 28 | {dose} | completed", patients, regimen="label-mrd-positive")
    assert found["kind"].to_list() == kinds


def test_the_cap_was_not_applied(derive: Derive, shows: Shows) -> None:
    """A child of 44 kg and 2 m with 30 ug/m2/d by a regimen that ends at 28 ug/d: 46.9 ug/d are too many."""
    regimen = {
        "name": "capped", "title": "capped", "source": "spec",
        "cycles": [{"first": 1, "steps": [{"first_day": 1, "last_day": 28, "dose": 30, "unit": "ug/m2/d", "cap": 28}]}],
    }  # fmt: skip
    tall = "patient | weight | height\n1 | 44 | 200"
    shows(
        deviations(derive, "1 | 1 | 1 | 28 | 30 | ug/m2/d | completed", tall, regimen=regimen),
        KIND + "1 | cap not applied | 30 ug/m2/d (46.9 ug/d) on days 1 to 28 of infusion | 30 ug/m2/d, at most 28 ug/d",
    )
    assert deviations(derive, "1 | 1 | 1 | 28 | 28 | ug/d | completed", tall, regimen=regimen).is_empty()


@pytest.mark.parametrize(("last", "kinds"), [(27, ["cycle shorter"]), (28, []), (29, ["cycle longer"])])
def test_the_length_of_a_cycle(derive: Derive, last: int, kinds: list[str]) -> None:
    """28 days are planned."""
    found = deviations(derive, f"1 | 1 | 1 | {last} | 15 | ug/m2/d | completed", regimen="label-mrd-positive")
    assert found["kind"].to_list() == kinds


def test_why_a_cycle_is_shorter_is_told(derive: Derive, shows: Shows) -> None:
    """With the record's reason, where it has one; without days, the reason alone."""
    exposure = "1 | 1 | 1 | 2 | 15 | ug/m2/d | adverse event\n1 | 2 | | | 15 | ug/m2/d | progression"
    shows(
        deviations(derive, exposure, regimen="label-mrd-positive"),
        KIND
        + """1 | cycle shorter | 2 days of infusion (adverse event) | 28 days
        2 | cycle shorter | stopped (progression), its days not recorded | 28 days""",
    )


@pytest.mark.parametrize(("gap", "kinds"), [(6, []), (7, []), (8, ["interruption too long"])])
def test_an_interruption_of_seven_days_and_of_eight(derive: Derive, gap: int, kinds: list[str]) -> None:
    """Up to 7 days the same cycle goes on; after 8 a new one should have begun."""
    begin = 10 + gap + 1
    exposure = (
        f"1 | 1 | 1 | 10 | 15 | ug/m2/d | adverse event\n1 | 1 | {begin} | {begin + 17} | 15 | ug/m2/d | completed"
    )
    assert deviations(derive, exposure, regimen="label-mrd-positive")["kind"].to_list() == kinds


@pytest.mark.parametrize(("gap", "kinds"), [(7, ["new cycle early"]), (8, [])])
def test_a_new_cycle_after_a_short_interruption(derive: Derive, gap: int, kinds: list[str]) -> None:
    """Within 7 days of an incomplete cycle the same one goes on; after 8 a new one is the rule."""
    begin = 10 + gap + 1
    exposure = (
        f"1 | 1 | 1 | 10 | 15 | ug/m2/d | adverse event\n1 | 2 | {begin} | {begin + 27} | 15 | ug/m2/d | completed"
    )
    found = deviations(derive, exposure, regimen="label-mrd-positive").filter(pl.col("cycle") == 2)
    assert found["kind"].to_list() == kinds


@pytest.mark.parametrize(("after", "kinds"), [(7, []), (8, ["dose"])])
def test_a_restart_at_the_lower_dose(derive: Derive, after: int, kinds: list[str]) -> None:
    """After an interruption 5 ug/m2/d are the rule for 7 days; on the eighth 15 are due."""
    exposure = (
        "1 | 1 | 1 | 10 | 15 | ug/m2/d | adverse event\n"
        f"1 | 1 | 14 | {13 + after} | 5 | ug/m2/d | dose change\n1 | 1 | {14 + after} | 31 | 15 | ug/m2/d | completed"
    )
    assert deviations(derive, exposure, regimen="label-mrd-positive")["kind"].to_list() == kinds


def test_a_lower_dose_without_an_interruption_is_no_restart(derive: Derive) -> None:
    """It is a reduction, and a second dose in a cycle of one."""
    exposure = "1 | 1 | 1 | 10 | 15 | ug/m2/d | \n1 | 1 | 11 | 28 | 5 | ug/m2/d | completed"
    assert deviations(derive, exposure, regimen="label-mrd-positive")["kind"].to_list() == ["dose", "doses in a cycle"]


@pytest.mark.parametrize(("begin", "kinds"), [(42, ["pause shorter"]), (43, []), (44, ["pause longer"])])
def test_days_off(derive: Derive, begin: int, kinds: list[str]) -> None:
    """14 days are planned between two cycles."""
    exposure = f"1 | 1 | 1 | 28 | 15 | ug/m2/d | \n1 | 2 | {begin} | {begin + 27} | 15 | ug/m2/d | "
    assert deviations(derive, exposure, regimen="label-mrd-positive")["kind"].to_list() == kinds


def test_more_cycles_than_planned(derive: Derive, shows: Shows) -> None:
    """The fifth of four; nothing else of it can be compared."""
    exposure = "\n".join(f"1 | {n} | {42 * n - 41} | {42 * n - 14} | 15 | ug/m2/d | " for n in range(1, 6))
    shows(deviations(derive, exposure, regimen="label-mrd-positive"), KIND + "5 | more cycles | cycle 5 | at most 4")


def test_no_consolidation(derive: Derive, shows: Shows) -> None:
    """A responder without a further cycle departs from a regimen that asks for one; a non-responder does not."""
    exposure = """patient | cycle | dose | unit
    1 | 1 | 5 | ug/m2/d
    2 | 1 | 5 | ug/m2/d
    2 | 2 | 5 | ug/m2/d
    3 | 1 | 5 | ug/m2/d"""
    classes = """patient | cycle | test | value | method
    1 | 1 | cycle_response | responding | investigator
    2 | 1 | cycle_response | responding | investigator
    3 | 1 | cycle_response | non-responding | investigator"""
    found = derive({"regimen": "tuebingen-2014"}, exposure=exposure, measurements=classes).exposure.deviations
    shows(
        found,
        """patient | kind | found | expected
        1 | no consolidation | responding, and 0 cycles after it | at least 1 more cycle""",
    )


def test_doses_without_days_are_compared_step_by_step(derive: Derive, shows: Shows) -> None:
    """The first stretch against the first step, the second against the second; a third has none."""
    exposure = """patient | cycle | step | dose | unit
    1 | 1 | 1 | 5 | ug/m2/d
    1 | 1 | 2 | 30 | ug/m2/d
    1 | 1 | 3 | 45 | ug/m2/d"""
    shows(
        derive(LABEL, patients=CHILD, exposure=exposure).exposure.deviations,
        KIND
        + """1 | dose | 30 ug/m2/d (15 ug/d), weight 10 kg | 15 ug/m2/d, at most 28 ug/d
        1 | doses in a cycle | 3 doses in one cycle (5, 30, 45 ug/m2/d) | 2 doses""",
    )
