"""A first mapping of a REDCap project, drafted from its data dictionary by likeness; a person finishes it.

Each proposal has a confidence from 0 to 1 and its reason. What is below `PROPOSED` is left out, with the nearest column
as a remark: a wrong guess that looks right does more harm than a line to be filled.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import dataframely as dy

from engager.readers.redcap_dictionary import RedcapField
from engager.schema import TABLES
from engager.schema.columns import Kind, codelist_of, kind_of, unit_of
from engager.terms.codelists import CodeList
from engager.terms.column_words import column_called
from engager.terms.measurands import measurands
from engager.terms.units import read_unit

PROPOSED = 0.6
_CODE = 0.75
_ASSUMED = ("patient", "row")
_WITH_UNIT = ("dose", "value")
_UNIT = re.compile(r"[\[(]([^\])]+)[\])]")
_WORDS = re.compile(r"[^a-z0-9]+")
_UNKNOWN = (
    "unknown",
    "not known",
    "not recorded",
    "not available",
    "n/a",
    "na",
    "missing",
    "not told",
    "not documented",
    "unbekannt",
    "nicht bekannt",
    "keine angabe",
    "nicht dokumentiert",
)
_YES_NO = {"yes": "yes", "no": "no", "true": "yes", "false": "no", "ja": "yes", "nein": "no"}
_CALLED = 0.9  # of a field that has one of the words by which a column is known elsewhere
# What the instruments of such projects are commonly about, beside the tables' own names.
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "patients": ("patient", "demographics", "baseline", "enrolment", "diagnosis", "subject", "stammdaten"),
    "exposure": ("exposure", "infusion", "dose", "dosing", "drug administration", "blinatumomab", "treatment"),
    "measurements": ("laboratory", "labs", "marrow", "mrd", "blood count", "vital signs", "cytokines", "measurement",
                     "labor", "laborwerte"),
    "adverse_events": ("adverse event", "toxicity", "safety", "ae", "nebenwirkungen"),
    "therapies": ("therapy", "prior therapy", "concomitant", "medication", "transplant", "hsct", "vortherapie"),
    "follow_up": ("follow up", "outcome", "survival", "relapse", "death", "last contact", "disposition", "nachsorge",
                  "verlauf"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field proposed for a column: how sure, why, the codes by those of REDCap, and what goes with it."""

    asked: RedcapField
    table: str
    column: str
    confidence: float
    reason: str
    codes: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


def propose(fields: Sequence[RedcapField]) -> list[Proposal]:
    """Return the likeliest column for each field after the first, which names the record; identifiers have none."""
    tables = {form: _table_of(form) for form in dict.fromkeys(item.form for item in fields)}
    found = [_best(item, *tables[item.form]) for item in fields[1:] if item.holds_values and not item.identifier]
    return [proposal for proposal in found if proposal is not None]


def _table_of(form: str) -> tuple[str, float, str]:
    """Return the table that an instrument is like, how much, and the word it is like."""
    name = _plain(form)
    scores = [
        (_like(name, word), table, word)
        for table, words in _ABOUT.items()
        for word in (table.replace("_", " "), *words)
    ]
    score, table, word = max(scores)
    return table, score, word


def _best(item: RedcapField, table: str, likeness: float, word: str) -> Proposal | None:
    """Return the best proposal for a field, in the table of its instrument or, where that is unclear, in any."""
    tables = [table] if likeness >= PROPOSED else list(TABLES)
    found = [proposal for name in tables if (proposal := _in_table(item, name)) is not None]
    if not found:
        return None
    best = max(found, key=lambda proposal: proposal.confidence)
    weight, reason = (1.0, f"instrument like `{word}`") if likeness >= PROPOSED else (0.8, "instrument unclear")
    return Proposal(item, best.table, best.column, round(best.confidence * weight, 2), f"{best.reason}; {reason}",
                    best.codes, best.constants)  # fmt: skip


def _in_table(item: RedcapField, table: str) -> Proposal | None:
    scores = []
    for name, column in TABLES[table].columns().items():
        if name in _ASSUMED or kind_of(column) is Kind.INTERNAL or not _fits(item, column):
            continue
        by_name, by_label = _like(_plain(item.name), _plain(name)), _like(_plain(item.label), _plain(name))
        by_meaning = _like(_plain(item.label), _plain(column.description or ""))
        by_word = (
            _CALLED if any(column_called(text, (name,)) for text in (item.name, _UNIT.sub("", item.label))) else 0.0
        )
        told = (
            (by_name, "name like"),
            (by_label, "label like"),
            (by_meaning, "label like the meaning of"),
            (by_word, "a word for"),
        )
        score, what = max(told)
        what = f"{what} `{name}`"
        codes, share = _codes(item, column)
        if item.choices and codelist_of(column):
            score, what = score * 0.4 + share * 0.6, f"{what}; {share:.0%} of its choices are codes"
        scores.append((score, name, what, codes))
    best = max(scores, default=None, key=lambda entry: entry[0])
    proposal = (
        Proposal(item, table, best[1], best[0], best[2], best[3], _unit_beside(item, table, best[1])) if best else None
    )
    test = _test(item) if table == "measurements" else None
    return test if test and (proposal is None or test.confidence > proposal.confidence) else proposal


def _units(item: RedcapField) -> list[str]:
    """Return the units that a field tells, in brackets of its label or as its note."""
    return [code for text in (*_UNIT.findall(item.label), item.note) if (code := read_unit(text))]


def _unit_beside(item: RedcapField, table: str, column: str) -> dict[str, str]:
    """Return the unit that goes with a dose or a value, where the field tells one."""
    told = _units(item) if column in _WITH_UNIT and "unit" in TABLES[table].columns() else []
    return {"unit": told[0]} if told else {}


def _fits(item: RedcapField, column: dy.Column) -> bool:
    """Tell whether a column can take what a field holds at all."""
    kind, dated = kind_of(column), item.validation.startswith(("date", "datetime"))
    if dated or kind is Kind.DATE:
        return dated and kind is Kind.DATE
    if item.kind in ("yesno", "truefalse"):
        return kind in (Kind.YES_NO, Kind.TEXT)
    if item.choices:
        return kind in (Kind.CODE, Kind.TEXT, Kind.YES_NO, Kind.GRADE, Kind.UNIT)
    if item.validation.startswith(("number", "integer")) or item.kind in ("calc", "slider"):
        return kind in (Kind.NUMBER, Kind.INTEGER, Kind.STUDY_DAY, Kind.GRADE, Kind.RESULT)
    return True


def _test(item: RedcapField) -> Proposal | None:
    """Return the proposal of a field that holds the value of one test: its `value`, with the test and unit named."""
    if item.choices or item.validation.startswith("date") or item.kind in ("yesno", "truefalse", "notes"):
        return None
    words = [_plain(item.name), _plain(_UNIT.sub(" ", item.label))]
    scores = [
        (_like(word, _plain(told)), test, told)
        for test, measurand in measurands().items()
        for told in (test, measurand.meaning)
        for word in words
    ]
    score, test, told = max(scores)
    units = _units(item)
    constants = {"test": test, **({"unit": units[0]} if units else {})}
    return Proposal(item, "measurements", "value", score, f"like the test `{told}`", {}, constants)


def _codes(item: RedcapField, column: dy.Column) -> tuple[dict[str, str], float]:
    """Return the text for each choice, empty where none is near, and the share of choices that have one."""
    codes, kind = codelist_of(column), kind_of(column)
    if not item.choices or kind is Kind.INTERNAL:
        return {}, 0.0
    if kind is Kind.TEXT:
        return {code: "NA" if _says_nothing(label) else label for code, label in item.choices.items()}, 1.0
    found = {code: _code(label, codes, kind) for code, label in item.choices.items()}
    return found, sum(map(bool, found.values())) / len(found)


def _code(label: str, codes: CodeList | None, kind: Kind) -> str:
    if kind is Kind.YES_NO:
        return _YES_NO.get(label.lower(), "NA" if _says_nothing(label) else "")
    if kind is Kind.GRADE:
        digits = re.findall(r"(?<!\d)[1-5](?!\d)", label)
        return digits[0] if len(digits) == 1 else ""
    if kind is Kind.UNIT:
        return read_unit(label) or ""
    if codes is None:
        return ""
    if (read := codes.read(label)) is not None:
        return read
    near = difflib.get_close_matches(label.lower(), list(codes.spellings), n=1, cutoff=_CODE)
    return codes.spellings[near[0]] if near else "NA" if _says_nothing(label) else ""


def _says_nothing(label: str) -> bool:
    return label.lower().strip(" .") in _UNKNOWN


@cache
def _plain(text: str) -> str:
    return " ".join(_WORDS.sub(" ", text.lower()).split())


@cache
def _like(a: str, b: str) -> float:
    """Return how like two phrases are, 0 to 1: letters in common, or all words of the one within the other."""
    if not a or not b:
        return 0.0
    letters = difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
    one, other = set(a.split()), set(b.split())
    # A short name within a long label, `age` in `age at consent`, is a hint and no proof.
    within = 0.6 + 0.4 * min(len(one), len(other)) / max(len(one), len(other)) if one <= other or other <= one else 0.0
    return round(max(letters, within), 3)


def unit_warning(proposal: Proposal) -> str:
    """Return what to look at before a proposal is trusted: a unit of the field that is not the column's."""
    column = TABLES[proposal.table].columns()[proposal.column]
    told = _units(proposal.asked)
    fixed = unit_of(column)
    return f"the field tells {told[0]}, the column is in {fixed}" if told and fixed and told[0] != fixed else ""
