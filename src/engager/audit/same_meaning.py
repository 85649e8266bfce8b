"""Claims that mean a result of the study in their own words: rows of tables by label, group and grade, and sentences.

A claim is mapped where its row means one row of the study's report and its column one group of patients; where several
results are left, it agrees if one of them has its value, differs if all of them have another, and else is ambiguous.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engager.audit.bands import Band, band_of
from engager.audit.claim import Claim
from engager.audit.comparison import Compared, Expected, Mapping, Verdict, differing
from engager.audit.exact_values import compared_roles
from engager.audit.letters import has_number
from engager.audit.manuscript import Position
from engager.audit.same_sentences import meant_in_text
from engager.audit.subjects import subjects_of, words_of
from engager.terms.ctcae import in_use, read_term

_NOT_ABOUT_GROUPS = frozenset({"listing", "published", "data_quality", "course", "patient_course", "laboratory"})
_SAME: tuple[tuple[str, str], ...] = (
    (r"\bboys?\b", "male"), (r"\bgirls?\b", "female"), (r"\bgender\b", "sex"), (r"\bpyrexia\b", "fever"),
    (r"\brisk stratification\b", "risk group"), (r"\badverse genetic features\b", "genetics"),
    (r"\b(?:allogeneic )?(?:hsct|sct|stem[- ]cell transplantation)\b", "transplantation"),
    (r"\bblinatumomab cycles\b", "cycles given"), (r"\bprevious relapses?\b", "relapse treated"),
    (r"\bproceed(?:ed|s)? to\b", "proceeding to"), (r"\b(\d)(?:st|nd|rd|th) relapse\b", r"relapse \1"),
    (r"\bisolated bone marrow\b", "bone marrow"), (r"\bcombined bone marrow and cns\b", "bone marrow cns"),
)  # fmt: skip
_EMPTY = frozenset({
    "a", "an", "the", "of", "in", "on", "for", "with", "who", "was", "were", "and", "or", "n", "number",
    "numbers", "patients", "patient", "children", "percent", "median", "mean", "range", "years", "year",
    "months", "month", "days", "day", "min", "max", "iqr", "q1", "q3", "all", "total", "cases", "case",
    "therapy",
})  # fmt: skip
_GENERIC = frozenset({
    "0", "1", "2", "3", "4", "5", "6", "yes", "no", "none", "other", "others", "unknown", "not", "recorded",
    "low", "high", "intermediate", "positive", "negative", "any",
})  # fmt: skip
_WHOLE = frozenset({"all", "total", "patients", "patient", "overall", "children", "whole", "cohort", "series", "cases"})
_CTCAE = ("5.0", "4.03")
_OF_OTHERS = re.compile(
    r"introduc|background|discussion|conclusion|\bet al\b|\bprevious(?:ly)? (?:stud|report)|another study|\bphase I",
    re.IGNORECASE,
)
_GRADES = re.compile(r"\bgrades?\s*[≥>]?\s*[\dIV]+(?:\s*(?:-|–|/|or|and|to)\s*[\dIV]+)?", re.IGNORECASE)
_SIZE = re.compile(r"\(?\s*\bn\s*[=:]?\s*(\d+)\s*\)?", re.IGNORECASE)

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Row:
    """What a cell of the study's report is about, to be found by: its label, the labels above, its group and grades."""

    value: Expected
    section: Words
    group: str
    band: Band | None


def by_meaning(claims: Sequence[Claim], expected: Iterable[Expected]) -> Iterator[Compared]:
    """Yield the claims whose words mean results of the study, each against those results."""
    values = tuple(expected)
    study = _Study.of(values)
    sentences: dict[tuple[Position, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if not claim.in_table:
            sentences[(claim.position, claim.context)].append(claim)
    for claim in claims:
        if claim.in_table:
            found = _rows_meant(claim, study)
        else:
            beside = sentences[(claim.position, claim.context)]
            found = meant_in_text(claim, values) or _rows_said(claim, beside, study)
        if found:
            yield from _held(claim, found)


def _held(claim: Claim, values: Sequence[Expected]) -> Iterator[Compared]:
    """Yield a claim against the results it can mean; nothing where they have none of its numbers."""
    told = [(value, compared_roles(claim, value)) for value in values]
    told = [(value, roles) for value, roles in told if roles]
    # A dash or a word says that the study does not know; then no other count of it is one that could contradict.
    if not told or not all(has_number(value.text) for value in values):
        return
    fitting = [value for value, roles in told if all(role.fits for role in roles)]
    if fitting:
        yield Compared(claim, (fitting[0],), Verdict.AGREES, Mapping.MEANING)
    elif len({tuple(role.exact for role in roles) for _, roles in told}) == 1:
        value, roles = told[0]
        yield differing(claim, value, Mapping.MEANING, "; ".join(role.told for role in roles if not role.fits))
    else:
        yield Compared(claim, tuple(value for value, _ in told)[:6], Verdict.AMBIGUOUS, Mapping.MEANING)


@dataclass(frozen=True, slots=True)
class _Study:
    """The rows of a study's report by the words of their labels, as tables and as sentences say them; its groups.

    A group has the words of its name and its size, as far as a column's head tells it.
    """

    rows: dict[Words, list[_Row]]
    said: dict[Words, list[_Row]]
    groups: dict[str, tuple[Words, int | None]]

    @classmethod
    def of(cls, values: Iterable[Expected]) -> _Study:
        """Return what cells about groups of patients say."""
        study = cls(defaultdict(list), defaultdict(list), {})
        for value in values:
            if value.in_table and _about_groups(value):
                study._add(value)
        return study

    def _add(self, value: Expected) -> None:
        group, size = value.results[0].group, _SIZE.search(value.column)
        known = self.groups.get(group, (frozenset(), None))[1]
        self.groups[group] = (_words(group.removeprefix("group=")), int(size[1]) if size else known)
        section, label = _words(" ".join(value.labels[1:-1])), value.labels[-1]
        row = _Row(value, section, group, band_of(value.column))
        for words in _meanings(label) | ({section} if label == "yes" and section else set()):
            self.rows[words].append(row)
        self.said[words_of(label)].append(row)


def _about_groups(value: Expected) -> bool:
    rows = value.results
    return bool(rows) and rows[0].analysis not in _NOT_ABOUT_GROUPS and not rows[0].group.startswith("patient ")


def _rows_meant(claim: Claim, study: _Study) -> list[Expected]:
    """Return the cells that a cell of the manuscript can mean."""
    label = claim.position.row_label or (claim.subject[-1] if claim.subject else "")
    section = _words(" ".join(claim.subject[:-1]))
    mine = _groups_meant(claim, study.groups)
    band = band_of(" ".join(claim.group)) or band_of(label)
    found = []
    for meaning in _meanings(label):
        sections_count = bool(meaning <= _GENERIC)
        found += [
            row.value
            for row in study.rows.get(meaning, ())
            if row.group in mine and row.band == band and (not sections_count or (section and section == row.section))
        ]
    return found


def _rows_said(claim: Claim, beside: Sequence[Claim], study: _Study) -> list[Expected]:
    """Return the rows of all patients that a sentence about this study names, where its grammar leaves no doubt."""
    if _OF_OTHERS.search(f"{claim.position.section} {claim.context}"):
        return []
    context = _words(claim.context)
    if any(name and name <= context for name, _ in study.groups.values()):  # it speaks of one of the groups
        return []
    subjects = list(subjects_of(claim, beside))
    if len(subjects) != 1:
        return []
    return [
        row.value
        for words in _spoken(subjects[0].said) | {subjects[0].words}
        for row in study.said.get(words, ())
        if words and not words <= _GENERIC and row.group == "all" and row.band == subjects[0].band
    ]


def _spoken(text: str) -> set[Words]:
    """Return the terms of CTCAE that words of a sentence stand for, as sentences say them."""
    bare = _GRADES.sub(" ", text).strip()
    return {words_of(name) for version in _CTCAE for name in in_use(bare, version)}


def _groups_meant(claim: Claim, groups: dict[str, tuple[Words, int | None]]) -> set[str]:
    """Return the groups of patients that a claim's column can mean; by its size, and by its words."""
    words = _words(re.sub(r"(?i)\bgrades?\b.*", "", _SIZE.sub(" ", " ".join(claim.group))), kept=_WHOLE)
    own = words - _WHOLE
    named = {group for group, (name, _) in groups.items() if (name and name <= own if own else group == "all")}
    if claim.group_size is None:
        return named
    sized = {group for group, (_, size) in groups.items() if size == claim.group_size}
    return sized & named or (sized if len(sized) == 1 else set())


def _meanings(label: str) -> set[Words]:
    """Return what a label can mean: its own words, and the terms of CTCAE that it stands for."""
    own = _words(label)
    found = {own} if own else set()
    for version in _CTCAE:
        term = read_term(label, version)
        found |= {_words(name) for name in ((term.name,) if term else in_use(label, version))}
    return found


def _words(text: str, kept: frozenset[str] = frozenset()) -> Words:
    """Return the words of a label that carry its meaning, whatever it says of units and statistics left out."""
    bare = re.sub(r"\bn\s*\(\s*%\s*\)|\(%\)|\bmedian \(range\)", " ", text.lower())
    for pattern, word in _SAME:
        bare = re.sub(pattern, word, bare)
    found = re.findall(r"[a-z0-9]+", bare)
    return frozenset(word for word in found if word in kept or word not in _EMPTY)
