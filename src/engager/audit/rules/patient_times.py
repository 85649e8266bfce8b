"""Days, cycles and doses of named patients against the table that has a patient a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence, count_of
from engager.audit.finding import Certainty, Finding
from engager.audit.patients import PatientTable
from engager.audit.rules.named_patients import by_table, claims_of, clauses, named, named_days
from engager.audit.rules.rule import Rule, finding, number

_DIED = re.compile(r"\b(died|deaths?)\b", re.IGNORECASE)
_BETWEEN_DAYS = re.compile(r"\bbetween\s+days?\s+(\d+)\s*(?:to|and|-|–)\s*(?:day\s+)?(\d+)\b", re.IGNORECASE)
_DAYS = re.compile(r"\b(\d+)\s+days?\b")
_FROM_START = re.compile(r"\b(first|start|initiat|begin|began|onset)", re.IGNORECASE)
_CYCLES = re.compile(
    r"\b(\d+)\s*[-–]\s*(\d+)\s+(?:\w+\s+)?cycles\b|\b(\d+)\s+to\s+(\d+)\s+(?:\w+\s+)?cycles\b", re.IGNORECASE
)


def _days_of_death(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    for text, claims in clauses(evidence):
        ids = named(claims)
        if not ids or not _DIED.search(text):
            continue
        span = _BETWEEN_DAYS.search(text)
        if span is not None:
            yield from _outside(table, ids[0], int(span[1]), int(span[2]))
        elif len(ids) == 1 and len(ids[0].ids) == 1:
            yield from _other_day(table, text, ids[0])


def _outside(table: PatientTable, ids: Claim, low: int, high: int) -> Iterator[Finding]:
    rows = [row for row in table.of(ids.ids) if row.died and row.day is not None]
    wrong = [row for row in rows if row.day is not None and not low <= row.day <= high]
    if wrong:
        told = ", ".join(f"patient {row.name} day {row.day}" for row in rows)
        words = f"deaths between days {low} and {high}, but {table.table.name} has {named_days(wrong)}"
        days = [row.day for row in rows if row.day is not None]
        consistent = f"days {min(days)} to {max(days)}, or other days in the table"
        yield finding("day_of_patient", Certainty.UNLIKELY, words, (ids, *claims_of(wrong)), told, consistent)


def _other_day(table: PatientTable, text: str, ids: Claim) -> Iterator[Finding]:
    rows = [row for row in table.of(ids.ids) if row.died and row.day is not None]
    days = [(int(told[1]), text[told.end() : told.end() + 70]) for told in _DAYS.finditer(text)]
    since = [day for day, after in days if _FROM_START.search(re.split(r"[,;]|\band\b", after)[0])]
    if not rows or not since or rows[0].day in [day for day, _ in days]:
        return
    row, every = rows[0], [day for day, _ in days]
    words = f"patient {row.name} died on day {since[0]} after the start, but {table.table.name} has day {row.day}"
    arithmetic = f"{since[0]} is not {row.day}"
    if sum(every) == row.day and len(every) > 1:
        arithmetic += f"; {' + '.join(map(str, every))} = {row.day}, so the two may follow one another"
    yield finding(
        "day_of_patient", Certainty.UNLIKELY, words, (ids, *claims_of(rows[:1])), arithmetic, f"day {row.day}"
    )


def _origin(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    """Yield the days that the table counts from the first dose and a sentence from the transplantation."""
    notes = [sentence.text for sentence in evidence.sentences if sentence.position.table == table.table.name]
    from_dose = [text for text in notes if re.search(r"(calculated|from|since).*\bfirst\b", text)]
    for text, claims in clauses(evidence) if from_dose else ():
        ids = named(claims)
        told = re.search(
            r"post-?\s?transplant(?:ation)?[^;.]*?\b(?:of|for)\s+([^;.]*?\bdays?\b[^;.]*)", text, re.IGNORECASE
        )
        if not ids or told is None:
            continue
        days = {int(day) for day in re.findall(r"\d+", told[1])}
        rows = [row for row in table.of(ids[0].ids) if row.day in days]
        if len(rows) == len(ids[0].ids) == len(days):
            words = (
                f"{named_days(rows)} is counted from the first dose in {table.table.name}, here from transplantation"
            )
            arithmetic = f"the same {', '.join(str(row.day) for row in rows)} days cannot have both beginnings"
            yield finding(
                "day_of_patient", Certainty.UNLIKELY, words, (ids[0],), arithmetic, "days from the first dose"
            )


def _ends_of_follow_up(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    days, rows = table.days, table.patients.values()
    groups = {
        "all patients": list(days.values()),
        "those alive": [row.day for row in rows if row.day is not None and row.died is False],
        "those who died": [row.day for row in rows if row.day is not None and row.died],
    }
    ends: dict[str, tuple[int, int]] = {
        name: (min(found), max(found)) for name, found in groups.items() if len(found) > 1
    }
    for claim in evidence.claims:
        low, high = claim.value("lower"), claim.value("upper")
        near = re.search(r"follow|surviv|observ", claim.context, re.IGNORECASE)
        if (
            claim.kind not in (Kind.RANGE, Kind.MEDIAN_RANGE)
            or claim.in_table
            or low is None
            or high is None
            or not near
        ):
            continue
        half = {name: pair for name, pair in ends.items() if (low == pair[0]) != (high == pair[1])}
        if half and (int(low), int(high)) not in ends.values() and claim.unit in ("days", "day", "d", ""):
            name, pair = next(iter(half.items()))
            words = f"a range of {low} to {high} days, but {table.table.name} has {pair[0]} to {pair[1]} for {name}"
            arithmetic = f"{low} to {high} against {pair[0]} to {pair[1]}"
            consistent = f"{pair[0]} to {pair[1]} days"
            yield finding("range_of_patients", Certainty.UNLIKELY, words, (claim,), arithmetic, consistent)


def _cycles_of(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    for text, claims in clauses(evidence):
        told, ids = _CYCLES.search(text), named(claims)
        if told is None or not ids:
            continue
        low, high = sorted(int(value) for value in told.groups() if value)
        rows = [row for row in table.of(ids[0].ids) if row.cycles is not None]
        wrong = [row for row in rows if row.cycles is not None and not low <= row.cycles <= high]
        if wrong and len(rows) == len(ids[0].ids):
            shown = ", ".join(f"patient {row.name} {row.cycles}" for row in rows)
            names = ", ".join(f"patient {row.name} ({row.cycles})" for row in wrong)
            words = f"{low} to {high} cycles, but {table.table.name} has other numbers for {names}"
            counts = [row.cycles for row in rows if row.cycles is not None]
            consistent = f"{min(counts)} to {max(counts)} cycles"
            yield finding(
                "cycles_of_patients", Certainty.UNLIKELY, words, (ids[0], *claims_of(wrong)), shown, consistent
            )


def _total_of_cycles(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    counts = [row.cycles for row in table.patients.values()]
    if any(count is None for count in counts):
        return
    total = sum(count or 0 for count in counts)
    for claim in evidence.claims:
        before = claim.context[max(0, claim.start - 25) : claim.start].lower()
        n = count_of(claim) if claim.kind is Kind.COUNT and claim.unit.startswith("cycle") else None
        if n is not None and n != total and re.search(r"total of\s*$|\btotally\s*$|\bin all\s*$", before):
            shown = " + ".join(str(count) for count in counts)
            words = f"a total of {n} cycles, but {table.table.name} adds to {total}"
            arithmetic = f"{shown} = {total}"
            yield finding("cycles_of_patients", Certainty.UNLIKELY, words, (claim,), arithmetic, f"{total} cycles")


def _doses_of(_: Evidence, table: PatientTable) -> Iterator[Finding]:
    for row in table.patients.values():
        if row.cycles is not None and row.cycles_claim is not None and row.dosed > 1 and row.dosed != row.cycles:
            shown = ", ".join(f"{dose:f}" for dose in row.doses)
            words = f"patient {row.name}: {number(row.cycles, 'cycle')}, {row.dosed} doses ({shown})"
            arithmetic = f"{row.dosed} is not {row.cycles}; right only if the dose was changed within a cycle"
            consistent = "a dose for each cycle, or a word on the change within one"
            # The number of doses does not depend on their unit, which may be damaged.
            claims = (row.cycles_claim, *row.doses_claims)
            yield Finding("doses_against_cycles", Certainty.AMBIGUOUS, words, claims, arithmetic, consistent)


_RAISED = re.compile(r"\b(?:increased|higher) dose(?: of)? (\d+(?:\.\d+)?)\b", re.IGNORECASE)


def _raised_dose(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    """Yield the doses called increased for a patient whose first dose was no lower."""
    for text, claims in clauses(evidence):
        told, ids = _RAISED.search(text), named(claims)
        for row in table.of(ids[0].ids) if told is not None and len(ids) == 1 and len(ids[0].ids) == 1 else ():
            if told is not None and len(row.doses) > 1 and row.doses[0] >= Decimal(told[1]):
                first = f"whose first in {table.table.name} is {row.doses[0]}"
                words = f"an increased dose of {told[1]} for patient {row.name}, {first}"
                arithmetic = (
                    f"doses {', '.join(f'{dose:f}' for dose in row.doses)}: {row.doses[0]} is not below {told[1]}"
                )
                shown_claims = (ids[0], *row.doses_claims)
                yield Finding(
                    "doses_against_cycles", Certainty.UNLIKELY, words, shown_claims, arithmetic, "a lower first dose"
                )


RULES = (
    Rule(
        "day_of_patient",
        "A named patient's day of death or last follow-up is that of the table of patients.",
        "the day or span of days in the clause, against the day in the patient's row, and where both are counted from",
        "the day of the table",
        (Certainty.UNLIKELY,),
        lambda evidence: (*by_table(_days_of_death)(evidence), *by_table(_origin)(evidence)),
    ),
    Rule(
        "range_of_patients",
        "A range of follow-up has the ends of the table of patients.",
        "both ends against the least and greatest day of all, of those alive and of those who died; one end must agree",
        "the ends of the table",
        (Certainty.UNLIKELY,),
        by_table(_ends_of_follow_up),
    ),
    Rule(
        "cycles_of_patients",
        "Cycles told of named patients, or of all, are those of the table of patients.",
        "each patient's number against the range told; the sum of the column against the total told",
        "the range or sum of the table",
        (Certainty.UNLIKELY,),
        lambda evidence: (*by_table(_cycles_of)(evidence), *by_table(_total_of_cycles)(evidence)),
    ),
    Rule(
        "doses_against_cycles",
        "A patient's row lists one dose, or one for each cycle; a dose called increased is above the first.",
        "the number of doses against the number of cycles; the dose of the sentence against the first of the row",
        "a dose for each cycle",
        (Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        lambda evidence: (*by_table(_doses_of)(evidence), *by_table(_raised_dose)(evidence)),
    ),
)
