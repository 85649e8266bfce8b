"""The plan of a simulated study: `study.toml` as text, marked as simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engager.simulator.observation.measurements import laboratory_tests
from engager.terms.regimens import regimen_names

if TYPE_CHECKING:
    from engager.simulator.cohorts.virtual_cohort import Simulation

REGIMEN_FILE = "regimen.toml"
RANGES_FILE = "reference_ranges.csv"
_PLAN = """\
schema_version = 1
title = "SIMULATED cohort: {population}; regimen: {regimen}"
design = "simulated cohort of {patients} virtual patients, policy: {policy}"
source = "engager simulate, seed {seed}; no patient in it is real"
data = "simulated"
drug = "{drug}"
{regimen_key}{group}landmarks = [100, 365, 730]

[response]
marrow_limit_percent = {blasts:g}
log_reduction = {log_reduction:g}
mrd_negative_below = {mrd:g}

[endpoints.OS]

[endpoints.EFS]

[safety]
ctcae_version = "5.0"

[laboratory]
reference_ranges = "{ranges}"

[immune]
cytokine_loq = {loq:g}
"""


def study_plan(simulation: Simulation, patients: int, *, grouped: bool) -> str:
    """Return the plan of a study with so many virtual patients; `grouped` by MRD at the start."""
    policy, regimen = simulation.policy, simulation.regimen
    name = regimen and (regimen.name if regimen.name in regimen_names() else REGIMEN_FILE)
    criteria, drug = policy.assessment, regimen.drug if regimen else "blinatumomab"
    return _PLAN.format(
        population=_plain(simulation.population.title), regimen=_plain(simulation.treatment_title),
        policy=_plain(policy.title),
        patients=patients, seed=simulation.seed, ranges=RANGES_FILE, drug=_plain(drug),
        regimen_key=f'regimen = "{name}"\n' if name else "",
        group='group_by = "group"\n' if grouped else "", blasts=criteria.blasts_below * 100,
        log_reduction=criteria.log_reduction, mrd=criteria.mrd_below, loq=laboratory_tests()["il_6"].loq or 0,
    )  # fmt: skip


def _plain(text: str) -> str:
    """Return a text that can stand between quotation marks."""
    return "".join(sign for sign in text if sign.isprintable() and sign not in '\\"')
