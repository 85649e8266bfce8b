"""The language in which a report is written: its sentences, and the signs and words that stand with numbers.

It is set once, for as long as a report is composed (`spoken`); everything that is printed asks `say` for a text and
`words` for what numbers are written with. The code holds the English; `languages/de.toml` holds the German of each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
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
_SPOKEN: ContextVar[Language] = ContextVar("language", default="en")


def words() -> Words:
    """Return the words of the language in force, English where none was set."""
    return LANGUAGES[_SPOKEN.get()]


def say(text: str, /, **values: object) -> str:
    """Return a text of the report in the language in force, its braces filled with the values.

    A text without an entry in the catalogue, as a word of the data, stands as it is.

    Examples:
        >>> with spoken("de"):
        ...     say("day {day}", day=17), say("a word of the data")
        ('Tag 17', 'a word of the data')
        >>> say("day {day}", day=17)
        'day 17'
    """
    spoken_text = catalogue(_SPOKEN.get()).get(text, text)
    return spoken_text.format(**values) if values else spoken_text


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return the texts of a language by the English ones; those of English are empty, as it is what the code holds."""
    if language == "en":
        return {}
    source = files("engager.terms").joinpath("languages", f"{language}.toml")
    return {
        text: said for part in tomllib.loads(source.read_text(encoding="utf-8")).values() for text, said in part.items()
    }


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
