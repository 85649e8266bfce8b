"""A patient's drugs as a row of a table lists them, against the note that lists them once more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Sentence, Table
from engager.audit.rules.rule import Rule, finding

_OF_PATIENT = re.compile(r"\b[Pp]atient\s+(\d{1,4})\s*:\s*")
_MEANS = re.compile(r"(?:^|;\s*)([A-Z][\w.-]{1,9}|i\.\w+\.):\s*([a-z][a-z -]{3,40}?)(?=[;.]|$)")
_WORD = re.compile(r"i\.\w+\.|[A-Za-z][\w-]*\w")


def _drugs(evidence: Evidence) -> Iterator[Finding]:
    for table in evidence.tables:
        note = next((note for note in table.notes if len(_OF_PATIENT.findall(note.text)) > 1), None)
        short = _abbreviations(table)
        if note is not None and len(short) > 1:
            yield from _compare(evidence, table, note, short)


def _abbreviations(table: Table) -> dict[str, str]:
    """Return what the notes of a table say that its abbreviations mean, both without marks and in lower case."""
    text = " ".join(note.text for note in table.notes)
    return {_bare(told[1]): told[2].strip() for told in _MEANS.finditer(text)}


def _bare(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def _named(text: str, short: Mapping[str, str]) -> set[str]:
    """Return what a text names in the long form; words that no abbreviation stands for are left out."""
    long = {_bare(meaning): meaning for meaning in short.values()}
    words = [_bare(word) for word in _WORD.findall(text)]
    return {short[word] for word in words if word in short} | {long[word] for word in words if word in long}


def _compare(evidence: Evidence, table: Table, note: Sentence, short: Mapping[str, str]) -> Iterator[Finding]:
    parts = _OF_PATIENT.split(note.text)
    told = {name: _named(text, short) for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    claims = evidence.of_sentence(note)
    for _, rows in groupby(table.rows, key=lambda row: row.section):
        listed = [(claim.ids[0], claim, drugs) for row in rows if (drugs := _named(row.label, short))
                  for cell in row.cells for claim in evidence.of_cell(cell)
                  if claim.kind is Kind.IDS and len(claim.ids) == 1 and claim.ids[0] in told]  # fmt: skip
        # A section that shares nothing with the note for most of its patients lists something else.
        if len(listed) > 1 and 2 * sum(bool(drugs & told[name]) for name, _, drugs in listed) > len(listed):
            for name, claim, drugs in listed:
                near = [other for other in claims if other.kind is Kind.IDS and name in other.ids][:1]
                yield from _differ(name, claim, near, drugs, told[name])


def _differ(name: str, row: Claim, near: list[Claim], drugs: set[str], told: set[str]) -> Iterator[Finding]:
    for more, less, where in (
        (drugs, told, "the row and not in the note"),
        (told, drugs, "the note and not in the row"),
    ):
        extra = sorted(more - less)
        if extra:
            words = f"patient {name}: {', '.join(extra)} in {where}"
            arithmetic = f"row: {', '.join(sorted(drugs))}; note: {', '.join(sorted(told))}"
            consistent = "the same treatment in both places"
            yield finding("treatment_told_twice", Certainty.AMBIGUOUS, words, (row, *near), arithmetic, consistent)


RULES = (
    Rule(
        "treatment_told_twice",
        "A patient's treatment in a row is that of the note that lists it by patient.",
        "drugs and routes by the abbreviations that the notes explain; sections that share nothing are left out",
        "the same treatment in both places",
        (Certainty.AMBIGUOUS,),
        _drugs,
    ),
)
