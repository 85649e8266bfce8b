"""A finding: claims that do not go together, how sure that is, the arithmetic, and what would be consistent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engager.audit.claim import Claim
from engager.audit.manuscript import Position


class Certainty(StrEnum):
    """How sure a finding is.

    `impossible` holds under every rounding, every plausible denominator and every reading of the text; `unlikely` needs
    an unusual reading to be right; `rounding` is right under an unusual rounding only; `ambiguous` tells that the text
    can be read in ways that contradict each other.
    """

    IMPOSSIBLE = "impossible"
    UNLIKELY = "unlikely"
    ROUNDING = "rounding"
    AMBIGUOUS = "ambiguous"

    @property
    def rank(self) -> int:
        """Return 0 for the surest, for sorting."""
        return list(Certainty).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction: the rule that found it, the claims, the arithmetic in words and numbers.

    `message` is one sentence for an editor; `arithmetic` shows the calculation; `consistent` says what would be right,
    as far as it can be told; `artefact` says why the fault may be that of the file's text and not the author's, empty
    where nothing speaks for it. The first claim is the one that is marked.
    """

    rule: str
    certainty: Certainty
    message: str
    claims: tuple[Claim, ...]
    arithmetic: str
    consistent: str = ""
    artefact: str = ""

    @property
    def position(self) -> Position:
        """Return the place of the first claim."""
        return self.claims[0].position
