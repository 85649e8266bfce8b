"""The study's own rules: a small language over columns, refused with the place where it is not understood."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.rows_of_a_study import Row, e, f, issues, m, p
from tests.conftest import CohortOf
from tests.readers.study_files import told, write_study

from engager.plan.expression import parse
from engager.plan.tokens import ExpressionError

STUDY = [
    p(1, age=4, weight=16.5, sex="male", cns="yes", first_dose_date="2010-01-01"),
    p(2, age=9, weight=31, sex="female", cns="no", first_dose_date="2011-06-01"),
    p(3, sex="female"),
]


def hits(cohort_of: CohortOf, when: str, table: str = "patients", rows: Sequence[Row] = ()) -> list[int]:
    """Return the rows (2 is the first) for which a condition holds."""
    rule = {"name": "own", "table": table, "when": when, "expected": "something else", "severity": "error"}
    found = issues(cohort_of, [*STUDY, *rows], checks={"rules": [rule]})
    return [issue.place.row or 0 for issue in found if issue.rule == "study.own"]


@pytest.mark.parametrize(
    ("when", "rows"),
    [
        ("age > 4", [3]),
        ("age >= 4", [2, 3]),
        ("age = 4 or age = 9", [2, 3]),
        ("not age = 4", [3]),
        ("age != 4", [3]),
        ("age is empty", [4]),
        ("age is not empty and cns", [2]),
        ("cns = no", [3]),
        ("sex = 'F'", [3, 4]),
        ("sex in ('male', 'female') and age < 5", [2]),
        ('sex not in ("male")', [3, 4]),
        ("weight / age > 4", [2]),
        ("weight - 2 * age > 10", [3]),
        ("(weight - 2) * age > 200", [3]),
        ("-age < -5", [3]),
        ("first_dose_date > '2010-12-31'", [3]),
        ("age > 1e1", []),
    ],
)
def test_conditions(cohort_of: CohortOf, when: str, rows: list[int]) -> None:
    """Comparison, arithmetic, lists, dates, codes in any spelling; an empty cell fulfils no comparison."""
    assert hits(cohort_of, when) == rows


def test_a_row_and_its_patient(cohort_of: CohortOf) -> None:
    """A column of the patient stands beside those of the row."""
    rows = [e(patient=1), e(patient=2), e(patient=3)]
    assert hits(cohort_of, "dose = 15 and patients.age < 5", "exposure", rows) == [2]


def test_words_of_a_measurement(cohort_of: CohortOf) -> None:
    """The answer of a test is compared as a word where it is one."""
    rows = [m("marrow_status", "M3"), m("marrow_status", "M1", day=40)]
    assert hits(cohort_of, "test = 'marrow_status' and category = 'M3'", "measurements", rows) == [2]


def test_what_is_told(cohort_of: CohortOf) -> None:
    """Name, place, severity and the study's own words, filled from the row."""
    rule = {
        "name": "old", "table": "patients", "when": "age > 8", "severity": "note", "found": "{sex}, {age} years",
        "expected": "a child below 9", "advice": "See protocol {4}",
    }  # fmt: skip
    (issue,) = [each for each in issues(cohort_of, STUDY, checks={"rules": [rule]}) if each.rule == "study.old"]
    assert str(issue) == ("patients.csv row 3, column age: female, 9 years; expected a child below 9. See protocol {4}")
    assert issue.severity == "note"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("wieght > 3", "a column of patients where `wieght` stands. Did you mean `weight`?"),
        ("age >", "a column, a number or a text at the end"),
        ("age > 3 4", "`and`, `or` or the end at `4`, sign 9"),
        ("age", "a condition such as `age > 20`, not a number alone: `age`"),
        ("age > 'x'", "two of one kind about `>`, where a number and a text stand"),
        ("sex = 'mael'", "a code of `sex` where 'mael' stands. Did you mean `male`"),
        ("first_dose_date > '1.2.2010'", "a date such as '2024-12-31' where '1.2.2010' stands"),
        ("cns > no", "`=` or `!=` beside yes and no, not `>`"),
        ("sex + 1 > 2", "a number on both sides of `+`, not a text"),
        ("age = 3; import os", "no `;` (sign 8); texts stand between quotation marks"),
        ("__import__('os')", "a column of patients where `__import__` stands"),
        ("sex = 'male", "a closing quotation mark for `'` (sign 7); texts stand between quotation marks"),
        ("exposure.dose > 3", "a column of patients, or one of the patient (`patients.age`), at `exposure.dose`"),
        ("(" * 60 + "age > 3" + ")" * 60, "at most 50 brackets and signs within each other"),
        ("age > 3" + " or age > 3" * 200, "a condition of at most 1000 signs"),
    ],
)
def test_what_is_refused(when: str, expected: str) -> None:
    """A text that is no condition is refused with what was expected; nothing of it is ever run."""
    with pytest.raises(ExpressionError) as refused:
        parse(when, "patients")
    assert str(refused.value) == expected


def test_the_place_in_the_plan(tmp_path: Path) -> None:
    """A mistake in a rule is told with its key, as any other of the plan."""
    rule = 'title = "A"\n[[checks.rules]]\nname = "a"\ntable = "patients"\nwhen = "wieght > 3"\nexpected = "x"\n'
    (issue,) = told(write_study(tmp_path, plan=rule))
    place, expected = "study.toml key checks.rules.0.when: `wieght > 3`", "a column of patients where `wieght` stands"
    assert issue == f"{place}; expected {expected}. Did you mean `weight`?"


@pytest.mark.parametrize("found", ["{weigt}", "{age.__class__}", "{age!r}", "{age:>10}", "{}", "{0}"])
def test_braces_hold_a_column_alone(tmp_path: Path, found: str) -> None:
    """Nothing but a column's name stands in braces."""
    rule = f'title = "A"\n[[checks.rules]]\nname = "a"\ntable = "patients"\nwhen = "age > 3"\nfound = "{found}"\n'
    (issue,) = told(write_study(tmp_path, plan=rule + 'expected = "x"\n'))
    assert issue.startswith("study.toml key checks.rules.0.found:")


@given(st.text(max_size=40), st.randoms(use_true_random=False))
def test_any_text_is_read_or_refused(text: str, chance: random.Random) -> None:
    """Neither a text of any kind nor one made of the language's own words ends otherwise."""
    words = [
        "age",
        "sex",
        "cns",
        "'male'",
        "3",
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        "is",
        "empty",
        ">",
        "=",
        "+",
        "-",
        ",",
    ]
    for attempt in (text, " ".join(chance.choices(words, k=9))):
        with suppress(ExpressionError):
            assert parse(attempt, "patients").type == "condition"


def test_last_contact_stays_silent(cohort_of: CohortOf) -> None:
    """As a guard of the tests above: the study has no issue of its own rules if none is declared."""
    assert [i for i in issues(cohort_of, [*STUDY, f("last contact")]) if i.rule.startswith("study.")] == []
