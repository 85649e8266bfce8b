"""What is true of virtual patients: the quantities that an observation looks at, from the states of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engager.simulator.models.expression import evaluate, names_of, parse
from engager.simulator.models.model import Model
from engager.simulator.observation.settings import values

Floats = NDArray[np.float64]
# Outputs and algebra of the model that the observation asks for, by the name it uses.
ASKED: Mapping[str, str] = {
    "C": "C", "CD3": "CD3", "CD19": "CD19", "blood_blasts": "blood_blasts", "IL6": "IL6", "IL10": "IL10",
    "IFNG": "IFNG", "positive": "Lp", "negative": "Ln", "N": "N", "N0": "N0",
}  # fmt: skip


def true_values(model: Model, constants: Floats, states: Floats) -> dict[str, Floats]:
    """Return the quantities of `ASKED`, (patients, times), and what follows from them.

    `positive` and `negative` are CD19-positive and CD19-negative blasts as fractions of marrow cells, `fraction` their
    sum; `filled` is blasts over the cells of a full marrow, `normal` the working share of normal marrow: normal cells
    over those of a full marrow, less by the fraction of blasts among them, which hinder them (assumed). Inputs are not
    known here: what asks for one cannot be given.
    """
    known: dict[str, Any] = {name: constants[:, at, None] for at, name in enumerate(model.constants)}
    known |= {each.name: states[..., at] for at, each in enumerate(model.states)}
    shape = states.shape[:-1]
    found = {name: np.broadcast_to(_value(model, asked, known), shape) for name, asked in ASKED.items()}
    cells = found["positive"] + found["negative"] + found["N"]
    cells = np.maximum(cells, 1.0)
    for name in ("positive", "negative"):
        found[name] = found[name] / cells
    found["fraction"] = found["positive"] + found["negative"]
    full = found.pop("N0")
    found["filled"] = (found["fraction"] * cells) / full
    found["normal"] = found.pop("N") / full * (1 - values("laboratory")["hindrance"] * found["fraction"])
    found["blood_blasts"] = np.maximum(found["blood_blasts"], 0.0)
    return found


def _value(model: Model, name: str, known: dict[str, Any]) -> Any:
    """Return a quantity of the model, with whatever it follows from; what was found is kept in `known`."""
    if name not in known:
        outputs = {each.name: each.expression for each in model.outputs}
        tree = model.trees[name] if name in model.trees else parse(outputs[name])
        for other in sorted(names_of(tree)):
            _value(model, other, known)
        known[name] = evaluate(tree, known)
    return known[name]
