"""A round: every patient who is not done goes through one segment, which is solved, cut, sampled and journalled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engager.simulator.courses.course import BEFORE, INFUSION, OVER, Solver, Ward, infusions, segment_times
from engager.simulator.courses.extinction import end_small_clones
from engager.simulator.courses.next_steps import after_segment
from engager.simulator.courses.sampling import sample_segment
from engager.simulator.courses.segment import Segment
from engager.simulator.courses.toxic_events import find_toxicity
from engager.simulator.courses.truth import true_values
from engager.simulator.observation.laboratory import SLOW
from engager.simulator.observation.outcomes import death_hazards
from engager.simulator.observation.visits import study_day
from engager.simulator.solving.trajectories import Problem, Status

Floats = NDArray[np.float64]


def play_round(ward: Ward, solver: Solver) -> int:
    """Take every patient who is not done through one segment, and return how many are done then."""
    which = np.flatnonzero(ward.phase != OVER)
    segment = _solved(ward, which, solver)
    _cut_at_death(ward, segment)
    find_toxicity(ward, segment)
    sample_segment(ward, segment)
    _move(ward, segment)
    after_segment(ward, segment)
    return int((ward.phase == OVER).sum())


def _solved(ward: Ward, which: NDArray[np.intp], solver: Solver) -> Segment:
    """Return the segment of each patient as planned."""
    until = _planned_end(ward, which)
    times = segment_times(ward, which, until)
    given = infusions(ward, which, until)
    model = ward.treatment.model
    pieces = given.pieces(len(which), len(model.inputs))
    constants = ward.patients.constants[which]
    problem = Problem.of(model, constants, ward.states[which], pieces, times, ward.now[which], until)
    solved = solver(model, problem)
    failed = solved.status == Status.FAILED
    values = np.where(np.isnan(times)[:, :, None], solved.values[:, :1], solved.values)
    values[failed] = ward.states[which[failed], None]
    truth = true_values(model, constants, values)
    truth["infused"] = (pieces.at(np.where(np.isnan(times), np.inf, times))[:, :, 0] > 0).astype(float)
    targets = ward.laboratory.of_patients(which).targets(truth)
    begun = np.where(np.isnan(ward.slow[which]), targets[:, 0], ward.slow[which])
    steps = np.nan_to_num(np.diff(times, axis=1))
    slow = ward.laboratory.of_patients(which).follow(begun, targets, steps)
    truth |= {name: slow[:, :, at] for at, name in enumerate(SLOW)}
    last = (~np.isnan(times)).sum(axis=1) - 1
    return Segment(which, times, values, truth, given, last, failed)


def _planned_end(ward: Ward, which: NDArray[np.intp]) -> Floats:
    """Return when the segment of each patient ends if nothing happens."""
    phase = ward.phase[which]
    ends = np.where(phase == BEFORE, 0.0, ward.until[which])
    steps_end = (ward.anchor[which] + ward.steps.of(which).total).astype(float)
    if ward.treatment.prescribed is not None:
        steps_end = ward.treatment.prescribed.ends[which, np.maximum(ward.cycle[which] - 1, 0)]
    return np.where(phase == INFUSION, steps_end, ends).astype(float)


def _cut_at_death(ward: Ward, segment: Segment) -> None:
    """End the segment of who dies in it, and remember of what: the hazards of the course reach the patient's number."""
    which = segment.which
    hazards = death_hazards(segment.truth["filled"], segment.truth["neutrophils"])
    steps = np.nan_to_num(np.diff(segment.times, axis=1))
    together = (hazards[0] + hazards[1]) * (ward.phase[which, None] != BEFORE)
    on_the_way = np.cumsum(0.5 * (together[:, 1:] + together[:, :-1]) * steps, axis=1)
    total = ward.hazard[which, None] + np.concatenate([np.zeros((len(which), 1)), on_the_way], axis=1)
    reached = total >= ward.clock[which, None]
    dies = reached.any(axis=1) & ~segment.failed
    at = np.where(dies, reached.argmax(axis=1), segment.last)
    segment.dies[:] = dies
    segment.last[:] = np.minimum(segment.last, at)
    rows = np.arange(len(which))
    share = hazards[1][rows, segment.last] / np.maximum(together[rows, segment.last], 1e-300)
    segment.of_infection[:] = ward.draws.uniform("cause of death")[which] < share
    segment.hazard[:] = total


def _move(ward: Ward, segment: Segment) -> None:
    """Bring patients to the end of their segments, and journal what they were given on the way."""
    which, rows = segment.which, np.arange(len(segment.which))
    end = segment.end
    given = segment.given
    stops = np.minimum(given.end, end[given.patient])
    kept = stops > given.start
    ward.journal.write(
        "given", which[given.patient[kept]], input=given.input[kept], start=given.start[kept], end=stops[kept],
        rate=given.rate[kept],
    )  # fmt: skip
    ward.now[which] = np.where(segment.failed, ward.now[which], end)
    ward.states[which] = segment.states[rows, segment.last]
    ward.slow[which] = np.stack([segment.truth[name][rows, segment.last] for name in SLOW], axis=1)
    ward.hazard[which] = segment.hazard[rows, segment.last]
    end_small_clones(ward, segment)
    _give_up(ward, which[segment.failed])


def _give_up(ward: Ward, which: NDArray[np.intp]) -> None:
    """End the record of patients of whom no solver found the course where it was last known."""
    known = which[ward.now[which] > 0]
    day = study_day(ward.now[known]).astype(np.int64)
    ward.journal.write("follow", known, event="last contact", day=day, status="unknown")
    ward.failed[which] = True
    ward.phase[which] = OVER
