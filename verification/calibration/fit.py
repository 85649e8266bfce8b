"""Fit the calibrated parameters of the model to the lines of observed.csv with the role `fitted`; print and keep them.

Which lines are fitted was chosen before anything was fitted. The parameters are fitted in blocks, one after the other,
twice round: exposure to the label, traffic and expansion of T cells to lymphocyte counts, killing in marrow and what
burden takes from T cells to response, chemotherapy to the response of TOWER's other arm, cytokines to interleukins and
interferon. Each block is a nonlinear least squares problem (Levenberg-Marquardt's trust region) in logarithms of
parameters, on summaries of the same virtual patients throughout; a residual is a log ratio, or a difference of shares,
over its tolerance, and a weak pull (`PULL`) towards the start keeps apart what the data cannot tell apart. The loss
grows in a straight line beyond a tolerance or so, that one line at odds with all others does not outweigh them.

    python verification/calibration/fit.py            # some minutes; writes results/fitted.csv
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

sys.path.insert(0, str(Path(__file__).parent))

from studies import HERE, STUDIES, Solve, course, solve
from summaries import OF, statistic

from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model

Floats = NDArray[np.float64]
PULL = 0.15


@dataclass(frozen=True)
class Block:
    """Parameters fitted together, with their starts, the lines with their tolerances, and how many patients.

    Tolerances are `weights`, whose scale the scatter of the residuals tells, or standard errors.
    """

    name: str
    parameters: Mapping[str, float]
    lines: Mapping[str, float]
    studies: tuple[str, ...]
    patients: int
    step: float = 0.05
    weights: bool = True


T_CELLS = {
    "t-h1": 2,
    "t-h2": 1.4,
    "t-h6": 1,
    "t-h12": 1,
    "t-d1": 0.7,
    "t-d2": 0.7,
    "t-d7": 0.4,
    "t-d14": 0.7,
    "t-d21": 0.7,
}
T_CELLS |= {"t-d28": 1, "t-nadir": 1.4, "t-peak": 1}
T_CELL_PARAMETERS = {
    "ko": 17.3,
    "kom": 2.7,
    "fM": 25,
    "tau": 1.3,
    "kam": 6.8,
    "ret": 1.4,
    "pA": 1.9,
    "kh": 0.03,
    "rx": 0.17,
}
CYTOKINE_PARAMETERS = {"ECy": 1.0, "s6": 8, "phi": 0.05, "eps": 0.01, "kZ": 0.6, "s10": 1.0, "sg": 0.5}
CYTOKINES = {"il6-5": 0.3, "il6-60": 0.3, "il6-second": 0.5, "il6-step": 0.5, "il10-first": 0.5, "ifng-max": 0.5}
SPREAD = {"css-adults-28-sd": 0.15, "css-children-15-sd": 0.15}
RESPONSE = {"cr-children": 5.8, "mrd-children": 9.6, "mrd-adults-rr": 3.9, "mrd-blast": 3.9}
RESPONSE |= {"or-middle": 0.23, "or-low": 0.23}
KILLING = {"kkm": 2.9, "wear": 0.5}
BLOCKS = (
    Block("exposure", {"CL.cv": 97}, SPREAD, ("children", "adults"), 512, weights=False),
    Block("T cells", T_CELL_PARAMETERS, T_CELLS, ("lymphocytes",), 256),
    Block("killing", KILLING, RESPONSE, ("children", "adults", "mrd-adults"), 1024, 0.1, weights=False),
    Block("chemotherapy", {"kc": 0.45}, {"cr-chemotherapy": 3.7}, ("adults-chemotherapy",), 512, 0.1, weights=False),
    Block("cytokines", CYTOKINE_PARAMETERS, CYTOKINES, ("lymphoma-5", "lymphoma-60", "children", "beijing"), 256),
)
"""What is fitted to what, each parameter with its start, mostly that of a first version of the model.

A tolerance is of a log ratio or in per cent points; for shares it is the standard error of the observed one.
"""


def observed() -> dict[str, dict[str, str]]:
    """Return the lines of observed.csv by their ids."""
    with (HERE / "observed.csv").open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def changed(model: Model, values: Mapping[str, float]) -> Model:
    """Return the model with other values (`kkm`) or spreads (`kkm.cv`) of parameters."""
    parts = []
    for each in model.parameters:
        new = replace(each, value=repr(float(values[each.name]))) if each.name in values else each
        parts.append(replace(new, cv=float(values[f"{each.name}.cv"])) if f"{each.name}.cv" in values else new)
    return replace(model, parameters=tuple(parts))


def predicted(model: Model, studies: tuple[str, ...], patients: int, with_: Solve = solve) -> dict[str, Floats]:
    """Return the patients' values of each line that the studies give."""
    found: dict[str, Floats] = {}
    for name in studies:
        found |= OF[name](course(STUDIES[name], model, patients, with_))
    return found


def residuals(block: Block, model: Model, with_: Solve) -> Floats:
    """Return the differences of a block's lines, over their tolerances."""
    lines = observed()
    values = predicted(model, block.studies, block.patients, with_)
    found = []
    for name, tolerance in block.lines.items():
        kind, target = lines[name]["kind"], float(lines[name]["observed"])
        got = statistic(kind, values[name])
        found.append((got - target if kind == "share" else np.log(max(got, 1e-9) / target)) / tolerance)
    return np.nan_to_num(np.array(found), nan=10.0, posinf=10.0, neginf=-10.0)


@dataclass(frozen=True)
class Estimate:
    """A fitted value, and the standard error of its logarithm in per cent, the other blocks given."""

    value: float
    error: float


def fit_block(block: Block, model: Model, values: Mapping[str, float], with_: Solve) -> dict[str, Estimate]:
    """Return the estimates of a block's parameters, from the values of an earlier round or the starts."""
    names, first = list(block.parameters), np.log(list(block.parameters.values()))
    at = np.log([values[name] for name in names])

    def misses(x: Floats) -> Floats:
        tried = changed(model, {**values, **dict(zip(names, np.exp(x), strict=True))})
        return np.append(residuals(block, tried, with_), PULL * (x - first))

    # A finite difference must move whole patients over a threshold.
    steps = block.step / np.maximum(np.abs(at), 1e-3)
    found = least_squares(misses, at, diff_step=steps, x_scale=1.0, max_nfev=15, xtol=1e-3, ftol=1e-3, loss="soft_l1")
    sys.stderr.write(f"{block.name}: {2 * found.cost:.2f} (cost)\n")
    scatter = np.sqrt(np.mean(found.fun[: len(block.lines)] ** 2)) if block.weights else 1.0
    errors = 100 * scatter * np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))
    estimates = zip(names, np.exp(found.x), errors, strict=True)
    return {name: Estimate(float(f"{value:.3g}"), float(f"{error:.2g}")) for name, value, error in estimates}


def fit(model: Model, rounds: int = 2, with_: Solve = solve) -> dict[str, Estimate]:
    """Return the estimates of every block, after some rounds; what the text says of these parameters plays no part."""
    values = {name: start for block in BLOCKS for name, start in block.parameters.items()}
    estimates: dict[str, Estimate] = {}
    for _ in range(rounds):
        for block in BLOCKS:
            estimates |= fit_block(block, model, values, with_)
            values |= {name: estimate.value for name, estimate in estimates.items()}
    return estimates


def main() -> None:
    """Fit and write results/fitted.csv."""
    found = fit(read_model("blinatumomab"))
    with (HERE / "results" / "fitted.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("block", "parameter", "start", "fitted", "error_percent"))
        for block in BLOCKS:
            for name, start in block.parameters.items():
                writer.writerow((block.name, name, start, found[name].value, found[name].error))


if __name__ == "__main__":
    main()
