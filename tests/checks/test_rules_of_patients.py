"""Who is a patient: no footnote, no sum, nobody twice under two spellings."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import FILES, problems, told, write_study


@pytest.mark.parametrize("below", ["* after transplantation,,,,", "Source: chart,,,,", "Total,,,4,", "Summe,,9,,"])
def test_footnotes_and_sums_below_the_table_are_no_patients(tmp_path: Path, below: str) -> None:
    """A row with nothing but a text, or with the word of a sum, of whom no other table tells, is an error."""
    (issue, *others) = problems(write_study(tmp_path, patients=FILES["patients"] + below + "\n"))
    assert (issue.rule, issue.place.row) == ("patients.no_patient", 4)
    assert {other.rule for other in others} == {"patients.no_exposure", "patients.no_follow_up"}


def test_a_patient_of_whom_little_is_known_is_one(tmp_path: Path) -> None:
    """A pseudonym alone, with a row elsewhere, and a patient with an age alone, are patients."""
    patients = FILES["patients"] + "3,,,,\n4,male,,,\n"
    folder = write_study(tmp_path, patients=patients, follow_up=FILES["follow_up"] + "3,5,death\n")
    assert "patients.no_patient" not in {issue.rule for issue in problems(folder)}


def test_a_column_of_the_studys_own_tells_of_a_patient(tmp_path: Path) -> None:
    """What engager does not read is something all the same."""
    patients = "patient,age,ward\n1,4,\n2,9,\n3,,A5\n"
    assert "patients.no_patient" not in {issue.rule for issue in problems(write_study(tmp_path, patients=patients))}


@pytest.mark.parametrize(("one", "two"), [("Tue-01", "TUE-01"), ("P1", "p 01"), ("A_7", "a-7"), ("7", "007")])
def test_one_patient_in_two_spellings(tmp_path: Path, one: str, two: str) -> None:
    """Case, signs, spaces and leading zeros tell nobody apart."""
    changed = {name: text.replace("\n1,", f"\n{one},").replace("\n2,", f"\n{two},") for name, text in FILES.items()}
    assert told(write_study(tmp_path, **changed)) == [
        (
            f"patients.csv row 3, column patient: patient {two} beside patient {one} (row 2): but for case, signs and "
            "zeros the same; expected pseudonyms that nobody confuses. One patient has one row and one spelling in all "
            "tables; two are renamed"
        )
    ]


@pytest.mark.parametrize(("one", "two"), [("1-11", "11-1"), ("P1", "P10"), ("A1", "B1"), ("1.1", "11")])
def test_other_pseudonyms_are_others(tmp_path: Path, one: str, two: str) -> None:
    """What differs in a figure, a letter or the place of a hyphen is another patient."""
    changed = {name: text.replace("\n1,", f"\n{one},").replace("\n2,", f"\n{two},") for name, text in FILES.items()}
    assert told(write_study(tmp_path, **changed)) == []
