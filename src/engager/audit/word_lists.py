"""Lists of words, written as text so that they stay short."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, in order.

    Examples:
        >>> words("one two")
        ('one', 'two')
    """
    return tuple(text.split())
