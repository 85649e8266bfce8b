"""The exported SBML in libRoadRunner against our reference solver: every state, every second day of 90.

python verification/simulator/models/sbml.py [patients]      # writes verification/simulator/sbml.json
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from engager.simulator.models.sbml import sbml_text
from engager.simulator.models.text import read_model
from engager.simulator.populations.population import population_names, read_population, sample
from engager.simulator.solving.reference import solve
from engager.simulator.treatment.planned import planned_pieces
from engager.terms.regimens import shipped_regimen

RESULTS = Path(__file__).with_name("sbml.json")
DAYS = np.arange(0.0, 91.0, 2.0)
ABSOLUTE = 1e-9  # of each state, in its own scale


def worst(population: str, patients: int) -> dict[str, float | str]:
    """Return the largest difference of any state, relative to its size and scale, over patients of a population."""
    roadrunner: Any = import_module("roadrunner")
    model = read_model("blinatumomab")
    drawn = sample(read_population(population), model, range(patients), 17)
    pieces = planned_pieces(model, shipped_regimen("label-relapsed-refractory"), 2, drawn)
    ours = solve(model, drawn.constants, drawn.initial, pieces, DAYS, tolerance=1e-10)
    size = np.abs(ours.values) + [state.scale for state in model.states]
    theirs = np.empty_like(ours.values)
    for at in range(patients):
        one = type(pieces)(pieces.times[at : at + 1], pieces.values[at : at + 1])
        runner = roadrunner.RoadRunner(sbml_text(model, one, drawn.constants[at]))
        runner.integrator.relative_tolerance = 1e-9
        runner.integrator.maximum_num_steps = 200_000
        for state in model.states:
            runner.integrator.setIndividualTolerance(state.name, ABSOLUTE * state.scale)
        theirs[at] = runner.simulate(times=DAYS.tolist(), selections=[state.name for state in model.states])
    difference = np.abs(ours.values - theirs) / size
    state = model.states[int(difference.max(axis=(0, 1)).argmax())].name
    return {"patients": patients, "largest difference": float(difference.max()), "of the state": state}


def main(patients: int) -> None:
    """Write and print the largest difference in each population; fail above 1e-6."""
    found = {name: worst(name, patients) for name in population_names()}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    sys.stdout.write(RESULTS.read_text("utf-8"))
    if any(float(each["largest difference"]) > 1e-6 for each in found.values()):
        sys.exit("a state differs by more than 1e-6")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
