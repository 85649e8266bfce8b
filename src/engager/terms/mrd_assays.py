"""Assays of measurable residual disease: facts that explain a reading and check it, never a limit it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from engager.terms.shipped import shipped_data

# What a laboratory writes of its gate: that it needs CD19, or that it does without.
NAMES_CD19 = "(?i)cd19"
WITHOUT_CD19 = r"(?i)(without|non|not|no|independent of)[ -]*cd19|cd19[ -]*(independent|free)"


@dataclass(frozen=True, slots=True)
class MrdAssay:
    """An assay by its code in `method`.

    `least_sensitive` and `most_sensitive` bound the sensitivities that the sources report, as fractions of cells.

    Examples:
        >>> mrd_assays()["ngs"].most_sensitive
        1e-06
    """

    method: str
    name: str
    target: str
    specimen: str
    least_sensitive: float
    most_sensitive: float
    quantitative_range: str
    source: str


@cache
def mrd_assays() -> Mapping[str, MrdAssay]:
    """Return every assay by its code in `method`."""
    return MappingProxyType({method: _parse(method, entry) for method, entry in _raw()["assays"].items()})


def binds_cd19(drug: str) -> bool:
    """Return whether a drug is known to bind CD19.

    Examples:
        >>> binds_cd19("Blinatumomab"), binds_cd19("teclistamab")
        (True, False)
    """
    return drug.strip().lower() in _raw()["cd19_directed"]["drugs"]


@cache
def _raw() -> Mapping[str, Any]:
    return shipped_data("engager.terms", "mrd_assays")


def _parse(method: str, entry: Mapping[str, Any]) -> MrdAssay:
    least, most = entry["sensitivity"]
    return MrdAssay(
        method=method,
        name=entry["name"],
        target=entry["target"],
        specimen=entry["specimen"],
        least_sensitive=least,
        most_sensitive=most,
        quantitative_range=entry["quantitative_range"],
        source=entry["source"],
    )
