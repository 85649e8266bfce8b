"""The same virtual patients with other parameters: what a sensitivity moves and a calibration looks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from engager.simulator.models.expression import evaluate
from engager.simulator.models.model import Model
from engager.simulator.populations.population import VirtualPatients
from engager.simulator.populations.random_numbers import Floats


def with_factors(model: Model, patients: VirtualPatients, factors: Mapping[str, float | Floats]) -> VirtualPatients:
    """Return patients with some parameters multiplied; those given in terms of them and the beginnings follow."""
    constants = model.individual(
        {each.name: column for each, column in zip(model.covariates, patients.constants.T, strict=False)},
        {name: own * factors.get(name, 1.0) for name, own in individual_factors(model, patients).items()},
    )
    return replace(patients, constants=constants, initial=model.initial(constants))


def individual_factors(model: Model, patients: VirtualPatients) -> dict[str, Floats]:
    """Return each patient's parameters over what their expressions give: 1 where a parameter does not vary."""
    known: dict[str, Any] = dict(zip(model.constants, patients.constants.T, strict=True))
    factors = {}
    for each in model.parameters:
        own = known[each.name]
        typical = np.broadcast_to(np.asarray(evaluate(model.trees[each.name], known), np.float64), own.shape)
        factors[each.name] = np.divide(own, typical, out=np.ones(own.shape), where=typical != 0)
    return factors


def joined(parts: Sequence[VirtualPatients]) -> VirtualPatients:
    """Return several sets of patients as one, to be solved side by side; their indices begin anew."""
    constants, initial = (np.concatenate([getattr(part, name) for part in parts]) for name in ("constants", "initial"))
    covariates = pl.concat([part.covariates for part in parts])
    return VirtualPatients(range(len(constants)), covariates, constants, initial, parts[0].seed)
