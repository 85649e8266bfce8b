"""The edit checks of components of toxicity, each told with its place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import FILES, told, write_study

HEAD = "patient,day,test,value,unit\n"
PATIENTS = FILES["patients"].replace("2,female,9", "2,female,14")
OF_THE_OTHER_AGE = (
    "expected ICE from 12 years, CAPD below or with developmental delay. It does not count for ICANS; a delay is "
    "recorded as the test developmental_delay"
)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2,2,ice_score,10,score", None),
        ("2,2,ice_score,0,points", None),
        ("2,2,ice_score,11,score", "value: ICE score 11; expected a whole number from 0 to 10; 10 is normal"),
        ("2,2,ice_score,6.5,score", "value: ICE score 6.5; expected a whole number from 0 to 10; 10 is normal"),
        ("1,2,capd_score,32,score", None),
        ("1,2,capd_score,33,score", "value: CAPD score 33; expected a whole number from 0 to 32; 0 is normal"),
        ("1,2,temperature,45,Cel", None),
        ("1,2,temperature,100.4,Cel",
         "value: temperature 100.4 Cel; expected 25 to 45 degrees Celsius. Is it in Fahrenheit? 100.4 F are 38.0 C"),
        ("1,2,inspired_oxygen,21,%", None),
        ("1,2,inspired_oxygen,0.4,1", None),
        ("1,2,inspired_oxygen,0.4,%",
         "value: inspired oxygen 0.4 %; expected 21 % (room air) to 100 %. A fraction such as 0.4 has the unit 1"),
        ("1,2,ice_score,9,score", f"test: ice_score of a patient of age 4; {OF_THE_OTHER_AGE}"),
        ("2,2,capd_score,9,score", f"test: capd_score of a patient of age 14; {OF_THE_OTHER_AGE}"),
        ("2,2,capd_score,9,score\n2,2,developmental_delay,yes,", None),
        ("1,2,oxygen_device,room air,\n1,3,oxygen_flow,4,L/min", None),
        ("1,2,oxygen_device,room air,\n1,2,oxygen_flow,4,L/min",
         ("value: no oxygen device on a day with a flow of oxygen; expected the device that gave the oxygen. "
          "The flow counts as oxygen given")),
        ("1,2,oxygen_device,room air,\n1,2,oxygen_device,mask,\n1,2,oxygen_flow,4,L/min", None),
    ],
)  # fmt: skip
def test_a_component_that_cannot_be(tmp_path: Path, row: str, said: str | None) -> None:
    """What lies within its limits passes; what does not is told with the cell and what was expected."""
    found = told(write_study(tmp_path / "study", patients=PATIENTS, measurements=f"{HEAD}{row}\n"))
    assert found == ([f"measurements.csv row 2, column {said}"] if said else [])


def test_an_unknown_code_is_refused_with_the_permitted_ones(tmp_path: Path) -> None:
    """A vasopressor by name is no count of vasopressors."""
    found = told(write_study(tmp_path / "study", measurements=f"{HEAD}1,2,vasopressors,norepinephrine,\n"))
    assert len(found) == 1
    assert "one of none, vasopressin alone, one, one with vasopressin, several" in found[0]
