"""The worst grade of each patient, term, or other keys: the core of every count of patients.

Codes instead of words, and a table of one byte a cell instead of a search. Patients are taken in slabs whose table
lies in the processor's cache.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[Any]

FEW = 500_000
"""Below this many rows the search of Polars is as quick as loading the compiled loops."""
_CELLS_PER_ROW = 64  # beyond it the table is nearly empty, and the search is the better way
_SLAB = 1 << 23  # cells of one slab: it stays in the cache, and little memory is needed at a time
_THREADS = 4


def worst_grade(events: pl.DataFrame, *, by: Sequence[str], grades: Sequence[str] = ("grade",)) -> pl.DataFrame:
    """Return one row for each combination of keys that occurs, with its highest grade, null where none is known.

    Args:
        events: one row an event: the keys, and grades from 0 to 5 or null.
        by: the keys; where they are coded (`Enum`, `Categorical`) a table of codes is used, else a search.
        grades: the columns of grades, whole numbers.

    The rows come in no particular order.

    Examples:
        >>> events = pl.DataFrame({"patient": ["A", "A", "B"], "grade": [1, 3, None]})
        >>> worst_grade(events, by=["patient"]).sort("patient").rows()
        [('A', 3), ('B', None)]
    """
    task = _task(events, by, grades)
    if task is None:
        return events.group_by(by, maintain_order=True).agg(pl.col(name).max() for name in grades)
    threads = min(os.cpu_count() or 1, _THREADS)
    with ThreadPoolExecutor(threads) as pool:
        dealt = _deal(task, pool, threads)
        found = list(pool.map(lambda slab: _slab(task, dealt, slab), range(dealt.begin.size - 1)))
    return pl.concat(found, rechunk=False).select(*by, *(pl.col(name).cast(events.schema[name]) for name in grades))


@dataclass(frozen=True, slots=True)
class _Column:
    """A key as codes from 0 on, `levels` of them; `lowest` is what code 0 is in `dtype`."""

    codes: Codes
    lowest: int
    levels: int
    name: str
    dtype: pl.DataType

    def named(self, codes: Codes) -> pl.Series:
        """Return codes as a column of the key."""
        physical = codes.astype(self.codes.dtype, copy=False)
        if self.lowest:
            physical = physical + self.codes.dtype.type(self.lowest)
        return pl.Series(self.name, physical).cat.to(self.dtype)


def _column(key: pl.Series) -> _Column:
    codes = key.to_physical()
    lowest, highest = int(codes.min()), int(codes.max())  # type: ignore[arg-type]
    numbers = codes.to_numpy()
    shifted = numbers - numbers.dtype.type(lowest) if lowest else numbers
    return _Column(shifted, lowest, highest - lowest + 1, key.name, key.dtype)


def _owner(main: _Column, key: _Column) -> Codes | None:
    """Return the code that belongs to each main code (the group of a patient); None where one has several."""
    from engager.endpoints.adverse_events.worst_grade_kernel import owners

    owner = np.full(main.levels, key.levels, np.uint32)
    return owner if owners(main.codes, key.codes, owner, key.levels) else None


@dataclass(frozen=True, slots=True)
class _Task:
    """The key with most levels, the keys that need cells, those that the main one decides, and the grades.

    `inner` is the one code of all keys that need cells, `width` the number of its levels. `decided` holds, for each
    code of the main key, the one code that belongs to it: the group of a patient needs no cells of its own. Grades
    that are not known are -1.
    """

    main: _Column
    cells: tuple[_Column, ...]
    inner: Codes
    width: int
    decided: tuple[tuple[_Column, Codes], ...]
    grades: dict[str, Codes]


def _task(events: pl.DataFrame, by: Sequence[str], grades: Sequence[str]) -> _Task | None:
    """Return what is to be done by table; None where a search is the better way, or the only one."""
    keys = [events[name] for name in by]
    coded = all(key.to_physical().dtype != key.dtype and not key.null_count() for key in keys)
    if events.height < FEW or not events.height or not coded:
        return None
    columns = sorted(map(_column, keys), key=lambda key: -key.levels)
    main, owners = columns[0], [_owner(columns[0], key) for key in columns[1:]]
    pairs = list(zip(columns[1:], owners, strict=True))
    cells = tuple(key for key, owner in pairs if owner is None)
    width = int(np.prod([key.levels for key in cells], dtype=np.int64))
    if width * main.levels > _CELLS_PER_ROW * events.height:
        return None
    return _Task(
        main=main,
        cells=cells,
        inner=_inner(cells, events.height, width),
        width=width,
        decided=tuple((key, owner) for key, owner in pairs if owner is not None),
        grades={name: events[name].cast(pl.Int8).fill_null(-1).to_numpy() for name in grades},
    )


def _inner(cells: Sequence[_Column], rows: int, width: int) -> Codes:
    """Return the one code of several keys; a single key is taken as it is."""
    if len(cells) == 1:
        return cells[0].codes
    inner = np.zeros(rows, np.min_scalar_type(max(width - 1, 0)))
    for key in cells:
        inner = inner * inner.dtype.type(key.levels) + key.codes.astype(inner.dtype)
    return inner


@dataclass(frozen=True, slots=True)
class _Dealt:
    """The events by slab: those of slab s lie from `begin[s]` to `begin[s + 1]`; their cells, and values by grade."""

    shift: int
    begin: Codes
    cell: Codes
    values: dict[str, Codes]


def _deal(task: _Task, pool: ThreadPoolExecutor, threads: int) -> _Dealt:
    """Return the events dealt out to slabs, each thread dealing a piece of them."""
    from engager.endpoints.adverse_events.worst_grade_kernel import count, deal

    main, rows = task.main.codes, task.main.codes.size
    shift = max(0, (_SLAB // task.width).bit_length() - 1)
    slabs = ((task.main.levels - 1) >> shift) + 1
    pieces = [slice(*ends) for ends in pairwise(rows * number // threads for number in range(threads + 1))]
    counts = np.zeros((threads, slabs), np.int64)
    list(pool.map(lambda piece, own: count(main[piece], shift, own), pieces, counts))
    begin = np.concatenate(([0], np.cumsum(counts.sum(axis=0))))
    starts = begin[:-1] + np.cumsum(counts, axis=0) - counts
    cell, values = np.empty(rows, np.uint32), {}
    for name, grade in task.grades.items():
        value = values[name] = np.empty(rows, np.int8)

        def write(piece: slice, start: Codes, grade: Codes = grade, value: Codes = value) -> None:
            deal(main[piece], task.inner[piece], grade[piece], shift, task.width, start, cell, value)

        list(pool.map(write, pieces, starts.copy()))
    return _Dealt(shift, begin, cell, values)


def _slab(task: _Task, dealt: _Dealt, slab: int) -> pl.DataFrame:
    """Return the keys and worst grades of those whose main code lies in a slab."""
    from engager.endpoints.adverse_events.worst_grade_kernel import emit, fill, occupied

    first, own = slab << dealt.shift, slice(dealt.begin[slab], dealt.begin[slab + 1])
    size = min(1 << dealt.shift, task.main.levels - first)
    columns: list[pl.Series] = []
    for name, values in dealt.values.items():
        table = np.zeros(-(-size * task.width // 8) * 8, np.int8)
        fill(dealt.cell[own], values[own], table)
        rows = occupied(table)
        main, inner = np.empty(rows, task.main.codes.dtype), np.empty(rows, task.inner.dtype)
        value = np.empty(rows, np.int8)
        emit(table, table.view(np.uint64), first, task.width, main, inner, value)
        columns = [*(columns or _named(task, main, inner)), _graded(name, value)]
    return pl.DataFrame(columns)


def _named(task: _Task, main: Codes, inner: Codes) -> list[pl.Series]:
    """Return the keys of rows as columns."""
    named = [task.main.named(main), *(key.named(owner[main]) for key, owner in task.decided)]
    if len(task.cells) == 1:
        return [*named, task.cells[0].named(inner)]
    for key in reversed(task.cells):
        above = inner // inner.dtype.type(key.levels)
        named.append(key.named(inner - above * inner.dtype.type(key.levels)))
        inner = above
    return named


def _graded(name: str, value: Codes) -> pl.Series:
    """Return what the cells hold as grades, null where none is known."""
    grades = pl.Series(name, value - np.int8(2))
    return grades.set(grades < 0, None) if (value == 1).any() else grades
