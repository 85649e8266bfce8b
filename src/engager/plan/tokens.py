"""The words, numbers, texts and signs of a condition, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 1000
_PATTERN = re.compile(
    r"""\s+
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<word>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)?)
    |(?P<sign><=|>=|!=|<>|==|[=<>()+\-*/,])""",
    re.VERBOSE,
)
_SAME = {"<>": "!=", "==": "="}


class ExpressionError(ValueError):
    """A text that is no condition; the message says what was expected, and where."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, text or sign, and the position at which it begins (0 is the first)."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text.

    Raises:
        ExpressionError: a sign that no condition has, or a text of more than a thousand.

    Examples:
        >>> [token.text for token in tokens("age <> 4.5")]
        ['age', '!=', '4.5']
    """
    if len(text) > _LONGEST:
        raise ExpressionError(f"a condition of at most {_LONGEST} signs")
    at = 0
    while at < len(text):
        found = _PATTERN.match(text, at)
        if found is None:
            told = "a closing quotation mark for" if text[at] in "'\"" else "no"
            raise ExpressionError(f"{told} `{text[at]}` (sign {at + 1}); texts stand between quotation marks")
        if found.lastgroup:
            inner = found[0][1:-1] if found.lastgroup == "text" else _SAME.get(found[0], found[0])
            yield Token(found.lastgroup, inner, at)
        at = found.end()
