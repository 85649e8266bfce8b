"""The scales of toxicity as data: whole, consistent with the vocabulary, and with their sources."""

from __future__ import annotations

import pytest

from engager.terms.codelists import codelist
from engager.terms.measurands import measurands
from engager.terms.toxicity_scales import SYNDROMES, Scale, components, event_terms, not_counted, scales
from engager.terms.units import units

ALL = [scale for syndrome in SYNDROMES for scale in scales(syndrome)]
IDS = [f"{scale.syndrome} {scale.name}" for scale in ALL]
NUMBERS = {"temperature": "Cel", "oxygen_flow": "L/min", "inspired_oxygen": "1", "ice_score": "{score}",
           "capd_score": "{score}"}  # fmt: skip


@pytest.mark.parametrize("scale", ALL, ids=IDS)
def test_a_scale_is_whole(scale: Scale) -> None:
    """It has clauses for the grades 1 to 4, in words, none of grade 5, and says where it was read."""
    assert {clause.grade for clause in scale.clauses if not clause.may} >= {1, 4}
    assert {clause.grade for clause in scale.clauses} == {1, 2, 3, 4}
    assert all(clause.words and clause.when for clause in scale.clauses)
    assert scale.leaves_out
    assert "[" in scale.source
    assert any(mark in scale.source for mark in ("[verified", "[evidence", "[from memory"))


@pytest.mark.parametrize("scale", ALL, ids=IDS)
def test_what_a_scale_asks_can_be_recorded(scale: Scale) -> None:
    """Every test it asks is a measurand; every code stands in the list of its test; every number has one unit."""
    own = components(scale.syndrome)
    assert set(scale.tests) <= set(own)
    for part in (part for clause in scale.clauses for condition in clause.when for part in condition):
        if own[part.test].derived:
            continue
        listed = measurands()[part.test].codelist
        if listed is not None:
            assert part.among
            assert set(part.among) | set(part.unknown) <= set(codelist(listed).codes)
        else:
            assert [units()[NUMBERS[part.test]].factor] == [1.0]
            assert measurands()[part.test].quantities == (units()[NUMBERS[part.test]].quantity,)


@pytest.mark.parametrize("scale", ALL, ids=IDS)
def test_codes_that_hold_are_the_worst_of_their_list(scale: Scale) -> None:
    """Where a code holds, so does every worse one that stands for more of the same: so none is skipped by mistake."""
    skipped = {("oxygen_device", "nasal cannula")}  # of low or high flow: it is asked for by its flow
    for part in (part for clause in scale.clauses for condition in clause.when for part in condition):
        test = components(scale.syndrome)[part.test]
        if part.among and test.codelist is not None:
            codes = codelist(test.codelist).codes
            first = min(codes.index(code) for code in part.among)
            left = {(part.test, code) for code in codes[first:]} - {(part.test, code) for code in part.among}
            assert left <= skipped


def test_tremor_is_named_as_not_counted() -> None:
    """Tremor and myoclonus are no terms of the syndrome."""
    assert {"tremor", "myoclonus"} <= set(not_counted("ICANS"))
    assert not set(not_counted("ICANS")) & set(event_terms("ICANS"))
    assert not_counted("CRS") == ()
