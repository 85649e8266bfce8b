"""The edit checks: each told with file, row, column, what was found, what was expected and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import FILES, problems, told, write_study

from engager.checks import RULES

MEASUREMENTS = "patient,day,test,method,value,unit\n"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"patients": FILES["patients"] + "1,male,4,16,2010-01-01\n"},
            [
                f"patients.csv row {row}, column patient: patient 1 stands more than once; "
                "expected one row for each patient. Join the rows, or correct one"
                for row in (2, 4)
            ],
        ),
        (
            {"exposure": FILES["exposure"] + "3,1,1,28,15,ug/m2/d\n"},
            [
                ("exposure.csv row 4, column patient: patient 3, who is not in the table patients; expected a patient "
                "of the table patients. Add the patient there, or correct the pseudonym")
            ],
        ),
        (
            {"exposure": FILES["exposure"].replace("15,ug/m2/d", "15,mg/m2/day")},
            [
                ("exposure.csv row 3, column dose: dose 15 mg/m2/d; expected 5 to 30 ug/m2/d, or 9 to 112 ug/d, "
                "as such "
                "drugs are given. Did you mean ug (micrograms)?")
            ],
        ),
        (
            {"exposure": FILES["exposure"].replace("15,ug/m2/d", "0.015,ug/m2/d")},
            [
                ("exposure.csv row 3, column dose: dose 0.015 ug/m2/d; expected 5 to 30 ug/m2/d, or 9 to 112 ug/d, as "
                "such drugs are given. A pause is a gap between two rows, not a row with dose 0")
            ],
        ),
        (
            {"exposure": FILES["exposure"].replace("15,ug/m2/d", "-15,ug/m2/d")},
            ["exposure.csv row 3, column dose: dose -15; expected 0 or more"],
        ),
        (
            {"exposure": FILES["exposure"].replace("15,ug/m2/d", "15,")},
            [
                ("exposure.csv row 3, column unit: dose 15 without a unit; expected a unit: ug/m2/d or ug/d. "
                "A unit is never assumed")
            ],
        ),
        (
            {"patients": FILES["patients"].replace(",4,", ",-4,")},
            ["patients.csv row 2, column age: age -4; expected 0 to 120 years"],
        ),
        (
            {"follow_up": FILES["follow_up"].replace("90,death", "-3,death")},
            [
                ("follow_up.csv row 3, column day: death on day -3, before the first dose; expected day 1 or later: "
                "day 1 is the day of the first dose. Check the day and the date of the first dose"),
            ],
        ),
        (
            {"exposure": FILES["exposure"].replace("1,1,28,15", "1,28,1,15")},
            [
                ("exposure.csv row 3, column end_day: an end (day 1, date empty) before the start (day 28, date "
                "empty); "
                "expected an end on the day of the start or later. Are the two swapped?")
            ],
        ),
        (
            {"measurements": MEASUREMENTS + "1,29,marrow_blasts,microscopy,140,%\n"},
            ["measurements.csv row 2, column value: marrow_blasts 140 %; expected 0 to 100 %"],
        ),
        (
            {"measurements": MEASUREMENTS + "1,29,marrow_blasts,microscopy,97,1\n"},
            [
                ("measurements.csv row 2, column value: marrow_blasts 97 as a fraction; expected 0 to 1. "
                "Did you mean percent (unit %)?")
            ],
        ),
        (
            {"measurements": MEASUREMENTS + "1,29,leukocytes,analyser,5,%\n"},
            [
                ("measurements.csv row 2, column unit: leukocytes in %, which measures fraction; "
                "expected a unit of what the test measures")
            ],
        ),
        (
            {"measurements": MEASUREMENTS + "1,29,mdr,pcr,0.1,1\n1,29,zodiac,,40,cm\n"},
            [
                ("measurements.csv row 2, column test: a test `mdr` that engager does not know; expected a test of the "
                "vocabulary. Did you mean `mrd`? It is kept and listed, and no analysis uses it"),
                ("measurements.csv row 3, column test: a test `zodiac` that engager does not know; expected a test "
                "of the vocabulary. It is kept and listed, and no analysis uses it"),
            ],
        ),
        (
            {"measurements": MEASUREMENTS + "1,29,mrd,,0.1,1\n1,,mrd,pcr,0.1,1\n1,29,mrd,pcr,,1\n1,29,mrd,pcr,0.1,\n"},
            [
                "measurements.csv row 5, column unit: mrd 0.1 without a unit; expected a unit. A unit is never assumed",
                ("measurements.csv row 2, column method: an MRD value without a method; expected flow, pcr, rt-pcr or "
                "ngs. The limit of detection depends on it"),
                ("measurements.csv row 3, column day: mrd that nothing places in time; expected a day, a date, a cycle "
                "or a timepoint. It can be in no analysis"),
                "measurements.csv row 4, column value: mrd without a value; expected a value, or `not assessed`",
            ],
        ),
        (
            {"follow_up": FILES["follow_up"] + "2,166,last contact\n2,,relapse\n2,90,death\n1,,death\n"},
            [
                ("follow_up.csv row 4, column day: day 166, after the patient's death on day 90; expected "
                "nothing after "
                "a death. Check both days and the patient"),
                ("follow_up.csv row 6, column event: a second death of patient 2; expected one death at most. "
                "Take one of the rows away"),
                ("follow_up.csv row 7, column day: a death without a day; expected a study day, or a date "
                "beside a date "
                "of the first dose"),
                ("follow_up.csv row 5, column day: relapse without a day; expected a study day or a date. An endpoint "
                "that counts it dates it by the patient's next event, and says so"),
            ],
        ),
        (
            {"follow_up": "patient,day,date,event\n1,30,2010-01-31,last contact\n2,90,,death\n"},
            [
                ("follow_up.csv row 2, column day: day 30 beside date 2010-01-31, which is day 31; expected a "
                "day and a "
                "date that agree (day 1 is the date of the first dose). Leave one of the two empty")
            ],
        ),
        (
            {
                "patients": "patient,age\n1,4\n2,9\n",
                "follow_up": "patient,date,event\n1,2010-01-31,last contact\n2,2010-03-01,death\n",
            },
            [
                f"follow_up.csv row {row}, column date: date {date} of a patient whose first dose has no date; "
                f"expected "
                "`first_dose_date` in the table patients. Enter it there, or enter study days"
                for row, date in ((2, "2010-01-31"), (3, "2010-03-01"))
            ],
        ),
        (
            {"exposure": "patient,cycle,start_day\n", "follow_up": "patient,event\n"},
            [
                f"patients.csv row {row}, column patient: patient {row - 1} has no row in {text}"
                for row in (2, 3)
                for text in (
                    "exposure; expected at least one infusion of each patient treated",
                    ("follow_up; expected a death or a last contact of each patient. Without one the patient counts in "
                    "no survival analysis"),
                )
            ],
        ),
        (
            {name: content.split("\n")[0] + "\n" for name, content in FILES.items()},
            ["patients.csv: no patient; expected a row for each patient. Fill the table patients"],
        ),
    ],
    ids=[
        "patient twice", "unknown patient", "milligrams", "dose of nothing", "negative dose", "dose without unit",
        "negative age", "death before first dose", "end before start", "140 percent", "97 as a fraction",
        "unit of another quantity", "unknown test", "what a measurement lacks", "after and around a death",
        "day against date", "date without day 1", "patients without rows", "no patient at all",
    ],
)  # fmt: skip
def test_rule(tmp_path: Path, changed: dict[str, str], expected: list[str]) -> None:
    """Each mistake is told once, in words that a data manager can act on, and nothing else is."""
    assert told(write_study(tmp_path, **changed)) == expected


@pytest.mark.parametrize(("listed", "written"), [("01", "1"), ("P-01", "p1"), ("1", "1.0"), ("Ü 2", "ü2")])
def test_a_pseudonym_written_in_two_ways_is_asked_about(tmp_path: Path, listed: str, written: str) -> None:
    """`01` and `1` are two pseudonyms; which was meant is asked, never guessed."""
    content = FILES["patients"].replace("\n1,", f"\n{listed},")
    tables = {name: text.replace("\n1,", f"\n{written},") for name, text in FILES.items() if name != "patients"}
    issues = [
        issue for issue in problems(write_study(tmp_path, **tables, patients=content)) if issue.severity == "error"
    ]
    assert {issue.advice for issue in issues} == {f"Did you mean `{listed}`?"}
    assert len(issues) == 4


def test_spaces_around_a_pseudonym_do_not_count(tmp_path: Path) -> None:
    """` 1 ` is the patient `1`."""
    assert told(write_study(tmp_path, exposure=FILES["exposure"].replace("\n1,", "\n 1 ,"))) == []


def test_a_calendar_cutoff_needs_dates(tmp_path: Path) -> None:
    """A cut-off by date cannot be applied to a patient without a date of the first dose."""
    folder = write_study(tmp_path, patients="patient,first_dose_date\n1,\n2,2010-03-01\n")
    assert told(folder, "2010-12-31") == [
        (
            "patients.csv row 2, column first_dose_date: patient 1 has no date of the first dose, and the "
            "cut-off is the "
            "date 2010-12-31; expected a date of the first dose. Enter it, or give the cut-off as a study day"
        )
    ]
    assert told(folder, "365") == []


def test_a_cutoff_before_every_first_dose(tmp_path: Path) -> None:
    """A cut-off that leaves no patient is refused: there would be nothing to report."""
    (issue,) = problems(write_study(tmp_path), "2009-12-31")
    assert issue.rule == "patients.none"
    assert issue.found == "no patient treated by the cut-off 2009-12-31"


def test_many_problems_of_one_rule_are_counted(tmp_path: Path) -> None:
    """Fifty rows are listed, the rest is a number."""
    rows = "".join("9,before,hsct,a\n" for _ in range(120))
    issues = problems(write_study(tmp_path, therapies=FILES["therapies"] + rows))
    assert len(issues) == 51
    assert issues[-1].found == "70 more rows against the rule therapies.unknown_patient"


def test_errors_of_many_tables_are_told_in_one_run(tmp_path: Path) -> None:
    """A broken table does not hide the mistakes of the others."""
    folder = write_study(
        tmp_path,
        patients=FILES["patients"].replace(",9,", ",900,"),
        exposure=FILES["exposure"].replace("15,ug", "15,mg"),
        measurements=None,
        follow_up=FILES["follow_up"] + "7,1,death\n",
    )
    assert [(issue.place.file, issue.rule) for issue in problems(folder)] == [
        ("measurements.csv", "file.missing_table"),
        ("exposure.csv", "exposure.dose_thousandfold"),
        ("follow_up.csv", "follow_up.unknown_patient"),
        ("patients.csv", "patients.age_range"),
    ]


def test_every_rule_has_a_name_of_its_own() -> None:
    """A rule is found in the reference by its name."""
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert all(rule.name.startswith(f"{rule.table}.") for rule in RULES)
