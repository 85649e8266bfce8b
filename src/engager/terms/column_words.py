"""What the columns of the data model are called elsewhere: words that a heading is asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from engager.terms.shipped import shipped_data


def column_called(heading: str, columns: Iterable[str]) -> str | None:
    """Return which of some columns a heading means in other words, None where it is none of theirs.

    Examples:
        >>> column_called("Geschlecht", ["age", "sex"]), column_called("Pat-Nr", ["patient"])
        ('sex', 'patient')
        >>> column_called("Geschlecht", ["age"]) is None
        True
    """
    column = _columns().get("_".join(heading.lower().replace("-", " ").split()))
    return column if column in set(columns) else None


@cache
def _columns() -> Mapping[str, str]:
    called: Mapping[str, list[str]] = shipped_data("engager.terms", "columns")["called"]
    return {word: column for column, words in called.items() for word in words}
