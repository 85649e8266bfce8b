"""The tones of toxicity: the higher the grade, the darker, so that grades are told apart in grey as well."""

from __future__ import annotations

_TONES = ("#FCE8BF", "#F3BE55", "#D98A00", "#96540A", "#4A2506")
_CHOSEN = {1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
UNKNOWN_TONE = "#FFFFFF"


def grade_tone(grade: int) -> str:
    """Return the tone of a grade, 1 to 5."""
    return _TONES[grade - 1]


def band_tones(count: int) -> tuple[str, ...]:
    """Return the tones of so many grade bands, the lowest the palest; five at most.

    Examples:
        >>> len(set(band_tones(3)))
        3
    """
    return tuple(_TONES[index] for index in _CHOSEN[count])
