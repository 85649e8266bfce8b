"""Claims in running text: every reader in turn, the surer first; what one has read the next does not read again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from engager.audit.claim import Kind
from engager.audit.claims.centres import centres, plain_ranges, ranges
from engager.audit.claims.counts import counts, counts_with_percent, fractions, group_sizes
from engager.audit.claims.draft import Draft, Reader, numbers_of
from engager.audit.claims.labels import dates, grades, patient_ids, versions
from engager.audit.claims.numbers import DASH, Convention, pattern
from engager.audit.claims.percents import intervals, p_values, percents
from engager.audit.claims.quantities import doses, durations, powers, quantities

READERS: tuple[tuple[Reader, str], ...] = (
    (dates, "19 20"),
    (versions, "CTCAE MedDRA v V"),
    (intervals, "CI C.I. onfidence KI onfidenzintervall CrI"),
    (patient_ids, "atient ase Pt"),
    (powers, "10 e E"),
    (p_values, "p P"),
    (group_sizes, "="),
    (grades, "rad RADE G"),
    (centres, "edian ean verage ittel ittl ± +/-"),
    (ranges, "ange IQR Spannweite between zwischen"),
    (doses, "g mcg U IE I.E. E Gy Gray mol"),
    (quantities, "/ mmHg mm °C bpm cm kg m2 m² l L log -fold"),
    (fractions, "of / von"),
    (counts_with_percent, "%"),
    (durations, "d h w m y D T W M J S"),
    (percents, "% percent Prozent"),
)
"""The readers in the order in which they are asked, each with the pieces of which a text must hold one."""
LATE_READERS: tuple[tuple[Reader, str], ...] = (
    (plain_ranges, " ".join(DASH)),
    (counts, " ".join("abcdefghijklmnoprstuvwxyz")),
)
"""Those that are asked when references in brackets are known: `(1-3)` is no range."""
_NEEDS = {reader: tuple(needs.split()) for reader, needs in (*READERS, *LATE_READERS)}

MOST_LETTERS = 20_000
"""Letters of a sentence or cell that are read; no person writes longer ones."""
_MOST_DRAFTS = 2_000
# Numbers that name a thing: Table 2, Fig. 1A, phase 2; and references, raised or set behind a stop or comma.
_NAMES = re.compile(
    r"(?:\b(?:Tables?|Fig(?:ure)?s?\.?|FIGURES?|TABLES?|Tab\.|Tabellen?|Abb(?:ildung)?(?:en)?\.?|Refs?\.?|Equations?|Eq\.|"
    r"Sections?|Chapters?|Appendix|[Pp]hase|Nr\.|pp?\.|[Vv]ol\.)\s?S?\d{1,3}[A-Za-z]?\b"
    r"(?:\s?(?:[,–-]|and|und|to)\s?S?\d{1,3}[A-Za-z]?\b)*)"
    r"|(?<=[a-zäöüß)\]][.,;])\d{1,3}(?:[,–-]\d{1,3})*(?=\s|$)"
)
_CITATIONS = re.compile(r"[(\[]\s?\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\s?[)\]]")
_WORDS_OF_BOUNDS = (
    ("≥", "at least|minimum|a minimum of|mindestens|wenigstens|no less than"),
    (">", "more than|over|above|exceeding|greater than|higher than|mehr als|über"),
    ("<", "less than|fewer than|below|under|lower than|weniger als|unter"),
    ("≤", "up to|at most|maximum|no more than|bis zu|höchstens|maximal"),
    ("~", r"about|approximately|approx\.|around|nearly|almost|roughly|approaching|ca\.|c\.|circa|etwa|rund|fast|some"),
)
_ANY_BOUND = "|".join(f"(?P<b{number}>{found})" for number, (_, found) in enumerate(_WORDS_OF_BOUNDS))
_BOUND_WORD = re.compile(rf"(?i)\b(?:{_ANY_BOUND})(?:\sof)?\s$")


def drafts_of(text: str, convention: Convention) -> list[Draft]:
    """Return what all readers find in a text, in its order."""
    text = text[:MOST_LETTERS]
    if not any(sign.isdigit() for sign in text) and not _may_hold_words(text):
        return []
    taken = bytearray(len(text))
    for match in _NAMES.finditer(text):
        _mark(taken, *match.span())
    found: list[Draft] = []
    for readers in (READERS, LATE_READERS):
        asked = (reader for reader, _ in readers if any(part in text for part in _NEEDS[reader]))
        for draft in (draft for reader in asked for draft in reader(text, convention)):
            if len(found) < _MOST_DRAFTS and _take(draft, taken):
                found.append(draft)
        _mark_citations(text, taken)
    found += _numbers(text, convention, taken)
    found = [_with_bound(draft, text) for draft in found]
    return sorted(found, key=lambda draft: (draft.start, draft.end))


_WORD_NUMBERS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|none|ein|eine|"
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|keiner)\b",
    re.IGNORECASE,
)


def _may_hold_words(text: str) -> bool:
    return bool(_WORD_NUMBERS.search(text))


def _take(draft: Draft, taken: bytearray) -> bool:
    """Mark the text of a draft as read; False where another has read some of it."""
    spans = draft.spans or ((draft.start, draft.end),)
    if any(any(taken[start:end]) for start, end in spans):
        return False
    for start, end in spans:
        _mark(taken, start, end)
    return True


def _mark(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\1" * (end - start)


def _with_bound(draft: Draft, text: str) -> Draft:
    """Return a draft whose first number has the bound that the words before it tell: `at least one`, `over 7`."""
    match = _BOUND_WORD.search(text, max(0, draft.start - 20), draft.start)
    if not match or not draft.numbers or draft.numbers[0].bound != "=" or match.lastgroup is None:
        return draft
    sign = _WORDS_OF_BOUNDS[int(match.lastgroup[1:])][0]
    first, *rest = draft.numbers
    return replace(draft, numbers=(replace(first, bound=sign), *rest))


def _mark_citations(text: str, taken: bytearray) -> None:
    for match in _CITATIONS.finditer(text):
        if not any(taken[match.start() : match.end()]):
            _mark(taken, *match.span())


_YEAR = re.compile(r"^(?:19|20)\d\d(?:\.\d+)?$")


def _numbers(text: str, convention: Convention, taken: bytearray) -> Iterator[Draft]:
    """Yield the numbers that nobody read, apart from those that are names."""
    for match in pattern(r"(?P<value_b>@B)(?P<value>@N)(?!\w)", convention).finditer(text):
        start = match.start("value_b") if match["value_b"].strip() else match.start("value")
        if any(taken[start : match.end()]) or _YEAR.match(match["value"]):
            continue
        yield Draft(Kind.NUMBER, start, match.end(), numbers_of(match.groupdict(), ("value",), convention))
