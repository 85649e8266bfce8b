"""The German of the report: complete against the code, sound in itself, and what a German report is then made of."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import engager
from engager.figures.course import KINDS
from engager.figures.patient_flow import COLUMNS
from engager.report.compose import SECTIONS
from engager.tables.checklist import COLUMNS as CHECKLIST
from engager.tables.comparison import TESTS
from engager.tables.labels import LABELS
from engager.tables.listings import TITLES
from engager.tables.overview import COLUMNS as OVERVIEW
from engager.tables.published import COLUMNS as PUBLISHED
from engager.terms.checklists import checklist_for
from engager.terms.language import catalogue, say, spoken

# Put together from single words by the code.
MADE = {"per 100 patient-months", "per 100 patient-years", "MRD from positive to undetectable"} | {
    f"Marrow {when} cycle {{n}}" for when in ("before", "after")
}
SOURCE = Path(engager.__file__).parent
GERMAN = catalogue("de")
# Names of analytes are the same in both languages.
NAMES = re.compile(r"(IL|TNF|IFN|GM|MCP)-\w+(-CSF)?|GM-CSF")


@cache
def _modules() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py")))


def _said() -> Iterator[str]:
    """Yield every text that the code asks for by name: the first argument of `say`, and that of the templates."""
    for module in _modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value
    for path in (SOURCE / "writers" / "templates").glob("*.j2"):
        yield from re.findall(r"say\([\"']([^\"']+)[\"']", path.read_text("utf-8"))


def test_every_text_that_the_code_names_is_said() -> None:
    """A text that is added needs its German."""
    asked = set(_said())
    assert len(asked) > 90
    assert sorted(asked - GERMAN.keys()) == []


def _registered() -> Iterator[str]:
    yield from (title for _, _, title, _ in SECTIONS)
    yield from (words for words in LABELS.values() if not NAMES.fullmatch(words))
    yield from (*KINDS.values(), *COLUMNS, *TESTS.values(), *OVERVIEW.values(), *PUBLISHED, *CHECKLIST)
    yield from (text for texts in TITLES.values() for text in texts)
    for name in ("STROBE", "CARE"):
        chosen = checklist_for(name, 9)
        assert chosen is not None
        yield from (text for item in chosen.items for text in (item.topic, item.authors) if text)


@pytest.mark.parametrize("text", sorted(set(_registered())))
def test_every_registered_word_is_said(text: str) -> None:
    """Sections, labels, kinds of event, tests, heads, titles of listings, items of the checklists."""
    with spoken("de"):
        assert text in GERMAN or say(text) != text


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_both_languages_have_the_same_braces() -> None:
    """What an English text is filled with fills the German one, and nothing else does."""
    assert [text for text, said in GERMAN.items() if not said or _fields(text) != _fields(said)] == []


def _constants() -> str:
    """Return every piece of text in the code and in the files of terms, in small letters."""
    pieces = [
        node.value
        for module in _modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    files = [*SOURCE.glob("terms/*.toml"), *SOURCE.glob("writers/templates/*.j2")]
    return "\n".join([*pieces, *(path.read_text("utf-8") for path in files)]).lower()


def _runs(text: str) -> set[str]:
    """Return the runs of three words of a text without its braces, or its words where it has fewer."""
    pieces = [re.findall(r"[\w-]+", piece.lower()) for piece in re.split(r"\{\w+\}", text)]
    runs = {" ".join(words[i : i + 3]) for words in pieces for i in range(len(words) - 2)}
    return runs or {word for words in pieces for word in words if not word.isdecimal()}


def test_no_entry_is_left_over() -> None:
    """Most words of each entry stand together in the code: a text that goes takes its German along.

    Not all, since a text may be put together from two.
    """
    code = " ".join(re.findall(r"[\w-]+", _constants()))
    gone = [
        text
        for text in GERMAN.keys() - MADE
        if (runs := _runs(text)) and sum(run in code for run in runs) < len(runs) / 2
    ]
    assert sorted(gone) == []


def test_an_entry_that_nothing_says_would_be_found() -> None:
    """So the test above can fail."""
    code = " ".join(re.findall(r"[\w-]+", _constants()))
    assert not any(run in code for run in _runs("Quite another sentence, which no module holds."))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("responders", "Ansprecher"),
        ("Non-responders", "Nichtansprecher"),
        ("6 of 9", "6 von 9"),
        ("3 of 18 cycles", "3 von 18 Zyklen"),
        ("death (infection)", "Tod (Infektion)"),
        ("relapse; transplant (haploidentical)", "Rezidiv; Transplantation (haploident)"),
        ("age, sex and weight", "Alter, Geschlecht und Gewicht"),
        ("Rows without patients are left out. Neither grade changes the other.",
         "Zeilen ohne Patienten sind ausgelassen. Kein Grad ändert den anderen."),
        ("A dose within 5 % of the planned one", "A dose within 5 % of the planned one"),
        ("Fever", "Fever"),
        ("", ""),
        ("12.5", "12.5"),
    ],
)  # fmt: skip
def test_a_made_text_is_said_by_its_parts(text: str, expected: str) -> None:
    """Whole, by an entry with braces, by sentences, by parts, as a list; a text without an entry stays."""
    with spoken("de"):
        assert say(text) == expected
    assert say(text) == text


def test_numbers_in_a_made_text_have_the_sign_of_the_language_but_versions_do_not() -> None:
    """A limit is a number, a version a name."""
    with spoken("de"):
        assert "unter 0,0001 der Markzellen" in say(
            "MRD is negative where a reading lies below 0.0001 of marrow cells."
        )
        assert say("Grades by CTCAE 5.0 (107 records).") == "Grade nach CTCAE 5.0 (107 Einträge)."
