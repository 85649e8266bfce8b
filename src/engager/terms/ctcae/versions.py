"""The versions of CTCAE that are kept here."""

from __future__ import annotations

VERSIONS = ("4.03", "5.0", "6.0")


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
