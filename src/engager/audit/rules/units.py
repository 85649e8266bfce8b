"""Units and powers of ten: thousandfold doses, doses per kg for m², `10E-4`, lost superscripts, cells per mL."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files

from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Evidence
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Table
from engager.audit.rules.rule import Rule, finding

_ENGAGER = re.compile(r"\bblinatumomab\b|\bblina\b", re.IGNORECASE)
_PER_AREA_AND_DAY = re.compile(
    r"\bm\s?[g]\s*/\s*m\s?[²2]?\s*/\s*d(ay)?\b|\bmg\s*/\s*m\s?[²2]\s*per\s*day\b", re.IGNORECASE
)
_ENTRY = re.compile(
    r"(?P<value>\d+(?:\.\d+)?(?:\s*(?:,|or|and|to|-|–)\s*\d+(?:\.\d+)?)*)\s*(?P<unit>mg\s*/\s*m\s?[²2]\s*(?:/\s*d(?:ay)?\b|per\s+day\b))"
)
_DOSE = re.compile(
    r"(?P<drug>[A-Za-z]{6,})\s+(?:at\s+)?(?:(?P<times>\d+)\s*[x×]\s*)?(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>mg|µg|μg|ug|mcg|g)\s*/\s*(?P<basis>kg|m\s?[²2])"
)
_CELLS = re.compile(
    r"\b(CD\d+|T[- ]cells?|B[- ]cells?|NK[- ]cells?|blasts?|lymphocytes?|leu[ck]ocytes?|neutrophils?|platelets?)",
    re.IGNORECASE,
)
_PER_ML = re.compile(r"^(cells?\s*)?/\s?m[lL]$|^(cells?\s+)?per m[lL]$|^cells?/m[lL]$")
_LOST_MICRO = "may be an artefact of extraction: the letter µ of a font is often lost or read as m"
# No person has as few cells per millilitre as a count per microlitre is usually printed.
_FEWEST_PER_ML = 100_000


@cache
def _usual() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads((files("engager.audit.rules") / "usual_doses.toml").read_text("utf-8"))


def _thousandfold(evidence: Evidence) -> Iterator[Finding]:
    for table in evidence.tables:
        yield from _columns(evidence, table)
    told = [claim for claims in evidence.by_text.values() for claim in claims if _is_thousandfold(claim)]
    if told and any(_ENGAGER.search(sentence.text) for sentence in evidence.sentences):
        yield _a_thousand(told)


def _is_thousandfold(claim: Claim) -> bool:
    """Return whether a sentence gives the engager in milligrams per square metre and day."""
    if claim.kind is not Kind.DOSE or not _PER_AREA_AND_DAY.search(claim.unit):
        return False
    before = claim.context[: claim.start]
    other = re.search(r"([A-Za-z][A-Za-z-]{2,})\s*$", before)
    named = other is not None and other[1].lower() in _usual() and other[1].lower() != "blinatumomab"
    abbreviated = other is not None and re.fullmatch(r"[A-Z][A-Za-z]*[A-Z]\w*|[A-Z][a-z]{2,4}", other[1]) is not None
    return all(5 <= value <= 60 for value in _values(claim)) and not named and not abbreviated


def _values(claim: Claim) -> list[Decimal]:
    return [number.value for number in claim.numbers] or [Decimal(0)]


def _columns(evidence: Evidence, table: Table) -> Iterator[Finding]:
    for column in table.columns[1:]:
        if not _PER_AREA_AND_DAY.search(column.label.replace("(", " ")):
            continue
        cells = [claim for row in table.rows for cell in row.cells if cell.column.index == column.index
                 for claim in evidence.of_cell(cell)]  # fmt: skip
        dosed = [claim for claim in cells if claim.numbers and all(5 <= value <= 60 for value in _values(claim))]
        if dosed and 2 * len(dosed) > len(cells):
            yield _a_thousand(dosed)


def _a_thousand(claims: Sequence[Claim]) -> Finding:
    low, high = min(min(_values(claim)) for claim in claims), max(max(_values(claim)) for claim in claims)
    span = f"{low}" if low == high else f"{low} to {high}"
    places = len({claim.position for claim in claims})
    words = f"{span} mg/m²/day of a T-cell engager that is given at 5 to 60 µg/m²/day: a thousand times the dose"
    words += f" ({places} places)" if places > 1 else ""
    found = finding(
        "dose_unit", Certainty.UNLIKELY, words, claims, f"{high} mg = {1000 * high} µg", f"{span} µg/m²/day"
    )
    lost = found.artefact or _LOST_MICRO
    return Finding(found.rule, found.certainty, found.message, found.claims, found.arithmetic, found.consistent, lost)


def _usual_measure(evidence: Evidence) -> Iterator[Finding]:
    for sentence in evidence.sentences:
        claims = evidence.of_sentence(sentence)
        for told in _DOSE.finditer(sentence.text):
            usual = _usual().get(told["drug"].lower())
            if usual is None or told["drug"].lower() == "blinatumomab":
                continue
            basis = "kg" if told["basis"] == "kg" else "m2"
            near = [claim for claim in claims if told.start() <= claim.start < told.end()]
            if basis != usual["basis"] and near:
                yield _per_other(told, near, usual)


def _per_other(told: re.Match[str], claims: Sequence[Claim], usual: Mapping[str, object]) -> Finding:
    times = int(told["times"] or 1)
    each = Decimal(told["value"])
    words = f"{told['drug'].lower()} {told['value']} {told['unit']} per kg: it is given per m² or as a flat dose"
    arithmetic = f"a child of 20 kg would have {times} x {each * 20:g} {told['unit']} a day"
    consistent = f"{usual['low_mg']} to {usual['high_mg']} mg/m²"
    return Finding("dose_unit", Certainty.UNLIKELY, words, tuple(claims[:1]), arithmetic, consistent)


_E = re.compile(r"(?<![\d.])10\s?[Ee]\s?([-−–]?\s?\d+)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?%\s*(?:or|,|=|/|\()\s*[<≤]?\s*$")
_LOST = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)?)\s?[x×]\s?10(\d{1,2})(?![\d.,]|\s?m[lL]\b|\s?mg)")


def _powers(evidence: Evidence) -> Iterator[Finding]:
    for sentence in evidence.sentences:
        claims = evidence.of_sentence(sentence)
        for told in _E.finditer(sentence.text):
            yield from _ten_e(sentence.text, told, claims)
        for told in _LOST.finditer(sentence.text):
            near = [claim for claim in claims if claim.start < told.end() and told.start() < claim.end]
            if near:
                yield _lost(sentence.text, told, near)


def _ten_e(text: str, told: re.Match[str], claims: Sequence[Claim]) -> Iterator[Finding]:
    near = [claim for claim in claims if claim.start < told.end() and told.start() < claim.end]
    power = int(re.sub(r"\s", "", told[1]).replace("−", "-").replace("–", "-"))
    if not near:
        return
    meant = f"10^{power}"
    beside = _PERCENT.search(text[: told.start()])
    equal = beside is not None and Decimal(beside[1]) / 100 == Decimal(10) ** power
    arithmetic = f"10E{power} = 10 x 10^{power} = 10^{power + 1}"
    if beside is not None and equal:
        arithmetic += f" = {float(Decimal(10) ** (power + 3)):g} %, beside {beside[1]} % = {meant}"
    words = f"{told[0]} is 10^{power + 1}, ten times {meant}"
    certainty = Certainty.UNLIKELY if equal else Certainty.AMBIGUOUS
    yield finding("power_of_ten", certainty, words, near[:1], arithmetic, f"{meant} or 1E{power}")


def _lost(text: str, told: re.Match[str], near: Sequence[Claim]) -> Finding:
    read = f"{told[1]} x 10{told[2]}"
    words = f"{read}: the exponent is not raised, so that it reads as {Decimal(told[1]) * int('10' + told[2]):g}"
    around = text[max(0, told.start() - 60) : told.end()]
    disease = re.search(r"\bMRD\b|detectable|residual", around) is not None
    if disease:
        words += f", and a level of residual disease of 10^{told[2]} would be above 100 %"
    consistent = f"{told[1]} x 10^-{told[2]}" if disease else f"{told[1]} x 10^{told[2]}"
    arithmetic = f"10{told[2]} is not 10^{told[2]}"
    artefact = "may be an artefact of extraction: superscripts are lost when text is taken out of a page"
    return Finding("power_of_ten", Certainty.AMBIGUOUS, words, tuple(near[:1]), arithmetic, consistent, artefact)


def _cells(evidence: Evidence) -> Iterator[Finding]:
    for claim in evidence.claims:
        values = _values(claim)
        if claim.kind not in (Kind.QUANTITY, Kind.MEDIAN, Kind.MEDIAN_RANGE, Kind.RANGE) or not _PER_ML.match(
            claim.unit.strip()
        ):
            continue
        around = claim.context[max(0, claim.start - 60) : claim.end] if not claim.in_table else " ".join(claim.subject)
        # A cell that brings its own unit may quote another text, as a table that compares with one does.
        if claim.in_table and "/" in claim.context:
            continue
        if (
            claim.unit.strip().lower().startswith(("cell", "/"))
            and _CELLS.search(around)
            and 1 <= max(values) < _FEWEST_PER_ML
        ):
            shown = max(values)
            words = f"{claim.text.strip()}: {shown} cells per mL is {shown / 1000:g} per µL"
            arithmetic = f"1 mL = 1000 µL; {shown} / 1000 = {shown / 1000:g} per µL"
            yield Finding(
                "cells_per_ml", Certainty.UNLIKELY, words, (claim,), arithmetic, f"{shown} per µL", _LOST_MICRO
            )


RULES = (
    Rule(
        "dose_unit",
        "A dose is in the unit and per the measure that the drug is given in.",
        "blinatumomab 5 to 60 µg/m²/day; a few drugs that are given per m² and never per kg",
        "the same number in the usual unit",
        (Certainty.UNLIKELY,),
        lambda evidence: (*_thousandfold(evidence), *_usual_measure(evidence)),
    ),
    Rule(
        "power_of_ten",
        "A power of ten is written as one: not `10E-4` for 10^-4, its exponent raised, and a share not above 1.",
        "10E-4 = 10 x 10^-4 = 10^-3",
        "10^-4, or 1E-4",
        (Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        _powers,
    ),
    Rule(
        "cells_per_ml",
        "Cells of blood or marrow are told per microlitre where their number is that of a microlitre.",
        "fewer than 100,000 cells per mL are fewer than 100 per µL",
        "the same number per µL",
        (Certainty.UNLIKELY,),
        _cells,
    ),
)
