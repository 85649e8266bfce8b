"""Which row of A is which row of B: rows that carry no identifier, aligned patient by patient.

Rows that are the same in every field belong together at once. Of what is left, every pair of a patient's rows has a
cost (see `likeness`), and the assignment with the least total cost is taken in which no pair costs the limit or more.
The result does not depend on the order of rows, nor on which study comes first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from engager.reconciliation.cells import key_of
from engager.reconciliation.fields import Field, Role
from engager.reconciliation.likeness import LIMIT, cost

BLOCK = 200
"""The most rows of a patient and table, left unpaired by identity, that are compared with one another."""

# Every patient stands once in the table of patients, and is known by the pseudonym.
_ALWAYS = {"patients": 2.0}
_ABSENT = "\x00"
# Pairs whose cost is computed at a time, so that memory is that of a slice and not of all pairs.
_AT_ONCE = 250_000


def align(table: str, a: pl.DataFrame, b: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """Return the pairs of rows of a table as `patient`, `row_a`, `row_b` and `cost`, 0 where the rows are identical."""
    limit = _ALWAYS.get(table, LIMIT)
    one, two = _identified(a, fields), _identified(b, fields)
    exact = one.join(two, on=["patient", "identity", "nth"], suffix="_b", nulls_equal=True)
    exact = exact.select("patient", row_a="row", row_b="row_b", cost=pl.lit(0.0))
    one, two = one.join(exact, left_on="row", right_on="row_a", how="anti"), two.join(
        exact, left_on="row", right_on="row_b", how="anti"
    )  # fmt: skip
    candidates = _candidates(a, b, *_blocked(one, two), fields, limit)
    chosen = pl.concat([_unrivalled(candidates), _assigned(candidates, limit)])
    return pl.concat([exact, chosen.select(exact.columns)]).sort("row_a")


def _identified(side: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """Return row, patient, what and the identity of each row, with a count of the identical ones before it."""
    keys = {field.name: pl.col(key_of(field.name)).fill_null(_ABSENT) for field in fields}
    what = [keys[field.name] for field in fields if field.role is Role.WHAT] or [pl.lit("")]
    when = [keys[field.name].str.pad_start(12) for field in fields if field.role is Role.WHEN] or [pl.lit("")]
    frame = side.select(
        "row",
        "patient",
        what=pl.concat_str(what, separator="\x1f"),
        when=pl.concat_str(when, separator="\x1f"),
        identity=pl.concat_str([*keys.values()], separator="\x1f") if keys else pl.lit(""),
        told=pl.concat_str(pl.col("source", "note").fill_null(""), separator="\x1f"),
    )
    frame = frame.sort("patient", "identity", "told", "row")
    return frame.with_columns(nth=pl.int_range(pl.len()).over("patient", "identity"))


def _blocked(one: pl.DataFrame, two: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return both sides with the block within which rows are compared.

    A patient with more than `BLOCK` rows left is split by what they are of, in order of time, into pieces of that
    size: so the work grows with the rows and not with their square.
    """
    both = pl.concat([one.with_columns(side=pl.lit("a")), two.with_columns(side=pl.lit("b"))])
    many = pl.len().over("patient") > 2 * BLOCK
    both = both.with_columns(of=pl.when(many).then("what").otherwise(pl.lit("")))
    both = both.sort("patient", "of", "when", "identity", "told", "nth")
    piece = pl.int_range(pl.len()).over("patient", "of") // (2 * BLOCK)
    both = both.with_columns(piece=pl.when(many).then(piece).otherwise(0))
    return both.filter(side="a"), both.filter(side="b")


def _candidates(
    a: pl.DataFrame, b: pl.DataFrame, one: pl.DataFrame, two: pl.DataFrame, fields: Sequence[Field], limit: float
) -> pl.DataFrame:
    """Return the pairs of rows of a patient that cost less than the limit."""
    block = ["patient", "of", "piece"]
    pairs = one.select(*block, "row", "identity", "nth").join(
        two.select(*block, "row", "identity", "nth"), on=block, suffix="_b"
    )
    pairs = pairs.rename({"row": "row_a", "identity": "identity_a", "nth": "nth_a"})
    one, two = (side.drop(pl.selectors.starts_with("text.")) for side in (a, b))
    found = [pairs.clear().with_columns(cost=pl.lit(0.0))]
    for part in pairs.iter_slices(_AT_ONCE):
        costs = cost(beside_each_other(part, one, two), fields)
        found.append(part.with_columns(costs.alias("cost")).filter(pl.col("cost") < limit))
    return pl.concat(found)


def beside_each_other(pairs: pl.DataFrame, a: pl.DataFrame, b: pl.DataFrame) -> pl.DataFrame:
    """Return each pair with the columns of its row of A under `a.` and of its row of B under `b.`."""
    one, two = (
        side.rename({name: f"{letter}.{name}" for name in side.columns}) for side, letter in ((a, "a"), (b, "b"))
    )
    left = pairs.join(one, left_on="row_a", right_on="a.row", how="left", maintain_order="left")
    return left.join(two, left_on="row_b", right_on="b.row", how="left", maintain_order="left")


def _unrivalled(candidates: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of rows that could be paired with nothing else."""
    return candidates.filter(_alone())


def _alone() -> pl.Expr:
    return (pl.len().over("row_a") == 1) & (pl.len().over("row_b") == 1)


def _assigned(candidates: pl.DataFrame, limit: float) -> pl.DataFrame:
    """Return the assignment with the least total cost of each patient whose rows could be paired in several ways."""
    rivals = candidates.filter(~_alone())
    groups = rivals.partition_by("patient", "of", "piece", maintain_order=True)
    return pl.concat([candidates.clear(), *(_assign(group, limit) for group in groups)])


def _assign(group: pl.DataFrame, limit: float) -> pl.DataFrame:
    """Return the pairs of one block that the optimal assignment takes.

    Rows and columns stand in the order of their content, and the side that comes first in it gives the rows, so that
    of several optimal assignments it is always the same one.
    """
    from scipy.optimize import linear_sum_assignment

    places = {}
    for side in ("a", "b"):
        order = group.select(f"identity_{side}", f"nth_{side}", f"row_{side}").unique().sort(pl.all())
        places[side] = order.with_row_index("place")
    first, second = ("a", "b") if _content(places["a"], "a") <= _content(places["b"], "b") else ("b", "a")
    index = [
        group.join(places[side], on=f"row_{side}", how="left", maintain_order="left")["place"].to_numpy()
        for side in (first, second)
    ]
    gain = np.zeros((places[first].height, places[second].height))
    gain[index[0], index[1]] = group["cost"].to_numpy() - limit
    rows, columns = linear_sum_assignment(gain)
    taken = np.zeros_like(gain, dtype=bool)
    taken[rows, columns] = gain[rows, columns] < 0
    return group.filter(pl.Series(taken[index[0], index[1]]))


def _content(places: pl.DataFrame, side: str) -> list[str]:
    return places[f"identity_{side}"].to_list()
