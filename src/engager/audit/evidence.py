"""What rules look at: the claims of a manuscript by place, the counts of its tables as grids, its group sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from engager.audit.bands import band_of
from engager.audit.claim import Claim, Kind, Number
from engager.audit.manuscript import Cell, Manuscript, Position, Row, Sentence, Table
from engager.audit.names import Names, names_of
from engager.audit.rounding import Fit, Printed, share

COUNTED = (Kind.COUNT, Kind.COUNT_PERCENT, Kind.FRACTION, Kind.FRACTION_PERCENT)
"""The claims that tell a number of patients or events."""


_HYPHENS = "-\u2010\u2011\u2012\u2013"
_COMPOUND = re.compile(
    r"\w+ty (one|two|three|four|five|six|seven|eight|nine)\b|\w+ (hundred|thousand)\b", re.IGNORECASE
)


def place_of(position: Position) -> tuple[str, int, int, int]:
    """Return what names a cell: file, block, row and column."""
    return position.file, position.block, position.row, position.column


def lines_of(claim: Claim) -> tuple[tuple[str, int, int, int], tuple[str, int, int, int]]:
    """Return what names the row and the column of a claim in a table, as a cell without the other."""
    file, block, row, column = place_of(claim.position)
    return (file, block, row, 0), (file, block, 0, column)


def printed(number: Number) -> Printed:
    """Return a number of a claim as a print with its decimals and bound."""
    return Printed(number.value, number.decimals, number.bound)


def count_of(claim: Claim) -> int | None:
    """Return the whole number that a claim counts; None where it is none or only bounded."""
    number = claim.number("n")
    if number is None or not number.is_whole or number.bound != "=" or number.value < 0:
        return None
    # "Fifty two" is more than its first word.
    before = claim.context[: claim.start]
    joined = before[-1:] in tuple(_HYPHENS) or re.search(r"\b(hundred|thousand)( and)?\s*$", before) is not None
    if number.words and (joined or _COMPOUND.match(claim.context, claim.start)):
        return None
    return int(number.value)


def whole_of(claim: Claim) -> int | None:
    """Return the number that a claim itself counts out of, `N`; None where it does not say."""
    number = claim.number("N")
    return int(number.value) if number is not None and number.is_whole and number.value > 0 else None


@dataclass(frozen=True, slots=True)
class Counted:
    """A cell of a table that counts: its claim, count, percentage, and the size that cell or header gives."""

    row: Row
    cell: Cell
    claim: Claim
    n: int
    percent: Number | None
    size: int | None

    @property
    def group(self) -> tuple[str, ...]:
        """Return the header of the column without sizes."""
        return self.cell.column.group


@dataclass(frozen=True)
class Evidence:
    """The manuscript's files with all claims, and what rules look up in them."""

    manuscripts: tuple[Manuscript, ...]
    claims: tuple[Claim, ...]

    @cached_property
    def by_cell(self) -> dict[tuple[str, int, int, int], tuple[Claim, ...]]:
        """The claims of each cell of a table's body."""
        found: dict[tuple[str, int, int, int], list[Claim]] = {}
        for claim in self.claims:
            if claim.in_table:
                found.setdefault(place_of(claim.position), []).append(claim)
        return {place: tuple(claims) for place, claims in found.items()}

    @cached_property
    def by_text(self) -> dict[tuple[Position, str], tuple[Claim, ...]]:
        """The claims of each sentence, caption and note, in order of their offsets."""
        found: dict[tuple[Position, str], list[Claim]] = {}
        for claim in self.claims:
            if not claim.in_table:
                found.setdefault((claim.position, claim.context), []).append(claim)
        return {place: tuple(sorted(claims, key=lambda claim: claim.start)) for place, claims in found.items()}

    @cached_property
    def p_values(self) -> dict[tuple[str, int, int, int], tuple[int, int]]:
        """The p-values of each row and column of a table: how many there are, and how many of them are above 1."""
        found: dict[tuple[str, int, int, int], tuple[int, int]] = {}
        for claim in self.claims:
            p = claim.value("p") if claim.kind is Kind.P_VALUE and claim.in_table else None
            for line in lines_of(claim) if p is not None else ():
                every, above = found.get(line, (0, 0))
                found[line] = (every + 1, above + (p is not None and p > 1))
        return found

    @cached_property
    def fractions(self) -> Counter[str]:
        """How many sentences hold a fraction as it is printed, `15/92`: names of doses and scores come again."""
        return Counter(
            told
            for sentence in self.sentences
            for told in set(re.findall(r"(?<![\d./])\d+/\d+(?![\d/])", sentence.text))
        )

    @cached_property
    def percented(self) -> set[tuple[str, int]]:
        """The tables, by file and block, whose caption or notes announce percentages."""
        found = set()
        for table in self.tables:
            texts = (table.caption, *(note.text for note in table.notes))
            if any(re.search(r"%(?!\s*(?:CI|confidence))|\bper ?cent", text) for text in texts):
                found.add((table.position.file, table.position.block))
        return found

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of all files."""
        return tuple(table for manuscript in self.manuscripts for table in manuscript.tables())

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences, captions and notes of all files."""
        return tuple(sentence for manuscript in self.manuscripts for sentence in manuscript.sentences())

    @cached_property
    def names(self) -> Names:
        """The names that the manuscript uses for things: its abbreviations, and the synonyms of the field."""
        labels = ((row.label for row in table.rows) for table in self.tables)
        return names_of((sentence.text for sentence in self.sentences), labels)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of groups that headers and captions of tables tell, the greatest first."""
        told = {column.size for table in self.tables for column in table.columns}
        told |= {table.size for table in self.tables}
        return tuple(sorted((size for size in told if size), reverse=True))

    @cached_property
    def largest(self) -> int:
        """The greatest number of patients that a percentage can be of: of all groups of a table together."""
        sums = [sum({(c.group[:1], c.size): c.size for c in table.columns if c.size}.values()) for table in self.tables]
        return max((*self.sizes, *sums), default=0)

    @cached_property
    def cohort(self) -> int | None:
        """The number of all patients, as the greatest that a table tells of all; None where none does."""
        told = [size for table in self.tables for size in _sizes_of_all(table)]
        return max(told, default=None)

    def of_cell(self, cell: Cell) -> tuple[Claim, ...]:
        """Return the claims of a cell."""
        return self.by_cell.get(place_of(cell.position), ())

    def of_sentence(self, sentence: Sentence) -> tuple[Claim, ...]:
        """Return the claims of a sentence, caption or note, in order."""
        return self.by_text.get((sentence.position, sentence.text), ())

    def counted(self, table: Table) -> Iterator[Counted]:
        """Yield the cells of a table that count, in order; none of one that tells percentages first: `100 (34)`."""
        found = [self.count_in(row, cell) for row, cell in table.cells() if not cell.spanned]
        cells = [cell for cell in found if cell is not None]
        if not _percentages_first(cells):
            yield from cells

    def count_in(self, row: Row, cell: Cell) -> Counted | None:
        """Return the count of a cell; None where it has none or more than one."""
        counting = [claim for claim in self.of_cell(cell) if claim.kind in COUNTED]
        if len(counting) != 1 or (n := count_of(counting[0])) is None or _is_other(row, cell, counting[0]):
            return None
        size = whole_of(counting[0]) or counting[0].group_size
        return Counted(row, cell, counting[0], n, counting[0].number("percent"), size)

    @cached_property
    def grids(self) -> tuple[tuple[Table, tuple[Counted, ...]], ...]:
        """Each table with its counting cells."""
        return tuple((table, tuple(self.counted(table))) for table in self.tables)


_ALL = re.compile(r"\b(all|total|overall|entire|whole|both)\b", re.IGNORECASE)
_OF_THINGS = re.compile(
    r"\bof (the )?(sessions|visits|samples|doses|cycles|tests|eyes|items|calls|contacts|days)\b|"
    r"\b(embryos|oocytes|blastocysts|teeth|implants)\b|"
    r"person.?y|\bpyrs?\b|\brate per\b",
    re.IGNORECASE,
)
_SIZE = re.compile(r"[nN]\s*=\s*\d+")
_N = re.compile(r"\b(n|no\.?|number|patients)\b", re.IGNORECASE)


def whole_columns(table: Table) -> dict[int, int]:
    """Return the columns that describe all patients, with their size.

    These are the columns of a table that has one group only, those called all or total, and those whose size is the
    sum of the other groups'. Arms beside each other without such a column say nothing of all.
    """
    sizes = {column.index: column.size for column in table.columns[1:] if column.size is not None}
    groups = {(column.group[:1], column.size) for column in table.columns[1:] if column.size is not None}
    distinct = sorted({size for _, size in groups}, reverse=True)
    if len(distinct) == 1 and (len(groups) == 1 or len({group for group, _ in groups if group}) <= 1):
        return sizes
    total = sum(size for _, size in groups)
    named = {column.index for column in table.columns[1:] if _ALL.search(" ".join(column.group))}
    # A column without a name is that of all where its size is the sum of the others.
    unnamed = {column.index for column in table.columns[1:] if not re.search(r"[A-Za-z]{3}", "".join(column.group[:1]))}
    unnamed |= {column.index for column in table.columns[1:] if column.group and band_of(column.group[0]) is not None}
    largest = (
        {index for index, size in sizes.items() if size == distinct[0] and 2 * size == total} if distinct else set()
    )
    return {index: size for index, size in sizes.items() if index in named | (largest & unnamed)}


def _sizes_of_all(table: Table) -> list[int]:
    columns = whole_columns(table)
    return list(columns.values()) or ([table.size] if table.size and not any(c.size for c in table.columns) else [])


def _percentages_first(cells: Sequence[Counted]) -> bool:
    """Return whether more cells of a table are right as `percentage (count)` than as `count (percentage)`."""
    straight = turned = 0
    for cell in cells:
        percent, size = cell.percent, cell.size
        if percent is not None and size is not None and cell.n != percent.value:
            straight += cell.n <= size and printed(percent).fit(share(cell.n, size)) is not Fit.NONE
            count = int(percent.value) if percent.is_whole and 0 <= percent.value <= size else None
            turned += count is not None and Printed(Decimal(cell.n), 0).fit(share(count, size)) is not Fit.NONE
    return turned > straight


def _is_other(row: Row, cell: Cell, claim: Claim) -> bool:
    """Return whether a number that looks like a count is a bare percentage or one side of a ratio (`male/female`)."""
    if _OF_THINGS.search(" ".join((*row.path, *cell.column.path))):
        return True
    heads = [_SIZE.sub("", head) for head in (*row.path, *cell.column.path)]
    told = any("%" in head for head in heads)
    bare = claim.kind is Kind.COUNT and told and not any(map(_N.search, heads))
    number, percent = claim.number("n"), claim.number("percent")
    # 9177 (2403) is a mean and its deviation.
    if percent is not None and percent.value > 100 and not told and "%" not in claim.text:
        return True
    return bare or (number is not None and number.decimals > 0) or ("/" in claim.text and _is_ratio(row, claim))


def _is_ratio(row: Row, claim: Claim) -> bool:
    """Return whether `11/5` is one side against the other: the label says so, or the first is the greater."""
    n, whole = claim.value("n"), claim.value("N")
    greater = n is not None and whole is not None and n > whole
    return greater or "/" in row.label or re.search(r"\w (to|vs\.?|versus|:) \w", row.label) is not None


def gather(manuscripts: Sequence[Manuscript], claims: Sequence[Claim]) -> Evidence:
    """Return the evidence of a manuscript's files and their claims."""
    return Evidence(tuple(manuscripts), tuple(claims))
