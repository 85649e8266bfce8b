"""What a manuscript calls by several names: its own abbreviations, and things of the field from `names.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_ABBREVIATED = re.compile(r"\s*\(([A-Z][A-Za-z]{1,6}s?)\)")
_NOTED = re.compile(r"(?:^|[;.,]\s|\s)([A-Z][A-Za-z]{1,6})\s?[,:=]\s?([a-z][a-z -]{3,60}?)(?=[;.,]|$)")
_LABEL_ENDS = re.compile(
    r"\s*(?:[,;:]\s*)?(?:[(\[]?\s*(?:n|no\.?|number|anzahl)?\s*[,(\[/]?\s*%\s*[)\]]*|[(\[]\s*n\s*[)\]]|,\s*n|,\s*no\.)\s*$|"
    r"[*†‡§¶#ᵃ-ᵡ⁰-⁹:.,;\s]+$"
)
_LABEL_BEGINS = re.compile(
    r"^(?:(?:no\.|number) of (?:patients )?(?:with )?|patients (?:with|who) |any |total |"
    r"(?:proceed(?:ed|ing)? (?:on )?to|went on to|underwent|undergoing) (?:an? )?)"
)


@dataclass(frozen=True, slots=True)
class Thing:
    """What has several names: its `names`, the `verbs` that say it of patients, its `opposite`, and `unless`."""

    key: str
    names: tuple[str, ...]
    verbs: tuple[str, ...] = ()
    opposite: str = ""
    unless: str = ""


@cache
def things() -> Mapping[str, Thing]:
    """Return the things of `names.toml` by their keys."""
    told = tomllib.loads((files("engager.audit") / "names.toml").read_text("utf-8"))
    return MappingProxyType(
        {
            key: Thing(
                key,
                tuple(each["names"]),
                tuple(each.get("verbs", ())),
                each.get("opposite", ""),
                each.get("unless", ""),
            )
            for key, each in told.items()
        }
    )


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a manuscript uses: its abbreviations written out, and the things that its names stand for.

    Examples:
        >>> names = Names({"crs": "cytokine release syndrome"}, things())
        >>> names.thing("CRS"), names.thing("Cytokine-release syndrome, n (%)"), names.thing("severe CRS")
        ('cytokine_release', 'cytokine_release', '')
    """

    short: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Thing] = field(default_factory=dict)

    def thing(self, text: str) -> str:
        """Return the key of the thing that a text is a name of, all of it; empty where it is none."""
        return _by_name(tuple(self.known)).get(self.spelt(_bare(text)), "")

    def spelt(self, text: str) -> str:
        """Return a text in lower case, its abbreviations written out, blanks for hyphens."""
        lower = text.lower()
        words = (self.short.get(word, word) for word in re.findall(r"[^\s]+", lower))
        return " ".join(re.sub(r"[-‐‑‒–]", " ", " ".join(words)).split())


NONE: Final = Names()
"""No names but the words themselves."""


@cache
def _by_name(keys: tuple[str, ...]) -> Mapping[str, str]:
    known = things()
    return MappingProxyType({name: key for key in keys for name in known[key].names})


def _bare(text: str) -> str:
    """Return a label without what it says of counting, and without footnote marks."""
    bare, before = text.strip(), ""
    while bare != before:
        bare, before = _LABEL_ENDS.sub("", bare), bare
    return _LABEL_BEGINS.sub("", bare.lower())


def abbreviations(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that sentences and notes define, with what they stand for: a word for each letter.

    Examples:
        >>> abbreviations(["prevention of severe cytokine release syndrome (CRS) and"])
        {'crs': 'cytokine release syndrome'}
        >>> abbreviations(["CR, complete remission; MRD, minimal residual disease."])
        {'cr': 'complete remission', 'mrd': 'minimal residual disease'}
    """
    found: dict[str, str] = {}
    for text in texts:
        for told in _ABBREVIATED.finditer(text):
            letters = told[1].rstrip("s").lower()
            words = re.findall(r"[^\W_]+", text[max(0, told.start() - 120) : told.start()])[-len(letters) :]
            if [word[:1].lower() for word in words] == list(letters):
                found.setdefault(letters, " ".join(words))
        for told in _NOTED.finditer(text):
            words = re.findall(r"[^\W_]+", told[2])
            if [word[:1].lower() for word in words] == list(told[1].lower()):
                found.setdefault(told[1].lower(), " ".join(words))
    return found


def names_of(texts: Iterable[str], tables: Iterable[Iterable[str]]) -> Names:
    """Return the names of a manuscript, from its sentences and the labels of the rows of each of its tables.

    A thing is left out where the texts have a word by which its names may mean something else, or where a table has
    two of its names.
    """
    listed = list(texts)
    short = abbreviations(listed)
    every, labels = Names(short, things()), [list(each) for each in tables]
    apart = {thing for each in labels for thing in _told_apart(every, each)}
    whole = "\n".join((*listed, *(label for each in labels for label in each)))
    kept = {
        key: thing
        for key, thing in things().items()
        if key not in apart and not (thing.unless and re.search(thing.unless, whole, re.IGNORECASE))
    }
    return Names(short, MappingProxyType(kept))


def _told_apart(names: Names, labels: Iterable[str]) -> set[str]:
    """Return the things that the rows of a table call by two different names."""
    used: dict[str, set[str]] = {}
    for label in labels:
        if thing := names.thing(label):
            used.setdefault(thing, set()).add(names.spelt(_bare(label)))
    return {thing for thing, spelt in used.items() if len(spelt) > 1}
