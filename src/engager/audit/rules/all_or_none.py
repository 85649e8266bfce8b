"""Statements of all patients or of none, against the rows and sentences that count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engager.audit.bands import Band, band_of
from engager.audit.claim import Claim
from engager.audit.evidence import COUNTED, Counted, Evidence, count_of, whole_columns
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Sentence
from engager.audit.names import Names, things
from engager.audit.rules.rule import Rule, finding
from engager.audit.statements import Statement, statements_of
from engager.audit.subjects import subjects_of, without_grade

# These sections tell of others' patients, or of what is planned.
_ELSEWHERE = re.compile(
    r"introduc|background|discussion|conclusion|method|statistic|einleitung|diskussion", re.IGNORECASE
)
_CITED = re.compile(r"\bet al\b|\bprevious(ly)? (stud|report)|\bin another study\b|\bwould\b|\bshould\b", re.IGNORECASE)
_OF_SOME = re.compile(
    r"\b(arms?|groups?|cohorts?|versus|vs|compared|placebo|controls?|dose levels?|Gruppen?|Arm)\b", re.IGNORECASE
)
# A table of what was before treatment counts something else under the same name.
_BEFORE = re.compile(
    r"baseline|characteristic|demograph|prior|previous|histor|before|diagnosis|screening|pretreat|indication|risk|eligib|"
    r"reason|cause|univaria|multivaria|hazard|predict|associat|subgroup|literature|studies",
    re.IGNORECASE,
)
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Count:
    """A count of a thing in a row or sentence: how many, of how many, of which grades, whether of all patients."""

    thing: str
    n: int
    size: int | None
    band: Band | None
    of_all: bool
    claim: Claim
    where: str


def _all_or_none(evidence: Evidence) -> Iterator[Finding]:
    names = evidence.names
    told = [one for sentence in evidence.sentences if _is_own(sentence) for one in statements_of(sentence, names)]
    if not told:
        return
    counts: dict[str, list[_Count]] = {}
    for count in (*_in_tables(evidence, names), *_in_sentences(evidence, names)):
        counts.setdefault(count.thing, []).append(count)
    for one in told[:_MOST]:
        against = [count for count in counts.get(one.thing, ())[:_MOST] if _contradicts(one, count)]
        opposite = things()[one.thing].opposite
        if one.everybody:
            against += [count for count in counts.get(opposite, ())[:_MOST] if count.n > 0 and count.band is None]
        against = [count for count in against if count.claim.context != one.claim.context]
        if against:
            yield _against(one, against)


def _is_own(sentence: Sentence) -> bool:
    elsewhere = _ELSEWHERE.search(sentence.position.section) or _CITED.search(sentence.text)
    return not elsewhere and not _OF_SOME.search(sentence.text) and not sentence.position.table


def _in_tables(evidence: Evidence, names: Names) -> Iterator[_Count]:
    for table, cells in evidence.grids:
        whole = whole_columns(table)
        for cell in cells:
            label = cell.row.label
            about = " ".join((table.caption, *cell.row.section, *cell.cell.column.path))
            thing = names.thing(without_grade(label))
            if thing and not _BEFORE.search(about) and not cell.claim.damaged:
                band = band_of(cell.cell.column.label) or band_of(label) or band_of(table.caption)
                of_all = cell.cell.column.index in whole
                where = f'{cell.row.position.table}, row "{label}"'
                yield _Count(thing, cell.n, _size(cell), band, of_all, cell.claim, where)


def _size(cell: Counted) -> int | None:
    return cell.size if cell.size is not None and cell.n <= cell.size else None


def _in_sentences(evidence: Evidence, names: Names) -> Iterator[_Count]:
    for sentence in evidence.sentences:
        claims = evidence.of_sentence(sentence) if _is_own(sentence) else ()
        for claim in claims:
            n = count_of(claim) if claim.kind in COUNTED else None
            for subject in subjects_of(claim, claims, names) if n else ():
                if subject.thing and n is not None:
                    yield _Count(subject.thing, n, None, subject.band, False, claim, str(claim.position))


def _contradicts(one: Statement, count: _Count) -> bool:
    """Return whether a count says otherwise: somebody where nobody is told, or fewer than all of the group."""
    if one.everybody:
        return one.band == count.band and count.of_all and count.size is not None and count.n < count.size
    within = one.band is None or (
        count.band is not None and one.band[0] <= count.band[0] <= count.band[1] <= one.band[1]
    )
    return count.n > 0 and within


def _against(one: Statement, counts: Sequence[_Count]) -> Finding:
    in_table = [count for count in counts if count.claim.in_table]
    first = (in_table or list(counts))[0]
    of = f" of {first.size}" if first.size is not None else ""
    words = f'"{one.claim.text}" here, {first.n}{of} in {first.where}'
    said = f"all{of}" if one.everybody else f"0{of}"
    arithmetic = f"{said} here, {first.n}{of} there" + (f" ({other})" if (other := _opposite(one, first)) else "")
    certainty = Certainty.UNLIKELY if in_table else Certainty.AMBIGUOUS
    claims = (one.claim, *(count.claim for count in (in_table or counts)[:4]))
    consistent = "one of the two, or a word on whom or which time each is about"
    return finding("all_or_none", certainty, words, claims, arithmetic, consistent)


def _opposite(one: Statement, count: _Count) -> str:
    return count.thing.replace("_", " ") if count.thing != one.thing else ""


RULES = (
    Rule(
        "all_or_none",
        "What is said of all patients or of none agrees with the rows and sentences that count it.",
        "`no deaths occurred`, `all patients responded`, of things with a name of their own (`names.toml`), where "
        "nothing limits whom, when or which grade; against rows of that name or its opposite, and counts in sentences",
        "one of the two, or a word on whom or which time each is about",
        (Certainty.UNLIKELY, Certainty.AMBIGUOUS),
        _all_or_none,
    ),
)
