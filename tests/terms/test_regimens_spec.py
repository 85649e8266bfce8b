"""Regimens as data: those shipped say what their sources say, and a file that contradicts itself is refused."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from engager.terms.regimens import Regimen, regimen_names, shipped_regimen
from engager.terms.shipped import shipped_text


def steps(name: str, cycle: int) -> list[tuple[object, ...]]:
    """Return the steps of a cycle of a shipped regimen."""
    block = shipped_regimen(name).cycles_of(cycle)
    assert block is not None
    return [(step.first_day, step.last_day, step.dose, step.unit, step.cap, step.flat) for step in block.steps]


def test_the_shipped_regimens_are_these() -> None:
    """Both papers' and the labelled ones."""
    assert regimen_names() == (
        "beijing-2022", "label-consolidation", "label-first-high-risk-relapse", "label-mrd-positive",
        "label-relapsed-refractory", "tuebingen-2014",
    )  # fmt: skip


@pytest.mark.parametrize("name", regimen_names())
def test_a_shipped_regimen_round_trips(name: str) -> None:
    """It has the name of its file and a source, and comes back from its own plain values."""
    regimen = shipped_regimen(name)
    assert regimen.name == name
    assert regimen.source
    assert Regimen.model_validate(regimen.model_dump(mode="json")) == regimen
    assert Regimen.model_validate(tomllib.loads(shipped_text("engager.terms.regimens", name))) == regimen
    assert sum(row["last_day"] - row["first_day"] + 1 for row in regimen.rows() if row["first_cycle"] == 1) == 28


def test_the_label_for_relapse() -> None:
    """9 then 28 ug/d from 45 kg on, 5 then 15 ug/m2/d below with caps; 14 days off, 56 from cycle 6 on; nine cycles."""
    label = shipped_regimen("label-relapsed-refractory")
    assert steps("label-relapsed-refractory", 1) == [
        (1, 7, (5.0,), "ug/m2/d", 9.0, 9.0), (8, 28, (15.0,), "ug/m2/d", 28.0, 28.0),
    ]  # fmt: skip
    for cycle in (2, 5, 6, 9):
        assert steps("label-relapsed-refractory", cycle) == [(1, 28, (15.0,), "ug/m2/d", 28.0, 28.0)]
    assert [label.cycles_of(cycle).days_off for cycle in (1, 5, 6, 9)] == [(14, 14), (14, 14), (56, 56), (56, 56)]  # type: ignore[union-attr]
    assert (label.maximal_cycles, label.cycles_of(10), label.flat_from_kg) == (9, None, 45.0)
    assert label.interruption is not None
    assert label.interruption.same_cycle_up_to_days == 7
    assert label.restart is not None
    assert (label.restart.dose, label.restart.flat, label.restart.days) == ((5.0,), 9.0, 7)


def test_the_other_labels() -> None:
    """28 days at one dose: four cycles for MRD, one for the first high-risk relapse, no number for consolidation."""
    numbers = {"label-mrd-positive": 4, "label-first-high-risk-relapse": 1, "label-consolidation": None}
    for name, cycles in numbers.items():
        assert steps(name, 1) == [(1, 28, (15.0,), "ug/m2/d", 28.0, 28.0)]
        assert shipped_regimen(name).maximal_cycles == cycles


def test_the_papers() -> None:
    """Tuebingen began with 5 or 15, went to 15 and 30 on non-response and consolidated; Beijing gave 15."""
    tuebingen, beijing = shipped_regimen("tuebingen-2014"), shipped_regimen("beijing-2022")
    assert steps("tuebingen-2014", 3) == [(1, 28, (5.0, 15.0), "ug/m2/d", None, None)]
    assert tuebingen.ladder == (5.0, 15.0, 30.0)
    assert tuebingen.consolidation is not None
    assert tuebingen.cycles[0].days_off == (7, 14)
    assert (tuebingen.flat_from_kg, tuebingen.interruption, tuebingen.premedication) == (None, None, ())
    assert steps("beijing-2022", 1) == [(1, 28, (15.0,), "ug/m2/d", None, None)]
    assert beijing.premedication[0].drug == "dexamethasone"


STEP = {"first_day": 1, "last_day": 28, "dose": 15, "unit": "ug/m2/d"}
PLAIN: dict[str, Any] = {
    "name": "ours",
    "title": "Ours",
    "source": "protocol",
    "cycles": [{"first": 1, "steps": [STEP]}],
}


def with_steps(*changes: dict[str, Any]) -> dict[str, Any]:
    """Return a regimen whose steps are changed ones."""
    return {**PLAIN, "cycles": [{"first": 1, "steps": [{**STEP, **change} for change in changes]}]}


def test_one_number_or_several() -> None:
    """A single dose, or a single number of days off, stands for itself."""
    regimen = Regimen.model_validate({**PLAIN, "cycles": [{"first": 1, "days_off": 14, "steps": [STEP]}]})
    assert regimen.cycles[0].days_off == (14, 14)
    assert regimen.cycles[0].steps[0].dose == (15.0,)
    assert Regimen.model_validate(with_steps({"unit": "\u00b5g/m\u00b2/day"})).cycles[0].steps[0].unit == "ug/m2/d"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (with_steps({"dose": -5}), "greater than 0"),
        (with_steps({"dose": 0}), "greater than 0"),
        (with_steps({"dose": float("nan")}), "finite"),
        (with_steps({"dose": [15, 5]}), "doses that rise"),
        (with_steps({"dose": []}), "at least 1 item"),
        (with_steps({"unit": "mg/m2/d"}), "ug/m2/d or ug/d"),
        (with_steps({"unit": "ug/m2/h"}), "ug/m2/d or ug/d. Did you mean `ug/m2/d`?"),
        (with_steps({"unit": 5}), "ug/m2/d or ug/d"),
        (with_steps({"unit": "ug/d", "cap": 28}), "flat already"),
        (with_steps({"last_day": 0}), "greater than or equal to 1"),
        (with_steps({"first_day": 5, "last_day": 4}), "`last_day` on `first_day` (5) or later"),
        (with_steps({"last_day": 7}, {"first_day": 7}), "do not overlap; day 7 stands in the step to day 7 too"),
        (with_steps({"last_day": 7}, {"first_day": 9}), "without a gap; day 8 stands in none"),
        (with_steps({"first_day": 2}), "begin on day 1"),
        (with_steps({"flat": 28}), "`flat_from_kg` and a dose with `flat`, or neither"),
        ({**PLAIN, "flat_from_kg": 45}, "`flat_from_kg` and a dose with `flat`, or neither"),
        ({**with_steps({"dose": [5, 15], "flat": 28}), "flat_from_kg": 45}, "one dose beside `flat`"),
        ({**PLAIN, "name": "Our protocol"}, "small letters, digits and hyphens"),
        ({**PLAIN, "cycles": []}, "at least 1 item"),
        ({**PLAIN, "cycles": [{"first": 2, "steps": [STEP]}]}, "cycles that begin with 1"),
        ({**PLAIN, "cycles": [{"first": 1, "last": 0, "steps": [STEP]}]}, "greater than or equal to 1"),
        (
            {**PLAIN, "cycles": [{"first": 1, "steps": [STEP]}, {"first": 3, "steps": [STEP]}]},
            "3 comes after those without end",
        ),
        (
            {**PLAIN, "cycles": [{"first": 1, "last": 1, "steps": [STEP]}, {"first": 3, "steps": [STEP]}]},
            "3 comes after those to 1",
        ),
        ({**PLAIN, "cycles": [{"first": 1, "days_off": [14, 7], "steps": [STEP]}]}, "least and the most"),
        ({**PLAIN, "escalation": {"after": "non-responding", "doses": [15], "unit": "ug/m2/d"}}, "at least two doses"),
        ({**PLAIN, "escalation": {"after": "non-responding", "doses": [9, 28], "unit": "ug/d"}}, "in the unit of"),
        ({**PLAIN, "sauce": 1}, "Extra inputs"),
    ],
)  # fmt: skip
def test_a_regimen_that_contradicts_itself_is_refused(raw: dict[str, Any], told: str) -> None:
    """Each with what was expected."""
    with pytest.raises(ValidationError) as caught:
        Regimen.model_validate(raw)
    assert told in str(caught.value)
