"""Neurotoxicity (ICANS) from components: every clause and boundary, worked by hand."""

from __future__ import annotations

import polars as pl
import pytest
from tests.conftest import Shows, cells

from engager.endpoints.toxicity.neurotoxicity import grade_neurotoxicity

NUMBERS = ("age", "ice_score", "capd_score")
NORMAL = {"awakening": "spontaneous", "seizure": "none", "motor_weakness": "none", "cerebral_oedema": "none"}


def assessments(text: str, **same: str) -> pl.DataFrame:
    """Return a table in text as assessments with the same value of some components in each row."""
    head, *rows = cells(text)
    frame = pl.DataFrame(
        [[cell or None for cell in row] for row in rows], schema=dict.fromkeys(head, pl.String), orient="row"
    )
    numbers = [name for name in NUMBERS if name in head]
    return frame.drop("grade", "at_most", strict=False).with_columns(
        pl.col(numbers).cast(pl.Float64), **{name: pl.lit(value) for name, value in same.items() if name not in head}
    )


ICE = """age | ice_score | unable_to_perform | grade | at_most
14 | 10 |  | 0 | 0
14 | 9 |  | 1 | 1
14 | 7 |  | 1 | 1
14 | 6 |  | 2 | 2
14 | 3 |  | 2 | 2
14 | 2 |  | 3 | 3
14 | 1 |  | 3 | 3
14 | 0 |  | 3 | 3
14 |  | yes | 3 | 3
14 | 10 | yes | 3 | 3
14 |  |  |  | 3
14 |  | no |  | 3
14 | 11 |  |  | 3
14 | 6.5 |  |  | 3"""


def test_ice_from_twelve_years(shows: Shows) -> None:
    """7 to 9 grade 1, 3 to 6 grade 2, 0 to 2 grade 3; who wakes but cannot perform scores 0; 10 is no sign."""
    shows(grade_neurotoxicity(assessments(ICE, **NORMAL)), ICE)


CAPD = """age | capd_score | unable_to_perform | awakening | grade | at_most
8 | 0 |  | spontaneous | 0 | 0
8 | 1 |  | spontaneous | 1 | 1
8 | 8 |  | spontaneous | 1 | 1
8 | 8 |  | voice | 2 | 2
8 | 9 |  | spontaneous | 3 | 3
8 | 32 |  | spontaneous | 3 | 3
8 |  | yes | spontaneous | 4 | 4
8 | 8 | yes | spontaneous | 4 | 4
8 |  |  | spontaneous |  | 4
8 |  | no | spontaneous |  | 3
8 | 8 |  |  | 1 | 4"""


def test_capd_below_twelve_years(shows: Shows) -> None:
    """Below 9 awakening decides between grade 1 and 2; 9 is grade 3; who cannot perform has grade 4."""
    shows(grade_neurotoxicity(assessments(CAPD, **NORMAL)), CAPD)


AGE = """age | developmental_delay | ice_score | capd_score | grade | at_most
11.9 |  | 0 | 1 | 1 | 1
12 |  | 9 | 20 | 1 | 1
12.1 |  | 9 | 20 | 1 | 1
14 | yes | 0 | 1 | 1 | 1
14 | no | 9 | 20 | 1 | 1
 | yes |  | 9 | 3 | 3
 |  | 5 | 12 |  | 3
11.9 |  | 0 |  |  | 4"""


def test_the_age_decides_which_score_counts(shows: Shows) -> None:
    """ICE from 12.0 years, CAPD below or with delay; the other is no substitute; without an age neither counts."""
    graded = grade_neurotoxicity(assessments(AGE, **NORMAL))
    shows(graded, AGE)
    assert graded["reason"][6] == "not recorded: age (it decides between ICE and CAPD)"
    assert graded["reason"][7] == "not recorded: CAPD score, whether CAPD could be performed"


SIGNS = """awakening | seizure | motor_weakness | cerebral_oedema | grade | at_most
spontaneous | none | none | none | 0 | 0
voice | none | none | none | 2 | 2
touch | none | none | none | 3 | 3
vigorous | none | none | none | 4 | 4
none | none | none | none | 4 | 4
spontaneous | non-convulsive | none | none | 3 | 3
spontaneous | focal | none | none | 3 | 3
spontaneous | generalised | none | none | 3 | 3
spontaneous | prolonged | none | none | 4 | 4
spontaneous | repetitive | none | none | 4 | 4
spontaneous | none | deep focal | none | 4 | 4
spontaneous | none | none | focal | 3 | 3
spontaneous | none | none | diffuse | 4 | 4
voice | generalised | none | focal | 3 | 3
 | none | none | none |  | 4
spontaneous |  | none | none |  | 4
spontaneous | none |  | none |  | 4
spontaneous | none | none |  |  | 4
voice |  | none | none | 2 | 4
vigorous |  |  |  | 4 | 4"""


def test_the_worst_sign_decides(shows: Shows) -> None:
    """Awakening, seizure, weakness and oedema; one that is not recorded leaves the grade open unless it is 4."""
    shows(grade_neurotoxicity(assessments(SIGNS).with_columns(age=14.0, ice_score=10.0)), SIGNS)


def test_a_score_of_0_is_grade_4_only_in_the_unarousable() -> None:
    """ICE 0 in an awake patient is grade 3 (aphasia), in one who does not wake 4, of unknown waking at least 3."""
    frame = pl.DataFrame({"age": [14.0] * 3, "ice_score": [0] * 3, "awakening": ["spontaneous", "none", None]})
    normal = pl.lit("none")
    graded = grade_neurotoxicity(frame.with_columns(seizure=normal, motor_weakness=normal, cerebral_oedema=normal))
    assert graded.select("grade", "at_most").rows() == [(3, 3), (4, 4), (3, 4)]


@pytest.mark.parametrize("scale", ["CTCAE 5.0 Seizure", "CTCAE 4.03 Seizure"])
def test_seizures_by_ctcae(shows: Shows, scale: str) -> None:
    """What is graded 3 (the first seizure, several despite treatment) is the clinician's to say."""
    text = """seizure | grade | at_most
    none | 0 | 0
    non-convulsive | 1 | 3
    focal | 1 | 3
    generalised | 2 | 3
    prolonged | 4 | 4
    repetitive | 4 | 4
     |  | 4"""
    shows(grade_neurotoxicity(assessments(text), scale=scale), text)


def test_tremor_is_no_component() -> None:
    """A tremor recorded beside the components is not looked at."""
    frame = assessments(ICE, **NORMAL)
    shaken = frame.with_columns(tremor=pl.lit("yes"), myoclonus=pl.lit("yes"))
    assert grade_neurotoxicity(shaken)["grade"].equals(grade_neurotoxicity(frame)["grade"])
