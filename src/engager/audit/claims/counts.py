"""Counts: `six patients`, `3 of 9 (33%)`, `12/20`, `16 (70%)`, `n = 23`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from engager.audit.claim import Kind, Number
from engager.audit.claims.draft import Draft, numbers_of
from engager.audit.claims.numbers import WORDS, Convention, pattern
from engager.audit.word_lists import words

_PEOPLE = (
    r"patients?|children|child|cases?|subjects?|boys?|girls?|males?|females?|men|women|adults|adolescents|infants|"
    r"individuals|participants|persons|people|recipients|donors|(?:non-)?responders?|survivors|volunteers|"
    r"Patient(?:en|innen|in)?|Kinder[n]?|Jungen|Mädchen|Fälle[n]?|Probanden"
)
_THINGS = (
    r"cycles?|courses?|infusions?|events?|AEs?|SAEs?|episodes?|deaths?|relapses?|seizures?|transplants?|"
    r"transplantations?|HSCTs?|SCTs?|samples?|trials?|studies|cent(?:er|re)s?|donors?|"
    r"Zyklen|Zyklus|Ereignisse[n]?|Episoden|Todesfälle|Rezidive|Proben|Zentren"
)
_NOUN = rf"(?:{_PEOPLE}|{_THINGS})\b"
_ADJECTIVES = r"(?:[^\W\d_][\w+/’'-]*\s+){0,3}?"
_PERCENT = r"@S[(,;\[]@S(?P<percent_b>@B)(?P<percent>@N)@S(?P<percent_p>%)"
_FRACTION = (
    r"(?P<n>@W)(?:\s+(?:patients?|children|cases?|Patienten|Kinder[n]?))?(?:\s\([^()]{1,60}\))?"
    r"(?:\s(?:out\s)?of\s(?:the\s|these\s|all\s)?|\svon\s(?:den\s|allen\s)?)(?P<N>@W)(?![\w-]*\s?%)"
)
_UNITLESS = r"(?!\s?(?:mmHg|mg|µg|μg|kg|ml|mL|L\b|days?\b|h\b|m2|m²|/|@D\d))"


def fractions(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield counts with the whole they are of, and the percentage where it stands behind."""
    slash = rf"(?<!/)(?P<n>@I)/(?P<N>@I){_UNITLESS}(?![\w/]*/)(?!\w)"
    for template in (_FRACTION, slash):
        for match in pattern(rf"{template}(?:(?:\s(?:{_PEOPLE}))?{_PERCENT})?", convention).finditer(text):
            groups = match.groupdict()
            kind = Kind.FRACTION_PERCENT if groups["percent"] else Kind.FRACTION
            end = match.end("percent_p") if groups["percent"] else match.end("N")
            numbers = numbers_of(groups, ("n", "N", "percent"), convention)
            end = _closed(text, match.start("n"), end)
            yield Draft(kind, match.start("n"), end, numbers, spans=(match.span("n"), (match.start("N"), end)))


def counts_with_percent(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield counts with a percentage in brackets behind, a noun between them or not: `3 patients (10.5%)`."""
    template = rf"(?P<n>@W)(?:\s+{_ADJECTIVES}(?P<noun>{_NOUN}))?{_PERCENT}"
    for match in pattern(template, convention).finditer(text):
        groups = match.groupdict()
        numbers = numbers_of(groups, ("n", "percent"), convention)
        if numbers[0].words and not groups["noun"]:
            continue
        end = _closed(text, match.start("n"), match.end("percent_p"))
        after = groups["noun"] or _noun_after(text[end : end + 60])
        yield Draft(Kind.COUNT_PERCENT, match.start("n"), end, numbers, unit=_unit(after))


def group_sizes(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield sizes: `n = 23`, `(n=20)`, `N = 9`."""
    for match in pattern(r"(?<![\w.])[nN]\s?=\s?(?P<n>@I)(?![\w%])", convention).finditer(text):
        yield Draft(Kind.GROUP_SIZE, *match.span(), numbers_of(match.groupdict(), ("n",), convention))


def counts(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield counts of people and of events: `23 patients`, `Eight subjects`, `107 AEs`, `none of the patients`."""
    template = rf"(?P<n_b>(?:[<>≤≥]\s?)?)(?P<n>@W)\s?{_ADJECTIVES}(?P<noun>{_NOUN})"
    for match in _uncrossed(pattern(template, convention), text):
        groups = match.groupdict()
        start = match.start("n_b") if groups["n_b"] else match.start("n")
        numbers = numbers_of(groups, ("n",), convention)
        yield Draft(Kind.COUNT, start, match.end("noun"), numbers, unit=_unit(groups["noun"]))
    some = rf"(?P<n>@W) (?:of|der|von) (?:the|these|those|our|all|diesen|den)\s{_ADJECTIVES}(?P<noun>{_NOUN})"
    for match in pattern(some, convention).finditer(text):
        numbers = numbers_of(match.groupdict(), ("n",), convention)
        yield Draft(Kind.COUNT, *match.span(), numbers, unit=_unit(match["noun"]))
    for match in pattern(
        rf"\b(?P<n>[Nn]one|[Kk]einer) (?:of the|der) {_ADJECTIVES}(?P<noun>{_NOUN})", convention
    ).finditer(text):
        number = Number("n", Decimal(0), match["n"], words=True)
        yield Draft(Kind.COUNT, *match.span(), (number,), unit=_unit(match["noun"]))


def _uncrossed(found: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield numbers with the noun that they count; one whose words lead elsewhere is passed by."""
    at = 0
    while match := found.search(text, at):
        if _crosses(text[match.end("n") : match.start("noun")]):
            at = match.end("n")
        else:
            yield match
            at = match.end()


def _noun_after(text: str) -> str:
    match = re.match(rf"\s{_ADJECTIVES}({_NOUN})", text)
    return match[1] if match and not _crosses(match[0]) else ""


_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_VERBS = frozenset(
    words("""
    were was is are had has have died received showed achieved of with and or the in to by for at who that
    from underwent developed experienced reached than vs versus days months years weeks hours day month year
    week waren war hatten und oder von mit
""")
)


def _crosses(between: str) -> bool:
    """Return whether the words between a number and its noun end what the number counts."""
    words = between.lower().split()
    return bool(_ORDINAL.match(between)) or any(word in _VERBS or word in WORDS for word in words)


def _closed(text: str, start: int, end: int) -> int:
    """Return an end past the bracket that closes one opened since `start`."""
    piece = text[start:end]
    opened = piece.count("(") > piece.count(")") or piece.count("[") > piece.count("]")
    return end + 1 if opened and text[end : end + 1] in (")", "]") else end


def _unit(noun: str | None) -> str:
    """Return the noun that is counted: `patients` for all people, else the noun itself, without a number.

    Examples:
        >>> _unit("children"), _unit("cycles"), _unit("Zyklen"), _unit(None)
        ('patients', 'cycles', 'Zyklen', '')
    """
    if not noun:
        return ""
    lower = noun.lower()
    people = (
        "patient",
        "child",
        "case",
        "subject",
        "boy",
        "girl",
        "male",
        "female",
        "kind",
        "responder",
        "participant",
    )
    return "patients" if lower.startswith(people) else "events" if lower in {"ae", "aes", "event", "events"} else noun
