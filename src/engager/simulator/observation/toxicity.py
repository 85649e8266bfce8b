"""Fever, cytokine release syndrome and neurotoxicity of a course, by rules whose numbers stand in `toxicity.toml`.

Cytokine release syndrome: severity is the decimal logarithm of interleukin 6, raised by the blasts at the start of the
cycle and by the patient's own disposition; grades are limits of it. Temperature rises with interleukin 6. Neurotoxicity
and seizures come by chance, more often in the first cycle, in its first days: the model has no state for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.simulator.observation.draws import Draws
from engager.simulator.observation.settings import values

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Disposition:
    """How a patient reacts: the shift of severity, and of the interleukin 6 that gives fever."""

    severity: Floats
    fever: Floats

    @classmethod
    def of(cls, draws: Draws) -> Disposition:
        """Return the dispositions of patients."""
        known = values("toxicity")
        shift = known["temperature_spread"] * draws.normal("disposition/fever")
        return cls(known["severity_spread"] * draws.normal("disposition/severity"), np.exp(shift))

    def temperature(self, il6: Floats, which: NDArray[np.intp]) -> Floats:
        """Return the body temperature, (patients, times), of interleukin 6 in pg/mL."""
        known = values("toxicity")
        half = (known["temperature_half"] * self.fever[which])[:, None]
        return np.asarray(known["temperature_normal"] + known["temperature_rise"] * il6 / (il6 + half))

    def release_grade(self, il6: Floats, burden: Floats, which: NDArray[np.intp]) -> Whole:
        """Return the grade of cytokine release syndrome, 0 to 4, (patients, times).

        Args:
            il6: in pg/mL, (patients, times).
            burden: blasts as a fraction of marrow cells at the start of the cycle, (patients,).
            which: the patients' positions.
        """
        known = values("toxicity")
        weight = known["burden_weight"] * np.log10(np.maximum(burden, known["burden_least"]))
        severity = np.log10(np.maximum(il6, 1e-3)) + (weight + self.severity[which])[:, None]
        limits = [known[f"severity_{grade}"] for grade in (1, 2, 3, 4)]
        return np.digitize(severity, limits).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Neurotoxicity:
    """What a cycle brings: the day of neurotoxicity (infinity: none) with its grade, and that of a seizure."""

    day: Floats
    grade: Whole
    seizure_day: Floats

    @classmethod
    def of(cls, draws: Draws, cycle: int) -> Neurotoxicity:
        """Return what the cycle of a number brings, for all patients of the draws."""
        known, when = values("toxicity"), "first" if cycle == 1 else "later"
        found = [draws.uniform(f"{kind}/{cycle}") < known[f"{kind}_{when}"] for kind in ("neurotoxicity", "seizure")]
        spread = known["neurotoxicity_day_spread"]
        days = [
            np.clip(known["neurotoxicity_day"] * np.exp(spread * draws.normal(f"{kind} day/{cycle}")), 0.5, 20)
            for kind in ("neurotoxicity", "seizure")
        ]
        of_grade, grade = draws.uniform(f"neurotoxicity grade/{cycle}"), np.ones(len(draws.patients), np.int64)
        for level in (2, 3, 4):
            grade[of_grade < known[f"neurotoxicity_grade_{level}"]] = level
        day, seizure = (np.where(has, at, np.inf) for has, at in zip(found, days, strict=True))
        return cls(day, grade, seizure)
