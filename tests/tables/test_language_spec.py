"""Numbers in German: the comma, and the words that stand for a number."""

from __future__ import annotations

import pytest

from engager.results import AnalysisResult
from engager.tables.formatting import bounded_number, count_percent, estimate_interval, p_value, rounded, significant
from engager.terms.language import LANGUAGES, spoken
from engager.writers.csv_tables import harmless


def row(**values: object) -> AnalysisResult:
    """Return a result with the values."""
    return AnalysisResult(analysis="a", name="b", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (row(estimate=6 / 9, lower=0.299304, upper=0.925145, level=0.95, n=6, N=9, unit="1"),
         "66,7 % (95-%-KI 29,9\u201392,5)"),
        (row(estimate=398.0, lower=17.0, level=0.95, unit="d"), "398 Tage (95-%-KI 17\u2013nicht erreicht)"),
        (row(estimate=1.0, unit="d"), "1 Tag"),
        (row(warning="not reached", unit="d"), "nicht erreicht"),
        (row(unit="1"), "nicht sch\u00e4tzbar"),
    ],
)  # fmt: skip
def test_an_estimate_in_german(result: AnalysisResult, expected: str) -> None:
    """With its interval and its unit."""
    with spoken("de"):
        assert estimate_interval(result) == expected


def test_other_numbers_in_german() -> None:
    """Every way to write a number has the comma; afterwards the point is back."""
    with spoken("de"):
        assert (rounded(2.5, 1), significant(0.0625), significant(24.0)) == ("2,5", "0,0625", "24")
        assert p_value(row(estimate=0.0341)) == "P = 0,034"
        assert p_value(row(estimate=1e-5)) == "P < 0,001"
        assert count_percent(row(n=1, N=23)) == "1 (4,3)"
        assert bounded_number(row(lower=0.0, upper=2.44)) == "<2,44"
    assert rounded(2.5, 1) == "2.5"


def test_an_error_inside_gives_the_language_back() -> None:
    """A language that is not known is refused."""
    with pytest.raises(ZeroDivisionError), spoken("de"):
        _ = 1 / 0
    assert rounded(0.5, 1) == "0.5"
    with pytest.raises(KeyError, match="no language fr; there are: en, de"), spoken("fr"):  # type: ignore[arg-type]
        pass


def test_every_language_has_every_word() -> None:
    """None is empty."""
    assert all(getattr(words, name) for words in LANGUAGES.values() for name in words.__slots__)


def test_a_negative_number_in_german_is_no_formula() -> None:
    """A spreadsheet gets it as it is."""
    assert harmless("-3,5") == "-3,5"
