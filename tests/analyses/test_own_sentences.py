"""The study's own sentences: numbers filled in and bound, broken names told with the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.errors import InputError
from engager.readers.sentences import read_sentences
from engager.report.own_sentences import FORMS, own_sentences
from engager.report.sentences import plain
from engager.results import AnalysisResult, Results

ROWS = Results(
    [
        AnalysisResult(
            analysis="OS",
            name="median",
            estimate=398.0,
            lower=17.0,
            level=0.95,
            unit="d",
            n=9,
            N=9,
            patients=("1", "2"),
        ),
        AnalysisResult(analysis="EFS", name="survival", group="responders", at="365", estimate=0.5, unit="1", n=3, N=6),
        AnalysisResult(analysis="OS", name="log_rank", estimate=0.0341, unit="{p}"),
    ]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was {OS.median}.", "It was 398 days."),
        ("{os.MEDIAN:ci}", "398 days (95 % CI 17–not reached)"),
        ("{EFS.survival[responders]@365}", "50.0 %"),
        ("{EFS.survival[responders]@365:of}", "3 of 6"),
        ("{EFS.survival[responders]@365:percent}", "3 (50)"),
        ("{OS.log_rank:p}", "P = 0.034"),
        ("{OS.median:patients}", "1, 2"),
        ("no number", "no number"),
    ],
)
def test_a_name_becomes_its_number(text: str, expected: str) -> None:
    """In the form asked for; capitals do not matter."""
    assert plain(own_sentences([(1, text)], ROWS, "sentences.md")[0]) == expected


def test_every_broken_name_is_told_at_once_with_its_line_and_the_nearest() -> None:
    """Three mistakes on two lines give three issues."""
    with pytest.raises(InputError) as refused:
        own_sentences([(3, "{OS.medain} and {OS.median:cl}"), (7, "{foo}")], ROWS, "sentences.md")
    told = [(issue.place.row, issue.found) for issue in refused.value.issues]
    assert told == [(3, "no result `OS.medain`"), (3, "no form `cl`"), (7, "no result `foo`")]
    assert refused.value.issues[0].advice == "Did you mean `os.median`?"
    assert all(form in refused.value.issues[1].expected for form in FORMS)


def test_paragraphs_end_at_empty_lines(tmp_path: Path) -> None:
    """A heading is for the writer; a file that is no text is an issue, no failure."""
    assert read_sentences(tmp_path) == ([], [])
    (tmp_path / "sentences.md").write_text("# Results\n\nOne\ntwo.\n\nThree.\n", "utf-8")
    assert read_sentences(tmp_path) == ([(3, "One two."), (6, "Three.")], [])
    (tmp_path / "sentences.md").write_bytes(b"\xff\xfe\x00\xd8")
    paragraphs, issues = read_sentences(tmp_path)
    assert (paragraphs, [issue.rule for issue in issues]) == ([], ["sentences.unreadable"])
