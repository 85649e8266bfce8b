"""Edit checks of what a laboratory value and a vital sign can be: a value beyond the bounds has a slip in its unit.

The bounds are those of survival with room to both sides, not those of health: they catch a wrong unit or a lost
decimal point (a factor of ten, a hundred, a thousand), and nothing that leukaemia or its treatment does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Severity
from engager.terms.units import units


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a test can give, in one unit of each quantity it is measured in, and the slip that a value beyond hints at.

    A value of 0 and a bound (`<5`) are not judged: they say that there was nothing to be measured.
    """

    test: str
    ranges: tuple[tuple[float, float, str], ...]
    hint: str

    def words(self) -> str:
        """Return the ranges as they are told."""
        return ", or ".join(f"{low:g} to {high:g} {unit}" for low, high, unit in self.ranges)


_GRAM = "Is it in g/dL where g/L is entered, or the other way round?"
_COUNT = "Is it per microlitre where 10*9/L is entered, or the other way round?"
_MOLE = "Is it in mg/dL where umol/L or mmol/L is entered, or the other way round?"
_POINT = "Is the decimal point lost, or the unit another?"

BOUNDS: tuple[Bounds, ...] = (
    Bounds("haemoglobin", ((15, 250, "g/L"), (0.9, 16, "mmol/L")), _GRAM),
    Bounds("leukocytes", ((0.005, 1500, "10*9/L"),), _COUNT),
    Bounds("neutrophils", ((0.001, 400, "10*9/L"),), _COUNT),
    Bounds("lymphocytes", ((0.001, 1000, "10*9/L"),), _COUNT),
    Bounds("platelets", ((0.5, 4000, "10*9/L"),), _COUNT),
    Bounds("creatinine", ((4, 2500, "umol/L"), (0.05, 28, "mg/dL")), _MOLE),
    Bounds("bilirubin", ((0.5, 1500, "umol/L"), (0.03, 88, "mg/dL")), _MOLE),
    Bounds("calcium", ((0.5, 6, "mmol/L"), (2, 24, "mg/dL")), _MOLE),
    Bounds("calcium_ionised", ((0.2, 4, "mmol/L"),), _POINT),
    Bounds("magnesium", ((0.1, 6, "mmol/L"), (0.24, 15, "mg/dL")), _MOLE),
    Bounds("phosphate", ((0.05, 10, "mmol/L"), (0.15, 31, "mg/dL")), _MOLE),
    Bounds("potassium", ((0.8, 14, "mmol/L"),), _POINT),
    Bounds("sodium", ((80, 220, "mmol/L"),), _POINT),
    Bounds("glucose", ((0.2, 110, "mmol/L"), (4, 2000, "mg/dL")), _MOLE),
    Bounds("glucose_fasting", ((0.2, 110, "mmol/L"), (4, 2000, "mg/dL")), _MOLE),
    Bounds("uric_acid", ((10, 4000, "umol/L"), (0.15, 70, "mg/dL")), _MOLE),
    Bounds("albumin", ((4, 80, "g/L"),), _GRAM),
    Bounds("fibrinogen", ((0.05, 20, "g/L"), (0.1, 60, "umol/L")), "Is it in mg/dL where g/L is entered?"),
    Bounds("crp", ((0.005, 1500, "mg/L"),), "Is it in mg/dL where mg/L is entered, or the other way round?"),
    Bounds("alt", ((1, 50_000, "U/L"),), _POINT),
    Bounds("ast", ((1, 50_000, "U/L"),), _POINT),
    Bounds("ldh", ((10, 200_000, "U/L"),), _POINT),
    Bounds("inr", ((0.4, 25, "{ratio}"),), "Is it a prothrombin time in seconds, or a Quick value in percent?"),
    Bounds("aptt", ((10, 400, "s"),), _POINT),
    Bounds("systolic_pressure", ((30, 300, "mm[Hg]"),), "Is it in kPa? 1 kPa is 7.5 mm[Hg]"),
    Bounds("diastolic_pressure", ((10, 220, "mm[Hg]"),), "Is it in kPa? 1 kPa is 7.5 mm[Hg]"),
    Bounds("oxygen_saturation", ((30, 100, "%"),), "Is it a fraction (unit 1) where percent is entered?"),
    Bounds("weight", ((0.3, 400, "kg"),), "Is it in grams, or in pounds?"),
    Bounds("height", ((20, 250, "cm"),), "Is it in metres, or in inches?"),
    *(
        Bounds(name, ((1e-3, 1e6, "pg/mL"),), "Is it in pg/mL where ng/mL is entered?")
        for name in ("il_2", "il_4", "il_6", "il_8", "il_10", "tnf_alpha", "ifn_gamma")
    ),
)


def _beyond(bounds: Bounds) -> Callable[[Cohort], pl.DataFrame]:
    known = units()
    low = {known[unit].quantity: least * known[unit].factor for least, _, unit in bounds.ranges}
    high = {known[unit].quantity: most * known[unit].factor for _, most, unit in bounds.ranges}
    factors = {code: unit.factor for code, unit in known.items() if unit.quantity in low}
    kinds = {code: unit.quantity for code, unit in known.items() if unit.quantity in low}

    def find(cohort: Cohort) -> pl.DataFrame:
        exact = (pl.col("test") == bounds.test) & (pl.col("value") > 0) & (pl.col("comparator") == "=")
        values = cohort["measurements"].filter(exact)
        if values.is_empty():
            return values
        base = pl.col("value") * pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
        kind = pl.col("unit").replace_strict(kinds, default=None, return_dtype=pl.String)
        least = kind.replace_strict(low, default=None, return_dtype=pl.Float64)
        most = kind.replace_strict(high, default=None, return_dtype=pl.Float64)
        return values.filter((base < least * (1 - 1e-9)) | (base > most * (1 + 1e-9)))

    return find


RULES = tuple(
    Rule(
        f"measurements.{bounds.test}_plausible", Severity.WARNING, "measurements", "value", _beyond(bounds),
        "{test} {value} {unit}", bounds.words(), bounds.hint,
    )
    for bounds in BOUNDS
)  # fmt: skip
