"""Rules on tables: percentages, groups, grades, parts, lists. Each spec is a table with the answer worked by hand."""

from __future__ import annotations

import pytest
from tests.audit.audit_specs import certainties, found_in

IMPOSSIBLE, UNLIKELY, ROUNDING, AMBIGUOUS = "impossible", "unlikely", "rounding", "ambiguous"


def one_cell(cell: str, size: int) -> str:
    """Return a table of one group whose first row holds a cell, with two right rows below."""
    third, half = f"{size // 3} ({round(100 * (size // 3) / size)})", f"{size} (100)"
    return f"""
    Table 1. Baseline

    | Characteristic | All patients (n = {size}), n (%) |
    |---|---|
    | Fever | {cell} |
    | Rash | {third} |
    | Any event | {half} |
    """


# 1 of 8 = 12.5 % is a tie; 2 of 3 = 66.67 %. Only a whole unit or more is beyond every convention.
@pytest.mark.parametrize(
    ("cell", "size", "answer"),
    [
        ("1 (12.5)", 8, []),
        ("1 (13)", 8, []),
        ("1 (12)", 8, []),
        ("1 (11)", 8, [IMPOSSIBLE]),  # 1 of 9 would be 11 %, but no group has 9
        ("1 (14)", 8, [UNLIKELY]),  # 1 of 7 is 14 %: right if one was not assessed
        ("2 (67)", 3, []),
        ("2 (66)", 3, [ROUNDING]),
        ("2 (66.6)", 3, [ROUNDING]),
        ("2 (65)", 3, [IMPOSSIBLE]),
        ("16 (78)", 23, [IMPOSSIBLE]),  # 16 of 20 is 80, of 21 76.2 %: of no number of patients
        ("16 (70)", 23, []),
        ("0 (0)", 23, []),
        ("23 (100)", 23, []),
        ("1 (0)", 3, [IMPOSSIBLE]),
        ("24 (104)", 23, [IMPOSSIBLE]),
    ],
)
def test_a_percentage_in_a_cell(cell: str, size: int, answer: list[str]) -> None:
    """Against the header's size; a smaller number that were assessed makes it unlikely, not impossible."""
    found = found_in(one_cell(cell, size), "percent_of_count", "count_above_size")
    assert [finding.certainty for finding in found] == answer


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        (("34 (44.2)", "33 (42.9)", "27 (35.1)", "8 (10.4)"), [UNLIKELY]),  # all of 77, not of 75
        (("34 (44.2)", "33 (42.9)", "27 (35.1)", "8 (10.4)", "2 (3.9)"), [UNLIKELY, UNLIKELY]),  # 2 of 77 is 2.6 %
        (("34 (44.2)", "33 (42.9)", "27 (35.1)", "30 (40.0)"), [IMPOSSIBLE] * 3),  # three are too few for a column
        (("34 (46.6)", "33 (45.2)", "27 (37.0)", "30 (40.0)"), [AMBIGUOUS]),  # 73 may have been assessed
    ],
)
def test_percentages_of_another_whole_are_one_finding(cells: tuple[str, ...], answer: list[str]) -> None:
    """Percentages of a column that go with one other number of patients are told once, the others by themselves."""
    right = [f"| {label} | {3 * n} ({4 * n}.0) |" for n, label in enumerate("abcdek", start=1)]
    rows = [*right, *(f"| {label} | {cell} |" for label, cell in zip("fghij", cells, strict=False))]
    text = "Table 3. Events\n\n| Event | Patients (n = 75), n (%) |\n|---|---|\n" + "\n".join(rows)
    assert sorted(certainties(text, "percent_of_count")) == sorted(answer)


@pytest.mark.parametrize(
    ("head", "cells", "answer"),
    [
        ("% (n)", ("47.1 (16)", "100 (34)", "50 (17)"), []),
        ("% (n)", ("47.1 (17)", "100 (34)", "50 (17)"), [IMPOSSIBLE]),  # 17 of 34 is 50 %, of 36 47.2 %
        ("% (n)", ("3 (1)", "6 (2)", "100 (34)"), []),
        ("n (%)", ("16 (47.1)", "34 (100)", "17 (50)"), []),
        ("", ("100 (34)", "50 (17)", "0"), []),  # nothing tells the order, the numbers do
        ("", ("34 (100)", "17 (50)", "17 (59)"), [UNLIKELY]),  # right of 29
    ],
)
def test_the_percentage_can_stand_before_its_count(head: str, cells: tuple[str, ...], answer: list[str]) -> None:
    """The order is that of header or section; a table that is right the other way round only is not held to this."""
    text = f"""
    Table 2. Baseline

    | Characteristic | Intervention (n = 34) |
    |---|---|
    | Condition, {head} | |
    |   Yes | {cells[0]} |
    |   Maybe | {cells[1]} |
    |   Other | {cells[2]} |
    """
    assert certainties(text, "percent_of_count", "count_above_size", "parts_against_whole") == answer


def test_a_percentage_of_an_explicit_whole() -> None:
    """`3 of 9 (33%)` tells its own whole, so that a wrong percentage is impossible."""
    text = """
    Table 2. Response

    | Outcome | All, n (%) |
    |---|---|
    | MRD negative | 3 of 9 (33%) |
    | To transplant | 16 of 23 (78%) |
    """
    (found,) = found_in(text, "percent_of_count")
    assert found.certainty == IMPOSSIBLE
    assert found.message == "16 of 23 is 69.57 %, not 78 %"
    assert found.consistent == "16 (70 %) or 18 (78 %) of 23"


def test_the_row_can_pin_the_denominator() -> None:
    """2 (10) could be of 20; with 15 (65) of 23 in the same row and group it cannot."""
    text = """
    Table 3. Adverse events

    | Event | All (n = 23), n (%) | All (n = 23), n (%) |
    |       | Grade 1-2 | Grade ≥3 |
    |---|---|---|
    | Neutropenia | 2 (10) | 15 (65) |
    | Anemia | 7 (30) | 0 (0) |
    | Nausea | 3 (13) | 0 (0) |
    """
    (found,) = found_in(text, "percent_of_count")
    assert found.certainty == IMPOSSIBLE
    assert "15 (65) in the same row is of 23" in found.arithmetic
    assert certainties(text.replace("15 (65)", "0 (0)"), "percent_of_count") == [UNLIKELY]


def test_percentages_of_something_else_are_no_findings() -> None:
    """A table whose percentages are those of rows, not of the group in the header, says nothing impossible."""
    text = """
    Table 1. Response by risk

    | Risk | Responders (n = 10), n (%) | Others (n = 10), n (%) |
    |---|---|---|
    | Low | 4 (80) | 1 (20) |
    | Intermediate | 3 (60) | 2 (40) |
    | High | 3 (30) | 7 (70) |
    """
    assert certainties(text, "percent_of_count") == []


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("CRS was observed in 3 patients (10.5%).", [IMPOSSIBLE]),  # 3 of 28 is 10.7, 3 of 29 is 10.3 %
        ("CRS was observed in 3 patients (10.7%).", []),
        ("Remission was reached in 3 of 9 patients (33%).", []),
        ("Remission was reached in 3 of 9 patients (34%).", [ROUNDING]),
        ("Remission was reached in 3 of 9 patients (35%).", [IMPOSSIBLE]),
        ("Remission was reached in 1/8 (12.5%), 1/8 (12%) and 1/8 (13%).", []),
        ("Remission was reached in 12/9 patients.", [UNLIKELY]),
        ("Remission was reached in 12 of 9 patients.", [UNLIKELY]),
        ("Blood pressure fell to 140/90 in all.", []),
        ("Remission was reached in 45 of 107 (42.0%).", [ROUNDING]),  # 42.056: cut off, or 42 with a zero
        ("Remission was reached in 96/110 (87.0%).", [ROUNDING]),  # 87.27: 87 with a zero
        ("Remission was reached in 96/110 (87.6%).", [IMPOSSIBLE]),
        ("In all, 14 (52%) of whom achieved it.", []),
        ("The cumulative incidence was 35 of 344 (10.9%).", [UNLIKELY]),  # an estimate over time
        ("It was seen with a subscore = 0/1 (21%).", []),
    ],
)
def test_a_percentage_in_a_sentence(sentence: str, answer: list[str]) -> None:
    """Against the whole told; without one, against every number of patients."""
    assert certainties(sentence, "percent_of_count", "count_above_size") == answer


@pytest.mark.parametrize(
    ("shares", "answer"),
    [("58.9% of grade 1–2 and 42.0% of grade 3–4", [IMPOSSIBLE]), ("57.9% of grade 1–2 and 42.1% of grade 3–4", []),
     ("58.0% of grade 1–2 and 42.1% of grade 3–4", []), ("70% of grade 1–3 and 42% of grade 3–4", [])],
)  # fmt: skip
def test_shares_of_bands(shares: str, answer: list[str]) -> None:
    """Bands that do not overlap cannot exceed 100 %; two prints of one decimal explain 0.2."""
    assert certainties(f"A total of 107 AEs were reported, including {shares}.", "percentages_add_to_100") == answer


@pytest.mark.parametrize(
    ("percent", "answer"),
    [("42.1%", []), ("42.0%", [ROUNDING]), ("41.6%", [UNLIKELY]), ("57.9%", [])],
)
def test_a_share_of_a_total(percent: str, answer: list[str]) -> None:
    """45 of 107 is 42.056 %: 42.1, or 42.0 if cut off; 41.6 is 44.5 of them."""
    assert certainties(f"A total of 107 AEs were reported, including {percent} of grade 3.", "share_of_total") == answer


def test_percentages_of_another_whole() -> None:
    """A row of which every percentage is wrong counts something else; a section can be of those known."""
    text = """
    Table 1. Baseline

    | Characteristic | A (n = 48), n (%) | B (n = 49), n (%) |
    |---|---|---|
    | Fever | 12 (25) | 14 (29) |
    | Rash | 24 (50) | 7 (14) |
    | Nausea | 6 (13) | 28 (57) |
    | {} |
    | School | | |
    |   Primary | {} |
    |   Secondary | {} |
    """
    right = text.format("Any | 30 (63) | 32 (65)", "20 (42) | 9 (18)", "28 (58) | 40 (82)")
    assert certainties(right, "percent_of_count") == []
    other = text.format("Implanted | 30 (41) | 32 (43)", "20 (42) | 9 (18)", "28 (58) | 40 (82)")
    assert certainties(other, "percent_of_count") == [AMBIGUOUS]
    known = text.format("Any | 30 (63) | 32 (65)", "10 (25) | 9 (18)", "30 (75) | 40 (82)")
    (found,) = found_in(known, "percent_of_count")
    assert found.certainty == AMBIGUOUS
    assert found.message == "2 percentages are not of the patients in the header, but of the 40 known"


def test_percentages_of_a_section_without_counts() -> None:
    """33 + 33 + 33 is rounding; 40 + 33 + 30 is not."""
    text = """
    Table 1. Risk

    | Characteristic | All, % |
    |---|---|
    | Risk, % | |
    |   Low | {} |
    |   Intermediate | 33% |
    |   High | {} |
    """
    assert certainties(text.format("33%", "33%"), "percentages_add_to_100") == []
    assert certainties(text.format("40%", "30%"), "percentages_add_to_100") == [AMBIGUOUS]


GROUPS = """
Table 3. Adverse events

| Event | All patients (n = 23), n (%) | All patients (n = 23), n (%) | Ineligible (n = 20), n (%) | Ineligible (n = 20), n (%) | MRD (n = 3), n (%) | MRD (n = 3), n (%) |
| | Grades 1-2 | Grade ≥3 | Grades 1-2 | Grade ≥3 | Grades 1-2 | Grade ≥3 |
|---|---|---|---|---|---|---|
| Anemia | 7 (30) | 0 (0) | 5 (25) | 0 (0) | 2 (67) | 0 (0) |
| White blood cell decreased | 12 (52) | 11 (48) | {} | 1 (33) | 1 (33) |
| Fever | 15 (65) | 3 (13) | 12 (60) | 3 (15) | 3 (100) | 0 (0) |
| Thrombosis | 1 (4) | 0 (0) | 1 (5) | 0 (0) | {} |
| Nausea | 3 (13) | 0 (0) | 3 (15) | 0 (0) | 0 (0) | 0 (0) |
"""  # noqa: E501 - a table


def test_groups_and_grades_of_a_table() -> None:
    """20 + 3 = 23 patients, so counts add too; 11 + 10 exceed the 20, unless somebody is in two grades."""
    right = GROUPS.format("11 (55) | 9 (45)", "0 (0) | 0 (0)").replace("11 (48)", "10 (43)")
    assert certainties(right) == []
    over = GROUPS.format("11 (55) | 10 (50)", "0 (0) | 0 (0)")
    (found,) = found_in(over)
    assert (found.rule, found.certainty) == ("grades_above_patients", UNLIKELY)
    assert found.arithmetic.startswith("11 + 10 = 21 > 20")
    wrong = right.replace("0 (0) | 0 (0) |\n| Nausea", "1 (33) | 2 (67) |\n| Nausea")
    assert [(found.rule, found.message) for found in found_in(wrong)] == [
        ("groups_against_total", "the groups have 1 + 1 = 2, all patients have 1"),
        ("groups_against_total", "the groups have 0 + 2 = 2, all patients have 0"),
    ]


def test_a_row_without_its_last_cells() -> None:
    """Four cells for six columns: said to be so, as an artefact perhaps; no sum is made of what is missing."""
    more = "".join(f"| Event {letter} | 1 (4) | 0 (0) | 1 (5) | 0 (0) | 0 (0) | 0 (0) |\n" for letter in "ABCDE")
    text = GROUPS.format("11 (55) | 9 (45)", " | ").replace("11 (48)", "10 (43)") + more
    (found,) = found_in(text)
    assert (found.rule, found.certainty, bool(found.artefact)) == ("cells_missing", AMBIGUOUS, True)


def test_counts_of_events_may_exceed_patients() -> None:
    """Without percentages 12 in a group of 9 is unlikely at most; under a caption on events it is nothing."""
    text = """
    Table 3. {}

    | Event, n | All patients (n = 9) |
    |---|---|
    | Infection | 12 |
    | Fever | 7 |
    """
    assert certainties(text.format("Patients with toxicity"), "count_above_size") == [UNLIKELY]
    assert certainties(text.format("Number of events"), "count_above_size") == []
    assert certainties(text.format("Toxicity").replace("12", "9"), "count_above_size") == []


@pytest.mark.parametrize(
    ("male", "female", "answer"),
    [("5 (56)", "4 (44)", []), ("5 (56)", "5 (56)", [IMPOSSIBLE]), ("5 (56)", "3 (33)", [AMBIGUOUS])],
)
def test_both_sexes_are_all(male: str, female: str, answer: list[str]) -> None:
    """More than all is impossible; fewer leaves somebody untold."""
    text = f"""
    Table 1. Baseline

    | Characteristic | All (n = 9), n (%) |
    |---|---|
    | Sex | |
    |   Male | {male} |
    |   Female | {female} |
    | Fever | 3 (33) |
    """
    assert certainties(text) == answer


def test_overlapping_rows_are_not_summed() -> None:
    """A patient can have two genetic features: 6 + 5 of 9 says nothing."""
    text = """
    Table 1. Baseline

    | Characteristic | All (n = 9), n (%) |
    |---|---|
    | Genetics | |
    |   IKZF1 deletion | 6 (67) |
    |   Philadelphia-like | 5 (56) |
    """
    assert certainties(text) == []


LISTS = """
Table 1. Patients

| Characteristic | All patients (n = 9) | Patient ID |
|---|---|---|
| Diagnosis, n | | |
|   cALL | {} |
|   cALL, BCR::ABL1 positive | 1 | 3 |
|   pre-B-ALL | 2 | {} |
"""


@pytest.mark.parametrize(
    ("first", "last", "answer"),
    [
        ("6 | 2, 4-8", "1, 9", []),
        ("6 | 2, 4-7", "1, 9", [("count_of_list", IMPOSSIBLE), ("partition_of_ids", UNLIKELY)]),
        ("6 | 2, 4-8", "1, 8", [("partition_of_ids", UNLIKELY), ("partition_of_ids", UNLIKELY)]),
        ("5 | 2, 4-8", "1, 9", [("count_of_list", IMPOSSIBLE)]),
    ],
)
def test_lists_of_patients(first: str, last: str, answer: list[tuple[str, str]]) -> None:
    """As many as counted, each in one row, nobody left out where the rows add to all."""
    found = found_in(LISTS.format(first, last), "count_of_list", "partition_of_ids", "patient_beyond_cohort")
    assert [(finding.rule, str(finding.certainty)) for finding in found] == answer


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("Four of 9 patients (Patients 1, 2, 3 and 4) responded.", []),
        ("Four of 9 patients (Patients 1, 2 and 4) responded.", [UNLIKELY]),
        ("Four of 5 patients (Patients 1, 2, 3, 5 and 6) responded.", []),
        ("Two (Patients 1 and 2) of the 4 patients relapsed.", []),
        ("Four patients died from progression (Patients 7 and 8) or relapse (Patients 6 and 9).", []),
        ("Bilirubin rose in 3 patients (Patients 4, 5 and 8) and there were two seizures in Patient 5.", []),
        ("Three patients (Patients 4-8) had fever.", [UNLIKELY]),
    ],
)
def test_lists_in_sentences(sentence: str, answer: list[str]) -> None:
    """A list in brackets after its count, whole or in parts, of the count or of its whole."""
    assert certainties(sentence, "count_of_list") == answer


@pytest.mark.parametrize(
    ("version", "answer"),
    [
        ("CTCAE version 4.03", [("grade_exists", IMPOSSIBLE), ("class_of_term", AMBIGUOUS)]),
        ("local criteria", []),
    ],
)
def test_grades_that_a_version_lacks(version: str, answer: list[tuple[str, str]]) -> None:
    """Febrile neutropenia begins at grade 3; pancreatitis is no infection; without a version nothing is said."""
    text = f"""
    Toxicity was graded by {version}.

    Table 3. Adverse events of 9 patients

    | Event | Grade I/II | Grade III/IV |
    |---|---|---|
    | Infections and infestations, n | | |
    |   Febrile neutropenia | 4 | 3 |
    |   Pancreatitis | 0 | 1 |
    |   Sepsis | 0 | 1 |
    """
    found = found_in(text, "grade_exists", "class_of_term")
    kept = [
        (finding.rule, str(finding.certainty))
        for finding in found
        if "Febrile" not in finding.message or finding.rule == "grade_exists"
    ]
    assert kept == answer


def test_a_grade_in_words() -> None:
    """`febrile neutropenia (grade 2)` does not exist in 5.0, tremor of grade 1 does."""
    version = "Adverse events were graded by CTCAE version 5.0. "
    assert certainties(version + "One had febrile neutropenia (grade 2) early.", "grade_exists") == [IMPOSSIBLE]
    assert certainties(version + "One had tremor (grade 1) and seizure (grade 3).", "grade_exists") == []


@pytest.mark.parametrize(
    ("labels", "second", "answer"),
    [
        (("Male, n (%)", "Female, n (%)"), "10 (42)", []),
        (("Male, n (%)", "Female, n (%)"), "11 (46)", [IMPOSSIBLE]),  # 14 + 11 = 25
        (("Männlich", "Weiblich"), "11 (46)", [IMPOSSIBLE]),
        (("Male, n (%)", "Female, n (%)"), "9 (38)", [AMBIGUOUS]),  # one is not told
        (("Male, n (%)", "Fever"), "11 (46)", []),
    ],
)
def test_both_sexes_without_a_section(labels: tuple[str, str], second: str, answer: list[str]) -> None:
    """Two rows one below the other that are both sexes hold every patient once."""
    text = f"""
    Table 1. Patients

    | Characteristic | All (n = 24) |
    |---|---|
    | Any event | 24 (100) |
    | {labels[0]} | 14 (58) |
    | {labels[1]} | {second} |
    """
    assert certainties(text, "parts_against_whole") == answer


NAMED = """
# Results

{first} Remission was reached with 15/92 (27.6%).

It was given as 15/92. Others had 7.5/46 or 15/92.
"""


def test_a_fraction_that_comes_again_and_again_is_a_name() -> None:
    """`15/92` in three sentences names two doses; told once, 27.6 % of it is impossible."""
    assert certainties(NAMED.format(first="The doses were 15/92."), "percent_of_count") == []
    assert certainties("# Results\n\nRemission was reached by 15/92 (27.6%).", "percent_of_count") == [IMPOSSIBLE]


SECTIONS = """
Table 1. Tests

| Test | All (n = 16), n (%) |
|---|---|
| Immunoglobulin | |
| {labels[0]} | 11 (69) |
| {labels[1]} | 5 (31) |
| {labels[2]} | 2 (12) |
| {labels[3]} | 14 (88) |
"""


def test_a_label_twice_is_no_category() -> None:
    """Negative and positive twice in a section belong to two tests, the second without a heading."""
    twice = ("Negative", "Positive", "Negative", "Positive")
    assert certainties(SECTIONS.format(labels=twice), "parts_against_whole") == []


@pytest.mark.parametrize(
    ("label", "head", "cell", "answer"),
    [
        ("European, n (%)", "A (n = 56)", "57 (100%)", [IMPOSSIBLE]),
        ("Energy intake", "A, n (%) (n = 22)", "1919 (104)", []),  # a mean with its error
        ("Energy intake", "A, n (%) (n = 23)", "24 (104)", [IMPOSSIBLE]),  # 104 % is that of 24 of 23
        ("European, n (%)", "All", "57 (100%)", [UNLIKELY]),  # of the caption: the rows may count samples
    ],
)
def test_a_number_above_its_group(label: str, head: str, cell: str, answer: list[str]) -> None:
    """A number above the header's size is no count where its bracket is no percentage of it."""
    text = f"Table 1. Children (n = 56)\n\n| Characteristic | {head} |\n|---|---|\n| {label} | {cell} |"
    assert certainties(text, "count_above_size") == answer


ROWS = "".join(f"| Item {number} | {3 * number} ({4 * number}) |\n" for number in range(1, 6))


@pytest.mark.parametrize(
    ("label", "head", "note", "answer"),
    [
        ("Joint counts, n (%)", "All (n = 75)", "", [IMPOSSIBLE]),
        ("Joint counts", "All (n = 75), n (%)", "", [IMPOSSIBLE]),
        ("Joint counts", "All (n = 75)", "Percentages (%) are of the group.", [IMPOSSIBLE]),
        ("Joint counts", "All (n = 75)", "", [UNLIKELY]),  # no sign anywhere: 32 (20) can be a mean
        ("Joint counts", "All (n = 75)", "All data are means (SD) unless otherwise indicated.", []),
    ],
)
def test_a_percentage_without_any_sign(label: str, head: str, note: str, answer: list[str]) -> None:
    """What looks like count and percentage is one for sure only where a percent sign stands with it or above it."""
    told = f"Note: {note or 'IV, intravenous.'}"
    text = f"Table 1. Baseline\n\n| Item | {head} |\n|---|---|\n{ROWS}| {label} | 32 (20) |\n{told}"
    assert certainties(text, "percent_of_count") == answer


def test_a_row_within_a_table_says_what_is_told_beneath() -> None:
    """Under a row of `Mean (SD)` 620 (110) is no count, though the column is headed `n (%)`."""
    text = """
    Table 1. Patients (n = 200)

    | Item | n (%) |
    |---|---|
    | Male | 131 (66) |
    | Female | 69 (34) |
    | | Mean (SD) |
    | Fluid (mL) | 620 (110) |
    | Pressure | 20 (99) |
    """
    assert certainties(text, "percent_of_count", "count_above_size") == []
