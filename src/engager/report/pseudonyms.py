"""Results without what names a patient: running numbers for pseudonyms, no dates, ages as bands, no source rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engager.plan import AnalysisPlan
from engager.report.document import Paragraph
from engager.results import AnalysisResult, Results

PATIENT = "patient "
DATE = "(date not shown)"
AGE_BANDS = ((2, "under 2"), (12, "2\u201311"), (18, "12\u201317"), (65, "18\u201364"))
OLDEST = "65 and over"
_MONTHS = "jan|feb|mar|m\u00e4r|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_DATES = re.compile(
    rf"\b(?:(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?(?:[T ]\d\d:\d\d(?::\d\d)?)?|\d\d?[./-]\d\d?[./-](?:(?:19|20)\d\d|\d\d)"
    rf"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"|\d\d?\.? (?:{_MONTHS})[a-z\u00e4]*\.?,? (?:19|20)\d\d|(?:{_MONTHS})[a-z\u00e4]*\.? \d\d?,? (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w-]+")
_BEHIND_WORD = re.compile(
    r"\b((?:patients?|subject|case)[ \t:#]+)"
    r"((?:[\w-]*\d[\w-]*|[A-Z])(?:(?:, ?| and | or | ?\u2013 ?)(?:[\w-]*\d[\w-]*|[A-Z]))*)",
    re.IGNORECASE,
)
_OF_PATIENT = re.compile(r"patient (?P<patient>.+?)(?P<rest>, .*)?", re.DOTALL)


@dataclass(frozen=True)
class Pseudonyms:
    """The patients of a report with their running numbers, and the words that name them in free text."""

    numbers: Mapping[str, str]

    @classmethod
    def of(cls, patients: Sequence[str]) -> Pseudonyms:
        """Return the patients in the order of their table, from 1."""
        return cls({patient: str(number) for number, patient in enumerate(patients, 1)})

    def scrub(self, text: str) -> str:
        """Return text without dates and pseudonyms.

        A pseudonym of one or two signs, or a number of up to four digits, is taken for one only behind `patient`.

        Examples:
            >>> Pseudonyms.of(["UKT-07", "12"]).scrub("UKT-07 and patient 12 met on 2011-05-03, day 12")
            'patient 1 and patient 2 met on (date not shown), day 12'
        """
        text = _BEHIND_WORD.sub(lambda found: found[1] + _WORD.sub(self._number, found[2]), text)
        text = _WORD.sub(self._named, text)
        if self._odd is not None:
            text = self._odd.sub(lambda found: f"{PATIENT}{self._lower[found[0].lower()]}", text)
        return without_dates(text)

    @cached_property
    def _lower(self) -> dict[str, str]:
        return {patient.lower(): number for patient, number in self.numbers.items()}

    @cached_property
    def _odd(self) -> re.Pattern[str] | None:
        """The pseudonyms that are no word of their own: with blanks, points or strokes."""
        names = sorted((name for name in self.numbers if not _WORD.fullmatch(name)), key=len, reverse=True)
        either = "|".join(map(re.escape, names))
        return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE) if names else None

    def _number(self, found: re.Match[str]) -> str:
        return self._lower.get(found[0].lower(), found[0])

    def _named(self, found: re.Match[str]) -> str:
        name = found[0]
        certain = len(name) > 2 and not (name.isdecimal() and len(name) < 5)
        return f"{PATIENT}{self._lower[name.lower()]}" if certain and name.lower() in self._lower else name

    def group(self, text: str) -> str:
        """Return the group or place of a result with the running number where it names a patient."""
        found = _OF_PATIENT.fullmatch(text)
        if found and found["patient"] in self.numbers:
            return f"{PATIENT}{self.numbers[found['patient']]}{without_dates(found['rest'] or '')}"
        return self.scrub(text)


def without_dates(text: str) -> str:
    """Return text in which no calendar date stands; years alone stay.

    Examples:
        >>> without_dates("from 2011-05-03, again 3.5.2011; 2008-2011, engager 0.1.0")
        'from (date not shown), again (date not shown); 2008-2011, engager 0.1.0'
    """
    return _DATES.sub(DATE, text)


def age_band(years: float) -> str:
    """Return the band of an age, those of ICH E11 for children.

    Examples:
        >>> age_band(1.9), age_band(2), age_band(17.5), age_band(91)
        ('under 2', '2\u201311', '12\u201317', '65 and over')
    """
    return next((band for end, band in AGE_BANDS if years < end), OLDEST)


def anonymous_results(results: Results, pseudonyms: Pseudonyms) -> Results:
    """Return the rows with running numbers for patients, ages as bands, no dates, and no source rows."""
    rows, seen = [], set()
    for row in results:
        new = _anonymous(row, pseudonyms)
        count = 2
        while new.id in seen:  # two places that only a date told apart
            new, count = replace(new, at=f"{(new.at or '').removesuffix(f' ({count - 1})')} ({count})"), count + 1
        seen.add(new.id)
        rows.append(new)
    return Results(rows)


def _anonymous(row: AnalysisResult, pseudonyms: Pseudonyms) -> AnalysisResult:
    def clean(text: str | None) -> str | None:
        return None if text is None else pseudonyms.scrub(text)

    row = replace(
        row,
        group=pseudonyms.group(row.group),
        at=None if row.at is None else pseudonyms.group(row.at),
        text=clean(row.text),
        method=pseudonyms.scrub(row.method),
        warning=clean(row.warning),
        patients=tuple(pseudonyms.numbers.get(patient, "?") for patient in row.patients),
        sources=(),
    )
    return row if row.unit != "a" else _banded(row)


def _banded(row: AnalysisResult) -> AnalysisResult:
    if row.estimate is None:
        return row
    told = f"{row.method}; told as a band of ages".removeprefix("; ")
    return replace(row, text=age_band(row.estimate), estimate=None, lower=None, upper=None, level=None, method=told)


def without_names(plan: AnalysisPlan, pseudonyms: Pseudonyms) -> AnalysisPlan:
    """Return the plan without pseudonyms and dates in the words that a person wrote."""
    words: dict[str, object] = {name: pseudonyms.scrub(getattr(plan, name)) for name in ("title", "design", "drug")}
    words["source"] = None if plan.source is None else pseudonyms.scrub(plan.source)
    words["authors"] = tuple(map(pseudonyms.scrub, plan.authors))
    labels = {
        code: endpoint.model_copy(update={"label": endpoint.label and pseudonyms.scrub(endpoint.label)})
        for code, endpoint in plan.endpoints.items()
    }
    return plan.model_copy(update=words | {"endpoints": labels})


def without_names_in(paragraph: Paragraph, pseudonyms: Pseudonyms) -> Paragraph:
    """Return a paragraph without pseudonyms and dates in the words around its numbers."""
    return Paragraph(tuple(pseudonyms.scrub(span) if isinstance(span, str) else span for span in paragraph.spans))
