"""Schedules: infusions as pieces of constant input, worked by hand; what is no schedule is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.errors import InputError
from engager.simulator.treatment.dosing import STEPS, Bodies, Steps, cycle_steps, single_step
from engager.simulator.treatment.schedule import Schedule
from engager.terms.regimens import shipped_regimen


def test_pieces_have_a_breakpoint_at_every_start_and_end() -> None:
    """A step at day 7 and a second input from -1 to 0 give five breakpoints; before the first, nothing is given."""
    schedule = Schedule.of([0, 0, 0], [0, 0, 2], [0, 7, -1], [7, 28, 0], [5, 15, 120])
    pieces = schedule.pieces(1, 3)
    assert pieces.times[0].tolist() == [-1, 0, 7, 28]
    assert pieces.values[0].tolist() == [[0, 0, 120], [5, 0, 0], [15, 0, 0], [0, 0, 0]]
    found = pieces.at(np.array([-2.0, -1.0, -1e-9, 0.0, 6.999, 7.0, 28.0]))[0]
    assert found[:, 0].tolist() == [0, 0, 0, 5, 5, 15, 0]
    assert found[:, 2].tolist() == [0, 120, 120, 0, 0, 0, 0]


def test_who_is_given_nothing_has_zeros() -> None:
    """A patient without an infusion has one piece of zeros from time 0."""
    pieces = Schedule.of([1], [0], [0], [28], [15]).pieces(3, 1)
    assert pieces.times.tolist() == [[0, np.inf], [0, 28], [0, np.inf]]
    assert pieces.at(np.array([5.0]))[:, 0, 0].tolist() == [0, 15, 0]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (([0], [0], [0], [28], [-5]), "a negative rate"),
        (([0], [0], [28], [28], [5]), "ends before it begins"),
        (([0], [0], [0], [np.nan], [5]), "no number"),
        (([0, 0], [0, 0], [0, 27], [28, 30], [5, 5]), "two infusions at once"),
    ],
)
def test_what_is_no_schedule_is_refused(entries: tuple[list[float], ...], told: str) -> None:
    """A negative rate, no length, no number, or two at once in one input of one patient."""
    with pytest.raises(InputError, match=told):
        Schedule.of(*entries)


def test_other_inputs_and_other_patients_do_not_overlap() -> None:
    """Two drugs, or two patients, at the same time are no overlap; an end that is the next start is none either."""
    assert len(Schedule.of([0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 28], [28, 28, 28, 56], [5, 1, 5, 5])) == 4


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 40), st.floats(0.5, 60)), min_size=1, max_size=8))
def test_what_is_given_is_the_rate_times_the_time(steps: list[tuple[int, int, float]]) -> None:
    """Over the pieces the amount is that of the infusions, whatever their order and the gaps between them."""
    starts = np.cumsum([gap + length for gap, length, _ in steps]) - [length for _, length, _ in steps]
    ends, rates = starts + [length for _, length, _ in steps], [rate for *_, rate in steps]
    order = np.random.default_rng(len(steps)).permutation(len(steps))
    schedule = Schedule.of([0] * len(steps), [0] * len(steps), starts[order], ends[order], np.array(rates)[order])
    pieces = schedule.pieces(1, 1)
    times = np.append(pieces.times[0], pieces.times[0, -1] + 1)
    amount = (np.diff(times) * pieces.values[0, :, 0]).sum()
    assert amount == pytest.approx(sum(length * rate for _, length, rate in steps), rel=1e-12)


BODIES = Bodies(np.array([0.5, 2.0, 1.4]), np.array([10.0, 80.0, 40.0]))


def test_a_cycle_of_the_label() -> None:
    """A child of 0.5 m2 by surface; of 80 kg flat, 9 then 28 ug/d; of 1.4 m2 and 40 kg by surface, below both caps."""
    steps = cycle_steps(shipped_regimen("label-relapsed-refractory"), 1, np.full(3, 5.0), BODIES)
    assert steps.days[0].tolist() == [7, 21] + [0] * (STEPS - 2)
    assert steps.rate[:, :2].tolist() == [[5, 15], [4.5, 14], [5, 15]]
    assert steps.dose[:, :2].tolist() == [[5, 15], [9, 28], [5, 15]]
    assert steps.flat[:, 0].tolist() == [False, True, False]


def test_a_cap_is_told_as_it_is_given() -> None:
    """2 m2 at 44 kg would be 30 ug/d: the cap of 28 ug/d is given, and recorded in ug/d."""
    steps = cycle_steps(
        shipped_regimen("label-mrd-positive"), 1, np.array([15.0]), Bodies(np.array([2.0]), np.array([44.0]))
    )
    assert (steps.rate[0, 0], steps.dose[0, 0], steps.flat[0, 0]) == (14, 28, True)


def test_the_rung_of_the_ladder_is_given_where_the_regimen_has_one() -> None:
    """Tuebingen leaves 5 or 15 open, and goes to 30."""
    steps = cycle_steps(shipped_regimen("tuebingen-2014"), 2, np.array([5.0, 15.0, 30.0]), BODIES)
    assert steps.rate[:, 0].tolist() == [5, 15, 30]


def test_what_is_left_of_steps() -> None:
    """Of 7 + 21 days 10 have been given: 18 of the second are left; a pause and a restart stand before them."""
    steps = cycle_steps(shipped_regimen("label-relapsed-refractory"), 1, np.full(1, 5.0), BODIES[np.array([0])])
    left = steps.after(np.array([10]))
    assert left.days[0, :2].tolist() == [0, 18]
    no = np.zeros(1, bool)
    pause = single_step(np.array([4]), np.zeros(1), np.zeros(1), no)
    low = single_step(np.array([7]), np.full(1, 5.0), np.full(1, 5.0), no)
    found = left.after(np.array([7])).behind(low).behind(pause)
    assert found.days[0, :3].tolist() == [4, 7, 11]
    assert found.rate[0, :3].tolist() == [0, 5, 15]
    assert found.total[0] == 4 + 18


@given(st.lists(st.integers(0, 30), min_size=STEPS, max_size=STEPS), st.integers(0, 200))
def test_days_given_and_days_left_are_the_days(days: list[int], given_days: int) -> None:
    """Whatever has been given, the rest is what is left, and never less than nothing."""
    steps = Steps.empty(1)
    steps.days[0] = days
    assert steps.after(np.array([given_days])).total[0] == max(sum(days) - given_days, 0)
