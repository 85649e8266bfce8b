"""A virtual cohort: patients drawn, treated by rules and looked at, as the six tables that real patients come in.

Beside the tables stands the truth: the parameters of each patient, the states of the model at every sample, and what
was infused. The analysis does not read it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from engager.cohort import Cohort
from engager.errors import InputError, Issue, Severity, option
from engager.simulator.cohorts.records import keys_of, records
from engager.simulator.courses.course import OVER, Solver, Treatment, Ward
from engager.simulator.courses.rounds import play_round
from engager.simulator.models.model import Model
from engager.simulator.observation.laboratory import SLOW
from engager.simulator.observation.measurements import measurements
from engager.simulator.observation.settings import rule_files
from engager.simulator.observation.visits import Samples, read_visits
from engager.simulator.policies.policy import Policy, refuse_misfit
from engager.simulator.populations.population import Population, sample
from engager.simulator.treatment.event_table import event_frame
from engager.simulator.treatment.prescribed import Prescribed
from engager.simulator.treatment.schedule import Schedule
from engager.terms.regimens import Regimen

BLOCK = 128  # patients simulated together; who they are changes nothing
_ROUNDS = 400  # more than any course has; a course that goes on is a fault of this program
TRUTH = ("parameters", "states", "events", "failed")
_VALUES = 4000  # numbers of a patient in all tables, by rule of thumb


@dataclass(frozen=True, slots=True)
class VirtualCohort:
    """A simulated cohort, and its truth by the names of `TRUTH`.

    `parameters` has a row a patient, `states` a row a sample, `events` a row an infusion (an event table), `failed` a
    row for each patient of whom no solver found the course; such a patient's record ends there, and says so.
    """

    cohort: Cohort
    truth: Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Simulation:
    """What is simulated: a model, a population, a policy, a seed, what solves the model; a regimen or an event table.

    It is a `Job` of `engager.simulator.scale.chunks`, and travels to workers.
    """

    model: Model
    population: Population
    regimen: Regimen | None
    policy: Policy
    seed: int
    solver: Solver
    prescribed: Prescribed | None = None

    def __post_init__(self) -> None:
        if self.regimen is not None:
            refuse_misfit(self.policy, self.regimen)

    @property
    def treatment_name(self) -> str:
        """The name of the regimen, or that an event table stands in its place."""
        return self.regimen.name if self.regimen else "event table"

    @property
    def treatment_title(self) -> str:
        """The title of the regimen, or that an event table stands in its place."""
        return self.regimen.title if self.regimen else "as an event table says"

    def identity(self) -> Mapping[str, Any]:
        """Return what the results depend on, long texts as their hashes."""
        data = {"population": self.population, "regimen": self.regimen, "policy": self.policy}
        hashes = {name: _hash(part.model_dump_json()) if part else "none" for name, part in data.items()}
        if self.prescribed is not None:
            given = self.prescribed.schedule
            rows = [getattr(given, name).tolist() for name in ("patient", "input", "start", "end", "rate")]
            hashes["events"] = _hash(repr(rows))
        seen = "".join(file.read_text("utf-8") for file in rule_files())
        return {"model": _hash(repr(self.model)), "observation": _hash(seen), **hashes, "seed": self.seed}

    def values_per_patient(self) -> int:
        """Return how many numbers a patient has in the tables."""
        return _VALUES

    def tables(self, patients: range) -> Mapping[str, pl.DataFrame]:
        """Return the tables of the virtual patients of some indices, those of the truth as `truth-NAME`."""
        block = simulate_block(self, patients)
        return {**block.cohort.tables, **{f"truth-{name}": frame for name, frame in block.truth.items()}}


def simulate_cohort(simulation: Simulation, patients: int) -> VirtualCohort:
    """Return so many virtual patients, from the first of the seed on; the first of more patients are the same ones.

    Raises InputError without patients, or where the parts do not fit each other.
    """
    if patients < 1:
        place = option("n")
        raise InputError(Issue(Severity.ERROR, "simulation.n", place, f"{patients} patients", "at least 1 patient"))
    starts = range(0, patients, BLOCK)
    return joined([simulate_block(simulation, range(start, min(start + BLOCK, patients))) for start in starts])


def simulate_block(simulation: Simulation, patients: range) -> VirtualCohort:
    """Return the virtual patients of some indices, as part of a cohort."""
    drawn = sample(simulation.population, simulation.model, patients, simulation.seed)
    visits = read_visits()
    given = simulation.prescribed.of_patients(patients) if simulation.prescribed else None
    ward = Ward(Treatment(simulation.model, simulation.policy, visits, simulation.regimen, given), drawn)
    for _ in range(_ROUNDS):
        if play_round(ward, simulation.solver) == len(ward):
            break
    else:
        raise RuntimeError(f"a course without end: patients {np.flatnonzero(ward.phase != OVER)[:5]}")
    samples = _samples(ward)
    seen = measurements(samples, ward.draws, visits, simulation.policy.assessment.method)
    return VirtualCohort(Cohort(records(ward, simulation, seen)), _truth(ward, samples))


def joined(blocks: Sequence[VirtualCohort]) -> VirtualCohort:
    """Return blocks as one cohort, rows numbered from the first; blocks stand in the order of their patients."""
    tables = {}
    for name in blocks[0].cohort.tables:
        frame = pl.concat([block.cohort[name] for block in blocks])
        tables[name] = frame.with_columns(row=pl.int_range(2, frame.height + 2, dtype=pl.UInt32))
    truth = {name: pl.concat([block.truth[name] for block in blocks]) for name in TRUTH}
    return VirtualCohort(Cohort(tables), truth)


def _samples(ward: Ward) -> Samples:
    """Return the samples of a ward with what a laboratory could see in them."""
    columns = {name: np.concatenate([part[name] for part in ward.sampled]) for name in ward.sampled[0]}
    patient, time, cycle, visit = (columns.pop(name) for name in ("patient", "time", "cycle", "visit"))
    columns |= ward.laboratory.counts({name: columns[name] for name in SLOW}, columns, patient)
    return Samples(patient, time, cycle, visit, columns)


def _truth(ward: Ward, samples: Samples) -> dict[str, pl.DataFrame]:
    model, keys, described = ward.treatment.model, keys_of(ward), ward.patients.covariates
    constants = {name: ward.patients.constants[:, at] for at, name in enumerate(model.constants)}
    others = [name for name in described.columns if name not in (*constants, "patient")]
    parameters = pl.DataFrame({"patient": keys}).hstack(described.select(others)).hstack(pl.DataFrame(constants))
    states = {state.name: samples.columns[f"state {state.name}"] for state in model.states}
    at = {"patient": [keys[position] for position in samples.patient], "time": samples.time, "cycle": samples.cycle}
    failed = pl.DataFrame({"patient": [keys[position] for position in np.flatnonzero(ward.failed)]},
                          schema={"patient": pl.String})  # fmt: skip
    return {
        "parameters": parameters,
        "states": pl.DataFrame({**at, **states}).sort("patient", "time", maintain_order=True),
        "events": event_frame(_given(ward), keys),
        "failed": failed,
    }


def _given(ward: Ward) -> Schedule:
    """Return what was given, the drug in ug/d and not by body surface, since an event table holds amounts."""
    given = ward.journal.read("given")
    who, into = given["patient"].to_numpy(), given["input"].to_numpy()
    surface = np.where(into == 0, ward.bodies.surface[who], 1.0)
    rate = given["rate"].to_numpy() * surface
    return Schedule.of(who, into, given["start"].to_numpy(), given["end"].to_numpy(), rate)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
