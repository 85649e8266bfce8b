"""What follows a segment: the next cycle, an interruption, chemotherapy, the follow-up, a transplant, or the end."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from engager.simulator.courses.course import BEFORE, FOLLOW_UP, INFUSION, INTERVAL, Ward
from engager.simulator.courses.follow_up import die, end_follow_up, journal_relapse, start_follow_up
from engager.simulator.courses.sampling import END, days_given, infusion_over
from engager.simulator.courses.segment import Segment
from engager.simulator.courses.toxic_events import HELD, STOPPED
from engager.simulator.observation.visits import study_day
from engager.simulator.policies.decisions import Marrow, in_remission, read_marrow, responds
from engager.simulator.treatment.dosing import Steps, cycle_steps, ordered, single_step
from engager.simulator.treatment.prescribed import Prescribed

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


def after_segment(ward: Ward, segment: Segment) -> None:
    """Bring each patient to the beginning of the next segment, or to the end."""
    phase, going = ward.phase[segment.which].copy(), ~segment.failed
    over = infusion_over(ward, segment)
    _journal_infusion(ward, segment, np.flatnonzero((phase == INFUSION) & going))
    done = np.flatnonzero((phase == INFUSION) & over & going)
    held = np.flatnonzero((phase == INFUSION) & ~over & going)
    close_episodes(ward, segment.which[np.concatenate([done, held])])
    _hold(ward, segment, held)
    rows = np.flatnonzero((phase != FOLLOW_UP) & segment.dies & going)
    die(ward, segment, rows)
    _decide(ward, segment, done[~segment.dies[done]])
    ready = np.flatnonzero(np.isin(phase, (BEFORE, INTERVAL)) & ~segment.dies & going)
    begin_cycle(ward, segment, ready)
    end_follow_up(ward, segment, np.flatnonzero((phase == FOLLOW_UP) & going))


def begin_cycle(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Begin the next cycle of patients: its steps, the blasts at its start, its number for febrile neutropenia."""
    which = segment.which[rows]
    ward.cycle[which] += 1
    start = np.rint(ward.now[which]).astype(np.int64)
    ward.cycle_start[which], ward.anchor[which] = start, start
    ward.burden[which] = segment.at_end("fraction")[rows]
    ward.phase[which] = INFUSION
    for cycle in np.unique(ward.cycle[which]):
        chosen = ward.cycle[which] == cycle
        own, at = which[chosen], rows[chosen]
        ward.steps.put(own, _steps(ward, own, int(cycle)))
        ward.infection_left[own] = ward.draws.exponential(f"infection/{cycle}")[own]
        if cycle == 1:
            marrow = _marrow(ward, segment, at, 1, 0.0)
            ward.before_blasts[own], ward.before_residual[own] = marrow.blasts, marrow.residual
            ward.remission[own] = marrow.blasts < ward.treatment.policy.assessment.blasts_below


def _steps(ward: Ward, which: Positions, cycle: int) -> Steps:
    """Return the steps of a cycle as planned; of a prescribed one its days alone."""
    given = ward.treatment.prescribed
    if given is None:
        return cycle_steps(ward.treatment.regimen, cycle, ward.dose[which], ward.bodies[which])
    days = np.ceil(given.ends[which, cycle - 1] - given.begins[which, cycle - 1] - 1e-9).astype(np.int64)
    nothing = np.zeros(len(which))
    return single_step(days, nothing, nothing, np.zeros(len(which), bool))


def _marrow(ward: Ward, segment: Segment, rows: Positions, cycle: int, visit: float) -> Marrow:
    cells = segment.at_end("positive")[rows], segment.at_end("negative")[rows]
    return read_marrow(ward.treatment.policy, ward.draws, segment.which[rows], cells, cycle, visit)


def _journal_infusion(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Write the stretches of infusion of a segment, and why each ended."""
    which = segment.which[rows]
    if ward.treatment.prescribed is not None:
        _journal_prescribed(ward, segment, rows)
        return
    steps, given = ward.steps.of(which), days_given(ward, segment)[rows]
    ends = np.cumsum(steps.days, axis=1)
    begins = ends - steps.days
    last = np.full(len(rows), "completed", object)
    last[segment.stopped[rows] == HELD] = "interruption"
    last[segment.stopped[rows] == STOPPED] = "adverse event"
    last[segment.dies[rows]] = "death"
    for at in range(steps.days.shape[1]):
        stop = np.minimum(ends[:, at], given)
        real = (steps.days[:, at] > 0) & (steps.rate[:, at] > 0) & (stop > begins[:, at])
        ended = np.where(stop >= given, last, "dose change")
        own = which[real]
        ward.journal.write(
            "exposure", own, cycle=ward.cycle[own], start_day=ward.anchor[own] + begins[real, at] + 1,
            end_day=ward.anchor[own] + stop[real], dose=steps.dose[real, at], flat=steps.flat[real, at],
            end_reason=ended[real].tolist(),
        )  # fmt: skip


def _journal_prescribed(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Write the prescribed stretches of a segment as they were given, in ug/d, days begun counted whole."""
    which, start = segment.which[rows], segment.times[rows, 0]
    given = cast(Prescribed, ward.treatment.prescribed).drug_between(which, start, segment.end[rows])
    own = which[given.patient]
    last = np.append(given.patient[1:] != given.patient[:-1], True)
    pauses = np.append(given.start[1:] > given.end[:-1] + 1e-9, False)
    on_the_way = np.where(pauses, "interruption", "dose change")
    ended = np.where(last, np.where(segment.dies[rows][given.patient], "death", "completed"), on_the_way)
    ward.journal.write(
        "exposure", own, cycle=ward.cycle[own], start_day=np.floor(given.start + 1e-9).astype(np.int64) + 1,
        end_day=np.ceil(given.end - 1e-9).astype(np.int64), dose=given.rate, flat=True, end_reason=ended.tolist(),
    )  # fmt: skip


def _hold(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Plan what follows an interruption: the pause, the low dose of the restart, and what is left of the cycle."""
    if not len(rows):
        return
    which, hold, regimen = segment.which[rows], ward.treatment.policy.hold, ward.treatment.regimen
    given = days_given(ward, segment)[rows]
    left = ward.steps.of(which).after(given)
    if regimen.restart is not None:
        restart, days = regimen.restart, regimen.restart.days
        rate, dose, flat = ordered(restart, regimen, np.full(len(which), restart.dose[0]), ward.bodies[which])
    else:
        rate = dose = np.full(len(which), hold.dose)
        flat, days = np.zeros(len(which), bool), hold.low_days
    lower = rate < left.rate.max(axis=1, initial=0)
    low_days = np.where(lower, np.minimum(days, left.total), 0)
    pause = single_step(np.full(len(which), hold.days), np.zeros(len(which)), np.zeros(len(which)), flat & False)
    low = single_step(low_days, rate, dose, flat)
    ward.steps.put(which, left.after(low_days).behind(low).behind(pause))
    ward.anchor[which] += given
    released = segment.by_release[rows]
    now, end = ward.now[which], ward.now[which] + hold.dexamethasone_days
    drug = np.where(released, hold.dexamethasone, 0.0)
    ward.ud[which] = np.stack([now, end, drug], axis=1)
    if hold.dexamethasone > 0:
        ward.journal.write(
            "therapy", which[released], kind="steroid", name="dexamethasone", phase="during",
            cycle=ward.cycle[which[released]], start_day=study_day(now[released] + 0.25).astype(np.int64),
            end_day=study_day(end[released]).astype(np.int64), dose=hold.dexamethasone / 3, unit="mg/m2",
        )  # fmt: skip


def close_episodes(ward: Ward, which: Positions) -> None:
    """Write the fever and the cytokine release of stretches of infusion that are over, and begin anew."""
    episode = {name: column[which] for name, column in ward.episode.items()}
    fever = np.isfinite(episode["fever_from"])
    grade = 1 + (episode["fever_top"] > 39).astype(np.int64) + (episode["fever_top"] > 40)
    released = np.isfinite(episode["release_from"])
    worst = np.nan_to_num(episode["release_worst"]).astype(np.int64)
    for name, term, there, level in (
        ("fever", "Fever", fever, grade), ("release", "Cytokine release syndrome", released, worst),
    ):  # fmt: skip
        own = which[there]
        answer = np.nan_to_num(episode["release_answer"][there]) * (name == "release")
        ward.journal.write(
            "event", own, term=term, grade=level[there], start=episode[f"{name}_from"][there],
            end=episode[f"{name}_to"][there], cycle=ward.cycle[own], outcome="resolved",
            action=np.array(["none", "interrupted", "discontinued"])[answer.astype(int)].tolist(),
            worst=episode["release_at"][there], value=episode["fever_top"][there],
        )  # fmt: skip
    ward.first_episode(which)


def _decide(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Read the marrow at the end of the infusion, and apply the rules."""
    for cycle in np.unique(ward.cycle[segment.which[rows]]):
        own = rows[ward.cycle[segment.which[rows]] == cycle]
        _decide_cycle(ward, segment, own, int(cycle))


def _decide_cycle(ward: Ward, segment: Segment, rows: Positions, cycle: int) -> None:
    policy, which = ward.treatment.policy, segment.which[rows]
    after = _marrow(ward, segment, rows, cycle, END)
    before = Marrow(ward.before_blasts[which], ward.before_residual[which], np.ones(len(which), bool))
    answers = responds(policy, before, after)
    relapsed = ward.remission[which] & (after.blasts >= policy.assessment.blasts_below)
    journal_relapse(ward, which[relapsed], ward.now[which[relapsed]])
    ward.remission[which] = answers | (ward.remission[which] & ~relapsed)
    ward.molecular[which] = in_remission(policy, after)
    first = answers & (ward.consolidation[which] < 0)
    ward.consolidation[which[first]] = policy.consolidation_cycles
    if ward.treatment.prescribed is not None:
        _go_on_prescribed(ward, which, cycle)
        return
    more = (cycle < ward.treatment.most_cycles) & (segment.stopped[rows] != STOPPED)
    chosen = np.full(len(which), -1, np.int64)
    again = more & answers & (ward.consolidation[which] > 0)
    chosen[again] = ward.rules.apply("response", which[again], cycle)
    failed = more & ~answers
    chosen[failed] = ward.rules.apply("no response", which[failed], cycle)
    goes_on = (chosen >= 0) & ~ward.rules.does(chosen, "stop")
    consolidating = goes_on & ward.rules.does(chosen, "consolidate")
    ward.consolidation[which[consolidating]] -= 1
    _go_on(ward, which[goes_on], chosen[goes_on], cycle)
    start_follow_up(ward, which[~goes_on], cycle)


def _go_on_prescribed(ward: Ward, which: Positions, cycle: int) -> None:
    """Wait for the next cycle that is prescribed; where there is none, the treatment is over."""
    begins = cast(Prescribed, ward.treatment.prescribed).begins
    following = begins[which, cycle] if cycle < begins.shape[1] else np.full(len(which), np.inf)
    more = np.isfinite(following)
    ward.phase[which[more]] = INTERVAL
    ward.until[which[more]] = following[more]
    start_follow_up(ward, which[~more], cycle)


def _go_on(ward: Ward, which: Positions, chosen: NDArray[np.int64], cycle: int) -> None:
    """Begin the interval before the next cycle, with chemotherapy and a higher dose where the rule says so."""
    low, high = ward.treatment.days_off(cycle)
    pause = np.floor(low + (high - low + 1) * ward.draws.uniform(f"days off/{cycle}")[which]).clip(max=high)
    block = ward.treatment.policy.chemotherapy
    treated = ward.rules.does(chosen, "chemotherapy")
    pause = np.where(treated, np.maximum(pause, block.begins + block.days + block.rest), pause)
    now = np.ceil(ward.now[which])
    begins = now + block.begins
    ward.uc[which] = np.stack([begins, begins + block.days, np.where(treated, block.intensity, 0)], axis=1)
    own, from_ = which[treated], begins[treated].astype(np.int64)
    ward.journal.write(
        "therapy", own, kind="chemotherapy", name=block.name, phase="between", cycle=cycle, start_day=from_ + 1,
        end_day=from_ + block.days,
    )  # fmt: skip
    higher = which[ward.rules.does(chosen, "escalate")]
    rungs = np.asarray(ward.treatment.regimen.ladder, float)
    above = np.searchsorted(rungs, ward.dose[higher], "right").clip(max=max(len(rungs) - 1, 0))
    if len(rungs):
        ward.dose[higher] = np.maximum(rungs[above], ward.dose[higher])
    ward.phase[which] = INTERVAL
    ward.until[which] = now + pause
