"""Two abstractions compared, in lines for a person: rows that only one found, cells that differ, agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from engager.errors import LISTED
from engager.reconciliation import Reconciled
from engager.tables.formatting import NOT_SHOWN, percent, rounded, significant

_WIDTH = 100


def abstraction_lines(found: Reconciled, names: Sequence[str]) -> list[str]:
    """Return what two abstractions disagree on and how far they agree; `names` are those of A and B."""
    return [f"A: {names[0]}", f"B: {names[1]}", *_only(found.items), *_differing(found.items), *agreement_lines(found)]


def _only(items: pl.DataFrame) -> Iterator[str]:
    only = items.filter(pl.col("field").is_null())
    yield ""
    yield f"Rows that only one found: {only.height}"
    for item in only.head(LISTED).iter_rows(named=True):
        side = "A" if item["row_a"] is not None else "B"
        letter = side.lower()
        place = f"only in {side}, row {item[f'row_{letter}']}{_of(item, letter)}"
        yield f"  {item['table']}, patient {item['patient']}: {place}"
        yield f"      {_short(item[letter])}"
    yield from _more(only.height)


def _differing(items: pl.DataFrame) -> Iterator[str]:
    cells = items.filter(pl.col("field").is_not_null())
    yield ""
    one_sided = cells.filter(pl.any_horizontal(pl.col("a", "b").is_null())).height
    yield f"Cells that differ: {cells.height - one_sided} with two values, {one_sided} that only one filled"
    for item in cells.head(LISTED).iter_rows(named=True):
        yield f"  {item['table']}, patient {item['patient']}: {item['field']} ({_short(item['why'])})"
        for side in "ab":
            value = "nothing" if item[side] is None else _short(item[side])
            yield f"      {side.upper()} row {item[f'row_{side}']}: {value}{_of(item, side)}"
    yield from _more(cells.height)


def agreement_lines(found: Reconciled) -> Iterator[str]:
    """Yield the agreement table by table, then of each field that is not in full agreement."""
    told = found.agreement
    yield ""
    yield f"{'Agreement':<16}{'rows of both':>14}{'only A':>8}{'only B':>8}{'values':>9}{'agree':>9}"
    tables = told.filter(pl.col("field").is_null())
    for row in (*tables[1:].iter_rows(named=True), tables.row(0, named=True)):
        share = f"{percent(row['agreed'], row['compared'], 1)} %" if row["compared"] else NOT_SHOWN
        counts = f"{row['rows_both']:>14}{row['rows_only_a']:>8}{row['rows_only_b']:>8}{row['compared']:>9}"
        yield f"{row['table']:<16}{counts}{share:>9}"
    for row in told.filter(pl.col("field").is_not_null(), pl.col("agreed") < pl.col("compared")).iter_rows(named=True):
        yield f"  {field_line(row)}"
    if found.uncompared:
        names = "; ".join(f"{table}: {', '.join(columns)}" for table, columns in found.uncompared.items())
        yield f"Not compared, since engager does not know these columns: {names}"


def field_line(row: dict[str, Any]) -> str:
    """Return the agreement of a field in a line: counts, kappa or bias, each with its interval."""
    of = f" ({row['of']})" if row["of"] else ""
    line = f"{row['table']}.{row['field']}{of}: {row['agreed']} of {row['compared']} "
    line += f"({percent(row['agreed'], row['compared'], 1)} %)"
    if row["kappa"] is not None:
        of_both = "" if row["both"] == row["compared"] else f" of the {row['both']} that both filled"
        line += f", kappa {rounded(row['kappa'], 2)}{_interval(row, 'kappa')}{of_both}"
    if row["bias"] is not None:
        line += f", B less A on average {significant(row['bias'])}{_interval(row, 'bias')}"
    if row["lower_limit"] is not None:
        line += f", limits of agreement {significant(row['lower_limit'])} to {significant(row['upper_limit'])}"
    return line


def _interval(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_lower"], row[f"{name}_upper"]
    if low is None:
        return ""
    shown = (rounded(end, 2) if name == "kappa" else significant(end) for end in (low, high))
    return f" (95 % CI {' to '.join(shown)})"


def _of(item: dict[str, Any], side: str) -> str:
    source = item[f"source_{side}"]
    return f" [{_short(source)}]" if source else ""


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _WIDTH else plain[: _WIDTH - 1] + "\u2026"


def _more(count: int) -> Iterator[str]:
    if count > LISTED:
        yield f"  and {count - LISTED} more; the adjudication workbook and --json have all"
