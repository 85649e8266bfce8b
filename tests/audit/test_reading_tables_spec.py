"""Specs of tables as they are printed: headers, spans, sections, notes, sizes, in grids and in plain text."""

from __future__ import annotations

import pytest
from tests.audit.reading_specs import table_of

from engager.audit.manuscript import Position, Table
from engager.audit.reading.assemble import assemble
from engager.audit.reading.grid import columns_and_rows
from engager.audit.reading.lines import pieces_of_lines, told_lines
from engager.audit.reading.pieces import GridCell, GridPiece


def paths(table: Table) -> list[tuple[str, ...]]:
    """Return section and label of each row."""
    return [row.path for row in table.rows]


def texts(table: Table) -> list[list[str]]:
    """Return the cells of each row."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_indents_tell_sections() -> None:
    """A row with values may head those that are set in; the next that is not closes the section."""
    table = table_of(
        [
            ["", "n (%)"],
            ["Sex", ""],
            ["  Male", "16 (70)"],
            ["  Female", "7 (30)"],
            ["Ineligible", "20 (87)"],
            ["  Mucositis", "3 (13)"],
            ["    oral", "1 (4)"],
            ["CNS", "2 (9)"],
        ]
    )
    assert paths(table) == [
        ("Sex", "Male"),
        ("Sex", "Female"),
        ("Ineligible",),
        ("Ineligible", "Mucositis"),
        ("Ineligible", "Mucositis", "oral"),
        ("CNS",),
    ]


def test_without_indents_a_section_holds_to_the_next() -> None:
    """Rows of one text head those beneath; two in a row are one inside the other."""
    table = table_of(
        [["", "n"], ["Overview", ""], ["Donor", ""], ["MUD", "3"], ["CB", "1"], ["Sex", ""], ["Male", "5"]]
    )
    assert paths(table) == [("Overview", "Donor", "MUD"), ("Overview", "Donor", "CB"), ("Sex", "Male")]


def test_spanning_headers_reach_over_their_columns() -> None:
    """Each column has its header from the top down, the size of its group, and the group without it."""
    cells = [
        GridCell("Effect", 0, 0, rows=2),
        GridCell("All (n = 23), n (%)", 0, 1, columns=2),
        GridCell("MRD+ (n = 3), n (%)", 0, 3, columns=2),
        *(GridCell(text, 1, 1 + i) for i, text in enumerate(["Grade 1–2", "Grade ≥3"] * 2)),
        *(GridCell(text, 2, i) for i, text in enumerate(["Anemia", "7 (30)", "0 (0)", "2 (67)", "0 (0)"])),
    ]
    columns, rows = columns_and_rows(GridPiece(cells), Position("a"))
    assert [(column.group, column.size) for column in columns[1:]] == [
        (("All", "Grade 1–2"), 23),
        (("All", "Grade ≥3"), 23),
        (("MRD+", "Grade 1–2"), 3),
        (("MRD+", "Grade ≥3"), 3),
    ]
    assert [cell.text for cell in rows[0].cells] == ["7 (30)", "0 (0)", "2 (67)", "0 (0)"]


def test_a_label_that_spans_rows_labels_each() -> None:
    """A first column whose cells span is part of the label."""
    cells = [
        *(GridCell(text, 0, i) for i, text in enumerate(["Sex", "", "n"])),
        GridCell("Male", 1, 0, rows=2),
        *(GridCell(text, 1, 1 + i) for i, text in enumerate(["young", "3"])),
        *(GridCell(text, 2, 1 + i) for i, text in enumerate(["old", "2"])),
    ]
    _, rows = columns_and_rows(GridPiece(cells), Position("a"))
    assert [row.path for row in rows] == [("Male", "young"), ("Male", "old")]


def test_a_second_column_of_labels() -> None:
    """Labels in the second column stand under those of the first, whose cells beneath are blank."""
    table = table_of(
        [
            ["Variable", "Scoring", "All (n = 59)", "Note"],
            ["Sex", "Male", "29 (49%)", ""],
            ["", "Female", "30 (51%)", ""],
            ["Age", "N (%)", "59 (100%)", ""],
            ["", "Mean (SD)", "37 (6.7)", "a"],
        ]
    )
    assert paths(table) == [("Sex", "Male"), ("Sex", "Female"), ("Age", "N (%)"), ("Age", "Mean (SD)")]
    assert texts(table)[3] == ["37 (6.7)", "a"]


def test_what_is_told_beneath_ends_with_the_next_label() -> None:
    """A row of `Mean (SD)` heads the rows up to the next label of the first column."""
    table = table_of(
        [
            ["Variable", "Scoring", "All (n = 24)", "A (n = 12)"],
            ["Sex", "Male", "14 (58)", "8 (67)"],
            ["", "Female", "10 (42)", "4 (33)"],
            ["Measured", "Score", "Mean (SD)", "Mean (SD)"],
            ["", "Fluid", "620 (110)", "600 (100)"],
            ["Fever", "any", "3 (15)", "2 (17)"],
        ]
    )
    assert paths(table)[2:] == [("Measured, Score, Mean (SD)", "Fluid"), ("Fever", "any")]


def test_labels_that_are_numbers_stand_in_a_column_without_a_head() -> None:
    """Blank first cells and a second column without a head: its cells are the labels, and can be numbers."""
    table = table_of(
        [
            ["", "", "All (n = 9)"],
            ["Lesions", "", ""],
            ["", "1", "4 (44)"],
            ["", "2", "5 (56)"],
            ["Status", "", ""],
            ["", "0", "8 (89)"],
            ["", "1", "1 (11)"],
        ]
    )
    assert paths(table) == [("Lesions", "1"), ("Lesions", "2"), ("Status", "0"), ("Status", "1")]


def test_a_listing_of_patients_has_one_column_of_labels() -> None:
    """Words in the second column are values where every row has a label of its own."""
    table = table_of([["No.", "Sex", "Age"], ["1", "M", "4"], ["2", "F", "5"], ["3", "M", "6"], ["4", "F", "7"]])
    assert paths(table) == [("1",), ("2",), ("3",), ("4",)]


def test_a_row_of_sizes_belongs_to_the_header() -> None:
    """A second row with `n=9` is no body."""
    table = table_of([["", "All patients", "Patient ID"], ["", "n=9", ""], ["Male", "5", "1-5"]])
    assert [(column.path, column.size) for column in table.columns[1:]] == [
        (("All patients", "n=9"), 9),
        (("Patient ID",), None),
    ]
    assert texts(table) == [["5", "1-5"]]


@pytest.mark.parametrize(
    ("told", "rows"),
    [
        (["Depressed", "n", "%", "n", "%"], 1),
        (["Depressed", "n", "%", "", ""], 2),  # half of the columns are not told
        (["Depressed", "N", "N", "N", "N"], 2),  # four times no
        (["Depressed", "n", "%", "n", "5"], 2),
    ],
)
def test_a_row_of_what_is_told_belongs_to_the_header(told: list[str], rows: int) -> None:
    """A second row of `n` and `%` heads the columns, though it has a label and the first is marked as the header."""
    cells = [GridCell(text, 0, column, head=True) for column, text in enumerate(["", "A (n=9)", "A", "B (n=8)", "B"])]
    body = [told, ["No", "5", "56", "4", "50"]]
    cells += [GridCell(text, row, column) for row, line in enumerate(body, 1) for column, text in enumerate(line)]
    columns, found = columns_and_rows(GridPiece(cells), Position("a"))
    assert len(found) == rows
    assert [column.path[-1] for column in columns[1:]] == (told[1:] if rows == 1 else ["A (n=9)", "A", "B (n=8)", "B"])


def test_captions_notes_and_marks() -> None:
    """The caption gives number and size, notes are sentences, and a mark in a cell leads to its note."""
    table = table_of(
        [["", "n"], ["Sepsis", "1*"], ["Rash", "2"]],
        "Table S1. Events of 9 patients (n = 9)",
        ["*Pre-existing. Of one patient.", "CNS: nerves."],
    )
    assert (table.number, table.name, table.size) == ("S1", "Table S1", 9)
    assert [note.text for note in table.notes] == ["*Pre-existing.", "Of one patient.", "CNS: nerves."]
    assert table.rows[0].cells[0].notes == ("*Pre-existing.",)
    assert table.rows[1].cells[0].notes == ()


PAPER = """\
In all, 20 (87%) with chemotherapy-associated
TABLE 1 Baseline.

Characteristic Patients (n = 23)

Age (years), median (range) 6 (2–11)

Sex, n (%)

Male 16 (70)

Previous relapse

0 19 (83)

1 4 (17)

CR before, n (%) 23 (100)

From diagnosis to the first application, months,
median (range)

18 (6–49)

n, number; MRD, minimal residual disease.
 toxicity were treated. The others, e.g. 3, were
not. They did well.
"""


def test_a_table_in_text_interrupts_a_sentence() -> None:
    """Values at the ends of lines are cells, wrapped labels are whole, and the sentence around is one again."""
    made = assemble("a.txt", "text", pieces_of_lines(told_lines(PAPER)))
    (table,) = made.tables()
    assert [*zip(paths(table), (row[0] for row in texts(table)), strict=True)] == [
        (("Age (years), median (range)",), "6 (2–11)"),
        (("Sex, n (%)", "Male"), "16 (70)"),
        (("Previous relapse", "0"), "19 (83)"),
        (("Previous relapse", "1"), "4 (17)"),
        (("CR before, n (%)",), "23 (100)"),
        (("From diagnosis to the first application, months, median (range)",), "18 (6–49)"),
    ]
    assert table.columns[1].size == 23
    assert [note.text for note in table.notes] == ["n, number; MRD, minimal residual disease."]
    assert [sentence.text for sentence in made.paragraphs()[0].sentences] == [
        "In all, 20 (87%) with chemotherapy-associated toxicity were treated.",
        "The others, e.g. 3, were not.",
        "They did well.",
    ]


def test_each_point_of_a_list_is_a_paragraph() -> None:
    """What a bullet opens stands for itself, without the bullet."""
    made = assemble("a.txt", "text", pieces_of_lines(told_lines("We saw these:\n• 6 of 9\n• 5 of 6, and\nothers")))
    assert [paragraph.text for paragraph in made.paragraphs()] == ["We saw these:", "6 of 9", "5 of 6, and others"]


WIDE = """\
Table 3. Adverse events.
Grade I/II        Grade III/IV      Grade V

Blood disorders, n.
Febrile neutropenia 4                             3                        0
Anemia 0                             8                        0
Rash 1                             2
"""


def test_wide_gaps_part_columns_and_a_short_row_is_doubted() -> None:
    """A row with fewer values than columns says that its cells may stand elsewhere."""
    (table,) = assemble("a.txt", "text", pieces_of_lines(told_lines(WIDE))).tables()
    assert [column.label for column in table.columns[1:]] == ["Grade I/II", "Grade III/IV", "Grade V"]
    assert texts(table) == [["4", "3", "0"], ["0", "8", "0"], ["1", "2", ""]]
    assert paths(table)[1] == ("Blood disorders, n.", "Anemia")
    assert [bool(row.cells[0].damaged) for row in table.rows] == [False, False, True]


@pytest.mark.parametrize(
    ("header", "size"),
    [
        ("Patients (n = 23)", 23),
        ("(n=20), n (%)", 20),
        ("All patients n=9", 9),
        ("N 9", 9),
        ("N = 1,204", 1204),
        ("MRD+ (3 patients)", 3),
        ("n (%)", None),
        ("CD19 (n/µl)", None),
        ("n = 12/20", None),
        ("n = 50 %", None),
    ],
)
def test_group_sizes_in_headers(header: str, size: int | None) -> None:
    """A header tells the size of its group in these ways; what counts something else does not."""
    assert table_of([["", header], ["a", "1"]]).columns[1].size == size
