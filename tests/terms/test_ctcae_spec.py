"""CTCAE as data: which grades exist in which version, what became of names, how a misspelt one is answered."""

from __future__ import annotations

import re

import pytest

from engager.terms.codelists import codelist
from engager.terms.ctcae import (
    SOURCES,
    VERSIONS,
    ctcae,
    find_term,
    nearest,
    offer,
    read_term,
    renamings,
    rules,
    spelling,
)
from engager.terms.measurands import measurands
from engager.terms.units import units

CLASSES = {term.soc for term in ctcae("6.0").values()}

# `-`: the version has no such term. Worked by hand from NCI's tables of the three versions.
GRADES = """term | 4.03 | 5.0 | 6.0
Anemia | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Febrile neutropenia | 3 4 5 | 3 4 5 | 3 4 5
Neutrophil count decreased | 1 2 3 4 | 1 2 3 4 | 1 2 3 4
Lymphocyte count decreased | 1 2 3 4 | 1 2 3 4 | -
Lymphopenia | - | - | 1
Platelet count decreased | 1 2 3 4 | 1 2 3 4 | -
Thrombocytopenia | - | - | 1 2 3 4 5
Hypertension | 1 2 3 4 5 | 1 2 3 4 5 | 2 3 4 5
Hypotension | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Hypoxia | 2 3 4 5 | 2 3 4 5 | 1 2 3 4 5
Hyponatremia | 1 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Hyperglycemia | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4
Alkaline phosphatase increased | 1 2 3 4 | 1 2 3 4 | 1
Blood lactate dehydrogenase increased | - | 1 | 1
Sepsis | 4 5 | 3 4 5 | 3 4 5
Acute kidney injury | 1 2 3 4 5 | 3 4 5 | 3 4 5
Capillary leak syndrome | 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Tremor | 1 2 3 | 1 2 3 | 1 2 3
Ataxia | 1 2 3 | 1 2 3 | 1 2 3
Headache | 1 2 3 | 1 2 3 | 1 2 3
Seizure | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Cytokine release syndrome | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5
Immune effector cell-associated neurotoxicity syndrome | - | - | 1 2 3 4 5
Ejection fraction decreased | 2 3 4 | 2 3 4 | -"""


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
        assert term.grades == tuple(map(int, cell.split()))
        assert not term.has_grade(7)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_data_hold_together(version: str) -> None:
    """Every term has grades and a class, every rule a term that has its grades; every ladder is whole."""
    terms = ctcae(version)
    for term in terms.values():
        assert term.grades
        assert set(term.grades) <= {1, 2, 3, 4, 5}
        assert term.soc in CLASSES
        assert term.source == SOURCES[version]
    for rule in rules(version):
        term = terms[rule.term]
        assert rule in term.rules
        assert set(rule.grades) <= set(terms[rule.term].grades)
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
        ("neutrophils decreased", "5.0", "Nearest: Neutrophil count decreased"),
        ("neutropenia", "5.0", "Nearest: Neutrophil count decreased, Febrile neutropenia"),
        ("Platelet count decreased", "6.0", "CTCAE 6.0 has Thrombocytopenia in its place (another scale: "),
        ("Lymphocyte count decreased", "6.0", "CTCAE 6.0 has Lymphopenia in its place (grade 1 is the only grade: "),
        ("Thrombocytopenia", "5.0", "A term of CTCAE 6.0; in 5.0: Platelet count decreased"),
        ("Lung infection", "6.0", "CTCAE 6.0 has Pneumonia in its place (the grades read as before)"),
        ("xyzzy", "5.0", "No term is near it"),
    ],
)
def test_a_name_that_is_not_a_term(text: str, version: str, said: str) -> None:
    """The nearest names are offered, and a renamed term is explained."""
    with pytest.raises(ValueError, match=re.escape(f"`{text}` is not among the terms of CTCAE {version}. {said}")):
        find_term(text, version)


def test_a_name_is_found_whatever_its_case() -> None:
    """Upper and lower case, spaces, hyphens, and British spelling are no difference."""
    assert find_term(" platelet  COUNT decreased", "5.0").soc == "Investigations"
    assert find_term("thrombocytopenia", "6.0").soc == "Blood and lymphatic system disorders"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("anaemia", "Anemia"), ("Febrile neutropaenia", "Febrile neutropenia"), ("DIARRHOEA", "Diarrhea"),
        ("oedema limbs", "Edema limbs"), ("Tumour lysis syndrome", "Tumor lysis syndrome"),
        ("intracranial haemorrhage", "Intracranial hemorrhage"), ("Leucocytosis", "Leukocytosis"),
        ("multiorgan failure", "Multi-organ failure"), ("Hypokalaemia", "Hypokalemia"),
        ("rash maculopapular", "Rash maculo-papular"), ("Dyspnoea", "Dyspnea"),
        ("infections and infestations: other (specify)", "Infections and infestations - Other, specify"),
    ],
)  # fmt: skip
def test_a_name_is_found_in_either_english(text: str, name: str) -> None:
    """What is written in two ways is one term."""
    assert find_term(text, "5.0").name == name


@pytest.mark.parametrize("version", VERSIONS)
def test_two_terms_are_never_one(version: str) -> None:
    """No two terms of a version are spelt alike once case, marks and British spelling are let go."""
    assert len({spelling(name) for name in ctcae(version)}) == len(ctcae(version))
    assert all(read_term(name, version) is term for name, term in ctcae(version).items())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("words", ["CRS", "ALT increased", "pyrexia", "convulsion", "TLS", "pneumonia", "rigors"])
def test_bedside_words_are_offered_as_terms(words: str, version: str) -> None:
    """Everyday words lead to a term of each version, and are not read as one unless the version has them."""
    term = read_term(words, version)
    assert (term is not None) == (words.capitalize() in ctcae(version))
    assert term is not None or set(nearest(words, version)) & set(ctcae(version))


def test_the_versions_of_the_record_are_the_versions_kept() -> None:
    """The code list that reads a cell and the data have the same versions; 4 and 4.0 are read as 4.03."""
    versions = codelist("ctcae_version")
    assert versions.codes == VERSIONS
    assert [versions.read(text) for text in ("4", "4.0", "v5", "CTCAE 5", "CTCAE v6.0")] == [
        "4.03", "4.03", "5.0", "5.0", "6.0",
    ]  # fmt: skip
    assert versions.read("3.0") is None


def test_how_many_terms_there_are() -> None:
    """Each version is there whole."""
    assert [len(ctcae(version)) for version in VERSIONS] == [790, 837, 850]


def test_renamed_terms_are_terms() -> None:
    """Every term of 5.0 that 6.0 lacks has another of 6.0 in its place."""
    assert set(renamings()) == set(ctcae("5.0")) - set(ctcae("6.0"))
    for renaming in renamings().values():
        assert renaming.becomes in ctcae("6.0")
        assert renaming.note
        assert offer(renaming.term, "6.0").startswith(f"CTCAE 6.0 has {renaming.becomes} in its place")
