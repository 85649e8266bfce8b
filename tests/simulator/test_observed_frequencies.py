"""Virtual children, solved and seen: the calibrated rules give what they were set to, and what was held out is near."""

from __future__ import annotations

from functools import partial

import polars as pl
import pytest

from engager.simulator.cohorts.virtual_cohort import Simulation, VirtualCohort, simulate_cohort
from engager.simulator.models.text import read_model
from engager.simulator.policies.policy import read_policy
from engager.simulator.populations.population import read_population
from engager.simulator.solving.solver import Settings, solve_problem
from engager.terms.regimens import shipped_regimen

N = 120


@pytest.fixture(scope="module")
def relapsed() -> VirtualCohort:
    """Return relapsed or refractory children, treated as labelled."""
    simulation = Simulation(
        read_model("blinatumomab"), read_population("relapsed-refractory-children"),
        shipped_regimen("label-relapsed-refractory"), read_policy("label"), 1,
        partial(solve_problem, settings=Settings(threads=1)),
    )  # fmt: skip
    return simulate_cohort(simulation, N)


def share(frame: pl.DataFrame) -> float:
    """Return the share of the patients who have a row."""
    return frame["patient"].n_unique() / N


def test_everybody_is_solved(relapsed: VirtualCohort) -> None:
    """No solver fails on any of them."""
    assert relapsed.truth["failed"].height == 0


def test_cytokine_release_and_neurotoxicity_are_as_frequent_as_set(relapsed: VirtualCohort) -> None:
    """14 and 3 % of 400: within four standard errors of 120; grade 3 neurotoxicity below one in ten."""
    events = relapsed.cohort["adverse_events"]
    release = events.filter(pl.col("term") == "Cytokine release syndrome")
    assert 0.02 <= share(release) <= 0.27
    assert share(release.filter(pl.col("grade") >= 3)) <= 0.10
    nerves = events.filter(pl.col("term").is_in(["Tremor", "Somnolence", "Encephalopathy", "Seizure"]))
    assert share(nerves.filter(pl.col("grade") >= 3)) <= 0.10


def test_responses_lie_where_the_trials_are(relapsed: VirtualCohort) -> None:
    """Between one in eight and half have a marrow below 5 % within two cycles (MT103-205: 39 %)."""
    marrows = relapsed.cohort["measurements"].filter(
        (pl.col("test") == "marrow_blasts") & (pl.col("timepoint") == "end of cycle") & (pl.col("cycle") <= 2)
    )
    assert 0.12 <= share(marrows.filter(pl.col("value") < 5)) <= 0.5


def test_b_cells_are_gone_and_t_cells_dip(relapsed: VirtualCohort) -> None:
    """On day 2 B cells are below 10 per microlitre in nearly everybody, T cells below the start in most."""
    rows = relapsed.cohort["measurements"].filter((pl.col("cycle") == 1) & pl.col("test").is_in(["cd3", "cd19"]))
    wide = rows.pivot("day", index=["patient", "test"], values="value", aggregate_function="first")
    b_cells = wide.filter(pl.col("test") == "cd19")
    assert (b_cells["2"] < 10).sum() >= 0.9 * b_cells["2"].count()
    t_cells = wide.filter(pl.col("test") == "cd3")
    assert (t_cells["1"] < t_cells["-1"]).sum() >= 0.8 * t_cells["1"].count()


def test_counts_are_low_where_the_marrow_is_full(relapsed: VirtualCohort) -> None:
    """Before treatment neutrophils and platelets fall with the blasts of the marrow (rank correlation below -0.5)."""
    first = relapsed.cohort["measurements"].filter(pl.col("day") == -1)
    wide = first.filter(pl.col("test").is_in(["marrow_blasts", "platelets", "neutrophils"])).pivot(
        "test", index="patient", values="value", aggregate_function="first"
    )
    for name in ("platelets", "neutrophils"):
        found = wide.select(pl.corr("marrow_blasts", name, method="spearman")).item()
        assert found < -0.5, name
