"""Which results a published report withholds where it tells no small cells, and what remains of their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engager.report.pseudonyms import PATIENT
from engager.report.small_cells import hidden_cells
from engager.results import AnalysisResult, Results

WITHHELD = "hidden"
EVERYONE = "all"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row's count stands in a table of counts."""

    row: int
    column: int


@dataclass(slots=True)
class _Table:
    """A table of counts with the ids of the results that show them, totals included, and what is hidden so far."""

    counts: list[list[int]]
    ids: Mapping[_Place, str]
    cells: frozenset[tuple[int, int]] = frozenset()

    def hide(self, hidden: set[str], limit: int) -> Iterator[str]:
        """Yield the ids of what has to be hidden in the table, where those given are."""
        also = {(place.row, place.column) for place, name in self.ids.items() if name in hidden}
        self.cells = hidden_cells(self.counts, limit, sorted(also | self.cells))
        rows, columns = len(self.counts), len(self.counts[0])
        # A total of a group that is hidden stands in every row of the group, that of everyone in all rows.
        lost = {column for row, column in self.cells if row == rows}
        for place, name in self.ids.items():
            if (place.row, place.column) in self.cells or place.column in lost or (rows, columns) in self.cells:
                yield name


class _Family:
    """The rows of one analysis and name as a table of counts: places down, groups across, both with totals.

    Where the places do not add up to the patients, each is a table of its own, of those it is true of and the others.
    """

    def __init__(self, rows: Sequence[AnalysisResult]) -> None:
        self._rows = {(row.group, row.at): row for row in rows}
        self._groups = [*dict.fromkeys(row.group for row in rows)]
        self._ats = [*dict.fromkeys(row.at for row in rows)]

    def tables(self) -> Iterator[_Table]:
        """Yield the tables of counts."""
        for groups, total in self._columns():
            if all(sum(self._n(group, at) for at in self._ats) == self._of(group) for group in groups):
                yield self._table(groups, self._ats, total)
            else:
                for at in self._ats:
                    yield self._table(groups, [at], total)

    def _columns(self) -> Iterator[tuple[list[str], str | None]]:
        """Yield groups that add up to everyone together, others each for itself."""
        parts = [group for group in self._groups if group != EVERYONE]
        if EVERYONE in self._groups and len(parts) > 1 and self._add_up(parts):
            yield parts, EVERYONE
        else:
            for group in self._groups:
                yield [group], None

    def _add_up(self, parts: list[str]) -> bool:
        return self._of(EVERYONE) == sum(map(self._of, parts)) and all(
            self._n(EVERYONE, at) == sum(self._n(group, at) for group in parts) for at in self._ats
        )

    def _table(self, groups: list[str], ats: list[str | None], total: str | None) -> _Table:
        counts = [[self._n(group, at) for group in groups] for at in ats]
        if len(ats) == 1:
            counts.append([self._of(group) - self._n(group, ats[0]) for group in groups])
        shown = [*groups, total or groups[0]]
        ids = {
            _Place(row, column): self._rows[group, at].id
            for row, at in enumerate(ats)
            for column, group in enumerate(shown)
            if (group, at) in self._rows
        }
        return _Table(counts, ids)

    def _n(self, group: str, at: str | None) -> int:
        row = self._rows.get((group, at))
        return 0 if row is None else row.n or 0

    def _of(self, group: str) -> int:
        return max((row.N or row.n or 0 for (of, _), row in self._rows.items() if of == group), default=0)


@dataclass(frozen=True)
class Withholding:
    """The results of a report and the smallest count that it tells."""

    results: Results
    limit: int

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of the results that are withheld."""
        hidden = {row.id for row in self.results if self._small(row)}
        families = [_Family(rows) for rows in self._families()]
        tables = [table for family in families for table in family.tables()]
        # What is hidden in one table may stand, as the same patients, in another.
        while True:
            found = hidden.union(*(table.hide(hidden, self.limit) for table in tables))
            found |= self._same_patients(found)
            found |= self._of_groups(found) | self._printed(found)
            if found == hidden:
                return frozenset(hidden)
            hidden = found

    def _small(self, row: AnalysisResult) -> bool:
        counts = [row.n, row.N, None if row.n is None or row.N is None else row.N - row.n]
        if row.unit == "1" and row.estimate is not None and row.N:
            counts += [round(row.estimate * row.N), round((1 - row.estimate) * row.N)]
        of_patient = row.group.startswith(PATIENT) or row.name in ("curve", "censored", "at_risk")
        return of_patient or any(count is not None and 0 < count < self.limit for count in counts)

    def _families(self) -> Iterable[list[AnalysisResult]]:
        families: dict[tuple[str, str], list[AnalysisResult]] = {}
        for row in self.results:
            if row.n is not None and not row.group.startswith(PATIENT):
                families.setdefault((row.analysis, row.name), []).append(row)
        return families.values()

    def _same_patients(self, hidden: set[str]) -> set[str]:
        """Return the rows that count the very patients of a hidden count; everyone together is no secret."""
        everyone = max((len(row.patients) for row in self.results), default=0)
        counts = [row for row in self.results if row.n == len(row.patients) and 0 < row.n < everyone]
        sets = {row.patients for row in counts if row.id in hidden}
        return {row.id for row in counts if row.patients in sets}

    def _of_groups(self, hidden: set[str]) -> set[str]:
        """Return the rows of groups whose size is hidden: each of them would tell it as what its count is out of."""
        groups = {row.group for row in self.results if row.id in hidden and row.name == "patients"} - {EVERYONE}
        return {row.id for row in self.results if row.group in groups}

    def _printed(self, hidden: set[str]) -> set[str]:
        """Return what a paper printed of a number that is hidden here, and whether the two agree."""
        published = self.results.where(analysis="published")
        places = {row.at for row in published if row.id in hidden and row.name == "computed"}
        return {row.id for row in published if row.at in places and row.name in ("printed", "verdict")}

    @property
    def sizes(self) -> frozenset[int]:
        """The sizes of groups that are withheld."""
        rows = (row for row in self.results if row.id in self.ids and row.name == "patients" and row.group != EVERYONE)
        return frozenset(row.n for row in rows if row.n is not None)

    def withheld(self) -> Results:
        """Return the rows of all patients together, without numbers where they are withheld, and without patients."""
        rows = (row for row in self.results if not row.group.startswith(PATIENT))
        return Results(_emptied(row) if row.id in self.ids else replace(row, patients=()) for row in rows)


def _emptied(row: AnalysisResult) -> AnalysisResult:
    nothing = dict.fromkeys(("estimate", "text", "lower", "upper", "level", "n", "N"))
    return replace(row, **nothing, warning="hidden: a small count, or one that would give it away", patients=())  # type: ignore[arg-type]
