"""What a reader of one kind finds in a text, before it is known where the text stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engager.audit.claim import Kind, Number
from engager.audit.claims.numbers import Convention, number


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim in a text from `start` to `end`; what stands in its `spans` is not read as anything else.

    Without spans that is all of it.
    """

    kind: Kind
    start: int
    end: int
    numbers: tuple[Number, ...]
    unit: str = ""
    ids: tuple[str, ...] = ()
    date: str = ""
    damaged: str = ""
    spans: tuple[tuple[int, int], ...] = ()


Reader = Callable[[str, Convention], Iterator[Draft]]


def numbers_of(groups: dict[str, str | None], roles: tuple[str, ...], convention: Convention) -> tuple[Number, ...]:
    """Return the numbers of a match under their roles; `n_b` is the bound sign of `n`, `n_p` its percent sign."""
    found = []
    for role in roles:
        text = groups.get(role)
        if text:
            bound, sign = groups.get(f"{role}_b") or "=", groups.get(f"{role}_p")
            found.append(number(role, text, convention, bound, percent=bool(sign)))
    return tuple(found)
