"""What an MRD reading says: its state with the sensitivity, never a bare `negative`, and the category of a cycle."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive, Shows

HEAD = "patient | cycle | timepoint | test | method | value | unit | lod | loq\n"
CYCLE = "patient | cycle\n1 | 1"


def read(*texts: str) -> str:
    """Return MRD readings after cycle 1: `method | value | unit | lod | loq`."""
    return HEAD + "\n".join(f"1 | 1 | end of cycle | mrd | {text}" for text in texts)


@pytest.mark.parametrize(
    ("reading", "state"),
    [
        pytest.param("pcr | 0.5 | % | |", "quantifiable | pcr: 0.005", id="a number"),
        pytest.param("pcr | 1e-4 | 1 | 1e-5 | 1e-4", "quantifiable | pcr: 0.0001", id="at the limit of quantification"),
        pytest.param(
            "pcr | 5e-5 | 1 | 1e-5 | 1e-4",
            "positive, not quantifiable | pcr: positive, not quantifiable",
            id="below it",
        ),
        pytest.param(
            "pcr | positive, not quantifiable | 1 | 1e-5 | 1e-4",
            "positive, not quantifiable | pcr: positive, not quantifiable",
            id="said so",
        ),
        pytest.param(
            "ngs | not detected | 1 | 1e-6 |", "not detected | ngs: not detected at sensitivity 1e-6", id="with a limit"
        ),
        pytest.param(
            "ngs | not detected | | |", "not detected | ngs: not detected, sensitivity not stated", id="limit unknown"
        ),
        pytest.param("flow | 0 | % | 0.01 |", "not detected | flow: not detected at sensitivity 0.0001", id="a zero"),
        pytest.param(
            "flow | <0.01 | % | 0.01 |", "not detected | flow: not detected at sensitivity 0.0001", id="below the limit"
        ),
        pytest.param(
            "flow | <0.01 | % | |", "below a bound | flow: below 0.0001, whether detected not stated", id="a bare bound"
        ),
        pytest.param("flow | >90 | % | |", "quantifiable | flow: above 0.9", id="a bound from below"),
    ],
)
def test_the_state_of_a_reading(derive: Derive, shows: Shows, reading: str, state: str) -> None:
    """Quantifiable, positive but not quantifiable, not detected at a sensitivity, or below a bound."""
    datasets = derive(exposure=CYCLE, measurements=read(reading))
    kind, words = state.split(" | ")
    shows(datasets.burden, f"state\n{kind}")
    shows(datasets.disease.mrd_cycles, f"states\n{words}")


def test_a_cycle_without_a_reading_is_not_assessed(derive: Derive, shows: Shows) -> None:
    """Nothing recorded, and `not assessed` said so, are both no negative."""
    datasets = derive(exposure="patient | cycle\n1 | 1\n2 | 1", measurements=read("pcr | not assessed | | |"))
    shows(
        datasets.disease.mrd_cycles,
        "patient | states | negative | category\n1 | not assessed | |\n2 | not assessed | |",
    )


@pytest.mark.parametrize(
    ("sensitivity", "reading", "high"),
    [
        pytest.param({}, "ngs | not detected | 1 | |", "", id="no limit is invented"),
        pytest.param({"ngs": 1e-6}, "ngs | not detected | 1 | |", "1e-06", id="the plan's stands for the row's"),
        pytest.param({"ngs": 1e-6}, "ngs | not detected | 1 | 1e-5 |", "1e-05", id="the row's own goes first"),
        pytest.param({"ngs": 1e-6}, "flow | not detected | 1 | |", "", id="only for its method"),
        pytest.param({"ngs": 1e-6}, "ngs | positive, not quantifiable | 1 | |", "", id="no limit of quantification"),
    ],
)
def test_a_sensitivity_of_the_plan(
    derive: Derive, shows: Shows, sensitivity: dict[str, float], reading: str, high: str
) -> None:
    """What the plan states of a method fills a limit of detection that the row does not give, and nothing else."""
    plan: dict[str, Any] = {"response": {"mrd": {"sensitivity": sensitivity}}}
    datasets = derive(plan, exposure=CYCLE, measurements=read(reading))
    shows(datasets.burden, f"patient | high\n1 | {high}")


@pytest.mark.parametrize(
    ("readings", "category"),
    [
        pytest.param(["ngs | not detected | 1 | 1e-6 |"], "complete", id="deep enough"),
        pytest.param(["flow | not detected | 1 | 1e-4 |"], "complete", id="a sensitivity of 0.01 % exactly"),
        pytest.param(["flow | not detected | 1 | 1.1e-4 |"], "intermediate", id="not deep enough"),
        pytest.param(["flow | not detected | 1 | |"], "intermediate", id="of unknown depth"),
        pytest.param(["pcr | 9e-5 | 1 | |"], "intermediate", id="just below 0.01 %"),
        pytest.param(["pcr | 1e-4 | 1 | |"], "failure", id="0.01 % exactly"),
        pytest.param(["pcr | <1e-4 | 1 | |"], "complete or intermediate", id="a bound"),
        pytest.param(["pcr | <1e-3 | 1 | |"], "", id="a bound that decides nothing"),
        pytest.param(
            ["pcr | <1e-4 | 1 | |", "ngs | not detected | 1 | 1e-6 |"], "complete", id="a bound takes nothing"
        ),
        pytest.param(["flow | not detected | 1 | 1e-4 |", "ngs | 2e-6 | 1 | |"], "intermediate", id="the worst counts"),
        pytest.param(["flow | not detected | 1 | 1e-4 |", "pcr | 0.1 | % | |"], "failure", id="one positive"),
    ],
)
def test_the_category_of_a_cycle(derive: Derive, shows: Shows, readings: list[str], category: str) -> None:
    """Complete: not detected at 0.01 % or deeper. Failure: 0.01 % or above. The worst proven counts."""
    datasets = derive(exposure=CYCLE, measurements=read(*readings))
    shows(datasets.disease.mrd_cycles, f"patient | category\n1 | {category}")
