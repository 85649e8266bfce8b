"""Random measurements: usual and unusual values, boundaries hit exactly, limits and baselines missing, bad input.

Numbers are decimals, so that a value at a boundary is at it. The seed is fixed: every run tries the same rows.
"""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from verification.laboratory_grades.second_grader import Row

D = Decimal
# Test: for each unit the limits of normal, and absolute boundaries of the text in that unit.
TESTS: dict[str, dict[str, tuple[str, str, str]]] = {
    "haemoglobin": {"g/L": ("120", "160", "100 80 180 200"), "g/dL": ("12", "16", "10 8 18"),
                    "mmol/L": ("7.4", "9.9", "6.2 4.9")},
    "leukocytes": {"10*9/L": ("4", "11", "3 2 1 100"), "/uL": ("4000", "11000", "3000 2000 1000")},
    "neutrophils": {"10*9/L": ("2", "7", "1.5 1 0.5 0.1"), "/uL": ("2000", "7000", "1500 1000 500 100")},
    "lymphocytes": {"10*9/L": ("1", "3.5", "0.8 0.5 0.2 4 20"), "10*3/uL": ("1", "3.5", "0.8 4")},
    "platelets": {"10*9/L": ("150", "450", "75 50 25 10"), "/uL": ("150000", "450000", "75000 25000 10000")},
    "cd4": {"10*9/L": ("0.6", "1.5", "0.5 0.2 0.05"), "/uL": ("600", "1500", "500 200 50")},
    "eosinophils": {"10*9/L": ("0.05", "0.5", "0.5")},
    "alt": {"U/L": ("5", "40", "")}, "ast": {"U/L": ("5", "35", "")}, "ggt": {"U/L": ("5", "50", "")},
    "alp": {"U/L": ("30", "110", "")}, "ldh": {"U/L": ("120", "250", "")}, "ck": {"U/L": ("30", "200", "")},
    "lipase": {"U/L": ("10", "60", "")}, "amylase": {"U/L": ("20", "110", "")},
    "bilirubin": {"umol/L": ("2", "20", ""), "mg/dL": ("0.1", "1.2", "")},
    "creatinine": {"umol/L": ("50", "100", ""), "mg/dL": ("0.5", "0.7", "")},
    "haptoglobin": {"g/L": ("0.3", "2", "")},
    "inr": {"{ratio}": ("0.9", "1.1", "1.2 1.5 2.5")},
    "fibrinogen": {"g/L": ("2", "4", "0.5"), "mg/dL": ("200", "400", "50")},
    "calcium": {"mmol/L": ("2.1", "2.6", "2.9 3.1 3.4 2 1.75 1.5"), "mg/dL": ("8.5", "10.4", "11.5 12.5 13.5 8 7 6")},
    "calcium_ionised": {"mmol/L": ("1.1", "1.3", "1.5 1.6 1.8 1 0.9 0.8")},
    "potassium": {"mmol/L": ("3.5", "5", "5.5 6 7 3 2.5")},
    "sodium": {"mmol/L": ("135", "145", "150 155 160 130 125 120")},
    "magnesium": {"mmol/L": ("0.7", "1", "1.23 3.3 0.5 0.4 0.3"), "mg/dL": ("1.7", "2.4", "3 8 1.2 0.9 0.7")},
    "phosphate": {"mmol/L": ("0.9", "1.5", "0.8 0.6 0.3"), "mg/dL": ("2.8", "4.5", "2.5 2 1")},
    "glucose": {"mmol/L": ("3.9", "6", "3 2.2 1.7 13.9 27.8"), "mg/dL": ("70", "110", "55 40 30 250 500")},
    "glucose_fasting": {"mmol/L": ("3.9", "6", "3 2.2 1.7 8.9 13.9 27.8"), "mg/dL": ("70", "110", "160 250 500 55")},
    "cholesterol": {"mmol/L": ("3", "5.2", "7.75 10.34 12.92"), "mg/dL": ("100", "200", "300 400 500")},
    "triglycerides": {"mmol/L": ("0.5", "1.7", "1.71 3.42 5.7 11.4"), "mg/dL": ("40", "150", "150 300 500 1000")},
    "uric_acid": {"mmol/L": ("0.1", "0.4", "0.59"), "mg/dL": ("2", "7", "10"), "umol/L": ("100", "400", "590")},
    "albumin": {"g/L": ("35", "50", "30 20"), "g/dL": ("3.5", "5", "3 2")},
    "hdl": {"mmol/L": ("1", "2", "")}, "ldl": {"mmol/L": ("1", "3", "")},
    "temperature": {"Cel": ("36", "37.5", "38 39 40")},
    "systolic_pressure": {"mm[Hg]": ("90", "130", "120 140 160 180")},
    "diastolic_pressure": {"mm[Hg]": ("50", "85", "80 90 100 110")},
    "height": {"cm": ("50", "200", "")},
}  # fmt: skip
MULTIPLES = tuple(map(D, ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "10", "20", "0.75", "0.5", "0.25")))
NEAR = (D(1), D(1), D("0.999999"), D("1.000001"))


def random_rows(count: int, seed: int = 20) -> list[Row]:
    """Return so many rows, the same for one seed."""
    chance = random.Random(seed)  # noqa: S311 - test rows, no secrets
    return [_row(chance) for _ in range(count)]


def _row(chance: random.Random) -> Row:
    test = chance.choice(list(TESTS))
    unit = chance.choice(list(TESTS[test]))
    low, high, absolute = TESTS[test][unit]
    stretch = D(str(round(chance.uniform(0.8, 1.25), 2)))
    lower, upper = D(low) * stretch, D(high) * stretch
    baseline = chance.choice((lower, upper, lower * D("0.8"), (lower + upper) / 2, upper * D("1.3"), upper * 4))
    boundaries = [r * m for r in (lower, upper, baseline) for m in MULTIPLES] + [D(a) for a in absolute.split() * 6]
    at = chance.choice(boundaries) * chance.choice(NEAR)
    loose = D(str(round(float(upper) * chance.lognormvariate(0, 1.2), 3)))
    row = Row(test, chance.choice((at, at, loose)), unit, lower, upper, baseline, age=chance.choice((30, 18, 17)))
    if chance.random() < 0.12:
        row = replace(row, lower=None)
    if chance.random() < 0.12:
        row = replace(row, upper=None)
    if chance.random() < 0.12:
        row = replace(row, baseline=None)
    return _spoilt(row, chance) if chance.random() < 0.08 else row


def _spoilt(row: Row, chance: random.Random) -> Row:
    """Return the row with one thing wrong."""
    return chance.choice(
        (
            replace(row, value=None), replace(row, value=D("-1")), replace(row, value=D(0)), replace(row, unit=None),
            replace(row, unit="spoon"), replace(row, unit="%"), replace(row, lower=D(9), upper=D(4)),
            replace(row, lower=D(-1)), replace(row, lower=None, upper=D(0)), replace(row, baseline=D(0)),
            replace(row, baseline=D(-2)), replace(row, comparator="<"),
        )
    )  # fmt: skip
