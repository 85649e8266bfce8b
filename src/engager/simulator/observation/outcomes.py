"""Relapse, death and the outcome of a transplant, by hazards whose numbers stand in `outcomes.toml`.

Before a transplant a patient has one clock of death: it rings when the hazards of leukaemia and of infection, added up
over the course, reach a number drawn once. After a transplant the model no longer tells anything; relapse and death in
remission are competing hazards then, constant from the transplant on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.simulator.observation.draws import Draws
from engager.simulator.observation.settings import values

Floats = NDArray[np.float64]
NEVER = np.inf


def death_hazards(filled: Floats, neutrophils: Floats) -> tuple[Floats, Floats]:
    """Return the hazards per day of death of leukaemia and of infection.

    `filled` is blasts over the cells of a full marrow, `neutrophils` in 10*9/L.

    Examples:
        >>> leukaemia, infection = death_hazards(np.array([1.0, 0.1]), np.array([1.0, 0.2]))
        >>> bool(leukaemia[0] == values("outcomes")["leukaemia_death"]), leukaemia[1].item(), infection[0].item()
        (True, 0.0, 0.0)
    """
    known = values("outcomes")
    low, high = known["leukaemia_from"], known["leukaemia_to"]
    above = np.clip((filled - low) / (high - low), 0, 1)
    infection = np.where(neutrophils < known["neutropenia"], known["infection_death"], 0.0)
    return known["leukaemia_death"] * above, infection


@dataclass(frozen=True, slots=True)
class AfterTransplant:
    """Days from the transplant to a relapse, to death in remission, and from the relapse to death; infinity: never."""

    relapse: Floats
    death_in_remission: Floats
    death_after_relapse: Floats

    @classmethod
    def of(cls, draws: Draws, with_mrd: NDArray[np.bool_], earlier: NDArray[np.bool_]) -> AfterTransplant:
        """Return what becomes of transplants, for all patients of the draws.

        Args:
            draws: the patients' draws.
            with_mrd: whether MRD was found before the transplant.
            earlier: whether there was a transplant before the treatment.
        """
        known = values("outcomes")
        share = np.where(with_mrd, known["transplant_relapse_positive"], known["transplant_relapse_negative"])
        relapse_hazard = -np.log1p(-share) / 730
        death_hazard = (
            -np.log1p(-known["transplant_death"]) / 365 * np.where(earlier, known["transplant_death_again"], 1)
        )
        relapse = draws.exponential("transplant/relapse") / relapse_hazard
        death = draws.exponential("transplant/death") / death_hazard
        later = draws.exponential("transplant/after relapse") / known["death_after_transplant_relapse"]
        # Both are dangers of early years: who has passed five is taken to be cured.
        return cls(np.where(relapse < 5 * 365, relapse, NEVER), np.where(death < 3 * 365, death, NEVER), later)
