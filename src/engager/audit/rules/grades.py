"""Grades of adverse events against the version of CTCAE that the manuscript names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from engager.audit.bands import Band, band_of
from engager.audit.claim import Claim, Kind
from engager.audit.evidence import Counted, Evidence
from engager.audit.finding import Certainty, Finding
from engager.audit.rules.rule import Rule, finding
from engager.terms.ctcae import VERSIONS, Term, ctcae, in_use, offer, read_term, spelling

_NAMED = re.compile(r"\bCTCAE\b|common terminology criteria", re.IGNORECASE)


def version_of(evidence: Evidence) -> tuple[str, Claim] | None:
    """Return the version of CTCAE that the manuscript names, with the claim; None where it names none or several."""
    found: dict[str, Claim] = {}
    for claim in evidence.claims:
        value = claim.value("value")
        if claim.kind is Kind.VERSION and value is not None and _NAMED.search(claim.context):
            major = str(int(value))
            known = [version for version in VERSIONS if version.split(".")[0] == major]
            found.setdefault(known[0] if known else claim.text, claim)
    named = list(found.items())
    return named[0] if len(named) == 1 and named[0][0] in VERSIONS else None


def _no_such_grade(evidence: Evidence) -> Iterator[Finding]:
    named = version_of(evidence)
    if named is None:
        return
    version, source = named
    for _, cells in evidence.grids:
        for cell in cells:
            band = band_of(cell.group[-1]) if cell.group else None
            term = read_term(cell.row.label, version)
            if cell.n > 0 and band is not None and term is not None and not _exists(term, band):
                yield _missing_grade(cell, term, band, version, source)
    for claim in evidence.claims:
        if claim.kind is Kind.GRADE and not claim.in_table:
            yield from _in_words(claim, version, source)


def _exists(term: Term, band: Band) -> bool:
    return any(term.has_grade(grade) for grade in range(band[0], band[1] + 1))


def _missing_grade(cell: Counted, term: Term, band: Band, version: str, source: Claim) -> Finding:
    words = f"{term.name} has no grade {_told(band)} in CTCAE {version}"
    arithmetic = f"{cell.n} in the column {cell.group[-1]}; the grades of {term.name} are {_listed(term)}"
    consistent = f"grade {_listed(term)}, or another term for those below"
    return finding("grade_exists", Certainty.IMPOSSIBLE, words, (cell.claim, source), arithmetic, consistent)


def _told(band: Band) -> str:
    return str(band[0]) if band[0] == band[1] else f"{band[0]} to {band[1]}"


def _listed(term: Term) -> str:
    return ", ".join(map(str, term.grades))


def _in_words(claim: Claim, version: str, source: Claim) -> Iterator[Finding]:
    """Yield the grades in brackets right after a term that has no such grade: `febrile neutropenia (grade 2)`."""
    band = band_of(claim.context[claim.start : claim.end + 12])
    before = re.search(r"([A-Za-z][A-Za-z -]{3,60})\s*[(\[]\s*$", claim.context[: claim.start])
    if band is None or before is None:
        return
    words = before[1].split()
    for first in range(max(0, len(words) - 5), len(words)):
        term = read_term(" ".join(words[first:]), version)
        if term is not None and not _exists(term, band):
            told = f"{term.name} has no grade {_told(band)} in CTCAE {version}"
            arithmetic = f"the grades of {term.name} are {_listed(term)}"
            consistent = f"grade {_listed(term)}"
            yield finding("grade_exists", Certainty.IMPOSSIBLE, told, (claim, source), arithmetic, consistent)
        if term is not None:
            return


def _other_class(evidence: Evidence) -> Iterator[Finding]:
    named = version_of(evidence)
    if named is None:
        return
    version, source = named
    for _, cells in evidence.grids:
        seen: set[int] = set()
        for cell in cells:
            section = _class_of(cell.row.section[-1] if cell.row.section else "", version)
            classes = _classes(cell.row.label, version)
            if cell.row.index not in seen and section and classes and section not in classes:
                seen.add(cell.row.index)
                right = " or ".join(sorted(classes))
                words = f"{cell.row.label} stands under {section}; in CTCAE {version} it belongs to {right}"
                arithmetic = f"{section} is not {right}, so that sums over a class differ"
                yield finding("class_of_term", Certainty.AMBIGUOUS, words, (cell.claim, source), arithmetic, right)


def _is_short(label: str, version: str) -> bool:
    """Return whether a label is the first letters of the term that it stands for: `CRS`."""
    letters = label.strip().upper()
    return any("".join(word[0] for word in name.upper().split()) == letters for name in in_use(label, version))


def _other_term(evidence: Evidence) -> Iterator[Finding]:
    """Yield the graded rows whose label is no term of the version named but stands for one, or is one of another."""
    named = version_of(evidence)
    for _, cells in evidence.grids if named is not None else ():
        version, source = named or ("", evidence.claims[0])
        found: dict[str, Counted] = {}
        for cell in cells:
            graded = cell.group and band_of(cell.group[-1]) is not None
            label = cell.row.label
            known = read_term(label, version) is None and _is_known(label, version)
            if graded and known and not _is_short(label, version):
                found.setdefault(cell.row.label, cell)
        for label, cell in found.items():
            words = f"{label} is not among the terms of CTCAE {version}, which has no grades for it"
            meant = " or ".join(in_use(label, version)) or offer(label, version)
            arithmetic = f"the version has {meant}" if in_use(label, version) else meant
            yield finding("term_of_version", Certainty.AMBIGUOUS, words, (cell.claim, source), arithmetic, meant)


def _is_known(label: str, version: str) -> bool:
    return bool(in_use(label, version)) or any(read_term(label, other) for other in VERSIONS)


def _class_of(label: str, version: str) -> str | None:
    """Return the system organ class that a section is named after, without `, n.` and the like."""
    bare = re.sub(r",?\s*\bn\b\W*(\(?%\)?)?\W*$", "", label)
    return _class_names(version).get(spelling(bare))


@cache
def _class_names(version: str) -> dict[str, str]:
    return {spelling(term.soc): term.soc for term in ctcae(version).values()}


def _classes(label: str, version: str) -> frozenset[str]:
    """Return the classes of the terms that a label names, or that begin with it (`Edema` face, limbs)."""
    changed = re.fullmatch(r"(?:elevat\w+|increas\w+|rais\w+)(?: of| in)? (.+)", label.strip(), re.IGNORECASE)
    term = read_term(label, version) or (read_term(f"{changed[1]} increased", version) if changed else None)
    if term is not None:
        return frozenset({term.soc})
    words = label.strip().lower()
    begin = [term for term in ctcae(version).values() if term.name.lower().startswith(f"{words} ")]
    return frozenset(term.soc for term in begin)


RULES = (
    Rule(
        "grade_exists",
        "A grade is one that the version of CTCAE named defines for the term.",
        "the grades of the term in the version, against the column or the words",
        "one of the grades defined",
        (Certainty.IMPOSSIBLE,),
        _no_such_grade,
    ),
    Rule(
        "class_of_term",
        "A term stands under its system organ class of the version of CTCAE named, where sections have these names.",
        "the class of the term, against the section",
        "the class of the term",
        (Certainty.AMBIGUOUS,),
        _other_class,
    ),
    Rule(
        "term_of_version",
        "A graded row is named by a term of the version of CTCAE named, not by a word for it or another version's.",
        "the terms of the version, the words in use for them, and the terms of the other versions",
        "the term of the version",
        (Certainty.AMBIGUOUS,),
        _other_term,
    ),
)
