"""Height and weight by age and sex, from a national reference in the LMS form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engager.terms.shipped import shipped_data

Floats = NDArray[np.float64]
Measure = Literal["height", "weight"]
SEXES = ("male", "female")
MONTHS_A_YEAR = 12.0


def growth_values(measure: Measure, age: Floats, sex: NDArray[Any], z: Floats) -> Floats:
    """Return heights in cm or weights in kg from ages in years, sexes and standard normal numbers.

    M (1 + L S z)^(1/L) with L, M and S interpolated between the ages of the reference; beyond its last age, 20 years,
    they are those of 20 years (Cole and Green 1992, Stat Med 11:1305).

    Examples:
        >>> float(growth_values("height", np.array([20.0]), np.array(["male"]), np.zeros(1))[0].round(1))
        176.8
    """
    power, median, spread = (np.empty_like(age) for _ in range(3))
    for each in SEXES:
        of_sex = sex == each
        months, *lms = _reference()[measure][each]
        for result, column in zip((power, median, spread), lms, strict=True):
            result[of_sex] = np.interp(age[of_sex] * MONTHS_A_YEAR, months, column)
    return np.asarray(median * np.power(1.0 + power * spread * z, 1.0 / power), dtype=np.float64)


@cache
def _reference() -> Mapping[str, Mapping[str, NDArray[np.float64]]]:
    raw = shipped_data("engager.terms", "growth")
    return {
        measure: {sex: np.array(raw[measure][sex], dtype=np.float64).T for sex in SEXES}
        for measure in ("height", "weight")
    }
