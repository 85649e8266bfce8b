"""Edit checks of adverse events: for each rule the rows that break it, and the same rows mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import CohortOf
from tests.readers.study_files import FILES, told, write_study

from engager.checks import check_cohort
from engager.checks.adverse_events import RULES
from engager.cohort import Cohort
from engager.errors import Severity
from engager.plan import AnalysisPlan
from engager.schema import TABLES

DEATH = "patient | day | event | cause\n1 | 30 | death | toxicity"
TELL = Callable[..., list[str]]


@pytest.fixture
def tell(cohort_of: CohortOf) -> TELL:
    """Return a function that says which rows break a rule, with what was found."""

    def run(rule: str, **tables: str) -> list[str]:
        (found,) = [each for each in RULES if each.name.partition(".")[2] == rule]
        return [f"{issue.place.row}: {issue.found}" for issue in found.issues(cohort_of(**tables))]

    return run


def test_a_term_that_is_none(tell: TELL) -> None:
    """The record's words are allowed and told; case, spaces, hyphens and British spelling are no difference."""
    events = """patient | term | ctcae_version
        1 | infectious complications | 4.03
        1 | Anaemia | 5.0
        1 |  febrile   NEUTROPENIA | 4
        1 | multi organ failure | v5
        1 | Diarrhoea |
        1 | shoe size |"""
    assert tell("unknown_term", adverse_events=events) == [
        "2: `infectious complications`, which is no term of CTCAE 4.03",
        "7: `shoe size`, which is no term of any version of CTCAE",
    ]
    assert tell("unknown_term", adverse_events="patient | term | ctcae_version\n1 | Seizure | 4.03") == []


def test_the_nearest_terms_are_offered(cohort_of: CohortOf) -> None:
    """What is said at the bedside leads to the term, and so does a misspelling."""
    events = "patient | term | ctcae_version\n1 | neutropenia | 5.0\n1 | Febril neutropenia | 5.0\n1 | xyzzy | 5.0"
    (rule,) = [each for each in RULES if each.name == "adverse_events.unknown_term"]
    kept = ". The record's words are kept, without a system organ class"
    assert [issue.advice for issue in rule.issues(cohort_of(adverse_events=events))] == [
        f"Nearest: Neutrophil count decreased, Febrile neutropenia{kept}",
        f"Nearest: Febrile neutropenia{kept}",
        f"No term is near it{kept}",
    ]
    assert rule.severity is Severity.WARNING


def test_a_term_of_another_version(cohort_of: CohortOf) -> None:
    """A renamed or deleted term is told with the one in its place; where the version has it, nothing is told."""
    events = """patient | term | ctcae_version
        1 | Platelet count decreased | 6.0
        1 | Lymphocyte count decreased | 6.0
        1 | Thrombocytopenia | 5.0
        1 | Platelet count decreased | 5.0
        1 | Thrombocytopenia | 6.0"""
    (rule,) = [each for each in RULES if each.name == "adverse_events.term_of_another_version"]
    issues = list(rule.issues(cohort_of(adverse_events=events)))
    assert [(issue.place.row, issue.advice.partition(" (")[0].partition(". ")[0]) for issue in issues] == [
        (2, "CTCAE 6.0 has Thrombocytopenia in its place"),
        (3, "CTCAE 6.0 has Lymphopenia in its place"),
        (4, "A term of CTCAE 6.0; in 5.0: Platelet count decreased"),
    ]
    assert issues[0].found == "`Platelet count decreased`, which CTCAE 6.0 does not have"


def test_a_grade_that_the_version_does_not_have(tell: TELL) -> None:
    """Febrile neutropenia begins at grade 3; hypertension has lost grade 1, and lymphopenia has no other."""
    events = """patient | term | ctcae_version | grade
        1 | Febrile neutropenia | 4.03 | I
        1 | Febrile neutropenia | 5.0 | 2
        1 | Febrile neutropenia | 5.0 | 3
        1 | Hypertension | 5.0 | 1
        1 | Hypertension | 6.0 | 1
        1 | Lymphopenia | 6.0 | 2
        1 | Neutrophil count decreased | 5.0 | 5
        1 | Febrile neutropenia | | 1
        1 | infectious complications | 5.0 | 1"""
    assert tell("grade_of_term", adverse_events=events) == [
        "2: Febrile neutropenia of grade 1, which CTCAE 4.03 does not have: 3, 4, 5 only",
        "3: Febrile neutropenia of grade 2, which CTCAE 5.0 does not have: 3, 4, 5 only",
        "6: Hypertension of grade 1, which CTCAE 6.0 does not have: 2, 3, 4, 5 only",
        "7: Lymphopenia of grade 2, which CTCAE 6.0 does not have: 1 only",
        "8: Neutrophil count decreased of grade 5, which CTCAE 5.0 does not have: 1, 2, 3, 4 only",
    ]


def test_a_grade_without_a_version(tell: TELL) -> None:
    """A row that lacks it is told; a table that names none is told once; a row without a grade needs none."""
    some = "patient | term | ctcae_version | grade\n1 | Fever | 5.0 | 1\n1 | Fever | | 2\n1 | Rash | | "
    assert tell("grade_without_version", adverse_events=some) == ["3: grade 2 without a version of CTCAE"]
    none = "patient | term | grade\n1 | Fever | 1\n1 | Fever | 2\n1 | Rash |"
    assert tell("grade_without_version", adverse_events=none) == [
        "2: grade 1 without a version of CTCAE, as all 2 graded rows"
    ]
    assert tell("grade_without_version", adverse_events=some.replace("Fever | | 2", "Fever | 5 | 2")) == []


def test_an_event_that_was_died_of_and_no_death(tell: TELL) -> None:
    """Grade 5, or the outcome fatal, needs a death in the table follow_up."""
    events = "patient | term | grade | outcome\n1 | Sepsis | 5 | fatal\n2 | Sepsis | | fatal\n3 | Sepsis | 4 | resolved"
    alive = "patient | day | event\n1 | 30 | last contact\n2 | 30 | last contact\n3 | 30 | last contact"
    assert tell("fatal_without_death", adverse_events=events, follow_up=alive) == [
        "2: Sepsis of grade 5, and no death of patient 1 in the table follow_up",
        "3: Sepsis with the outcome fatal, and no death of patient 2 in the table follow_up",
    ]
    dead = alive.replace("last contact", "death")
    assert tell("fatal_without_death", adverse_events=events, follow_up=dead) == []


def test_a_death_of_toxicity_and_no_event(tell: TELL) -> None:
    """The event may be given by grade or by outcome; a death of another cause asks for none."""
    mild = "patient | term | grade | outcome\n1 | Sepsis | 4 | resolved"
    assert tell("toxic_death_without_event", adverse_events=mild, follow_up=DEATH) == [
        "2: a death of toxicity of patient 1, who has no event of grade 5"
    ]
    for change in (mild.replace("| 4 | resolved", "| 5 | fatal"), mild.replace("| 4 | resolved", "| | fatal")):
        assert tell("toxic_death_without_event", adverse_events=change, follow_up=DEATH) == []
    of_relapse = DEATH.replace("toxicity", "relapse")
    assert tell("toxic_death_without_event", adverse_events=mild, follow_up=of_relapse) == []


def test_grade_5_and_the_outcome_fatal_go_together(tell: TELL) -> None:
    """Grade 5 is death from the event: another outcome contradicts it, an unknown or empty one does not."""
    events = """patient | term | grade | outcome
        1 | Sepsis | 5 | resolved
        1 | Sepsis | 4 | fatal
        1 | Sepsis | 5 | fatal
        1 | Sepsis | 5 | unknown
        1 | Sepsis | 5 |
        1 | Sepsis | | fatal
        1 | Sepsis | 4 | resolved"""
    assert tell("grade_5_outcome", adverse_events=events) == ["2: Sepsis of grade 5 with the outcome resolved"]
    assert tell("fatal_grade", adverse_events=events) == ["3: Sepsis of grade 4 with the outcome fatal"]


OVERLAPS = [
    ("1 | Fever | 1 | 3 |\n1 | Fever | 3 | 4 |", [3]),
    ("1 | Fever | 1 | 3 |\n1 | Fever | 4 | 5 |", []),
    ("1 | Anemia | 1 | 9 |\n1 | anaemia | 9 | 9 |", [3]),
    ("1 | Fever | 1 | 3 |\n2 | Fever | 2 | 4 |", []),
    ("1 | Fever | 1 | 3 |\n1 | Chills | 2 | 4 |", []),
    ("1 | Fever | 1 | 20 |\n1 | Fever | 2 | 3 |\n1 | Fever | 19 | 19 |", [3, 4]),
    ("1 | Fever | 1 | |\n1 | Fever | 5 | |", []),
    ("1 | Fever | 1 | | not resolved\n1 | Fever | 5 | |", [3]),
    ("1 | Fever | 5 | |\n1 | Fever | 5 | |", [3]),
    ("1 | odd word | 1 | 3 |\n1 | Odd Word | 2 | 3 |", [3]),
    ("1 | Fever | | |\n1 | Fever | | |", []),
]


@pytest.mark.parametrize(("lines", "rows"), OVERLAPS)
def test_one_term_twice_at_one_time(tell: TELL, lines: str, rows: list[int]) -> None:
    """A stretch begins before one of the same term and patient has ended; the day after it is none."""
    events = f"patient | term | start_day | end_day | outcome\n{lines}"
    assert [int(line.partition(":")[0]) for line in tell("overlapping", adverse_events=events)] == rows


def test_before_and_after_the_first_dose(tell: TELL) -> None:
    """What begins on day -1 is pre-existing, what begins on day 1 is not."""
    events = """patient | term | start_day | pre_existing
        1 | Fever | -1 |
        1 | Fever | -1 | no
        1 | Fever | -1 | yes
        1 | Fever | 1 | yes
        1 | Fever | 1 | no
        1 | Fever | 1 |
        1 | Fever | | yes"""
    assert tell("pre_existing_missing", adverse_events=events) == [
        "2: Fever from day -1, before the first dose, not flagged pre_existing",
        "3: Fever from day -1, before the first dose, not flagged pre_existing",
    ]
    assert tell("pre_existing_later", adverse_events=events) == ["5: Fever flagged pre_existing, from day 1"]


def test_a_seizure_below_grade_3(tell: TELL) -> None:
    """From 5.0 on a first seizure is grade 3 at least; 4.03 grades by its description."""
    events = """patient | term | ctcae_version | grade
        1 | Seizure | 4.03 | 1
        1 | Seizure | 5.0 | 2
        1 | seizure | 6.0 | 1
        1 | Seizure | 5.0 | 3
        1 | Tremor | 5.0 | 1"""
    assert tell("mild_seizure", adverse_events=events) == [
        "3: a seizure of grade 2 in CTCAE 5.0",
        "4: a seizure of grade 1 in CTCAE 6.0",
    ]


def test_what_could_not_be_read_is_not_missed(tmp_path: Path) -> None:
    """An unknown version and two grades are told once, where they stand, and as nothing else."""
    events = "patient,term,ctcae_version,grade\n1,Fever,3.0,2\n1,Fever,5.0,3-4\n"
    place = "adverse_events.csv row"
    text = "put the text into grade_as_reported"
    two = f"`3-4` is two grades: enter the one that was given, or leave grade empty and {text}"
    scale = "A grade of CTCAE 3.0 or earlier is of another scale: leave version and grade empty, put it into"
    assert told(write_study(tmp_path, adverse_events=events)) == [
        f"{place} 2, column ctcae_version: `3.0`; expected one of 4.03, 5.0, 6.0. {scale} grade_as_reported",
        f"{place} 3, column grade: `3-4`; expected one CTCAE grade: 1 to 5, or I to V. {two}",
    ]


def test_an_unread_death_is_not_missed(tmp_path: Path) -> None:
    """Where follow-up could not be read, nobody says that a death is not in it."""
    changed = FILES["adverse_events"].replace(",2,1,2", ",5,1,2").replace("end_day", "end_day,outcome")
    follow_up = FILES["follow_up"].replace("event", "happening")
    lines = told(write_study(tmp_path, adverse_events=changed, follow_up=follow_up))
    assert not [line for line in lines if "no death" in line]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2"]),
        st.sampled_from(["Fever", "anaemia", "Platelet count decreased", "Seizure", "odd"]),
        st.sampled_from([None, "4.03", "5.0", "6.0"]),
        st.sampled_from([None, 1, 2, 3, 4, 5]),
        st.sampled_from([None, -1, 1, 2]),
        st.sampled_from([None, 2, 4]),
        st.sampled_from([None, "fatal", "resolved", "not resolved"]),
    ),
    max_size=8,
)
COLUMNS = ("patient", "term", "ctcae_version", "grade", "start_day", "end_day", "outcome")


@given(rows=EVENTS, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[tuple[object, ...]], seed: object) -> None:
    """The same rows are told, whatever their order in the file."""
    shuffled = list(enumerate(rows, 2))
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    found = [
        sorted(
            (issue.rule, issue.place.row or 0) for issue in check_cohort(_cohort(numbered), AnalysisPlan(title="law"))
        )
        for numbered in (list(enumerate(rows, 2)), shuffled)
    ]
    assert found[0] == found[1]


def _cohort(numbered: list[tuple[int, tuple[object, ...]]]) -> Cohort:
    tables = {name: schema.create_empty() for name, schema in TABLES.items()}
    events = [{"row": row, **dict(zip(COLUMNS, values, strict=True))} for row, values in numbered]
    schema = {name: column.dtype for name, column in TABLES["adverse_events"].columns().items()}
    return Cohort(tables | {"adverse_events": pl.DataFrame(events, schema=schema)})
