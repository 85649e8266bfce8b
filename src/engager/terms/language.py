"""The language in which numbers are written: the decimal sign, and the few words that stand in place of a number.

It is set once, for as long as a report is composed (`spoken`); everything that writes a number asks `words`. Headings,
labels and methods are English in either language.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
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
    """Write numbers in a language inside the `with`; KeyError for one that is not known."""
    if language not in get_args(Language):
        raise KeyError(f"no language {language}; there are: {', '.join(get_args(Language))}")
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)
