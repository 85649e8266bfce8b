"""What can be measured: the tests of the measurements table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from engager.terms.shipped import shipped_data


@dataclass(frozen=True, slots=True)
class Measurand:
    """A test: its meaning, the quantities its unit may measure, or the code list its answer comes from.

    `panel` names tests that are read together, such as `cytokine`.

    Examples:
        >>> measurands()["mrd"].quantities
        ('fraction',)
    """

    name: str
    meaning: str
    quantities: tuple[str, ...] = ()
    codelist: str | None = None
    cdisc: str | None = None
    panel: str | None = None


@cache
def measurands() -> Mapping[str, Measurand]:
    """Return every known test by its name."""
    raw = shipped_data("engager.terms", "measurands")["tests"]
    return MappingProxyType({name: _parse(name, entry) for name, entry in raw.items()})


def _parse(name: str, entry: Mapping[str, Any]) -> Measurand:
    return Measurand(
        name,
        entry["meaning"],
        tuple(entry.get("quantities", ())),
        entry.get("codelist"),
        entry.get("cdisc"),
        entry.get("panel"),
    )


def panel(name: str) -> tuple[str, ...]:
    """Return the tests of a panel, in the order of the file.

    Examples:
        >>> "il_6" in panel("cytokine")
        True
    """
    return tuple(test for test, measurand in measurands().items() if measurand.panel == name)
