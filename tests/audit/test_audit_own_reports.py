"""Our own reports pass in all three formats with no finding, and with one altered digit they do not."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from tests.audit.altered import altered_text, has_digits, with_text
from tests.studies import analysed

from engager.audit.auditing import Audit, audit
from engager.audit.claim import Claim, Kind
from engager.audit.claims import read_claims
from engager.audit.comparison import RULE, Expected, Verdict, compare
from engager.figures.figure import Figure
from engager.pipeline.study import Study
from engager.report.expected import expected_values
from engager.writers.docx import write_docx
from engager.writers.html import write_html
from engager.writers.pdf import write_pdf

WRITERS = {"html": write_html, "docx": write_docx, "pdf": write_pdf}


@pytest.fixture(scope="module")
def study() -> Study:
    """The Tuebingen example, analysed."""
    return _without_figures(analysed("tuebingen-2014"))


def _without_figures(study: Study) -> Study:
    """Return a study whose report leaves out the figures, which take the most time and state nothing in words."""
    sections = tuple(
        replace(section, blocks=tuple(block for block in section.blocks if not isinstance(block, Figure)))
        for section in study.document.sections
    )
    return replace(study, document=replace(study.document, sections=sections))


@pytest.fixture(scope="module")
def expected(study: Study) -> tuple[Expected, ...]:
    """What it says."""
    return expected_values(study.document)


@pytest.fixture(scope="module")
def report(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report as Word."""
    return write_docx(study.document, tmp_path_factory.mktemp("report"))[0]


@pytest.fixture(scope="module")
def read(report: Path, expected: tuple[Expected, ...]) -> Audit:
    """The audit of the report as Word."""
    return audit([report], expected)


def told(found: Audit) -> list[str]:
    """Return the findings in words."""
    return [f"{each.rule}: {each.position}: {each.message}" for each in found.findings]


@pytest.mark.parametrize("name", list(WRITERS))
def test_our_report_passes(
    name: str, study: Study, expected: tuple[Expected, ...], read: Audit, tmp_path: Path
) -> None:
    """No finding, and of every hundred statements in its words 95 and more are mapped to what the study says."""
    found = read if name == "docx" else audit(WRITERS[name](study.document, tmp_path), expected)
    assert told(found) == []
    assert found.comparison is not None
    compared, unmapped = found.comparison.compared, found.comparison.unmapped
    own = [claim for claim in unmapped if claim.in_table]  # a page also holds the values behind its figures
    assert len(compared) > 1500
    assert len(own) < 0.05 * len(compared)
    assert found.comparison.count(Verdict.AMBIGUOUS) == 0


def test_the_report_of_groups_passes(tmp_path: Path) -> None:
    """The synthetic cohort, with a column for each group, its bands of grades and its cytokines."""
    document = _without_figures(analysed("beijing-2022")).document
    found = audit(write_html(document, tmp_path), expected_values(document))
    assert told(found) == []
    assert found.comparison is not None
    assert len(found.comparison.compared) > 4500


def test_altered_digits_are_caught(read: Audit, expected: tuple[Expected, ...]) -> None:
    """Of 250 statements with one digit altered each, in rows of their own, every one is found, and nothing else is."""
    chance, manuscript = random.Random(20221123), read.manuscripts[0]  # noqa: S311 - slips, not secrets
    changed = _one_of_each_row(read, chance)[:250]
    for claim in changed:
        manuscript = with_text(manuscript, claim, altered_text(claim, chance))
    found = compare([manuscript], read_claims(manuscript), expected)
    differing = {each.claim.position for each in found.compared if each.verdict is Verdict.DIFFERS}
    kinds = Counter(str(claim.kind) for claim in changed)
    missed = [
        (str(claim.kind), claim.text, str(claim.position)) for claim in changed if claim.position not in differing
    ]
    assert len(changed) == 250
    assert {"count", "count_percent", "fraction", "percent", "interval", "ids"} <= set(kinds)
    assert missed == []
    assert differing == {claim.position for claim in changed}


def _one_of_each_row(read: Audit, chance: random.Random) -> list[Claim]:
    """Return statements that map to what the study says, at most one of a row or sentence, in a random order."""
    assert read.comparison is not None
    of_row: dict[tuple[int, int, int, int], Claim] = {}
    mapped = [each.claim for each in read.comparison.compared if has_digits(each.claim)]
    for claim in chance.sample(mapped, len(mapped)):
        at = claim.position
        # A caption or a head names what stands beneath it: with another, the cells are another table's.
        if not at.part and claim.kind is not Kind.GROUP_SIZE:
            of_row.setdefault((at.block, at.row, at.paragraph, at.sentence), claim)
    return list(of_row.values())


SLIPS = {"6 of 9 (66.7 %": "5 of 9 (66.7 %", "398 days": "389 days", "2, 4–8": "2, 4–9", "15 ug/m2/d)": "25 ug/m2/d)"}


def test_a_report_with_an_altered_digit_does_not_pass(
    report: Path, tmp_path: Path, expected: tuple[Expected, ...]
) -> None:
    """The file itself changed: each number is named."""
    word = Document(str(report))
    cells = [cell for table in word.tables for cell in table._cells]
    paragraphs = [*word.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]
    for right, wrong in SLIPS.items():
        target = next(paragraph for paragraph in paragraphs if right in paragraph.text)
        target.text = target.text.replace(right, wrong, 1)
    word.save(str(tmp_path / "report.docx"))
    differing = [each for each in audit([tmp_path / "report.docx"], expected).findings if each.rule == RULE]
    assert {str(each.certainty) for each in differing} == {"impossible"}
    assert len({each.position for each in differing}) == len(SLIPS)


def test_a_wrong_count_is_seen_without_the_study(read: Audit) -> None:
    """A percentage that is no longer that of its count contradicts itself."""
    from engager.audit.rules import find

    claim = next(claim for claim in read.claims if claim.kind is Kind.COUNT_PERCENT and claim.text == "6 (67)")
    manuscript = with_text(read.manuscripts[0], claim, "8 (67)")
    alone = replace(manuscript, blocks=manuscript.blocks[: claim.position.block + 1])
    assert "percent_of_count" in {each.rule for each in find([alone], read_claims(alone))}
