"""What the Tuebingen paper tells of T cells and blasts: four ratios of two patients, all of them bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.analyses.cycle_comparison import analyse_cycle_comparison
from engager.analyses.immune import analyse_immune
from engager.analyses.intervals import analyse_intervals
from engager.endpoints import derive_endpoints
from engager.plan import read_plan
from engager.readers import read_cohort
from engager.results import Results

STUDY = Path(__file__).parents[2] / "examples" / "tuebingen-2014"


@pytest.fixture(scope="module")
def results() -> Results:
    """The results of immunity of the nine patients."""
    plan = read_plan(STUDY)
    datasets = derive_endpoints(read_cohort(STUDY, plan)[0], plan)
    analyses = (analyse_immune, analyse_cycle_comparison, analyse_intervals)
    return Results(row for analysis in analyses for row in analysis(datasets, plan))


def test_every_cut_from_a_fifth_to_ten_separates_the_four_cycles(results: Results) -> None:
    """Below 0.2 twice without response, above 10 and above 100 with it; the paper's 7 is one of many cuts."""
    row = results.get("ratio_threshold", "separation", "ratio, as recorded")
    assert row is not None
    assert (row.lower, row.upper, row.n, row.N, row.patients) == (0.2, 10, 4, 12, ("5", "6"))
    above = results.get("ratio_threshold", "rule", "ratio, as recorded", "above 7")
    assert above is not None
    assert (above.n, above.N) == (2, 2)
    assert results.get("ratio_threshold", "youden_cut", "ratio, as recorded") is None


def test_no_cell_count_is_invented(results: Results) -> None:
    """The paper gives no count of a patient: no median, no test, and the ratio's own denominators have no value."""
    assert not results.where(analysis="cell_counts")
    median = results.get("cycle_comparison", "median", "t_cells", "responding")
    assert median is not None
    assert (median.estimate, median.n, median.N, median.warning) == (None, 0, 6, "no value recorded")
    derived = results.get("cycle_measures", "ratio, blood leukocytes")
    assert derived is not None
    assert (derived.n, derived.N) == (0, 18)


def test_the_transplants_have_no_day(results: Results) -> None:
    """All nine were transplanted before; on which day is not printed."""
    rows = results.where(analysis="intervals", name="median", group="from transplant")
    assert [(row.at, row.n, row.N) for row in rows] == [("responders", 0, 6), ("non-responders", 0, 3)]
