"""What rules on named patients share: clauses with the patients they name, and tables of patients."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence
from engager.audit.finding import Finding
from engager.audit.patients import PatientRow, PatientTable, patient_tables


def by_table(judge: Callable[[Evidence, PatientTable], Iterable[Finding]]) -> Callable[[Evidence], Iterator[Finding]]:
    """Return a rule's function that holds each table of patients against the rest."""

    def find(evidence: Evidence) -> Iterator[Finding]:
        for table in patient_tables(evidence):
            yield from judge(evidence, table)

    return find


def clauses(evidence: Evidence) -> Iterator[tuple[str, tuple[Claim, ...]]]:
    """Yield the parts of each sentence between semicolons, with the claims that begin in them."""
    for sentence in evidence.sentences:
        claims, start = evidence.of_sentence(sentence), 0
        for part in re.split(r"(?<=;)", sentence.text):
            end = start + len(part)
            yield part, tuple(claim for claim in claims if start <= claim.start < end)
            start = end


def named(claims: Sequence[Claim]) -> list[Claim]:
    """Return the lists of patients among claims."""
    return [claim for claim in claims if claim.kind is Kind.IDS]


def named_days(rows: Sequence[PatientRow]) -> str:
    """Return `patient 9 on day 265, ...`."""
    return ", ".join(f"patient {row.name} on day {row.day}" for row in rows)


def claims_of(rows: Sequence[PatientRow]) -> list[Claim]:
    """Return the claim of each row that shows where it stands: its outcome, or the next there is."""
    shown = [(*row.outcome_claims, *filter(None, (row.cycles_claim,)), *row.loads_claims)[:1] for row in rows]
    return [claim for claims in shown for claim in claims]
