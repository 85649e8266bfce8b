"""Where the sentences of a paragraph begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engager.audit.reading.limits import MOST_SENTENCE
from engager.audit.word_lists import words

# A stop, what may close behind it, and references that a text file sets behind the stop ("remission.31 The").
_END = re.compile(
    r"(?P<stop>[.!?…]+)(?P<close>[\"'”’»)\]]*(?:[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺,–]+|(?:(?<=[A-Za-zäöüß)\]]\.)|(?<=\bin\s(?:19|20)\d\d\.))\d{1,3}(?!\d)(?:[,–-]\d{1,3})*)?)"
    r"(?P<gap>\s+)(?P<next>[\"'“‘«(\[]*[^\W_]|[<>≥≤±§*†])"
)
_ABBREVIATIONS = frozenset(
    words("""
    al approx ca cf cp dr e.g eq esp etc excl exp fig figs i.e incl i.th i.v i.m s.c p.o b.i.d t.i.d q.d no
    nos nr p pp prof ref refs resp sec st suppl tab tabs vol vs viz ver v abb bzw d.h ggf inkl max min mind
    sog u.a usw vgl z.b z.t art jan feb mar apr jun jul aug sep sept oct nov dec dept univ inc ltd co corp mr
    mrs ms jr sr wt n hr hrs sd
""")
)
_CLOSES_TOO = frozenset(
    words("""
    al co etc hr hrs inc ltd max min n no p sd usw v
""")
)
_MONTHS = re.compile(
    r"(?:Jan|Feb|Mär|Mar|Apr|Mai|May|Jun|Jul|Aug|Sep|O[kc]t|Nov|De[zc])[a-zä]*\b|(?:Tag|Zyklus|Woche|Monat|Jahr)\b"
)
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]+\.)*[^\W_]+$")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends, without the blanks between; every other character is in one.

    A stop ends a sentence where an upper-case letter, a digit or an opening mark follows and the word before is no
    abbreviation, initial or day of a date.

    Examples:
        >>> text = "Seen in 4.3 % (e.g. Fig. 2, Smith et al. 2010). Six of 9 died.31 Others, i.e. 3, did not."
        >>> [text[start:end] for start, end in split_sentences(text)]
        ['Seen in 4.3 % (e.g. Fig. 2, Smith et al. 2010).', 'Six of 9 died.31', 'Others, i.e. 3, did not.']
    """
    return [piece for start, end in _sentences(text) for piece in _pieces(text, start, end)]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = len(text) - len(text.lstrip())
    for match in _END.finditer(text):
        if _ends(text, start, match):
            yield start, match.end("close")
            start = match.start("next")
    end = len(text.rstrip())
    if end > start:
        yield start, end


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a stop ends the sentence that began at `start`."""
    first = match["next"][-1]
    if first.islower() and match["stop"] == ".":
        return False
    if match["stop"] != "." or match["close"]:
        return True
    word = _WORD_BEFORE.search(text, max(start, match.start() - 40), match.start())
    if word is None:
        return True
    before, whole = word[0], word.start() == start or text[word.start() - 1] != "-"
    if before.isdigit():
        return not (len(before) <= 2 and _MONTHS.match(text, match.end("gap")))
    if len(before) == 1 and before.isalpha() and whole:
        return _letter_ends(text, before, word.start(), first)
    lower = before.lower()
    return lower not in _ABBREVIATIONS or (lower in _CLOSES_TOO and first.isupper() and not _is_label(lower))


def _is_label(word: str) -> bool:
    return word in {"al", "p", "n", "v"}


def _letter_ends(text: str, letter: str, at: int, first: str) -> bool:
    """Return whether a single letter closes a sentence ("vitamin C. We"): not as an initial or `p. 3`."""
    if letter.islower() or not first.isupper():
        return False
    before = text[:at].rstrip()
    return bool(before) and (before[-1].islower() or before[-1].isdigit()) and not before.endswith(("and", "und", "by"))


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, or pieces of it where no person could have written one so long."""
    while end - start > MOST_SENTENCE:
        cut = text.rfind(" ", start, start + MOST_SENTENCE)
        cut = cut if cut > start else start + MOST_SENTENCE
        yield start, cut
        start = cut + (text[cut] == " ")
    if end > start:
        yield start, end
