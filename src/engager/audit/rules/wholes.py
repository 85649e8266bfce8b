"""Parts against wholes: counts above their group, groups against all, grades against patients, rows against rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from engager.audit.bands import band_of, overlap
from engager.audit.claim import Claim
from engager.audit.evidence import Counted, Evidence, count_of, printed, whole_columns, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Row, Table
from engager.audit.rounding import Fit, share
from engager.audit.rules.rule import Rule, finding, number

_EVENTS = re.compile(r"\b(events?|episodes?|cycles?|courses?|infusions?|samples?|doses?)\b", re.IGNORECASE)


def _above_size(evidence: Evidence) -> Iterator[Finding]:
    for table, cells in evidence.grids:
        events = _EVENTS.search(table.caption) is not None
        for cell in cells:
            if cell.size is not None and cell.n > cell.size and not _is_measured(cell):
                yield _more_than(cell, counts_events=events)
    for claim in evidence.claims:
        n, whole = count_of(claim), whole_of(claim)
        if not claim.in_table and n is not None and whole is not None and n > whole and _counts_people(claim):
            words = f"{n} of {whole}: a part is greater than its whole, unless something else than patients is counted"
            yield finding(
                "count_above_size", Certainty.UNLIKELY, words, (claim,), f"{n} > {whole}", f"{whole} or fewer"
            )


def _counts_people(claim: Claim) -> bool:
    """Return whether a fraction is one of people: `140/90` may be a blood pressure, `12 of 9 patients` is none."""
    after = claim.context[claim.end : claim.end + 40]
    return re.match(r"\s*(?:of the )?(patients?|children|cases|subjects|participants)\b", after) is not None


def _is_measured(cell: Counted) -> bool:
    """Return whether a number above its group is a measurement: `118 (2.4)` in a group of 69, `133` in one of 9.

    `1919 (104)` in one of 22 is one, too: a percentage above 100 is that of its count, or is none.
    """
    if cell.percent is None or cell.size is None:
        return cell.size is not None and cell.n > 2 * cell.size
    fits = printed(cell.percent).fit(share(cell.n, cell.size)) is not Fit.NONE
    return cell.percent.value < 90 or (cell.percent.value > 100 and not fits)


def _more_than(cell: Counted, *, counts_events: bool) -> Finding:
    size = cell.size or 0
    # The size of a caption can be one of patients where the rows count samples.
    signed = "%" in cell.claim.text or (cell.percent is not None and cell.percent.value > 100)
    headed = signed and cell.percent is not None and cell.cell.column.size is not None
    sure = (headed or whole_of(cell.claim) is not None) and not counts_events
    certainty = Certainty.IMPOSSIBLE if sure else Certainty.UNLIKELY
    words = f"{cell.n} of a group of {size}" + ("" if sure else ", unless events are counted and not patients")
    consistent = f"{size} or fewer"
    return finding("count_above_size", certainty, words, (cell.claim,), f"{cell.n} > {size}", consistent)


def _grades(evidence: Evidence) -> Iterator[Finding]:
    for table, cells in evidence.grids:
        if _EVENTS.search(table.caption) and not any(cell.percent for cell in cells):
            continue
        for _, row in groupby(cells, key=lambda cell: cell.row.index):
            for group in _by_group(row):
                yield from _bands_above_size(group)


def _by_group(row: Iterable[Counted]) -> Iterator[list[Counted]]:
    """Yield the cells of a row that stand under bands of grades of one group."""
    groups: dict[tuple[str, ...], list[Counted]] = {}
    for cell in row:
        if cell.group and band_of(cell.group[-1]) is not None:
            groups.setdefault(cell.group[:-1], []).append(cell)
    yield from groups.values()


def _bands_above_size(cells: Sequence[Counted]) -> Iterator[Finding]:
    bands = [band for cell in cells if (band := band_of(cell.group[-1])) is not None]
    size, total = cells[0].size, sum(cell.n for cell in cells)
    apart = not any(overlap(a, b) for index, a in enumerate(bands) for b in bands[index + 1 :])
    if size is None or len(cells) < 2 or not apart or total <= size or any(cell.n > size for cell in cells):
        return
    shown = " + ".join(str(cell.n) for cell in cells)
    told = number(size)
    words = f"{shown} patients exceed the {size} of the group, unless a patient is counted in more than one grade"
    arithmetic = f"{shown} = {total} > {size}; {number(total - size)} or more would be in two grades"
    consistent = f"{told} at most, each at the worst grade, or a note that a patient can be in more than one column"
    claims = [cell.claim for cell in cells]
    yield finding("grades_above_patients", Certainty.UNLIKELY, words, claims, arithmetic, consistent)


def _groups(evidence: Evidence) -> Iterator[Finding]:
    for table, cells in evidence.grids:
        plan = _groups_of(table)
        by_row = groupby(cells, key=lambda cell: cell.row.index)
        for row in (list(listed) for _, listed in by_row) if plan else ():
            for whole, parts in plan:
                yield from _against_total(row, whole, parts)


def _groups_of(table: Table) -> list[tuple[int, tuple[int, ...]]]:
    """Return (column of all, columns of the groups) for each kind of column whose groups' sizes add to that of all."""
    kinds: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for column in table.columns[1:]:
        if column.size is not None and column.group:
            banded = band_of(column.group[-1]) is not None
            kinds.setdefault(column.group[-1:] if banded else (), []).append((column.index, column.size))
    whole, found = whole_columns(table), []
    for columns in kinds.values():
        for index, size in columns:
            parts = [part for part in columns if part[0] != index]
            if index in whole and len(parts) > 1 and size == sum(part[1] for part in parts):
                found.append((index, tuple(part[0] for part in parts)))
                break
    return found


def _against_total(row: Sequence[Counted], whole: int, parts: Sequence[int]) -> Iterator[Finding]:
    at = {cell.cell.column.index: cell for cell in row}
    if whole not in at or any(part not in at for part in parts):
        return
    told, groups = at[whole], [at[part] for part in parts]
    total = sum(cell.n for cell in groups)
    # Where the percentages do not go with the counts, the numbers may not be counts.
    bare = all(cell.percent is None for cell in (told, *groups))
    if bare and told.n == 100 and all(cell.n <= 100 for cell in groups):
        return  # bare percentages
    if total == told.n or 2 * sum(not goes_with_size(cell) for cell in (told, *groups)) > len(groups):
        return
    shown = " + ".join(str(cell.n) for cell in groups)
    words = f"the groups have {shown} = {total}, all patients have {told.n}"
    sizes = " + ".join(str(cell.cell.column.size) for cell in groups)
    arithmetic = f"{shown} = {total}, not {told.n}; the groups are all patients ({sizes} = {told.cell.column.size})"
    # Where cells state wholes of their own that do not add up, patients may be missing in one and not in the other.
    whole_sizes = [whole_of(cell.claim) for cell in (told, *groups)]
    apart = any(whole_sizes) and (whole_sizes[0] or 0) != sum(size or 0 for size in whole_sizes[1:])
    percented = any(cell.percent is not None for cell in (told, *groups))
    certainty = Certainty.IMPOSSIBLE if percented and not apart else Certainty.UNLIKELY
    claims = (told.claim, *(cell.claim for cell in groups))
    consistent = f"{total} of all, or groups that add to {told.n}"
    yield finding("groups_against_total", certainty, words, claims, arithmetic, consistent)


def goes_with_size(cell: Counted) -> bool:
    """Return whether a percentage is that of its count, or there is none; False where the count exceeds the group."""
    if cell.percent is None or cell.size is None or cell.n > cell.size:
        return cell.percent is None
    return printed(cell.percent).fit(share(cell.n, cell.size)) is not Fit.NONE


def _gaps(evidence: Evidence) -> Iterator[Finding]:
    """Yield the rows of counts that lack cells which every other row of the table has."""
    for table, cells in evidence.grids:
        counting = {cell.row.index for cell in cells}
        rows = [row for row in table.rows if row.index in counting]
        filled = {row.index: _filled(row) for row in rows}
        # A column counts where nine in ten rows fill it, so that one of remarks is left out.
        columns = [column.index for column in table.columns[1:]
                   if 10 * sum(column.index in have for have in filled.values()) >= 9 * len(rows) >= 72]  # fmt: skip
        for row in rows:
            holes = [index for index in columns if index not in filled[row.index]]
            # Fewer columns, or a row with less than half of them, is often meant to be so.
            if holes and len(columns) >= 4 and 2 * len(holes) < len(columns):
                yield _gap(row, holes, len(columns), cells)


def _filled(row: Row) -> set[int]:
    return {cell.column.index for cell in row.cells if cell.text.strip(" []").lower() not in ("", "missing")}


def _gap(row: Row, holes: Sequence[int], width: int, cells: Sequence[Counted]) -> Finding:
    claims = [cell.claim for cell in cells if cell.row.index == row.index]
    filled = width - len(holes)
    words = f"{filled} cells for {width} columns, which nearly all other rows fill"
    arithmetic = f"{width} - {filled} = {len(holes)} without a value (column {', '.join(map(str, holes))})"
    consistent = "a value in each column, 0 where nobody was affected"
    if not claims[0].damaged:
        artefact = "may be an artefact of extraction: a cell of the table can have been lost"
        return Finding("cells_missing", Certainty.AMBIGUOUS, words, tuple(claims), arithmetic, consistent, artefact)
    return finding("cells_missing", Certainty.AMBIGUOUS, words, claims, arithmetic, consistent)


RULES = (
    Rule(
        "count_above_size",
        "No count exceeds the number that the cell or the header of its column tells.",
        "n > N; without a percentage a table may count events, of which a patient can have several",
        "N or fewer",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY),
        _above_size,
    ),
    Rule(
        "grades_above_patients",
        "Columns of grades that do not overlap hold no more patients than the group has.",
        "the sum over the columns of a row and group, against the size of the group",
        "each patient once, at the worst grade, or a note that says otherwise",
        (Certainty.UNLIKELY,),
        _grades,
    ),
    Rule(
        "groups_against_total",
        "Where the sizes of groups add to that of all, so do their counts in every row.",
        "the sum of the groups, against the column of all; rows with an empty cell are left out",
        "the sum of the groups",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY),
        _groups,
    ),
    Rule(
        "cells_missing",
        "A row of counts has a value in every column that the other rows fill.",
        "the number of cells, against the columns",
        "0 where nobody was affected",
        (Certainty.AMBIGUOUS,),
        _gaps,
    ),
)
