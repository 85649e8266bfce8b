"""The reporting checklist as a table: which item the report covers and where, and what its authors must write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engager.tables.table import Cell, Row, Table
from engager.terms.checklists import Checklist, ChecklistItem

COLUMNS = ("Item", "Topic", "In this report", "For the authors")
WHOLE = "nothing more"
TO_WRITE = "to write"
NOTE = (
    "Topics in our words; the items themselves are in the publication. What a section holds is the part that data can "
    "tell; whether it answers the item is for the authors to judge."
)


def checklist_table(checklist: Checklist, sections: Mapping[str, str]) -> Table:
    """Return a row for each item and section that covers it; `sections` are the report's, anchor to title."""
    return Table(
        name="checklist",
        title=f"{checklist.name}: where each item stands",
        columns=COLUMNS,
        rows=tuple(row for item in checklist.items for row in _rows(item, sections)),
        notes=(f"{checklist.reference}. {NOTE}",),
    )


def _rows(item: ChecklistItem, sections: Mapping[str, str]) -> Iterator[Row]:
    present = [anchor for anchor in item.sections if anchor in sections]
    first, *others = [Cell(sections[anchor], section=anchor) for anchor in present] or [Cell("no section")]
    yield Row((Cell(item.number), Cell(item.topic), first, Cell(_left(item, present))))
    for place in others:
        yield Row((Cell(""), Cell(""), place, Cell("")))


def _left(item: ChecklistItem, present: list[str]) -> str:
    """Return what is left to write: all of it where the report has none of the item's sections."""
    if item.authors:
        return f"{TO_WRITE}: {item.authors}"
    return WHOLE if present else f"{TO_WRITE}: this report leaves the section out"
