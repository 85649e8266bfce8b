"""The bounds of weight and height by age against the growth charts: no ordinary child is suspect, at any month."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from engager.checks.body import _at_age
from engager.terms.growth import SEXES, Measure, growth_values

CENTILE_97 = 1.880794


@pytest.mark.parametrize("completed", [False, True])
@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize(
    ("measure", "low", "high", "lower", "upper"), [("weight", 0, 1, 0.6, 1.5), ("height", 2, 3, 0.85, 1.1)]
)
def test_no_ordinary_child_is_suspect(
    measure: Measure, low: int, high: int, lower: float, upper: float, sex: str, *, completed: bool
) -> None:
    """The bounds stand well off the 3rd and the 97th centile, also where the age is told in completed years."""
    ages = np.arange(0, 20, 1 / 12)
    told = pl.DataFrame({"age": np.floor(ages) if completed else ages})
    bounds = told.select(low=_at_age(low), high=_at_age(high))
    third, last = (
        growth_values(measure, ages, np.full(len(ages), sex), np.full(len(ages), z)) for z in (-CENTILE_97, CENTILE_97)
    )
    assert (bounds["low"].to_numpy() / third).max() < lower
    assert (bounds["high"].to_numpy() / last).min() > upper


@pytest.mark.parametrize(("age", "weight", "height"), [(8, 127, 26), (10, 9, 74), (0.8, 32, 139)])
def test_slips_are_suspect(age: float, weight: float, height: float) -> None:
    """Two columns swapped, an infant of ten months as ten years, and a child of ten years as ten months lie outside."""
    low_weight, high_weight, low_height, high_height = (
        pl.DataFrame({"age": [age]}).select(_at_age(at)).item() for at in range(4)
    )
    assert not low_weight <= weight <= high_weight
    assert not low_height <= height <= high_height
