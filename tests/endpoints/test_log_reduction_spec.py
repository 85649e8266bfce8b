"""Log reduction as a value or a bound, which readings are compared, and maintenance from the previous cycle's end."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive, Shows

HEAD = "patient | cycle | timepoint | test | method | value | unit | lod\n"
NAMES = {"b": "marrow_blasts", "m": "mrd"}


def cycle(before: list[str], after: list[str], number: int = 1) -> str:
    """Return the readings of a cycle: `b value` for blasts, `m:method value` for MRD, as fractions."""
    rows = []
    for when, texts in (("start of cycle", before), ("end of cycle", after)):
        for text in texts:
            kind, _, value = text.partition(" ")
            test, _, method = kind.partition(":")
            rows.append(f"1 | {number} | {when} | {NAMES[test]} | {method} | {value} | 1 |")
    return "\n".join(rows)


def reduced(derive: Derive, before: list[str], after: list[str], **plan: Any) -> Any:
    """Return the datasets of one cycle with readings before and after."""
    return derive(plan, exposure="patient | cycle\n1 | 1", measurements=HEAD + cycle(before, after))


@pytest.mark.parametrize(
    ("before", "after", "low", "high", "words"),
    [
        pytest.param("b 0.1", "b 0.001", 2.0, 2.0, "(2 log)", id="a value"),
        pytest.param("b 0.7", "b <0.01", 1.8450980400, float("inf"), "(at least 1.85 log)", id="at least"),
        pytest.param("b >0.9", "b 0.009", 2.0, 2.0457574906, "(2 to 2.05 log)", id="between"),
        pytest.param("b <0.01", "b 0.001", float("-inf"), 1.0, "", id="at most"),
        pytest.param("b 0.1", "m:pcr not detected", None, float("inf"), "", id="no bound"),
    ],
)
def test_the_reduction_is_a_value_or_a_bound(
    derive: Derive, before: str, after: str, low: float | None, high: float, words: str
) -> None:
    """From 70 % to below 1 % is at least log10(70), 1.85 log; nothing known of a reading bounds nothing."""
    found = reduced(derive, [before], [after]).cycle_response.row(0, named=True)
    assert found["log_reduction_low"] == (pytest.approx(low, abs=1e-9) if low is not None else None)
    assert found["log_reduction_high"] == pytest.approx(high, abs=1e-9)
    assert words in found["reason"]


@pytest.mark.parametrize(
    ("before", "after", "compare", "answer"),
    [
        pytest.param(["m:pcr 0.1"], ["m:flow 1e-4"], False, " | yes |", id="two assays are not compared"),
        pytest.param(["m:pcr 0.1"], ["m:flow 1e-4"], True, "3 | no | responding", id="the plan compares them"),
        pytest.param(["m:pcr 0.1"], ["m:pcr 1e-4"], False, "3 | no | responding", id="one assay"),
        pytest.param(["m:pcr 0.1"], ["m: 1e-4"], False, "3 | no | responding", id="an assay not named"),
        pytest.param(["b 0.1"], ["m:flow 1e-4"], False, "3 | no | responding", id="blasts and MRD"),
        pytest.param(
            ["m:pcr 0.1", "m:flow 0.5"], ["m:pcr 1e-4"], False, "3 | no | responding", id="the one done twice"
        ),
        pytest.param(["m:pcr 0.1"], ["m:flow 0.2"], False, " | yes |", id="nor is a rise by another assay"),
    ],
)
def test_assays_are_not_compared(
    derive: Derive, shows: Shows, before: list[str], after: list[str], compare: bool, answer: str
) -> None:
    """MRD of two assays gives no reduction and no class; where one assay was done both times it is taken."""
    datasets = reduced(derive, before, after, response={"mrd": {"compare_assays": compare}})
    shows(datasets.cycle_response, f"log_reduction_low | refused | derived\n{answer}")


def test_a_refusal_is_told(derive: Derive) -> None:
    """The reason names both assays."""
    reason = reduced(derive, ["m:pcr 0.1"], ["m:flow 1e-4"]).cycle_response["reason"].item()
    assert reason == "10 % before, 0.01 % after: MRD by pcr and by flow, which the plan does not compare"


@pytest.mark.parametrize(
    ("end_of_first", "start", "end", "answer"),
    [
        pytest.param(["m:pcr <1e-4"], [], ["m:pcr <1e-4"], "maintenance", id="negative at both ends"),
        pytest.param(["m:pcr <1e-4"], [], ["m:pcr 1e-3"], "", id="positive after: open"),
        pytest.param(["m:pcr 1e-3"], [], ["m:pcr <1e-4"], "", id="positive before: open"),
        pytest.param([], [], ["m:pcr <1e-4"], "", id="nothing at the previous end"),
        pytest.param(["m:pcr <1e-4"], ["b 0.3"], ["m:pcr <1e-4"], "responding", id="its own start goes first"),
        pytest.param(["m:pcr 1e-1"], [], ["m:pcr 1e-1"], "", id="no other class is carried"),
    ],
)
def test_maintenance_from_the_previous_end(
    derive: Derive, shows: Shows, end_of_first: list[str], start: list[str], end: list[str], answer: str
) -> None:
    """Without a reading before it, a cycle keeps a negative MRD that closed the cycle before."""
    rows = filter(None, [cycle([], end_of_first), cycle(start, end, 2)])
    datasets = derive(exposure="patient | cycle\n1 | 1\n1 | 2", measurements=HEAD + "\n".join(rows))
    shows(datasets.cycle_response, f"cycle | derived\n1 |\n2 | {answer}")


def test_a_missing_cycle_carries_nothing(derive: Derive, shows: Shows) -> None:
    """The end of cycle 1 tells nothing of the start of cycle 3."""
    rows = [cycle([], ["m:pcr <1e-4"]), cycle([], ["m:pcr <1e-4"], 3)]
    datasets = derive(exposure="patient | cycle\n1 | 1\n1 | 3", measurements=HEAD + "\n".join(rows))
    shows(datasets.cycle_response, "cycle | derived\n1 |\n3 |")


def test_a_best_response_without_a_cycle(derive: Derive) -> None:
    """It closes no cycle, and tells of each that no reading closes: 11 % to 6.7 % fits no class."""
    datasets = derive(
        exposure="patient | cycle\n1 | 1",
        measurements=HEAD
        + "1 | 1 | start of cycle | marrow_blasts | | 0.11 | 1 |\n"
        + "1 | | best response | marrow_blasts | flow | 6.7 | % |",
    )
    assert datasets.cycle_response["reason"].item() == (
        "11 % before, no burden recorded after; best response of this patient, the cycle not recorded: 6.7 %, "
        "a reduction, but neither below 5 % nor by 2 log"
    )
    assert datasets.cycle_response["class"].item() is None
