"""Samples of a segment: the true values at the visits that lie within it, as it was cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engager.simulator.courses.course import FOLLOW_UP, INFUSION, INTERVAL, WEEK, Ward
from engager.simulator.courses.segment import Segment
from engager.simulator.courses.toxic_events import STOPPED
from engager.simulator.observation.visits import QUARTER

Positions = NDArray[np.intp]
END = -1.0  # the visit at the end of a cycle's infusion
FOLLOW = 1000.0  # visits of the follow-up are numbered from here, a hundred for each segment of it
_EVERY = 28.0  # days between two visits of the follow-up


def sample_segment(ward: Ward, segment: Segment) -> None:
    """Write the samples of a segment into the journal, and its true values beside them."""
    phase = ward.phase[segment.which]
    over = infusion_over(ward, segment)
    ends = segment.end
    for day in ward.treatment.visits.days:
        at = ward.cycle_start[segment.which] + day
        due = np.isin(phase, (INFUSION, INTERVAL)) & (at > segment.times[:, 0]) & (at <= ends) & ~(over & (at == ends))
        due |= (phase == INFUSION) & (at == segment.times[:, 0]) & (day == 0)
        rows = np.flatnonzero(due & ~segment.failed)
        number = np.rint((at[rows] - segment.times[rows, 0]) / QUARTER).astype(int)
        # A segment that a toxicity cut begins between two quarters only if the cut did, and it never does.
        write_samples(ward, segment, rows, number, np.full(len(rows), day))
    rows = np.flatnonzero(over & ~segment.dies & ~segment.failed)
    write_samples(ward, segment, rows, segment.last[rows], np.full(len(rows), END))
    # Who is not in remission is treated elsewhere, and looked at no more.
    _sample_follow_up(ward, segment, (phase == FOLLOW_UP) & ward.remission[segment.which])


def infusion_over(ward: Ward, segment: Segment) -> NDArray[np.bool_]:
    """Return whose infusion of the cycle is over at the end of the segment: given whole, stopped, or dead."""
    left = ward.steps.of(segment.which).after(days_given(ward, segment)).total
    infusing = ward.phase[segment.which] == INFUSION
    return np.asarray(infusing & ((left == 0) | (segment.stopped == STOPPED) | segment.dies))


def days_given(ward: Ward, segment: Segment) -> NDArray[np.int64]:
    """Return the days of the steps that have begun at the end of the segment; a day begun counts whole."""
    since = np.ceil(segment.end - ward.anchor[segment.which] - 1e-9)
    return np.maximum(since, 0).astype(np.int64)


def follow_visits(segment: Segment, rows: Positions, every: float) -> tuple[Positions, Positions]:
    """Return rows and time numbers of the visits of the follow-up that lie so many days apart."""
    weeks = int(every / WEEK)
    times = np.arange(segment.times.shape[1])
    due = (times[None, :] > 0) & (times[None, :] % weeks == 0) & (times[None, :] <= segment.last[rows, None])
    whole = np.abs(segment.times[rows] - segment.times[rows, :1] - times * WEEK) < 1e-9
    found, number = np.nonzero(due & whole)
    return rows[found], number


def follow_visit(ward: Ward, which: Positions, number: Positions) -> NDArray[np.float64]:
    """Return what a visit of the follow-up is called, by the segment and the week it stands in."""
    return np.asarray(FOLLOW + 1000.0 * ward.follow_round[which] + number)


def _sample_follow_up(ward: Ward, segment: Segment, following: NDArray[np.bool_]) -> None:
    rows, number = follow_visits(segment, np.flatnonzero(following & ~segment.failed), _EVERY)
    write_samples(ward, segment, rows, number, follow_visit(ward, segment.which[rows], number))


def write_samples(ward: Ward, segment: Segment, rows: Positions, number: Positions, visit: NDArray[np.float64]) -> None:
    """Write samples: rows of the segment, the number of the time of each, and the visit."""
    if not len(rows):
        return
    which = segment.which[rows]
    times = segment.times[rows, number]
    placed = {
        "patient": which, "time": times, "visit": visit, "since": times - ward.cycle_start[which],
        "cycle": np.where(visit >= FOLLOW, 0, ward.cycle[which]),
    }  # fmt: skip
    states = enumerate(ward.treatment.model.states)
    truth = {f"state {state.name}": segment.states[rows, number, at] for at, state in states}
    truth |= {name: column[rows, number] for name, column in segment.truth.items()}
    ward.sampled.append(placed | truth)
