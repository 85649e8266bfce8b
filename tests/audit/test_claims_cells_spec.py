"""Specs of claims in cells: a cell is read by its form, and by what its label or header announces."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.audit.reading_specs import cell_claims, table_of

from engager.audit.claim import Claim, Kind
from engager.audit.claims import read_claims
from engager.audit.manuscript import Manuscript

FORMS = """
    n (%)                 | 16 (70)              | count_percent '16 (70)': 16 70
    n (%)                 | 0 (0.0%)             | count_percent '0 (0.0%)': 0 0.0
    n (%)                 | 1 (<5)               | count_percent '1 (<5)': 1 <5
    n (%)                 | 16 [70 %]            | count_percent '16 [70 %]': 16 70
                          | 1,204 (12.5)         | count_percent '1,204 (12.5)': 1204 12.5
    No. (%)               | 1*                   | count '1': 1
    n / %                 | 3 of 3 100           | fraction_percent '3 of 3 100': 3 3 100
    n                     | 12/20                | fraction '12/20': 12 20
    n of N                | 6 of 9 (66.7 %)      | fraction_percent '6 of 9 (66.7 %)': 6 9 66.7
    %                     | 78                   | percent '78': 78
    Prior leukemic load   | 70%, 30%             | percent '70%': 70; percent '30%': 30
    Age, median (range)   | 6 (2–11)             | median_range '6 (2–11)': 6 2 11
    Age, median (IQR)     | 6 [4–8]              | median_quartiles '6 [4–8]': 6 4 8
    Age (range)           | 10.4 (4.3 - 18.5)    | range '10.4 (4.3 - 18.5)': 10.4 4.3 18.5
    Age, mean (SD)        | 4.2 (1.1)            | mean_sd '4.2 (1.1)': 4.2 1.1
    Age                   | 4.2 ± 1.1            | mean_sd '4.2 ± 1.1': 4.2 1.1
    HR (95 % CI)          | 0.5 (0.2–0.9)        | interval '0.5 (0.2–0.9)': 0.5 0.2 0.9
    95 % CI               | −1.2 to 0.2          | interval '−1.2 to 0.2': -1.2 0.2
    P                     | 0.034                | p_value '0.034': 0.034
    P value               | <.001                | p_value '<.001': <0.001
    Patient ID            | 2, 4-8               | ids '2, 4-8': 2,4,5,6,7,8
    Patient ID            | 8                    | ids '8': 8
    Sex, n.               | 5                    | count '5': 5
    Median                | 398 days             | duration '398 days': 398 days
    Outcome               | died (d655)          | duration 'd655': 655 day
    Best response         | MRD negative         |
    n (%)                 | –                    |
    n (%)                 | not reached          |
"""


def _rows(table: str) -> list[tuple[str, str, str]]:
    cells = [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]
    return [(label, text, claims) for label, text, claims in cells]


@pytest.mark.parametrize(("label", "text", "claims"), _rows(FORMS))
def test_claims_of_a_cell(label: str, text: str, claims: str) -> None:
    """The same print is a percentage under `n (%)`, a spread under `mean (SD)`, a list under `Patient ID`."""
    assert "; ".join(cell_claims(text, label)) == claims


def test_numbers_of_a_column_of_doses() -> None:
    """A unit in the header makes a list of numbers a dose; three numbers are no estimate with its interval."""
    assert cell_claims("15, 15, 30", "dosages", unit="µg/m²/day") == ["dose '15, 15, 30': 15 15 30 µg/m²/day"]
    assert cell_claims("5", "dosages", unit="µg/m²/day") == ["dose '5': 5 µg/m²/day"]


def test_a_german_cell() -> None:
    """A document with decimal commas has them in its cells."""
    assert cell_claims("5 (21,7)", "n (%)", comma=True) == ["count_percent '5 (21,7)': 5 21.7"]


def _claims(rows: list[list[str]], caption: str = "", notes: tuple[str, ...] = ()) -> list[Claim]:
    table = table_of(rows, caption, notes)
    return list(read_claims(Manuscript("a.csv", "csv", (table,))))


def test_a_claim_knows_its_row_its_column_and_how_many_they_are() -> None:
    """Subject is section and label, group the header without its size, which stands beside."""
    claims = _claims([["", "All (n = 23)", "MRD+ (n=3)"], ["Sex, n (%)", "", ""], ["  Male", "16 (70)", "2 (67)"]])
    body = [claim for claim in claims if claim.in_table]
    assert [(claim.subject, claim.group, claim.group_size) for claim in body] == [
        (("Sex, n (%)", "Male"), ("All",), 23),
        (("Sex, n (%)", "Male"), ("MRD+",), 3),
    ]
    assert str(body[1].position) == 'table 1 of the file, row "Male", column "MRD+ (n=3)"'
    assert [claim.value("n") for claim in claims if claim.kind is Kind.GROUP_SIZE] == [23, 3]


def test_the_size_of_a_row_is_nearer_than_that_of_a_column() -> None:
    """A row of a subgroup tells the size of its own percentages."""
    (claim,) = (c for c in _claims([["", "All (n = 23)"], ["MRD positive (n = 3)", "2 (67)"]]) if c.in_table)
    assert claim.group_size == 3


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (["", "Grade 1–2", "Grade ≥3"], 9),
        (["", "All patients", "Responders"], None),
        (["", "A (n=4)", "Any grade"], None),
    ],
)
def test_the_size_of_all_is_not_that_of_a_group(head: list[str], size: int | None) -> None:
    """What the caption or a note counts is the size of columns that speak of all, and of no other group's."""
    rows = [head, ["Fever, n", "3", "2"], ["Rash, n", "1", "0"]]
    last = [claim for claim in _claims(rows, notes=("Total n. patients n=9.",)) if claim.in_table][1]
    assert last.group_size == size


def test_cycles_are_no_patients() -> None:
    """A count of cycles or events names them, and has no number of patients to be held against."""
    rows = [["", "All patients (n = 9)"], ["Cycles", ""], ["  Begun", "18"], ["Sex", ""], ["  Male", "5"]]
    begun, male = (claim for claim in _claims(rows) if claim.in_table)
    assert (begun.kind, begun.unit, begun.group_size) == (Kind.COUNT, "cycles", None)
    assert (male.kind, male.unit, male.group_size) == (Kind.COUNT, "", 9)


def test_a_column_headed_patients_may_list_them() -> None:
    """One list among the cells tells that single numbers are patients too, and no counts."""
    ids = [claim for claim in _claims([["", "Patients"], ["MUD", "1, 2, 7"], ["CB", "4"]]) if claim.in_table]
    assert [claim.ids for claim in ids] == [("1", "2", "7"), ("4",)]
    counts = [claim for claim in _claims([["", "Patients"], ["MUD", "3"], ["CB", "4"]]) if claim.in_table]
    assert [claim.kind for claim in counts] == [Kind.COUNT, Kind.COUNT]


def test_damage_of_a_cell_is_told_by_its_claims() -> None:
    """What speaks against a cell's text speaks against its claims."""
    table = table_of([["", "n"], ["Male", "5"]])
    cell = table.rows[0].cells[0]
    row = table.rows[0]
    bent = replace(table, rows=(replace(row, cells=(replace(cell, damaged="smudged"),)),))
    (claim,) = (c for c in read_claims(Manuscript("a.pdf", "pdf", (bent,))) if c.in_table)
    assert claim.damaged == "smudged"


def test_claims_are_word_for_word() -> None:
    """The text of a claim is what stands at its place in its context."""
    claims = _claims(
        [["", "All (n = 9)"], ["Male, n (%)", "5 (56)"]], "Table 1. Six of 9 patients (67%)", ("a, 2 of 3",)
    )
    assert len(claims) == 4
    assert all(claim.context[claim.start : claim.end] == claim.text for claim in claims)
