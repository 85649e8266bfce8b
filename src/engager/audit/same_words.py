"""Claims that stand in the same words as in the study's report: the same cell of the same table, the same sentence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from engager.audit.claim import Claim, Kind, Number
from engager.audit.comparison import Compared, Expected, Mapping, Verdict, differing
from engager.audit.letters import Skeleton, has_number, skeleton, squeezed
from engager.audit.manuscript import Manuscript, Position

Key = tuple[str, ...]
_NUMBERED = re.compile(r"^(?:table|tab\.?|tabelle)\s*\w{1,4}\s*[.:|]?\s*", re.IGNORECASE)
_SHOWN = 6


@dataclass(slots=True)
class _Text:
    """A cell or sentence of the manuscript with the claims in it; `keys` are the words it stands under, most first."""

    position: Position
    text: str
    keys: Sequence[Key]
    claims: list[Claim] = field(default_factory=list)


def by_words(
    manuscripts: Sequence[Manuscript], claims: Sequence[Claim], expected: Iterable[Expected]
) -> Iterator[Compared]:
    """Yield the claims whose cell or sentence the study's report has too.

    Where the report has a cell or sentence of these words several times, the manuscript's are taken in their order if
    there are as many; else a text that is among them agrees, and one that is not is ambiguous. A number that was not
    read as a claim is one where it differs.
    """
    known = _indexed(expected)
    asked: dict[Key, list[_Text]] = defaultdict(list)
    for text in _texts(manuscripts, claims):
        key = next((key for key in text.keys if key in known), None)
        if key is not None:
            asked[key].append(text)
    for key, texts in asked.items():
        yield from _paired(texts, known[key])


def _indexed(expected: Iterable[Expected]) -> dict[Key, list[Expected]]:
    """Return what a study says by its words: a cell in full, without the labels between, and without the caption."""
    known: dict[Key, list[Expected]] = defaultdict(list)
    for value in (value for value in expected if has_number(value.text)):
        for key in _keys_of_cell(value.labels, value.column) if value.in_table else [_key_of_text(value.text)]:
            known[key].append(value)
    return dict(known)


def _texts(manuscripts: Sequence[Manuscript], claims: Sequence[Claim]) -> Iterator[_Text]:
    """Yield the cells, column heads and sentences of a manuscript that hold a number, in order."""
    found: dict[tuple[Position, str], _Text] = {}
    for manuscript in manuscripts:
        for sentence in manuscript.sentences():
            _keep(found, sentence.position, sentence.text)
        for table in manuscript.tables():
            for row, cell in table.cells():
                _keep(found, cell.position, cell.text, (table.caption, *row.path), cell.column.label)
    for claim in claims:
        text = found.get((claim.position, claim.context))
        if text is None and not claim.in_table:  # the head of a column
            text = _keep(found, claim.position, claim.context)
        if text is not None:
            text.claims.append(claim)
    yield from found.values()


def _keep(
    found: dict[tuple[Position, str], _Text], at: Position, text: str, labels: tuple[str, ...] = (), column: str = ""
) -> _Text | None:
    if not has_number(text):
        return None
    keys = _keys_of_cell(labels, column) if labels else [_key_of_text(text)]
    # A table saved as CSV has no caption: its cells are known by their labels alone.
    keys = [key for key in keys if key[0] == ("row without caption" if labels and not labels[0] else key[0])]
    return found.setdefault((at, text), _Text(at, text, keys))


def _keys_of_cell(labels: tuple[str, ...], column: str) -> list[Key]:
    caption, *path = labels
    label = path[-1] if path else ""
    return [
        _key("cell", _NUMBERED.sub("", caption), *path, column),
        _key("cell in short", _NUMBERED.sub("", caption), label, column),
        _key("row without caption", *path, column),
    ]


def _key_of_text(text: str) -> Key:
    return ("text", skeleton(text).words)


def _key(kind: str, *words: str) -> Key:
    return (kind, *(squeezed(word).casefold() for word in words))


def _paired(texts: list[_Text], values: list[Expected]) -> Iterator[Compared]:
    if len(texts) == len(values):
        for text, value in zip(texts, values, strict=True):
            yield from _held(text, value)
        return
    by_text = {squeezed(value.text).casefold(): value for value in values}
    for text in texts:
        same = by_text.get(squeezed(text.text).casefold())
        if same is not None or len(by_text) == 1:
            yield from _held(text, same or values[0])
        else:
            for claim in text.claims:
                yield Compared(claim, tuple(values[:_SHOWN]), Verdict.AMBIGUOUS, Mapping.WORDS)


def _held(text: _Text, value: Expected) -> Iterator[Compared]:
    """Yield the claims of one cell or sentence against the study's; none where its words are others."""
    ours, theirs = skeleton(value.text), skeleton(text.text)
    if ours.words != theirs.words:
        return
    wrong = {i for i, (our, their) in enumerate(zip(ours.numbers, theirs.numbers, strict=True)) if our != their}
    claims = [(claim, set(_numbers_of(claim, theirs))) for claim in text.claims]
    unread = wrong - {i for _, numbers in claims for i in numbers}
    claims += [(_unread(text, theirs, i), {i}) for i in sorted(unread)]
    told: set[int] = set()
    for claim, numbers in claims:
        differs = sorted(numbers & wrong)
        if not differs:
            yield Compared(claim, (value,), Verdict.AGREES, Mapping.WORDS)
            continue
        arithmetic = ", ".join(f"{theirs.numbers[i]} against {ours.numbers[i]}" for i in differs)
        found = differing(claim, value, Mapping.WORDS, arithmetic, _part(value.text, ours, theirs, claim, numbers))
        # Two claims can share a number, as a median and its interval do: it is told once.
        yield found if set(differs) - told else replace(found, found=None)
        told |= set(differs)


def _part(text: str, ours: Skeleton, theirs: Skeleton, claim: Claim, numbers: set[int]) -> str:
    """Return the part of the study's text that answers a claim: its numbers, with as much around them."""
    first, last = min(numbers), max(numbers)
    before, behind = theirs.spans[first][0] - claim.start, claim.end - theirs.spans[last][1]
    return text[max(0, ours.spans[first][0] - before) : ours.spans[last][1] + max(0, behind)].strip()


def _numbers_of(claim: Claim, text: Skeleton) -> Iterator[int]:
    """Yield which numbers of its text a claim tells."""
    for i, (start, end) in enumerate(text.spans):
        if start < claim.end and end > claim.start:
            yield i


def _unread(text: _Text, parts: Skeleton, i: int) -> Claim:
    """Return a number of a text as a claim, one that no reader of claims has taken for one."""
    number, (start, end) = parts.numbers[i], parts.spans[i]
    value = Number("value", Decimal(number), number, len(number.partition(".")[2]))
    return Claim(Kind.NUMBER, text.text[start:end], text.position, (value,), start, end, text.text)
