"""From rows of measurements and events to the grades, episodes and verdicts of patients."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from tests.conftest import CohortOf, Shows

from engager.endpoints.toxicity.components import derive_assessments
from engager.endpoints.toxicity.datasets import ToxicityScales, derive_toxicity_scales

Toxicity = Callable[..., ToxicityScales]
HEAD = "patient | day | test | value | unit"
CALM = ("hypotension | no |", "oxygen_device | room air |", "fever_treatment | no |")
AWAKE = ("awakening | spontaneous |", "seizure | none |", "motor_weakness | none |", "cerebral_oedema | none |")


def course(patient: str, **days: tuple[str, ...]) -> str:
    """Return measurements: `d2=("temperature | 39 | Cel", ...)` of each day."""
    rows = [f"{patient} | {day.removeprefix('d')} | {row}" for day, rows in days.items() for row in rows]
    return "\n".join(rows)


def fever(celsius: float) -> str:
    return f"temperature | {celsius} | Cel"


def of_scale(frame: pl.DataFrame, syndrome: str, scale: str = "ASTCT 2019") -> pl.DataFrame:
    return frame.filter((pl.col("syndrome") == syndrome) & (pl.col("scale") == scale))


@pytest.fixture
def toxicity(cohort_of: CohortOf) -> Toxicity:
    """Return a function from tables in text to the datasets of the topic."""

    def run(**tables: str) -> ToxicityScales:
        return derive_toxicity_scales(cohort_of(**tables))

    return run


def test_an_assessment_is_the_worst_of_a_day(cohort_of: CohortOf, shows: Shows) -> None:
    """Rows of a day stand together, each component at its worst; units are converted; a bound is not recorded."""
    cohort = cohort_of(
        measurements=f"""{HEAD}
        1 | 2 | temperature | 37.2 | Cel
        1 | 2 | temperature | 38.4 | Cel
        1 | 2 | vasopressors | one |
        1 | 2 | vasopressors | none |
        1 | 2 | inspired oxygen | 40 | %
        1 | 2 | oxygen_flow | 6 | L/min
        1 | 3 | temperature | <38 | Cel
        1 | 3 | hypotension | yes |
        1 | 4 | hypotension | not assessed |
        1 | | ice_score | 3 | score
        1 | | ice_score | 8 | {{score}}
        1 | | leukocytes | 3 | 10*9/L"""
    )
    assessments = derive_assessments(cohort, "CRS")
    shows(
        assessments,
        """when | temperature | vasopressors | inspired_oxygen | oxygen_flow | hypotension
        day 2 | 38.4 | one | 0.4 | 6 |
        day 3 |  |  |  |  | yes""",
    )
    assert assessments["sources"].to_list() == [[f"measurements:{row}" for row in range(2, 8)], ["measurements:9"]]
    shows(
        derive_assessments(cohort, "ICANS"), "when | ice_score | sources\nno day | 3 | measurements:11, measurements:12"
    )


def test_what_no_day_places_stands_by_its_cycle(cohort_of: CohortOf, shows: Shows) -> None:
    """Without a day the cycle and its day, or the timepoint, keep assessments apart; a baseline is not treated."""
    cohort = cohort_of(
        measurements="""patient | day | cycle | cycle_day | timepoint | test | value
        1 | | 1 | 2 | | hypotension | no
        1 | | 1 | 3 | | hypotension | yes
        1 | | 2 | | during cycle | hypotension | yes
        1 | | | | baseline | hypotension | no
        1 | -1 | | | | hypotension | no
        1 | 1 | 1 | 1 | | hypotension | no"""
    )
    shows(
        derive_assessments(cohort, "CRS"),
        """when | hypotension | treated
        day -1 | no | no
        day 1 | no | yes
        cycle 1, day 2 of it | no | yes
        cycle 1, day 3 of it | yes | yes
        cycle 2, during cycle | yes | yes
        baseline | no | no""",
    )


def test_the_worst_grade_of_a_patient(toxicity: Toxicity, shows: Shows) -> None:
    """The worst grade counts; an incomplete assessment makes it a lower bound; baselines are left out."""
    first = course(
        "1", **{"d-1": (fever(40),), "d2": (fever(38), *CALM), "d3": (fever(39), "vasopressors | one |", *CALM[1:])}
    )
    second = course("2", d2=(fever(38), *CALM), d3=(fever(37),))
    third = course("3", d2=(fever(37),))
    fourth = course("4", d2=(fever(37), *CALM))
    datasets = toxicity(patients="patient\n1\n2\n3\n4\n5", measurements="\n".join([HEAD, first, second, third, fourth]))
    shows(
        of_scale(datasets.patients, "CRS"),
        """patient | status | grade | at_most | clause
        1 | graded | 3 | 3 | one vasopressor, with or without vasopressin
        2 | graded | 1 | 4 | temperature of 38.0 C or more
        3 | cannot be told |  | 4 |
        4 | none | 0 | 0 | no clause holds
        5 | not recorded |  |  |""",
    )
    assert of_scale(datasets.patients, "CRS")["reason"].to_list() == [
        None,
        "incomplete at 1 other assessments, first: day 3",
        "not recorded: antipyretic or anticytokine treatment, hypotension, vasopressors, oxygen device",
        None,
        None,
    ]
    assert of_scale(datasets.patients, "CRS")["sources"][0].to_list() == [f"measurements:{row}" for row in range(7, 11)]
    assert set(of_scale(datasets.patients, "ICANS")["status"]) == {"not recorded"}


def days(*feverish: int, calm: tuple[int, ...] = ()) -> str:
    """Return the course of patient 1 with fever on some days and no sign on others."""
    spans = {f"d{day}": (fever(38.5), *CALM) for day in feverish} | {f"d{day}": (fever(37), *CALM) for day in calm}
    return f"{HEAD}\n{course('1', **spans)}"


@pytest.mark.parametrize(
    ("measurements", "answer"),
    [
        pytest.param(days(2, 3, 4, calm=(1, 5)), "2 | 4 | 3 | yes | 3", id="closed by a day without a sign"),
        pytest.param(days(2, 3), "2 | 3 | 2 | no | 2", id="nothing closes it"),
        pytest.param(days(2, 9), "2 | 9 | 8 | no | 2", id="7 days are bridged"),
        pytest.param(days(2, 10), "2 | 2 | 1 | no | 2", id="8 days are not"),
        pytest.param(days(2, 4, calm=(3,)), "2 | 2 | 1 | yes | 2", id="a second episode the day after"),
        pytest.param(days(calm=(2, 3)), " |  |  |  | ", id="none"),
    ],
)
def test_the_first_episode(toxicity: Toxicity, shows: Shows, measurements: str, answer: str) -> None:
    """First day, last day, length, whether a day without a sign closes it, and all days with a grade."""
    datasets = toxicity(measurements=measurements)
    shows(of_scale(datasets.patients, "CRS"), f"onset | end | duration | ended | days\n{answer}")


def test_age_and_delay_come_from_the_patient(toxicity: Toxicity, shows: Shows) -> None:
    """The same scores by age: CAPD of the child and of the delayed, ICE of the other, none without an age."""
    rows = "\n".join(
        course(patient, d2=("ice_score | 5 | score", "capd_score | 9 | score", *AWAKE)) for patient in "1234"
    )
    delay = "3 | 2 | developmental_delay | yes |"
    datasets = toxicity(
        patients="patient | age\n1 | 11.9\n2 | 12\n3 | 15\n4 | ", measurements="\n".join([HEAD, rows, delay])
    )
    shows(of_scale(datasets.patients, "ICANS"), "patient | grade\n1 | 3\n2 | 2\n3 | 3\n4 |")


EVENTS = "patient | term | grade | ctcae_version | start_day | outcome | pre_existing"


def test_tremor_never_yields_icans(toxicity: Toxicity) -> None:
    """A tremor of grade 3 and a myoclonus are kept apart: no grade, no event of the syndrome."""
    datasets = toxicity(adverse_events=f"{EVENTS}\n1 | Tremor | 3 | 5.0 | 4 | |\n1 | myoclonus | 2 | | 5 | |")
    assert datasets.events.is_empty()
    assert datasets.agreement.is_empty()
    assert set(datasets.patients["status"]) == {"not recorded"}
    assert datasets.not_counted["term"].to_list() == ["Tremor", "myoclonus"]


def test_a_fatal_event_is_grade_5(toxicity: Toxicity, shows: Shows) -> None:
    """Fatal by outcome or by grade, by every scale of the whole syndrome; a fatal sepsis is another event."""
    datasets = toxicity(
        adverse_events=f"""{EVENTS}
        1 | Cytokine release  syndrome | 4 | | 3 | fatal |
        2 | ICANS | 5 | | 9 | |
        3 | Sepsis | 5 | | 9 | fatal |"""
    )
    graded = datasets.patients.filter(pl.col("grade") == 5)
    assert graded.filter(pl.col("patient") == "1")["scale"].to_list() == [
        "ASTCT 2019", "Lee 2014", "Penn 2018", "CTCAE 5.0", "CTCAE 4.03",
    ]  # fmt: skip
    assert graded.filter(pl.col("patient") == "2")["scale"].to_list() == ["ASTCT 2019"]
    shows(datasets.agreement, "patient | recorded | grade | verdict\n1 | 4 | 5 | differs\n2 | 5 | 5 | recorded only")


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        pytest.param("1 | CRS | 3 | | 2 | |", "ASTCT 2019 | 3 | 3 | agrees", id="the same grade"),
        pytest.param("1 | CRS | 2 | | 2 | |", "ASTCT 2019 | 2 | 3 | differs", id="a lower grade"),
        pytest.param("1 | CRS | 4 | 4.03 | 2 | |", "CTCAE 4.03 | 4 | 4 | agrees", id="by CTCAE 4.03"),
        pytest.param("1 | CRS | 3 | 4.03 | 2 | |", "CTCAE 4.03 | 3 | 4 | differs", id="3 by CTCAE 4.03"),
        pytest.param("1 | CRS | 3 | 6.0 | 2 | |", "ASTCT 2019 | 3 | 3 | agrees", id="6.0 by devices, as ASTCT"),
        pytest.param("1 | CRS | | | 2 | |", "ASTCT 2019 |  | 3 | recorded without a grade", id="no grade"),
        pytest.param(
            "1 | CRS | 2 | | 2 | |\n1 | CRS | 3 | | 9 | |", "ASTCT 2019 | 3 | 3 | agrees", id="the worst of two"
        ),
        pytest.param("1 | CRS | 3 | | -4 | |", "ASTCT 2019 |  | 3 | derived only", id="before the first dose"),
        pytest.param("1 | CRS | 3 | | | | yes", "ASTCT 2019 |  | 3 | derived only", id="pre-existing"),
        pytest.param("1 | Fever | 3 | | 2 | |", "ASTCT 2019 |  | 3 | derived only", id="another event"),
    ],
)
def test_recorded_beside_derived(toxicity: Toxicity, shows: Shows, event: str, answer: str) -> None:
    """The worst grade recorded is held against the scale that its version names, else against ASTCT."""
    measurements = f"{HEAD}\n{course('1', d2=(fever(39), 'vasopressors | one |', 'oxygen_device | none |'))}"
    datasets = toxicity(measurements=measurements, adverse_events=f"{EVENTS}\n{event}")
    shows(datasets.agreement, f"scale | recorded | grade | verdict\n{answer}")


def test_an_event_at_baseline_is_not_of_the_treatment(toxicity: Toxicity) -> None:
    """Placed by words alone: at baseline it was there before, during a cycle it counts."""
    datasets = toxicity(
        adverse_events="patient | term | grade | timepoint\n1 | CRS | 5 | baseline\n2 | CRS | 5 | during cycle"
    )
    assert datasets.events["patient"].to_list() == ["2"]


def test_a_grade_within_the_bounds_agrees(toxicity: Toxicity, shows: Shows) -> None:
    """Fever alone is at least grade 1: a recorded grade 3 is not contradicted, and nothing is without components."""
    datasets = toxicity(
        measurements=f"{HEAD}\n{course('1', d2=(fever(39),))}",
        adverse_events=f"{EVENTS}\n1 | CRS | 3 | | 2 | |\n2 | CRS | 1 | | 2 | |",
    )
    shows(datasets.agreement, "patient | grade | at_most | verdict\n1 | 1 | 4 | agrees\n2 |  |  | recorded only")


def test_a_death_of_toxicity_does_not_say_of_which(toxicity: Toxicity) -> None:
    """Without a fatal event of a syndrome there is no grade 5; the death is kept, to be told."""
    datasets = toxicity(
        follow_up="""patient | day | event | cause
        1 | 9 | death | toxicity
        2 | 9 | death | toxicity
        3 | 9 | death | relapse""",
        adverse_events=f"{EVENTS}\n1 | CRS | 5 | | 3 | |\n2 | CRS | 3 | | 3 | |",
    )
    assert datasets.deaths.rows() == [("2", "follow_up:3")]
    assert set(datasets.patients.filter(pl.col("grade") == 5)["patient"]) == {"1"}
