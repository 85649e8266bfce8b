"""The course of virtual patients: premedication, infusion, decision, interval, follow-up, a segment a round.

A segment is what lies between two decision points of a patient. In a round every patient who is not done goes through
one segment: it is solved as planned, cut at the first moment of a toxicity that a rule answers or of death, sampled up
to there, and what comes next is decided. Every draw belongs to a patient and a purpose, so that a patient's course does
not depend on who else is simulated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engager.simulator.courses.journal import Journal
from engager.simulator.models.model import Model
from engager.simulator.observation.draws import Draws
from engager.simulator.observation.laboratory import SLOW, Laboratory
from engager.simulator.observation.toxicity import Disposition
from engager.simulator.observation.visits import QUARTER, Visits
from engager.simulator.policies.decisions import Rulebook
from engager.simulator.policies.policy import Policy
from engager.simulator.populations.population import VirtualPatients
from engager.simulator.solving.trajectories import Problem, Trajectories
from engager.simulator.treatment.dosing import Bodies, Steps
from engager.simulator.treatment.prescribed import Prescribed
from engager.simulator.treatment.schedule import Schedule
from engager.terms.regimens import Regimen

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
Solver = Callable[[Model, Problem], Trajectories]

BEFORE, INFUSION, INTERVAL, FOLLOW_UP, OVER = range(5)
LEAD = 3  # days before the first dose at which a course begins, so that premedication has its place
WEEK = 7.0
_HOUR = 1 / 24
_PAUSE = 14  # days without infusion where a regimen names none

KINDS: dict[str, dict[str, type[pl.DataType]]] = {
    "given": {"patient": pl.Int64, "input": pl.Int64, "start": pl.Float64, "end": pl.Float64, "rate": pl.Float64},
    "exposure": {"patient": pl.Int64, "cycle": pl.Int64, "start_day": pl.Int64, "end_day": pl.Int64, "dose": pl.Float64,
                 "flat": pl.Boolean, "end_reason": pl.String},
    "therapy": {"patient": pl.Int64, "kind": pl.String, "name": pl.String, "phase": pl.String, "cycle": pl.Int64,
                "start_day": pl.Int64, "end_day": pl.Int64, "dose": pl.Float64, "unit": pl.String, "donor": pl.String},
    "event": {"patient": pl.Int64, "term": pl.String, "grade": pl.Int64, "start": pl.Float64, "end": pl.Float64,
              "cycle": pl.Int64, "action": pl.String, "outcome": pl.String, "worst": pl.Float64, "value": pl.Float64},
    "follow": {"patient": pl.Int64, "event": pl.String, "day": pl.Int64, "cycle": pl.Int64, "site": pl.String,
               "cause": pl.String, "status": pl.String},
}  # fmt: skip


@dataclass(frozen=True)
class Treatment:
    """What patients are treated with, by which rules, and when they are looked at.

    Either a regimen is planned, and the policy's rules change it, or infusions are prescribed, and nothing does.
    """

    model: Model
    policy: Policy
    visits: Visits
    planned: Regimen | None = None
    prescribed: Prescribed | None = None

    @property
    def regimen(self) -> Regimen:
        """The planned regimen; TypeError where infusions are prescribed."""
        if self.planned is None:
            raise TypeError("infusions are prescribed: there is no regimen")
        return self.planned

    @property
    def most_cycles(self) -> int:
        """The number of the last cycle that anybody may have."""
        return min(self.policy.most_cycles, self.regimen.maximal_cycles or self.policy.most_cycles)

    def days_off(self, cycle: int) -> tuple[int, int]:
        """Return the least and the most days without infusion after a cycle."""
        block = self.regimen.cycles_of(cycle)
        return (block.days_off if block else None) or (_PAUSE, _PAUSE)


class Ward:
    """Where each patient stands; a row a patient, written anew as the course goes on."""

    def __init__(self, treatment: Treatment, patients: VirtualPatients) -> None:
        self.treatment, self.patients = treatment, patients
        self.draws = Draws(patients.seed, patients.patients)
        self.rules = Rulebook(treatment.policy, self.draws)
        self.laboratory, self.disposition = Laboratory.of(self.draws), Disposition.of(self.draws)
        described = patients.covariates
        self.bodies = Bodies(*(described[name].to_numpy().astype(float) for name in ("BSA", "weight")))
        self.journal = Journal(KINDS)
        self.sampled: list[dict[str, NDArray[Any]]] = []
        self._begin_course(len(patients))
        self._begin_treatment(len(patients))
        self._begin_disease(len(patients))
        premedicate(self)

    def _begin_course(self, n: int) -> None:
        """Place everybody before the first dose."""
        self.now = np.full(n, -float(LEAD))
        self.states = self.patients.initial.copy()
        self.slow = np.full((n, len(SLOW)), np.nan)
        self.phase = np.full(n, BEFORE)
        self.until = np.zeros(n)  # where an interval or a follow-up ends
        self.failed = np.zeros(n, bool)
        self.follow_round = np.zeros(n, np.int64)
        low, high = self.treatment.policy.follow_up_days
        self.follow_end = np.floor(low + (high - low + 1) * self.draws.uniform("follow-up")).clip(max=high)

    def _begin_treatment(self, n: int) -> None:
        """Set what is given: nothing yet."""
        self.cycle = np.zeros(n, np.int64)
        self.cycle_start = np.zeros(n, np.int64)
        self.anchor = np.zeros(n, np.int64)  # the day on which the first of the steps begins
        self.steps = Steps.empty(n)
        self.dose = first_doses(self.treatment, self.draws)
        self.uc = np.zeros((n, 3))  # chemotherapy: from, to, intensity
        self.ud = np.zeros((n, 3))  # dexamethasone: from, to, mg/m2 a day
        self.consolidation = np.full(n, -1, np.int64)  # cycles left after the first response; -1: none yet
        self.transplant_at = np.full(n, np.inf)
        self.seen = {name: np.zeros(n, np.int64) for name in ("cytokine release", "neurotoxicity", "seizure")}
        self.febrile_until = np.full(n, -np.inf)
        self.infection_left = np.full(n, np.inf)  # what is left of a cycle's number for febrile neutropenia
        names = ("fever_from", "fever_to", "fever_top", "release_from", "release_to", "release_worst", "release_at",
                 "release_answer")  # fmt: skip
        self.episode = {name: np.full(n, np.nan) for name in names}

    def _begin_disease(self, n: int) -> None:
        """Set what is known of the disease: nothing yet; and each patient's numbers for death and extinction."""
        self.before_blasts = np.full(n, np.nan)
        self.before_residual = np.full(n, np.nan)
        self.burden = np.zeros(n)  # blasts at the start of the cycle
        self.remission = np.zeros(n, bool)  # in remission by the marrow, so that a relapse may come
        self.molecular = np.zeros(n, bool)
        self.relapsed = np.zeros(n, bool)
        self.clock = self.draws.exponential("death")
        self.hazard = np.zeros(n)
        self.extinct_below = {name: self.draws.exponential(f"extinction/{name}") for name in ("lnLp", "lnLn")}

    def __len__(self) -> int:
        return len(self.patients)

    def first_episode(self, which: Positions) -> None:
        """Begin the fever and the cytokine release of a cycle anew: none yet."""
        for column in self.episode.values():
            column[which] = np.nan


def premedicate(ward: Ward) -> None:
    """Plan dexamethasone before the first dose, as the policy says."""
    plan = ward.treatment.policy.premedication
    if plan is None:
        return
    n = len(ward)
    single = np.minimum(plan.dose, plan.maximum_mg / ward.bodies.surface)
    begins, rate = (-float(plan.days), single) if plan.days else (-_HOUR, single / _HOUR)
    ward.ud[:] = np.stack([np.full(n, begins), np.zeros(n), rate], axis=1)
    days = {"start_day": -plan.days, "end_day": -1} if plan.days else {"start_day": 1, "end_day": 1, "cycle": 1}
    ward.journal.write(
        "therapy", np.arange(n), kind="steroid", name="dexamethasone", phase="before" if plan.days else "during",
        dose=np.round(single, 2), unit="mg/m2", **days,
    )  # fmt: skip


def first_doses(treatment: Treatment, draws: Draws) -> Floats:
    """Return the dose that each patient begins with where the regimen leaves a choice, as the policy chooses."""
    if treatment.prescribed is not None:
        return np.zeros(len(draws.patients))
    block = treatment.regimen.cycles_of(1)
    choices = np.asarray(block.steps[0].dose if block else (0.0,), float)
    pick = {"lowest": np.zeros(len(draws.patients)), "highest": np.full(len(draws.patients), len(choices) - 1)}
    if treatment.policy.first_dose == "either":
        return np.asarray(choices[(draws.uniform("first dose") * len(choices)).astype(int)], np.float64)
    return np.asarray(choices[pick[treatment.policy.first_dose].astype(int)], np.float64)


def times_of(start: Floats, end: Floats, step: Floats) -> Floats:
    """Return times from start to end, a step apart, the end always among them; NaN behind a patient's last.

    Examples:
        >>> times_of(np.array([0.0, 1.0]), np.array([1.0, 1.25]), np.array([0.5, 0.25])).tolist()
        [[0.0, 0.5, 1.0], [1.0, 1.25, nan]]
    """
    counts = np.ceil((end - start) / step - 1e-9).astype(int) + 1
    at = np.arange(int(counts.max(initial=1)))
    times = np.minimum(start[:, None] + at * step[:, None], end[:, None])
    return np.where(at < counts[:, None], times, np.nan)


def segment_times(ward: Ward, which: Positions, until: Floats) -> Floats:
    """Return the times of the segments of patients: quarters of days on treatment, weeks in the follow-up."""
    step = np.where(ward.phase[which] == FOLLOW_UP, WEEK, QUARTER)
    return times_of(ward.now[which], until, step)


def infusions(ward: Ward, which: Positions, until: Floats) -> Schedule:
    """Return what patients are given from now until a time, as entries of their positions in `which`."""
    if ward.treatment.prescribed is not None:
        return ward.treatment.prescribed.between(which, ward.now[which], until, ward.bodies.surface)
    steps = ward.steps.of(which)
    running = np.where(ward.phase[which, None] == INFUSION, steps.rate, 0.0)
    ends = ward.anchor[which, None] + np.cumsum(steps.days, axis=1)
    own: list[tuple[int, NDArray[Any], NDArray[Any], Floats]] = [(0, ends - steps.days, ends, running)]
    own += [(at, each[which, :1], each[which, 1:2], each[which, 2:]) for at, each in ((1, ward.uc), (2, ward.ud))]
    parts: list[tuple[Any, ...]] = []
    for at, start, end, rate in own:
        begins, stops = np.maximum(start, ward.now[which, None]), np.minimum(end, until[:, None])
        row, column = np.nonzero((rate > 0) & (stops > begins))
        parts.append((row, np.full(len(row), at), begins[row, column], stops[row, column], rate[row, column]))
    return Schedule.of(*(np.concatenate(column) for column in zip(*parts, strict=True)))
