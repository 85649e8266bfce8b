"""Result rows of small studies: counts, denominators, warnings and methods, worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import Derive

from engager.analyses import analyse
from engager.analyses.reproduction import agrees, read_ids
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult, Results

Analysed = Callable[..., Results]


@pytest.fixture
def analysed(derive: Derive) -> Analysed:
    """Return a function from tables in text to results."""

    def run(plan: dict[str, Any] | None = None, **tables: str) -> Results:
        return analyse(derive(plan, **tables), AnalysisPlan.model_validate({"title": "spec", **(plan or {})}))

    return run


def got(results: Results, analysis: str, name: str, group: str = "all", at: str | None = None) -> AnalysisResult:
    """Return a row that must be there."""
    row = results.get(analysis, name, group, at)
    assert row is not None
    return row


def test_categories_and_what_is_not_recorded(analysed: Analysed) -> None:
    """Words by falling count, then by the alphabet; those without an answer are a category; numbers in their order."""
    results = analysed(
        patients="""patient | sex | cns | relapse_number | diagnosis
        1 | male | yes | 2 | b
        2 | female | no | 1 | a
        3 | female | | 10 |"""
    )
    shown = {
        name: [(row.at, row.n, row.N) for row in results.where(analysis="baseline", name=name)]
        for name in ("sex", "cns", "relapse_number", "diagnosis", "risk")
    }
    assert shown == {
        "sex": [("female", 2, 3), ("male", 1, 3)],
        "cns": [("no", 1, 3), ("yes", 1, 3), ("not recorded", 1, 3)],
        "relapse_number": [("1", 1, 3), ("2", 1, 3), ("10", 1, 3)],
        "diagnosis": [("a", 1, 3), ("b", 1, 3), ("not recorded", 1, 3)],
        "risk": [(None, 0, 3)],
    }
    assert got(results, "baseline", "risk").warning == "not recorded of any patient"
    assert got(results, "baseline", "sex", at="female").sources == ("patients:3", "patients:4")


def test_the_spread_of_a_measure(analysed: Analysed) -> None:
    """Quantiles of type 2 over those who have a value: of 4, 6, 8 and 20 the median is 7."""
    results = analysed(patients="patient | age\n1 | 4\n2 | 6\n3 | 8\n4 | 20\n5 | ")
    values = {row.at: row.estimate for row in results.where(analysis="baseline", name="age")}
    assert values == {"median": 7, "q1": 5, "q3": 14, "min": 4, "max": 20}
    assert (got(results, "baseline", "age", at="median").n, got(results, "baseline", "age", at="median").N) == (4, 5)


RESPONSES = {
    "patients": "patient\n1\n2\n3\n4",
    "exposure": "patient | cycle\n1 | 1\n2 | 1\n3 | 1",
    "measurements": """patient | cycle | timepoint | test | value | unit
    1 | 1 | start of cycle | mrd | 1 | %
    1 | 1 | end of cycle | mrd | <1e-5 | 1
    2 | 1 | start of cycle | mrd | <1e-4 | 1
    2 | 1 | end of cycle | mrd | <1e-4 | 1
    3 | 1 | start of cycle | mrd | 1 | %""",
}


def test_conversion_is_out_of_those_who_were_positive(analysed: Analysed) -> None:
    """Two were MRD-positive before; one converted, the other was not assessed."""
    results = analysed(**RESPONSES)
    for group, n, out_of in (("all", 1, 2), ("responders", 1, 1)):
        row = got(results, "response", "mrd_conversion", group)
        assert (row.n, row.N, row.patients) == (n, out_of, ("1",))
    assert got(results, "response", "mrd_not_assessed").patients == ("3",)


def test_everyone_has_a_place_among_the_responses(analysed: Analysed) -> None:
    """Responder, remission kept and not assessed add up to all."""
    results = analysed(**RESPONSES)
    assert got(results, "response", "responders").patients == ("1",)
    assert got(results, "response", "remission_kept").patients == ("2",)
    assert got(results, "response", "response_not_assessed").patients == ("3", "4")
    assert got(results, "cycle_response", "class", at="not classed").patients == ("3",)


def test_survival_of_nobody(analysed: Analysed) -> None:
    """Without any follow-up there is a count of 0, the reason, and no curve."""
    results = analysed(patients="patient\n1\n2")
    row = got(results, "OS", "patients")
    assert (row.n, row.warning) == (0, "no event and no follow-up: not in the analysis (patients 1, 2)")
    assert results.get("OS", "median") is None


def test_a_median_that_is_not_reached(analysed: Analysed) -> None:
    """One death of three leaves the curve at 2/3; after the last follow-up nothing can be said."""
    results = analysed(
        {"landmarks": [50, 500]}, follow_up="patient | day | event\n1 | 10 | death\n2 | 90 | alive\n3 | 90 | alive"
    )
    median, late = got(results, "OS", "median"), got(results, "OS", "survival", at="500")
    assert median.estimate is None
    assert (median.warning or "").startswith("not reached")
    assert got(results, "OS", "survival", at="50").estimate == pytest.approx(2 / 3)
    assert late.estimate is None
    assert (late.warning or "").startswith("not estimable: after the last follow-up")


def test_a_warning_names_its_patients_once(analysed: Analysed) -> None:
    """The same warning of several patients is told once."""
    results = analysed(
        follow_up="patient | day | event\n1 | | relapse\n1 | 9 | death\n2 | | relapse\n2 | 9 | death\n3 | 9 | alive"
    )
    warning = got(results, "EFS", "median").warning or ""
    assert warning.count("relapse on an unknown day") == 1
    assert "(patients 1, 2)" in warning


def test_every_method_says_rule_and_statistics(analysed: Analysed) -> None:
    """The words name what is counted and how; the interval says its level and kind."""
    results = analysed(**RESPONSES, follow_up="patient | day | event\n1 | 10 | death\n2 | 90 | alive")
    assert got(results, "response", "responders").method == "a responding cycle; 95 % Clopper-Pearson interval"
    assert got(results, "cycle_response", "class", at="responding").method == (
        "marrow blasts below 5 % and at least 2 log fewer; "
        "derived from the burden recorded where it decides, else as the treating team states it"
    )
    assert got(results, "EFS", "events").method.startswith("first of: death, marrow relapse, extramedullary relapse, ")
    assert all(row.method for row in results)


@pytest.mark.parametrize(
    ("computed", "printed", "same"),
    [
        (33.333, "33", True), (33.333, "33.3", True), (33.333, "30", False), (12.5, "12", True), (12.5, "13", True),
        (12.51, "12", False), (0.3, "1e-6", False), (1.4e-6, "1e-6", True), (2150.0, "2150", True),
        (2150.6, "2150", False), (-2.5, "-3", True),
    ],
)  # fmt: skip
def test_agreement_is_at_the_printed_precision(computed: float, printed: str, same: bool) -> None:
    """Ours, rounded as printed, is the printed number; a half may go either way."""
    assert agrees(computed, printed) is same


@pytest.mark.parametrize(
    ("text", "ids"), [("2, 4-6", "2456"), ("1\u20133", "123"), ("7", "7"), ("", ""), ("A-1, B", ["A-1", "B"])]
)
def test_printed_lists_of_patients(text: str, ids: str | list[str]) -> None:
    """Runs joined by a hyphen or an en dash; a pseudonym with a hyphen is no run."""
    assert read_ids(text) == set(ids)
