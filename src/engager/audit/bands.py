"""Bands of grades as headers and sentences write them: `Grades 1–2`, `Grade ≥3`, `Grade III/IV`, `grade 3`."""

from __future__ import annotations

import re

Band = tuple[int, int]
"""The lowest and the highest grade of a band."""

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_GRADE = r"(\d|iii|ii|iv|i|v)"
_BAND = re.compile(
    rf"\bgrades?\s*(?P<least>[≥>]=?)?\s*{_GRADE}(?:\s*(?:[-–—/,]|to|and|or)\s*(?:grades?\s*)?{_GRADE})?"
    r"(?P<more>\s*(?:\+|or (?:higher|more|greater|above|worse)))?(?![\w.])",
    re.IGNORECASE,
)


def band_of(text: str) -> Band | None:
    """Return the first band of grades that a text names, None where it names none or no grade from 1 to 5.

    Examples:
        >>> band_of("Grades 1–2"), band_of("Grade ≥3"), band_of("Grade III/IV"), band_of("grade 3"), band_of("All")
        ((1, 2), (3, 5), (3, 4), (3, 3), None)
    """
    found = _BAND.search(text)
    if found is None:
        return None
    low = _number(found[2])
    high = _number(found[3]) if found[3] else low
    if found["least"] == ">":
        low, high = low + 1, 5
    elif found["least"] or found["more"]:
        high = 5
    return (low, high) if 0 <= low <= high <= 5 else None


def overlap(a: Band, b: Band) -> bool:
    """Return whether two bands have a grade in common."""
    return a[0] <= b[1] and b[0] <= a[1]


def _number(text: str) -> int:
    return _ROMAN.get(text.lower()) or (int(text) if text.isdigit() else 0)
