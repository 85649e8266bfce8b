"""Totals against sums of tables, and numbers of all patients against the cohort."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engager.audit.bands import Band, band_of, overlap
from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Counted, Evidence, count_of, printed, whole_of
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Table
from engager.audit.rounding import Fit, counts, rounded, share
from engager.audit.rules.rule import Rule, finding
from engager.audit.subjects import words_of

_EVENTS = re.compile(r"\b(adverse events?|AEs?|toxic\w*)\b", re.IGNORECASE)
_TOTAL = re.compile(r"\b(total of|in total,?|totally)\s*$", re.IGNORECASE)
_AT_LEAST_ONE = re.compile(r".{0,60}?\bat least one (?:\w+ )?(adverse event|AE\b|toxicity)", re.IGNORECASE | re.DOTALL)
# A manuscript has one such total; the bound keeps the time linear where a file repeats it in every sentence.
_MOST = 20
_OTHERS = re.compile(r"introduc|background|discussion|conclusion", re.IGNORECASE)


def _event_tables(evidence: Evidence) -> Iterator[tuple[Table, list[Counted]]]:
    """Yield the tables of adverse events, with the cells of all patients that stand under bands of grades."""
    for table, cells in evidence.grids:
        banded = [cell for cell in cells if cell.group and band_of(cell.group[-1]) is not None]
        if not banded or not _EVENTS.search(table.caption):
            continue
        sizes = [cell.size for cell in banded if cell.size is not None]
        largest = max(sizes, default=None)
        yield table, [cell for cell in banded if cell.size == largest and not cell.row.label.startswith("Discontin")]


def _events_of_table(evidence: Evidence) -> Iterator[Finding]:
    totals = [(claim, n, claims) for claims in evidence.by_text.values() for claim in claims
              if (n := _total_of_events(claim)) is not None][:_MOST]  # fmt: skip
    for table, cells in _event_tables(evidence) if totals else ():
        sums = _sums(cells)
        for claim, n, claims in totals:
            if n != sum(sums.values()):
                yield _other_total(claim, n, table, sums, cells)
            else:
                yield from _other_shares(claims, claim, n, table, sums)


def _total_of_events(claim: Claim) -> int | None:
    """Return the events of `A total of 107 AEs`; None for any other claim."""
    n = count_of(claim) if claim.kind is Kind.COUNT else None
    return n if _EVENTS.search(claim.text) and _TOTAL.search(claim.context[: claim.start]) else None


def _sums(cells: Sequence[Counted]) -> dict[Band, int]:
    sums: dict[Band, int] = {}
    for cell in cells:
        band = band_of(cell.group[-1])
        if band is not None:
            sums[band] = sums.get(band, 0) + cell.n
    return sums


def _other_total(claim: Claim, n: int, table: Table, sums: dict[Band, int], cells: Sequence[Counted]) -> Finding:
    total = sum(sums.values())
    words = f"a total of {n} events, but the columns of {table.name} add to {total}"
    arithmetic = (
        f"{' + '.join(map(str, sums.values()))} = {total}, if a patient has an event of a row once in each column"
    )
    claims = (claim, cells[0].claim)
    return finding(
        "events_of_table", Certainty.AMBIGUOUS, words, claims, arithmetic, f"{total}, or events counted otherwise"
    )


def _other_shares(
    claims: Sequence[Claim], total: Claim, n: int, table: Table, sums: dict[Band, int]
) -> Iterator[Finding]:
    for claim in claims:
        percent = claim.number("percent") if claim.kind is Kind.PERCENT and claim.start > total.end else None
        band = band_of(claim.context[claim.end : claim.end + 24]) if percent is not None else None
        told = [value for own, value in sums.items() if band is not None and overlap(own, band)]
        if percent is None or len(told) != 1 or printed(percent).fit(share(told[0], n)) is not Fit.NONE:
            continue
        right = rounded(share(told[0], n), percent.decimals)
        words = f"{percent.text} % of the {n} events, but {table.name} has {told[0]}, {right} %"
        near = counts(printed(percent), n)
        arithmetic = f"{told[0]} / {n} = {right} %" + (f"; {percent.text} % is {near[0]} of {n}" if near else "")
        yield finding("events_of_table", Certainty.UNLIKELY, words, (claim, total), arithmetic, f"{right} %")


def _any_event(evidence: Evidence) -> Iterator[Finding]:
    every = [
        claim
        for claims in evidence.by_text.values()
        for claim in claims
        if _AT_LEAST_ONE.match(claim.context, claim.end)
    ]
    told = [(claim, n) for claim in every[:_MOST] if (n := count_of(claim)) is not None]
    for table, cells in _event_tables(evidence) if told else ():
        for claim, n in told:
            yield from _more_in_row(claim, n, table, cells)


def _more_in_row(claim: Claim, n: int, table: Table, cells: Sequence[Counted]) -> Iterator[Finding]:
    rows: dict[int, list[Counted]] = {}
    for cell in cells:
        rows.setdefault(cell.row.index, []).append(cell)
    for row in rows.values():
        total, shown = sum(cell.n for cell in row), " + ".join(str(cell.n) for cell in row)
        if total > n and all(cell.size is None or cell.n <= cell.size for cell in row):
            words = f"{n} patients had an event, but row {row[0].row.label} of {table.name} alone has {shown} = {total}"
            arithmetic = f"{shown} = {total} > {n}, unless a patient is counted in more than one grade"
            told = (claim, *(cell.claim for cell in row))
            consistent = f"{total} or more, or a note that a patient can be in more than one column"
            yield finding("patients_with_any_event", Certainty.UNLIKELY, words, told, arithmetic, consistent)


def _all_patients(evidence: Evidence) -> Iterator[Finding]:
    size = evidence.cohort
    for claim in evidence.claims:
        n = count_of(claim) if claim.kind is Kind.COUNT and not claim.in_table else None
        if (
            n is None
            or size is None
            or n == size
            or n not in evidence.sizes
            or _OTHERS.search(claim.position.section)
            or whole_of(claim)
        ):
            continue
        all_of = re.search(r"\ball\s*$", claim.context[: claim.start], re.IGNORECASE)
        bare = re.fullmatch(r"\S+\s+(?:of our\s+)?patients", claim.text.strip(), re.IGNORECASE)
        qualified = re.match(r"\s*(in|with|of|from|who|whose|that|treated|receiving)\b", claim.context[claim.end :])
        if all_of and bare and not qualified:
            words = f'"all {n} patients", but there are {size}'
            arithmetic = f"{n} is not {size}; a group of {n} is told elsewhere"
            consistent = f"{size}, or the name of the group of {n}"
            yield finding("all_patients", Certainty.AMBIGUOUS, words, (claim,), arithmetic, consistent)


def _centre_named_twice(evidence: Evidence) -> Iterator[Finding]:
    """Yield follow-up and ages whose mean and median are one number, or whose medians are two."""
    told: list[tuple[Claim, str, str]] = []
    for claim in evidence.claims:
        if claim.kind in (Kind.MEAN, Kind.MEAN_SD, Kind.MEDIAN, Kind.MEDIAN_RANGE, Kind.MEDIAN_QUARTILES):
            what = _topic(claim) if claim.group_size in (None, evidence.cohort) else ""
            estimate = claim.number("estimate")
            if what and estimate is not None and not _OTHERS.search(claim.position.section):
                told.append((claim, what, "mean" if claim.kind in (Kind.MEAN, Kind.MEAN_SD) else "median"))
    for topic in ("follow", "age"):
        same = [(claim, centre) for claim, what, centre in told if what == topic]
        yield from _means_and_medians(same)
        yield from _medians([claim for claim, centre in same if centre == "median"], topic)


def _topic(claim: Claim) -> str:
    """Return `follow` or `age` for a claim on follow-up or age at treatment, empty for any other."""
    words = words_of(" ".join(claim.subject) if claim.in_table else claim.text)
    return "follow" if "follow" in words else "age" if words & {"age", "ag"} else ""


def _means_and_medians(told: Sequence[tuple[Claim, str]]) -> Iterator[Finding]:
    means = [claim for claim, centre in told if centre == "mean"]
    for mean in means[:1]:
        same = [
            claim for claim, centre in told if centre == "median" and claim.value("estimate") == mean.value("estimate")
        ]
        if same:
            value = mean.number("estimate")
            shown = value.text if value is not None else ""
            words = f"{shown} is the mean here and the median in {same[0].position}"
            arithmetic = f"mean {shown} = median {shown}, though rarely both are"
            consistent = "one of the two words"
            yield finding("centre_told_twice", Certainty.AMBIGUOUS, words, (mean, *same), arithmetic, consistent)


def _medians(claims: Sequence[Claim], topic: str) -> Iterator[Finding]:
    for claim in claims[:1]:
        first = claim.number("estimate")
        for other in claims[1:]:
            estimate = other.number("estimate")
            if (claim.in_table and other.in_table) or claim.context == other.context:
                continue
            if first is None or estimate is None or _same_group(claim, other) is False or _unit(claim) != _unit(other):
                continue
            unit = max(printed(first).unit, printed(estimate).unit)
            if abs(first.value - estimate.value) >= unit:
                what = "follow-up" if topic == "follow" else topic
                words = f"median {what} {first.text} here, {estimate.text} in {other.position}"
                arithmetic = f"{first.text} is not {estimate.text}"
                consistent = "one median, or the patients and the method of each"
                yield finding("centre_told_twice", Certainty.AMBIGUOUS, words, (claim, other), arithmetic, consistent)
                break


def _same_group(a: Claim, b: Claim) -> bool | None:
    return None if a.group_size is None or b.group_size is None else a.group_size == b.group_size


def _unit(claim: Claim) -> str:
    """Return the unit of time of a claim, from itself or the label of its row."""
    found = re.search(
        r"\b(day|week|month|year)s?\b", f"{claim.unit} {claim.text} {' '.join(claim.subject[-1:])}", re.IGNORECASE
    )
    return found[1].lower() if found is not None else ""


def _thresholds(evidence: Evidence) -> Iterator[Finding]:
    """Yield the thresholds of residual disease that one place includes and another does not."""
    told: dict[object, dict[str, Claim]] = {}
    for claim in evidence.claims:
        number = claim.number("percent") if claim.kind is Kind.PERCENT else None
        around = claim.context[max(0, claim.start - 12) : claim.start]
        own = not re.search(r"introduc|background", claim.position.section, re.IGNORECASE)
        if number is not None and number.bound in (">", "≥") and own and re.search(r"\b(MRD|disease)\W*$", around):
            told.setdefault(number.value, {}).setdefault(number.bound, claim)
    for value, bounds in told.items():
        if len(bounds) == 2:
            words = f"the threshold is ≥ {value} % in one place and > {value} % in another"
            arithmetic = f"a value of {value} % is on both sides"
            claims = tuple(bounds.values())
            yield finding(
                "threshold_told_twice", Certainty.AMBIGUOUS, words, claims, arithmetic, "one sign in both places"
            )


_MISSING = re.compile(r"\bafter (?:days|weeks)\b(?! (?:of|to|or|and)|\s*\d)")


def _number_missing(evidence: Evidence) -> Iterator[Finding]:
    for sentence in evidence.sentences:
        for told in _MISSING.finditer(sentence.text):
            claim = Claim(Kind.NUMBER, told[0], sentence.position, (), told.start(), told.end(), sentence.text)
            words = f'"{told[0]}": the number is missing'
            artefact = "may be an artefact of extraction: a sign can have been lost"
            yield Finding(
                "number_missing", Certainty.AMBIGUOUS, words, (claim,), "no number before the unit", "", artefact
            )


_AMBIGUOUS = (Certainty.AMBIGUOUS,)
RULES = (
    Rule(
        "events_of_table",
        "A total of adverse events, and its shares by grade, are the sums of the table of adverse events.",
        "the columns of all patients, summed by band of grades",
        "the sums of the table",
        (Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        _events_of_table,
    ),
    Rule(
        "patients_with_any_event",
        "No row of the table of adverse events has more patients than had any event.",
        "the sum of a row's columns of all patients, against the patients with at least one event",
        "as many patients as the row, or more",
        (Certainty.UNLIKELY,),
        _any_event,
    ),
    Rule(
        "all_patients",
        '"All N patients" are all patients.',
        "N against the greatest size that a table tells",
        "the size of the cohort, or the name of the group",
        _AMBIGUOUS,
        _all_patients,
    ),
    Rule(
        "centre_told_twice",
        "Follow-up and age have one median, and it is not also the mean.",
        "medians and means of follow-up and age in sentences, legends and tables, of groups of one size",
        "one median, or the patients and the method of each",
        _AMBIGUOUS,
        _centre_named_twice,
    ),
    Rule(
        "threshold_told_twice",
        "A threshold of residual disease has one sign.",
        "≥ against > before the same percentage",
        "one sign",
        _AMBIGUOUS,
        _thresholds,
    ),
    Rule(
        "number_missing",
        "A unit of time has its number.",
        '"after days"',
        "the number",
        _AMBIGUOUS,
        _number_missing,
    ),
)
