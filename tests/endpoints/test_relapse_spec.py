"""Relapse by definition, derived from dated marrows, beside the recorded one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive, Shows

HEAD = "patient | day | test | method | value | unit\n"
REMISSION = "1 | 29 | marrow_blasts | microscopy | 1 | %"
CYCLE = "patient | cycle | start_day | end_day\n1 | 1 | 1 | 28"
PONTE, ABOVE = "ponte di legno 2022", "marrow blasts above"


def derived_days(derive: Derive, rows: list[str], **tables: Any) -> dict[str, int | None]:
    """Return the derived day of relapse by definition."""
    datasets = derive(exposure=CYCLE, measurements=HEAD + "\n".join(rows), **tables)
    frame = datasets.disease.relapse
    return dict(zip(frame["definition"], frame["derived_day"], strict=True))


def on(day: int, *texts: str) -> list[str]:
    """Return the readings of a day: `test method percent`."""
    return [f"1 | {day} | {' | '.join(text.split())} | %" for text in texts]


BLASTS, FLOW, PCR, NGS = "marrow_blasts microscopy", "mrd flow", "mrd pcr", "mrd ngs"


@pytest.mark.parametrize(
    ("readings", "ponte", "above"),
    [
        pytest.param([f"{BLASTS} 25"], 200, 200, id="25 % alone"),
        pytest.param([f"{BLASTS} 24.9"], None, 200, id="24.9 % alone"),
        pytest.param([f"{BLASTS} 24.9", f"{FLOW} 1"], 200, 200, id="24.9 % and one test of 1 %"),
        pytest.param([f"{BLASTS} 24.9", f"{FLOW} 0.99"], None, 200, id="24.9 % and one test below 1 %"),
        pytest.param([f"{BLASTS} 5", f"{FLOW} 1"], 200, None, id="5 % and one test: not above 5"),
        pytest.param([f"{BLASTS} >5", f"{FLOW} 1"], 200, 200, id="more than 5 %"),
        pytest.param([f"{BLASTS} 5.01"], None, 200, id="above 5 alone"),
        pytest.param([f"{BLASTS} 4.9", f"{FLOW} 1"], None, None, id="4.9 % and one test"),
        pytest.param([f"{BLASTS} 4.9", f"{FLOW} 1", f"{PCR} 1"], 200, None, id="4.9 % and two tests"),
        pytest.param([f"{BLASTS} 1", f"{FLOW} 1", f"{PCR} 1"], 200, None, id="1 % and two tests"),
        pytest.param([f"{BLASTS} 0.9", f"{FLOW} 0.9", f"{NGS} 0.9"], None, None, id="below 1 %"),
        pytest.param([f"{FLOW} 30"], 200, None, id="MRD is no count of blasts"),
        pytest.param([f"{FLOW} 4", f"{FLOW} 3", f"{FLOW} 2"], None, None, id="one assay thrice is one test"),
    ],
)
def test_the_definitions(derive: Derive, readings: list[str], ponte: int | None, above: int | None) -> None:
    """25 % alone, 5 to below 25 % with one other test, 1 to below 5 % with two; or marrow blasts above 5 %."""
    found = derived_days(derive, [REMISSION, *on(200, *readings)])
    assert (found.get(PONTE), found.get(ABOVE)) == (ponte, above)


@pytest.mark.parametrize(
    ("rows", "day"),
    [
        pytest.param(on(200, f"{BLASTS} 80"), None, id="never in remission"),
        pytest.param([*on(-200, f"{BLASTS} 1"), *on(-3, f"{BLASTS} 60"), *on(29, f"{BLASTS} 50")], None,
                     id="relapsed before treatment, refractory since"),
        pytest.param([*on(-3, f"{BLASTS} 1"), *on(29, f"{BLASTS} 50")], 29, id="treated in remission"),
        pytest.param([*on(-3, f"{BLASTS} 80"), REMISSION, *on(90, f"{BLASTS} 3"), *on(200, f"{BLASTS} 50")], 200,
                     id="the first onset"),
        pytest.param([REMISSION, *on(100, f"{BLASTS} 40"), *on(200, f"{BLASTS} 50")], 100, id="the first day"),
        pytest.param([*on(29, f"{FLOW} 0.9"), *on(200, f"{BLASTS} 50")], 200, id="remission by MRD below 1 %"),
        pytest.param([*on(29, f"{FLOW} 1"), *on(200, f"{BLASTS} 50")], None, id="MRD of 1 % is none"),
        pytest.param([*on(29, f"{BLASTS} 2", f"{FLOW} 8"), *on(200, f"{BLASTS} 50")], None, id="8 % beside 2 %: none"),
    ],
)  # fmt: skip
def test_relapse_follows_a_remission(derive: Derive, rows: list[str], day: int | None) -> None:
    """What was never in remission does not relapse; disease that goes on is no new relapse."""
    assert derived_days(derive, rows).get(PONTE) == day


@pytest.mark.parametrize(
    ("follow_up", "ponte", "above"),
    [
        pytest.param("1 | 210 | relapse | bone marrow", "derived and recorded | 200 | 210",
                     "derived and recorded | 200 | 210", id="both, ten days apart"),
        pytest.param("1 | | relapse | bone marrow", "derived and recorded | 200 |", "derived and recorded | 200 |",
                     id="recorded without a day"),
        pytest.param("1 | 300 | last contact |", "derived only | 200 |", "derived only | 200 |", id="not recorded"),
        pytest.param("1 | 150 | relapse | cns", "derived and recorded | 150 | 150", "derived only | 200 |",
                     id="first outside the marrow"),
        pytest.param("1 | -300 | relapse | bone marrow", "derived only | 200 |", "derived only | 200 |",
                     id="before treatment"),
    ],
)  # fmt: skip
def test_beside_the_recorded_relapse(derive: Derive, shows: Shows, follow_up: str, ponte: str, above: str) -> None:
    """Which of derived and recorded there is, with both days; relapse of the CNS is one by Ponte di Legno alone."""
    datasets = derive(
        exposure=CYCLE,
        measurements=HEAD + "\n".join([REMISSION, *on(200, f"{BLASTS} 60")]),
        follow_up=f"patient | day | event | site\n{follow_up}",
    )
    shows(
        datasets.disease.relapse,
        f"definition | agreement | derived_day | recorded_day\n{PONTE} | {ponte}\n{ABOVE} | {above}",
    )


def test_a_recorded_relapse_that_no_marrow_shows(derive: Derive, shows: Shows) -> None:
    """Recorded alone: the reason says that no dated marrow meets the definition."""
    datasets = derive(
        {"response": {"relapse": {"definitions": [PONTE]}}},
        exposure=CYCLE,
        measurements=HEAD + REMISSION,
        follow_up="patient | day | event | site\n1 | 200 | relapse | bone marrow",
    )
    shows(
        datasets.disease.relapse,
        "agreement | reason\nrecorded only | no marrow of a known day meets the definition after a remission",
    )


def test_a_limit_of_the_plan(derive: Derive) -> None:
    """The marrow limit of a relapse is a parameter."""
    plan = {"response": {"relapse": {"marrow_above_percent": 20, "definitions": [ABOVE]}}}
    rows = HEAD + "\n".join([REMISSION, *on(200, f"{BLASTS} 20"), *on(220, f"{BLASTS} 20.1")])
    assert derive(plan, exposure=CYCLE, measurements=rows).disease.relapse["derived_day"].to_list() == [220]
