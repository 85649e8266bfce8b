"""The eighteen cycles of Tuebingen 2014, worked by hand from the paper: class, reason, reduction, MRD, conversion.

Reductions: 97 % to 1e-6 is log10(970000) = 5.99; 3.1 % to below 1e-4 at least log10(310) = 2.49; 70 % to below 1 % at
least log10(70) = 1.85; 11 % to below 1e-4 at least log10(1100) = 3.04; 7 % to above 90 % between log10(7/100) = -1.15
and log10(7/90) = -1.11; 51 % to above 90 % between -0.29 and -0.25.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.analyses.efficacy import analyse_efficacy
from engager.analyses.mrd import analyse_mrd
from engager.analyses.remission import analyse_remission
from engager.analyses.response import analyse_cycle_response, analyse_response
from engager.endpoints import Datasets, derive_endpoints
from engager.plan import AnalysisPlan, read_plan
from engager.readers import read_cohort
from engager.results import Results
from engager.tables.response import cycle_table

STUDY = Path(__file__).parents[2] / "examples" / "tuebingen-2014"

# Cycle; class derived from the data and as it counts; reduction; how the reason begins.
CYCLES = """
1, 1 | responding | responding | 5.99 log | 97 % before, 0.0001 % after (5.99 log): responding
1, 2 | maintenance | maintenance | – | no burden recorded before, 0.0001 % at the end of the previous cycle, below 0.0001 %
2, 1 | responding | responding | at least 2.49 log | 3.1 % before, below 0.01 % after (at least 2.49 log): responding
3, 1 | | responding | – | 0.4 % before, no burden recorded after; best response of this patient, the cycle not recorded
3, 2 | | maintenance | – | no burden recorded before or after; best response of this patient, the cycle not recorded: below
3, 3 | | maintenance | – | no burden recorded before or after; best response of this patient, the cycle not recorded: below
3, 4 | | maintenance | – | no burden recorded before or after; best response of this patient, the cycle not recorded: below
4, 1 | | responding | at least 1.85 log | 70 % before, below 1 % after (at least 1.85 log): the bounds do not decide; class
5, 1 | | non-responding | – | 70 % before, no burden recorded after; best response of this patient, the cycle not recorded
5, 2 | | responding | – | 30 % before, below a limit that is not recorded after: the bounds do not decide; class as the
5, 3 | | maintenance | – | no burden recorded before or after; best response of this patient, the cycle not recorded: below
5, 4 | | maintenance | – | no burden recorded before, below 0.0001 % after; class as the treating team states it
6, 1 | | non-responding | – | 80 % before, no burden recorded after; class as the treating team states it
6, 2 | responding | responding | at least 3.04 log | 11 % before, below 0.01 % after (at least 3.04 log): responding
7, 1 | non-responding | non-responding | -1.15 to -1.11 log | 7 % before, above 90 % after: non-responding
8, 1 | | non-responding | – | 11 % before, no burden recorded after; best response of this patient, the cycle not recorded: 6.7 %, a reduction, but neither below 5 % nor by 2 log; class as
8, 2 | | non-responding | – | no burden recorded before or after; best response of this patient, the cycle not recorded: 6.7 %, not below 5 %; class as
9, 1 | non-responding | non-responding | -0.29 to -0.25 log | 51 % before, above 90 % after: non-responding
"""  # noqa: E501 - a row a cycle


@pytest.fixture(scope="module")
def plan() -> AnalysisPlan:
    """The plan of the example."""
    return read_plan(STUDY)


@pytest.fixture(scope="module")
def datasets(plan: AnalysisPlan) -> Datasets:
    """The analysis datasets."""
    return derive_endpoints(read_cohort(STUDY, plan)[0], plan)


@pytest.fixture(scope="module")
def results(datasets: Datasets, plan: AnalysisPlan) -> Results:
    """The results of the disease."""
    analyses = (analyse_cycle_response, analyse_response, analyse_mrd, analyse_remission, analyse_efficacy)
    return Results(row for analysis in analyses for row in analysis(datasets, plan))


def test_the_eighteen_cycles(datasets: Datasets, results: Results) -> None:
    """Each cycle: the class that the data prove, the one that counts, the reduction as a bound, the reason."""
    derived = {f"{row['patient']}, {row['cycle']}": row["derived"] for row in datasets.cycle_response.to_dicts()}
    shown = [row for row in cycle_table(results).rows if row.indent]
    expected = [line.split("|") for line in CYCLES.strip().splitlines()]
    assert len(shown) == len(expected) == 18
    for row, line in zip(shown, expected, strict=True):
        cycle, of_data, counts, reduction, reason = (part.strip() for part in line)
        texts = [cell.text for cell in row.cells]
        assert texts[:3] == [f"patient {cycle.replace(', ', ', cycle ')}", counts, reduction]
        assert (derived[cycle] or "") == of_data
        assert texts[4].startswith(reason)


def test_conversion_five_of_six_by_cycle(results: Results) -> None:
    """Patients 1 and 2 after cycle 1, 6 after cycle 2, 5 after cycle 4 (cycle 2 does not decide), 3 not said."""
    found = {row.at: (row.n, row.N, row.patients) for row in results.where(analysis="mrd", name="converted_first")}
    assert found == {
        "cycle 1": (2, 9, ("1", "2")),
        "cycle 2": (1, 9, ("6",)),
        "cycle 4": (1, 9, ("5",)),
        "cycle not recorded": (1, 9, ("3",)),
    }
    assert "does not decide" in (results.by_id("mrd/converted_first/all@cycle 4").warning or "")
    responders = results.get("response", "mrd_conversion", "responders")
    assert responders is not None
    assert (responders.n, responders.N) == (5, 6)


def test_remission_cannot_be_evaluated_without_counts(results: Results) -> None:
    """The paper gives no blood counts: six M1 marrows are not evaluable as CR, three marrows show no remission."""
    found = {row.at: row.patients for row in results.where(analysis="remission", name="best") if row.n}
    assert found == {"no remission": ("7", "8", "9"), "not evaluable": ("1", "2", "3", "4", "5", "6")}


def test_recorded_relapses_have_no_dated_marrow(results: Results) -> None:
    """Patients 5 (outside the marrow) and 6 relapsed as recorded; no marrow has a day, so none is derived."""
    ponte = results.get("relapse", "recorded only", at="ponte di legno 2022")
    above = results.get("relapse", "recorded only", at="marrow blasts above")
    assert ponte is not None
    assert above is not None
    assert (ponte.patients, above.patients) == (("5", "6"), ("6",))


def test_marrow_before_treatment(results: Results) -> None:
    """M2 or M3 in all but patients 2 (3.1 %) and 3 (0.4 %); of the primary responders in 1 and 4."""
    everyone = results.by_id("marrow_status/m2_or_m3/all@before")
    primary = results.by_id("marrow_status/m2_or_m3/primary responders@before")
    assert everyone.patients == ("1", "4", "5", "6", "7", "8", "9")
    assert primary.patients == ("1", "4")


def test_efficacy_outcomes(results: Results) -> None:
    """The default outcomes: 5 of 9 converted, 5 of 9 transplanted; nobody's CR is known."""
    found = {row.at: (row.n, row.N) for row in results.where(analysis="efficacy", group="all") if row.N}
    assert found == {
        "MRD from positive to negative": (5, 9),
        "MRD negative first after cycle 1": (2, 9),
        "MRD negative first after cycle 2": (1, 9),
        "Complete remission (CR, CRh or CRi)": (0, 9),
        "Transplanted after treatment": (5, 9),
        "Maintenance therapy after treatment": (0, 9),
    }
    remission = results.by_id("efficacy/complete_remission/all@Complete remission (CR, CRh or CRi)")
    assert (remission.warning or "").startswith("6 of the 9 not evaluable for it")
