"""Statements without a number: `no deaths occurred`, `all 23 patients responded`, of things that have a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from engager.audit.bands import Band, band_of
from engager.audit.claim import Claim, Kind, Number
from engager.audit.manuscript import Sentence
from engager.audit.names import Names, things
from engager.audit.subjects import without_grade

_PEOPLE = r"(?:patients?|children|participants|subjects|recipients|of them|Patient(?:en|in|innen)?|Kinder[n]?)"
_COUNT = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty)"
# What may stand before a statement that is about everybody: nothing, or words that choose nobody and no time.
_OPENING = re.compile(
    r"(?:^|[;:]\s*)(?:(?:overall|in (?:this|our) (?:study|trial|cohort|series)|importantly|notably|however|"
    r"furthermore|moreover|also|and|insgesamt|in dieser studie)\b,?\s*)*"
    r"(?:there (?:was|were|have been)\s+|we (?:observed|saw)\s+|es (?:gab|traten|trat)\s+)?$",
    re.IGNORECASE,
)
# What may stand behind it: nothing, or words that limit neither time nor place nor cause.
_CLOSING = (
    r"(?:\s+(?:was|were|has been|have been|wurden?)?\s*(?:observed|seen|found|reported|recorded|noted|documented|"
    r"detected|occurred|developed|encountered|beobachtet|auf|berichtet))?"
    r"(?:\s+in (?:any|our|this|the) (?:patients?|study|trial|cohort|series|whole cohort))?\s*(?=[.;]\s*$|[.;]\s|$)"
)
_ARTICLE = r"(?:any|an?|the|eine[nrs]?|ein)?\s*"
_WHAT = r"(?P<what>[^.;:,()\d][^.;:,()]{2,80}?)"
_HAD = (
    r"(?:had|have had|developed|experienced|showed|suffered|achieved|reached|attained|erreichten|entwickelten|hatten)"
)
_NO = re.compile(rf"\b(?:no|keine?)\s+{_WHAT}{_CLOSING}", re.IGNORECASE)
_NOBODY = re.compile(
    rf"\b(?:no|none of (?:the|our|these)(?: {_COUNT})?|kein|keiner der(?: {_COUNT})?)\s+{_PEOPLE}\s+"
    rf"(?:(?:has|have|had)\s+)?(?:{_HAD}\s+{_ARTICLE}{_WHAT}|(?P<verb>[a-zäöü][a-zäöü ]{{2,30}}?)){_CLOSING}",
    re.IGNORECASE,
)
_EVERYBODY = re.compile(
    rf"\b(?:all|alle)(?: of)?(?: (?:the|our))?(?: {_COUNT})?\s+{_PEOPLE}\s+(?:(?:have|had)\s+)?"
    rf"(?:{_HAD}\s+{_ARTICLE}{_WHAT}|(?P<verb>[a-zäöü][a-zäöü ]{{2,30}}?)){_CLOSING}",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s+(?:or|and|nor|oder|und)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says of all patients or of none: the thing, the grades it is about, and the claim."""

    thing: str
    everybody: bool
    band: Band | None
    claim: Claim


def statements_of(sentence: Sentence, names: Names) -> Iterator[Statement]:
    """Yield what a sentence says of everybody or nobody without a number, where nothing in it limits that.

    Only of the things of `names.toml`, and where the whole of what is said is a name: "no severe CRS" is about
    something else than CRS, "no deaths within 30 days" about another time.
    """
    for pattern, everybody in ((_NOBODY, False), (_EVERYBODY, True), (_NO, False)):
        for told in pattern.finditer(sentence.text):
            if not _OPENING.search(sentence.text[: told.start()]):
                continue
            groups = told.groupdict()
            what = _in_one(groups.get("what") or "")
            found = [_named(part, names) for part in _LISTED.split(what)] if what else []
            if groups.get("verb"):
                found = [(_by_verb(names).get(groups["verb"].lower().strip(), ""), None)]
            band = found[0][1] if found else None
            claim = _claim(sentence, told, everybody=everybody)
            yield from (Statement(thing, everybody, own or band, claim) for thing, own in found if thing)


def _in_one(text: str) -> str:
    """Return a text whose grades are told without `or`: `grade 3 or higher` as `grade ≥3`, `3 or 4` as `3-4`."""
    text = re.sub(r"(?i)\bgrades?\s*(\d)\s+or\s+(?:higher|more|worse|above|greater)", r"grade ≥\1", text)
    return re.sub(r"(?i)\bgrades?\s*(\d)\s+(?:or|and)\s+(?:grade\s+)?(\d)", r"grade \1-\2", text)


def _named(text: str, names: Names) -> tuple[str, Band | None]:
    bare = re.sub(rf"^(?:of\s+)?{_ARTICLE}", "", without_grade(text).strip(), flags=re.IGNORECASE)
    return names.thing(bare), band_of(text)


def _by_verb(names: Names) -> Mapping[str, str]:
    return {verb: key for verb, key in _verbs().items() if key in names.known}


@cache
def _verbs() -> Mapping[str, str]:
    return {verb: thing.key for thing in things().values() for verb in thing.verbs}


def _claim(sentence: Sentence, told: re.Match[str], *, everybody: bool) -> Claim:
    none = () if everybody else (Number("n", Decimal(0), told[0].split()[0], words=True),)
    return Claim(
        Kind.ALL_OR_NONE,
        told[0].strip(),
        sentence.position,
        none,
        told.start(),
        told.end(),
        sentence.text,
        unit="patients",
    )
