"""Statements without a number, and things with several names. Each spec is a small manuscript, judged by reading it."""

from __future__ import annotations

import pytest
from tests.audit.audit_specs import certainties, found_in, manuscript_of

from engager.audit.names import abbreviations, names_of, things
from engager.audit.statements import statements_of

UNLIKELY, AMBIGUOUS = "unlikely", "ambiguous"

OUTCOME = """
# Results

{sentence}

Table 2. {caption}

| Outcome | All patients (n = 23), n (%) |
|---|---|
| Complete remission | 15 (65) |
| Died | 3 (13) |
| CRS, grade 1-2 | 7 (30) |
| CRS, grade ≥3 | 2 (9) |
| Response | 20 (87) |
| No response | 3 (13) |
| Engraftment | 23 (100) |
| Graft failure | 0 |
"""


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("No deaths occurred.", [UNLIKELY]),
        ("There were no deaths.", [UNLIKELY]),
        ("None of the patients died.", [UNLIKELY]),
        ("No patient died in this study.", [UNLIKELY]),
        ("Overall, no cytokine-release syndrome was observed.", [UNLIKELY]),
        ("No grade 3 or higher CRS was observed.", [UNLIKELY]),
        ("No grade 3 or 4 CRS was observed.", []),  # the row of 3 and above may hold a grade 5
        ("All patients responded.", [UNLIKELY]),
        ("All 23 patients achieved a complete remission.", [UNLIKELY]),
        ("Es traten keine Todesfälle auf.", [UNLIKELY]),
        ("Alle Patienten sprachen an.", [UNLIKELY]),
        ("All patients engrafted.", []),
        ("No graft failure occurred.", []),
        # What limits whom, when, why or how bad speaks of something else.
        ("No deaths occurred within 30 days.", []),
        ("No treatment-related deaths occurred.", []),
        ("No deaths due to infection occurred.", []),
        ("Among the responders, no deaths occurred.", []),
        ("In arm A, no deaths occurred.", []),
        ("All patients in remission responded.", []),
        ("All patients who were treated responded.", []),
        ("No severe CRS was observed.", []),
        ("No grade 4 CRS was observed.", []),
        ("It is unlikely that no deaths occurred.", []),
        ("Not all patients responded.", []),
        ("No difference in deaths was observed.", []),
    ],
)
def test_all_or_none_against_a_table(sentence: str, answer: list[str]) -> None:
    """What is said of all or none, against the row of the same thing or of its opposite."""
    assert certainties(OUTCOME.format(sentence=sentence, caption="Outcome"), "all_or_none") == answer


@pytest.mark.parametrize(
    ("caption", "answer"), [("Outcome", [UNLIKELY]), ("Baseline characteristics", []), ("Causes of withdrawal", [])]
)
def test_a_table_of_something_else(caption: str, answer: list[str]) -> None:
    """A row of the same name counts something else in a table of what was before, or of reasons."""
    text = OUTCOME.format(sentence="No deaths occurred.", caption=caption)
    assert certainties(text, "all_or_none") == answer


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ("No deaths occurred.", "Two patients died of sepsis.", []),  # no name that is all of what is counted
        ("No relapses occurred.", "Relapse was seen in 2 patients.", [AMBIGUOUS]),
        ("No relapses occurred.", "Relapse was seen in 0 patients.", []),
        ("All patients responded.", "No response was seen in 2 patients.", [AMBIGUOUS]),
    ],
)
def test_all_or_none_against_a_sentence(first: str, second: str, answer: list[str]) -> None:
    """Two sentences may be about two times: they are told as ambiguous."""
    assert certainties(f"# Results\n\n{first}\n\n{second}", "all_or_none") == answer
    assert certainties(f"# Discussion\n\n{first}\n\n{second}", "all_or_none") == []


def test_a_statement_is_marked_with_its_words() -> None:
    """The claim holds the words of the statement at their place, so that a page can mark them."""
    (sentence,) = manuscript_of("# Results\n\nNo CRS or ICANS was observed.").sentences()
    found = list(statements_of(sentence, names_of([sentence.text], [])))
    assert [(one.thing, one.everybody) for one in found] == [("cytokine_release", False), ("neurotoxicity", False)]
    claim = found[0].claim
    assert claim.text == sentence.text[claim.start : claim.end].strip() == "No CRS or ICANS was observed"
    assert claim.value("n") == 0


NAMES = """
# Results

{sentence}

Table 2. Adverse events

| Event | All patients (n = 23), n (%) |
|---|---|
| {row} | 8 (35) |
| {other} | 4 (17) |
"""


@pytest.mark.parametrize(
    ("sentence", "row", "other", "answer"),
    [
        ("Cytokine release syndrome was observed in 9 patients.", "CRS", "Rash", [UNLIKELY]),
        ("Cytokine release syndrome was observed in 8 patients.", "CRS", "Rash", []),
        ("Ten patients proceeded to allogeneic HSCT.", "Stem cell transplantation", "Rash", [UNLIKELY]),
        ("Neurologic events were observed in 9 patients.", "ICANS", "Rash", [UNLIKELY]),
        ("Neurologic events were observed in 9 patients.", "ICANS", "Neurotoxicity", []),  # told apart
        ("Severe cytokine release syndrome was observed in 9 patients.", "CRS", "Rash", []),
        ("Pyrexia was observed in 9 patients.", "Fever", "Rash", [UNLIKELY]),
        ("Pyrexia was observed in 9 patients.", "Fever, grade 3", "Rash", []),  # 9 of any grade
    ],
)
def test_one_thing_by_two_names(sentence: str, row: str, other: str, answer: list[str]) -> None:
    """A sentence and a row name one thing differently; two names in one table are two things."""
    assert certainties(NAMES.format(sentence=sentence, row=row, other=other), "told_twice") == answer


def test_a_word_can_take_a_name_away() -> None:
    """CRS is a disease of the nose in a manuscript that speaks of sinusitis; CR is what a manuscript says it is."""
    assert names_of(["CRS was seen."], []).thing("CRS, n (%)") == "cytokine_release"
    assert names_of(["CRS with sinusitis was seen."], []).thing("CRS, n (%)") == ""
    assert names_of(["controlled release (CR) tablets"], []).thing("CR") == ""
    assert names_of(["CR, complete remission; MRD, minimal residual disease."], []).thing("CR") == "complete_remission"


def test_abbreviations_of_notes() -> None:
    """A note explains its abbreviations by as many words as letters; what is not so is left."""
    assert abbreviations(["PFS: progression free survival; X, y."]) == {"pfs": "progression free survival"}
    assert abbreviations(["MRD, residual disease."]) == {}


def test_the_declared_names() -> None:
    """Each name stands for one thing; opposites are each other's; names are written as they are compared."""
    every = [name for thing in things().values() for name in thing.names]
    assert len(every) == len(set(every))
    assert all(name == name.lower() and "-" not in name for name in every)
    for thing in things().values():
        assert not thing.opposite or things()[thing.opposite].opposite == thing.key


GROUPS = """
# Results

Most patients were female (76.6%).

Table 1. Patients

| Characteristic | Probiotic {sizes[0]} | Placebo {sizes[1]} |
|---|---|---|
| Female | 48 (80) | 44 (73.3) |
| Male | 12 (20) | 16 (26.7) |
"""


@pytest.mark.parametrize("sizes", [("(n = 60)", "(n = 60)"), ("group", "group")])
def test_groups_beside_each_other_say_nothing_of_all(sizes: tuple[str, str]) -> None:
    """A sentence on all patients is not held against one of two groups, whether or not their sizes are told."""
    assert found_in(GROUPS.format(sizes=sizes), "told_twice") == ()
