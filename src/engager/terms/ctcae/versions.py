"""The versions of CTCAE that are kept here, and where their facts were read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

VERSIONS = ("4.03", "5.0", "6.0")

# Names, classes, numbers and which grades exist are facts of these tables; no sentence of them is kept.
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "4.03": "NCI, CTCAE 4.03 of 14 June 2010: its table of 790 terms, in two public transcriptions that agree",
        "5.0": "NCI, CTCAE 5.0 of 27 November 2017: its workbook of 837 terms",
        "6.0": "NCI, CTCAE 6.0 of 22 July 2025: its workbook of 850 terms, with the errata of 20 January 2026",
    }
)


def permitted(version: str) -> str:
    """Return a version that is known; ValueError naming the permitted ones for any other.

    Examples:
        >>> permitted("5.0")
        '5.0'
        >>> permitted("5")
        Traceback (most recent call last):
        ValueError: CTCAE version `5` is not known. Permitted: 4.03, 5.0, 6.0
    """
    if version not in VERSIONS:
        raise ValueError(f"CTCAE version `{version}` is not known. Permitted: {', '.join(VERSIONS)}")
    return version
