"""CTCAE as data: which grades exist in which version, what became of names, how a misspelt one is answered."""

from __future__ import annotations

import re

import pytest

from engager.terms.ctcae import VERSIONS, ctcae, find_term, renamings, rules
from engager.terms.measurands import measurands
from engager.terms.units import units

# `-`: the version has no such term; `?`: its grades are not verified.
GRADES = """term | 4.03 | 5.0 | 6.0
Anemia | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Febrile neutropenia | 3 4 5 | 3 4 5 | 3 4 5
Neutrophil count decreased | 1 2 3 4 | 1 2 3 4 | 1 2 3 4
Lymphocyte count decreased | 1 2 3 4 | 1 2 3 4 | -
Lymphopenia | - | - | 1
Platelet count decreased | 1 2 3 4 | 1 2 3 4 | -
Thrombocytopenia | - | - | 1 2 3 4 5
Hypertension | 1 2 3 4 5 | 1 2 3 4 5 | 2 3 4 5
Hyponatremia | 1 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Alkaline phosphatase increased | 1 2 3 4 | 1 2 3 4 | 1
Blood lactate dehydrogenase increased | - | 1 | 1
Sepsis | 4 5 | 3 4 5 | ?
Acute kidney injury | 1 2 3 4 5 | 3 4 5 | ?
Tremor | 1 2 3 | 1 2 3 | ?
Headache | 1 2 3 | 1 2 3 | ?
Cytokine release syndrome | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5"""


@pytest.mark.parametrize("line", GRADES.splitlines()[1:])
def test_the_grades_that_exist(line: str) -> None:
    """A grade that a version does not have cannot be recorded in it."""
    name, *wanted = [cell.strip() for cell in line.split("|")]
    for version, cell in zip(VERSIONS, wanted, strict=True):
        term = ctcae(version).get(name)
        if cell == "-":
            assert term is None
            continue
        assert term is not None
        grades = None if cell == "?" else tuple(map(int, cell.split()))
        assert term.grades == grades
        assert term.has_grade(7) is (None if grades is None else False)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_data_hold_together(version: str) -> None:
    """Every rule has a term that has its grades; every unit is known, every ladder whole, every source named."""
    terms = ctcae(version)
    assert {term.source for term in terms.values()} <= {"evidence", "published"}
    for rule in rules(version):
        term = terms[rule.term]
        assert rule in term.rules
        assert rule.source in {"evidence", "published"}
        assert term.grades is None or set(rule.grades) <= set(term.grades)
        assert rule.quantities
        for arm in rule.arms:
            assert len(arm.grades) == len(arm.at)
            assert set(arm.included) <= set(arm.grades)
            assert list(arm.at) == sorted(arm.at, reverse=rule.direction == "low" and not arm.plus)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rule_and_the_list_of_tests_agree(version: str) -> None:
    """Where a test is one of the measurements table, a rule reads at least one of the quantities it may have."""
    known = {unit.quantity for unit in units().values()}
    for rule in rules(version):
        assert set(rule.quantities) & known
        for test in rule.tests:
            if test in measurands():
                assert set(rule.quantities) & set(measurands()[test].quantities), test


def test_an_unknown_version_is_refused() -> None:
    """The permitted ones are named."""
    for ask in (ctcae, rules):
        with pytest.raises(ValueError, match=re.escape("CTCAE version `5.1` is not known. Permitted: 4.03, 5.0, 6.0")):
            ask("5.1")


@pytest.mark.parametrize(
    ("text", "version", "said"),
    [
        ("Anaemia", "5.0", "Nearest: Anemia"),
        ("neutrophils decreased", "5.0", "Nearest: Neutrophil count decreased"),
        ("Platelet count decreased", "6.0", "Since 6.0: Thrombocytopenia"),
        ("Lymphocyte count decreased", "6.0", "Since 6.0: no term"),
        ("xyzzy", "5.0", "No name is near it"),
    ],
)
def test_a_name_that_is_not_a_term(text: str, version: str, said: str) -> None:
    """The nearest names are offered, and a renamed term is explained."""
    with pytest.raises(ValueError, match=re.escape(f"`{text}` is not among the terms of CTCAE {version}. {said}")):
        find_term(text, version)


def test_a_name_is_found_whatever_its_case() -> None:
    """Upper and lower case, and spaces, are no difference."""
    assert find_term(" platelet  COUNT decreased", "5.0").soc == "Investigations"
    assert find_term("thrombocytopenia", "6.0").soc == "Blood and lymphatic system disorders"


def test_renamed_terms_are_terms() -> None:
    """The old name stands in 5.0 and not in 6.0; the new one the other way round."""
    for renaming in renamings().values():
        assert renaming.term in ctcae("5.0")
        assert renaming.term not in ctcae("6.0")
        assert renaming.becomes is None or renaming.becomes in set(ctcae("6.0")) - set(ctcae("5.0"))
