"""Lists of patients against the counts beside them, and against the lists of the other rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence, count_of, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Row
from engager.audit.rules.rule import Rule, finding, number

_PEOPLE = re.compile(
    r"\b(patients?|child(ren)?|cases?|subjects?|\w*responders?|boys?|girls?|(of|in)( the)?)\b", re.IGNORECASE
)


def _count_of_list(evidence: Evidence) -> Iterator[Finding]:
    for table in evidence.tables:
        for row in table.rows:
            pair = _count_and_ids(evidence, row)
            if pair is not None:
                yield from _unequal(*pair)
    for claims in evidence.by_text.values():
        yield from _in_sentence(claims)


def _count_and_ids(evidence: Evidence, row: Row) -> tuple[Claim, Claim] | None:
    """Return the one count and the one list of patients of a row; None where there are none or several."""
    claims = [claim for cell in row.cells for claim in evidence.of_cell(cell)]
    # A list is a cell of its own; what names a patient in passing is none.
    ids = [
        claim for claim in claims if claim.kind is Kind.IDS and claim.text.strip(" *†‡") == claim.context.strip(" *†‡")
    ]
    counting = [found.claim for cell in row.cells if (found := evidence.count_in(row, cell)) is not None]
    return (counting[0], ids[0]) if len(ids) == 1 and len(counting) == 1 else None


def _unequal(counted: Claim, ids: Claim) -> Iterator[Finding]:
    n, listed = count_of(counted), len(set(ids.ids))
    if n is not None and n != listed and (counted.group_size is not None or whole_of(counted) is None):
        words = f"{n} counted, {number(listed)} listed"
        arithmetic = f"{ids.text.strip()}: {_shown(ids)} = {number(listed)}, not {n}"
        consistent = f"{number(listed)}, or a list of {n}"
        # Without the size of a group the row may count something else than patients.
        sure = Certainty.IMPOSSIBLE if counted.group_size is not None else Certainty.UNLIKELY
        yield finding("count_of_list", sure, words, (counted, ids), arithmetic, consistent)
    if len(ids.ids) != listed:
        twice = sorted({name for name in ids.ids if ids.ids.count(name) > 1})
        words = f"patient {', '.join(twice)} is listed twice in one cell"
        yield finding("count_of_list", Certainty.UNLIKELY, words, (ids,), _shown(ids), "each patient once")


def _shown(ids: Claim) -> str:
    return ", ".join(ids.ids[:20]) + (", ..." if len(ids.ids) > 20 else "")


def _in_sentence(claims: Sequence[Claim]) -> Iterator[Finding]:
    for index, claim in enumerate(claims):
        n = (
            count_of(claim)
            if claim.kind in (Kind.COUNT, Kind.FRACTION, Kind.FRACTION_PERCENT, Kind.COUNT_PERCENT)
            else None
        )
        lists = _lists_after(claims[index + 1 :])
        if n is None or not lists or not _opens(claim, lists[0]):
            continue
        first, every = set(lists[0].ids), {name for ids in lists for name in ids.ids}
        if n in (len(first), len(every)) or whole_of(claim) in (len(first), len(every)):
            continue
        words = f"{n} are counted, {number(len(first))} listed"
        arithmetic = f"{lists[0].text.strip()}: {_shown(lists[0])} = {number(len(first))}, not {n}"
        consistent = f"{number(len(first))}, or a list of {n}"
        yield finding("count_of_list", Certainty.UNLIKELY, words, (claim, lists[0]), arithmetic, consistent)


def _lists_after(claims: Sequence[Claim]) -> list[Claim]:
    """Return the lists of patients up to the next count."""
    found = []
    for claim in claims:
        if claim.kind is Kind.IDS:
            found.append(claim)
        elif claim.kind in (Kind.COUNT, Kind.FRACTION, Kind.FRACTION_PERCENT, Kind.COUNT_PERCENT):
            break
    return found


def _opens(claim: Claim, ids: Claim) -> bool:
    """Return whether the list stands in brackets right after the people that are counted."""
    between = claim.context[claim.end : ids.start]
    around = claim.text + between
    opened = re.fullmatch(r"[^.;:()]*\(\s*(?:patients?|pts?\.?|cases?|nos?\.?|ids?|#|\s)*", between, re.IGNORECASE)
    return opened is not None and len(between) < 80 and _PEOPLE.search(around) is not None


def _partition(evidence: Evidence) -> Iterator[Finding]:
    for table in evidence.tables:
        size = table.size or next((column.size for column in table.columns if column.size), None)
        for section, rows in groupby(table.rows, key=lambda row: row.section):
            pairs = [pair for row in rows if (pair := _count_and_ids(evidence, row)) is not None]
            if section and len(pairs) > 1:
                yield from _section([ids for _, ids in pairs], [count_of(one) or 0 for one, _ in pairs], size)


def _section(lists: Sequence[Claim], told: Sequence[int], size: int | None) -> Iterator[Finding]:
    """Yield what keeps the lists of a section from being a partition, where their counts add to the group."""
    if size is None or sum(told) != size:
        return
    where: dict[str, list[Claim]] = {}
    for ids in lists:
        for name in dict.fromkeys(ids.ids):
            where.setdefault(name, []).append(ids)
    for name, claims in where.items():
        if len(claims) > 1:
            rows = " and ".join(f'"{claim.position.row_label}"' for claim in claims)
            words = f"patient {name} is in {rows}, though the rows add to the {size} patients"
            arithmetic = f"{' + '.join(map(str, told))} = {size}, so each patient is in one row"
            yield finding(
                "partition_of_ids", Certainty.UNLIKELY, words, claims, arithmetic, f"patient {name} in one row"
            )
    whole = _everybody(size, where)
    missing = [name for name in whole if name not in where]
    if missing:
        words = f"patient {', '.join(missing)} is in no row, though the rows add to the {size} patients"
        arithmetic = f"{' + '.join(map(str, told))} = {size}, {number(len(where))} listed"
        consistent = f"a row for patient {', '.join(missing)}"
        yield finding("partition_of_ids", Certainty.UNLIKELY, words, lists, arithmetic, consistent)


def _everybody(size: int, known: dict[str, list[Claim]]) -> list[str]:
    """Return the patients 1 to `size`, if that is how they are numbered."""
    numbered = all(name.isdecimal() and 1 <= int(name) <= size for name in known)
    return [str(index) for index in range(1, size + 1)] if numbered else []


def _beyond(evidence: Evidence) -> Iterator[Finding]:
    """Yield the patients whose number is beyond that of all, where patients are numbered from 1."""
    size = evidence.cohort
    told = [claim for claim in evidence.claims if claim.kind is Kind.IDS]
    names = [int(name) for claim in told for name in claim.ids if name.isdecimal()]
    if (
        size is None
        or sum(1 <= name <= size for name in names) < 4 * sum(name > size for name in names)
        or 1 not in names
    ):
        return
    for claim in told:
        beyond = [name for name in claim.ids if name.isdecimal() and int(name) > size]
        if beyond:
            words = f"patient {', '.join(beyond)}, but there are {number(size)}"
            arithmetic = f"{beyond[0]} > {size}; all other lists number them from 1 to {size}"
            yield finding("patient_beyond_cohort", Certainty.UNLIKELY, words, (claim,), arithmetic, f"1 to {size}")


RULES = (
    Rule(
        "count_of_list",
        "A list of patients has as many patients as the count beside it tells.",
        "ranges such as 5-9 are written out, then counted; in a sentence the list stands in brackets after its count",
        "the number of patients listed",
        (Certainty.IMPOSSIBLE, Certainty.UNLIKELY),
        _count_of_list,
    ),
    Rule(
        "partition_of_ids",
        "Where the counts of a section add to all patients, each patient is in one of its lists.",
        "the lists of the rows against each other, and against the patients 1 to N where they are numbered so",
        "each patient in one row",
        (Certainty.UNLIKELY,),
        _partition,
    ),
    Rule(
        "patient_beyond_cohort",
        "No patient has a number beyond that of all patients, where they are numbered from 1.",
        "the number of the patient, against the size of the cohort; at least four in five numbers must be within it",
        "a patient of the cohort",
        (Certainty.UNLIKELY,),
        _beyond,
    ),
)
