"""Tables of cells, cycles and cytokines: what stands in a cell, and which results are behind it."""

from __future__ import annotations

from typing import Any

from engager.results import AnalysisResult, Results
from engager.tables.immune import (
    cell_count_table,
    change_table,
    cycle_comparison_table,
    ratio_table,
    threshold_table,
)
from engager.tables.immune_cytokines import cytokine_area_table, cytokine_table
from engager.tables.immune_intervals import interval_table
from engager.tables.table import Table


def row(analysis: str, name: str, group: str = "all", at: str | None = None, **values: Any) -> AnalysisResult:
    """Return a result."""
    return AnalysisResult(analysis=analysis, name=name, group=group, at=at, **values)


def spread(analysis: str, group: str, at: str, values: tuple[Any, Any, Any], of: str = "", **more: Any) -> list[Any]:
    """Return median, least and greatest; a pair is a bound."""
    rows = []
    for name, value in zip(("median", "min", "max"), values, strict=True):
        number = {"lower": value[0], "upper": value[1]} if isinstance(value, tuple) else {"estimate": value}
        rows.append(row(analysis, f"{of}{name}", group, at, **number, **more))
    return rows


def texts(table: Table) -> list[str]:
    """Return the rows of a table as text, cells between vertical bars."""
    return [" | ".join(cell.text for cell in line.cells) for line in table.rows]


def test_cell_counts() -> None:
    """A section a population with its method, timepoints in the order of time, bounds as bounds, losses in a note."""
    results = Results(
        [
            *spread("cell_counts", "all", "cd3 blood, end of treatment", (1320.0, 580.0, 2400.0), n=8, N=23),
            *spread("cell_counts", "all", "cd3 blood, cycle 2 nadir", ((0, 5.0), (0, 5.0), 12.5), n=2, N=23),
            *spread("cell_counts", "all", "cd3 blood, baseline", (725.0, 310.0, 1480.0), n=8, N=23),
            row("cell_counts", "method", "count as recorded", "cd3 blood", n=24, N=24),
            row("cell_counts", "not_computed", "no count of lymphocytes in the same sample", "nk blood", n=3, N=9),
        ]
    )
    table = cell_count_table(results)
    assert texts(table) == [
        "CD3, T cells, blood, per µL (count as recorded)",
        "Baseline | 8 of 23 | 725 | 310–1480",
        "Cycle 2 nadir | 2 of 23 | <5 | <5–12.5",
        "End of treatment | 8 of 23 | 1320 | 580–2400",
    ]
    lost = "Natural killer cells, blood: 3 of 9 values not computed, no count of lymphocytes in the same sample."
    assert lost in table.notes
    assert table.rows[1].cells[2].results == ("cell_counts/median/all@cd3 blood, baseline",)
    assert cell_count_table(Results([])).rows == ()


def test_changes() -> None:
    """Depletion with its day, recovery in cycles, the paired test with the shift."""
    results = Results(
        [
            row("b_cell_depletion", "patients", at="depleted", n=4, N=12, estimate=1 / 3, unit="1"),
            *spread("b_cell_depletion", "all", "depleted", (3.0, 2.0, 8.0), of="day_", n=4, N=12, unit="d"),
            row("cell_counts", "recovery", "recovered", "cd3 blood", n=5, N=9, estimate=15.0, unit="d"),
            row("cell_counts", "paired_test", at="cd3 blood", estimate=0.0078, n=8, unit="{p}"),
            row("cell_counts", "paired_shift", at="cd3 blood", estimate=500.0, lower=100.0, upper=900.0, level=0.95,
                unit="/uL"),
        ]
    )  # fmt: skip
    assert texts(change_table(results)) == [
        "B cells of the blood: depleted | 4 of 12 | 33.3 % | ",
        "Day of depletion, median (range) | 4 | 3 (2–8) | ",
        "CD3, T cells: recovered | 5 of 9 cycles | median day 15 | ",
        "CD3, T cells, blood: end of treatment against baseline | 8 | P = 0.008, shift 500 per µL (95 % CI 100–900) | ",
    ]


def test_cycles_compared_and_the_threshold() -> None:
    """Both tests beside each other; the cuts that separate, and the plan's limit with k of n."""
    at = "responding against non-responding"
    cycles = Results(
        [
            *spread("cycle_comparison", "t_cells", "responding", (194.0, 80.0, 400.0), n=6, N=6, unit="/uL"),
            row("cycle_comparison", "median", "t_cells", "non-responding", n=0, N=6, unit="/uL"),
            row("cycle_comparison", "rank_test", "t_cells", at, estimate=0.69, unit="{p}"),
            row("cycle_comparison", "clustered_test", "t_cells", at, unit="{p}", warning="not tested: few"),
        ]
    )
    table = cycle_comparison_table(cycles)
    assert texts(table) == ["CD3 cells per µL of blood | none of 6 | 194 (80–400); 6 |  | P = 0.690 | –"]
    assert "Not tested: few." in table.notes
    ratio = "ratio, as recorded"
    results = Results(
        [
            row("ratio_threshold", "separation", ratio, n=4, N=12, lower=0.2, upper=10.0, patients=("5", "6")),
            row("ratio_threshold", "youden_cut", ratio, n=4, N=12, estimate=7.9, lower=5.1, upper=9.0, level=0.95),
            row("ratio_threshold", "limit", ratio, estimate=7.0),
            row("ratio_threshold", "rule", ratio, "above 7", n=2, N=2, estimate=1.0, unit="1"),
            row("ratio_threshold", "rule", ratio, "not above 7", n=0, N=0, unit="1"),
            row("ratio_threshold", "rule", ratio, "undecided", n=0, N=0, unit="1"),
        ]
    )
    assert [text.split(" | ", 1)[1] for text in texts(threshold_table(results))] == [
        "Every cut between separates | 4 of 12, 2 patients | 0.2–10 | ",
        "Youden's cut | 4 of 12, 0 patients | 7.9 (95 % CI 5.1–9) | ",
        "Responding or maintenance, ratio above 7 | 2 of 2 | 100.0 % | ",
        "Responding or maintenance, ratio not above 7 | 0 of 0 | no cycle | ",
    ]


def test_the_listing_of_ratios() -> None:
    """A row a cycle in natural order, with its class; what could not be computed is told in the cell or a note."""
    measure = {"analysis": "cycle_measures", "unit": "{ratio}"}
    results = Results(
        [
            row(name="ratio, as recorded", group="patient 10", at="cycle 1", lower=10.0, **measure),
            row(name="ratio, as recorded", group="patient 9", at="cycle 1", upper=0.2, lower=0.0, **measure),
            row("cycle_measures", "t_cells", "patient 9", "cycle 1", estimate=179.0, unit="/uL"),
            row(name="ratio, blood leukocytes", n=0, N=2, warning="computed for no cycle: 2 cycles: why", **measure),
            row("cycle_response", "cycle", "patient 9", "cycle 1", text="non-responding"),
        ]
    )
    table = ratio_table(results)
    assert table.columns[2:] == ("CD3 cells per µL of blood", "Ratio, as recorded")
    assert texts(table) == [
        "patient 9, cycle 1 | non-responding | 179 | <0.2",
        "patient 10, cycle 1 |  | not recorded | >10",
    ]
    assert table.notes == ("Ratio, by blood leukocytes: computed for no cycle: 2 cycles: why.",)


def test_cytokines() -> None:
    """Analytes in the order of the panel, peaks that are bounds, the highest with its day; areas by cycle."""
    peak = spread("cytokines", "all", "il_6", ((0, 2.44), (0, 2.44), 1256.92), of="peak_", n=20, N=20)
    area = spread("cytokines", "all", "il_6, cycle 1", ((0, 14.64), (0, 14.64), 9055.03), of="area_", n=20, N=20)
    results = Results(
        [
            row("cytokines", "above_limit", at="il_10", n=0, N=20, unit="1"),
            row("cytokines", "above_limit", at="il_6", n=9, N=20, unit="1"),
            *peak,
            row("cytokines", "highest", at="il_6", estimate=1256.92),
            row("cytokines", "highest_day", at="il_6", estimate=7.0),
            *area,
            row("cytokine_limit", "il_6", at="1", estimate=2.44),
        ]
    )
    table = cytokine_table(results)
    assert texts(table) == [
        "IL-6 | 9 of 20 (45) | <2.44 (<2.44–1257) | – | 1257 (7)",
        "IL-10 | 0 of 20 (0) | – | – | none above the limit",
    ]
    assert "Limit of quantification: 2.44 pg/mL." in table.notes
    assert texts(cytokine_area_table(results)) == ["IL-6, cycle 1 | 20 of 20 | <14.6 (<14.6–9055)"]


def test_intervals() -> None:
    """Median, range and n of N by response; the reason where nothing is tested."""
    results = Results(
        [
            *spread("intervals", "from transplant", "responders", (282.0, 100.0, 500.0), n=6, N=6, unit="d"),
            row("intervals", "median", "from transplant", "non-responders", n=0, N=3, unit="d"),
            row("intervals", "rank_test", "from transplant", "both", unit="{p}", warning="not tested: few"),
        ]
    )
    table = interval_table(results)
    assert texts(table) == ["From the last transplant to the first dose, days | 282 (100–500); 6 of 6 | none of 3 | –"]
    assert table.notes == ("Not tested: few.",)
