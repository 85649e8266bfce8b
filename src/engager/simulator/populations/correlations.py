"""Correlations between the quantities of a population, and which of them cannot hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engager.simulator.populations.distributions import Tag
from engager.simulator.populations.random_numbers import Floats

# A pivot of the factorisation below this is a correlation of 1 with those before; below its negative, impossible.
_NOTHING = 1e-10


class Correlation(BaseModel):
    """A correlation `r` between two quantities on the normal scale; pairs that no line names have none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    between: tuple[str, str]
    r: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
    tag: Tag
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.between[0] == self.between[1]:
            raise ValueError(f"two different quantities, found `{self.between[0]}` twice")
        return self


@dataclass(frozen=True, slots=True)
class Impossible:
    """A quantity whose correlations with others, each possible alone, cannot hold together."""

    names: tuple[str, ...]
    entries: tuple[tuple[str, str, float], ...]

    def __str__(self) -> str:
        return ", ".join(f"{a} with {b} {r:g}" for a, b, r in self.entries)


def correlated_names(correlations: Sequence[Correlation]) -> tuple[str, ...]:
    """Return the names that the correlations mention, in the order in which they do."""
    return tuple(dict.fromkeys(name for each in correlations for name in each.between))


def impossible(correlations: Sequence[Correlation]) -> Impossible | None:
    """Return the smallest set of correlations that contradict each other, None where all can hold.

    Three quantities are tried first, since three numbers can be compared by eye; then ever more of them.

    Examples:
        >>> lines = [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)]
        >>> print(impossible([Correlation(between=(a, b), r=r, tag="A", source="x") for a, b, r in lines]))
        a with b 0.9, a with c -0.9, b with c 0.9
    """
    names, given = correlated_names(correlations), _entries(correlations)
    if _factor(_matrix(names, given)) is not None:
        return None
    from itertools import combinations

    triples = list(combinations(names, 3)) if len(names) <= 60 else []
    growing = [names[:count] for count in range(2, len(names) + 1)]
    for chosen in (*triples, *growing):
        if _factor(_matrix(chosen, given)) is None:
            pairs = combinations(chosen, 2)
            entries = tuple((a, b, r) for a, b in pairs if (r := given.get(frozenset((a, b)), 0.0)) or len(chosen) == 3)
            return Impossible(tuple(chosen), entries)
    return Impossible(names, ())


def correlate(independent: Mapping[str, Floats], correlations: Sequence[Correlation]) -> dict[str, Floats]:
    """Return the normal numbers of each name with the correlations asked for; those no line names are returned as is.

    The sums are written out, column by column, since a matrix product's last digits depend on the number of patients.
    """
    names = correlated_names(correlations)
    factor = _factor(_matrix(names, _entries(correlations)))
    if factor is None:
        raise ValueError("correlations that cannot hold together")
    mixed = dict(independent)
    for row, name in zip(factor, names, strict=True):
        total = np.zeros_like(independent[name])
        for weight, other in zip(row, names, strict=True):
            if weight:
                total = total + weight * independent[other]
        mixed[name] = total
    return mixed


def _entries(correlations: Sequence[Correlation]) -> dict[frozenset[str], float]:
    return {frozenset(each.between): each.r for each in correlations}


def _matrix(names: Sequence[str], given: Mapping[frozenset[str], float]) -> list[list[float]]:
    return [[1.0 if a == b else given.get(frozenset((a, b)), 0.0) for b in names] for a in names]


def _factor(matrix: list[list[float]]) -> list[list[float]] | None:
    """Return the lower Cholesky factor, None where the matrix is of no correlations; a pivot may be 0."""
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(factor[i][k] * factor[j][k] for k in range(j))
            if i == j:
                if rest < -_NOTHING:
                    return None
                factor[i][i] = sqrt(rest) if rest > _NOTHING else 0.0
            elif factor[j][j] > 0:
                factor[i][j] = rest / factor[j][j]
            elif abs(rest) > sqrt(_NOTHING):
                return None
    return factor
