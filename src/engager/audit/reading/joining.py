"""Lines joined to a text: words that were hyphenated at the end of a line become whole again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_LAST_PART = re.compile(r"([^\W\d_]+)-$")
_FIRST_PART = re.compile(r"^[^\W\d_]+")
_PREFIXES = frozenset(["non", "anti", "auto", "well", "self", "high", "low", "long", "short", "cross"])
_NO_SPACE_AFTER = ("/", "–", "—")


class Joiner:
    """Joins lines as the rest of the same document writes its words: `non-responding` keeps a hyphen seen elsewhere."""

    def __init__(self, lines: Iterable[str]) -> None:
        words = (word.lower().split("-") for line in lines for word in _HYPHENATED.findall(line))
        self._known = {pair for parts in words for pair in pairwise(parts)}

    def join(self, lines: Iterable[str]) -> str:
        """Return lines as one text.

        Examples:
            >>> Joiner(["a non-responding cycle"]).join(["hap-", "loidentical, non-", "responding, 7-", "14 days"])
            'haploidentical, non-responding, 7-14 days'
            >>> Joiner([]).join(["infection (1/", "20) of", "all"])
            'infection (1/20) of all'
        """
        parts: list[str] = []
        for line in lines:
            if not parts:
                parts.append(line)
            elif parts[-1].endswith("-") and len(parts[-1]) > 1 and not parts[-1][-2].isspace():
                self._hyphen(parts, line)
            elif parts[-1].endswith(_NO_SPACE_AFTER) and not parts[-1][:-1].endswith(" "):
                parts.append(line)
            else:
                parts += [" ", line]
        return "".join(parts)

    def _hyphen(self, parts: list[str], line: str) -> None:
        """Add a line after one that ends with a hyphen, without it where it only broke a word."""
        last, first = _LAST_PART.search(parts[-1]), _FIRST_PART.search(line)
        if last and first and first[0].islower() and not self._keeps(last[1], first[0]):
            parts[-1] = parts[-1][:-1]
        parts.append(line)

    def _keeps(self, last: str, first: str) -> bool:
        return last.isupper() or (last.lower(), first) in self._known or last.lower() in _PREFIXES
