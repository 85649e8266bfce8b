"""What the header of a column tells: whom it describes, and how many they are."""

from __future__ import annotations

import re

# Letters that may be set apart as a footnote mark behind a word: superscripts, and the usual signs.
_MARK = re.compile(r"[*†‡§¶#ᵃ-ᵡᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ⁰¹²³⁴⁵⁶⁷⁸⁹]+$")
_NUMBER = r"(?P<size>\d{1,3}(?:[,\u2009\u00a0\u202f']\d{3})+|\d+)"
_SIZE = re.compile(
    rf"[(\[]?\s*(?<![\w.])(?:total\s+)?(?:N|n)\s*(?:patients|=|:|of patients\s*=)\s*{_NUMBER}(?![\d.,]*\d|\s*[%/])"
    rf"(?:\s*(?:patients|children|subjects|Patienten|Kinder))?\s*[)\]]?"
)
_BARE_SIZE = re.compile(rf"[(\[]?\s*(?<![\w.])(?:N|n)\s+{_NUMBER}\s*[)\]]?\s*$")
_IN_BRACKETS = re.compile(rf"[(\[]\s*{_NUMBER}\s+(?:patients|children|subjects|Patienten|Kinder)\s*[)\]]")
_OF_WHOLE = re.compile(r"^(?:n|k|No\.)\s?(?:of|von|/)\s?N\b.*$|^%\s?\(?(?:,\s?)?(?:CI|KI)?\)?$")
# What a header says of the values and not of whom it describes.
_ABOUT_VALUES = re.compile(
    r"[,;:]?\s*[(\[]?\s*(?<!\w)(?:n|No\.?|Nr\.?|number|Anzahl|N)\s*(?:of patients)?\s*"
    r"(?:[(\[,/;]?\s*%\s*[)\]]?)?\s*[)\]]?\s*$|[,;:]?\s*[(\[]\s*%\s*[)\]]\s*$|[,;:]?\s*(?<!\w)%\s*(?:\(CI\)\s*)?$"
)


def group_size(text: str) -> int | None:
    """Return the size that a header or caption gives: `n = 23`, `(n=20)`, `N 9`, `(20 patients)`; None without one.

    Two sizes that differ tell nothing of one group, and give None.

    Examples:
        >>> [group_size(text) for text in ("Patients (n = 23)", "(n=20), n (%)", "N 9", "n (%)", "CD19", "n=1,204")]
        [23, 20, 9, None, None, 1204]
        >>> group_size("12 of 20 (n = 3; n = 4)") is None
        True
    """
    text = text.replace("\u00a0", " ").strip()
    found = {_whole(match["size"]) for match in _SIZE.finditer(text)}
    if not found:
        found = {_whole(match["size"]) for match in (_BARE_SIZE.search(text), _IN_BRACKETS.search(text)) if match}
    return found.pop() if len(found) == 1 else None


def group_name(text: str) -> str:
    """Return a header without sizes, units of counting and footnote marks; empty where nothing else is told.

    Examples:
        >>> [group_name(text) for text in ("Patients (n = 23)", "(n = 20), n (%)", "Grade ≥3", "n", "All, No. (%)")]
        ['Patients', '', 'Grade ≥3', '', 'All']
    """
    text = text.replace("\u00a0", " ")
    if _OF_WHOLE.match(text.strip()):
        return ""
    text = _BARE_SIZE.sub("", _IN_BRACKETS.sub("", _SIZE.sub(" ", text)))
    text = _ABOUT_VALUES.sub("", text.strip(" ,;:"))
    text = re.sub(r"\s+([,:;])", r"\1", text)
    return " ".join(_MARK.sub("", text.strip(" ,;:")).split()).strip(" ,;:")


def _whole(text: str) -> int:
    return int(re.sub(r"\D", "", text))
