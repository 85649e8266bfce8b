"""CTCAE 4.03, 5.0 and 6.0 as data: terms, the grades they have, and the rules that a laboratory value decides."""

from engager.terms.ctcae.names import find_term, in_use, nearest, offer, read_term, spelling
from engager.terms.ctcae.renamed import Renaming, renamings
from engager.terms.ctcae.rules import Arm, Rule, rules
from engager.terms.ctcae.terms import Term, ctcae
from engager.terms.ctcae.versions import SOURCES, VERSIONS

__all__ = [
    "SOURCES",
    "VERSIONS",
    "Arm",
    "Renaming",
    "Rule",
    "Term",
    "ctcae",
    "find_term",
    "in_use",
    "nearest",
    "offer",
    "read_term",
    "renamings",
    "rules",
    "spelling",
]
