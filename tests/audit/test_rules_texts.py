"""Rules that hold sentences against tables and against one another."""

# ruff: noqa: E501 - sentences of a manuscript are one line each

from __future__ import annotations

import pytest
from tests.audit.audit_specs import certainties, found_in

from engager.audit.subjects import words_of

IMPOSSIBLE, UNLIKELY, ROUNDING, AMBIGUOUS = "impossible", "unlikely", "rounding", "ambiguous"

EVENTS = """
# Safety

{}

Table 3. Adverse events

| Event | All patients (n = 23), n (%) | All patients (n = 23), n (%) | Ineligible (n = 20), n (%) | Ineligible (n = 20), n (%) |
| | Grades 1-2 | Grade ≥3 | Grades 1-2 | Grade ≥3 |
|---|---|---|---|---|
| Cytokine release syndrome | 2 (9) | 0 (0) | 2 (10) | 0 (0) |
| Febrile neutropenia | 0 (0) | 13 (57) | 0 (0) | 11 (55) |
| White blood cell decreased | 12 (52) | 11 (48) | 10 (50) | 10 (50) |
| Seizure | 0 (0) | 1 (4) | 0 (0) | 1 (5) |
| Sinus tachycardia | 8 (35) | 0 (0) | 7 (35) | 0 (0) |
| Somnolence | 2 (9) | 0 (0) | 2 (10) | 0 (0) |
| Ataxia | 3 (13) | 0 (0) | 3 (15) | 0 (0) |
"""


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("Grade ≥3 febrile neutropenia, white blood cell decrease and seizure were observed in 57%, 48% and 4.3% of patients, respectively.", 0),
        ("Grade ≥3 febrile neutropenia, white blood cell decrease and seizure were observed in 57%, 38% and 4.3% of patients, respectively.", 1),
        ("The rates of grade 3–4 events included febrile neutropenia (29%), white blood cell decrease (30%) and seizure (4%).", 2),
        ("Cytokine release syndrome was observed in 3 patients.", 1),
        ("Cytokine release syndrome was observed in 2 patients.", 0),
        ("Prevention of cytokine release syndrome (CRS) failed. CRS was observed in 3 patients.", 1),
        ("Sinus tachycardia requiring no medication was developed in eight patients.", 0),
        ("Sinus tachycardia requiring no medication was developed in nine patients.", 1),
        ("Six patients developed sinus tachycardia mainly at night.", 1),
        ("Three patients were temporarily affected by ataxia and somnolence that resolved.", 1),
        ("Sinus tachycardia was observed in 7 patients of the ineligible group.", 0),
        ("In a previous study seizure was observed in 9 patients.", 0),
        ("Somnolence resolved within 3 days in 2 patients.", 0),
    ],
)  # fmt: skip
def test_a_sentence_against_a_table(sentence: str, wrong: int) -> None:
    """Subject, grade and group are those of the row; other studies and other groups are left alone."""
    found = found_in(EVENTS.format(sentence), "told_twice")
    assert [str(finding.certainty) for finding in found] == [UNLIKELY] * wrong


def test_one_form_for_one_word() -> None:
    """Endings, cells and spellings do not matter; what is counted does."""
    assert words_of("T-cells increased") == words_of("increase in T cells")
    assert words_of("IKZF1 deletion") != words_of("MLL deletion")
    assert words_of("patients, n (%)") == frozenset()


def test_a_list_of_counts() -> None:
    """`1 MLL rearrangement, 4 IKZF1 deletion`: the bare numbers of a list are counts."""
    text = """
    # Results

    Eight had abnormalities, including 1 MLL rearrangement, {} IKZF1 deletion, and 3 Philadelphia chromosome-like cases.

    Table 1. Baseline

    | Characteristic | Patients (n = 23), n (%) |
    |---|---|
    | MLL rearrangement | 1 (4) |
    | IKZF1 deletion | 5 (22) |
    | Philadelphia chromosome-like | 3 (13) |
    """
    assert certainties(text.format("5"), "told_twice") == []
    assert certainties(text.format("4"), "told_twice") == [UNLIKELY]


def test_a_row_on_something_like_it_excuses() -> None:
    """3 with anal mucositis may be those of the row on mucositis, though another row has 1."""
    text = """
    # Results

    The causes included anal mucositis (3/20).

    Table 1. Baseline

    | Characteristic | Patients (n = 23), n (%) |
    |---|---|
    | Mucositis | 3 (13) |
    | Anal mucositis | 1 (4) |
    | Fever | 5 (22) |
    """
    assert certainties(text, "told_twice") == []
    (found,) = found_in(text, "denominator_changes")
    assert found.certainty == AMBIGUOUS
    assert found.arithmetic == "3 / 20 = 15.0 %, 3 / 23 = 13.0 %"


def test_two_sentences() -> None:
    """All 23 and 8 with the same finding; the median and the mean of one follow-up; ≥ and > at one threshold."""
    text = """
    # Abstract

    In all 23 patients, increased T-cells were detected. The median follow-up time was 9 months.
    MRD ≥0.01% was required.

    # Results

    An increase in T-cells was observed in samples from 8 patients. The mean follow-up time was 9 months.
    Those with MRD >0.01% were included.
    """
    names = ("told_twice", "centre_told_twice", "threshold_told_twice")
    assert sorted(finding.rule for finding in found_in(text, *names)) == sorted(names)
    assert {str(finding.certainty) for finding in found_in(text, *names)} == {AMBIGUOUS}
    right = text.replace("8 patients", "23 patients").replace("mean", "median").replace(">0.01", "≥0.01")
    assert certainties(right, *names) == []


def test_totals_of_events() -> None:
    """The columns add to 27 and 25 of 52; 22 patients with an event cannot be 23 in one row."""
    right = "A total of 52 AEs were reported, including 51.9% of grade 1–2 and 48.1% of grade 3–4."
    assert certainties(EVENTS.format(right), "events_of_table") == []
    assert certainties(EVENTS.format(right.replace("51.9", "53.9")), "events_of_table") == [UNLIKELY]
    assert certainties(EVENTS.format(right.replace("52 AEs", "60 AEs")), "events_of_table") == [AMBIGUOUS]
    some = "Totally {} out of 23 patients experienced at least one AE."
    assert certainties(EVENTS.format(some.format(22)), "patients_with_any_event") == [UNLIKELY]
    assert certainties(EVENTS.format(some.format(23)), "patients_with_any_event") == []


def test_all_patients_are_all() -> None:
    """`All 20 patients` of 23, but not `all 20 patients in the ineligible group`, nor `all 8 assessable patients`."""
    assert certainties(EVENTS.format("Cytokines were evaluated in all 20 patients."), "all_patients") == [AMBIGUOUS]
    assert certainties(EVENTS.format("Cytokines were evaluated in all 23 patients."), "all_patients") == []
    assert (
        certainties(EVENTS.format("Cytokines fell in all 20 patients in the ineligible group."), "all_patients") == []
    )
    assert certainties(EVENTS.format("CD4 rose in all 8 assessable patients."), "all_patients") == []


PATIENTS = """
# Outcome

{}

Table 1. Characteristics of 9 patients

| Characteristic | All (n = 9) | Patient ID |
|---|---|---|
| Sex, n | | |
|   Male | 5 | 1-5 |
|   Female | 4 | 6-9 |

Table 2. Overview and outcome

| N. | Number of cycles | Dosages (µg/m²/day) | Prior leukemic load | Primary response | Secondary response | Outcome |
|---|---|---|---|---|---|---|
| 1 | 2 | 5 | 97% | yes | no | molecular remission (d675) |
| 2 | 1 | 15 | 3.10% | yes | no | molecular remission (d1851) |
| 3 | 4 | 15 | 0.40% | yes | no | molecular remission (d1490) |
| 4 | 1 | 15 | 70% | yes | no | died from sepsis (d17) |
| 5 | 4 | 5, 15, 15, 15 | 70%, 30% | no | yes | died from sepsis (d655) |
| 6 | 2 | 5, 15 | 80%, 11% | no | yes | died from relapse (d398) |
| 7 | 1 | 5 | 7% | no | no | died from progression (d58) |
| 8 | 2 | 15, 30 | 11% | no | no | died from progression (d166) |
| 9 | 1 | 15 | 51% | no | no | died from progression (d265) |
Note: Outcome (days) is calculated from the first day of administration.
"""


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Three patients (Patients 7, 8 and 9) died from progression between days 58 and 265.", ""),
        ("Three patients (Patients 7, 8 and 9) died from progression between days 58 and 166.", "day_of_patient"),
        ("One patient (Patient 6) died 155 days after transplantation and 243 days after the first administration.", "day_of_patient"),
        ("One patient (Patient 6) died of relapse 398 days after the first administration.", ""),
        ("Two (Patients 1 and 2) are in posttransplant remission of 675 days and 1851 days.", "day_of_patient"),
        ("Four patients (Patients 1, 2, 5 and 6) were transplanted after 1-4 blinatumomab cycles.", ""),
        ("Four patients (Patients 1, 2, 5 and 6) were transplanted after 2-4 blinatumomab cycles.", "cycles_of_patients"),
        ("They were treated with a total of 18 cycles.", ""),
        ("They were treated with a total of 19 cycles.", "cycles_of_patients"),
        ("Patient 6 received vincristine from his previous donor.", "sex_of_patient"),
        ("Patient 6 received vincristine from her previous donor.", ""),
        ("Patient 5 had a relapse in his mastoids.", ""),
        ("Three of these responders (Patients 1, 2 and 4) had at least an M2 marrow prior to treatment.", "marrow_of_patient"),
        ("Two of these responders (Patients 1 and 4) had at least an M2 marrow prior to treatment.", ""),
        ("Relapse was defined as more than 5% blasts in bone marrow.", "marrow_of_patient"),
        ("Two died from progression (Patients 7 and 8) and two of sepsis (Patients 4 and 5).", ""),
        ("Patient 9 died from relapse.", "outcome_of_patient"),
        ("Six of 9 patients died.", ""),
        ("Five of 9 patients died.", "outcome_of_patient"),
        ("Follow-up had a range of 17 to 1851 days.", ""),
        ("Follow-up had a range of 17 to 1819 days.", "range_of_patients"),
        ("The three alive were followed for 1490 days (range 675-1851 days).", ""),
        ("The median blast load was 20.5% before responding cycles.", ""),
        ("The median blast load was 24.5% before responding cycles.", "median_of_patients"),
        ("The event-free survival of all patients is 33%.", ""),
        ("The event-free survival of all patients is 30%, while for responders this is 50%.", "survival_of_patients"),
        ("Patient 8 received a second cycle at increased dose 15 µg/m2/day.", "doses_against_cycles"),
        ("Patient 6 received a second cycle at increased dose 15 µg/m2/day.", ""),
    ],
)  # fmt: skip
def test_named_patients(sentence: str, rule: str) -> None:
    """What a sentence tells of patients by number is that of their rows."""
    names = {finding.rule for finding in found_in(PATIENTS.format(sentence))}
    assert names == ({rule} if rule else set())


def test_a_row_against_itself() -> None:
    """Three doses for two cycles, a relapse without a remission."""
    text = PATIENTS.format("All patients were treated.")
    more = text.replace("| 15, 30 |", "| 15, 15, 30 |")
    assert [(finding.rule, str(finding.certainty)) for finding in found_in(more)] == [
        ("doses_against_cycles", AMBIGUOUS)
    ]
    relapse = text.replace("died from progression (d265)", "died from relapse (d265)")
    assert [(finding.rule, str(finding.certainty)) for finding in found_in(relapse)] == [
        ("outcome_of_patient", AMBIGUOUS)
    ]


@pytest.mark.parametrize(
    "wording",
    [
        "Sinus tachycardia was observed in {} patients.",
        "Sinus tachycardia occurred in {} patients.",
        "{} patients had sinus tachycardia.",
        "{} of 23 patients experienced sinus tachycardia.",
        "Adverse events included sinus tachycardia (n = {}) and ataxia.",
        "Adverse events included sinus tachycardia ({} patients).",
        "Sinus tachycardia ({}/23) was frequent.",
        "The incidence of sinus tachycardia was {}/23.",
        "There were {} cases of sinus tachycardia.",
    ],
)
def test_ways_to_say_one_thing(wording: str) -> None:
    """8 of 23 is the table's number however it is said, and 4 is not."""
    assert certainties(EVENTS.format(wording.format(8)), "told_twice") == []
    assert certainties(EVENTS.format(wording.format(4)), "told_twice") == [UNLIKELY]
