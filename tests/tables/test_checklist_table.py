"""The reporting checklists: their items, and where a report has them."""

from __future__ import annotations

import pytest
from tests.studies import analysed

from engager.report.compose import SECTIONS
from engager.tables.checklist import checklist_table
from engager.terms.checklists import Checklist, ChecklistItem, checklist_for, checklists

ITEMS = (
    ChecklistItem("1", "Title", (), "the title"),
    ChecklistItem("2", "Methods", ("methods", "data"), ""),
    ChecklistItem("3", "Flow", ("flow",), ""),
)


def test_an_item_leads_to_each_of_its_sections() -> None:
    """What no section has is for the authors; so is what this report leaves out."""
    table = checklist_table(Checklist("X", "X statement", "somewhere", ITEMS), {"methods": "Methods", "data": "Data"})
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["1", "Title", "no section", "to write: the title"],
        ["2", "Methods", "Methods", "nothing more"],
        ["", "", "Data", ""],
        ["3", "Flow", "no section", "to write: this report leaves the section out"],
    ]
    assert [row.cells[2].section for row in table.rows] == [None, "methods", "data", None]


@pytest.mark.parametrize(("code", "count"), [("STROBE", 22), ("CARE", 13)])
def test_a_checklist_has_its_items_in_order(code: str, count: int) -> None:
    """Each with a topic, and sections that reports know."""
    known = {anchor for _, anchor, _, _ in SECTIONS}
    items = checklists()[code].items
    assert [item.number for item in items] == [str(number) for number in range(1, count + 1)]
    assert all(item.topic and set(item.sections) <= known for item in items)
    assert all(item.sections or item.authors for item in items)


@pytest.mark.parametrize(
    ("chosen", "patients", "code"),
    [(None, 1, "CARE"), (None, 4, "CARE"), (None, 5, "STROBE"), ("CARE", 9, "CARE"), ("STROBE", 1, "STROBE")],
)
def test_the_plan_chooses_else_the_number_of_patients(chosen: str | None, patients: int, code: str) -> None:
    """Up to four patients are cases, more are a series."""
    found = checklist_for(chosen, patients)
    assert found is not None
    assert found.code == code


def test_the_report_of_a_series_ends_with_strobe() -> None:
    """Every link leads to a section of the same report."""
    document = analysed("tuebingen-2014").document
    table = document.sections[-1].blocks[0]
    anchors = {section.anchor for section in document.sections}
    linked = {cell.section for row in table.rows for cell in row.cells if cell.section}  # type: ignore[union-attr]
    assert len(linked) > 8
    assert linked <= anchors
