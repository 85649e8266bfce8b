"""The table of what lay before the first dose: days from the transplant and off immunosuppression, by response."""

from __future__ import annotations

from engager.results import Results
from engager.tables.formatting import bounded_number, bounded_range, p_value
from engager.tables.table import Cell, Row, Table

_WORDS = {
    "from transplant": "From the last transplant to the first dose, days",
    "off immunosuppression": "From the end of immunosuppression to the first dose, days",
}
_GROUPS = ("responders", "non-responders")


def interval_table(results: Results) -> Table:
    """Return median and range of each interval by response, with the exact rank test."""
    names = dict.fromkeys(row.group for row in results.where(analysis="intervals", name="median"))
    tests = results.where(analysis="intervals", name="rank_test")
    return Table(
        name="intervals",
        title="Time before the first dose and response",
        columns=("Median (range); n of N", *(group.capitalize() for group in _GROUPS), "Rank test"),
        rows=tuple(_interval(results, name) for name in names),
        notes=tuple(dict.fromkeys(f"{row.warning.capitalize()}." for row in tests if row.warning)),
        numeric=frozenset({1, 2, 3}),
        empty="no transplant and no immunosuppression before the first dose recorded",
    )


def _interval(results: Results, name: str) -> Row:
    test = next(iter(results.where(analysis="intervals", name="rank_test", group=name)), None)
    cells = [_spread(results, name, group) for group in _GROUPS]
    return Row((Cell(_WORDS.get(name, name)), *cells, Cell("") if test is None else Cell(p_value(test), (test.id,))))


def _spread(results: Results, name: str, group: str) -> Cell:
    found = [results.get("intervals", part, name, group) for part in ("median", "min", "max")]
    rows = [row for row in found if row is not None]
    if len(rows) < 3:
        return Cell(f"none of {rows[0].N}", (rows[0].id,)) if rows else Cell("")
    text = f"{bounded_number(rows[0])} ({bounded_range(rows[1:])}); {rows[0].n} of {rows[0].N}"
    return Cell(text, tuple(row.id for row in rows))
