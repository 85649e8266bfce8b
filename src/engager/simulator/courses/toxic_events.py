"""Toxicity within a segment: what happens, and whether a rule of the policy answers it, at the first moment it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.simulator.courses.course import INFUSION, INTERVAL, Ward
from engager.simulator.courses.segment import Segment
from engager.simulator.observation.settings import values
from engager.simulator.observation.toxicity import Neurotoxicity
from engager.simulator.observation.visits import QUARTER
from engager.simulator.policies.decisions import NO_RULE
from engager.simulator.policies.policy import Event

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
FEVER = 38.0
_FEBRILE_DAYS = 5.0  # how long febrile neutropenia lasts
HELD, STOPPED = 1, 2
_NONE = np.iinfo(np.int64).max // 4
_ACTIONS = {0: "none", HELD: "interrupted", STOPPED: "discontinued"}


@dataclass(frozen=True, slots=True)
class _Happening:
    """A toxicity of a segment: at which time of each patient (`_NONE`: at none), of which grade."""

    event: Event
    at: Whole
    grade: Whole


def find_toxicity(ward: Ward, segment: Segment) -> None:
    """Cut segments at the first toxicity that a rule answers, and journal what happened up to there."""
    grade, temperature = _release(ward, segment)
    segment.truth["temperature"] = temperature
    treated = (ward.phase[segment.which] == INFUSION) & ~segment.failed
    happenings = [_first_release(ward, segment, grade, treated), *_by_chance(ward, segment, treated)]
    triggers = np.stack([_answered(ward, segment, each) for each in happenings])
    first = triggers.argmin(axis=0)
    for number, each in enumerate(happenings):
        _answer(ward, segment, each, np.flatnonzero((first == number) & (triggers[number] < _NONE)))
    for each in happenings[1:]:
        _journal(ward, segment, each)
    _febrile_neutropenia(ward, segment)
    _episodes(ward, segment, grade, temperature)


def _release(ward: Ward, segment: Segment) -> tuple[Whole, Floats]:
    """Return the grade of cytokine release syndrome and the temperature, (patients, times): release brings fever."""
    which, il6 = segment.which, segment.truth["IL6"]
    treated = ward.phase[which] == INFUSION
    grade = ward.disposition.release_grade(il6, ward.burden[which], which) * treated[:, None]
    temperature = ward.disposition.temperature(il6, which)
    return grade, np.where(grade > 0, np.maximum(temperature, FEVER + 0.1 + 0.2 * grade), temperature)


def _infused(segment: Segment) -> Flags:
    """Return whether the infusion ran up to each time."""
    before = np.concatenate([np.zeros((len(segment.which), 1)), segment.truth["infused"][:, :-1]], axis=1)
    return np.asarray((before > 0) & segment.lived())


def _first_release(ward: Ward, segment: Segment, grade: Whole, treated: Flags) -> _Happening:
    """Return the first time with a grade that a rule on cytokine release asks for."""
    rules = [rule.grade or 1 for rule in ward.treatment.policy.rules if rule.when == "cytokine release"]
    found = _infused(segment) & (grade >= min(rules, default=9)) & treated[:, None]
    at = np.where(found.any(axis=1), found.argmax(axis=1), _NONE)
    return _Happening("cytokine release", at, _grade_within_a_day(grade, at))


def _grade_within_a_day(grade: Whole, at: Whole) -> Whole:
    """Return the grade at a time of each row, 0 where there is none."""
    safe = np.minimum(at, grade.shape[1] - 1)
    return np.where(at < _NONE, grade[np.arange(len(grade)), safe], 0)


def _by_chance(ward: Ward, segment: Segment, treated: Flags) -> tuple[_Happening, _Happening]:
    """Return the neurotoxicity and the seizures of the segments."""
    which, infused = segment.which, _infused(segment)
    days, grades = np.full((2, len(which)), np.inf), np.zeros(len(which), np.int64)
    for cycle in np.unique(ward.cycle[which[treated]]):
        chance = Neurotoxicity.of(ward.draws, int(cycle))
        rows = treated & (ward.cycle[which] == cycle)
        days[:, rows] = chance.day[which[rows]], chance.seizure_day[which[rows]]
        grades[rows] = chance.grade[which[rows]]
    after = days + ward.cycle_start[which] - ward.now[which]
    number = np.where(np.isfinite(after), np.ceil(np.nan_to_num(after, posinf=0.0) / QUARTER), 0).astype(np.int64)
    within = (number > 0) & (number < infused.shape[1])
    at = np.where(within, number, 0)
    running = infused[np.arange(len(which)), at] & within
    placed = np.where(running, number, _NONE)
    return _Happening("neurotoxicity", placed[0], grades), _Happening("seizure", placed[1], np.full(len(which), 3))


def _answered(ward: Ward, segment: Segment, each: _Happening) -> Whole:
    """Return the time of a toxicity where there may be a rule for it, `_NONE` elsewhere."""
    rules = [rule for rule in ward.treatment.policy.rules if rule.when == each.event]
    if ward.treatment.prescribed is not None:
        return np.full(len(segment.which), _NONE)
    least = min((rule.grade or 1 for rule in rules), default=9)
    return np.where((each.at <= segment.last) & (each.grade >= least), each.at, _NONE)


def _answer(ward: Ward, segment: Segment, each: _Happening, rows: NDArray[np.intp]) -> None:
    """Apply the rules to those whose first toxicity this is, and cut their segments where one holds or stops."""
    which = segment.which[rows]
    ward.seen[each.event][which] += 1
    for cycle in np.unique(ward.cycle[which]):
        of_cycle = ward.cycle[which] == cycle
        own, positions = rows[of_cycle], which[of_cycle]
        chosen = ward.rules.apply(
            each.event, positions, int(cycle), each.grade[own], ward.seen[each.event][positions]
        )  # fmt: skip
        for action, mark in (("hold", HELD), ("stop", STOPPED)):
            hit = own[ward.rules.does(chosen, action) & (chosen != NO_RULE)]
            segment.stopped[hit] = mark
            segment.last[hit] = each.at[hit]
            segment.dies[hit] = False
            if each.event == "cytokine release":
                segment.by_release[hit] = True
                ward.episode["release_answer"][segment.which[hit]] = mark


def _journal(ward: Ward, segment: Segment, each: _Happening) -> None:
    """Write the neurotoxicity and the seizures that happened."""
    rows = np.flatnonzero(each.at <= segment.last)
    which, at = segment.which[rows], each.at[rows]
    start = segment.times[rows, at]
    cut = np.where(at == segment.last[rows], segment.stopped[rows], 0)
    seizure = each.event == "seizure"
    length = 0.0 if seizure else values("toxicity")["neurotoxicity_days"] * each.grade[rows]
    names = np.array(["", "Tremor", "Somnolence", "Encephalopathy", "Encephalopathy"])
    ward.journal.write(
        "event", which, term="Seizure" if seizure else names[each.grade[rows]].tolist(), grade=each.grade[rows],
        start=start, end=start + length, cycle=ward.cycle[which], outcome="resolved",
        action=[_ACTIONS[int(mark)] for mark in cut],
    )  # fmt: skip


def _febrile_neutropenia(ward: Ward, segment: Segment) -> None:
    """Write the febrile neutropenia of cycles, at most one each: its hazard runs while neutrophils are below 0.5.

    One that would begin while that of the cycle before goes on is the same one.
    """
    which = segment.which
    rows = np.flatnonzero(np.isin(ward.phase[which], (INFUSION, INTERVAL)) & ~segment.failed)
    lived = segment.lived()[rows]
    hazard = values("toxicity")["infection_hazard"] * (segment.truth["neutrophils"][rows] < 0.5)
    steps = np.nan_to_num(np.diff(segment.times[rows], axis=1))
    total = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(hazard[:, 1:] * steps, axis=1)], axis=1)
    reached = (total >= ward.infection_left[which[rows], None]) & lived
    ward.infection_left[which[rows]] -= np.where(lived, total, 0).max(axis=1, initial=0)
    hit = np.flatnonzero(reached.any(axis=1))
    start = segment.times[rows[hit], reached[hit].argmax(axis=1)]
    found = which[rows[hit]]
    ward.infection_left[found] = np.inf
    new = start > ward.febrile_until[found] + 1
    found, start = found[new], start[new]
    ward.febrile_until[found] = start + _FEBRILE_DAYS
    ward.journal.write(
        "event", found, term="Febrile neutropenia", grade=3, start=start, end=start + _FEBRILE_DAYS,
        cycle=ward.cycle[found], outcome="resolved", action="none",
    )  # fmt: skip


def _episodes(ward: Ward, segment: Segment, grade: Whole, temperature: Floats) -> None:
    """Carry the fever and the cytokine release of a stretch of infusion on: an episode each, which ends with it."""
    which, lived = segment.which, _infused(segment) & (ward.phase[segment.which] == INFUSION)[:, None]
    for name, present in (("fever", (temperature >= FEVER) & lived), ("release", (grade > 0) & lived)):
        rows = np.flatnonzero(present.any(axis=1))
        times = np.where(present[rows], segment.times[rows], np.nan)
        own = which[rows]
        ward.episode[f"{name}_from"][own] = np.fmin(ward.episode[f"{name}_from"][own], np.nanmin(times, axis=1))
        ward.episode[f"{name}_to"][own] = np.fmax(ward.episode[f"{name}_to"][own], np.nanmax(times, axis=1))
        if name == "fever":
            top = np.where(present[rows], temperature[rows], -np.inf).max(axis=1)
            ward.episode["fever_top"][own] = np.fmax(ward.episode["fever_top"][own], top)
        else:
            level = np.where(present[rows], grade[rows], 0)
            worst, at = level.max(axis=1), segment.times[rows, level.argmax(axis=1)]
            worse = ~(ward.episode["release_worst"][own] >= worst)
            ward.episode["release_at"][own[worse]] = at[worse]
            ward.episode["release_worst"][own[worse]] = worst[worse]
