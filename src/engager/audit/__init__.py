"""Audit: which numbers of a manuscript cannot be true.

A document becomes a `Manuscript` of sentences and tables, that becomes `Claim`s in numbers, rules hold claims against
each other, and every contradiction is a `Finding` with its place and its arithmetic.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engager.audit.auditing import Audit, audit
    from engager.audit.claim import Claim, Kind, Number
    from engager.audit.claims import read_claims
    from engager.audit.finding import Certainty, Finding
    from engager.audit.manuscript import Manuscript, Position
    from engager.audit.reading import read_manuscript

# The parts are imported at first use: reading a table costs no statistics, and asking for help nothing at all.
_PUBLIC = {
    "Audit": "auditing",
    "Certainty": "finding",
    "Claim": "claim",
    "Finding": "finding",
    "Kind": "claim",
    "Manuscript": "manuscript",
    "Number": "claim",
    "Position": "manuscript",
    "audit": "auditing",
    "read_claims": "claims",
    "read_manuscript": "reading",
}

__all__ = [
    "Audit",
    "Certainty",
    "Claim",
    "Finding",
    "Kind",
    "Manuscript",
    "Number",
    "Position",
    "audit",
    "read_claims",
    "read_manuscript",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'engager.audit' has no attribute {name!r}")
    return getattr(import_module(f"engager.audit.{_PUBLIC[name]}"), name)
