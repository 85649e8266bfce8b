"""What sentences of any paper say of a study: patterns of words around a number, and the result that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engager.audit.claim import Claim, Kind
from engager.audit.comparison import Expected
from engager.results import AnalysisResult

_COUNTS = (Kind.COUNT, Kind.COUNT_PERCENT, Kind.FRACTION, Kind.FRACTION_PERCENT)
_MEDIANS = (Kind.MEDIAN, Kind.MEDIAN_RANGE)
_NUMBER = r"(?P<number>[\d.]+)"
_SHARE = r"(?:\s*(?:of|/)\s*\d+)?(?:\s*\([^()]{1,20}\))?"
_WHO = r"\s*(?:pa?ediatric\s*)?(?:patients|children)\s*"
_TOTAL = r"\b(?:a total of|totally|in total,?)\s*"
_OF_ALL = r"\bof (?:these|them|the patients)"
_MEDIAN = r"(?:\s*time)?\s*(?:was|of|:|,)?\s*"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that papers make in one of few ways: a pattern around its number, and the address of its result."""

    result: str
    kinds: tuple[Kind, ...]
    pattern: re.Pattern[str]


def _statement(result: str, kinds: tuple[Kind, ...], pattern: str) -> Statement:
    return Statement(result, kinds, re.compile(pattern, re.IGNORECASE))


STATEMENTS: tuple[Statement, ...] = (
    _statement("OS/median/all", _MEDIANS, rf"\bmedian (?:overall survival|OS){_MEDIAN}{_NUMBER}"),
    _statement("EFS/median/all", _MEDIANS, rf"\bmedian (?:event[- ]free survival|EFS){_MEDIAN}{_NUMBER}"),
    _statement("RFS/median/all", _MEDIANS, rf"\bmedian (?:relapse[- ]free survival|RFS){_MEDIAN}{_NUMBER}"),
    _statement("baseline/age/all@median", _MEDIANS, rf"median\s*age{_MEDIAN}{_NUMBER}"),
    _statement("baseline/patients/all", _COUNTS, rf"{_TOTAL}{_NUMBER}{_WHO}were (?:included|enrolled|treated)"),
    _statement("baseline/patients/all", _COUNTS, rf"{_NUMBER}{_WHO}were (?:included|enrolled) in (?:this|the) study"),
    _statement("baseline/sex/all@male", _COUNTS, rf"{_OF_ALL},? {_NUMBER}{_SHARE} were (?:male|boys)\b"),
    _statement("baseline/sex/all@female", _COUNTS, rf"{_OF_ALL},? {_NUMBER}{_SHARE} were (?:female|girls)\b"),
    _statement("response/responders/all", _COUNTS, rf"\b(?:overall|in total),? {_NUMBER}{_SHARE}{_WHO}responded\b"),
    _statement("OS/alive/all", _COUNTS, rf"\b{_NUMBER}{_SHARE}{_WHO}(?:are|were) alive at last (?:contact|follow-up)"),
    _statement("exposure/cycles/all", _COUNTS, rf"{_TOTAL}{_NUMBER}\s*(?:treatment )?cycles (?:were )?(?:given|begun)"),
)  # fmt: skip
"""The statements that are looked for; a number that is in none of them is not mapped."""


def meant_in_text(claim: Claim, values: Sequence[Expected]) -> list[Expected]:
    """Return what the study says where a sentence makes one of the known statements; none where it does not."""
    wanted = {statement.result for statement in STATEMENTS if _says(claim, statement)}
    return [found for address in sorted(wanted) for found in _of_result(address, values)][:1]


def _says(claim: Claim, statement: Statement) -> bool:
    if claim.kind not in statement.kinds:
        return False
    return any(claim.start <= match.start("number") < claim.end for match in statement.pattern.finditer(claim.context))


def _of_result(address: str, values: Sequence[Expected]) -> Iterator[Expected]:
    """Yield a place that shows a result, as a value that is that result alone, or its median with the range."""
    for value in values:
        ids = [row.id for row in value.results]
        if ids == [address] or (ids[:1] == [address] and len(ids) == 3 and address.endswith("@median")):
            yield value
            return
    for value in values:
        rows = [row for row in value.results if row.id == address]
        if rows:
            yield Expected(_alone(rows[0]) or value.text, value.place, value.labels, value.column, (rows[0],))
            return


def _alone(row: AnalysisResult) -> str:
    """Return a result as text where its place tells several."""
    if row.n is not None:
        return f"{row.n} of {row.N}" if row.unit == "1" and row.N is not None else str(row.n)
    return "" if row.estimate is None else f"{row.estimate:g} {row.unit or ''}".rstrip()
