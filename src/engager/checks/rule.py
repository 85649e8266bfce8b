"""An edit check as data: what it is called, where it looks, which rows are wrong, and what to say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.errors import LISTED, Issue, Place, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """An edit check.

    `find` returns the offending rows of `table` with their `row`; `found` and `advice` are templates filled from
    those rows' columns. `column` is the cell that a person has to look at. A rule that misses something names in
    `absence` where it could stand, as (table, column): where that could not be read, nothing is told.
    `acceptable` says whether a study may accept such a row as it is; what no analysis could use it may not.
    """

    name: str
    severity: Severity
    table: str
    column: str
    find: Callable[[Cohort], pl.DataFrame]
    found: str
    expected: str
    advice: str = ""
    absence: tuple[tuple[str, str], ...] = ()
    acceptable: bool = True

    def issues(self, cohort: Cohort) -> Iterator[Issue]:
        """Yield an issue for each offending row, the last one counting those beyond the number listed."""
        yield from self.told(cohort, self.offending(cohort))

    def told(self, cohort: Cohort, bad: pl.DataFrame) -> Iterator[Issue]:
        """Yield an issue for each of some offending rows, the last one counting those beyond the number listed."""
        for values in bad.head(LISTED).iter_rows(named=True):
            yield self.issue(cohort, values)
        if bad.height > LISTED:
            yield self.more(cohort, bad.height - LISTED)

    def more(self, cohort: Cohort, count: int) -> Issue:
        """Return the issue that counts the offending rows beyond those listed."""
        place = cohort.place(self.table, None, self.column)
        return self._issue(place, f"{count} more rows against the rule {self.name}", "")

    def issue(self, cohort: Cohort, values: Mapping[str, object]) -> Issue:
        """Return the issue of one offending row."""
        row = values["row"]
        place = cohort.place(self.table, row if isinstance(row, int) else None, self.column)
        shown = {key: _shown(value) for key, value in values.items()}
        return self._issue(place, self.found.format_map(shown), self.advice.format_map(shown))

    def offending(self, cohort: Cohort) -> pl.DataFrame:
        """Return the offending rows, without those of what could stand where the files could not be read."""
        bad = self.find(cohort)
        if cohort.unread.columns.intersection(self.absence):
            return bad.clear()
        for table, column in self.absence:
            rows = cohort.unread.cells.get((table, column))
            if rows is None:
                continue
            if table == self.table:
                bad = bad.filter(~pl.col("row").is_in(rows.implode()))
            else:
                patients = cohort[table].filter(pl.col("row").is_in(rows.implode()))["patient"]
                bad = bad.filter(~pl.col("patient").is_in(patients.implode()))
        return bad

    def _issue(self, place: Place, found: str, advice: str) -> Issue:
        return Issue(self.severity, self.name, place, found, self.expected, advice)


def rows(table: str, bad: pl.Expr) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of the rows of one table for which an expression holds; null does not."""
    return lambda cohort: cohort[table].filter(bad.fill_null(value=False))


def _shown(value: object) -> object:
    if value is None:
        return "empty"
    return f"{value:g}" if isinstance(value, float) else value
