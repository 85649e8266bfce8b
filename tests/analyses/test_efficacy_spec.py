"""The plan's efficacy outcomes by group, and the tables of the disease, from a study as small as can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.conftest import Derive

from engager.analyses.efficacy import analyse_efficacy
from engager.analyses.mrd import analyse_mrd
from engager.analyses.remission import analyse_remission
from engager.analyses.response import analyse_cycle_response, analyse_response
from engager.plan import AnalysisPlan, read_usable_plan
from engager.report.methods_response import response_methods
from engager.results import Results
from engager.tables.disease import mrd_table, relapse_table, remission_table
from engager.tables.efficacy import efficacy_table
from engager.tables.response import response_table
from engager.tables.table import Table

# As the Beijing paper's Table 2 counts: of 3 patients MRD-positive 2 in the first cycle and 1 in the second; of 5 one
# was transplanted and two had maintenance. Patients d and e are MRD-negative before.
OUTCOMES = [
    {"label": "MRD-", "count": "mrd_conversion", "of": "mrd_positive"},
    {"label": "Response in first cycle", "count": "mrd_conversion", "of": "mrd_positive", "cycle": 1},
    {"label": "Response in two cycles", "count": "mrd_conversion", "of": "mrd_positive", "cycle": 2},
    {"label": "Still without MRD", "count": "mrd_negative_kept", "of": "mrd_negative"},
    {"label": "HSCT", "count": "hsct"},
    {"label": "Maintenance", "count": "maintenance_therapy"},
    {"label": "CR", "count": "cr", "of": "evaluable"},
]
PLAN: dict[str, Any] = {
    "title": "spec",
    "group_by": "group",
    "response": {"mrd_negative_below": 1e-6, "mrd": {"sensitivity": {"ngs": 1e-6}}, "outcomes": OUTCOMES},
}
TABLES = {
    "patients": "patient | group\na | MRD+\nb | MRD+\nc | MRD+\nd | unfit\ne | unfit",
    "exposure": "patient | cycle\na | 1\nb | 1\nc | 1\nc | 2\nd | 1\ne | 1",
    "measurements": """patient | cycle | timepoint | test | method | value | unit
    a | 1 | start of cycle | mrd | ngs | 2.33 | %
    b | 1 | start of cycle | mrd | ngs | 1.04 | %
    c | 1 | start of cycle | mrd | ngs | 0.28 | %
    d | 1 | start of cycle | mrd | ngs | not detected |
    e | 1 | start of cycle | mrd | ngs | not detected |
    a | 1 | end of cycle | mrd | ngs | not detected |
    b | 1 | end of cycle | mrd | ngs | not detected |
    c | 1 | end of cycle | mrd | ngs | 0.01 | %
    c | 2 | end of cycle | mrd | ngs | not detected |
    d | 1 | end of cycle | mrd | ngs | not detected |
    d | 1 | end of cycle | marrow_blasts | microscopy | 2 | %
    d | 1 | end of cycle | neutrophils | analyser | 2 | 10*9/L
    d | 1 | end of cycle | platelets | analyser | 200 | 10*9/L""",
    "therapies": """patient | kind | phase | given
    d | hsct | after |
    a | maintenance | after |
    b | maintenance | after | yes
    c | maintenance | after | no
    e | maintenance | before | """,
}


def results_of(derive: Derive, plan: dict[str, Any] = PLAN, **tables: str) -> Results:
    """Return the results of the disease."""
    settings = AnalysisPlan.model_validate(plan)
    datasets = derive({key: value for key, value in plan.items() if key != "title"}, **{**TABLES, **tables})
    analyses = (analyse_cycle_response, analyse_response, analyse_mrd, analyse_remission, analyse_efficacy)
    return Results(row for analysis in analyses for row in analysis(datasets, settings))


def texts(table: Table) -> list[str]:
    """Return the rows of a table as text."""
    return [" | ".join(cell.text for cell in row.cells) for row in table.rows]


def test_outcomes_by_group(derive: Derive) -> None:
    """K of n for each group, out of those whom the row names."""
    rows = {(row.at, row.group): (row.n, row.N) for row in results_of(derive).where(analysis="efficacy")}
    every, positive, unfit = ("all", "group=MRD+", "group=unfit")
    assert {at: [rows[at, group] for group in (every, positive, unfit)] for at, _ in rows} == {
        "MRD-": [(3, 3), (3, 3), (0, 0)],
        "Response in first cycle": [(2, 3), (2, 3), (0, 0)],
        "Response in two cycles": [(1, 3), (1, 3), (0, 0)],
        "Still without MRD": [(1, 2), (0, 0), (1, 2)],
        "HSCT": [(1, 5), (0, 3), (1, 2)],
        "Maintenance": [(2, 5), (2, 3), (0, 2)],
        "CR": [(1, 4), (0, 3), (1, 1)],
    }


def test_the_table_of_outcomes(derive: Derive) -> None:
    """A row an outcome with its denominator, a column a group, and of whom an outcome is not known."""
    table = efficacy_table(results_of(derive))
    assert table.columns == ("Outcome", "Out of", "All patients, n of N (%, CI)", "MRD+, n of N (%, CI)",
                             "unfit, n of N (%, CI)")  # fmt: skip
    assert texts(table)[1] == (
        "Response in first cycle | patients MRD-positive, or with blasts, before treatment | "
        "2 of 3 (66.7 %, 95 % CI 9.4\u201399.2) | 2 of 3 (66.7 %, 95 % CI 9.4\u201399.2) | nobody to count"
    )
    assert texts(table)[4].startswith("HSCT | all patients | 1 of 5 (20.0 %")
    assert table.notes == ("CR: 3 of the 4 not evaluable for it.",)


def test_the_tables_of_the_disease(derive: Derive) -> None:
    """Conversion by cycle, categories, marrow, remission; relapses none."""
    results = results_of(derive)
    assert [text.split(" (")[0] for text in texts(mrd_table(results))] == [
        "MRD from positive to negative, of those positive before treatment",
        "first after cycle 1 | 2 of 3 | 66.7 %",
        "first after cycle 2 | 1 of 3 | 33.3 %",
        "after cycle 2 or earlier | 3 of 3 | 100.0 %",
        "MRD response by consensus, cycles with a reading that decides",
        "complete | 4 of 5 | 80.0 % | a, b, c, d",
        "intermediate | 0 of 5 | 0.0 % | none",
        "complete or intermediate | 0 of 5 | 0.0 % | none",
        "failure | 1 of 5 | 20.0 % | c",
    ]
    shown = texts(remission_table(results))
    assert shown[0] == "Marrow after cycle 1"
    assert [text.split(" (")[0] for text in shown if text.startswith(("CR |", "no marrow"))] == [
        "CR | 1 of 5 | 20.0 %",
        "no marrow after treatment | 4 of 5 | 80.0 %",
    ]
    assert relapse_table(results).rows == ()


def test_doubts_stand_under_the_table(derive: Derive) -> None:
    """Assays that are not compared, and a gate on CD19, are told where conversions are counted."""
    measurements = """patient | cycle | timepoint | test | method | value | unit
    a | 1 | start of cycle | mrd | ngs | 2 | %
    a | 1 | end of cycle | mrd | flow | <1e-6 | 1
    b | 1 | start of cycle | marrow_blasts | microscopy | 40 | %
    b | 1 | end of cycle | mrd | flow | <1e-6 | 1"""
    (note,) = response_table(results_of(derive, measurements=measurements)).notes
    assert note == (
        "MRD conversion: 1 not assessed, since MRD before and after is of two assays; 1 by flow cytometry alone with a "
        "gate on CD19 or one that is not stated: the drug binds CD19, and blasts without it would be missed."
    )


def test_every_result_names_its_rows(derive: Derive) -> None:
    """Whoever is counted has source rows behind it, and every row says its method."""
    for row in results_of(derive):
        assert row.method, row.id
        assert row.sources or not row.patients, row.id


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "A limit of detection that a reading does not give stays unknown."),
        (
            {"mrd": {"sensitivity": {"ngs": 1e-6}}},
            "where a reading gives none: next-generation sequencing of immunoglob",
        ),
        ({}, "MRD of different assays is not compared with each other"),
        ({"mrd": {"compare_assays": True}}, "MRD of different assays is compared as one quantity."),
        ({}, "Blinatumomab binds CD19: flow cytometry with a gate on CD19"),
        ({"remission": {"counts_within_days": 3}}, "platelets above 100 x 10^9/L within 3 days of the marrow"),
        (
            {"relapse": {"definitions": ["marrow blasts above"], "marrow_above_percent": 10}},
            "by marrow blasts above 10 %.",
        ),
        ({"relapse": {"definitions": []}}, "Relapse is as recorded."),
        ({"m3_from_percent": 30}, "M3 from 30 % on"),
    ],
)
def test_the_methods_of_response(changes: dict[str, Any], sentence: str) -> None:
    """Each setting in force has its words."""
    plan = AnalysisPlan.model_validate({"title": "spec", "response": changes})
    assert sentence in " ".join(response_methods(plan))


@pytest.mark.parametrize(
    "changes",
    [
        {"m3_from_percent": 5},
        {"mrd": {"sensitivity": {"microscopy": 0.01}}},
        {"mrd": {"sensitivity": {"ngs": 0}}},
        {"remission": {"partial_platelets_above": 150}},
        {"outcomes": [OUTCOMES[0], OUTCOMES[0]]},
        {"outcomes": [{"label": "x", "count": "hsct", "cycle": 1}]},
        {"relapse": {"definitions": ["another"]}},
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    """Limits out of order, unknown assays and definitions, outcomes of one label."""
    with pytest.raises(ValidationError):
        AnalysisPlan.model_validate({"title": "spec", "response": changes})


def test_a_plan_tells_all_its_mistakes(tmp_path: Path) -> None:
    """Keys unknown in a part of a part, values not permitted, and limits that contradict each other, in one go."""
    (tmp_path / "study.toml").write_text(
        'title = "x"\n[response]\nm3_from_percent = 3\n[response.mrd]\nsensitivty = { ngs = 1e-6 }\n'
        '[[response.outcomes]]\nlabel = "a"\ncount = "hscts"\n',
        "utf-8",
    )
    plan, issues = read_usable_plan(tmp_path)
    assert [issue.place.column for issue in issues] == [
        "response.mrd.sensitivty", "response.outcomes.0.count", "response",
    ]  # fmt: skip
    assert issues[0].advice == "Did you mean `sensitivity`?"
    assert plan.response.m3_from_percent == 25.0
