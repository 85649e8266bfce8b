"""What every function here asks of its arrays, refused with the offending index when it is not so."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engager.errors import StatisticsError

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.intp]
AnyArray: TypeAlias = NDArray[Any]

_GLANCE = 2048


@dataclass(frozen=True, eq=False)
class ReadOnlyArrays:
    """The base of results that hold arrays: they cannot be written to, as the result itself cannot."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)


def refuse_first(bad: NDArray[np.bool_], values: AnyArray, name: str, expected: str) -> None:
    """Raise at the first index where `bad` holds, naming index, expected and found."""
    if bad.any():
        index = int(np.argmax(bad))
        raise StatisticsError(f"{name}[{index}]: expected {expected}, found {values[index]}")


def one_dimensional(values: ArrayLike, name: str) -> AnyArray:
    """Return the values as an array of one dimension with at least one element."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise StatisticsError(f"{name}: expected one dimension, found shape {array.shape}")
    if array.size == 0:
        raise StatisticsError(f"{name}: expected at least one value, found none")
    return array


def numbers(values: ArrayLike, name: str) -> AnyArray:
    """Return finite real numbers in one dimension; whole numbers and booleans keep their type."""
    array = one_dimensional(values, name)
    if array.dtype == object:
        array = _from_objects(array, name)
    if array.dtype.kind in "iub":
        return array
    if array.dtype.kind != "f":
        raise StatisticsError(f"{name}: expected numbers, found type {array.dtype}")
    # The sum is finite only where every value is, and costs a tenth of a look at each; a sum that overflows is
    # told from an infinite value by the slow look.
    with np.errstate(over="ignore", invalid="ignore"):
        suspect = not np.isfinite(array.sum())
    if suspect:
        refuse_first(~np.isfinite(array), array, name, "a finite number")
    return array


def _from_objects(array: AnyArray, name: str) -> FloatArray:
    """Return an array of Python objects as numbers; None, text and the like are refused where they stand."""
    found = np.empty(array.size)
    for index, value in enumerate(array):
        try:
            found[index] = float(value)
        except (TypeError, ValueError):
            raise StatisticsError(f"{name}[{index}]: expected a finite number, found {value!r}") from None
    return found


def times(values: ArrayLike, name: str = "time") -> AnyArray:
    """Return follow-up times: finite and not negative."""
    array = numbers(values, name)
    if array.min() < 0:
        refuse_first(array < 0, array, name, "a time of at least 0")
    return array


def codes(values: ArrayLike, name: str, highest: int | None = None) -> AnyArray:
    """Return codes 0, 1, ... as whole numbers; with `highest`, none above it."""
    array = numbers(values, name)
    expected = "0 or 1" if highest == 1 else "a whole number of at least 0"
    if array.dtype.kind == "b":
        return array.view(np.uint8)
    if array.dtype.kind == "f":
        refuse_first(array != np.floor(array), array, name, expected)
    limit = np.inf if highest is None else highest
    if _negative_or_above(array, limit):
        refuse_first((array < 0) | (array > limit), array, name, expected)
    # Numbers of 64 bits without a sign cannot be added to those with one.
    return array.astype(np.intp) if array.dtype.kind == "f" or array.dtype == np.uint64 else array


def _negative_or_above(array: AnyArray, limit: float) -> bool:
    """Say whether a number is below 0 or above the limit; one pass over integers, as negative ones wrap to large."""
    if array.dtype.kind == "i":
        return bool(array.view(f"u{array.dtype.itemsize}").max() > min(limit, np.iinfo(array.dtype).max))
    return bool(array.min() < 0 or array.max() > limit)


def same_length(**arrays: AnyArray) -> None:
    """Refuse arrays that do not have one value per observation each."""
    lengths = {name: array.shape[0] for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise StatisticsError(f"expected arrays of one length, found {found}")


def probability(value: float, name: str) -> float:
    """Return a number strictly between 0 and 1."""
    if not 0 < value < 1:
        raise StatisticsError(f"{name}: expected a number between 0 and 1, found {value}")
    return float(value)


def grouping(values: ArrayLike, name: str) -> tuple[AnyArray, IntArray]:
    """Return the distinct labels, ascending, and for each observation the index of its label."""
    array = one_dimensional(values, name)
    if array.dtype.kind == "f":
        refuse_first(~np.isfinite(array), array, name, "a finite number or a label")
    if array.dtype.kind in "iu" and not _negative_or_above(array, max(array.size, 1024) - 1):
        return _small_numbers(array)
    try:
        labels, inverse = np.unique(array, return_inverse=True)
    except TypeError:
        raise StatisticsError(f"{name}: expected labels of one kind that can be sorted, found mixed ones") from None
    return labels, inverse.astype(np.intp, copy=False)


def _small_numbers(array: AnyArray) -> tuple[AnyArray, IntArray]:
    """Return labels and indices of small whole numbers without a sort."""
    highest = int(array.max())
    if np.unique(array[:_GLANCE]).size == highest + 1:
        # Every number up to the highest is a label already among the first few: the numbers are their own indices.
        return np.arange(highest + 1, dtype=array.dtype), array.astype(np.intp, copy=False)
    labels = np.flatnonzero(np.bincount(array))
    index = np.zeros(highest + 1, dtype=np.intp)
    index[labels] = np.arange(labels.size)
    return labels.astype(array.dtype), index[array]
