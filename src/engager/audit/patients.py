"""A table with one patient a row: what it tells of each, to hold sentences on the same patients against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence, count_of
from engager.audit.manuscript import Cell, Row, Table

_NAME = re.compile(r"(?:patients?|pts?\.?|cases?|no\.?|#|uiin|upn)?\s*#?\s*([A-Z]{0,3}-?\d{1,4})\s*$", re.IGNORECASE)
_HEAD = re.compile(r"\b(patients?|pt|case|no|n|id|upn|subject)\b\.?|^$", re.IGNORECASE)
_DAY = re.compile(r"\b(?:d|day)\s?\+?(\d{1,5})\b", re.IGNORECASE)
_DIED = re.compile(r"\b(died|dead|death|deceased)\b", re.IGNORECASE)
_RESPONSE = re.compile(r"\bresponse\b", re.IGNORECASE)
_CYCLES = re.compile(r"\bcycles?\b", re.IGNORECASE)
_DOSES = re.compile(r"\bdos(e|es|age|ages)\b", re.IGNORECASE)
_LOAD = re.compile(r"\b(load|blasts?|marrow)\b", re.IGNORECASE)
_FEWEST = 3
# A manuscript has one or two such tables; the bound keeps the time linear in files made of them.
_MOST = 10


@dataclass(frozen=True, slots=True)
class PatientRow:
    """What a row tells of a patient; what it does not tell is None or empty.

    `day` is the day of death or last follow-up, `died` whether it is that of death, `outcome` the words of that cell;
    `cycles` their number; `doses` those listed, `dosed` how many entries they are (of a cycle each, if semicolons part
    them); `loads` the percentages of the disease before treatment; `responses`
    the answers, yes or no, of columns on response.
    """

    name: str
    row: Row
    day: int | None
    died: bool | None
    outcome: str
    outcome_claims: tuple[Claim, ...]
    cycles: int | None
    cycles_claim: Claim | None
    doses: tuple[Decimal, ...]
    doses_claims: tuple[Claim, ...]
    dosed: int
    loads: tuple[Decimal, ...]
    loads_claims: tuple[Claim, ...]
    responses: tuple[str, ...]

    @property
    def responded(self) -> bool | None:
        """Return whether any column on response says yes; None where none answers."""
        return None if not self.responses else "yes" in self.responses


@dataclass(frozen=True, slots=True)
class PatientTable:
    """A table with a patient a row."""

    table: Table
    patients: Mapping[str, PatientRow]

    def of(self, names: tuple[str, ...]) -> list[PatientRow]:
        """Return the rows of some patients, in the order of the table."""
        return [row for name, row in self.patients.items() if name in names]

    @property
    def days(self) -> dict[str, int]:
        """Return the last day of each patient of whom one is told."""
        return {name: row.day for name, row in self.patients.items() if row.day is not None}


def patient_tables(evidence: Evidence) -> Iterator[PatientTable]:
    """Yield the tables whose rows are patients: each row's label is a name of its own, as `Patient 3` or `3`."""
    left = _MOST
    for table in evidence.tables:
        head = table.columns[0].label if table.columns else ""
        names = [_NAME.fullmatch(row.label.strip()) for row in table.rows]
        found = [name[1] for name in names if name is not None]
        bare = all(row.label.strip()[:1].isdigit() for row in table.rows)
        if (
            len(found) < max(_FEWEST, len(table.rows))
            or len(set(found)) < len(found)
            or (bare and not _HEAD.search(head))
        ):
            continue
        left -= 1
        if left < 0:
            return
        parted = any(";" in cell.text for row in table.rows for cell in _cells(row, _DOSES))
        rows = (_row(evidence, name, row, parted=parted) for name, row in zip(found, table.rows, strict=True))
        yield PatientTable(table, {row.name: row for row in rows})


def _row(evidence: Evidence, name: str, row: Row, *, parted: bool) -> PatientRow:
    outcome = next((cell for cell in reversed(row.cells) if _DAY.search(cell.text)), None)
    day = _DAY.search(outcome.text) if outcome is not None else None
    cycles, cycles_claim = _cycles(evidence, row)
    dose_cells = _cells(row, _DOSES)
    given = tuple(claim for cell in dose_cells for claim in evidence.of_cell(cell) if claim is not cycles_claim)
    loads = [claim for cell in _cells(row, _LOAD)[:1] for claim in evidence.of_cell(cell) if claim.kind is Kind.PERCENT]
    return PatientRow(
        name, row,
        int(day[1]) if day is not None else None,
        bool(_DIED.search(outcome.text)) if outcome is not None else None,
        outcome.text if outcome is not None else "",
        evidence.of_cell(outcome) if outcome is not None else (),
        cycles, cycles_claim,
        tuple(number.value for claim in given for number in claim.numbers),
        given,
        1 + sum(cell.text.count(";") for cell in dose_cells) if parted else sum(len(one.numbers) for one in given),
        tuple(number.value for claim in loads for number in claim.all("percent")), tuple(loads),
        tuple(answer for cell in _cells(row, _RESPONSE) if (answer := cell.text.strip().lower()) in ("yes", "no")),
    )  # fmt: skip


def _cells(row: Row, head: re.Pattern[str]) -> list[Cell]:
    return [cell for cell in row.cells if head.search(cell.column.label)]


def _cycles(evidence: Evidence, row: Row) -> tuple[int | None, Claim | None]:
    for cell in _cells(row, _CYCLES):
        for claim in evidence.of_cell(cell):
            n = count_of(claim) if claim.kind is Kind.COUNT else None
            value = claim.value("value") if claim.kind is Kind.NUMBER else None
            if n is None and value is not None and value == int(value):
                n = int(value)
            if n is not None:
                return n, claim
    return None, None
