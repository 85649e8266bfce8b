"""The tables of adverse events show what the results hold, in the order of the plan, and say what is empty."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive

from engager.analyses.adverse_events import analyse_adverse_events
from engager.plan import AnalysisPlan
from engager.results import Results
from engager.tables.adverse_event_counts import events_table, rates_table
from engager.tables.adverse_event_listing import listing_table
from engager.tables.adverse_events import adverse_events_table, summary_table
from engager.tables.table import Table

BANDS = ("1-2", "3-4", "5")
RECORD = """patient | term | grade | start_day | end_day | outcome
1 | Fever | 3 | 2 | 4 | resolved
1 | Tremor | | 3 | | not resolved
2 | Fever | 1 | 2 | 2 | resolved
3 | Nausea | 1 | -3 | -2 | resolved"""
TABLES = {
    "patients": "patient | sex\n1 | male\n2 | female\n3 | female",
    "exposure": "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28\n2 | 1 | 1 | 28\n3 | 1 | 1 | 28",
    "follow_up": "patient | day | event\n1 | 90 | last contact\n2 | 90 | last contact\n3 | 90 | last contact",
}


def results(derive: Derive, record: str = RECORD, **plan: Any) -> Results:
    """Return the results of a record."""
    settings = {"title": "spec", **plan}
    datasets = derive(plan=settings, **TABLES, adverse_events=record)
    return Results(analyse_adverse_events(datasets, AnalysisPlan.model_validate(settings)))


def lines(table: Table) -> list[list[str]]:
    """Return the rows of a table as text."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_patients_by_class_and_term(derive: Derive) -> None:
    """Counts and percent of all three; a dash where no grade is recorded; what does not count has no row."""
    table = adverse_events_table(results(derive), BANDS)
    assert table.columns[1:3] == (
        "All patients (n = 3): any grade, n (%)",
        "All patients (n = 3): grade 1\u20132, n (%)",
    )
    assert lines(table) == [
        ["Any adverse event", "2 (67)", "1 (33)", "1 (33)", "0 (0)", "0 (0)"],
        ["General disorders and administration site conditions", "2 (67)", "1 (33)", "1 (33)", "0 (0)", "0 (0)"],
        ["Fever", "2 (67)", "1 (33)", "1 (33)", "0 (0)", "0 (0)"],
        ["Nervous system disorders", "1 (33)", "\u2013", "\u2013", "\u2013", "1 (33)"],
        ["Tremor", "1 (33)", "\u2013", "\u2013", "\u2013", "1 (33)"],
    ]
    assert [row.indent for row in table.rows] == [False, False, True, False, True]
    assert any("no sums" in note for note in table.notes)
    assert any("not counted: 1 of 4 records" in note for note in table.notes)


def test_zero_rows_on_request(derive: Derive) -> None:
    """Nausea is recorded, but none of it counts: a row of zeros, if asked for."""
    shown = lines(adverse_events_table(results(derive), BANDS, zero_rows=True))
    assert ["Nausea", "0 (0)", "0 (0)", "0 (0)", "0 (0)", "0 (0)"] in shown


def test_groups_stand_beside_all(derive: Derive) -> None:
    """A block of columns for each group, with its own number of patients."""
    table = adverse_events_table(results(derive, group_by="sex"), ("1-2", ">=3"))
    heads = [head.partition(":")[0] for head in table.columns[1:]]
    assert list(dict.fromkeys(heads)) == ["All patients (n = 3)", "female (n = 2)", "male (n = 1)"]


def test_events_are_never_called_patients(derive: Derive) -> None:
    """The table of events counts events and says so."""
    table = events_table(results(derive), BANDS)
    assert "events, not patients" in table.title
    assert lines(table)[0] == ["All events", "3", "", "", "", ""]
    assert lines(table)[2] == ["Fever", "2", "1", "1", "0", "0"]
    assert not any("atient" in head for head in table.columns)


def test_rates_that_cannot_be_told_say_why(derive: Derive) -> None:
    """A record without days has no rate; the table tells the reason in place of rows."""
    undated = rates_table(results(derive, "patient | term | cycle\n1 | Fever | 1"))
    assert any("not estimable" in cell for line in lines(undated) for cell in line)
    assert len(rates_table(results(derive)).rows) == 3


def test_the_listing_names_the_reason(derive: Derive) -> None:
    """By patient, with days, grade, circumstances, and why an event counts."""
    shown = lines(listing_table(results(derive)))
    assert shown[0] == ["Patient 1"]
    assert shown[1] == ["Fever", "2\u20134", "3", "resolved", "yes (began on treatment (day 2))"]
    assert shown[2][1:3] == ["from 3", "\u2013"]
    assert shown[-1][1] == "-3 to -2"
    assert shown[-1][4] == "no (before the first dose, no worsening recorded)"


def test_the_summary_keeps_not_recorded_apart_from_none(derive: Derive) -> None:
    """Serious is not recorded of any event: no zero."""
    shown = {line[0]: line[1] for line in lines(summary_table(results(derive)))}
    assert shown["Any adverse event"] == "2 of 3"
    assert shown["A serious event"] == "not recorded"


@pytest.mark.parametrize("make", [lambda found: adverse_events_table(found, BANDS), summary_table,
                                  lambda found: events_table(found, BANDS), rates_table, listing_table])  # fmt: skip
def test_nothing_recorded_is_said(derive: Derive, make: Any) -> None:
    """An empty record gives no rows, and the words for it."""
    table = make(results(derive, "patient | term"))
    assert table.rows == ()
    assert table.empty == "no adverse event recorded"


def test_every_count_leads_to_a_result(derive: Derive) -> None:
    """Each cell with a number names the result that it shows."""
    found = results(derive)
    for row in adverse_events_table(found, BANDS).rows:
        for cell in row.cells[1:]:
            assert [found.by_id(name) for name in cell.results]
