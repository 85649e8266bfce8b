"""Laboratory rules whose wording needed a decision, worked by hand at, under and over their boundaries."""

from __future__ import annotations

import polars as pl
import pytest

from engager.endpoints.laboratory.grade import grade_laboratory

# value | lower and upper limit | baseline | grade in 4.03, 5.0 and 6.0; `-`: none.
RULES = {
    ("glucose", "mmol/L", "Hyperglycemia"): """
        13.9 | 3.9-6 | | 0 - 0
        13.91 | 3.9-6 | | 3 - 3
        27.8 | 3.9-6 | | 3 - 3
        27.81 | | | 4 - 4""",
    ("glucose_fasting", "mmol/L", "Hyperglycemia"): """
        6 | 3.9-6 | | 0 - 0
        6.1 | 3.9-6 | | 1 - 1
        13.91 | 3.9-6 | | 3 - 3""",
    ("eosinophils", "10*9/L", "Eosinophilia"): """
        0.5 | 0-0.5 | 0.2 | - 0 0
        0.51 | 0-0.5 | 0.2 | - 1 1
        0.9 | 0-0.5 | 0.9 | - 0 0
        0.91 | 0-0.5 | 0.9 | - 1 1
        0.6 | 0-0.5 | | - - -""",
    ("alt", "U/L", "Alanine aminotransferase increased"): """
        420 | 0-40 | 210 | 3 1 2
        421 | 0-40 | 210 | 3 1 3
        840 | 0-40 | 210 | 4 2 3
        841 | 0-40 | 210 | 4 2 4
        209 | 0-40 | 210 | 3 0 0
        210 | 0-40 | 210 | 3 0 1""",
    ("platelets", "10*9/L", "Thrombocytopenia"): """
        50 | 150-400 | | - - 2
        49.9 | 150-400 | | - - 3
        10 | 150-400 | | - - 3
        9.9 | 150-400 | | - - 4""",
}  # fmt: skip
CASES = [(*key, line) for key, lines in RULES.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("test", "unit", "term", "line"), CASES)
def test_a_rule_at_its_boundary(test: str, unit: str, term: str, line: str) -> None:
    """The grade that a value has in each version."""
    value, limits, baseline, wanted = [cell.strip() for cell in line.split("|")]
    lower, _, upper = limits.partition("-")
    row = {
        "test": test, "unit": unit, "term": term, "value": float(value), "lower_limit": _number(lower),
        "upper_limit": _number(upper), "baseline": _number(baseline),
    }  # fmt: skip
    frame = pl.DataFrame([row], schema_overrides=dict.fromkeys(("lower_limit", "upper_limit", "baseline"), pl.Float64))
    grades = [grade_laboratory(frame, version=version)["grade"][0] for version in ("4.03", "5.0", "6.0")]
    assert ["-" if grade is None else str(grade) for grade in grades] == wanted.split()


def _number(text: str) -> float | None:
    return float(text) if text else None
