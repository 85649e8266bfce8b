"""What must hold of any two abstractions, whatever stands in them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
import polars.testing
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.reconciliation.two_abstractions import Tables, abstraction, make_study, write

from engager.cohort import Cohort
from engager.plan import Reconciliation, read_plan
from engager.readers import read_cohort
from engager.reconciliation import Reconciled, reconcile
from engager.reconciliation.consensus import consensus_tables

seeds = st.integers(0, 10_000)
shares = st.sampled_from([0.0, 0.2, 0.7])
PLAN = Reconciliation()
# An example takes a second, and is small as it is: it is told as found.
FEW = settings(max_examples=6, phases=[Phase.generate])
# What a disagreement says, whatever the rows are numbered.
TOLD = ["table", "what", "patient", "field", "a", "b"]


def cohort(tables: Tables) -> Cohort:
    with tempfile.TemporaryDirectory() as folder:
        study = write(tables, Path(folder) / "study")
        found, issues = read_cohort(study, read_plan(study))
    assert issues == []
    return found


def told(found: Reconciled, columns: list[str] = TOLD) -> list[tuple[object, ...]]:
    return sorted(found.items.select(pl.col(columns).cast(pl.String).fill_null("")).rows())


def two(seed: int, altered: float) -> tuple[Tables, Tables]:
    study = make_study(2, seed)
    return abstraction(study, seed + 1, 0.2, altered), abstraction(study, seed + 2, 0.2, altered)


@FEW
@given(seeds)
def test_a_study_agrees_with_itself(seed: int) -> None:
    """There is no disagreement, every row is found by both, and every value agrees."""
    study = cohort(make_study(2, seed))
    found = reconcile(study, study, PLAN)
    assert found.items.is_empty()
    whole = found.agreement.row(0, named=True)
    assert (whole["rows_only_a"], whole["rows_only_b"], whole["compared"]) == (0, 0, whole["agreed"])
    assert whole["rows_both"] == sum(frame.height for frame in study.tables.values())


@FEW
@given(seeds, shares)
def test_exchanging_the_two_exchanges_them_and_nothing_else(seed: int, altered: float) -> None:
    """The disagreements of B and A are those of A and B with the sides exchanged; counts and kappa are the same."""
    one, other = map(cohort, two(seed, altered))
    there, back = reconcile(one, other, PLAN), reconcile(other, one, PLAN)
    turned = back.items.rename({"a": "b", "b": "a"}).with_columns(
        pl.col("what").cast(pl.String).replace({"row only in A": "row only in B", "row only in B": "row only in A"})
    )
    exchanged = sorted(turned.select(pl.col(TOLD).cast(pl.String).fill_null("")).rows())
    assert exchanged == told(there)
    for name in ("compared", "agreed", "both", "kappa"):
        assert there.agreement[name].to_list() == back.agreement[name].to_list()
    for one_bias, other_bias in zip(there.agreement["bias"], back.agreement["bias"], strict=True):
        assert one_bias is None or one_bias == pytest.approx(-other_bias, abs=1e-9)


@FEW
@given(seeds, shares, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(seed: int, altered: float, dice: random.Random) -> None:
    """Both studies with their rows in another order disagree on the same."""
    one, other = two(seed, altered)
    shuffled = [{name: dice.sample(rows, len(rows)) for name, rows in tables.items()} for tables in (one, other)]
    first = reconcile(cohort(one), cohort(other), PLAN)
    second = reconcile(cohort(shuffled[0]), cohort(shuffled[1]), PLAN)
    assert told(first) == told(second)
    polars.testing.assert_frame_equal(first.agreement, second.agreement, rel_tol=1e-9)


def consensus(a: Cohort, b: Cohort, decision: str) -> Cohort:
    """Return the study that two become where every decision is the same."""
    found = reconcile(a, b, PLAN)
    decisions = found.items.select("item", decision=pl.lit(decision), value=pl.lit(None, pl.String))
    tables = consensus_tables(a, b, found, decisions)
    rows = {name: [{key: text or "" for key, text in row.items()} for row in frame.to_dicts()] or
            [dict.fromkeys(frame.columns, "")] for name, frame in tables.items()}  # fmt: skip
    return cohort(rows)


@FEW
@given(seeds, shares)
def test_deciding_everything_for_one_side_gives_its_values(seed: int, altered: float) -> None:
    """The consensus then has no disagreement with that side, and as many rows."""
    one, other = map(cohort, two(seed, altered))
    for decision, right in (("A", one), ("B", other)):
        found = consensus(one, other, decision)
        assert reconcile(right, found, PLAN).items.is_empty()
        assert {name: frame.height for name, frame in found.tables.items()} == {
            name: frame.height for name, frame in right.tables.items()
        }
