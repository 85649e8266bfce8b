"""What a text looks like, before it is known what it says: a value, a size, a caption, a note, a heading."""

from __future__ import annotations

import re

_DASH = "-‐‑‒–—−"
_NUM = r"[<>≤≥~±]?\s*[-−–]?\d+(?:[.,·\u2009\u00a0']\d+)*(?:[eE][-−+]?\d+)?"
_UNIT = r"(?:\s?(?:%|[a-zA-Zµμ/²³·^⁻\d]{1,12}))?"
VALUE = re.compile(
    rf"^\(?{_NUM}{_UNIT}(?:\s*(?:[{_DASH}]|to|of|/|±|vs\.?|,|;|bis|von)\s*{_NUM}{_UNIT})*"
    rf"(?:\s*[(\[][^()\[\]]*\d[^()\[\]]*[)\]])*\s?[*†‡§¶#a-eᵃ-ᵡ]?\)?$"
)
"""A cell that holds numbers and nothing else: `16 (70)`, `3 of 9`, `2, 4-8`, `10.4 (4.3 - 18.5)`, `<0.001`, `97%`."""
WHAT_IS_TOLD = re.compile(
    r"^(?:[nN]|No\.|%|\(%\)|[nN]\s?[(\[,/]\s?%\s?[)\]]?|No\.?\s?\(%\)|[Pp](?:[ -][Vv]alue)?|SD|SE|SEM|IQR|[Rr]ange|"
    r"[Mm]ean|[Mm]edian|[Mm]ean\s?(?:±|\()\s?S[DE]M?\)?|[Mm]edian\s?\((?:IQR|range)\)|(?:OR|RR|HR|\d\d\s?%\s?CI))$"
)
"""A cell that says what the numbers beneath tell: `n`, `%`, `n (%)`, `mean ± SD`, `95% CI`."""
MISSING = re.compile(
    rf"^(?:[{_DASH}]+|[.…]+|n\.?\s?[ad]\.?|n/a|nr|ne|not (?:reached|done|estimable|available|reported)|none recorded|"
    r"P\s*[<=>].*)$",
    re.IGNORECASE,
)
CAPTION = re.compile(
    r"^(?P<kind>(?:Supplement(?:ary|al)\s+)?(?:TABLE|Table|Tabelle|Tab\.|FIGURE|Figure|Fig\.|FIG\.|Abbildung|Abb\.))"
    r"\s*(?P<number>[A-Z]?\d{1,3}[a-zA-Z]?|[IVX]{1,5})(?![\w])\s*(?P<stop>[.:|—–-]?)\s*(?P<text>.*)$",
    re.DOTALL,
)
"""The beginning of a caption: kind, number, and the text after it."""
NOTE = re.compile(
    r"^(?:[*†‡§¶#]|[ᵃ-ᵡ⁰¹²³⁴-⁹]|[a-f](?=[A-Z])|[a-f]\s(?=[A-Z])|Notes?[.:\s]|Abbreviations?\b|Abkürzungen|"
    r"(?:Data|Values) are\b|Total n\b|Percentages\b|[\w./+-]{1,12}(?:\s\([^)]*\))?(?:,|:)\s[^.;]{2,60};|"
    r"[A-Z][\w./+-]{0,9}, [a-z][^.;]{3,60}\.$)"
)
"""The beginning of a note under a table."""


def is_value(text: str) -> bool:
    """Return whether a cell holds values only, or says that it has none.

    Examples:
        >>> [is_value(text) for text in ("16 (70)", "3 of 3", "1-5", "97%", "-", "Grade 1–2", "(n = 23)", "P < 0.001")]
        [True, True, True, True, True, False, False, True]
    """
    text = text.strip()
    return bool(text) and len(text) < 200 and bool(VALUE.match(text) or MISSING.match(text))


def is_table_kind(kind: str) -> bool:
    """Return whether the word that opens a caption is that of a table."""
    return "tab" in kind.lower()
