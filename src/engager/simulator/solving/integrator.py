"""The loop around a kernel: every lane holds a patient with a time and a step of its own, and takes the next when done.

Nothing that happens in a lane depends on another lane, so a patient's solution is the same to the last bit in whatever
lane, group, batch or thread it is found. Time is double whatever the states are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from engager.simulator.solving.elementary import FAST, inlined

# The factors from one step to the next: the smallest, the largest, a margin, and the largest after a second failure.
SMALLEST, LARGEST, MARGIN, AGAIN = 0.2, 6.0, 0.9, 0.25
SHORTEST = 1e-11
FAILED = 3


class Layout(NamedTuple):
    """The sizes of a workspace, and the rows in it that the loop reads and writes."""

    states: int
    inputs: int
    lanes: int
    y: int
    a: int
    u: int
    v: int
    hg: int
    hi: int
    error: int
    factor: int
    accepted: int
    input: int


class Given(NamedTuple):
    """A problem as arrays: see `Problem`; inputs hold from a break on."""

    constants: Any
    initial: Any
    breaks: Any
    inputs: Any
    times: Any
    start: Any
    until: Any


class Found(NamedTuple):
    """Where the solution goes: states at times and at the end, how it ended, how many steps were tried."""

    values: Any
    final: Any
    status: Any
    steps: Any


class Limits(NamedTuple):
    """Which patients, from first to before last; the tolerance, the first step, the most steps."""

    first: int
    last: int
    tolerance: float
    first_step: float
    most_steps: int


# Where each lane stands, a row a quantity. As doubles: its time, step, end of the piece, the suggested step, the next
# time asked for. As whole numbers: its patient (-1: none), piece, number of the next time, steps tried, whether it
# needs a patient or a piece, ends the piece with this step, failed at the step before.
_CLOCK = (_T, _H, _STOP, _SUGGESTED, _NEXT) = range(5)
_PLACE = (_PATIENT, _PIECE, _ASKED, _TRIES, _FRESH, _ENDS, _FAILED) = range(7)


@njit(fastmath=FAST, error_model="numpy", inline="always")
def integrate_lanes(  # noqa: C901, PLR0913, PLR0917
    load: Any, step: Any, accept: Any, dense: Any, layout: Any, w: Any, given: Any, found: Any, limits: Any
) -> None:
    """Solve some patients of what is given into what is found, with the four functions of a kernel."""
    clock, place = np.full((5, layout.lanes), 1e-3), np.zeros((7, layout.lanes), np.int64)
    place[_PATIENT], place[_FRESH] = -1, 1
    times, values, steps, status = given.times, found.values, found.steps, found.status
    waiting, active = limits.first, 0
    for i in range(layout.lanes):
        # Lanes that never get a patient compute along; they need numbers like any.
        load(w, i, given.constants[limits.first])
        _set_states(w, i, layout, given.initial[limits.first])
    while True:
        for i in range(layout.lanes):
            while place[_FRESH, i]:
                active -= _leave(clock, place, i, w, layout, given.until, found.final)
                if place[_PATIENT, i] < 0:
                    if waiting >= limits.last:
                        place[_FRESH, i] = 0
                        break
                    load(w, i, given.constants[waiting])
                    _set_states(w, i, layout, given.initial[waiting])
                    _enter(clock, place, i, waiting, given, values)
                    waiting, active = waiting + 1, active + 1
                _begin_piece(clock, place, i, w, layout, given, limits.first_step)
        if active == 0:
            break
        _choose_steps(clock, place, w, layout)
        step(w, 1.0 / limits.tolerance)
        if _judge(clock, place, w, layout):
            dense(w)
            _write(clock, place, w, layout, times, values)
        active -= _move(clock, place, w, layout, steps, status, limits.most_steps)
        accept(w)


@inlined
def _set_states(w: Any, i: int, layout: Any, states: Any) -> None:
    for s in range(layout.states):
        w[(layout.y + s) * layout.lanes + i] = states[s]


@inlined
def _leave(clock: Any, place: Any, i: int, w: Any, layout: Any, until: Any, final: Any) -> int:
    """Let a patient go who is at the end; return how many have gone."""
    p = place[_PATIENT, i]
    if p < 0 or clock[_T, i] < until[p]:
        return 0
    for s in range(layout.states):
        final[p, s] = w[(layout.y + s) * layout.lanes + i]
    place[_PATIENT, i] = -1
    return 1


@inlined
def _enter(clock: Any, place: Any, i: int, p: int, given: Any, values: Any) -> None:
    """Put a patient at the start into a lane, and write the states at the times that are not after it."""
    asked = 0
    while asked < given.times.shape[1] and given.times[p, asked] <= given.start[p]:
        values[p, asked] = given.initial[p]
        asked += 1
    place[_PATIENT, i], place[_PIECE, i], place[_ASKED, i], place[_TRIES, i], place[_FAILED, i] = p, -1, asked, 0, 0
    clock[_T, i] = given.start[p]
    clock[_NEXT, i] = given.times[p, asked] if asked < given.times.shape[1] else np.inf


@inlined
def _begin_piece(clock: Any, place: Any, i: int, w: Any, layout: Any, given: Any, first_step: float) -> None:
    """Set the inputs that hold from now on, and until when; a patient who is at the end is left to be let go."""
    p, piece, now = place[_PATIENT, i], place[_PIECE, i], clock[_T, i]
    if now >= given.until[p]:
        return
    while piece + 1 < given.breaks.shape[1] and given.breaks[p, piece + 1] <= now:
        piece += 1
    for u in range(layout.inputs):
        w[(layout.input + u) * layout.lanes + i] = given.inputs[p, piece, u] if piece >= 0 else 0.0
    stop = given.until[p]
    if piece + 1 < given.breaks.shape[1] and given.breaks[p, piece + 1] < stop:
        stop = given.breaks[p, piece + 1]
    clock[_STOP, i], clock[_SUGGESTED, i] = stop, first_step
    place[_PIECE, i], place[_FRESH, i] = piece, 0


@inlined
def _choose_steps(clock: Any, place: Any, w: Any, layout: Any) -> None:
    """Take the step suggested to each lane, or one that ends the piece exactly, or half of what is left of it."""
    for i in range(layout.lanes):
        left, h = clock[_STOP, i] - clock[_T, i], clock[_SUGGESTED, i]
        ends = h >= left * 0.999999
        h = left if ends else (0.5 * left if h > 0.5 * left else h)
        # A lane without a patient computes along.
        h = h if place[_PATIENT, i] >= 0 else 1e-3
        clock[_H, i], place[_ENDS, i] = h, 1 if ends else 0
        inverse = 1.0 / h
        w[layout.hg * layout.lanes + i] = 4.0 * inverse
        w[layout.hi * layout.lanes + i] = inverse


@inlined
def _judge(clock: Any, place: Any, w: Any, layout: Any) -> bool:
    """Mark the steps that are good; return whether a time within one of them is asked for."""
    wanted = 0
    for i in range(layout.lanes):
        good = (w[layout.error * layout.lanes + i] <= 1.0) & (place[_PATIENT, i] >= 0)
        w[layout.accepted * layout.lanes + i] = 1.0 if good else 0.0
        wanted += 1 if good & (clock[_NEXT, i] <= clock[_T, i] + clock[_H, i]) else 0
    return wanted > 0


@inlined
def _write(clock: Any, place: Any, w: Any, layout: Any, times: Any, values: Any) -> None:
    """Write the states at the times asked for within good steps."""
    for i in range(layout.lanes):
        p, asked, before, h = place[_PATIENT, i], place[_ASKED, i], clock[_T, i], clock[_H, i]
        end = clock[_STOP, i] if place[_ENDS, i] else before + h
        if w[layout.accepted * layout.lanes + i] > 0.0 and clock[_NEXT, i] <= end:
            while asked < times.shape[1] and times[p, asked] <= end:
                part = (times[p, asked] - before) / h
                for s in range(layout.states):
                    y0, y1 = w[(layout.y + s) * layout.lanes + i], w[(layout.a + s) * layout.lanes + i]
                    u, v = w[(layout.u + s) * layout.lanes + i], w[(layout.v + s) * layout.lanes + i]
                    values[p, asked, s] = y0 * (1.0 - part) + part * (y1 + (1.0 - part) * (u + part * v))
                asked += 1
            place[_ASKED, i] = asked
            clock[_NEXT, i] = times[p, asked] if asked < times.shape[1] else np.inf


@inlined
def _move(clock: Any, place: Any, w: Any, layout: Any, steps: Any, status: Any, most: int) -> int:
    """Move on after a good step, shorten a bad one; return how many patients have failed."""
    lost = 0
    for i in range(layout.lanes):
        p = place[_PATIENT, i]
        if p < 0:
            continue
        tries = place[_TRIES, i] + 1
        place[_TRIES, i] = steps[p] = tries
        factor = MARGIN * w[layout.factor * layout.lanes + i]
        # A comparison with what is no number is false, and the step is shortened most.
        factor = min(factor, LARGEST) if factor > SMALLEST else SMALLEST
        failed, h = place[_FAILED, i], clock[_H, i]
        if w[layout.accepted * layout.lanes + i] > 0.0:
            clock[_T, i] = clock[_STOP, i] if place[_ENDS, i] else clock[_T, i] + h
            clock[_SUGGESTED, i] = h * (min(factor, 1.0) if failed else factor)
            place[_FRESH, i], place[_FAILED, i] = place[_ENDS, i], 0
        else:
            # A second failure in a row: a kink is near, where the error falls more slowly than its order says.
            clock[_SUGGESTED, i] = h * min(factor, AGAIN if failed else 1.0)
            place[_FAILED, i] = 1
        if clock[_SUGGESTED, i] < SHORTEST or tries >= most:
            status[p] = FAILED
            place[_PATIENT, i], place[_FRESH, i] = -1, 1
            lost += 1
    return lost
