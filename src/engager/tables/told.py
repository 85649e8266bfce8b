"""A result in a few words, as it is told beside a mark of a figure: what was found, and of whom and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engager.results import AnalysisResult
from engager.tables.formatting import bounded_number, estimate_interval, interval, percent, significant
from engager.tables.labels import label, unit
from engager.terms.language import say

PATIENT = "patient "


@dataclass(frozen=True, slots=True)
class Told:
    """What a result says, and of whom, of what and when it says it; a part may be empty."""

    value: str
    who: str
    what: str
    when: str


def told(row: AnalysisResult) -> Told:
    """Return what is told of a result.

    Examples:
        >>> died = {"name": "event", "at": "death", "estimate": 655.0, "text": "death", "unit": "d"}
        >>> told(AnalysisResult(analysis="course", group="patient 5", **died))
        Told(value='death', who='Patient 5', what='', when='day 655')
        >>> low = {"name": "il_6", "at": "day 3", "lower": 0.0, "upper": 2.44, "unit": "pg/mL"}
        >>> told(AnalysisResult(analysis="patient_course", group="patient 2", **low))
        Told(value='<2.44 pg/mL', who='Patient 2', what='IL-6', when='day 3')
    """
    value = _VALUES.get((row.analysis, row.name)) or _VALUES.get(("", row.name)) or _value
    return Told(value(row), _who(row), _what(row), _when(row))


def _who(row: AnalysisResult) -> str:
    if row.group.startswith(PATIENT):
        return say("Patient {name}", name=row.group.removeprefix(PATIENT))
    if row.group == "all":
        return say("All patients")
    return row.text if row.name in _CURVES and row.text else row.group.partition("=")[2] or row.group


def _what(row: AnalysisResult) -> str:
    if row.name in ("dose", "infusion"):
        return say("Infusion")
    if row.name == "follow_up":
        return say("Last day of follow-up")
    if row.name == "limit" or row.analysis == "cytokine_limit":
        return say("Limit of {name}", name=label(row.text or row.name))
    if row.name == "separation":
        return say("Cuts that separate the classes")
    return "" if row.name in _SPEAK_FOR_THEMSELVES else label(row.name)


def _when(row: AnalysisResult) -> str:
    if row.name in ("follow_up", "event") and row.unit == "d" and row.estimate is not None:
        return say("day {day}", day=significant(row.estimate))
    if row.name in _LASTING and row.lower is not None:
        return _days(row)
    at = row.at or ""
    if row.name == "share":
        week, _, grade = at.partition(" grade ")
        return say("week {week}, grade {grade}", week=week, grade=grade)
    if row.name in _CURVES or row.analysis == "laboratory_course":
        return say("day {day}", day=at) if at.lstrip("-").isdecimal() else at
    return "" if row.name in _NUMBERED or row.analysis == "cytokine_limit" else at


def _days(row: AnalysisResult) -> str:
    first = significant(row.lower or 0.0)
    if row.upper is None:
        return say("from day {day}", day=first)
    last = significant(row.upper)
    return say("day {day}", day=first) if first == last else say("days {first}\u2013{last}", first=first, last=last)


def _value(row: AnalysisResult) -> str:
    if row.n is not None and row.N:
        bounds = interval(row) if row.unit == "1" else ""
        return say("{n} of {of}", n=row.n, of=row.N) + f" ({percent(row.n, row.N)} %)" + (bounds and f"; {bounds}")
    if row.estimate is None and row.lower is None and row.upper is None:
        return row.text or estimate_interval(row)
    printed = "%" if row.unit == "1" else unit(row.unit or "")
    return f"{bounded_number(row)} {'' if printed.startswith('{') else printed}".strip()


def _curve(row: AnalysisResult) -> str:
    at_risk = "" if row.n is None else "; " + say("{n} at risk", n=row.n)
    return estimate_interval(row) + at_risk


def _graded(row: AnalysisResult) -> str:
    return (row.text or "") + ("" if row.estimate is None else ", " + say("grade {grade}", grade=f"{row.estimate:g}"))


_CURVES = ("curve", "censored", "at_risk")
_LASTING = ("dose", "infusion", "adverse_event", "therapy", "event")
_NUMBERED = (*_LASTING, "limit", "follow_up", "separation")
_SPEAK_FOR_THEMSELVES = frozenset((*_CURVES, "event", "adverse_event", "therapy", "term", "term_by_grade", "share",
                                   "response", "next", "outcome", "treated", "boundary"))  # fmt: skip
_VALUES: Mapping[tuple[str, str], Callable[[AnalysisResult], str]] = {
    ("", "curve"): _curve,
    ("", "censored"): lambda row: say("{n} censored", n=row.n),
    ("", "at_risk"): lambda row: say("{n} at risk", n=row.n),
    ("", "event"): lambda row: row.text or "",
    ("course", "follow_up"): lambda row: row.text or "",
    ("", "adverse_event"): _graded,
    ("", "therapy"): lambda row: row.text or "",
    ("ratio_threshold", "separation"): bounded_number,
    ("patient_course", "dose"): lambda row: f"{significant(row.estimate or 0.0)} {unit(row.unit or '')}",
    ("course", "infusion"): lambda row: f"{significant(row.estimate or 0.0)} {unit(row.unit or '')}",
}
