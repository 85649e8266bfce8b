"""Exposure as tables: days, pauses, doses and dose intensity, each worked by hand."""

from __future__ import annotations

import pytest
from tests.conftest import Derive, Shows

PLAN = {"regimen": "label-mrd-positive"}  # 15 ug/m2/d for 28 days, then 14 off; from 45 kg on 28 ug/d
CHILD = "patient | weight | height\n1 | 10 | 90"  # Mosteller: 0.5 m2
HEAD = "patient | cycle | start_day | end_day | dose | unit"


def test_body_surface(derive: Derive, shows: Shows) -> None:
    """Without weight or height there is none, and which of them is missing is said."""
    patients = "patient | weight | height\n1 | 80 | 180\n2 | 10 | 90\n3 | | 90\n4 | 10 |\n5 | |"
    shows(
        derive(patients=patients, exposure="patient\n").exposure.body_surface,
        """patient | body_surface | why | sources
        1 | 2 | | patients:2
        2 | 0.5 | | patients:3
        3 | | weight not recorded | patients:4
        4 | | height not recorded | patients:5
        5 | | weight and height not recorded | patients:6""",
    )


@pytest.mark.parametrize(("decimals", "area"), [(None, 2**0.5), (2, 1.41), (1, 1.4)])
def test_body_surface_is_rounded_only_where_the_plan_says_so(derive: Derive, decimals: int | None, area: float) -> None:
    """160 cm and 45 kg make the square root of 2 by Mosteller."""
    plan = {"exposure": {"body_surface_decimals": decimals}}
    found = derive(plan, patients="patient | weight | height\n1 | 45 | 160", exposure="patient\n")
    assert found.exposure.body_surface["body_surface"][0] == pytest.approx(area, abs=1e-12)


STRETCHES = """patient | cycle | start_day | end_day | dose | unit | end_reason
1 | 1 | 1 | 10 | 15 | ug/m2/d | adverse event
1 | 1 | {restart} | {end} | 15 | ug/m2/d | completed"""


def test_days_inclusive_and_elapsed(derive: Derive, shows: Shows) -> None:
    """From day 1 to 29 are 29 days, or 28 days of 24 hours; a stretch that ends as the next begins shares its day."""
    exposure = """patient | cycle | start_day | end_day | dose | unit
    1 | 1 | 1 | 8 | 5 | ug/m2/d
    1 | 1 | 8 | 29 | 15 | ug/m2/d
    2 | 1 | 1 | 7 | 5 | ug/m2/d
    2 | 1 | 8 | 28 | 15 | ug/m2/d
    3 | 1 | 1 | 1 | 5 | ug/m2/d"""
    shows(
        derive(exposure=exposure).exposure.cycles,
        """patient | days | span | dose_m2 | gap_days | interruptions
        1 | 29 | 29 | 365 | 0 | 0
        2 | 28 | 28 | 350 | 0 | 0
        3 | 1 | 1 | 5 | 0 | 0""",
    )
    # Elapsed, the second patient was without infusion from the end of day 7 to the start of day 8.
    shows(
        derive({"exposure": {"day_count": "elapsed"}}, exposure=exposure).exposure.cycles,
        """patient | days | span | dose_m2 | gap_days | interruptions
        1 | 28 | 28 | 350 | 0 | 0
        2 | 26 | 27 | 330 | 1 | 1
        3 | 0 | 0 | 0 | 0 | 0""",
    )


def test_both_units_through_the_body_surface(derive: Derive, shows: Shows) -> None:
    """28 days of 15 ug/m2/d at 0.5 m2 are 420 ug/m2 and 210 ug, and so are 28 days of 7.5 ug/d or 0.015 mg/m2/d."""
    shows(
        derive(
            patients="patient | weight | height\n1 | 10 | 90\n2 | 10 | 90\n3 | |\n4 | |\n5 | 10 | 90\n6 | 10 | 90",
            exposure="""patient | cycle | start_day | end_day | dose | unit
            1 | 1 | 1 | 28 | 15 | ug/m2/d
            2 | 1 | 1 | 28 | 7.5 | ug/d
            3 | 1 | 1 | 28 | 15 | ug/m2/d
            4 | 1 | 1 | 28 | 7.5 | ug/d
            5 | 1 | 1 | 28 | 0.015 | mg/m2/d
            6 | 1 | 1 | 28 | 15 |""",
        ).exposure.cycles,
        """patient | dose_m2 | dose_ug | why
        1 | 420 | 210 | the plan names no regimen
        2 | 420 | 210 | the plan names no regimen
        3 | 420 | | the plan names no regimen, body surface not known, so no dose in ug
        4 | | 210 | the plan names no regimen, body surface not known, so no dose per m2
        5 | 420 | 210 | the plan names no regimen
        6 | | | dose or unit not recorded, the plan names no regimen""",
    )


@pytest.mark.parametrize(
    ("days", "status"), [(26, "ended early"), (27, "ended early"), (28, "completed"), (29, "completed")]
)
def test_a_cycle_is_complete_with_its_days(derive: Derive, days: int, status: str) -> None:
    """28 days as planned; 27 are not, whatever the record calls it."""
    exposure = f"{HEAD} | end_reason\n1 | 1 | 1 | {days} | 15 | ug/m2/d | completed"
    cycles = derive(PLAN, patients=CHILD, exposure=exposure).exposure.cycles
    assert cycles["status"].to_list() == [status]
    assert cycles["relative_dose"][0] == pytest.approx(days / 28, abs=1e-12)


def test_the_status_without_days(derive: Derive, shows: Shows) -> None:
    """Then the record's word decides; without one nothing is known, which is not "not completed"."""
    exposure = """patient | cycle | dose | unit | end_reason
    1 | 1 | 15 | ug/m2/d | completed
    1 | 2 | 15 | ug/m2/d | death
    1 | 3 | 15 | ug/m2/d |"""
    shows(
        derive(PLAN, patients=CHILD, exposure=exposure).exposure.cycles,
        """cycle | status | days | dose_m2 | relative_dose | interruptions | why
        1 | completed | | | | | days of infusion not recorded
        2 | ended early | | | | | days of infusion not recorded
        3 | | | | | | days of infusion not recorded""",
    )


def test_an_interruption_and_a_restart(derive: Derive, shows: Shows) -> None:
    """10 days, 7 without, then 18: all 28 days of dose, in 35 days, so 4/5 of the planned intensity."""
    exposure = STRETCHES.format(restart=18, end=35)
    datasets = derive(PLAN, patients=CHILD, exposure=exposure).exposure
    shows(
        datasets.cycles,
        """days | span | interruptions | gap_days | reasons | status | relative_dose | relative_dose_intensity
        28 | 35 | 1 | 7 | adverse event | completed | 1 | 0.8""",
    )
    shows(
        datasets.patients,
        """days | interruptions | restarts | reasons | dose_m2 | dose_ug | relative_dose | relative_dose_intensity
        28 | 1 | 1 | adverse event | 420 | 210 | 1 | 0.8""",
    )


def test_an_interruption_that_was_not_resumed(derive: Derive, shows: Shows) -> None:
    """It is an interruption without a restart, and without days of its own."""
    exposure = (
        "patient | cycle | start_day | end_day | dose | unit | end_reason\n1 | 1 | 1 | 10 | 15 | ug/m2/d | interruption"
    )
    shows(
        derive(PLAN, patients=CHILD, exposure=exposure).exposure.cycles,
        "interruptions | restarts | gap_days | status\n1 | 0 | 0 | ended early",
    )


def test_a_reason_that_is_not_recorded_is_told_so(derive: Derive, shows: Shows) -> None:
    """Days without infusion are an interruption whether or not the record says why."""
    exposure = """patient | cycle | start_day | end_day | dose | unit
    1 | 1 | 1 | 10 | 15 | ug/m2/d
    1 | 1 | 12 | 29 | 15 | ug/m2/d"""
    shows(
        derive(patients=CHILD, exposure=exposure).exposure.cycles,
        "interruptions | gap_days | reasons\n1 | 1 | reason not recorded",
    )


def test_an_interruption_in_words_alone(derive: Derive, shows: Shows) -> None:
    """Two stretches without days, the first interrupted: one interruption, its length not known."""
    exposure = """patient | cycle | step | dose | unit | end_reason
    1 | 1 | 1 | 15 | ug/m2/d | interruption
    1 | 1 | 2 | 15 | ug/m2/d |"""
    shows(derive(patients=CHILD, exposure=exposure).exposure.cycles, "interruptions | restarts | gap_days\n1 | 1 | ")


def test_a_dose_reduction(derive: Derive, shows: Shows) -> None:
    """14 days of 15 and 14 of 5 are 280 of 420: two thirds, of dose and of intensity."""
    exposure = """patient | cycle | start_day | end_day | dose | unit | end_reason
    1 | 1 | 1 | 14 | 15 | ug/m2/d | dose change
    1 | 1 | 15 | 28 | 5 | ug/m2/d | completed"""
    shows(
        derive(PLAN, patients=CHILD, exposure=exposure).exposure.cycles,
        """dose_m2 | planned_m2 | relative_dose | relative_dose_intensity | reductions | increases
        280 | 420 | 0.666666666667 | 0.666666666667 | 1 | 0""",
    )


def test_dose_intensity_over_cycles(derive: Derive, shows: Shows) -> None:
    """A delay of 14 days more than planned: 840 in 84 days against 840 in 70, which is 5/6.

    A cycle stopped on its second day has given all its dose per day, but 2/28 of its dose.
    """
    exposure = """patient | cycle | start_day | end_day | dose | unit
    1 | 1 | 1 | 28 | 15 | ug/m2/d
    1 | 2 | 57 | 84 | 15 | ug/m2/d
    2 | 1 | 1 | 2 | 15 | ug/m2/d"""
    patients = "patient | weight | height\n1 | 10 | 90\n2 | 10 | 90"
    datasets = derive(PLAN, patients=patients, exposure=exposure).exposure
    shows(
        datasets.patients,
        """patient | cycles | completed | ended_early | days | dose_m2 | relative_dose | relative_dose_intensity
        1 | 2 | 2 | 0 | 56 | 840 | 1 | 0.833333333333
        2 | 1 | 0 | 1 | 2 | 30 | 0.0714285714286 | 1""",
    )
    shows(datasets.cycles, "patient | cycle | days_off\n1 | 1 | \n1 | 2 | 28\n2 | 1 | ")


@pytest.mark.parametrize(("begin", "intensity"), [(35, 1.0), (36, 1.0), (43, 1.0), (44, 70 / 71)])
def test_a_pause_within_the_regimen_costs_nothing(derive: Derive, begin: int, intensity: float) -> None:
    """Tuebingen planned 7 to 14 days off: 6 count as the planned 7, 15 as the planned 14."""
    exposure = f"{HEAD}\n1 | 1 | 1 | 28 | 15 | ug/m2/d\n1 | 2 | {begin} | {begin + 27} | 15 | ug/m2/d"
    patients = derive({"regimen": "tuebingen-2014"}, exposure=exposure).exposure.patients
    expected = 63 / 62 if begin == 35 else intensity
    assert patients["relative_dose_intensity"][0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("weight", "planned"), [("44.9", 420 * (44.9 * 160 / 3600) ** 0.5), ("45", 784.0), ("45.1", 784.0), ("", None)]
)
def test_flat_from_45_kg_on(derive: Derive, weight: str, planned: float | None) -> None:
    """Below 45 kg 15 ug/m2/d, from 45 kg on 28 ug/d for 28 days; of unknown weight neither."""
    exposure = "patient | cycle | start_day | end_day | dose | unit\n1 | 1 | 1 | 28 | 15 | ug/m2/d"
    cycles = derive(PLAN, patients=f"patient | weight | height\n1 | {weight} | 160", exposure=exposure).exposure.cycles
    assert cycles["planned_ug"][0] == (None if planned is None else pytest.approx(planned, rel=1e-12))


@pytest.mark.parametrize(("height", "per_day"), [(90, 15.0), (160, 30.0), (195, 36.5625), (200, 37.5), (220, 37.5)])
def test_the_cap(derive: Derive, height: int, per_day: float) -> None:
    """30 ug/m2/d, at most 37.5 ug/d: reached at 1.25 m2, which a child of 28.125 kg has at 200 cm."""
    step = {"first_day": 1, "last_day": 28, "dose": 30, "unit": "ug/m2/d", "cap": 37.5}
    regimen = {"name": "capped", "title": "capped", "source": "spec", "cycles": [{"first": 1, "steps": [step]}]}
    weight = {90: 10, 160: 22.5, 195: 27.421875}.get(height, 28.125)  # 0.5, 1, 1.21875, 1.25 m2 and more
    patients = f"patient | weight | height\n1 | {weight} | {height}"
    cycles = derive(
        {"regimen": regimen}, patients=patients, exposure=f"{HEAD}\n1 | 1 | 1 | 28 | 30 | ug/m2/d"
    ).exposure.cycles
    area = (height * weight / 3600) ** 0.5
    assert cycles["planned_ug"][0] == pytest.approx(28 * per_day, rel=1e-9)
    assert cycles["planned_m2"][0] == pytest.approx(28 * per_day / area, rel=1e-9)


def test_a_choice_of_doses_is_the_teams(derive: Derive, shows: Shows) -> None:
    """Tuebingen began with 5 or 15: whoever got 5 was planned 5; 10 is beside both, and the lower one is planned."""
    exposure = """patient | cycle | start_day | end_day | dose | unit
    1 | 1 | 1 | 28 | 5 | ug/m2/d
    2 | 1 | 1 | 28 | 15 | ug/m2/d
    3 | 1 | 1 | 28 | 10 | ug/m2/d
    4 | 1 | 1 | 28 | 14.25 | ug/m2/d
    5 | 1 | 1 | 28 | 14.24 | ug/m2/d"""
    shows(
        derive({"regimen": "tuebingen-2014"}, exposure=exposure).exposure.cycles,
        "patient | planned_m2 | relative_dose\n1 | 140 | 1\n2 | 420 | 1\n3 | 140 | 2\n4 | 420 | 0.95\n5 | 140 | 2.848",
    )


def test_escalation_after_a_cycle_that_did_not_respond(derive: Derive, shows: Shows) -> None:
    """From 5 to 15 after non-response it is planned; without it, 5 stays planned. Not to escalate is no deviation."""
    exposure = """patient | cycle | start_day | end_day | dose | unit
    1 | 1 | 1 | 28 | 5 | ug/m2/d
    1 | 2 | 43 | 70 | 15 | ug/m2/d
    2 | 1 | 1 | 28 | 5 | ug/m2/d
    2 | 2 | 43 | 70 | 15 | ug/m2/d
    3 | 1 | 1 | 28 | 5 | ug/m2/d
    3 | 2 | 43 | 70 | 5 | ug/m2/d"""
    classes = """patient | cycle | test | value | method
    1 | 1 | cycle_response | non-responding | investigator
    2 | 1 | cycle_response | responding | investigator
    3 | 1 | cycle_response | non-responding | investigator"""
    datasets = derive({"regimen": "tuebingen-2014"}, exposure=exposure, measurements=classes).exposure
    shows(
        datasets.cycles,
        """patient | cycle | escalated | planned_m2 | relative_dose
        1 | 1 | | 140 | 1
        1 | 2 | yes | 420 | 1
        2 | 1 | | 140 | 1
        2 | 2 | yes | 140 | 3
        3 | 1 | | 140 | 1
        3 | 2 | no | 140 | 1""",
    )
    shows(
        datasets.deviations,
        """patient | cycle | kind | found | expected | sources
        2 | 2 | dose | 15 ug/m2/d on days 1 to 28 of infusion | 5 ug/m2/d | exposure:5""",
    )


def test_days_of_the_regimen_only_where_the_plan_says_so(derive: Derive, shows: Shows) -> None:
    """A cycle without days gets the planned ones; one that was stopped, or of which a day is recorded, does not."""
    exposure = """patient | cycle | dose | unit | start_day | end_reason
    1 | 1 | 15 | ug/m2/d | |
    2 | 1 | 15 | ug/m2/d | | death
    3 | 1 | 15 | ug/m2/d | 1 | """
    columns = "patient | days | dose_m2 | relative_dose_intensity | interruptions | assumed | status\n"
    without = derive({"regimen": "tuebingen-2014"}, exposure=exposure).exposure.cycles
    shows(without, columns + "1 | | | | | no | \n2 | | | | | no | ended early\n3 | | | | | no | ")
    plan = {"regimen": "tuebingen-2014", "exposure": {"days_from_regimen": True}}
    shows(
        derive(plan, exposure=exposure).exposure.cycles,
        columns + "1 | 28 | 420 | 1 | | yes | completed\n2 | | | | | no | ended early\n3 | | | | | no | ",
    )


def test_a_stretch_without_an_end_makes_no_sum(derive: Derive, shows: Shows) -> None:
    """A part that is not known is not 0: neither the cycle nor the patient has days or a dose."""
    exposure = """patient | cycle | start_day | end_day | dose | unit
    1 | 1 | 1 | 7 | 5 | ug/m2/d
    1 | 1 | 8 | | 15 | ug/m2/d
    1 | 2 | 43 | 70 | 15 | ug/m2/d"""
    datasets = derive(PLAN, patients=CHILD, exposure=exposure).exposure
    shows(datasets.cycles, "cycle | days | dose_m2 | dose_ug\n1 | | | \n2 | 28 | 420 | 210")
    shows(datasets.patients, "cycles | days | dose_m2 | relative_dose | interruptions\n2 | | | | ")


@pytest.mark.parametrize(
    ("cutoff", "status", "days"), [(20, "ongoing at the cut-off", 20), (28, "completed", 28), (None, "completed", 28)]
)
def test_a_cycle_at_the_cutoff_goes_on(derive: Derive, cutoff: int | None, status: str, days: int) -> None:
    """It is neither complete nor ended early, and short of days without being a deviation."""
    exposure = "patient | cycle | start_day | end_day | dose | unit\n1 | 1 | 1 | 28 | 15 | ug/m2/d"
    datasets = derive({**PLAN, "cutoff": cutoff}, patients=CHILD, exposure=exposure).exposure
    assert (datasets.cycles["status"][0], datasets.cycles["days"][0]) == (status, days)
    assert datasets.deviations.is_empty()


def test_nobody_treated(derive: Derive) -> None:
    """Empty tables give empty datasets."""
    found = derive(PLAN, patients="patient\n1", exposure="patient\n").exposure
    assert [frame.height for frame in (found.stretches, found.cycles, found.patients, found.deviations)] == [0, 0, 0, 0]


def test_cycles_before_a_transplant(derive: Derive, shows: Shows) -> None:
    """A cycle begun before the day counts; of unknown days all count where the transplant came after the last cycle."""
    exposure = """patient | cycle | start_day | end_day | dose | unit
    1 | 1 | 1 | 28 | 15 | ug/m2/d
    1 | 2 | 43 | 70 | 15 | ug/m2/d
    2 | 1 | | | 15 | ug/m2/d
    2 | 2 | | | 15 | ug/m2/d
    3 | 1 | | | 15 | ug/m2/d
    4 | 1 | 1 | 28 | 15 | ug/m2/d"""
    therapies = """patient | kind | phase | start_day
    1 | hsct | | 40
    2 | hsct | after |
    3 | hsct | between |
    4 | hsct | before | -100"""
    found = derive(exposure=exposure, therapies=therapies).exposure.before_transplant
    shows(
        found,
        """patient | cycles | sources
        1 | 1 | exposure:2, exposure:3, therapies:2
        2 | 2 | exposure:4, exposure:5, therapies:3
        3 | | exposure:6, therapies:4""",
    )
