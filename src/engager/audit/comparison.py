"""Claims against a study: each number that a manuscript tells beside the number that the study's data give.

A study comes as `Expected` values: every cell and sentence that its report would show, with the words it stands under.
A claim is compared where the manuscript says the same thing, in the same words (`same_words`) or in words that mean one
result and no other (`same_meaning`). Where several results could be meant, it is told to be ambiguous and no alarm is
raised; a claim that maps to nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engager.audit.claim import Claim
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Manuscript
from engager.audit.rules.rule import finding
from engager.results import AnalysisResult

RULE = "differs_from_study"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a study says at one place: the text as its report shows it, the words above it, the results behind it.

    `labels` are those of the row from the caption inward, `column` the head of the column; both are empty for a
    sentence. `place` is where the study's report shows it. `results` is empty for words that show none (a column's
    head with its number of patients, a setting in the methods).
    """

    text: str
    place: str
    labels: tuple[str, ...] = ()
    column: str = ""
    results: tuple[AnalysisResult, ...] = ()

    @property
    def in_table(self) -> bool:
        """Return whether it is a cell of a table's body."""
        return bool(self.labels)


class Verdict(StrEnum):
    """What became of a claim that was held against a study."""

    AGREES = "agrees"
    DIFFERS = "differs"
    AMBIGUOUS = "ambiguous"


class Mapping(StrEnum):
    """How a claim was mapped to a result: by the same words around it, or by what its words mean."""

    WORDS = "same words"
    MEANING = "same meaning"


@dataclass(frozen=True, slots=True)
class Compared:
    """A claim beside what the study says: several expected values only where the mapping is ambiguous."""

    claim: Claim
    expected: tuple[Expected, ...]
    verdict: Verdict
    mapping: Mapping
    found: Finding | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All claims held against a study; `unmapped` are those that mean no result of it, or none that is known."""

    compared: tuple[Compared, ...]
    unmapped: tuple[Claim, ...]

    def count(self, verdict: Verdict) -> int:
        """Return how many claims have a verdict."""
        return sum(each.verdict is verdict for each in self.compared)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The claims that differ, as findings."""
        return tuple(each.found for each in self.compared if each.found is not None)


def compare(manuscripts: Sequence[Manuscript], claims: Sequence[Claim], expected: Iterable[Expected]) -> Comparison:
    """Return every claim held against what a study says, in the order of the claims."""
    from engager.audit.same_meaning import by_meaning
    from engager.audit.same_words import by_words

    values = tuple(expected)
    found = list(by_words(manuscripts, claims, values))
    known = {id(each.claim) for each in found}
    found += by_meaning([claim for claim in claims if id(claim) not in known], values)
    known = {id(each.claim) for each in found}
    return Comparison(tuple(sorted(found, key=_place)), tuple(claim for claim in claims if id(claim) not in known))


def _place(each: Compared) -> tuple[object, ...]:
    at = each.claim.position
    return at.file, at.block, at.row, at.column, at.paragraph, at.sentence, each.claim.start


def differing(claim: Claim, value: Expected, mapping: Mapping, arithmetic: str, told: str = "") -> Compared:
    """Return a claim that differs from what a study says, with its finding.

    In the same words a difference is impossible of these data; by meaning it is unlikely, because another definition,
    cut-off or set of patients may be meant. `told` is the part of the study's text that answers the claim.
    """
    certainty = Certainty.IMPOSSIBLE if mapping is Mapping.WORDS else Certainty.UNLIKELY
    ids = ", ".join(row.id for row in value.results[:4])
    by = f"; mapped by the {mapping} to {value.place}" + (f" ({ids})" if ids else "")
    said = told or value.text
    message = f"{claim.text} differs from the study, whose data give {said}"
    found = finding(RULE, certainty, message, (claim,), arithmetic + by, said)
    return Compared(claim, (value,), Verdict.DIFFERS, mapping, found)
