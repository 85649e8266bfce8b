"""Cells: what is plain is read, what can be read two ways is refused, and nothing is guessed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from tests.readers.study_files import FILES, problems, read, write_study

from engager.plan import InputFormat
from engager.readers.refusals import Refusal
from engager.readers.values import read_column
from engager.schema.columns import Kind
from engager.terms.units import read_unit

STYLE = InputFormat()


def one(text: str, kind: Kind, style: InputFormat = STYLE) -> object:
    """Return the value of one cell, or why it is refused."""
    values, refusals = read_column(pl.Series([text]), kind, None, style)
    which = refusals.which[0]
    return values[0] if which is None else refusals.reasons[which]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3.0), ("+3", 3.0), ("-3", -3.0), ("−3", -3.0), ("0,5", 0.5), ("1e-4", 1e-4), ("1E5", 1e5), (".5", 0.5),
        ("1.234", 1.234), ("0.1", 0.1), ("1234567.89", 1234567.89), ("1,5e3", 1500.0), ("12,3456", 12.3456),
        ("0,004", 0.004), ("-0,125", -0.125), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("-1.234.567,8", -1234567.8),
        ("1\u202f234", 1234.0), ("1\u00a0234", 1234.0), ("10^-4", 1e-4), ("2x10^-4", 2e-4),
        ("2,5 \u00d7 10\u207b\u2074", 2.5e-4), ("10\u207b\u2076", 1e-6),
    ],
)  # fmt: skip
def test_numbers_that_are_read(text: str, number: float) -> None:
    """A number is read as Python reads it; a comma is a decimal sign where it can be nothing else."""
    assert one(text, Kind.NUMBER) == number


@pytest.mark.parametrize(
    "text",
    ["1,234", "1'234", "1 234", "1\u00a02", "10-4", "1:10000", "1_000", "inf", "-Infinity", "nan", "1e999", "12 kg",
     "5%", "<3", "0x10", "--1", "ten", "1e", "1,2,3", "1.2.3"],
)  # fmt: skip
def test_numbers_that_are_refused(text: str) -> None:
    """What is no finite number, or can be read two ways, is refused."""
    assert isinstance(one(text, Kind.NUMBER), Refusal)


def test_signs_between_thousands_against_the_plan_are_refused() -> None:
    """A plan with decimal points has no `1.234,5`, one with decimal commas no `1,234.5`."""
    assert isinstance(one("1.234,5", Kind.NUMBER, InputFormat(decimal="point")), Refusal)
    assert isinstance(one("1,234.5", Kind.NUMBER, InputFormat(decimal="comma")), Refusal)


def test_the_plan_says_how_commas_are_read() -> None:
    """`decimal` decides what the reader would not; with a decimal comma a point may group thousands."""
    comma, point = InputFormat(decimal="comma"), InputFormat(decimal="point")
    assert one("1,234", Kind.NUMBER, comma) == 1.234
    assert isinstance(one("1.234", Kind.NUMBER, comma), Refusal)
    assert one("1.5", Kind.NUMBER, comma) == 1.5
    assert isinstance(one("0,5", Kind.NUMBER, point), Refusal)
    assert one("1.234", Kind.NUMBER, point) == 1.234


def test_a_fraction_beside_decimal_commas_is_one() -> None:
    """`0.004` is no group of thousands, whatever stands beside it."""
    values, refusals = read_column(pl.Series(["0,5", "0.004", "1.5"]), Kind.NUMBER, None, STYLE)
    assert (values.to_list(), refusals.which.to_list()) == ([0.5, 0.004, 1.5], [None, None, None])


def test_a_point_beside_decimal_commas_is_doubtful() -> None:
    """`1.234` in a column with `0,5` is a thousand or one and a bit: refused, with both ways to write it."""
    values, refusals = read_column(pl.Series(["0,5", "1.234", "7"]), Kind.NUMBER, None, STYLE)
    assert values.to_list() == [0.5, None, 7.0]
    assert refusals.reasons[refusals.which[1]].advice == "Write 1234 or 1,234: other cells have a decimal comma"


@pytest.mark.parametrize("text", ["0", "1.5", "1.000", "1,000", "99999", "one", "2010-01-01", "4294967297", "²"])
def test_study_days_that_are_refused(text: str) -> None:
    """There is no day 0, no half day, no doubtful thousand, and no day beyond a lifetime."""
    assert isinstance(one(text, Kind.STUDY_DAY), Refusal)


@pytest.mark.parametrize(("text", "day"), [("1", 1), ("-1", -1), ("28.0", 28), ("007", 7), ("+3", 3)])
def test_study_days_that_are_read(text: str, day: int) -> None:
    """A whole number is a day, also as spreadsheets write it."""
    assert one(text, Kind.STUDY_DAY) == day


def test_day_0_is_explained() -> None:
    """The refusal of day 0 says what day 1 is."""
    assert one("0", Kind.STUDY_DAY) == Refusal(
        "a study day other than 0", "Day 1 is the day of the first dose, day -1 the day before it"
    )


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2011-12-31", "2011-12-31"), ("31.12.2011", "2011-12-31"), ("1.2.2011", "2011-02-01"),
        ("31/12/2011", "2011-12-31"), ("12/31/2011", "2011-12-31"), ("05/05/2011", "2011-05-05"),
        ("2011/12/31", "2011-12-31"), ("2011-1-5", "2011-01-05"), ("2011-12-31 10:15:00", "2011-12-31"),
        ("2011-12-31T10:15", "2011-12-31"), ("2012-02-29", "2012-02-29"),
    ],
)  # fmt: skip
def test_dates_that_are_read(text: str, date: str) -> None:
    """Common forms of a date that can be read one way only."""
    assert one(text, Kind.DATE) == dt.date.fromisoformat(date)


@pytest.mark.parametrize(
    "text",
    ["03/04/2011", "31.12.11", "11-12-31", "2011-02-30", "30.02.2011", "31 Dec 2011", "soon", "0211-12-31",
     "2911-12-31", "-2011-01-01", "40908", "2011", "12/2011", "2011-12-31 late", "31-12/2011"],
)  # fmt: skip
def test_dates_that_are_refused(text: str) -> None:
    """A date in two digits, of two readings, of no calendar or of no living patient is refused."""
    assert isinstance(one(text, Kind.DATE), Refusal)


def test_the_plan_says_how_slashes_are_read() -> None:
    """`date_order` decides between day and month."""
    assert one("03/04/2011", Kind.DATE, InputFormat(date_order="day-month")) == dt.date(2011, 4, 3)
    assert one("03/04/2011", Kind.DATE, InputFormat(date_order="month-day")) == dt.date(2011, 3, 4)


@pytest.mark.parametrize(
    ("unit", "spellings"),
    [
        ("ug/m2/d", ["µg/m²/day", "μg/m2/d", "mcg/m^2/day", "UG/M2/DAY", "ug / m2 / 24h", "µg/m²/d"]),
        ("mg/m2/d", ["mg/m²/day", "MG/m2/d"]),
        ("10*9/L", ["10^9/L", "10⁹/L", "x10^9/l", "×10⁹/L", "/nL", "10·9/L"]),
        ("/uL", ["/µl", "cells/µL", "/mm³", "1/ul", "10^6/l", "10⁶/L"]),
        ("%", ["percent", " % "]),
        ("pg/mL", ["pg/ml", "ng/L"]),
    ],
)
def test_units_in_many_spellings(unit: str, spellings: list[str]) -> None:
    """A unit is known in each spelling that can mean nothing else."""
    assert [read_unit(text) for text in spellings] == [unit] * len(spellings)


@pytest.mark.parametrize("text", ["spoon", "µg/m2", "T/L", "", "mg/m2/week"])
def test_units_that_are_refused(text: str) -> None:
    """What is no unit of the vocabulary is not taken for one."""
    assert read_unit(text) is None


def measured(tmp_path: Path, value: str, test: str = "mrd", unit: str = "1") -> tuple[object, ...] | str:
    """Return value, comparator, result and category of an answer, or the advice of its refusal."""
    content = f'patient,day,test,method,value,unit\n1,29,{test},pcr,"{value}",{unit}\n'
    cohort, issues = read(write_study(tmp_path, measurements=content))
    refusals = [issue.advice for issue in issues if issue.rule == "values.unreadable"]
    parts = cohort["measurements"].select("value", "comparator", "result", "category").row(0)
    return refusals[0] if refusals else parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<1e-4", (1e-4, "<", "quantified", None)),
        ("≤ 0,01", (0.01, "<=", "quantified", None)),
        (">= 0.5", (0.5, ">=", "quantified", None)),
        ("0.001", (0.001, "=", "quantified", None)),
        ("not detected", (None, None, "not detected", None)),
        ("Positive, not quantifiable", (None, None, "positive, not quantifiable", None)),
        ("not  assessed", (None, None, "not assessed", None)),
    ],
)
def test_answers_that_are_read(tmp_path: Path, text: str, parts: tuple[object, ...]) -> None:
    """A value is a number, a bound, or a word for what is no number."""
    assert measured(tmp_path, text) == parts


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("97 %", "The unit belongs in the column `unit`"),
        ("1,234", "Write 1234 or 1.234, or set `decimal` under [input] in study.toml"),
        ("<<5", "One sign stands before the number"),
        ("nd", "`nd` is not detected to some and not done to others: write `not detected` or `not assessed`"),
        ("negative", "Write `not detected`, and the limit of the assay in `lod`"),
        ("<LOD", "Write the bound as a number (<0.0001), or `not detected` with the limit of the assay in `lod`"),
        ("-", "A cell of which nothing is recorded is empty; `not assessed` says that nobody looked"),
        ("#DIV/0!", "A formula without a result: mend it, or enter the value itself"),
        ("=B2*5", "A formula that was not calculated: open the workbook, save it, and check again"),
        ("1x10-4", "Write one in ten thousand as 1e-4 or 0.0001"),
        ("1 234", "Write 1234, without a space"),
        ("inf", ""),
    ],
)
def test_answers_that_are_refused(tmp_path: Path, text: str, advice: str) -> None:
    """`nd` may be `not done` or `not detected`; a percent sign and a thousand may mislead: all are refused."""
    assert measured(tmp_path, text) == advice


def test_a_word_is_read_for_its_test(tmp_path: Path) -> None:
    """The answer of a test with a code list is one of its codes, asked about where it is nearly one."""
    assert measured(tmp_path, "m1", "marrow_status", "") == (None, None, "category", "M1")
    assert measured(tmp_path, "respondng", "cycle_response", "") == "Did you mean `responding`?"


def test_an_unreadable_cell_is_told_once(tmp_path: Path) -> None:
    """A refused unit, method, day or date is not told again as missing."""
    folder = write_study(
        tmp_path,
        patients=FILES["patients"].replace("2010-03-01", "2010-13-01"),
        measurements="patient,date,test,method,value,unit\n1,soon,mrd,magic,x,spoon\n2,2010-04-01,mrd,pcr,1e-4,1\n",
        follow_up="patient,day,event\n1,next year,death\n2,90,death\n",
        exposure=FILES["exposure"].replace("1,1,1,28,5,ug/m2/d", "1,one,1,28,5,spoons"),
    )
    assert [(issue.rule, issue.place.file, issue.place.row, issue.place.column) for issue in problems(folder)] == [
        ("values.unreadable", "patients.csv", 3, "first_dose_date"),
        ("values.unreadable", "exposure.csv", 2, "cycle"),
        ("values.unreadable", "exposure.csv", 2, "unit"),
        ("values.unreadable", "measurements.csv", 2, "date"),
        ("values.unreadable", "measurements.csv", 2, "method"),
        ("values.unreadable", "measurements.csv", 2, "unit"),
        ("values.unreadable", "measurements.csv", 2, "value"),
        ("values.unreadable", "follow_up.csv", 2, "day"),
    ]


def test_a_misspelt_code_is_asked_about(tmp_path: Path) -> None:
    """A code that is not in its list is told with the list and the nearest of it."""
    (issue,) = problems(write_study(tmp_path, patients=FILES["patients"].replace("female", "femal")))
    assert str(issue) == (
        "patients.csv row 3, column sex: `femal`; expected one of male, female, undifferentiated. "
        "Did you mean `female`?"
    )


def test_many_refused_cells_are_counted(tmp_path: Path) -> None:
    """Fifty cells of a column are listed, the rest is a number."""
    rows = "".join(f"1,Fever,x{i},{i + 1},{i + 1}\n" for i in range(120))
    issues = problems(write_study(tmp_path, adverse_events="patient,term,grade,start_day,end_day\n" + rows))
    assert len(issues) == 51
    assert issues[-1].found == "70 more cells of this column that cannot be read"


def test_markers_of_nothing(tmp_path: Path) -> None:
    """NA, n/a and a point stand for an empty cell, in texts too."""
    content = "patient,sex,age,diagnosis\n1,NA,.,n/a\n2,,N/A,cALL\n"
    cohort, _ = read(write_study(tmp_path, patients=content))
    assert cohort["patients"].select("sex", "age", "diagnosis").rows() == [(None, None, None), (None, None, "cALL")]


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("3", 3), ("III", 3), ("iii", 3), ("Grade 3", 3), ("grade III", 3), ("G3", 3), ("Gr. 3", 3), ("3.0", 3),
        ("Ⅲ", 3), ("°III", 3), ("III°", 3), ("Grad 1", 1), ("CTCAE grade 4", 4), ("I", 1), ("V", 5), ("5", 5),
    ],
)  # fmt: skip
def test_grades_that_are_read(text: str, grade: int) -> None:
    """A grade is read in figures and in Roman numerals, with the word or without."""
    assert one(text, Kind.GRADE) == grade


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("3-4", "`3-4` is two grades: enter the one that was given, or leave grade empty and"),
        ("III/IV", "`III/IV` is two grades"),
        ("I-II", "`I-II` is two grades"),
        ("1–2", "`1–2` is two grades"),
        ("grade 2 to 3", "`grade 2 to 3` is two grades"),
        ("7", "CTCAE has five grades"),
        ("VI", "Enter the grade that was given"),
        ("6", "CTCAE has five grades"),
        ("0", "An event that did not occur has no row"),
        ("-1", "CTCAE has five grades"),
        ("3.5", "CTCAE has no grade between two others"),
        (">=3", "`>=3` is a bound"),
        ("mild", "Enter the grade that was given, or leave grade empty and put the text into grade_as_reported"),
        ("2014-04-03", "A spreadsheet may have turned two grades such as 3-4 into a date"),
        ("CTCAE 3", "Enter the grade that was given"),
    ],
)
def test_grades_that_are_refused(text: str, advice: str) -> None:
    """Two grades, none, a bound or a word are no grade, and it is said what to do."""
    refusal = one(text, Kind.GRADE)
    assert isinstance(refusal, Refusal)
    assert refusal.expected == "one CTCAE grade: 1 to 5, or I to V"
    assert refusal.advice.startswith(advice)
