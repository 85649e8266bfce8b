"""The same quantity told twice: sentences against tables, and against one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engager.audit.bands import Band, band_of, overlap
from engager.audit.claim import Claim, Kind, Number
from engager.audit.evidence import Counted, Evidence, count_of, printed, whole_columns, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Table
from engager.audit.rounding import Fit, share
from engager.audit.rules.rule import Rule, finding
from engager.audit.subjects import Subject, Words, subjects_of, words_of

_TOLD = (
    Kind.GROUP_SIZE,
    Kind.COUNT,
    Kind.COUNT_PERCENT,
    Kind.FRACTION,
    Kind.FRACTION_PERCENT,
    Kind.PERCENT,
    Kind.NUMBER,
)
_SIZED = re.compile(r"\b[nN]\s*=\s*\d")
_OF_A_GROUP = re.compile(
    r"\b(arms?|groups?|cohorts?|versus|vs|compared|placebo|controls?|baseline|weeks?)\b", re.IGNORECASE
)
# Rows that share a word with a subject; the bound keeps the time linear where a file repeats one row without end.
_NEAR = 500
# A label of these words is a time, and counts what its table is about.
_TIMES = frozenset({"day", "days", "week", "month", "year", "visit", "baselin", "hour", "cycl"})
# What was before treatment has the same names: a transplantation, a relapse.
_EARLIER = re.compile(r"\b(prior|previous|histor|before|pretreat|baseline|characteristic|demograph)", re.IGNORECASE)
_OTHERS = re.compile(r"introduc|background|discussion|conclusion", re.IGNORECASE)
_CITED = re.compile(r"\bet al\b|\bprevious(ly)? (stud|report)|\bin another study\b|\bphase I", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """A number of a sentence with its subject."""

    claim: Claim
    subject: Subject
    n: int | None
    percent: Number | None

    @property
    def text(self) -> str:
        """Return the number as told, `3` or `29 %`."""
        return f"{self.n}" if self.n is not None else f"{self.percent.text} %" if self.percent is not None else ""


def _told(evidence: Evidence) -> list[Told]:
    """Return the numbers of own results in sentences whose subject is clear."""
    found = []
    for sentence in evidence.sentences:
        own = not _OTHERS.search(sentence.position.section) and not _CITED.search(sentence.text)
        claims = evidence.of_sentence(sentence) if own and sentence.position.part not in ("note", "caption") else ()
        for claim in claims:
            sized = claim.kind is Kind.GROUP_SIZE and _OF_A_GROUP.search(sentence.text)
            if claim.kind in _TOLD and not sized:
                found += [_one(claim, subject) for subject in subjects_of(claim, claims, evidence.names)]
    return [one for one in found if one.text]


def _one(claim: Claim, subject: Subject) -> Told:
    n = count_of(claim)
    value = claim.number("value") if claim.kind is Kind.NUMBER else None
    if value is not None and value.is_whole and value.bound == "=" and value.decimals == 0:
        n = int(value.value)
    percent = claim.number("percent")
    return Told(claim, subject, n, percent if percent is not None and percent.bound == "=" else None)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of a row that tell of one group: all patients, or a group by its words."""

    words: Words
    group: Words
    cells: tuple[Counted, ...]
    thing: str = ""

    def bands(self, band: Band | None) -> list[Counted]:
        """Return the cells of a band of grades, all where none is told."""
        return [cell for cell in self.cells if band is None or (own := _band(cell)) is None or overlap(own, band)]


def _band(cell: Counted) -> Band | None:
    return band_of(cell.group[-1]) if cell.group else None


def _lines(evidence: Evidence) -> list[Line]:
    return [line for table, cells in evidence.grids for line in _lines_of(table, cells, evidence)]


def _lines_of(table: Table, cells: Sequence[Counted], evidence: Evidence) -> Iterator[Line]:
    names = evidence.names
    rows: dict[tuple[int, int | None, str], list[Counted]] = {}
    for cell in cells:
        top = ", ".join(cell.group[:-1] if _band(cell) is not None else cell.group)
        rows.setdefault((cell.row.index, cell.size, top), []).append(cell)
    several = Counter(row for row, _, _ in rows)
    all_patients = whole_columns(table)
    graded = band_of(table.caption)
    for (row, size, top), listed in rows.items():
        label = listed[0].row.label
        words, thing = (
            words_of(label, names.short),
            "" if _EARLIER.search(_about(table, listed[0])) else names.thing(label),
        )
        sized = any(column.size for column in table.columns)
        own = whole_of(listed[0].claim)
        # Groups beside each other say nothing of all, whether or not their sizes are told.
        alone = several[row] == 1 and (own is not None or not sized)
        whole = listed[0].cell.column.index in all_patients or alone
        # A label with a size names a group, and the caption may tell a grade that the columns do not.
        told_all = not _SIZED.search(label) and (graded is None or _band(listed[0]) is not None)
        if words - _TIMES and told_all and (sized or own is None or _is_size(own, evidence)):
            yield Line(words, frozenset() if whole else _name_of(top, size, names.short), tuple(listed), thing)


def _about(table: Table, cell: Counted) -> str:
    return " ".join((table.caption, *cell.row.section))


def _is_size(whole: int, evidence: Evidence) -> bool:
    """Return whether a number counted out of is one of patients: one that no header tells may be of rows or samples."""
    return whole in evidence.sizes or not evidence.sizes


def _name_of(top: str, size: int | None, short: Mapping[str, str]) -> Words:
    """Return the words of a group; a group without a name has a mark that no sentence says."""
    return words_of(top, short) or frozenset({f"n={size}"})


def _against_tables(evidence: Evidence) -> Iterator[Finding]:
    by_words: dict[Words | str, list[Line]] = {}
    by_word: dict[str, list[Line]] = {}
    for line in _lines(evidence):
        by_words.setdefault(line.words, []).append(line)
        if line.thing:
            by_words.setdefault(line.thing, []).append(line)
        for word in line.words:
            by_word.setdefault(word, []).append(line)
    for one in _told(evidence):
        named = by_words.get(one.subject.thing, [])
        same = [line for line in by_words.get(one.subject.words, named) if not line.group]
        near = [line for word in one.subject.words for line in by_word.get(word, [])[:_NEAR]] if same else []
        near = [line for line in near if line.words <= one.subject.words or one.subject.words <= line.words]
        near += named[:_NEAR]
        # A number that goes with any row on something like it may be about that row.
        same = [line for line in same if whole_of(one.claim) != line.cells[0].n]
        if same and not _names_group(one, near) and not any(_agrees(one, line) for line in near):
            yield from _contradicts(one, same)


def _names_group(one: Told, lines: Sequence[Line]) -> bool:
    """Return whether the sentence speaks of one of the groups of the table, so that all patients are not meant."""
    said = words_of(one.claim.context)
    return any(line.group and line.group <= said for line in lines)


def _agrees(one: Told, line: Line) -> bool:
    cells = line.bands(one.subject.band)
    if not cells:
        return False
    total, sizes = sum(cell.n for cell in cells), {cell.size for cell in cells}
    if one.n is not None:
        return max(cell.n for cell in cells) <= one.n <= total or any(cell.n == one.n for cell in cells)
    if one.percent is None:
        return False
    print_ = printed(one.percent)
    prints = [cell.percent for cell in cells if cell.percent is not None]
    if any(_same_print(one.percent, other) for other in prints):
        return True
    size = next(iter(sizes))
    counts = {cell.n for cell in cells} | {total}
    return size is not None and any(n <= size and print_.fit(share(n, size)) is not Fit.NONE for n in counts)


def _same_print(a: Number, b: Number) -> bool:
    """Return whether two prints can stand for one number: the finer within the coarser."""
    return abs(a.value - b.value) < max(printed(a).unit, printed(b).unit)


def _contradicts(one: Told, lines: Sequence[Line]) -> Iterator[Finding]:
    line = lines[0]
    cells = line.bands(one.subject.band)
    if not cells or (one.n is None and all(cell.percent is None and cell.size is None for cell in cells)):
        return
    shown = ", ".join(f"{cell.claim.text.strip()}{_of_band(cell)}" for cell in cells)
    where = f'{cells[0].row.position.table}, row "{cells[0].row.label}"'
    words = f"{one.text} here, {shown} in {where}"
    arithmetic = _arithmetic(one, cells)
    claims = (one.claim, *(cell.claim for cell in cells))
    consistent = "one number in both places, or a word on what makes the two differ"
    yield finding("told_twice", Certainty.UNLIKELY, words, claims, arithmetic, consistent)


def _of_band(cell: Counted) -> str:
    return f" ({cell.group[-1]})" if _band(cell) is not None else ""


def _arithmetic(one: Told, cells: Sequence[Counted]) -> str:
    total, size = sum(cell.n for cell in cells), cells[0].size
    if one.n is not None:
        return f"{one.n} is not {' + '.join(str(cell.n) for cell in cells)} = {total}" if len(cells) > 1 else (
            f"{one.n} is not {total}"
        )  # fmt: skip
    told = one.percent.text if one.percent is not None else ""
    share_told = f", of {size}: {float(share(total, size)):.1f} %" if size else ""
    return f"{told} % is not {total}{share_told}"


def _against_text(evidence: Evidence) -> Iterator[Finding]:
    seen: dict[tuple[Words, Band | None], list[Told]] = {}
    for one in _told(evidence):
        if one.n is not None and len(one.subject.words) > 1:
            seen.setdefault((one.subject.words, one.subject.band), []).append(one)
    in_tables = {line.words for line in _lines(evidence)}
    for (words, _), several in seen.items():
        first = several[0]
        others = [one for one in several[1:] if one.n != first.n and one.claim.context != first.claim.context]
        # Two arms can have two numbers.
        if any(_OF_A_GROUP.search(one.claim.context) for one in (first, *others)):
            continue
        if others and words not in in_tables:
            message = f"{first.n} here, {others[0].n} in {others[0].claim.position}"
            arithmetic = f'{first.n} is not {others[0].n}: "{first.subject.said}" and "{others[0].subject.said}"'
            claims = (first.claim, *(one.claim for one in others))
            consistent = "one number in both places, or a word on what makes the two differ"
            yield finding("told_twice", Certainty.AMBIGUOUS, message, claims, arithmetic, consistent)


def _denominators(evidence: Evidence) -> Iterator[Finding]:
    """Yield the fractions of sentences whose count a table tells of another whole, all of a table in one finding."""
    found: dict[tuple[str, int, int], list[tuple[Told, Counted]]] = {}
    lines: dict[int, list[Line]] = {}
    for line in _lines(evidence):
        if len(line.cells) == 1 and not line.group:
            lines.setdefault(line.cells[0].n, []).append(line)
    for one in _told(evidence):
        whole = whole_of(one.claim)
        for line in lines.get(one.n or 0, [])[:_NEAR] if whole is not None else ():
            cell = line.cells[0]
            if (
                line.words <= one.subject.words
                and cell.percent is not None
                and cell.size not in (None, whole)
                and whole
            ):
                found.setdefault((cell.row.position.table, whole, cell.size or 0), []).append((one, cell))
    for (table, whole, size), pairs in found.items():
        one, cell = pairs[0]
        words = f"{one.n} of {whole} here, {cell.claim.text.strip()} of {size} in {table}"
        others = len(dict.fromkeys(pair[0].claim.start for pair in pairs)) - 1
        more = f" (and {others} more)" if others else ""
        n = one.n or 0
        arithmetic = f"{n} / {whole} = {float(share(n, whole)):.1f} %, {n} / {size} = {float(share(n, size)):.1f} %"
        claims = [claim for pair in pairs for claim in (pair[0].claim, pair[1].claim)]
        consistent = "one whole in both places, or a word on it in the table"
        yield finding("denominator_changes", Certainty.AMBIGUOUS, words + more, claims, arithmetic, consistent)


RULES = (
    Rule(
        "told_twice",
        "A number told in a sentence is that of the table's row on the same thing, or of the other sentence on it.",
        "subjects are read from the grammar of the sentence and compared word by word with the labels of rows; "
        "grades and groups must agree; a number that any row on something like it has is let pass",
        "one number in both places",
        (Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        lambda evidence: (*_against_tables(evidence), *_against_text(evidence)),
    ),
    Rule(
        "denominator_changes",
        "A count is told of the same whole in sentence and table.",
        "n / N of the sentence against the percentage of the table's row with the same count",
        "one whole in both places",
        (Certainty.AMBIGUOUS,),
        _denominators,
    ),
)
