"""The loops of `worst_grade`, compiled: events are dealt out to slabs of patients, whose table stays in the cache.

A cell of a table holds 0 where no event lies, 1 where no grade is known, else the grade plus 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Codes = NDArray[Any]


@njit(cache=True, nogil=True)
def count(main: Codes, shift: int, slabs: Codes) -> None:
    """Count the events of each slab, which is the main code without its last `shift` bits."""
    for row in range(main.size):
        slabs[main[row] >> shift] += 1


@njit(cache=True, nogil=True)
def deal(  # noqa: PLR0913, PLR0917 - what is read, how it is dealt, where it goes
    main: Codes, inner: Codes, grade: Codes, shift: int, width: int, begin: Codes, cell: Codes, value: Codes
) -> None:
    """Write the cell of each event within its slab, and its value, from where `begin` says on; `begin` moves on."""
    bits, cells = np.uint32(shift), np.uint32(width)
    within = np.uint32((1 << shift) - 1)
    for row in range(main.size):
        code = np.uint32(main[row])
        place = begin[code >> bits]
        begin[code >> bits] = place + 1
        cell[place] = (code & within) * cells + np.uint32(inner[row])
        value[place] = grade[row] + 2


@njit(cache=True, nogil=True)
def fill(cell: Codes, value: Codes, table: Codes) -> None:
    """Write the highest value of each cell of a slab."""
    for row in range(cell.size):
        at, held = cell[row], value[row]
        if held > table[at]:  # noqa: PLR1730 - what is no more is not written
            table[at] = held


@njit(cache=True, nogil=True)
def occupied(table: Codes) -> int:
    """Return the number of cells in which an event lies."""
    cells = 0
    for value in table:
        cells += value != 0
    return cells


@njit(cache=True, nogil=True)
def emit(table: Codes, words: Codes, first: int, width: int, main: Codes, inner: Codes, value: Codes) -> None:
    """Write main code, inner code and value of each cell in which an event lies.

    `words` is the table seen as words of eight cells, most of which are empty and passed at once.
    """
    row, cells = 0, np.uint32(width)
    for word in range(words.size):
        if words[word] == 0:
            continue
        for cell in range(8 * word, 8 * word + 8):
            held = table[cell]
            if held != 0:
                place = np.uint32(cell) // cells
                main[row] = first + place
                inner[row] = np.uint32(cell) - place * cells
                value[row] = held
                row += 1


@njit(cache=True, nogil=True)
def owners(main: Codes, key: Codes, owner: Codes, unknown: int) -> bool:
    """Write the code of a key that belongs to each main code, and return whether each has one only."""
    for row in range(main.size):
        held = owner[main[row]]
        if held == unknown:
            owner[main[row]] = key[row]
        elif held != key[row]:
            return False
    return True
