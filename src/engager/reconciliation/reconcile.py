"""Two abstractions of the same records, reconciled: rows aligned, cells compared, agreement told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.plan import Reconciliation
from engager.reconciliation.agreement import as_frame, overall, table_agreement
from engager.reconciliation.alignment import align, beside_each_other
from engager.reconciliation.cells import comparable
from engager.reconciliation.entered import derived_cells
from engager.reconciliation.fields import Field, compared_fields
from engager.reconciliation.items import differing_items, only_items
from engager.schema import TABLES


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of two abstractions A and B.

    `items` are the disagreements (columns `ITEMS`): rows that only one found first, then cells with two values, then
    cells that only one filled; `agreement` the counts and
    coefficients (columns `AGREEMENT`); `pairs` the rows taken for one another, by table; `uncompared` the columns that
    the data model does not know, by table; `fingerprint` names the two studies and the settings.
    """

    items: pl.DataFrame
    agreement: pl.DataFrame
    pairs: Mapping[str, pl.DataFrame]
    fields: Mapping[str, Sequence[Field]]
    uncompared: Mapping[str, tuple[str, ...]]
    fingerprint: str


def reconcile(a: Cohort, b: Cohort, settings: Reconciliation) -> Reconciled:
    """Return the disagreements of two cohorts of the same patients, and how far they agree.

    The order of rows does not matter, and exchanging A and B exchanges them in the answer and nothing else.
    """
    fields = {table: compared_fields(table, settings) for table in TABLES}
    derived = derived_cells(a), derived_cells(b)
    items, agreement, pairs = [], [], {}
    for table in TABLES:
        one, two = (
            comparable(cohort[table], of[table], fields[table]) for cohort, of in zip((a, b), derived, strict=True)
        )
        pairs[table] = align(table, one, two, fields[table])
        beside = beside_each_other(pairs[table], one, two)
        only = [only_items(table, "a", one, pairs[table]["row_a"], fields[table])]
        only.append(only_items(table, "b", two, pairs[table]["row_b"], fields[table]))
        items += [*only, differing_items(table, beside, fields[table])]
        rows = {"rows_both": beside.height, "rows_only_a": only[0].height, "rows_only_b": only[1].height}
        agreement.append(table_agreement(table, beside, rows, fields[table]))
    one_sided = pl.any_horizontal(pl.col("a", "b").is_null())
    return Reconciled(
        items=pl.concat(items).sort(pl.col("field").is_not_null(), one_sided, maintain_order=True),
        agreement=as_frame([overall([rows[0] for rows in agreement]), *(row for rows in agreement for row in rows)]),
        pairs=pairs,
        fields=fields,
        uncompared={table: names for table in TABLES if (names := _unknown(a, b, table))},
        fingerprint=_fingerprint(a, b, settings),
    )


def _unknown(a: Cohort, b: Cohort, table: str) -> tuple[str, ...]:
    frames = [cohort.extras[table] for cohort in (a, b) if table in cohort.extras]
    return tuple(dict.fromkeys(name for frame in frames for name in frame.columns if name != "row"))


def _fingerprint(a: Cohort, b: Cohort, settings: Reconciliation) -> str:
    """Return a digest of the two studies' tables, in their order, and the settings."""
    hashes = [
        sorted((name, digest) for name, digest in cohort.hashes.items() if name != "study.toml") for cohort in (a, b)
    ]
    return hashlib.sha256(f"{hashes}{settings.model_dump_json()}".encode()).hexdigest()
