"""What a misspelt word was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """Return the question for the nearest of the words that are known, empty where none is near.

    Examples:
        >>> did_you_mean("mdr", ["mrd", "marrow_blasts"])
        'Did you mean `mrd`?'
    """
    meant = {word.lower(): word for word in known}
    near = difflib.get_close_matches(text.lower(), meant, n=1)
    return f"Did you mean `{meant[near[0]]}`?" if near else ""
