"""Kaplan-Meier probabilities against the patients they were calculated from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence, count_of, printed, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.patients import PatientRow, PatientTable, patient_tables
from engager.audit.possible_survival import MOST, final_probabilities, probability_after
from engager.audit.rounding import Fit, Printed, rounded
from engager.audit.rules.rule import Rule, finding, number

_SURVIVAL = re.compile(
    r"\b(event-free|relapse-free|leuk[a]?emia-free|disease-free|overall)[ -]survival\b|\b(EFS|OS|RFS|DFS)\b"
)
_OVERALL = re.compile(r"\boverall[ -]survival\b|\bOS\b")
_RESPONDERS = re.compile(r"\bresponders?\b", re.IGNORECASE)
_NON = re.compile(r"\bnon-?responders?\b", re.IGNORECASE)
_TIMED = re.compile(r"\b(\d+|one|two|three|four|five)[- ](year|month|day)s?\b|\bat \d+\b", re.IGNORECASE)
_OTHERS = re.compile(r"introduc|background", re.IGNORECASE)


def _of_patients(evidence: Evidence) -> Iterator[Finding]:
    """Yield the probabilities at the end that the times of a table of patients do not give."""
    for table in patient_tables(evidence):
        rows = list(table.patients.values())
        if any(row.day is None or row.died is None for row in rows) or all(row.died for row in rows):
            continue
        for claim in _probabilities(evidence):
            group, named = _group(claim, rows)
            if group and _ended(group):
                yield from _not_the_end(claim, table, group, named)


def _probabilities(evidence: Evidence) -> Iterator[Claim]:
    for claim in evidence.claims:
        percent = claim.number("percent") if claim.kind is Kind.PERCENT and not claim.in_table else None
        part = claim.context[: claim.end]
        own = not _OTHERS.search(claim.position.section)
        if (
            percent is not None
            and percent.bound == "="
            and own
            and _SURVIVAL.search(part)
            and not _TIMED.search(part[-60:])
        ):
            yield claim


def _group(claim: Claim, rows: Sequence[PatientRow]) -> tuple[list[PatientRow], str]:
    """Return the patients that a probability is of: all, or those that its clause calls responders."""
    clause = re.split(r"[,;]|\bwhile\b|\bwhereas\b", claim.context[: claim.end])[-1]
    if _NON.search(clause):
        return [row for row in rows if row.responded is False], "non-responders"
    if _RESPONDERS.search(clause):
        return [row for row in rows if row.responded], "responders"
    return list(rows), "all patients"


def _ended(rows: Sequence[PatientRow]) -> bool:
    """Return whether all who live were followed for longer than the last death, and are in remission."""
    alive = [row for row in rows if not row.died]
    dead = [row.day or 0 for row in rows if row.died]
    remission = all(re.search(r"remission|\bCR\b", row.outcome) for row in alive)
    return bool(alive) and remission and min(row.day or 0 for row in alive) >= max(dead, default=0)


def _not_the_end(claim: Claim, table: PatientTable, rows: Sequence[PatientRow], named: str) -> Iterator[Finding]:
    percent = claim.number("percent")
    end = 100 * probability_after((Fraction(row.day or 0), bool(row.died)) for row in rows)
    if percent is None or printed(percent).fit(end) is not Fit.NONE:
        return
    alive, n = sum(not row.died for row in rows), len(rows)
    right = rounded(end, max(percent.decimals, 0))
    words = f"{percent.text} % of {named}, but {table.table.name} has {alive} of {n} alive in remission: {right} %"
    arithmetic = (
        f"the {alive} alive were followed for longer than the last of {n - alive} deaths, "
        f"so that the curve ends at {alive} / {n} = {rounded(end, 1)} %"
    )
    shown = [row.outcome_claims[0] for row in rows if row.outcome_claims][:1]
    yield finding("survival_of_patients", Certainty.UNLIKELY, words, (claim, *shown), arithmetic, f"{right} %")


def _possible(evidence: Evidence) -> Iterator[Finding]:
    """Yield the overall survival beside n of N deaths in one sentence that no order of leaving gives."""
    for claims in evidence.by_text.values():
        deaths = [claim for claim in claims if _counts_deaths(claim)]
        for claim in claims if len(deaths) == 1 else ():
            percent = claim.number("percent") if claim.kind is Kind.PERCENT else None
            n, events = whole_of(deaths[0]), count_of(deaths[0])
            if (
                percent is None
                or percent.bound != "="
                or n is None
                or events is None
                or not 0 < n <= MOST
                or events > n
            ):
                continue
            if claim.start > deaths[0].end and _OVERALL.search(claim.context[deaths[0].end : claim.end]):
                yield from _impossible(claim, deaths[0], printed(percent), n, events)


def _counts_deaths(claim: Claim) -> bool:
    after = claim.context[claim.end : claim.end + 30]
    return (
        claim.kind in (Kind.FRACTION, Kind.FRACTION_PERCENT) and re.match(r"\W*(\w+\W+){0,2}died\b", after) is not None
    )


def _impossible(claim: Claim, deaths: Claim, percent: Printed, n: int, events: int) -> Iterator[Finding]:
    every = {value for happened in range(events + 1) for value in final_probabilities(n, happened)}
    if any(percent.fit(100 * value) is not Fit.NONE for value in every):
        return
    near = sorted(every, key=lambda value: abs(100 * value - Fraction(percent.value)))[:2]
    words = f"{percent.value} % is no Kaplan-Meier probability of {number(n)} with {number(events, 'death')}"
    shown = " and ".join(f"{rounded(100 * value, 1)} %" for value in sorted(near))
    arithmetic = f"products of 1 - 1 / (at risk), in every order of deaths and leaving; the nearest are {shown}"
    yield finding(
        "survival_possible", Certainty.UNLIKELY, words, (claim, deaths), arithmetic, shown.replace(" and ", " or ")
    )


RULES = (
    Rule(
        "survival_of_patients",
        "A probability at the end of the curve is that of the times in the table of patients.",
        "where all who live are in remission and were followed beyond the last death, the curve ends at alive / n",
        "alive / n",
        (Certainty.UNLIKELY,),
        _of_patients,
    ),
    Rule(
        "survival_possible",
        f"A Kaplan-Meier probability is one that the patients and deaths of its sentence can have (up to {MOST}).",
        "products of 1 - 1 / (at risk) over all orders of deaths and leaving",
        "the nearest probabilities that are possible",
        (Certainty.UNLIKELY,),
        _possible,
    ),
)
