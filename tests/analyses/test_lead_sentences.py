"""The sentences above the fold say who was not assessed."""

from __future__ import annotations

from typing import Any

from engager.analyses import analyse
from engager.plan import AnalysisPlan
from engager.report.sentences import lead_sentences, plain

STATED = """
    patient | cycle | timepoint    | test           | method       | value
    1       | 1     | end of cycle | cycle_response | investigator | responding
"""


def _lead(datasets: Any) -> list[str]:
    return [plain(sentence) for sentence in lead_sentences(analyse(datasets, AnalysisPlan(title="spec")))]


def test_without_any_response_recorded_none_is_told(derive: Any) -> None:
    """A patient whose cycles have no class is not told as one who did not respond."""
    assert not [text for text in _lead(derive(exposure="patient | cycle\n1 | 1")) if "responded" in text]


def test_those_not_assessed_are_counted_beside_the_responders(derive: Any) -> None:
    """One of two responded, the other was not assessed: the sentence says both."""
    told = _lead(derive(exposure="patient | cycle\n1 | 1\n2 | 1", measurements=STATED))
    (text,) = [text for text in told if "responded" in text]
    assert text.startswith("1 of 2 (50.0 %")
    assert text.endswith("1 primary and 0 secondary responders; 1 not assessed.")
