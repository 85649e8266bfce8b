"""A rule of the audit as data: its name, what it checks, how sure it can be, its arithmetic, and how it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engager.audit.claim import Claim
from engager.audit.evidence import Evidence
from engager.audit.finding import Certainty, Finding


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, as the reference page shows it.

    `name` is stable and stands in findings; `what` says what is checked, `arithmetic` how, `consistent` what would be
    right, and `certainties` how sure its findings can be. `find` returns them for a manuscript's evidence.
    """

    name: str
    what: str
    arithmetic: str
    consistent: str
    certainties: tuple[Certainty, ...]
    find: Callable[[Evidence], Iterable[Finding]]


def finding(
    rule: str, certainty: Certainty, message: str, claims: Iterable[Claim], arithmetic: str, consistent: str = ""
) -> Finding:
    """Return a finding; text that may be damaged lowers `impossible` to `unlikely` and is told as the artefact."""
    told = tuple(claims)
    damaged = dict.fromkeys(claim.damaged for claim in told if claim.damaged)
    artefact = f"may be an artefact of extraction: {'; '.join(damaged)}" if damaged else ""
    if artefact and certainty is Certainty.IMPOSSIBLE:
        certainty = Certainty.UNLIKELY
    return Finding(rule, certainty, message, told, arithmetic, consistent, artefact)


def number(value: int, one: str = "patient", many: str = "") -> str:
    """Return a count with its noun, `1 patient` or `2 patients`.

    Examples:
        >>> number(1), number(0), number(2, "entry", "entries")
        ('1 patient', '0 patients', '2 entries')
    """
    return f"{value} {one if value == 1 else many or one + 's'}"
