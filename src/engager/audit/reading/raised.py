"""Raised and lowered letters, written so that a text keeps what they say: `10⁻⁴`, `m²`, `1ᵃ`."""

from __future__ import annotations

_RAISED = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyz−–",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ⁻⁻",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


def raised(text: str) -> str:
    """Return a raised text in raised letters; letters that have no raised form stay as they are.

    Raised words, as the `st` of 1st or a citation by name, are no marks and stay.

    Examples:
        >>> raised("-4"), raised("a,b"), raised("st"), raised("*"), raised("31, 32")
        ('⁻⁴', 'ᵃ,ᵇ', 'st', '*', '³¹,³²')
    """
    if len(text) > 1 and text.isalpha():
        return text
    return "".join(_RAISED.get(sign, sign) for sign in text.replace(", ", ","))


def lowered(text: str) -> str:
    """Return a lowered text in lowered digits: `CO₂`; other signs stay as they are."""
    return "".join(_LOWERED.get(sign, sign) for sign in text)
