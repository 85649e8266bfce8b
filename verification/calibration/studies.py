"""The studies that the model is held against: who was treated with what, and virtual patients that stand for them.

Every study draws its virtual patients with the same seed, so that two models, or two regimens, are compared on the same
patients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engager.simulator.models.model import Model
from engager.simulator.populations.population import VirtualPatients, read_population, sample
from engager.simulator.treatment.schedule import Pieces, Schedule

Floats = NDArray[np.float64]
HERE = Path(__file__).parent
HOUR = 1 / 24
SEED = 20261121

# drug per m2 and day, from one day to another
ONCE = ((0.0, 28.0),)
TWICE = ((0.0, 28.0), (42.0, 70.0))
FIRST_DAY = tuple(hour * HOUR for hour in (0, 1, 2, 3, 4, 6, 9, 12, 18, 24))
ONE_CYCLE = (*FIRST_DAY, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 24, 28)
STEP = tuple(7 + time for time in FIRST_DAY)
SECOND = tuple(42 + time for time in FIRST_DAY)
TWO_CYCLES = tuple(sorted({*ONE_CYCLE, *STEP, 35, *SECOND, 45, 49, 56, 63, 70}))


@dataclass(frozen=True)
class Study:
    """A study: its population (a shipped one or a file here), doses as (from, to, rate), and what else is given.

    A rate is in ug/m2/d, or in ug/d where `flat`; `dexamethasone` is mg/m2 in the hour before the first dose (and
    before the days `again`); `chemotherapy` are days of it from time 0 on. `days` are the times looked at.
    """

    name: str
    population: str
    doses: tuple[tuple[float, float, float], ...]
    days: tuple[float, ...] = TWO_CYCLES
    flat: bool = False
    dexamethasone: float = 0.0
    again: tuple[float, ...] = ()
    chemotherapy: float = 0.0

    def schedule(self, surface: Floats) -> Schedule:
        """Return what patients of these body surfaces are given."""
        drug, chemotherapy, steroid = 0, 1, 2
        rows: list[tuple[int, int, float, float, float]] = []
        for patient, area in enumerate(surface):
            rows += [(patient, drug, a, b, rate / area if self.flat else rate) for a, b, rate in self.doses]
            if self.chemotherapy:
                rows.append((patient, chemotherapy, 0.0, self.chemotherapy, 1.0))
            if self.dexamethasone:
                rows += [(patient, steroid, t - HOUR, t, self.dexamethasone / HOUR) for t in (0.0, *self.again)]
        patients, inputs, start, end, rate = zip(*rows, strict=True)
        return Schedule.of(patients, inputs, start, end, rate)


def _constant(rate: float, cycles: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float, float], ...]:
    return tuple((start, end, rate) for start, end in cycles)


def _stepped(low: float, high: float) -> tuple[tuple[float, float, float], ...]:
    return ((0.0, 7.0, low), (7.0, 28.0, high), (42.0, 70.0, high))


STUDIES = {
    study.name: study
    for study in (
        Study("lymphocytes", "adults-mrd.toml", _constant(15, ONCE), ONE_CYCLE, dexamethasone=8.5),
        Study("lymphoma-5", "lymphoma.toml", _constant(5, ONCE), FIRST_DAY, dexamethasone=8.5),
        Study("lymphoma-60", "lymphoma.toml", _constant(60, ONCE), FIRST_DAY, dexamethasone=8.5),
        Study("children", "relapsed-refractory-children", _stepped(5, 15), dexamethasone=5, again=(7.0, 42.0)),
        Study("children-15", "relapsed-refractory-children", _constant(15, TWICE), dexamethasone=5, again=(42.0,)),
        Study("adults", "adults", _stepped(9, 28), flat=True, dexamethasone=10.6, again=(7.0, 42.0)),
        Study("adults-chemotherapy", "adults", ((0.0, 1.0, 0.0),), (0, 28, 42), chemotherapy=5.0),
        Study("mrd-adults", "adults-mrd.toml", _constant(15, ONCE), ONE_CYCLE, dexamethasone=8.5),
        Study("rialto", "rialto.toml", _stepped(5, 15), dexamethasone=5, again=(7.0, 42.0)),
        Study("beijing", "chemotherapy-ineligible", _constant(15, ONCE), ONE_CYCLE, dexamethasone=5),
        Study("first-relapse", "first-relapse.toml", _constant(15, ONCE), ONE_CYCLE, dexamethasone=5),
        Study("high-risk-relapse", "high-risk-relapse.toml", _constant(15, ONCE), ONE_CYCLE, dexamethasone=5),
    )
}


@dataclass(frozen=True)
class Course:
    """Virtual patients over time: named outputs and states (n, times), and what describes the patients."""

    days: Floats
    values: dict[str, Floats]
    covariates: dict[str, Floats]

    def at(self, name: str, day: float) -> Floats:
        """Return a quantity on a day that is among the times."""
        place = int(np.argmin(np.abs(self.days - day)))
        if abs(self.days[place] - day) > 1e-6:
            raise KeyError(day)
        return self.values[name][:, place]

    def between(self, name: str, start: float, end: float) -> Floats:
        """Return a quantity at the times from one day to another."""
        return self.values[name][:, (self.days >= start - 1e-9) & (self.days <= end + 1e-9)]


Solve = Callable[[Model, Floats, Floats, Pieces, Floats, float], Floats]


def solve(model: Model, constants: Floats, initial: Floats, pieces: Pieces, days: Floats, start: float) -> Floats:
    """Return the states at the days, by the project's solver."""
    from engager.simulator.solving.solver import solve as fast

    found = fast(model, constants, initial, pieces, days, start=start)
    if found.failed:
        raise RuntimeError(f"{len(found.failed)} patients without a solution")
    return found.values


def patients_of(study: Study, model: Model, n: int, first: int = 0) -> VirtualPatients:
    """Return the virtual patients of a study."""
    own = HERE / "populations" / study.population
    population = read_population(str(own) if study.population.endswith(".toml") else study.population)
    return sample(population, model, range(first, first + n), SEED)


def course(study: Study, model: Model, n: int, with_: Solve = solve, patients: VirtualPatients | None = None) -> Course:
    """Return the virtual patients of a study over its days."""
    drawn = patients or patients_of(study, model, n)
    surface = np.asarray(drawn.covariates["BSA"].to_numpy(), float)
    pieces = study.schedule(surface).pieces(patients=len(drawn), inputs=len(model.inputs))
    days = np.array(study.days, float)
    states = with_(model, drawn.constants, drawn.initial, pieces, days, -HOUR)
    inputs = pieces.at(days)
    seen: dict[str, Any] = model.observe(drawn.constants, states, inputs)
    seen |= {state.name: states[:, :, at] for at, state in enumerate(model.states)}
    frame = {name: drawn.covariates[name].to_numpy() for name in drawn.covariates.columns}
    constants = dict(zip(model.constants, drawn.constants.T, strict=True))
    return Course(days, seen, frame | constants)
