"""Best response, MRD conversion and M1 marrow, as tables."""

from __future__ import annotations

import pytest
from tests.conftest import Derive, Shows

CYCLES = "patient | cycle\n1 | 1\n1 | 2"
HEAD = "patient | cycle | timepoint | test | method | value | unit\n"


def test_the_best_response_is_the_deepest_reading(derive: Derive, shows: Shows) -> None:
    """The lowest upper bound; methods that gave it stand together, whatever the unit."""
    datasets = derive(
        exposure=CYCLES,
        measurements=HEAD
        + """1 | 1 | start of cycle | mrd | pcr | <1e-6 | 1
        1 | 1 | end of cycle | mrd | pcr | <1e-4 | 1
        1 | 2 | end of cycle | mrd | flow | <0.01 | %
        1 | 2 | end of cycle | marrow_blasts | microscopy | <1 | %""",
    )
    shows(
        datasets.best_response,
        "patient | best | unit | methods | sources\n1 | <1e-4 | 1 | pcr, flow | measurements:3, measurements:4",
    )


@pytest.mark.parametrize(
    ("readings", "best"),
    [
        (["mrd | flow | >90 | %", "mrd | pcr | positive, not quantifiable | "], "positive, not quantifiable"),
        (["mrd | flow | 0.2 | %", "mrd | pcr | not detected | "], "not detected"),
        (["mrd | flow | <1e-4 | 1", "mrd | pcr | not detected | "], "<1e-4"),
        (["mrd | pcr | 1e-6 | 1", "mrd | flow | <1e-4 | 1"], "1e-6"),
        (["mrd | pcr | not assessed | "], None),
    ],
)
def test_the_deepest_of_bounds(derive: Derive, readings: list[str], best: str | None) -> None:
    """An answer without a limit goes after proven negativity and before everything else."""
    rows = "\n".join(f"1 | {i} | end of cycle | {text}" for i, text in enumerate(readings, 1))
    found = derive(exposure=CYCLES, measurements=HEAD + rows).best_response["best"].to_list()
    assert found == ([best] if best else [])


@pytest.mark.parametrize(
    ("before", "after", "converted"),
    [
        pytest.param("mrd 0.4 %", ["mrd <1e-4 1"], "yes", id="below the limit"),
        pytest.param("marrow_blasts 50 %", ["mrd <1e-4 1"], "yes", id="positive by blasts"),
        pytest.param("mrd 0.4 %", ["mrd 1e-4 1"], "no", id="exactly the limit is positive"),
        pytest.param("mrd 1e-4 1", ["mrd <1e-4 1"], "yes", id="positive at the limit"),
        pytest.param("mrd 0.4 %", ["mrd <=1e-4 1"], "not assessed", id="at most the limit decides nothing"),
        pytest.param("mrd 0.4 %", ["mrd 0.1 %"], "no", id="still positive"),
        pytest.param("mrd 0.4 %", ["marrow_blasts <0.001 %"], "not assessed", id="blasts are no MRD"),
        pytest.param("mrd 0.4 %", ["mrd <1e-3 1"], "not assessed", id="assay not deep enough"),
        pytest.param("mrd 0.4 %", [], "not assessed", id="nothing after"),
        pytest.param("mrd 0.4 %", ["mrd <1e-4 1", "mrd 0.1 %"], "no", id="two methods, one positive"),
        pytest.param("mrd <1e-4 1", ["mrd <1e-4 1"], None, id="negative before: nothing to convert"),
        pytest.param("", ["mrd <1e-4 1"], None, id="not known before"),
    ],
)
def test_mrd_conversion(derive: Derive, before: str, after: list[str], converted: str | None) -> None:
    """From a positive burden before the first cycle to MRD below the limit, and no positive MRD beside it."""
    rows = [f"1 | 1 | {when} | {test} | | {value} | {unit}" for when, test, value, unit in _rows(before, after)]
    found = derive(exposure=CYCLES, measurements=HEAD + "\n".join(rows)).mrd_conversion["converted"].to_list()
    assert found == ([converted] if converted else [])


def _rows(before: str, after: list[str]) -> list[tuple[str, ...]]:
    texts = [("start of cycle", before)] if before else []
    return [(when, *text.split()) for when, text in [*texts, *(("end of cycle", text) for text in after)]]


def test_conversion_starts_before_the_first_cycle(derive: Derive, shows: Shows) -> None:
    """A patient MRD-negative at the start who relapses between cycles has not converted."""
    datasets = derive(
        exposure=CYCLES,
        measurements=HEAD
        + """1 | 1 | start of cycle | mrd | pcr | <1e-4 | 1
        1 | 1 | end of cycle | mrd | pcr | <1e-4 | 1
        1 | 2 | start of cycle | mrd | pcr | 5 | %""",
    )
    shows(datasets.mrd_conversion, "patient | converted")


def test_m1_marrow_is_measured_or_stated(derive: Derive, shows: Shows) -> None:
    """Blasts below 5 % after a cycle, or M1 as stated; before treatment, or long after it, is no remission by it."""
    datasets = derive(
        exposure="patient | cycle | end_day\n1 | 1 | 28\n2 | 1 | 28\n3 | 1 | 28\n4 | 1 | 28",
        measurements="""patient | cycle | timepoint | day | test | value | unit
        1 | 1 | end of cycle | | marrow_blasts | <5 | %
        2 | 1 | best response | | marrow_status | M1 |
        2 | | | 30 | marrow_status | M1 |
        3 | 1 | start of cycle | | marrow_status | M1 |
        3 | | | 300 | marrow_status | M1 |
        4 | 1 | end of cycle | | marrow_blasts | 5 | %
        4 | 1 | end of cycle | | marrow_status | M2 | """,
    )
    shows(
        datasets.marrow_remission,
        "patient | sources\n1 | measurements:2\n2 | measurements:3, measurements:4",
    )
