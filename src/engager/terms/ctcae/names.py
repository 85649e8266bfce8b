"""How a record's words are read as a term of CTCAE, and which terms are offered where they are none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache

from engager.terms.ctcae.renamed import renamings
from engager.terms.ctcae.terms import Term, ctcae
from engager.terms.ctcae.versions import VERSIONS
from engager.terms.shipped import shipped_data

_OFFERED = 3
_LIKE = 0.72
_BRITISH = {"ae": "e", "oe": "e", "tumour": "tumor", "leuco": "leuko", "isation": "ization"}


def find_term(text: str, version: str) -> Term:
    """Return the term that a text names; ValueError saying what became of the name, or offering the nearest.

    Upper and lower case, spaces, hyphens and commas are no difference, nor is British spelling.

    Examples:
        >>> find_term("febrile  neutropaenia", "4.03").name
        'Febrile neutropenia'
        >>> find_term("neutropenia", "5.0")
        Traceback (most recent call last):
        ValueError: `neutropenia` is not among the terms of CTCAE 5.0. Nearest: Neutrophil count decreased, ...
    """
    term = read_term(text, version)
    if term is None:
        raise ValueError(f"`{text}` is not among the terms of CTCAE {version}. {offer(text, version)}")
    return term


def read_term(text: str, version: str) -> Term | None:
    """Return the term that a text names in a version, None where it names none.

    Examples:
        >>> read_term("Diarrhoea", "5.0").name
        'Diarrhea'
        >>> read_term("Platelet count decreased", "6.0") is None
        True
    """
    name = _names(version).get(spelling(text))
    return ctcae(version)[name] if name else None


def offer(text: str, version: str) -> str:
    """Return what is known of a text that names no term of a version: its new name, other versions, near names.

    Examples:
        >>> offer("Platelet count decreased", "6.0")
        'CTCAE 6.0 has Thrombocytopenia in its place (another scale: grade 3 now reaches down to 10 x10^9/L, ...'
        >>> offer("Thrombocytopenia", "5.0")
        'A term of CTCAE 6.0; in 5.0: Platelet count decreased'
        >>> offer("xyzzy", "5.0")
        'No term is near it'
    """
    key = spelling(text)
    renamed = _renamed().get(key)
    if version == VERSIONS[-1] and renamed is not None:
        entry = renamings()[renamed]
        return f"CTCAE {version} has {entry.becomes} in its place ({entry.note})"
    near = ", ".join(nearest(text, version))
    elsewhere = [other for other in VERSIONS if other != version and key in _names(other)]
    if elsewhere:
        return f"A term of CTCAE {' and '.join(elsewhere)}" + (f"; in {version}: {near}" if near else "")
    return f"Nearest: {near}" if near else "No term is near it"


def nearest(text: str, version: str) -> tuple[str, ...]:
    """Return up to three terms of a version that a text may have meant: by usage first, then by spelling.

    Examples:
        >>> nearest("ALT raised", "5.0")
        ('Alanine aminotransferase increased',)
        >>> nearest("Febril neutropenia", "5.0")
        ('Febrile neutropenia',)
    """
    key, known = spelling(text), _names(version)
    used = in_use(text, version)
    spelt = [known[near] for near in difflib.get_close_matches(key, known, n=_OFFERED, cutoff=_LIKE)]
    return (used or tuple(spelt))[:_OFFERED]


def in_use(text: str, version: str) -> tuple[str, ...]:
    """Return the terms of a version that a text stands for in everyday use or under a new name; several are possible.

    Examples:
        >>> in_use("neutropenia", "5.0"), in_use("Febril neutropenia", "5.0")
        (('Neutrophil count decreased', 'Febrile neutropenia'), ())
    """
    key = spelling(text)
    used = [name for name in _usage().get(key, ()) if name in ctcae(version)]
    earlier = [old for old, entry in renamings().items() if spelling(entry.becomes) == key and old in ctcae(version)]
    return tuple(dict.fromkeys([*used, *earlier]))


def spelling(text: str) -> str:
    """Return a text without what is written in two ways: case, spaces and marks, British and American spelling.

    Examples:
        >>> spelling("Haemorrhage,  intracranial") == spelling("hemorrhage intracranial")
        True
        >>> spelling("Multi-organ failure") == spelling("multi organ failure")
        True
    """
    bare = re.sub(r"[^a-z0-9]", "", text.lower())
    for british, american in _BRITISH.items():
        bare = bare.replace(british, american)
    return bare


@cache
def _names(version: str) -> Mapping[str, str]:
    return {spelling(name): name for name in ctcae(version)}


@cache
def _renamed() -> Mapping[str, str]:
    return {spelling(name): name for name in renamings()}


@cache
def _usage() -> Mapping[str, tuple[str, ...]]:
    """Return the terms that the words of everyday use stand for; offered, never read as the term."""
    raw = shipped_data("engager.terms.ctcae", "usage")
    found: dict[str, tuple[str, ...]] = {}
    for term, words in raw["terms"].items():
        for word in words:
            found[spelling(word)] = (*found.get(spelling(word), ()), term)
    return found
