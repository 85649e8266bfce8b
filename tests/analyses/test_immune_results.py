"""Results of cells, cycles and cytokines: which rows there are, of how many, and what is said of what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.conftest import Derive

from engager.analyses.cycle_comparison import analyse_cycle_comparison
from engager.analyses.cytokines import analyse_cytokines
from engager.analyses.immune import analyse_immune
from engager.analyses.intervals import analyse_intervals
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult, Results

Analysis = Callable[[Datasets, AnalysisPlan], Iterator[AnalysisResult]]
EXPOSURE = "patient | cycle | start_day\n" + "\n".join(
    f"{p} | {c} | {1 + 42 * (c - 1)}" for p in "1234" for c in (1, 2)
)
# Patients 1 and 2 respond in cycle 1 and keep it; 3 fails once and then responds; 4 fails twice.
CLASSES = {"1": "RM", "2": "RM", "3": "NR", "4": "NN"}
T_CELLS = {"1": (500, 900), "2": (300, 800), "3": (100, 400), "4": (200, 150)}
RATIOS = {"1": ("9", "30"), "2": (">8", "40"), "3": ("0.5", "7.9"), "4": ("<0.2", "5.1")}
NAMES = {"R": "responding", "N": "non-responding", "M": "maintenance"}


def measurements() -> str:
    """Return classes, T cells and recorded ratios of four patients with two cycles each."""
    lines = ["patient | cycle | day | timepoint | test | specimen | value | unit"]
    for patient, classes in CLASSES.items():
        for cycle, letter in enumerate(classes, 1):
            lines.append(f"{patient} | {cycle} | | end of cycle | cycle_response | | {NAMES[letter]} |")
            day = 1 + 42 * (cycle - 1)
            lines.append(f"{patient} | | {day} | | cd3 | blood | {T_CELLS[patient][cycle - 1]} | /uL")
            lines.append(f"{patient} | | {day + 7} | | cd3 | blood | {2 * T_CELLS[patient][cycle - 1]} | /uL")
            ratio = RATIOS[patient][cycle - 1]
            lines.append(f"{patient} | {cycle} | | start of cycle | t_cell_to_blast_ratio | | {ratio} | {{ratio}}")
    return "\n".join(lines)


@pytest.fixture
def results_of(derive: Derive) -> Callable[..., Results]:
    """Return a function that gives the results of an analysis under the keys of a plan."""

    def run(analysis: Analysis, plan: dict[str, Any] | None = None, **tables: str) -> Results:
        given = {"exposure": EXPOSURE, "measurements": measurements()} | tables
        settings = AnalysisPlan.model_validate({"title": "spec", **(plan or {})})
        return Results(analysis(derive(plan, **given), settings))

    return run


def get(results: Results, *address: str) -> AnalysisResult:
    """Return the row of an address: analysis, name, group, at."""
    found = results.get(*address)
    assert found is not None, f"{address} among {[row.id for row in results][:40]}"
    return found


def test_t_cells_by_class(results_of: Callable[..., Results]) -> None:
    """Medians over cycles: responding 300, 400, 500; non-responding 100, 150, 200; by hand, n of N, and the warning."""
    results = results_of(analyse_cycle_comparison)
    row = get(results, "cycle_comparison", "median", "t_cells", "responding")
    assert (row.estimate, row.n, row.N, row.unit) == (400, 3, 3, "/uL")
    assert row.warning == "cycles of one patient are not independent"
    assert get(results, "cycle_comparison", "max", "t_cells", "non-responding").estimate == 200
    assert get(results, "cycle_comparison", "median", "t_cells", "maintenance").n == 2


def test_nothing_is_tested_below_ten_patients_unless_asked(results_of: Callable[..., Results]) -> None:
    """Three against two patients: no p-value; where the plan asks both tests, which differ."""
    at = "responding against non-responding"
    untested = get(results_of(analyse_cycle_comparison), "cycle_comparison", "rank_test", "t_cells", at)
    assert (untested.estimate, untested.n, untested.N, len(untested.patients)) == (None, 6, 6, 4)
    assert "not tested: fewer than 10 patients" in (untested.warning or "")
    results = results_of(analyse_cycle_comparison, {"tests_below_ten": True})
    exact = get(results, "cycle_comparison", "rank_test", "t_cells", at)
    # All three above all three: the two most extreme of 20 draws.
    assert exact.estimate == pytest.approx(0.1)
    assert "not independent" in (exact.warning or "")
    clustered = get(results, "cycle_comparison", "clustered_test", "t_cells", at)
    assert clustered.estimate is not None
    assert clustered.estimate != exact.estimate
    assert "Datta and Satten" in clustered.method
    assert get(results, "cycle_comparison", "shift", "t_cells", at).estimate == 250


def test_the_cuts_of_the_ratio(results_of: Callable[..., Results]) -> None:
    """Non-responding <0.2, 0.5, 5.1; responding 7.9, >8, 9: any cut between 5.1 and 7.9 separates, and 7 among them."""
    results = results_of(analyse_cycle_comparison)
    cut = get(results, "ratio_threshold", "separation", "ratio, as recorded")
    assert (cut.lower, cut.upper, cut.n, cut.N) == (5.1, 7.9, 6, 6)
    above = get(results, "ratio_threshold", "rule", "ratio, as recorded", "above 7")
    assert (above.n, above.N, above.lower) == (5, 5, None)
    below = get(results, "ratio_threshold", "rule", "ratio, as recorded", "not above 7")
    assert (below.n, below.N) == (0, 3)
    youden = get(results, "ratio_threshold", "youden_cut", "ratio, as recorded")
    assert youden.estimate == 7.9
    assert youden.warning == "2 cycles whose ratio is a bound are left out"


def test_where_no_cut_separates(results_of: Callable[..., Results]) -> None:
    """A responding cycle below a non-responding one: said in words, without bounds."""
    worse = measurements().replace("| 7.9 |", "| 2 |")
    results = results_of(analyse_cycle_comparison, measurements=worse)
    row = get(results, "ratio_threshold", "separation", "ratio, as recorded")
    assert (row.text, row.lower, row.upper) == ("no cut separates", None, None)


def test_a_bound_on_both_sides_of_the_limit_decides_nothing(results_of: Callable[..., Results]) -> None:
    """Above 6 may be above 7 or not."""
    results = results_of(analyse_cycle_comparison, measurements=measurements().replace(">8", ">6"))
    assert get(results, "ratio_threshold", "rule", "ratio, as recorded", "undecided").N == 1
    assert get(results, "ratio_threshold", "rule", "ratio, as recorded", "above 7").N == 4


def test_each_ratio_is_listed_or_missed_in_words(results_of: Callable[..., Results]) -> None:
    """Recorded ratios by cycle; the derived ones in one row, with the reasons and how often."""
    results = results_of(analyse_cycle_comparison)
    row = get(results, "cycle_measures", "ratio, as recorded", "patient 2", "cycle 1")
    assert (row.estimate, row.lower, row.upper) == (None, 8, None)
    lost = get(results, "cycle_measures", "ratio, blood leukocytes")
    assert (lost.n, lost.N) == (0, 8)
    assert "no count of leukocytes of blood" in (lost.warning or "")


def test_counts_by_timepoint_and_the_paired_test(results_of: Callable[..., Results]) -> None:
    """Baseline 100, 200, 300, 500; end of treatment 300, 800, 1600, 1800; before the first dose against after."""
    results = results_of(analyse_immune, {"tests_below_ten": True})
    baseline = get(results, "cell_counts", "median", "all", "cd3 blood, baseline")
    assert (baseline.estimate, baseline.n, baseline.N) == (250, 4, 4)
    assert get(results, "cell_counts", "median", "all", "cd3 blood, end of treatment").estimate == 1200
    paired = get(results, "cell_counts", "paired_test", "all", "cd3 blood")
    # All four rise: the two most extreme of 16 signs.
    assert paired.estimate == pytest.approx(2 / 16)
    increased = get(results, "cell_counts", "increased", "all", "cd3 blood")
    assert (increased.n, increased.N) == (4, 4)
    assert get(results, "cell_counts", "method", "count as recorded", "cd3 blood").n == 16


def test_each_value_is_a_row_of_the_course(results_of: Callable[..., Results]) -> None:
    """Patient, cycle, day of the cycle and class address a value; a second sample of the day has its number."""
    twice = measurements() + "\n1 | | 8 | | cd3 | blood | <7 | /uL"
    results = results_of(analyse_immune, measurements=twice)
    second = get(results, "cell_course", "cd3", "patient 1, cycle 1", "day 8, sample 2")
    assert (second.estimate, second.text) == (1000, "responding")
    first = get(results, "cell_course", "cd3", "patient 1, cycle 1", "day 8")
    assert (first.estimate, first.lower, first.upper) == (None, 0, 7)


def test_many_patients_have_quantiles_by_day(results_of: Callable[..., Results]) -> None:
    """61 patients with counts 1 to 61 on day 1: median 31 and quartiles 16 and 46, and no line of a single patient."""
    count = 61
    exposure = "patient | cycle | start_day\n" + "\n".join(f"{p} | 1 | 1" for p in range(1, count + 1))
    rows = [f"{p} | 1 | cd3 | {p} | /uL" for p in range(1, count + 1)]
    table = "patient | day | test | value | unit\n" + "\n".join(rows)
    results = results_of(analyse_immune, exposure=exposure, measurements=table)
    course = results.where(analysis="cell_course")
    assert len(course) == 1
    assert (course[0].estimate, course[0].lower, course[0].upper, course[0].n) == (31, 16, 46, 61)
    lower = "\n".join(f"{p} | 1 | cd3 | {p if p >= 40 else '<40'} | /uL" for p in range(1, count + 1))
    bound = results_of(analyse_immune, exposure=exposure, measurements=f"patient | day | test | value | unit\n{lower}")
    median = bound.where(analysis="cell_course")[0]
    assert (median.estimate, median.lower, median.upper) == (None, 0, 40)


def test_cytokines(results_of: Callable[..., Results]) -> None:
    """Two of three above the limit; the highest with its day; areas as bounds by cycle; limits for the figure."""
    table = """patient | day | test | value | unit
    1 | 1 | il_6 | 1256.92 | pg/mL
    1 | 7 | il_6 | <2.44 | pg/mL
    2 | 1 | il_6 | 10 | pg/mL
    3 | 1 | il_6 | <2.44 | pg/mL"""
    results = results_of(analyse_cytokines, {"immune": {"cytokine_loq": 2.44}}, measurements=table)
    above = get(results, "cytokines", "above_limit", "all", "il_6")
    assert (above.n, above.N, above.patients) == (2, 3, ("1", "2"))
    highest = get(results, "cytokines", "highest", "all", "il_6")
    assert (highest.estimate, highest.patients) == (1256.92, ("1",))
    assert get(results, "cytokines", "highest_day", "all", "il_6").estimate == 1
    area = get(results, "cytokines", "area_median", "all", "il_6, cycle 1")
    assert (area.estimate, area.n, area.N) == (None, 1, 3)
    assert (area.lower, area.upper) == pytest.approx((3770.76, 3778.08))
    low = get(results, "cytokines", "peak_min", "all", "il_6")
    assert (low.estimate, low.lower, low.upper) == (None, 0, 2.44)
    assert get(results, "cytokine_limit", "il_6", "all", "1").estimate == 2.44


def test_intervals_by_response(results_of: Callable[..., Results]) -> None:
    """Responders 10, 20, 30 days, the non-responder 40; a patient without a day is in N and not in n."""
    rows = "\n".join(f"{p} | hsct | before | {day}" for p, day in {"1": -10, "2": -20, "3": "", "4": -40}.items())
    results = results_of(analyse_intervals, therapies=f"patient | kind | phase | start_day\n{rows}")
    row = get(results, "intervals", "median", "from transplant", "responders")
    assert (row.estimate, row.n, row.N) == (15, 2, 3)
    assert get(results, "intervals", "median", "from transplant", "non-responders").estimate == 40
    assert get(results, "intervals", "rank_test", "from transplant", "responders against non-responders").warning


def test_a_study_without_any_of_it_has_no_rows(results_of: Callable[..., Results]) -> None:
    """Nothing is told of what nobody measured."""
    empty = {"exposure": "patient | cycle\n1 | 1", "measurements": "patient | test | value | unit\n1 | crp | 3 | mg/L"}
    for analysis in (analyse_immune, analyse_cytokines, analyse_cycle_comparison, analyse_intervals):
        assert len(results_of(analysis, **empty)) == 0
