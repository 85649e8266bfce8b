"""The language in which a report is written: its sentences, and the signs and words that stand with numbers.

It is set once, for as long as a report is composed (`spoken`); everything that is printed asks `say` for a text and
`words` for what numbers are written with. The code holds the English; `languages/de.toml` holds the German of each.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, get_args

Language = Literal["en", "de"]


@dataclass(frozen=True, slots=True)
class Words:
    """What numbers are written with: the decimal sign, and words; `interval` takes the level in percent."""

    point: str
    not_reached: str
    not_estimable: str
    day: str
    days: str
    interval: str


LANGUAGES: dict[Language, Words] = {
    "en": Words(".", "not reached", "not estimable", "day", "days", "{level} % CI"),
    "de": Words(",", "nicht erreicht", "nicht schätzbar", "Tag", "Tage", "{level}-%-KI"),
}
TEMPLATES = "templates"
"""The part of a catalogue whose entries are filled by the code that names them."""

_LETTERS = re.compile(r"[A-Za-z]{2}|[A-Za-z]$")
_BRACES = re.compile(r"\{(\w+)\}")
_NUMBER = r"[-<>\u2265\u2264]?\d[-\d.,\u2013e]*"
_NUMBERS = re.compile(_NUMBER)
_DIVIDERS = (re.compile(r"((?<=\.) (?=[A-Z\u2013]))"), re.compile(r"(; )"))
_JOINS = re.compile(r"(, | or | and )")
_SPOKEN: ContextVar[Language] = ContextVar("language", default="en")


def words() -> Words:
    """Return the words of the language in force, English where none was set."""
    return LANGUAGES[_SPOKEN.get()]


def say(text: str, /, **values: object) -> str:
    """Return a text of the report in the language in force.

    With values it is a template whose braces they fill. Without, it may be a made text, as `6 of 9 responders`: an
    entry with braces that fits it is used, and what the braces hold is said in its turn; else its sentences, the parts
    between semicolons and the members of a list, each for itself. A text that no entry fits, as a word of the data,
    stands as it is.

    Examples:
        >>> with spoken("de"):
        ...     say("day {day}", day=17), say("6 of 9 cycles"), say("a word of the data")
        ('Tag 17', '6 von 9 Zyklen', 'a word of the data')
        >>> say("day {day}", day=17)
        'day 17'
    """
    language = _SPOKEN.get()
    if values:
        return catalogue(language).get(text, text).format(**values)
    return text if language == "en" else _said(language, text)


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return the texts of a language by the English ones; those of English are empty, as it is what the code holds."""
    return {text: said for part in _parts(language).values() for text, said in part.items()}


@cache
def _parts(language: Language) -> Mapping[str, Mapping[str, str]]:
    if language == "en":
        return {}
    source = files("engager.terms").joinpath("languages", f"{language}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@lru_cache(maxsize=50_000)
def _said(language: Language, text: str) -> str:
    if not _LETTERS.search(text):
        return text
    said = _entry(language, text) or _fitting(language, text)
    if said is not None:
        return said
    for divider in _DIVIDERS:
        parts = divider.split(text)
        if len(parts) > 1:
            return "".join(_said(language, part) for part in parts)
    return _listed(language, text)


def _entry(language: Language, text: str) -> str | None:
    """Return what an entry says of a text, with a capital where the text has one."""
    entries = catalogue(language)
    if text in entries:
        return entries[text]
    small = entries.get(text[:1].lower() + text[1:])
    if small is not None:
        return small[:1].upper() + small[1:]
    return entries.get(text[:1].upper() + text[1:])


def _listed(language: Language, text: str) -> str:
    """Return a list all of whose members have an entry; another text as it is."""
    parts = _JOINS.split(text)
    each = [_entry(language, part) for part in parts[::2]]
    if len(parts) == 1 or not all(each):
        return text
    joins = [f" {_entry(language, join.strip())} " if join.strip() != "," else join for join in parts[1::2]]
    return "".join(f"{member}{join}" for member, join in zip(each, [*joins, ""], strict=True))


def _fitting(language: Language, text: str) -> str | None:
    """Return what the entry with braces says that fits a text, the one with most words of its own."""
    for literal, pattern, said in _patterns(language):
        if literal in text and (found := pattern.fullmatch(text)):
            held = {
                name: part
                if name == "version"
                else decimal(part)
                if _NUMBERS.fullmatch(part)
                else _said(language, part)
                for name, part in found.groupdict().items()
            }
            return said.format(**held)
    return None


@cache
def _patterns(language: Language) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Return the entries with braces, most words first: their longest piece, the expression they are, what they say.

    What the names of braces hold is told at the head of a catalogue. Templates are filled, never recognised.
    """
    found = []
    made_texts = (part for name, part in _parts(language).items() if name != TEMPLATES)
    for text, said in (entry for part in made_texts for entry in part.items()):
        pieces = _BRACES.split(text)
        if len(pieces) > 1:
            each = [f"(?P<{name}>{_held(name)})" for name in pieces[1::2]]
            made = "".join(re.escape(piece) + group for piece, group in zip(pieces[::2], [*each, ""], strict=True))
            found.append((max(pieces[::2], key=len), re.compile(made), said, sum(map(len, pieces[::2]))))
    return tuple(row[:3] for row in sorted(found, key=lambda row: -row[3]))


def _held(name: str) -> str:
    if name[0] in "nN":
        return _NUMBER
    if name.startswith("free_"):
        return ".+"
    return r"(?:(?!\. ).)+?" if name.startswith("any_") else r"(?:(?!\. |; ).)+?"


def decimal(text: str) -> str:
    """Return a number, written with a point, with the decimal sign of the language in force.

    Examples:
        >>> with spoken("de"):
        ...     decimal("66.7"), words().not_reached
        ('66,7', 'nicht erreicht')
        >>> decimal("66.7")
        '66.7'
    """
    return text.replace(".", words().point)


@contextmanager
def spoken(language: Language) -> Iterator[None]:
    """Write in a language inside the `with`; KeyError for one that is not known."""
    if language not in get_args(Language):
        raise KeyError(f"no language {language}; there are: {', '.join(get_args(Language))}")
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)
