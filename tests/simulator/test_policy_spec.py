"""Policies: courses worked by hand, with the truth of the model planted; what a policy cannot ask for is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.simulator.planted import Truth, children, course, exposure_of, never, policy_of

from engager.errors import InputError
from engager.simulator.policies.policy import policy_names, read_policy, refuse_misfit
from engager.terms.regimens import shipped_regimen

REPEAT = {"when": "no response", "then": "repeat"}
STOP = {"when": "no response", "then": "stop"}
CONSOLIDATE = {"when": "response", "then": "consolidate"}
QUIET = {"I6": lambda times, *_: np.zeros_like(times)}  # no interleukin 6, so that there is no cytokine release
FULL = {**QUIET, "lnLp": lambda times, *_: np.full_like(times, 27.0), "lnLn": never}
CURED = {**QUIET, "lnLp": lambda times, *_: np.where(times > 10, -200.0, 27.0), "lnLn": never}


def storm(from_rate: float) -> Truth:
    """Return a truth in which interleukin 6 is immense as soon as the infusion runs at a rate."""
    return {**FULL, "I6": lambda _, rate, *__: np.where(rate >= from_rate, 1e5, 0.0)}


def test_without_response_cycles_are_repeated_up_to_the_most() -> None:
    """5 then 15 ug/m2/d for 28 days, 14 off, 15 for 28: two cycles, and no third."""
    ward = course(policy_of(REPEAT, most_cycles=2), FULL, children(1))
    assert exposure_of(ward) == [
        (1, 1, 7, 5, "dose change"), (1, 8, 28, 15, "completed"), (2, 43, 70, 15, "completed"),
    ]  # fmt: skip


def test_without_a_rule_treatment_ends() -> None:
    """Nothing says what to do without a response, so nothing is done; a rule to stop does the same."""
    for policy in (policy_of(), policy_of(STOP)):
        assert [row[0] for row in exposure_of(course(policy, FULL, children(1)))] == [1, 1]


def test_a_response_is_consolidated() -> None:
    """No blasts at the end of cycle 1: two cycles of consolidation follow, then the treatment is over."""
    ward = course(policy_of(CONSOLIDATE, consolidation_cycles=2), CURED, children(1))
    assert [row[0] for row in exposure_of(ward)] == [1, 1, 2, 3]
    assert ward.remission[0]
    assert ward.molecular[0]


def test_the_dose_is_escalated_rung_by_rung_and_not_beyond() -> None:
    """Tuebingen: 5, 15, 30, and 30 again."""
    escalate = {"when": "no response", "then": "escalate"}
    ward = course(policy_of(escalate, most_cycles=4), FULL, children(1), shipped_regimen("tuebingen-2014"))
    assert [row[3] for row in exposure_of(ward)] == [5, 15, 30, 30]


def test_chemotherapy_comes_between_cycles_and_makes_them_wait() -> None:
    """From 2 days after the infusion for 5 days, and 14 days of rest: the next cycle begins on day 28 + 21 + 1."""
    rule = {"when": "no response", "then": ["chemotherapy", "repeat"], "times": 1}
    ward = course(policy_of(rule), FULL, children(1))
    block = ward.journal.read("therapy").select("kind", "phase", "cycle", "start_day", "end_day").rows()
    assert block == [("chemotherapy", "between", 1, 31, 35)]
    assert exposure_of(ward)[2][:3] == (2, 50, 77)


def test_a_rule_applies_as_often_as_it_says() -> None:
    """The first rule once, then the second: chemotherapy after cycle 1, none after cycle 2."""
    first = {"when": "no response", "then": ["chemotherapy", "repeat"], "times": 1}
    ward = course(policy_of(first, REPEAT, most_cycles=3), FULL, children(1))
    assert ward.journal.read("therapy")["cycle"].to_list() == [1]
    assert [row[0] for row in exposure_of(ward)] == [1, 1, 2, 3]


def test_cytokine_release_of_grade_3_holds_and_restarts_low() -> None:
    """A storm at 15 on day 8: held on that day, 4 days without, 5 for 7 days, then 15 again, and held once more.

    28 days of infusion in all: 8 before the hold, 7 low, then 1, 7 low, 1, and 4 low at the end of the cycle.
    """
    hold = {"when": "cytokine release", "grade": 3, "then": "hold"}
    ward = course(policy_of(hold, STOP), storm(15), children(1))
    assert exposure_of(ward) == [
        (1, 1, 7, 5, "dose change"), (1, 8, 8, 15, "interruption"),
        (1, 13, 19, 5, "dose change"), (1, 20, 20, 15, "interruption"),
        (1, 25, 31, 5, "dose change"), (1, 32, 32, 15, "interruption"),
        (1, 37, 40, 5, "completed"),
    ]  # fmt: skip
    events = ward.journal.read("event").select("term", "grade", "start", "action").rows()
    assert [event for event in events if event[0] != "Fever"] == [
        ("Cytokine release syndrome", 4, start, "interrupted") for start in (7.25, 19.25, 31.25)
    ]
    steroids = ward.journal.read("therapy").select("name", "start_day", "end_day").rows()
    assert steroids == [("dexamethasone", 8, 10), ("dexamethasone", 20, 22), ("dexamethasone", 32, 34)]


def test_the_first_rule_for_a_grade_applies() -> None:
    """Grade 4 stops where a rule for it stands before that for grade 3."""
    rules = [{"when": "cytokine release", "grade": grade, "then": then} for grade, then in ((4, "stop"), (3, "hold"))]
    ward = course(policy_of(*rules, REPEAT), storm(15), children(1))
    assert exposure_of(ward) == [(1, 1, 7, 5, "dose change"), (1, 8, 8, 15, "adverse event")]


def test_a_second_occurrence_has_its_own_rule() -> None:
    """Held the first time, stopped the second."""
    second = {"when": "cytokine release", "grade": 3, "then": "stop", "occurrence": 2}
    hold = {"when": "cytokine release", "grade": 3, "then": "hold"}
    ward = course(policy_of(second, hold), storm(15), children(1))
    assert [row[4] for row in exposure_of(ward)] == ["dose change", "interruption", "dose change", "adverse event"]


def test_remission_leads_to_a_transplant_or_to_maintenance() -> None:
    """A transplant 30 days after the last infusion; maintenance two weeks after it."""
    wait = {"wait_days": [30, 30], "donors": {"haploidentical": 1.0}}
    ward = course(policy_of({"when": "remission", "then": "transplant"}, transplantation=wait), CURED, children(1))
    rows = ward.journal.read("therapy").select("kind", "start_day", "donor").rows()
    assert rows == [("hsct", 59, "haploidentical")]
    ward = course(policy_of({"when": "remission", "then": "maintenance"}), CURED, children(1))
    assert ward.journal.read("therapy").select("kind", "start_day").rows() == [("maintenance", 43)]


def test_a_relapse_before_the_transplant_takes_it_away() -> None:
    """In remission on day 28, full of blasts from day 40 on: a relapse, and no transplant on day 128."""
    back = {**QUIET, "lnLn": never, "lnLp": lambda times, *_: np.where((times > 10) & (times < 40), -20.0, 27.0)}
    policy = policy_of({"when": "remission", "then": "transplant"}, transplantation={"wait_days": [100, 100]})
    ward = course(policy, back, children(1))
    events = ward.journal.read("follow").select("event", "day").rows()
    assert events == [("end of treatment", 28), ("relapse", 42), ("last contact", 200)]


def test_each_patient_is_decided_on_alone() -> None:
    """The stretches of patients 0 to 5 among twelve are those of the six alone, by chance or not."""
    policy = policy_of({**REPEAT, "chance": 0.5}, STOP, most_cycles=4)
    many, few = (course(policy, FULL, children(n)) for n in (12, 6))
    assert [exposure_of(many, at) for at in range(6)] == [exposure_of(few, at) for at in range(6)]
    assert len({len(exposure_of(many, at)) for at in range(12)}) > 1, "the chance decides differently"


@pytest.mark.parametrize("name", policy_names())
def test_shipped_policies_read(name: str) -> None:
    """Each is a file that can be read, under its own name."""
    assert read_policy(name).name == name


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{ when = "no response", then = "escalat" }', "rules"),
        ('{ when = "response", then = "hold" }', "hold after a toxicity alone"),
        ('{ when = "cytokine release", then = "hold" }', "`grade` with cytokine release"),
        ('{ when = "seizure", grade = 3, then = "hold" }', "`grade` with cytokine release"),
        ('{ when = "seizure", then = "repeat" }', "hold or stop after a toxicity"),
        ('{ when = "no response", then = ["stop", "repeat"] }', "stop alone"),
        ('{ when = "no response", then = "repeat", chance = 2 }', "less than or equal to 1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(tmp_path: Path, line: str, told: str) -> None:
    """The issue names the file and the key."""
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "mine"\ntitle = "t"\nsource = "s"\nrules = [{line}]\n', "utf-8")
    with pytest.raises(InputError, match=told) as refused:
        read_policy(str(path))
    assert refused.value.issues[0].place.file == "mine.toml"


def test_a_name_that_is_none_is_told_the_nearest() -> None:
    """`tuebingen-2015` was meant to be `tuebingen-2014`."""
    with pytest.raises(InputError, match="Did you mean `tuebingen-2014`"):
        read_policy("tuebingen-2015")


def test_a_policy_that_the_regimen_cannot_follow_is_refused() -> None:
    """An escalation without a ladder; a hold longer than the label's 7 days, after which a new cycle would begin."""
    with pytest.raises(InputError, match="escalation"):
        refuse_misfit(read_policy("tuebingen-2014"), shipped_regimen("label-mrd-positive"))
    with pytest.raises(InputError, match="at most 7 days"):
        refuse_misfit(policy_of(hold={"days": 8}), shipped_regimen("label-mrd-positive"))
    refuse_misfit(policy_of(hold={"days": 7}), shipped_regimen("label-mrd-positive"))
