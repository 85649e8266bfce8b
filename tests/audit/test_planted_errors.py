"""Recall by type of error, and silence on manuscripts without one: both on synthetic manuscripts."""

from __future__ import annotations

import pytest
from tests.audit.audit_specs import found_in
from tests.audit.planted import PLANTS, story, written

from engager.audit.rounding import CONVENTIONS


@pytest.mark.parametrize("convention", list(CONVENTIONS))
@pytest.mark.parametrize("seed", [1, 4])
def test_a_manuscript_without_an_error_has_no_finding(seed: int, convention: str) -> None:
    """In every convention of rounding; percentages cut off or rounded up are told as such, and nothing else."""
    found = found_in(written(story(seed, convention)))
    nearest = convention.startswith("half")
    assert [finding for finding in found if nearest or finding.certainty != "rounding"] == []


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_error_is_found(name: str) -> None:
    """Each type in the first manuscript that has a place for it, by the rule that is meant to find it."""
    plant, rules = PLANTS[name]
    told = next(told for told in map(story, range(8)) if plant(told))
    assert {finding.rule for finding in found_in(written(told))} & set(rules)


def test_a_planted_error_brings_no_other_impossibility() -> None:
    """One changed number makes no sound number impossible: every other finding has the changed one among its claims."""
    told = story(4)
    assert PLANTS["days_and_weeks"][0](told)
    assert [finding.rule for finding in found_in(written(told))] == ["duration_in_two_units"]
