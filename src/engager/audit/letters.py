"""Texts as they are compared: without blanks, with one kind of dash, and with their numbers apart from their words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_DASHES = re.compile("[\u2010-\u2015\u2212]")
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@cache
def _plain(letter: str) -> str:
    """Return a letter as it is compared: in its plain form, empty where it is a blank or is not seen."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", letter))
    return "".join(each for each in plain if not each.isspace() and each not in _UNSEEN)


def letters(text: str) -> Iterator[tuple[str, int]]:
    """Yield the letters of a text as two texts are compared, each with its offset in the text."""
    for offset, letter in enumerate(text):
        for each in _plain(letter):
            yield each, offset


def squeezed(text: str) -> str:
    """Return a text as two texts are compared.

    Examples:
        >>> squeezed("10\u2079 /L, 2 \u2013 11")
        '109/L,2-11'
    """
    return "".join(letter for letter, _ in letters(text))


def has_number(text: str) -> bool:
    """Return whether a text tells a number in digits."""
    return _NUMBER.search(text) is not None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text taken apart: its words with `#` for each number, and the numbers with where they stand in the text."""

    words: str
    numbers: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def skeleton(text: str) -> Skeleton:
    """Return a text's words and numbers, apart.

    Examples:
        >>> skeleton("6 of 9 (66.7 %)")
        Skeleton(words='#of#(#%)', numbers=('6', '9', '66.7'), spans=((0, 1), (5, 6), (8, 12)))
    """
    pairs = list(letters(text))
    joined = "".join(letter for letter, _ in pairs).casefold()
    if len(joined) != len(pairs):  # a letter that folds to two, as the German sharp s
        joined = "".join(letter.lower()[:1] for letter, _ in pairs)
    found = list(_NUMBER.finditer(joined))
    spans = tuple((pairs[each.start()][1], pairs[each.end() - 1][1] + 1) for each in found)
    return Skeleton(_NUMBER.sub("#", joined), tuple(each[0] for each in found), spans)
