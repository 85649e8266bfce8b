"""The job of large runs: patients given a regimen as planned, looked at on given days."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from engager.simulator.populations.population import Population, sample
from engager.simulator.solving.solver import Settings
from engager.simulator.solving.trajectories import Status
from engager.simulator.treatment.planned import PlannedTreatment

# Patients solved at once, which bounds the memory of the states.
BATCH = 1024


@dataclass(frozen=True)
class PlannedCourse:
    """Who is simulated, how they are treated and when they are looked at; a `Job` of `engager.simulator.scale.chunks`.

    `days` are from the first dose (0); `outputs` are names of outputs, states or algebra of the model.
    """

    treatment: PlannedTreatment
    population: Population
    seed: int
    days: tuple[float, ...]
    outputs: tuple[str, ...]

    def identity(self) -> Mapping[str, Any]:
        """Return what the results depend on, with hashes in the place of long texts."""
        return {
            "model": _hash(repr(self.treatment.model)),
            "population": _hash(self.population.model_dump_json()),
            "regimen": _hash(self.treatment.regimen.model_dump_json()),
            "cycles": self.treatment.cycles,
            "solver": _described(self.treatment.solver),
            "seed": self.seed,
            "days": list(self.days),
            "outputs": list(self.outputs),
        }

    def values_per_patient(self) -> int:
        """Return the numbers of a patient in both tables."""
        return len(self.days) * (len(self.outputs) + 1) + len(self.treatment.model.constants) + 10

    def tables(self, patients: range) -> Mapping[str, pl.DataFrame]:
        """Return `patients`, what describes each and how it was solved, and `visits`, a row a patient and day.

        Values of visits are in single precision; after a failure they are missing, and `solved` is "failed".
        """
        parts = [self._batch(batch) for batch in _batches(patients)]
        described, visits = zip(*parts, strict=True)
        return {"patients": pl.concat(described), "visits": pl.concat(visits)}

    def _batch(self, patients: range) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the tables of the patients of a batch."""
        model = self.treatment.model
        drawn = sample(self.population, model, patients, self.seed)
        seen = self.treatment.follow(drawn, self.days, self.outputs)
        status = pl.Series("solved", [Status(each).name.lower() for each in seen.status])
        names = [each.name for each in model.parameters]
        constants = pl.DataFrame(drawn.constants[:, -len(names) :], schema=names, orient="row")
        described = drawn.covariates.hstack(constants).with_columns(pl.col("patient").cast(pl.UInt32), status)
        return described, self._visits(patients, seen.values)

    def _visits(self, patients: range, values: Mapping[str, Any]) -> pl.DataFrame:
        times = len(self.days)
        columns = {name: column.astype(np.float32).ravel() for name, column in values.items()}
        who = np.repeat(np.arange(patients.start, patients.stop, dtype=np.uint32), times)
        days = np.tile(np.asarray(self.days, np.float32), len(patients))
        frame = pl.DataFrame({"patient": who, "day": days, **columns})
        return frame.with_columns(pl.col(self.outputs).fill_nan(None))


def _batches(patients: range) -> Iterator[range]:
    """Yield the parts of a range that lie in one batch each; batches begin at multiples of their size."""
    start = patients.start
    while start < patients.stop:
        stop = min(start - start % BATCH + BATCH, patients.stop)
        yield range(start, stop)
        start = stop


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _described(solver: Any) -> str:
    """Return a solver's name and settings, a function or a `functools.partial` of one; threads change no result."""
    function = getattr(solver, "func", solver)
    settings = getattr(solver, "keywords", {}).get("settings")
    if isinstance(settings, Settings):
        settings = replace(settings, threads=None)
    return f"{function.__module__}.{function.__qualname__} {settings or getattr(solver, 'keywords', {})}"
