"""What has changed from one state of a study to a later one, change by change.

Rows carry no identifier: identical ones belong together, and of the rest the assignment of the reconciliation pairs
those of one patient that are most alike. Days that follow from a date are not changes of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from engager.cohort import Cohort
from engager.plan import Reconciliation
from engager.reconciliation.alignment import align
from engager.reconciliation.cells import comparable, derived_of, text_of
from engager.reconciliation.entered import derived_cells
from engager.reconciliation.fields import Field, compared_fields
from engager.schema import TABLES
from engager.snapshot.words import row_in_words, value_in_words, words_of_change

_BESIDE = ("source", "note")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `what` is added, removed or changed; the rows are those of the two states' files.

    `text` is the change in words; `before` and `after` are the cell's texts, empty for whole rows.
    """

    table: str
    what: str
    patient: str | None
    text: str
    field: str | None = None
    before: str | None = None
    after: str | None = None
    row_before: int | None = None
    row_after: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain values, for JSON."""
        return asdict(self)


def difference(old: Cohort, new: Cohort) -> list[Change]:
    """Return what changed from an old cohort to a new one: table by table, added, removed, then changed rows.

    The order of rows does not matter.
    """
    derived = derived_cells(old), derived_cells(new)
    changes: list[Change] = []
    for table in TABLES:
        fields = compared_fields(table, Reconciliation(free_text="exact"))
        one, two = comparable(old[table], derived[0][table], fields), comparable(new[table], derived[1][table], fields)
        pairs = align(table, one, two, fields)
        changes += _rows("added", table, two, pairs["row_b"], fields)
        changes += _rows("removed", table, one, pairs["row_a"], fields)
        changes += _cells(table, one, two, pairs, fields)
    return changes


def _rows(what: str, table: str, side: pl.DataFrame, paired: pl.Series, fields: Sequence[Field]) -> Iterator[Change]:
    alone = side.filter(~pl.col("row").is_in(paired.implode())).sort("row")
    place = "row_after" if what == "added" else "row_before"
    for row in alone.iter_rows(named=True):
        filled = _filled(row, fields)
        text = row_in_words(table, filled, row["patient"], what)
        yield Change(table, what, row["patient"], text, **{place: row["row"]})


def _cells(
    table: str, one: pl.DataFrame, two: pl.DataFrame, pairs: pl.DataFrame, fields: Sequence[Field]
) -> Iterator[Change]:
    """Yield a change for each cell that differs in a pair of rows; source and note together are one."""
    beside = pairs.select("row_a", "row_b").join(one, left_on="row_a", right_on="row")
    beside = beside.join(two, left_on="row_b", right_on="row", suffix=" after").sort("row_a")
    names = [text_of(field.name) for field in fields]
    unlike = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name} after")) for name in (*names, *_BESIDE))
    for row in beside.filter(unlike).iter_rows(named=True):
        before = _filled(row, fields)
        told = False
        for field in fields:
            old, new = row[text_of(field.name)], row[f"{text_of(field.name)} after"]
            derived = row.get(derived_of(field.name)) and row.get(f"{derived_of(field.name)} after")
            if old != new and not derived:
                told = True
                shown = value_in_words(field.name, old, row, ""), value_in_words(field.name, new, row, " after")
                text = words_of_change(table, field.name, before, row["patient"], *shown)
                yield Change(table, "changed", row["patient"], text, field.name, old, new, row["row_a"], row["row_b"])
        if not told and any(row[name] != row[f"{name} after"] for name in _BESIDE):
            text = words_of_change(table, "source or note", before, row["patient"], None, None)
            yield Change(
                table, "changed", row["patient"], text, "source or note", None, None, row["row_a"], row["row_b"]
            )


def _filled(row: dict[str, Any], fields: Sequence[Field]) -> dict[str, str]:
    return {field.name: str(text) for field in fields if (text := row[text_of(field.name)]) is not None}
