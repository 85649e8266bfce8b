"""Hold the simulator's solver against exact solutions, a plain solver and mass action; write results.json and the page.

    python verification/simulator/verify.py [patients]

Two minutes for 200 patients. The tests repeat this with fewer patients, and look at the stored results.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import brentq

from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model
from engager.simulator.populations.population import read_population, sample
from engager.simulator.solving import reference
from engager.simulator.solving.kernels import kernel_of
from engager.simulator.solving.solver import TOLERANCE, Settings, run_kernel, workspace
from engager.simulator.solving.trajectories import Problem
from engager.simulator.treatment.schedule import Pieces, Schedule

Array = NDArray[np.float64]
RESULTS, SBML = (Path(__file__).with_name(name) for name in ("results.json", "sbml.json"))
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "simulator_solver.md"
VISITS = np.linspace(0, 210, 106)
ORDER, DIFFERENCE = "observed order on the model", "largest difference"


def model() -> Model:
    """Return the shipped model."""
    return read_model("blinatumomab")


def drawn(n: int, seed: int = 91) -> Problem:
    """Return patients of all shipped kinds, each with doses, gaps, chemotherapy and dexamethasone of their own."""
    whole, random = model(), np.random.default_rng(seed)
    names = (
        "relapsed-refractory-children",
        "mrd-positive",
        "chemotherapy-ineligible",
        "adults",
        "after-transplantation",
    )
    each = [range(len(range(at, n, len(names)))) for at in range(len(names))]
    parts = [
        sample(read_population(name), whole, range_, seed) for name, range_ in zip(names, each, strict=True) if range_
    ]
    constants = np.concatenate([part.constants for part in parts])
    initial = np.concatenate([part.initial for part in parts])
    pieces = _courses(len(constants), len(whole.inputs), random)
    return Problem.of(whole, constants, initial, pieces, VISITS)


def _courses(n: int, inputs: int, random: np.random.Generator) -> Pieces:
    """Return three cycles in two steps with an interruption, dexamethasone at each start, chemotherapy in some."""
    rows = []
    for patient in range(n):
        begin = 0.0
        for _ in range(3):
            step, stop, gap = random.uniform(3, 8), random.uniform(20, 28), random.uniform(0.1, 2)
            halt = random.uniform(step + 1, stop - 1)
            low, high = random.uniform(3, 9), random.uniform(10, 30)
            rows += [
                (patient, 0, begin, begin + step, low),
                (patient, 0, begin + step, begin + halt, high),
                (patient, 0, begin + halt + gap, begin + stop + gap, high),
                (patient, 2, begin, begin + 0.02, 10 / 0.02),
            ]
            begin += stop + random.uniform(7, 20)
        if random.random() < 0.3:
            rows.append((patient, 1, begin, begin + 5, 0.2))
    return Schedule.of(*np.array(rows).T).pieces(n, inputs)


def oracle(n: int, tolerances: Sequence[float]) -> list[dict[str, Any]]:
    """Return the largest errors against the plain solver: of log10 blasts, and of all else over its patient's peak."""
    problem, whole = drawn(n), model()
    plain = reference.solve_problem(whole, problem, 1e-10).values
    kernel = kernel_of(whole, "double")
    return [
        {
            "patients": n,
            "tolerance": tolerance,
            **errors(run_kernel(kernel, problem, Settings(tolerance)).values, plain),
        }
        for tolerance in tolerances
    ]


def errors(found: Array, plain: Array) -> dict[str, Any]:
    """Return the largest errors of what was found."""
    whole = model()
    ln = np.array([state.ln for state in whole.states])
    scale = np.array([state.scale for state in whole.states])
    names = [state.name for state in whole.states]
    blasts = [names.index("lnLp"), names.index("lnLn")]
    all_blasts = [np.logaddexp(*np.moveaxis(values[..., blasts], -1, 0)) for values in (found, plain)]
    apart, other = np.abs(all_blasts[0] - all_blasts[1]), ~ln
    peak = np.maximum(np.abs(plain).max(axis=1, keepdims=True), scale)[..., other]
    relative = (np.abs(found - plain)[..., other] / peak).max(axis=(0, 1))
    worst = int(relative.argmax())
    return {
        "log10 blasts": float(apart.max() / np.log(10)),
        "others, relative": float(relative.max()),
        "the worst of them": str(np.array(names)[other][worst]),
    }


def pharmacokinetics(n: int, tolerance: float) -> float:
    """Return the largest error of the drug, over its peak, against the exact solution for steps and stops."""
    problem, whole = drawn(n, seed=17), model()
    found = run_kernel(kernel_of(whole, "double"), problem, Settings(tolerance)).values[..., 0]
    names = {name: at for at, name in enumerate(whole.constants)}
    volume, clearance, surface = (problem.constants[:, names[name], None] for name in ("V", "CL", "BSA"))
    k, exact, pieces = clearance / volume, np.zeros_like(found), problem.pieces
    for at in range(pieces.times.shape[1]):
        begin = pieces.times[:, at : at + 1]
        end = pieces.times[:, at + 1 : at + 2] if at + 1 < pieces.times.shape[1] else np.full_like(begin, np.inf)
        since, over = (np.clip(VISITS - edge, 0, None) for edge in (np.minimum(begin, 1e9), np.minimum(end, 1e9)))
        exact += pieces.values[:, at, :1] * surface / k * (np.exp(-k * over) - np.exp(-k * since))
    return float((np.abs(found - exact) / exact.max(axis=1, keepdims=True)).max())


def trimers() -> float:
    """Return the largest relative error of the trimer algebra against the mass action of its three equilibria."""
    whole = read_model("blinatumomab", ("trimer",))
    constants = whole.typical()
    names = {name: at for at, name in enumerate(whole.constants)}
    value = {name: float(constants[0, at]) for name, at in names.items()}
    amounts = np.geomspace(1e-4, 1e6, 60) * value["V"]
    states = np.repeat(whole.initial(constants)[:, None], len(amounts), axis=1)
    states[0, :, 0] = amounts
    found = whole.observe(constants, states)
    truth = [mass_action(float(drug), value) for drug in found["Db"][0]]
    return float(np.abs(found["trib"][0] / np.array(truth) - 1).max())


def mass_action(drug: float, value: Mapping[str, float]) -> float:
    """Return the trimers of CD3, drug and CD19 in equilibrium, by a root of the balance of free CD3."""

    def free_target(free: float) -> float:
        # CD19 = free + free drug/KD19 + coop free3 free19 drug / (KD3 KD19)
        per = 1 + drug / value["KD19"] + value["coop"] * free * drug / (value["KD3"] * value["KD19"])
        return value["c19"] / per

    def trimer(free: float) -> float:
        return value["coop"] * free * free_target(free) * drug / (value["KD3"] * value["KD19"])

    def balance(free: float) -> float:
        return free * (1 + drug / value["KD3"]) + trimer(free) - value["c3"]

    return trimer(brentq(balance, 0.0, value["c3"], xtol=1e-300, rtol=1e-14))


def convergence() -> list[float]:
    """Return the observed orders on the model: how its error falls when steps of one length are halved.

    From day 2 of an infusion to day 4, where no kink is crossed; the truth has 4,096 steps.
    """
    whole, days = model(), 2.0
    constants = sample(read_population("adults"), whole, range(1), 5).constants
    pieces = Schedule.of(0, 0, 0.0, 28.0, 15.0).pieces(1, len(whole.inputs))
    kernel = kernel_of(whole, "double")
    begun = Problem.of(whole, constants, whole.initial(constants), pieces, [2.0])
    start = run_kernel(kernel, begun, Settings(1e-9)).final[0]
    ends = {count: _fixed(kernel, constants[0], start, days / count, count) for count in (8, 16, 32, 64, 4096)}
    size = np.maximum(np.abs(ends[4096]), np.array([state.scale for state in whole.states]))
    errors = [float((np.abs(ends[count] - ends[4096]) / size).max()) for count in (8, 16, 32, 64)]
    return [float(order) for order in np.log2(np.array(errors[:-1]) / np.array(errors[1:]))]


def _fixed(kernel: Any, constants: Array, start: Array, h: float, count: int) -> Array:
    """Return the states after so many steps of one length."""
    layout, w = kernel.LAYOUT, workspace(kernel)
    lanes, load, step, accept = layout.lanes, kernel.load, kernel.step, kernel.accept

    @njit
    def run(w, constants, start, h, count):  # type: ignore[no-untyped-def]
        for i in range(lanes):
            load(w, i, constants)
            for s in range(layout.states):
                w[(layout.y + s) * lanes + i] = start[s]
            w[layout.hg * lanes + i], w[layout.hi * lanes + i], w[layout.accepted * lanes + i] = 4 / h, 1 / h, 1
            w[layout.input * lanes + i] = 15.0
        for _ in range(count):
            step(w, 1.0)
            accept(w)

    run(w, constants, start, h, count)
    return np.array([w[(layout.y + s) * lanes] for s in range(layout.states)])


def main(n: int) -> None:
    """Write what was found."""
    found = {
        "oracle": oracle(n, (1e-3, TOLERANCE, 1e-5)),
        "pharmacokinetics, tolerance 1e-9": pharmacokinetics(n, 1e-9),
        "trimers against mass action": trimers(),
        ORDER: convergence(),
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(RESULTS.read_text("utf-8"))


def table(found: Mapping[str, Any], sbml: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was found as the lines of a table."""
    yield "| what | against | patients | largest error |"
    yield "|---|---|---|---|"
    patients = found["oracle"][0]["patients"]
    for each in found["oracle"]:
        at = f"tolerance {each['tolerance']:g}" + (", the default" if each["tolerance"] == TOLERANCE else "")
        yield f"| log10 blasts, {at} | LSODA at 1e-10 | {patients} | {each['log10 blasts']:.1e} |"
        yield f"| all else over its peak, {at} | LSODA at 1e-10 | {patients} | {each['others, relative']:.1e} |"
    drug, trimer = found["pharmacokinetics, tolerance 1e-9"], found["trimers against mass action"]
    yield f"| drug over its peak, tolerance 1e-9 | exact solution | {patients} | {drug:.1e} |"
    yield f"| trimers | mass action | 1 | {trimer:.1e} |"
    run, apart = sum(each["patients"] for each in sbml.values()), max(each[DIFFERENCE] for each in sbml.values())
    yield f"| the exported SBML in libRoadRunner, all states | LSODA | {run} | {apart:.1e} |"
    orders = f"{min(found[ORDER]):.1f} to {max(found[ORDER]):.1f}"
    yield f"| order of convergence on the model | 4 | 1 | {orders} observed |"


def with_table(text: str) -> str:
    """Return the page with the stored results in its table."""
    lines = table(json.loads(RESULTS.read_text("utf-8")), json.loads(SBML.read_text("utf-8")))
    begin, end = "<!-- begin verification -->", "<!-- end verification -->"
    before, after = text.partition(begin)[0], text.partition(end)[2]
    return "\n".join([before + begin, "", *lines, "", end + after])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
