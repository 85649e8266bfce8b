"""What looks like a number and is a label: ids of patients, grades, versions, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engager.audit.claim import Kind, Number
from engager.audit.claims.draft import Draft, numbers_of
from engager.audit.claims.numbers import DASH, Convention, number
from engager.audit.word_lists import words

_ENTRY = rf"\d{{1,5}}(?:\s?[{DASH}]\s?\d{{1,5}})?"
_LIST = rf"{_ENTRY}(?:(?:,\s?(?:and\s|und\s)?|\s(?:and|und|to|&)\s){_ENTRY})*"
_NO_UNIT = r"(?!\s?(?:years?|months?|weeks?|days?|Jahre|Monate|%|mg|µg|/)|[\w.]*\d|\w)"
_IDS = re.compile(
    rf"\b(?:Patients?|patients?|Pts?\.?|Cases?|cases?|Patient(?:en|in)?)\s(?:(?:nos?|Nos?|Nrn?|IDs?)\.?\s|#\s?)?"
    rf"(?P<list>{_LIST}){_NO_UNIT}"
)
_ONE = re.compile(rf"^{_LIST}$")
_MOST_IDS = 10_000


def patient_ids(text: str, _: Convention) -> Iterator[Draft]:
    """Yield lists of patients' numbers: `Patients 1, 2, 3 and 4`, `patient 20`, `Case 22`."""
    for match in _IDS.finditer(text):
        lower = match[0][0].islower()
        alone = not re.search(r"\D", match["list"])
        if lower and match[0].startswith(("patients", "cases")) and alone:
            continue  # "in patients 18 ..." counts or measures, it names nobody
        ids = expand_ids(match["list"])
        if ids:
            yield Draft(Kind.IDS, *match.span(), (), ids=ids)


def expand_ids(text: str) -> tuple[str, ...]:
    """Return the numbers of a list with its runs written out, as they stand; empty where it is none.

    Examples:
        >>> expand_ids("1, 2, 5-9"), expand_ids("2, 4–8"), expand_ids("7"), expand_ids("9-5"), expand_ids("1 of 3")
        (('1', '2', '5', '6', '7', '8', '9'), ('2', '4', '5', '6', '7', '8'), ('7',), (), ())
    """
    text = text.strip()
    if not _ONE.match(text):
        return ()
    ids: list[str] = []
    for part in re.split(r",\s?(?:and\s|und\s)?|\s(?:and|und|&)\s", text):
        ends = [int(end) for end in re.split(rf"\s?[{DASH}]\s?|\sto\s", part.strip()) if end.strip()]
        if len(ends) == 2 and (ends[1] < ends[0] or ends[1] - ends[0] > _MOST_IDS):
            return ()
        ids += [str(value) for value in range(ends[0], ends[-1] + 1)]
    return tuple(ids) if len(ids) <= _MOST_IDS else ()


_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_GRADE = re.compile(
    rf"\b(?:[Gg]rades?|Grad(?:es)?|CTC(?:AE)?[ -][Gg]rades?|GRADES?|G(?=[1-5]\b))\s?(?P<bound>[≥≤<>]=?|⩾|⩽)?\s?"
    rf"(?P<low>VI|IV|V|I{{1,3}}|\d{{1,2}})(?:\s?(?:[{DASH}/]|to|or|and|bis|oder|und)\s?(?P<high>VI|IV|V|I{{1,3}}|\d{{1,2}}))?(?![\w.]*\d|\w|\s?(?:%|patients|of\s\d))"
    r"(?:\s?(?P<more>or (?:higher|more|above|worse|greater)))?"
)


def grades(text: str, convention: Convention) -> Iterator[Draft]:
    """Yield grades: `grade 3–4`, `Grade III/IV`, `Grade ≥3`; only the side that is told has a number."""
    for match in _GRADE.finditer(text):
        low, high, bound = _grade(match["low"]), _grade(match["high"]), match["bound"] or ""
        numbers: tuple[Number, ...]
        if bound in {"≥", ">=", "⩾", ">"} or match["more"]:
            numbers = (number("lower", low, convention, bound or "≥"),)
        elif bound:
            numbers = (number("upper", low, convention, bound),)
        else:
            numbers = (number("lower", low, convention), number("upper", high or low, convention))
        yield Draft(Kind.GRADE, *match.span(), numbers)


def _grade(text: str | None) -> str:
    return "" if text is None else str(_ROMAN.get(text, text))


_VERSION = re.compile(
    r"(?P<of>CTCAE|MedDRA|Common Terminology Criteria for Adverse Events|SPSS|PRISM|Prism|ICD|SAS|Stata|RECIST|R)?"
    r"(?P<gap>[\s,()]*(?:[a-z]+\s(?=v\.|version))?(?:\(?CTCAE\)?)?[\s,()]*)(?P<mark>[Vv]ersions?|\b[Vv]\.?|[Vv]ers\.)\s?(?P<value>\d{1,3}(?:\.\d{1,3})*)(?![\w%])"
    r"|(?P<of2>CTCAE|MedDRA)\s(?P<value2>\d{1,2}(?:\.\d{1,2})?)(?![\w%])"
)


def versions(text: str, _: Convention) -> Iterator[Draft]:
    """Yield versions: `CTCAE version 5.0`, `v.4`; `unit` names what it is a version of, as far as it is told."""
    for match in _VERSION.finditer(text):
        value = match["value"] or match["value2"]
        short = ".".join(value.split(".")[:2])
        of = match["of2"] or (
            "CTCAE" if "CTCAE" in match["gap"] or (match["of"] or "").startswith("Common") else match["of"]
        )
        start = match.start("mark") if match["value"] and not match["of"] else match.start()
        yield Draft(Kind.VERSION, start, match.end(), (number("value", short),), unit=of or "")


_MONTHS = {
    name: value
    for value, names in enumerate(
        words("""
    jan/january/januar feb/february/februar mar/march/märz apr/april may/mai jun/june/juni jul/july/juli
    aug/august sep/september/sept oct/october/oktober/okt nov/november dec/december/dezember/dez
"""),
        start=1,
    )
    for name in names.split("/")
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d.,]*\d)"
_AFTER_WORD = (
    rf"\b(?:in|since|from|until|till|before|after|between|and|by|during|seit|ab|bis|von|und)\s{_YEAR}"
    r"(?!\s?(?:patients|children|cases|days|mg|Patienten|Kinder|Tage|%|[–-]\s?\d))"
)
_DATES = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{_YEAR}",
        rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s{_MONTH},?\s{_YEAR}",
        rf"\b{_MONTH}\s{_YEAR}",
        r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)(?![\d-])",
        r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\.\s?(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<![\d./])\d{1,2}/\d{1,2}/(?P<year>(?:19|20)\d\d)(?!\d)",
        _AFTER_WORD,
    )
)


def dates(text: str, _: Convention) -> Iterator[Draft]:
    """Yield dates, as far as they are told: day, month or year; one of which the month may be the day has its year."""
    for found in _DATES:
        for match in found.finditer(text):
            groups = match.groupdict()
            month = _MONTHS.get((groups.get("month") or "").lower().rstrip(".")) or int(groups.get("number") or 0)
            iso = match["year"] + (f"-{month:02d}" if month else "")
            iso += f"-{int(groups['day']):02d}" if month and groups.get("day") else ""
            start = match.start("year") if found is _DATES[-1] else match.start()
            yield Draft(Kind.DATE, start, match.end(), numbers_of({}, (), _), date=iso)
