"""Table 1 with a column for each group, from results written by hand."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.baseline import baseline_table
from engager.tables.table import Table


def row(name: str, **values: object) -> AnalysisResult:
    """Return a baseline result with the values given."""
    return AnalysisResult(analysis="baseline", name=name, **values)  # type: ignore[arg-type]


def texts(table: Table) -> list[str]:
    """Return the rows of a table as text, cells between vertical bars."""
    return [" | ".join(cell.text for cell in line.cells) for line in table.rows]


GROUP = "group=unfit"
RESULTS = [
    row("patients", n=4, N=4, patients=("1", "2", "3", "4")),
    row("patients", group=GROUP, text="unfit", n=3, N=4, patients=("1", "2", "3")),
    *(row("age", at=at, estimate=value, n=4, N=4, unit="a")
      for at, value in (("median", 6.5), ("min", 2), ("max", 11))),
    row("age", group=GROUP, n=0, N=3, unit="a"),
    *(row("days_from_diagnosis", at=at, estimate=value, n=4, N=4, unit="d")
      for at, value in (("median", 548), ("min", 1), ("max", 1491))),
    row("weight", n=0, N=4, unit="kg"),
    row("sex", at="male", n=1, N=4, patients=("4",)),
    row("sex", at="male", group=GROUP, n=0, N=3),
    row("group", at="unfit", n=3, N=4, patients=("1", "2", "3")),
]  # fmt: skip


def test_a_column_for_each_group() -> None:
    """Nobody is 0 (0); what a group lacks is said; what is not told of a group is empty; patients are not listed."""
    table = baseline_table(Results(RESULTS))
    assert table.columns == ("Characteristic", "All patients (n = 4), n (%)", "unfit (n = 3), n (%)")
    assert texts(table) == [
        "Age, years, median (range) | 6.5 (2\u201311) | not recorded",
        "Time from diagnosis, days, median (range) | 548 (1\u20131491) | not recorded",
        "Sex",
        "male | 1 (25) | 0 (0)",
        "Group",
        "unfit | 3 (75) | ",
    ]
    assert table.numeric == {1, 2}
    assert table.notes == ("Not recorded of any patient: weight.",)
    assert table.rows[3].cells[2].results == (f"baseline/sex/{GROUP}@male",)


def test_many_patients_are_not_listed() -> None:
    """Beyond 30 the column of patients is left out."""
    crowd = tuple(map(str, range(31)))
    rows = [row("patients", n=31, N=31, patients=crowd), row("sex", at="male", n=31, N=31, patients=crowd)]
    table = baseline_table(Results(rows))
    assert table.columns == ("Characteristic", "All patients (n = 31), n (%)")
    assert texts(table) == ["Sex", "male | 31 (100)"]
