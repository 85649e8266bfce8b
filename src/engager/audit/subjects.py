"""What a number is about, in words that can be compared: `Grade ≥3 febrile neutropenia` is one with a row's label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engager.audit.bands import Band, band_of
from engager.audit.claim import Claim, Kind
from engager.audit.names import NONE, Names

Words = frozenset[str]
"""The words of a subject, without what says how many and with one form for each word."""

_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "by",
        "from",
        "with",
        "and",
        "or",
        "as",
        "after",
        "before",
        "during",
        "than",
        "all",
        "any",
        "each",
        "patient",
        "patients",
        "child",
        "children",
        "case",
        "cases",
        "subject",
        "subjects",
        "n",
        "no",
        "number",
        "total",
        "totally",
        "grade",
        "mild",
        "slight",
        "slightly",
        "counts",
        "count",
        "level",
        "levels",
        "sample",
        "samples",
        "were",
        "was",
        "is",
        "are",
        "had",
        "has",
        "have",
        "been",
        "be",
        "their",
        "this",
        "these",
        "those",
        "who",
        "which",
        "that",
        "group",
        "cohort",
        "study",
        "reported",
        "including",
        "included",
        "include",
        "other",
        "only",
        "also",
        "most",
        "rate",
        "rates",
        "both",
        "control",
        "controls",
        "intervention",
        "placebo",
        "arm",
        "peripheral",
        "blood",
        "therapy",
        "treatment",
        "evaluated",
    ]
)
_SAME = {
    "proceeded": "proceed", "proceeding": "proceed", "bridged": "proceed", "bridging": "proceed", "bridge": "proceed",
    "underwent": "proceed", "followup": "follow", "observation": "follow", "haemoglobin": "hemoglobin",
    "anaemia": "anemia", "diarrhoea": "diarrhea", "leucocyte": "leukocyte", "tumour": "tumor", "oedema": "edema",
    "neutropaenia": "neutropenia", "boys": "male", "girls": "female", "men": "male", "women": "female",
}  # fmt: skip
_CELLS = re.compile(r"\b(t|b|nk)[- ]cells?\b", re.IGNORECASE)
_OBSERVED = (
    r"(?:observed|seen|found|reported|recorded|noted|detected|documented|developed|diagnosed|present|"
    r"confirmed|identified)"
)
_IN_PEOPLE = re.compile(
    rf"^(?P<what>.*?)\b(?:was|were|has been|have been)\s+(?:\w+ly\s+)?{_OBSERVED}\s+"
    r"(?:\w+\s+){0,4}?(?:in|from|by)\s*(?:all\s*)?(?:the\s*)?$|"
    r"^(?P<happened>.*?)\b(?:occurred|developed|appeared)\s+in\s*(?:all\s*)?(?:the\s*)?$",
    re.IGNORECASE | re.DOTALL,
)
_HAD = re.compile(
    r"^\s*(?:of the )?(?:\w+\s+){0,2}?(?:developed|showed|experienced|had|suffered from|presented with|exhibited)\s+"
    r"(?:an?\s+|the\s+)?(?P<what>[^,;.()]+)",
    re.IGNORECASE,
)
_AFFECTED = re.compile(r"^\s*(?:was|were)\s+(?:\w+ly\s+)?affected by\s+(?P<what>[^;.()]+)", re.IGNORECASE)
_WENT = re.compile(
    r"^[^;.()]*?\b(?P<what>(?:proceeded|proceeding|bridged|went on)\s+(?:on\s+)?to\s+[^,;.()]+)", re.IGNORECASE
)
_CUT = re.compile(
    r"\b(requiring|mainly|mostly|within|without|after|before|during|which|that|who|while|whereas|because|due|following|"
    r"in the|at the|on the|among|as well|into)\b|[,;:]",
    re.IGNORECASE,
)
_LISTED = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s+or\s+")
_COUNTING = (Kind.COUNT, Kind.COUNT_PERCENT, Kind.FRACTION, Kind.FRACTION_PERCENT, Kind.PERCENT)


@dataclass(frozen=True, slots=True)
class Subject:
    """The words and grades that a number is about, how the sentence says it, and the thing that it names."""

    words: Words
    band: Band | None = None
    said: str = ""
    thing: str = ""


def words_of(text: str, short: Mapping[str, str] | None = None) -> Words:
    """Return the words of a text in one form each, without those that only say how many or how bad.

    Examples:
        >>> sorted(words_of("Grade ≥3 white blood cell decreased")) == sorted(words_of("white blood cell decrease"))
        True
        >>> sorted(words_of("A slight increase in T-cells")), sorted(words_of("Anal mucositis, n (%)"))
        (['increas', 'tcell'], ['anal', 'mucositi'])
    """
    spelt = _CELLS.sub(r"\1cell", text.lower().replace("follow-up", "follow").replace("follow up", "follow"))
    found: set[str] = set()
    for word in re.findall(r"[a-z][a-z0-9-]*[a-z0-9]|\bil-?\d+\b", spelt):
        for part in (short or {}).get(word, word).lower().split():
            if part not in _STOP:
                found.add(_stem(_SAME.get(part, part)))
    return frozenset(found)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def subjects_of(claim: Claim, claims: Sequence[Claim], names: Names = NONE) -> Iterator[Subject]:
    """Yield what a number of a sentence is about, as far as its grammar tells; nothing where it is in doubt.

    `claims` are those of its sentence, in order. What is read: `X (29%)`, `A and B were observed in 57% and 48%,
    respectively`, `4 IKZF1 deletion, and 3 ...`, `X was observed in 3 patients`, `five patients developed X`, `three
    patients were affected by A, B and C`, `elevation of X in 3 patients`, `in all 23 patients, A and B were detected`.
    """
    text = claim.context
    for what in _phrases(text, claim, claims):
        bare = without_grade(what)
        words = words_of(bare, names.short)
        if words:
            yield Subject(words, _band(text, what, claim), " ".join(what.split()), names.thing(bare))


def without_grade(text: str) -> str:
    """Return a text without the grade that it names.

    Examples:
        >>> without_grade("Grade ≥3 fever").split(), without_grade("fever (grade 3-4)")
        (['fever'], 'fever ( )')
    """
    return _GRADE.sub(" ", text)


_GRADE = re.compile(r"\bgrades?\s*[≥>]?\s*[\dIV]+(\s*[-–/]\s*[\dIV]+)?", re.IGNORECASE)


def _band(text: str, what: str, claim: Claim) -> Band | None:
    before = text[: claim.start]
    own = band_of(what) or band_of(text[claim.end : claim.end + 16])
    return own or band_of(before) if len(re.findall(r"\bgrades?\b", before, re.IGNORECASE)) <= 1 else own


def _phrases(text: str, claim: Claim, claims: Sequence[Claim]) -> list[str]:
    before, after = text[: claim.start], text[claim.end :]
    if "respectively" in text:
        return _respectively(text, claim, claims)
    if claim.kind is Kind.NUMBER:
        return _enumerated(before, after)
    if before.rstrip().endswith("("):
        # "(six females, nine males)" names its own subject, "(21%/79%/0%)" several.
        own = re.search(r"[a-z]{3}", re.sub(r"patients?|children|cases", "", claim.text)) is not None
        several = own or after.startswith("/")
        return [] if several else [_last_phrase(before.rstrip()[:-1])]
    ways = (_by_rate, _by_verb, _by_all, _by_object, _by_place) if claim.kind is not Kind.PERCENT else (_by_rate,)
    return next((found for way in ways if (found := way(before, after, claim))), [])


def _by_rate(before: str, _after: str, _claim: Claim) -> list[str]:
    told = re.search(r"\b(?:incidence|rate|frequency|proportion) of (?P<what>[^,;.()]+?) (?:was|were)\s*$", before)
    return [told["what"]] if told is not None else []


def _by_verb(before: str, _after: str, _claim: Claim) -> list[str]:
    told = _IN_PEOPLE.search(re.split(r"[;]", before)[-1])
    return [_CUT.split(told["what"] or told["happened"])[0]] if told is not None else []


def _by_all(before: str, after: str, _claim: Claim) -> list[str]:
    if not re.search(r"\bin all\s*$", before, re.IGNORECASE):
        return []
    told = re.match(rf"\s*,\s*(?P<what>[^;.]+?)(?:\s*\([^)]*\))?\s+(?:was|were)\s+{_OBSERVED}", after)
    return [part for part in _LISTED.split(told["what"]) if part.strip()] if told is not None else []


def _by_object(_before: str, after: str, claim: Claim) -> list[str]:
    bare = re.sub(r"^\s*\([^)]*\)", "", after)
    if (told := re.match(r"\s*of (?P<what>[^,;.()]+)", bare)) is not None and claim.text.endswith(("cases", "case")):
        return [_CUT.split(told["what"])[0]]
    if (told := _AFFECTED.match(bare)) is not None:
        return [_CUT.split(part)[0] for part in _LISTED.split(told["what"].split(" that ")[0]) if part.strip()]
    if (told := _WENT.match(bare)) is not None:
        return [_CUT.split(told["what"])[0]]
    if (told := _HAD.match(bare)) is not None:
        return [_CUT.split(told["what"])[0]]
    return []


def _by_place(before: str, _after: str, claim: Claim) -> list[str]:
    told = re.search(r"(?P<what>[^,;:.()]+?)\s+in\s*$", before)
    return [_last_phrase(told["what"])] if told is not None and claim.unit == "patients" else []


def _last_phrase(text: str) -> str:
    """Return the words that a bracket explains: back to a comma, a conjunction or a verb."""
    return re.split(
        r"[,;:()]|\b(?:and|or|including|included|include|with|was|were|is|are|had|of which|as|by)\b",
        text,
        flags=re.IGNORECASE,
    )[-1]


def _enumerated(before: str, after: str) -> list[str]:
    """Return the words after a bare number of a list: `including 1 MLL rearrangement, 4 IKZF1 deletion, and 3 ...`."""
    if not re.search(r"(\bincluding|,|\band)\s*$", before) or "including" not in before:
        return []
    told = re.match(r"\s+(?P<what>[A-Za-z][^,;.()]*?)(?=,|;|\.|\sand\s|$)", after)
    return [told["what"]] if told is not None else []


def _respectively(text: str, claim: Claim, claims: Sequence[Claim]) -> list[str]:
    """Return the subject at the same place of its list as the number in its own."""
    numbers = [other for other in claims if other.kind is claim.kind and other.kind in _COUNTING]
    told = re.search(rf"\b(?:was|were)\s+(?:\w+ly\s+)?(?:{_OBSERVED})\b", text)
    if told is None or not numbers or numbers[0].start < told.end():
        return []
    parts = [part for part in _LISTED.split(re.split(r"[;:]", text[: told.start()])[-1].strip()) if part.strip()]
    return [parts[numbers.index(claim)]] if len(parts) == len(numbers) else []
