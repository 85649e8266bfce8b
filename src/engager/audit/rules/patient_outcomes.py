"""Outcomes, marrow and sex of named patients against the table that has a patient a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence, count_of, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.patients import PatientTable
from engager.audit.rules.named_patients import by_table, claims_of, clauses, named
from engager.audit.rules.rule import Rule, finding

_DIED = re.compile(r"\b(died|deaths?)\b", re.IGNORECASE)
_CAUSES = {
    "progression": re.compile(r"progress", re.IGNORECASE),
    "relapse": re.compile(r"relaps", re.IGNORECASE),
    "infection": re.compile(r"sepsis|septic|infect|pneumonia", re.IGNORECASE),
}  # fmt: skip
_MARROW = {"M1": (0, 5), "M2": (5, 25), "M3": (25, 100)}


def _cause(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    for text, claims in clauses(evidence):
        for ids, cause in _causes(text, claims):
            for row in table.of(ids.ids):
                told = _cause_of(row.outcome) if row.died else None
                if told is not None and told != cause:
                    words = f"patient {row.name} died of {cause} here, of {told} in {table.table.name}"
                    arithmetic = f'"{row.outcome}" against "{cause}"'
                    shown_claims = (ids, *claims_of([row]))
                    yield finding(
                        "outcome_of_patient", Certainty.UNLIKELY, words, shown_claims, arithmetic, "one cause"
                    )


def _cause_of(text: str) -> str | None:
    found = [name for name, words in _CAUSES.items() if words.search(text)]
    return found[0] if len(found) == 1 else None


def _causes(text: str, claims: Sequence[Claim]) -> Iterator[tuple[Claim, str]]:
    """Yield the patients with the cause of death that a clause gives them: `died from X (Patients ..) or Y (..)`."""
    died, ids = _DIED.search(text), named(claims)
    if died is None or not ids or re.search(r"\bno deaths?\b", text, re.IGNORECASE):
        return
    shift = _shift(text, ids[0])
    before = [claim for claim in ids if claim.start + shift < died.start()]
    after = [claim for claim in ids if claim.start + shift >= died.start()]
    start = died.end()
    for claim in after:
        cause = _cause_of(text[start : claim.start + shift])
        if cause is not None:
            yield claim, cause
        start = claim.end + shift
    cause = _cause_of(re.split(r"[,;(]|\bbetween\b", text[died.end() :])[0])
    if not after and before and cause is not None:
        yield before[-1], cause


def _shift(text: str, claim: Claim) -> int:
    """Return what brings the offsets of a claim's sentence to those of its clause."""
    return text.find(claim.text) - claim.start


def _relapse_without_remission(_: Evidence, table: PatientTable) -> Iterator[Finding]:
    for row in table.patients.values():
        claims = claims_of([row])
        if row.responded is False and _CAUSES["relapse"].search(row.outcome) and claims:
            words = f"patient {row.name} never responded, but the outcome is a relapse"
            arithmetic = f'responses: {", ".join(row.responses)}; outcome: "{row.outcome}"'
            consistent = "progression, or a remission of which the table does not tell"
            yield finding("outcome_of_patient", Certainty.AMBIGUOUS, words, claims, arithmetic, consistent)


def _deaths(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    rows = [row for row in table.patients.values() if row.died is not None]
    died, whole = sum(bool(row.died) for row in rows), len(table.patients)
    for claim in evidence.claims if len(rows) == whole else ():
        n = count_of(claim)
        after = re.match(r"\s*(?:\w+\s+){0,2}?(died|are alive|were alive|have died)\b", claim.context[claim.end :])
        if claim.in_table or n is None or whole_of(claim) != whole or after is None:
            continue
        right = died if "died" in after[1] else whole - died
        if n != right:
            words = f"{n} of {whole} {after[1]}, but {table.table.name} has {right}"
            arithmetic = f"{died} with a death, {whole - died} without, of {whole} rows"
            yield finding("outcome_of_patient", Certainty.UNLIKELY, words, (claim,), arithmetic, f"{right} of {whole}")


def _marrow_class(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    for text, claims in clauses(evidence):
        told = re.search(r"\b(at least an? )?(M[123])\b(?: bone)? marrow[^.;]*\b(?:prior|before|at baseline)", text)
        ids = named(claims)
        if told is None or not ids:
            continue
        low, high = _MARROW[told[2]]
        for row in table.of(ids[0].ids):
            load = row.loads[0] if row.loads else None
            if load is not None and (load < low or (load > high and not told[1])):
                least = " or more" if told[1] else ""
                words = f"patient {row.name} had a marrow of {told[2]}{least}, but {load} % of blasts"
                arithmetic = f"{told[2]} is {low} to {high} %"
                shown_claims = (ids[0], *row.loads_claims)
                yield finding(
                    "marrow_of_patient", Certainty.UNLIKELY, words, shown_claims, arithmetic, f"{low} % or more"
                )


def _definition(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    for text, claims in clauses(evidence):
        told = re.search(
            r"\brelapse was defined as (?:more than|over|>|at least|≥)\s*(\d+)\s?%\s*(?:of )?blasts",
            text,
            re.IGNORECASE,
        )
        below = [row for row in table.patients.values() if told and row.loads and row.loads[0] < int(told[1])]
        if told is not None and below and claims:
            shown = ", ".join(f"patient {row.name} {row.loads[0]} %" for row in below)
            words = f"relapse is more than {told[1]} % of blasts, but {table.table.name} begins with {shown}"
            arithmetic = f"{shown}: below {told[1]} %"
            shown_claims = (claims[0], *(claim for row in below for claim in row.loads_claims))
            consistent = "a word on the treatment between relapse and the first dose"
            yield finding("marrow_of_patient", Certainty.AMBIGUOUS, words, shown_claims, arithmetic, consistent)


def _median_of_listed(evidence: Evidence, table: PatientTable) -> Iterator[Finding]:
    """Yield the medians of the disease before treatment that no choice of the patients listed can have."""
    values = sorted({load for row in table.patients.values() for load in row.loads})
    middles = {(a + b) / 2 for a in values for b in values}
    listed = [claim for row in table.patients.values() for claim in row.loads_claims]
    for claim in evidence.claims if len(values) > 3 else ():
        estimate = claim.number("estimate")
        if estimate is None or not _is_median_load(claim):
            continue
        if all(abs(estimate.value - middle) > Decimal("0.5") for middle in middles):
            near = sorted(middles, key=lambda middle: abs(middle - estimate.value))[:2]
            words = f"a median of {estimate.text} % is the middle of no choice of the loads in {table.table.name}"
            shown = ", ".join(f"{value:f}" for value in values)
            arithmetic = f"values: {shown}; a median is one of them or the middle of two"
            consistent = f"nearest: {' or '.join(f'{value:f}' for value in near)} %"
            claims = (claim, *listed[:1])
            yield finding("median_of_patients", Certainty.UNLIKELY, words, claims, arithmetic, consistent)


def _is_median_load(claim: Claim) -> bool:
    """Return whether a claim of a sentence is a median of disease before treatment, in percent."""
    estimate = claim.number("estimate")
    if claim.kind is not Kind.MEDIAN or claim.in_table or estimate is None:
        return False
    around = claim.context[max(0, claim.start - 10) : claim.start] + claim.text
    percent = estimate.percent or claim.unit.startswith("%") or "%" in claim.text
    return percent and re.search(r"\b(leuk[a]?emic|blast) load\b", around) is not None


_PRONOUN = {
    "male": re.compile(r"\b(she|her|hers)\b", re.IGNORECASE),
    "female": re.compile(r"\b(he|his|him)\b", re.IGNORECASE),
}


def _sex(evidence: Evidence) -> Iterator[Finding]:
    listed = _sexes(evidence)
    for sentence in evidence.sentences if listed else ():
        ids = named(evidence.of_sentence(sentence))
        names = {name for claim in ids for name in claim.ids}
        if len(names) != 1 or (name := names.pop()) not in listed or sentence.position.part == "note":
            continue
        sex, row = listed[name]
        told = _PRONOUN[sex].search(sentence.text, ids[0].end)
        if told is not None:
            words = f'patient {name} is "{told[0]}" here, and {sex} in {row.position.table}'
            arithmetic = f'"{told[0]}" against the list of {sex}: {row.text.strip()}'
            yield finding("sex_of_patient", Certainty.UNLIKELY, words, (ids[0], row), arithmetic, "one sex")


_SEXES = {"male": "male", "males": "male", "boys": "male", "female": "female", "females": "female", "girls": "female"}


def _sexes(evidence: Evidence) -> dict[str, tuple[str, Claim]]:
    found: dict[str, tuple[str, Claim]] = {}
    for table in evidence.tables:
        for row in table.rows:
            label = _SEXES.get(row.label.strip().lower())
            for claim in (claim for cell in row.cells for claim in evidence.of_cell(cell)) if label else ():
                if claim.kind is Kind.IDS and label is not None:
                    found |= dict.fromkeys(claim.ids, (label, claim))
    return found


RULES = (
    Rule(
        "outcome_of_patient",
        "Deaths, their causes and relapses told in a sentence are those of the table of patients.",
        "progression, relapse or infection, against the words of the patient's row; n of all against the rows",
        "one cause, one number",
        (Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        lambda evidence: (
            *by_table(_cause)(evidence), *by_table(_relapse_without_remission)(evidence), *by_table(_deaths)(evidence),
        ),
    ),
    Rule(
        "marrow_of_patient",
        "A marrow told as M1, M2 or M3, or a definition of relapse, goes with the blasts of the table of patients.",
        "M1 below 5 %, M2 5 to 25 %, M3 above 25 %",
        "the class of the percentage",
        (Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        lambda evidence: (*by_table(_marrow_class)(evidence), *by_table(_definition)(evidence)),
    ),
    Rule(
        "median_of_patients",
        "A median of values listed patient by patient is one of them or the middle of two.",
        "all values and middles of two, against the print with half a unit to spare",
        "the nearest of them",
        (Certainty.UNLIKELY,),
        by_table(_median_of_listed),
    ),
    Rule(
        "sex_of_patient",
        "A pronoun goes with the list of the sexes.",
        "he, she, his, her in a sentence on one patient, against the lists of male and female",
        "one sex",
        (Certainty.UNLIKELY,),
        _sex,
    ),
)  # fmt: skip
