"""Blood counts and serum values: what the model does not hold follows from it with a delay of its own.

Each quantity runs to a target with a turnover: neutrophils, platelets and haemoglobin after the normal cells of the
marrow (and less during infusion), ALT and C-reactive protein after interleukin 6. Between two points the target is that
of the later one, so the way there is exact for any distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.simulator.observation.draws import Draws
from engager.simulator.observation.settings import values

Floats = NDArray[np.float64]
SLOW = ("neutrophils", "platelets", "haemoglobin", "alt", "crp")
_PERSONAL = ("neutrophils", "platelets", "haemoglobin", "alt", "alt_rise", "nk_cells")


@dataclass(frozen=True, slots=True)
class Laboratory:
    """What is normal for each patient, and how strongly each reacts."""

    personal: dict[str, Floats]

    @classmethod
    def of(cls, draws: Draws) -> Laboratory:
        """Return the normals of patients."""
        known = values("laboratory")
        personal = {name: draws.lognormal(f"normal/{name}", known[name], known[f"{name}_cv"]) for name in _PERSONAL}
        spread = known["neutrophils_under_drug_sd"] * draws.normal("normal/under drug")
        personal["under_drug"] = np.minimum(known["neutrophils_under_drug"] * np.exp(spread), 1.2)
        share = np.log(known["cd8_share"] / (1 - known["cd8_share"])) + 0.3 * draws.normal("normal/cd8")
        personal["cd8_share"] = 1 / (1 + np.exp(-share))
        return cls(personal)

    def of_patients(self, which: NDArray[np.intp]) -> Laboratory:
        """Return those of some patients."""
        return Laboratory({name: column[which] for name, column in self.personal.items()})

    def targets(self, truth: dict[str, Floats]) -> Floats:
        """Return what the slow quantities run to, (patients, times, SLOW).

        `truth` holds, (patients, times): `normal` marrow cells as a share of a full marrow, `infused` (1 during
        infusion), `IL6` in pg/mL.
        """
        known, own = values("laboratory"), {name: column[:, None] for name, column in self.personal.items()}
        normal, infused, il6 = np.clip(truth["normal"], 1e-6, 1.0), truth["infused"], truth["IL6"]
        neutrophils = own["neutrophils"] * normal ** known["neutrophils_power"]
        platelets = own["platelets"] * normal ** known["platelets_power"]
        haemoglobin = own["haemoglobin"] * normal ** known["haemoglobin_power"]
        risen = il6 / (il6 + known["alt_half"])
        inflamed = il6**2 / (il6**2 + known["crp_half"] ** 2)
        targets = (
            neutrophils * np.where(infused > 0, own["under_drug"], 1.0),
            np.maximum(platelets, known["platelets_least"]),
            np.maximum(haemoglobin * (1 - known["haemoglobin_fall"] * infused), known["haemoglobin_least"]),
            own["alt"] * (1 + own["alt_rise"] * risen),
            known["crp"] + known["crp_most"] * inflamed,
        )
        return np.stack(targets, axis=-1)

    def follow(self, before: Floats, targets: Floats, steps: Floats) -> Floats:
        """Return the slow quantities over time, (patients, times, SLOW).

        Args:
            before: at the first time, (patients, SLOW).
            targets: as from `targets`.
            steps: days from each time to the next, (patients, times - 1); 0 where a patient has no further time.
        """
        known = values("laboratory")
        turnover = np.array([known[f"{name}_turnover"] for name in SLOW])
        course = np.empty_like(targets)
        course[:, 0] = before
        for at in range(1, targets.shape[1]):
            kept = np.exp(-turnover * steps[:, at - 1, None])
            course[:, at] = targets[:, at] + (course[:, at - 1] - targets[:, at]) * kept
        return course

    def counts(self, slow: dict[str, Floats], truth: dict[str, Floats], which: NDArray[np.intp]) -> dict[str, Floats]:
        """Return what a laboratory could see in samples of patients `which`, without its error.

        Lymphocytes are T, B and natural killer cells, leukocytes these with neutrophils, monocytes and blasts; an
        analyser does not tell blasts of blood from lymphocytes' neighbours, so they count as leukocytes alone.
        """
        known = values("laboratory")
        seen = dict(slow)
        seen["lymphocytes"] = (truth["CD3"] + truth["CD19"] + self.personal["nk_cells"][which]) / 1000
        monocytes = known["monocytes"] * np.clip(truth["normal"], 0, 1)
        seen["leukocytes"] = seen["lymphocytes"] + slow["neutrophils"] + monocytes + truth["blood_blasts"] / 1000
        seen["cd8"] = truth["CD3"] * self.personal["cd8_share"][which]
        return seen
