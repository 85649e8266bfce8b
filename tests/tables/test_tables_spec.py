"""Tables from results: which rows and columns there are, what stands in a cell, and which result is behind it."""

from __future__ import annotations

import pytest

from engager.results import AnalysisResult, Results
from engager.tables.baseline import baseline_table
from engager.tables.overview import overview_table
from engager.tables.published import not_computed_table, published_table
from engager.tables.response import cycle_table, log_reduction, response_table
from engager.tables.survival import survival_table
from engager.tables.table import Cell, Row, Table


def row(analysis: str, name: str, **values: object) -> AnalysisResult:
    """Return a result with the values given."""
    return AnalysisResult(analysis=analysis, name=name, **values)  # type: ignore[arg-type]


def texts(table: Table) -> list[str]:
    """Return the rows of a table as text, cells between vertical bars."""
    return [" | ".join(cell.text for cell in line.cells) for line in table.rows]


def test_baseline() -> None:
    """Categories with n (%) and patients, a measure in one row, what nobody has in a note, sums of others left out."""
    share = {"N": 8, "unit": "1"}
    table = baseline_table(
        Results(
            [
                row("baseline", "patients", n=8, N=8, patients=tuple("12345678")),
                *(row("baseline", "age", at=at, estimate=value, n=7, N=8, unit="a")
                  for at, value in (("median", 10.4), ("min", 4.25), ("max", 18.0))),
                row("baseline", "weight", n=0, N=8),
                row("baseline", "sex", at="male", n=1, patients=("3",), **share),
                row("baseline", "prior_hsct_count", at="2 or more", n=3, patients=("1", "2", "3"), **share),
            ]
        )
    )  # fmt: skip
    assert table.columns == ("Characteristic", "All patients (n = 8), n (%)", "Patients")
    assert texts(table) == [
        "Age, years, median (range); n = 7 | 10.4 (4.3\u201318) | ",
        "Sex",
        "male | 1 (13) | 3",
        "Number of previous transplants",
    ]
    assert table.notes == ("Not recorded of any patient: weight.",)
    assert table.rows[2].cells[1].results == ("baseline/sex/all@male",)


def test_overview() -> None:
    """One row a patient; what is not known is said."""
    one = {"group": "patient 1", "patients": ("1",)}
    table = overview_table(
        Results(
            [
                row("course", "cycles", n=2, text="5; 15", unit="ug/m2/d", **one),
                row("course", "response", text="primary responder", **one),
                row("course", "best_response", text="mrd <1e-4", method="deepest; method: pcr", **one),
                row("course", "event", at="death", estimate=17.0, text="death (infection)", **one),
                row("course", "follow_up", estimate=17.0, text="dead", **one),
                row("course", "cycles", n=0, group="patient 2", patients=("2",)),
            ]
        )
    )
    assert table.columns[2] == "Doses, \u00b5g/m\u00b2/day"
    unknown = "not recorded"
    assert texts(table) == [
        f"1 | 2 | 5; 15 | {unknown} | primary responder | MRD <1e-4 (pcr) | {unknown} | death (infection) (d17)",
        f"2 | 0 | {unknown} | {unknown} | {unknown} | {unknown} | {unknown} | no follow-up recorded",
    ]


def test_response() -> None:
    """K of n, the percentage with its interval, the patients; cycles with class, reason and conflict."""
    results = Results(
        [
            row("response", "responders", n=6, N=9, estimate=2 / 3, lower=0.2993, upper=0.9251, level=0.95, unit="1",
                patients=tuple("123456")),
            row("response", "mrd_conversion", group="responders", n=0, N=0),
            row("cycle_response", "class", at="responding", n=1, N=2, method="rule"),
            row("cycle_response", "cycle", group="patient 1", at="cycle 1", text="responding", method="97 % before"),
            row("cycle_response", "cycle", group="patient 1", at="cycle 2", method="nothing recorded", warning="two"),
            row("cycle_response", "log_reduction", group="patient 1", at="cycle 1", lower=1.8451, unit="{log}"),
            row("cycle_response", "log_reduction", group="patient 1", at="cycle 2", unit="{log}"),
            row("mrd", "state", group="patient 1", at="cycle 1", text="pcr: not detected at sensitivity 1e-6"),
        ]
    )  # fmt: skip
    assert texts(response_table(results)) == ["Responders | 6 of 9 | 66.7 % (95 % CI 29.9\u201392.5) | 1\u20136"]
    assert texts(cycle_table(results)) == [
        "responding | 1 of 2 cycles |  |  | rule",
        "Each cycle",
        "patient 1, cycle 1 | responding | at least 1.85 log | pcr: not detected at sensitivity 1e-6 | 97 % before",
        "patient 1, cycle 2 | no class | \u2013 |  | nothing recorded (two)",
    ]


def test_survival() -> None:
    """A section an endpoint, a column a population; a number that a population lacks is an empty cell."""
    results = Results(
        [
            row("OS", "patients", n=9), row("OS", "events", n=6), row("OS", "curve", at="0", text="All patients"),
            row("OS", "median", estimate=398.0, lower=17.0, level=0.95, unit="d", method="Kaplan-Meier"),
            row("OS", "survival", at="365", estimate=5 / 9, unit="1"),
            row("OS", "time", group="patient 6", warning="relapse on an unknown day"),
            row("OS", "curve", at="0", group="responders", text="Responders"),
        ]
    )  # fmt: skip
    table = survival_table(results, {"OS": "Overall survival"})
    assert table.columns == ("", "All patients", "Responders")
    assert texts(table) == [
        "Overall survival (OS)",
        "Patients, events | 9, 6 | ",
        "Median | 398 days (95 % CI 17\u2013not reached) | ",
        "At 365 days | 55.6 % | ",
        "After the last event |  | ",
        "Follow-up, reverse Kaplan-Meier |  | ",
    ]
    assert table.notes == ("OS, patient 6: relapse on an unknown day.", "Kaplan-Meier.")
    assert survival_table(Results([]), {"OS": "Overall survival"}).rows == ()


def test_published() -> None:
    """What differs comes first; what cannot be computed has a table of its own, with the reason."""
    results = Results(
        part
        for at, verdict, estimate, why in (
            ("2", "agrees", 398.0, None), ("3", "differs", 0.5, "3 of 6"), ("4", "cannot be computed", None, "no ages"),
        )
        for part in (
            row("published", "statement", at=at, text=f"number {at}", method="Table 2"),
            row("published", "printed", at=at, text="44 %"),
            row("published", "computed", at=at, estimate=estimate, unit="1" if verdict == "differs" else "d"),
            row("published", "verdict", at=at, text=verdict, warning=why),
        )
    )  # fmt: skip
    assert texts(published_table(results)) == [
        "number 3 | Table 2 | 44 % | 50.0 % | differs | 3 of 6",
        "number 2 | Table 2 | 44 % | 398 days | agrees | ",
    ]
    assert texts(not_computed_table(results)) == ["number 4 | Table 2 | 44 % | no ages"]


def test_a_row_has_a_cell_for_each_column() -> None:
    """Or one, for a heading; anything else is a mistake of ours."""
    with pytest.raises(ValueError, match="table t: a row has 2 cells for 3 columns"):
        Table("t", "T", ("a", "b", "c"), (Row((Cell("1"), Cell("2"))),))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"estimate": 5.9868}, "5.99 log"),
        ({"lower": 1.8451}, "at least 1.85 log"),
        ({"upper": 3.0}, "at most 3.00 log"),
        ({"lower": -1.1549, "upper": -1.1091}, "-1.15 to -1.11 log"),
        ({}, "\u2013"),
    ],
)
def test_log_reductions(values: dict[str, float], shown: str) -> None:
    """A value, a bound from one side, both bounds, or a dash."""
    assert log_reduction(row("cycle_response", "log_reduction", **values)) == shown
