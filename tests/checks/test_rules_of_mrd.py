"""Edit checks of MRD: a gate on CD19 after a drug that binds it, and limits that cannot be."""

from __future__ import annotations

import pytest
from tests.conftest import CohortOf

from engager.checks import check_cohort
from engager.plan import AnalysisPlan

HEAD = "patient | cycle | day | timepoint | test | specimen | method | target | value | unit | lod | loq\n"


def told(cohort_of: CohortOf, row: str, drug: str = "blinatumomab") -> list[str]:
    """Return the rules of MRD that a row breaks."""
    cohort = cohort_of(
        patients="patient\n1",
        exposure="patient | cycle | start_day | end_day | dose | unit\n1 | 1 | 1 | 28 | 15 | ug/m2/d",
        measurements=HEAD + row,
    )
    issues = check_cohort(cohort, AnalysisPlan(title="spec", drug=drug))
    return [issue.rule.removeprefix("measurements.") for issue in issues if ".mrd_" in issue.rule]


@pytest.mark.parametrize(
    ("row", "drug", "rules"),
    [
        pytest.param("1 | 1 | 29 | | mrd | | flow | | <1e-4 | 1 | |", "blinatumomab", ["mrd_cd19_gate"], id="unknown"),
        pytest.param("1 | 1 | 29 | | mrd | | flow | CD19+CD10+ | <1e-4 | 1 | |", "blinatumomab", ["mrd_cd19_gate"],
                     id="on CD19"),
        pytest.param("1 | 1 | | end of cycle | mrd | | flow | | <1e-4 | 1 | |", "Blinatumomab", ["mrd_cd19_gate"],
                     id="by its timepoint"),
        pytest.param("1 | 1 | 29 | | mrd | | flow | CD22, CD19-independent | <1e-4 | 1 | |", "blinatumomab", [],
                     id="without CD19"),
        pytest.param("1 | 1 | 1 | | mrd | | flow | | 1e-2 | 1 | |", "blinatumomab", [], id="before treatment"),
        pytest.param("1 | 1 | 29 | | mrd | | pcr | | <1e-4 | 1 | |", "blinatumomab", [], id="by PCR"),
        pytest.param("1 | 1 | 29 | | mrd | | flow | | not assessed | | |", "blinatumomab", [], id="not assessed"),
        pytest.param("1 | 1 | 29 | | mrd | | flow | | <1e-4 | 1 | |", "another", [], id="another drug"),
        pytest.param("1 | 1 | 1 | | mrd | | pcr | | not detected | 1 | 1e-8 |", "blinatumomab", ["mrd_sensitivity"],
                     id="a limit that PCR does not reach"),
        pytest.param("1 | 1 | 1 | | mrd | | pcr | | not detected | % | 1e-4 |", "blinatumomab", [],
                     id="a tenth of the best, in percent"),
        pytest.param("1 | 1 | 1 | | mrd | | pcr | | not detected | 1 | 1e-4 | 1e-5", "blinatumomab", ["mrd_limits"],
                     id="limits swapped"),
    ],
)  # fmt: skip
def test_rules_of_mrd(cohort_of: CohortOf, row: str, drug: str, rules: list[str]) -> None:
    """Flow after treatment whose gate needs CD19 or is not stated; a limit ten times deeper than reported; swapped."""
    assert told(cohort_of, row, drug) == rules
