"""Result rows of cytokine release syndrome and neurotoxicity: counts out of all treated, patients, sources, words."""

from __future__ import annotations

import pytest
from tests.conftest import Derive

from engager.analyses import analyse
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult, Results

TABLES = {
    "patients": "patient | age | sex\n1 | 8 | male\n2 | 14 | female\n3 | 5 | male\n4 | 6 | female",
    "measurements": """patient | day | test | value | unit
    1 | 2 | temperature | 38.6 | Cel
    1 | 2 | vasopressors | one |
    1 | 2 | oxygen_device | none |
    1 | 3 | temperature | 38.0 | Cel
    1 | 3 | hypotension | no |
    1 | 3 | oxygen_device | none |
    1 | 4 | temperature | 37 | Cel
    1 | 4 | hypotension | no |
    1 | 4 | oxygen_device | none |
    2 | 4 | temperature | 38.5 | Cel
    3 | 4 | temperature | 37.1 | Cel""",
    "adverse_events": """patient | term | grade | start_day | ctcae_version
    1 | Cytokine release syndrome | 2 | 2 |
    2 | Tremor | 1 | 5 | 5.0""",
}


@pytest.fixture
def results(derive: Derive) -> Results:
    """Return the results of the small study."""
    plan = {"group_by": "sex"}
    return analyse(derive(plan, **TABLES), AnalysisPlan.model_validate({"title": "spec", **plan}))


def got(results: Results, name: str, group: str = "all", at: str | None = None) -> AnalysisResult:
    row = results.get("cytokine_release", name, group, at)
    assert row is not None
    return row


def test_patients_by_grade_out_of_all_treated(results: Results) -> None:
    """One of four has grade 3, one at least grade 1, one cannot be told, one has nothing recorded."""
    counts = {
        row.at: (row.n, row.N, row.patients)
        for row in results.where(analysis="cytokine_release", name="grade", group="all")
    }
    astct = {at.removeprefix("ASTCT 2019: "): told for at, told in counts.items() if at and at.startswith("ASTCT")}
    assert astct == {
        "1": (1, 4, ("2",)), "2": (0, 4, ()), "3": (1, 4, ("1",)), "4": (0, 4, ()), "5": (0, 4, ()),
        "none": (0, 4, ()), "cannot be told": (1, 4, ("3",)), "not recorded": (1, 4, ("4",)),
    }  # fmt: skip
    assert got(results, "at_least", at="ASTCT 2019").patients == ("2",)
    assert got(results, "grade_3_or_higher", at="ASTCT 2019").patients == ("1",)
    assert got(results, "any_grade", at="ASTCT 2019").n == 2
    assert got(results, "grade", at="ASTCT 2019: 3").sources == ("measurements:2", "measurements:3", "measurements:4")


def test_each_scale_counts_every_patient_once(results: Results) -> None:
    """Grades, none, cannot be told and not recorded add up to all treated, for each scale and group."""
    for group, treated in (("all", 4), ("sex=male", 2), ("sex=female", 2)):
        rows = results.where(analysis="cytokine_release", name="grade", group=group)
        scales = dict.fromkeys((row.at or "").split(":")[0] for row in rows)
        assert len(scales) == 5
        for scale in scales:
            own = [row for row in rows if (row.at or "").startswith(f"{scale}:")]
            assert sum(row.n or 0 for row in own) == treated


def test_a_patient_in_words(results: Results) -> None:
    """Worst grade with what decided and what is open; first day and length of the first episode."""
    worst = got(results, "worst", "patient 1", "ASTCT 2019")
    assert (worst.text, worst.method) == ("grade 3", "one vasopressor, with or without vasopressin")
    assert got(results, "worst", "patient 2", "ASTCT 2019").text == "at least grade 1"
    assert got(results, "worst", "patient 2", "ASTCT 2019").warning == (
        "not recorded: hypotension, vasopressors, oxygen device"
    )
    assert got(results, "onset", "patient 1", "ASTCT 2019").estimate == 2
    assert (
        got(results, "duration", "patient 1", "ASTCT 2019").estimate,
        got(results, "onset_median", at="ASTCT 2019").estimate,
    ) == (2, 3)
    assert results.get("cytokine_release", "worst", "patient 4", "ASTCT 2019") is None


def test_disagreements_are_counted_and_told(results: Results) -> None:
    """Recorded grade 2 against derived grade 3, and a derived one without an event: two of two."""
    assert got(results, "agreement", "patient 1", "ASTCT 2019").text == "differs"
    assert got(results, "agreement", "patient 1", "ASTCT 2019").method == (
        "recorded: grade 2, day 2; by ASTCT 2019: grade 3 (one vasopressor, with or without vasopressin), day 2"
    )
    assert got(results, "agreement", "patient 2", "ASTCT 2019").text == "derived only"
    row = got(results, "disagreements")
    assert (row.n, row.N, row.patients) == (2, 2, ("1", "2"))


def test_no_component_is_not_nobody(results: Results) -> None:
    """ICANS: the row says that nothing was recorded, no grade is counted, and where the tremor stands."""
    row = results.get("neurotoxicity", "assessed")
    assert row is not None
    assert (row.n, row.warning) == (0, "no component of ICANS was recorded")
    assert results.where(analysis="neurotoxicity", name="grade") == ()
    tremor = results.get("neurotoxicity", "not_counted")
    assert tremor is not None
    assert (tremor.n, tremor.text, tremor.sources) == (1, "tremor", ("adverse_events:3",))
    assert tremor.method.startswith("tremor and myoclonus do not count for ICANS")
