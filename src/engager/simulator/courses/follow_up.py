"""After the last cycle: maintenance, transplant, relapse, death, last contact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engager.simulator.courses.course import FOLLOW_UP, OVER, Ward
from engager.simulator.courses.sampling import follow_visit, follow_visits
from engager.simulator.courses.segment import Segment
from engager.simulator.observation.outcomes import AfterTransplant
from engager.simulator.observation.settings import values
from engager.simulator.observation.visits import study_day
from engager.simulator.policies.decisions import reading

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
_LAST = 999.0  # the visit of the last contact
_MARROW_EVERY = 84.0
_CAUSES = ("infection", "gvhd", "other")


def journal_relapse(ward: Ward, which: Positions, times: Floats) -> None:
    """Write relapses of the marrow; who has relapsed is in remission no longer."""
    ward.journal.write("follow", which, event="relapse", day=study_day(times).astype(np.int64), site="bone marrow")
    ward.remission[which] = False
    ward.molecular[which] = False
    ward.relapsed[which] = True


def start_follow_up(ward: Ward, which: Positions, cycle: int) -> None:
    """End the treatment of patients, and plan what comes: a transplant or maintenance, as the rules say."""
    policy, now = ward.treatment.policy, np.ceil(ward.now[which])
    ward.journal.write("follow", which, event="end of treatment", day=now.astype(np.int64), cycle=cycle)
    well = ward.remission[which] & ward.molecular[which]
    chosen = np.full(len(which), -1, np.int64)
    chosen[well] = ward.rules.apply("remission", which[well], cycle)
    chosen[~well] = ward.rules.apply("treatment over", which[~well], cycle)
    low, high = policy.transplantation.wait_days
    wait = np.floor(low + (high - low + 1) * ward.draws.uniform("transplant/wait")[which]).clip(max=high)
    ward.transplant_at[which] = np.where(ward.rules.does(chosen, "transplant"), now + wait, np.inf)
    kept = ward.rules.does(chosen, "maintenance")
    start = now + 14
    until = start + policy.maintenance.days
    ward.uc[which] = np.stack([start, until, np.where(kept, policy.maintenance.intensity, 0)], axis=1)
    kept &= start < ward.follow_end[which]
    ward.journal.write(
        "therapy", which[kept], kind="maintenance", name="maintenance therapy", phase="after",
        start_day=start[kept].astype(np.int64) + 1,
    )  # fmt: skip
    ward.now[which] = now
    ward.phase[which] = FOLLOW_UP
    ward.until[which] = np.maximum(np.minimum(ward.follow_end[which], ward.transplant_at[which]), now + 1)


def end_follow_up(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Write what a stretch of follow-up brought: relapse, death, a transplant, or the last contact."""
    _find_relapse(ward, segment, rows)
    ward.follow_round[segment.which[rows]] += 1
    die(ward, segment, rows[segment.dies[rows]])
    alive = rows[~segment.dies[rows]]
    which = segment.which[alive]
    waiting = np.isfinite(ward.transplant_at[which]) & (ward.transplant_at[which] <= ward.now[which] + 1e-9)
    _transplant(ward, which[waiting & ward.remission[which]])
    missed = waiting & ~ward.remission[which]
    ward.transplant_at[which[missed]] = np.inf
    on = which[missed & (ward.follow_end[which] > ward.now[which])]
    ward.until[on] = ward.follow_end[on]
    ended = alive[~waiting | (missed & (ward.follow_end[which] <= ward.now[which]))]
    _last_contact(ward, segment, ended)


def _find_relapse(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Write the first relapse of those in remission: blood counts give it away, or a planned marrow does."""
    rows = rows[ward.remission[segment.which[rows]]]
    seen = segment.truth["fraction"][rows] >= values("outcomes")["relapse_seen"]
    seen &= segment.lived()[rows]
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), segment.times.shape[1])
    at, number = follow_visits(segment, rows, _MARROW_EVERY)
    visit = follow_visit(ward, segment.which[at], number)
    blasts = np.zeros(len(at))
    for each in np.unique(visit):
        one = visit == each
        cells = segment.truth["positive"][at[one], number[one]], segment.truth["negative"][at[one], number[one]]
        blasts[one] = reading("microscopy", ward.draws, segment.which[at[one]], cells, 0, float(each)).fraction
    found = blasts >= ward.treatment.policy.assessment.blasts_below
    place = {int(row): position for position, row in enumerate(rows)}
    np.minimum.at(first, [place[int(row)] for row in at[found]], number[found])
    relapsed = first < segment.times.shape[1]
    own = rows[relapsed]
    journal_relapse(ward, segment.which[own], segment.times[own, first[relapsed]])


def die(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Write deaths, and the sepsis of those who die of infection on treatment."""
    which = segment.which[rows]
    infection = segment.of_infection[rows]
    cause = np.where(infection, "infection", np.where(ward.relapsed[which], "relapse", "progression"))
    time = segment.end[rows]
    ward.journal.write("follow", which, event="death", day=study_day(time).astype(np.int64), cause=cause.tolist())
    septic = infection & (ward.phase[which] != FOLLOW_UP)
    own = which[septic]
    ward.journal.write(
        "event", own, term="Sepsis", grade=5, start=np.maximum(time[septic] - 3, 0.25), end=time[septic],
        cycle=ward.cycle[own], outcome="fatal", action="discontinued",
    )  # fmt: skip
    ward.phase[which] = OVER


def _transplant(ward: Ward, which: Positions) -> None:
    """Transplant patients in remission, and write what becomes of them: the model tells no more of them."""
    if not len(which):
        return
    start = ward.now[which]
    donors = ward.treatment.policy.transplantation.donors
    names, shares = list(donors), np.cumsum(list(donors.values()))
    pick = np.searchsorted(shares / shares[-1], ward.draws.uniform("transplant/donor")[which])
    ward.journal.write(
        "therapy", which, kind="hsct", name="allogeneic stem cell transplantation", phase="after",
        start_day=start.astype(np.int64) + 1, donor=[names[at] for at in pick],
    )  # fmt: skip
    described = ward.patients.covariates
    earlier = described["prior_hsct"].to_numpy() > 0 if "prior_hsct" in described.columns else np.zeros(len(ward), bool)
    later = AfterTransplant.of(ward.draws, ~ward.molecular, earlier)
    end = ward.follow_end[which]
    relapse, death = start + later.relapse[which], start + later.death_in_remission[which]
    relapses = (relapse < death) & (relapse < end)
    journal_relapse(ward, which[relapses], np.ceil(relapse[relapses]))
    death = np.where(relapses, relapse + later.death_after_relapse[which], np.where(death <= relapse, death, np.inf))
    dies = np.ceil(death) < end
    of = np.array(_CAUSES)[(ward.draws.uniform("transplant/cause")[which] * len(_CAUSES)).astype(int)]
    cause = np.where(relapses, "relapse", of)
    day = study_day(np.ceil(np.where(dies, death, end))).astype(np.int64)
    ward.journal.write("follow", which[dies], event="death", day=day[dies], cause=cause[dies].tolist())
    status = np.where(relapses, "with disease", "in molecular remission")
    ward.journal.write("follow", which[~dies], event="last contact", day=day[~dies], status=status[~dies].tolist())
    ward.phase[which] = OVER


def _last_contact(ward: Ward, segment: Segment, rows: Positions) -> None:
    """Write the last contact of those whose follow-up ends, with the state of their disease."""
    which = segment.which[rows]
    cells = segment.at_end("positive")[rows], segment.at_end("negative")[rows]
    found = reading(ward.treatment.policy.assessment.method, ward.draws, which, cells, 0, _LAST)
    status = np.where(ward.remission[which], np.where(found.kind == 0, "in molecular remission", "in remission"),
                      "with disease")  # fmt: skip
    day = study_day(ward.now[which]).astype(np.int64)
    ward.journal.write("follow", which, event="last contact", day=day, status=status.tolist())
    ward.phase[which] = OVER
