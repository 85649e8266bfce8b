"""Laboratory grades: every boundary just under, at and just over, by hand; and whatever gives no grade."""

from __future__ import annotations

import polars as pl
import pytest
from tests.conftest import Shows, cells

from engager.endpoints.laboratory.grade import NOTHING_PASSED, REASONS, grade_laboratory
from engager.terms.ctcae import VERSIONS, rules

NUMBERS = ("value", "lower_limit", "upper_limit", "baseline", "age")
COLUMNS = ("test", "value", "unit", "lower_limit", "upper_limit", "baseline")


def frame(text: str) -> pl.DataFrame:
    """Return a table in text as measurements; columns that it does not name are unknown."""
    heading, *rows = cells(text)
    given = pl.DataFrame(
        [[cell or None for cell in row] for row in rows], schema=dict.fromkeys(heading, pl.String), orient="row"
    )
    absent = [pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in heading]
    return given.with_columns(absent).with_columns(pl.col(name).cast(pl.Float64) for name in NUMBERS if name in given)


# One line a rule and situation: `boundary: grade just under, at, just over`. Limits as `lower-upper`; `adult` is 30.
LADDERS = """version | term | test | unit | limits | baseline | answers
all | Anemia | haemoglobin | g/L | 120-160 | | 120: 1 0 0, 100: 2 1 1, 80: 3 2 2
all | Anemia | haemoglobin | g/dL | 12-16 | | 12: 1 0 0, 10: 2 1 1, 8: 3 2 2
all | Anemia | haemoglobin | mmol/L | 7.4-9.9 | | 7.4: 1 0 0, 6.2: 2 1 1, 4.9: 3 2 2
all | White blood cell decreased | leukocytes | 10*9/L | 4-11 | | 4: 1 0 0, 3: 2 1 1, 2: 3 2 2, 1: 4 3 3
all | White blood cell decreased | leukocytes | /uL | 4000-11000 | | 4000: 1 0 0, 3000: 2 1 1, 1000: 4 3 3
all | Leukocytosis | leukocytes | 10*9/L | 4-11 | | 11: 0 0 0, 100: 0 0 3
4.03 5.0 | Neutrophil count decreased | neutrophils | 10*9/L | 2-7 | | 2: 1 0 0, 1.5: 2 1 1, 1: 3 2 2, 0.5: 4 3 3
6.0 | Neutrophil count decreased | neutrophils | 10*9/L | 2-7 | | 2: 0 0 0, 1.5: 1 0 0, 1: 2 1 1, 0.5: 3 2 2, 0.1: 4 3 3
6.0 | Neutrophil count decreased | neutrophils | /uL | - | | 1500: 1 0 0, 100: 4 3 3
4.03 5.0 | Lymphocyte count decreased | lymphocytes | 10*9/L | 1-4 | | 1: 1 0 0, 0.8: 2 1 1, 0.5: 3 2 2, 0.2: 4 3 3
all | Lymphocyte count increased | lymphocytes | 10*9/L | 1-3 | | 3: 0 0 0, 4: 0 0 2, 20: 2 2 3
4.03 5.0 | Platelet count decreased | platelets | 10*9/L | 150-450 | | 150: 1 0 0, 75: 2 1 1, 50: 3 2 2, 25: 4 3 3
6.0 | Thrombocytopenia | platelets | 10*9/L | 150-450 | | 150: 1 0 0, 75: 2 1 1, 50: 3 2 2, 25: 3 3 3, 10: 4 3 3
all | CD4 lymphocytes decreased | cd4 | 10*9/L | 0.6-1.5 | | 0.6: 1 0 0, 0.5: 2 1 1, 0.2: 3 2 2, 0.05: 4 3 3
4.03 | Hemoglobin increased | haemoglobin | g/L | 120-160 | 140 | 160: 0 0 1, 180: 1 1 2, 200: 2 2 3
4.03 | Hemoglobin increased | haemoglobin | g/L | 120-160 | 170 | 160: 0 0 0, 170: 0 0 1, 190: 1 1 2, 210: 2 2 3
5.0 6.0 | Hemoglobin increased | haemoglobin | g/dL | 12-16 | 17 | 16: 0 0 1, 18: 1 1 2, 20: 2 2 3
4.03 | Alanine aminotransferase increased | alt | U/L | 5-40 | 100 | 40: 0 0 1, 120: 1 1 2, 200: 2 2 3, 800: 3 3 4
5.0 6.0 | Alanine aminotransferase increased | alt | U/L | 5-40 | 40 | 40: 0 0 1, 120: 1 1 2, 200: 2 2 3, 800: 3 3 4
5.0 6.0 | Alanine aminotransferase increased | alt | U/L | 5-40 | 4 | 40: 0 0 1, 120: 1 1 2
5.0 | Alanine aminotransferase increased | alt | U/L | 5-40 | 100 | 150: 0 1 1, 300: 1 1 2, 500: 2 2 3, 2000: 3 3 4
6.0 | Alanine aminotransferase increased | alt | U/L | 5-40 | 100 | 100: 0 1 1, 150: 1 1 2, 200: 2 2 3, 400: 3 3 4
4.03 | Aspartate aminotransferase increased | ast | U/L | 5-40 | 100 | 40: 0 0 1, 120: 1 1 2, 200: 2 2 3, 800: 3 3 4
5.0 6.0 | Aspartate aminotransferase increased | ast | U/L | 5-40 | 30 | 40: 0 0 1, 120: 1 1 2, 200: 2 2 3, 800: 3 3 4
5.0 | Aspartate aminotransferase increased | ast | U/L | 5-40 | 100 | 150: 0 1 1, 300: 1 1 2, 500: 2 2 3, 2000: 3 3 4
6.0 | Aspartate aminotransferase increased | ast | U/L | 5-40 | 100 | 100: 0 1 1, 150: 1 1 2, 200: 2 2 3, 400: 3 3 4
4.03 | GGT increased | ggt | U/L | 5-50 | 100 | 50: 0 0 1, 125: 1 1 2, 250: 2 2 3, 1000: 3 3 4
5.0 6.0 | GGT increased | ggt | U/L | 5-50 | 50 | 50: 0 0 1, 125: 1 1 2, 250: 2 2 3, 1000: 3 3 4
5.0 | GGT increased | ggt | U/L | 5-50 | 100 | 200: 0 1 1, 250: 1 1 2, 500: 2 2 3, 2000: 3 3 4
6.0 | GGT increased | ggt | U/L | 5-50 | 100 | 100: 0 1 1, 150: 1 1 2, 300: 2 2 3, 1000: 3 3 4
4.03 | Alkaline phosphatase increased | alp | U/L | 30-100 | 200 | 100: 0 0 1, 250: 1 1 2, 500: 2 2 3, 2000: 3 3 4
5.0 | Alkaline phosphatase increased | alp | U/L | 30-100 | 80 | 100: 0 0 1, 250: 1 1 2, 500: 2 2 3, 2000: 3 3 4
5.0 | Alkaline phosphatase increased | alp | U/L | 30-100 | 200 | 400: 0 1 1, 500: 1 1 2, 1000: 2 2 3, 4000: 3 3 4
6.0 | Alkaline phosphatase increased | alp | U/L | 30-100 | 80 | 100: 0 0 1, 2000: 1 1 1
6.0 | Alkaline phosphatase increased | alp | U/L | 30-100 | 200 | 100: 0 0 0, 200: 0 0 1
5.0 6.0 | Eosinophilia | eosinophils | 10*9/L | 0.1-0.5 | 0.2 | 0.5: 0 0 1
5.0 6.0 | Eosinophilia | eosinophils | 10*9/L | 0.1-0.5 | 0.9 | 0.5: 0 0 0, 0.9: 0 0 1
4.03 | Blood bilirubin increased | bilirubin | umol/L | 2-20 | 40 | 20: 0 0 1, 30: 1 1 2, 60: 2 2 3, 200: 3 3 4
5.0 6.0 | Blood bilirubin increased | bilirubin | umol/L | 2-20 | 10 | 20: 0 0 1, 30: 1 1 2, 60: 2 2 3, 200: 3 3 4
5.0 | Blood bilirubin increased | bilirubin | mg/dL | 0.1-1 | 2 | 2: 0 0 1, 3: 1 1 2, 6: 2 2 3, 20: 3 3 4
6.0 | Blood bilirubin increased | bilirubin | umol/L | 2-20 | 40 | 40: 0 1 1, 60: 1 1 2, 100: 2 2 3, 400: 3 3 4
4.03 | Creatinine increased | creatinine | umol/L | 50-100 | 100 | 100: 0 0 1, 150: 1 1 2, 300: 2 2 3, 600: 3 3 4
4.03 | Creatinine increased | creatinine | umol/L | 50-100 | 60 | 60: 0 0 1, 90: 1 1 2, 180: 2 2 3, 600: 3 3 4
5.0 | Creatinine increased | creatinine | umol/L | 50-100 | 100 | 100: 0 0 1, 150: 1 1 2, 300: 2 2 3, 600: 3 3 4
5.0 | Creatinine increased | creatinine | umol/L | 50-100 | 60 | 60: 0 0 0, 90: 0 0 2, 180: 2 2 3, 600: 3 3 4
6.0 | Creatinine increased | creatinine | umol/L | 50-100 | 50 | 75: 0 0 0, 100: 0 0 1, 150: 1 1 2, 300: 2 2 3
6.0 | Creatinine increased | creatinine | mg/dL | 0.5-1 | 0.4 | 0.6: 0 0 2, 1.2: 2 2 3, 6: 3 3 4
5.0 6.0 | Blood lactate dehydrogenase increased | ldh | U/L | 120-250 | | 250: 0 0 1, 2500: 1 1 1
4.03 5.0 | CPK increased | ck | U/L | 30-200 | | 200: 0 0 1, 500: 1 1 2, 1000: 2 2 3, 2000: 3 3 4
4.03 | Lipase increased | lipase | U/L | 10-60 | | 60: 0 0 1, 90: 1 1 2, 120: 2 2 3, 300: 3 3 4
5.0 6.0 | Lipase increased | lipase | U/L | 10-60 | | 60: 0 0 1, 90: 1 1 2, 120: 2 2 2, 300: 2 2 3
4.03 | Serum amylase increased | amylase | U/L | 10-100 | | 100: 0 0 1, 150: 1 1 2, 200: 2 2 3, 500: 3 3 4
5.0 6.0 | Serum amylase increased | amylase | U/L | 10-100 | | 100: 0 0 1, 150: 1 1 2, 200: 2 2 2, 500: 2 2 3
all | Haptoglobin decreased | haptoglobin | g/L | 0.3-2 | | 0.3: 1 0 0, 0.1: 1 1 1
all | Activated partial thromboplastin time prolonged | aptt | {ratio} | 0.8-1.2 | | 1.2: 0 0 1, 1.8: 1 1 2, 3: 2 2 3
4.03 | INR increased | inr | {ratio} | 0.9-1.1 | | 1.1: 0 0 1, 1.65: 1 1 2, 2.75: 2 2 3
5.0 6.0 | INR increased | inr | {ratio} | 0.9-1.1 | | 1.1: 0 0 0, 1.2: 0 0 1, 1.5: 1 1 2, 2.5: 2 2 3
all | Fibrinogen decreased | fibrinogen | g/L | 2-4 | 0.8 | 2: 1 0 0, 1.5: 2 1 1, 1: 3 2 2, 0.5: 4 3 3
all | Fibrinogen decreased | fibrinogen | mg/dL | 160-400 | 80 | 50: 4 3 3
4.03 | Fibrinogen decreased | fibrinogen | g/L | 2-9 | 8 | 8: 1 0 0, 6: 2 2 1, 4: 3 3 2, 2: 4 4 3
5.0 6.0 | Fibrinogen decreased | fibrinogen | g/L | 7-9 | 8 | 8: 0 0 0, 7: 1 0 0, 6: 2 2 1, 4: 3 3 2, 2: 4 4 3
5.0 6.0 | Fibrinogen decreased | fibrinogen | g/L | 2-9 | 8 | 4: 0 0 0, 2: 4 0 0
all | Hypercalcemia | calcium | mmol/L | 2.1-2.6 | | 2.6: 0 0 1, 2.9: 1 1 2, 3.1: 2 2 3, 3.4: 3 3 4
all | Hypercalcemia | calcium | mg/dL | 8.5-10.4 | | 10.4: 0 0 1, 11.5: 1 1 2, 12.5: 2 2 3, 13.5: 3 3 4
all | Hypercalcemia | calcium_ionised | mmol/L | 1.1-1.3 | | 1.3: 0 0 1, 1.5: 1 1 2, 1.6: 2 2 3, 1.8: 3 3 4
all | Hypocalcemia | calcium | mmol/L | 2.1-2.6 | | 2.1: 1 0 0, 2: 2 1 1, 1.75: 3 2 2, 1.5: 4 3 3
all | Hypocalcemia | calcium | mg/dL | 8.5-10.4 | | 8.5: 1 0 0, 8: 2 1 1, 7: 3 2 2, 6: 4 3 3
all | Hypocalcemia | calcium_ionised | mmol/L | 1.1-1.3 | | 1.1: 1 0 0, 1: 2 1 1, 0.9: 3 2 2, 0.8: 4 3 3
all | Hyperkalemia | potassium | mmol/L | 3.5-5 | | 5: 0 0 1, 5.5: 1 1 2, 6: 2 2 3, 7: 3 3 4
all | Hypokalemia | potassium | mmol/L | 3.5-5 | | 3.5: 1 0 0, 3: 3 1 1, 2.5: 4 3 3
all | Hypernatremia | sodium | mmol/L | 135-145 | | 145: 0 0 1, 150: 1 1 2, 155: 2 2 3, 160: 3 3 4
4.03 | Hyponatremia | sodium | mmol/L | 135-145 | | 135: 1 0 0, 130: 3 1 1, 125: 3 3 3, 120: 4 3 3
5.0 6.0 | Hyponatremia | sodium | mmol/L | 135-145 | | 135: 1 0 0, 130: 2 1 1, 125: 3 2 2, 120: 4 3 3
all | Hypermagnesemia | magnesium | mmol/L | 0.7-1 | | 1: 0 0 1, 1.23: 1 1 3, 3.3: 3 3 4
all | Hypermagnesemia | magnesium | mg/dL | 1.7-2.4 | | 2.4: 0 0 1, 3: 1 1 3, 8: 3 3 4
all | Hypomagnesemia | magnesium | mmol/L | 0.7-1 | | 0.7: 1 0 0, 0.5: 2 1 1, 0.4: 3 2 2, 0.3: 4 3 3
all | Hypomagnesemia | magnesium | mg/dL | 1.7-2.4 | | 1.7: 1 0 0, 1.2: 2 1 1, 0.9: 3 2 2, 0.7: 4 3 3
4.03 | Hypophosphatemia | phosphate | mmol/L | 0.9-1.5 | | 0.9: 1 0 0, 0.8: 2 1 1, 0.6: 3 2 2, 0.3: 4 3 3
4.03 | Hypophosphatemia | phosphate | mg/dL | 2.8-4.5 | | 2.8: 1 0 0, 2.5: 2 1 1, 2: 3 2 2, 1: 4 3 3
4.03 6.0 | Hyperglycemia | glucose_fasting | mmol/L | 3.9-6 | | 6: 0 0 1, 8.9: 1 1 2, 13.9: 2 2 3, 27.8: 3 3 4
4.03 6.0 | Hyperglycemia | glucose_fasting | mg/dL | 70-110 | | 110: 0 0 1, 160: 1 1 2, 250: 2 2 3, 500: 3 3 4
4.03 6.0 | Hyperglycemia | glucose | mmol/L | 3.9-6 | | 6: 0 0 0, 13.9: 0 0 3, 27.8: 3 3 4
4.03 6.0 | Hyperglycemia | glucose | mg/dL | 70-110 | | 250: 0 0 3, 500: 3 3 4
all | Hypoglycemia | glucose | mmol/L | 3.9-6 | | 3.9: 1 0 0, 3: 2 1 1, 2.2: 3 2 2, 1.7: 4 3 3
all | Hypoglycemia | glucose_fasting | mg/dL | 70-110 | | 70: 1 0 0, 55: 2 1 1, 40: 3 2 2, 30: 4 3 3
all | Cholesterol high | cholesterol | mmol/L | 3-5.2 | | 5.2: 0 0 1, 7.75: 1 1 2, 10.34: 2 2 3, 12.92: 3 3 4
all | Cholesterol high | cholesterol | mg/dL | 100-200 | | 200: 0 0 1, 300: 1 1 2, 400: 2 2 3, 500: 3 3 4
all | Hypertriglyceridemia | triglycerides | mmol/L | - | | 1.71: 0 1 1, 3.42: 1 1 2, 5.7: 2 2 3, 11.4: 3 3 4
all | Hypertriglyceridemia | triglycerides | mg/dL | - | | 150: 0 1 1, 300: 1 1 2, 500: 2 2 3, 1000: 3 3 4
4.03 | Hyperuricemia | uric_acid | mmol/L | 0.1-0.4 | | 0.4: 0 0 1, 0.59: 1 1 4
4.03 | Hyperuricemia | uric_acid | mg/dL | 2-7 | | 7: 0 0 1, 10: 1 1 4
5.0 6.0 | Hyperuricemia | uric_acid | umol/L | 100-400 | | 400: 0 0 1, 590: 1 1 1
all | Hypoalbuminemia | albumin | g/L | 35-50 | | 35: 1 0 0, 30: 2 1 1, 20: 3 2 2
6.0 | HDL decreased | hdl | mmol/L | 1-2 | | 1: 1 0 0
6.0 | LDL increased | ldl | mmol/L | 1-3 | | 3: 0 0 1
all | Fever | temperature | Cel | - | | 38: 0 1 1, 39: 1 1 2, 40: 2 2 3
4.03 5.0 | Hypertension | systolic_pressure | mm[Hg] | - | | 120: 0 1 1, 140: 1 2 2, 160: 2 3 3
4.03 5.0 | Hypertension | diastolic_pressure | mm[Hg] | - | | 80: 0 1 1, 90: 1 2 2, 100: 2 3 3
6.0 | Hypertension | systolic_pressure | mm[Hg] | - | | 120: 0 0 0, 140: 0 2 2, 160: 2 3 3, 180: 3 4 4
6.0 | Hypertension | diastolic_pressure | mm[Hg] | - | | 80: 0 0 0, 90: 0 2 2, 100: 2 3 3, 110: 3 4 4"""
JUST = 1e-6


def ladder(version: str) -> tuple[pl.DataFrame, list[int]]:
    """Return the values around every boundary of a version, and their grades by hand."""
    rows, answers = [], []
    for of, term, test, unit, limits, baseline, boundaries in cells(LADDERS)[1:]:
        if of != "all" and version not in of.split():
            continue
        for boundary in boundaries.split(","):
            at, grades = boundary.split(":")
            answers += [int(grade) for grade in grades.split()]
            lower, upper = limits.split("-")
            rest = f"{unit} | {lower} | {upper} | {baseline} | 30"
            values = (float(at) * factor for factor in (1 - JUST, 1, 1 + JUST))
            rows += [f"{term} | {test} | {value!r} | {rest}" for value in values]
    heading = "term | test | value | unit | lower_limit | upper_limit | baseline | age\n"
    return frame(heading + "\n".join(rows)), answers


@pytest.mark.parametrize("version", VERSIONS)
def test_every_boundary_just_under_at_and_just_over(version: str) -> None:
    """The grades worked by hand, at every boundary of every rule."""
    measurements, answers = ladder(version)
    graded = grade_laboratory(measurements, version=version)
    shown = measurements.with_columns(graded["grade", "clause", "reason"], answer=pl.Series(answers))
    wrong = shown.filter(pl.col("grade").ne_missing(pl.col("answer")))
    assert wrong.rows() == []


@pytest.mark.parametrize("version", VERSIONS)
def test_no_rule_is_left_out_of_the_table(version: str) -> None:
    """Every clause of every rule has decided a grade above."""
    measurements, _ = ladder(version)
    graded = grade_laboratory(measurements, version=version)
    decided = set(graded.select("term", "test", "clause").unique().rows())
    clauses = {
        (rule.term, arm.words(grade, rule.direction))
        for rule in rules(version)
        for arm in rule.arms
        for grade in arm.grades
    }
    assert clauses - {(term, clause) for term, _, clause in decided} == set()
    tests = {(rule.term, test) for rule in rules(version) if rule.arms for test in rule.tests}
    assert tests - {(term, test) for term, test, _ in decided} == set()


COUNTS = frame(
    """test | value | unit | lower_limit | upper_limit
    neutrophils | 1.8 | 10*9/L | 2 | 7
    neutrophils | 0.8 | 10*9/L | 2 | 7
    neutrophils | 0.3 | 10*9/L | 2 | 7
    neutrophils | 0.05 | 10*9/L | 2 | 7
    platelets | 40 | 10*9/L | 150 | 450
    platelets | 20 | 10*9/L | 150 | 450
    platelets | 8 | 10*9/L | 150 | 450"""
)


def test_the_same_counts_in_4_and_in_6(shows: Shows) -> None:
    """One data set, two versions: five of seven grades differ, and one term has another name."""
    shows(
        grade_laboratory(COUNTS, version="4.03"),
        """row | term | grade | clause
        0 | Neutrophil count decreased | 1 | below the lower limit of normal
        1 | Neutrophil count decreased | 3 | below 1 10*9/L
        2 | Neutrophil count decreased | 4 | below 0.5 10*9/L
        3 | Neutrophil count decreased | 4 | below 0.5 10*9/L
        4 | Platelet count decreased | 3 | below 50 10*9/L
        5 | Platelet count decreased | 4 | below 25 10*9/L
        6 | Platelet count decreased | 4 | below 25 10*9/L""",
    )
    shows(
        grade_laboratory(COUNTS, version="6.0"),
        """row | term | grade | clause
        0 | Neutrophil count decreased | 0 | no boundary passed
        1 | Neutrophil count decreased | 2 | below 1 10*9/L
        2 | Neutrophil count decreased | 3 | below 0.5 10*9/L
        3 | Neutrophil count decreased | 4 | below 0.1 10*9/L
        4 | Thrombocytopenia | 3 | below 50 10*9/L
        5 | Thrombocytopenia | 3 | below 50 10*9/L
        6 | Thrombocytopenia | 4 | below 10 10*9/L""",
    )


@pytest.mark.parametrize(
    ("version", "clause", "grade"),
    [
        ("4.03", "above 3 times the upper limit of normal", 2),
        ("5.0", "at or above 1.5 times the baseline (baseline abnormal)", 1),
        ("6.0", "above 1.5 times the baseline (baseline abnormal)", 2),
    ],
)
def test_an_abnormal_baseline_by_version(version: str, clause: str, grade: int) -> None:
    """ALT 160 from a baseline of 100 and a limit of 40: four limits, 1.6 baselines."""
    alt = frame("test | value | unit | lower_limit | upper_limit | baseline\nalt | 160 | U/L | 5 | 40 | 100")
    assert grade_laboratory(alt, version=version).select("clause", "grade").rows() == [(clause, grade)]


NO_GRADE = """test | value | unit | lower_limit | upper_limit | baseline | reason
neutrophils | | 10*9/L | 2 | 7 | | value missing
neutrophils | nan | 10*9/L | 2 | 7 | | value missing
neutrophils | inf | 10*9/L | 2 | 7 | | value missing
neutrophils | -1 | 10*9/L | 2 | 7 | | value negative
neutrophils | 3 | | 2 | 7 | | unit missing
neutrophils | 3 | spoon | 2 | 7 | | unit unknown
neutrophils | 3 | % | 2 | 7 | | unit of another quantity
neutrophils | 3 | g/L | 2 | 7 | | unit of another quantity
neutrophils | 3 | 10*9/L | 7 | 2 | | lower limit above upper limit
neutrophils | 0.3 | 10*9/L | 7 | 2 | | lower limit above upper limit
neutrophils | 3 | 10*9/L | -2 | 7 | | limit or baseline negative or zero
neutrophils | 3 | 10*9/L | 0 | 0 | | limit or baseline negative or zero
neutrophils | 3 | 10*9/L | | 7 | | lower limit missing
neutrophils | 1.5 | 10*9/L | | | | lower limit missing
alt | 30 | U/L | 5 | | 20 | upper limit missing
alt | 41 | U/L | 5 | 40 | | baseline missing
alt | 900 | U/L | 5 | 40 | | baseline missing
alt | 30 | U/L | 5 | 40 | 0 | limit or baseline negative or zero
creatinine | 60 | umol/L | 50 | 100 | | baseline missing
creatinine | 60 | umol/L | 50 | | 60 | upper limit missing
fibrinogen | 1.7 | g/L | 2 | 4 | | baseline missing
calcium | 2.3 | mmol/L | 2.1 | | | upper limit missing; no boundary passed
systolic_pressure | 150 | mm[Hg] | | | | rule for adults only: age missing or below 18
glucose_fasting | 20 | mmol/L | 4 | 6 | | clinical clause only; no boundary passed
height | 120 | cm | | | | the version has no laboratory rule for this test
 | 120 | cm | | | | the version has no laboratory rule for this test"""


def test_what_gives_no_grade_says_why() -> None:
    """In 5.0, row by row; a second rule of a test has an answer of its own."""
    measurements = frame(NO_GRADE)
    graded = grade_laboratory(measurements.drop("reason"), version="5.0")
    said = graded.with_columns(pl.col("reason", "clause").cast(pl.String)).group_by("row", maintain_order=True)
    answers = said.agg(pl.coalesce("reason", "clause").str.join("; "))["reason"]
    wrong = measurements.with_columns(answer=answers).filter(pl.col("reason").ne_missing(pl.col("answer")))
    assert wrong.rows() == []


def test_a_limit_that_is_not_needed_is_not_missed(shows: Shows) -> None:
    """A value beyond an absolute boundary, or within every limit, is graded without the rest."""
    measurements = frame(
        """test | value | unit | lower_limit | upper_limit | baseline
        neutrophils | 1.49 | 10*9/L | | |
        alt | 40 | U/L | 5 | 40 |
        creatinine | 601 | umol/L | | 100 |
        fibrinogen | 2 | g/L | 2 | 4 |
        fibrinogen | 0.49 | g/L | | | """
    )
    shows(
        grade_laboratory(measurements, version="5.0"),
        """row | grade | clause | reason
        0 | 2 | below 1.5 10*9/L |
        1 | 0 | no boundary passed |
        2 | 4 | above 6 times the upper limit of normal |
        3 | 0 | no boundary passed |
        4 | 4 | below 0.5 g/L | """,
    )


def test_both_directions_of_a_test(shows: Shows) -> None:
    """Calcium is graded as too low and as too high; one limit suffices for one of them."""
    measurements = frame("test | value | unit | lower_limit | upper_limit\ncalcium | 1.9 | mmol/L | 2.1 | ")
    shows(
        grade_laboratory(measurements, version="5.0"),
        """row | term | grade | reason
        0 | Hypercalcemia |  | upper limit missing
        0 | Hypocalcemia | 2 | """,
    )


def test_the_term_asked_for(shows: Shows) -> None:
    """A term alone, of another version, of no value, of another test, of none."""
    measurements = frame(
        """term | test | value | unit | lower_limit | upper_limit
        Hypocalcemia | calcium | 1.9 | mmol/L | 2.1 | 2.6
        Platelet count decreased | platelets | 20 | 10*9/L | 150 | 450
        Headache | platelets | 20 | 10*9/L | 150 | 450
        Lymphopenia | lymphocytes | 0.3 | 10*9/L | 1 | 4
        Thrombocytopenia | platelets | 20 | 10*9/L | 150 | 450"""
    )
    shows(
        grade_laboratory(measurements, version="6.0"),
        """row | version | term | grade | reason
        0 | 6.0 | Hypocalcemia | 2 |
        1 | 6.0 | Platelet count decreased |  | not a term of this version
        2 | 6.0 | Headache |  | the term has no laboratory rule for this test
        3 | 6.0 | Lymphopenia |  | clinical clause only
        4 | 6.0 | Thrombocytopenia | 3 | """,
    )


def test_a_bound_has_no_grade() -> None:
    """`<10` may be anything below; `=` and no sign are numbers."""
    platelets = "platelets | 10 | 10*9/L | 150 | 450"
    measurements = frame(
        "test | value | unit | lower_limit | upper_limit | comparator\n"
        + "\n".join(f"{platelets} | {sign}" for sign in ("<", "=", ""))
    )
    graded = grade_laboratory(measurements, version="5.0")
    assert graded["grade"].to_list() == [None, 4, 4]
    assert graded["reason"].to_list() == ["value is a bound, not a number", None, None]


def test_a_child_has_no_adult_grade_of_blood_pressure() -> None:
    """17 years is below, 18 is not."""
    measurements = frame(
        "test | value | unit | age\n" + "\n".join(f"systolic_pressure | 165 | mmHg | {age}" for age in ("17", "18"))
    )
    assert grade_laboratory(measurements, version="5.0")["grade"].to_list() == [None, 3]


def test_units_are_converted_and_spellings_read() -> None:
    """0.4 x10^9/L in five units is one grade."""
    spelt = ["0.4 | 10*9/L", "400 | /uL", "0.4 | 10*3/uL", "400 | cells/µL", "0.4 | x10⁹/l"]
    measurements = frame("test | value | unit\n" + "\n".join(f"neutrophils | {text}" for text in spelt))
    assert grade_laboratory(measurements, version="5.0")["grade"].to_list() == [4] * len(spelt)


def test_a_decimal_boundary_is_the_number_that_is_written() -> None:
    """1.5 times a limit of 0.7 is 1.05, whatever binary numbers make of it."""
    measurements = frame(
        "test | value | unit | lower_limit | upper_limit | baseline\ncreatinine | 1.05 | mg/dL | 0.3 | 0.7 | 0.7"
    )
    assert grade_laboratory(measurements, version="5.0")["grade"].to_list() == [1]


def test_no_rows_and_no_limits() -> None:
    """An empty frame has the columns; a frame of nulls has an answer a row."""
    empty = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.Null))
    graded = grade_laboratory(empty, version="5.0")
    assert graded.columns == ["row", "test", "version", "term", "grade", "clause", "reason"]
    assert graded.is_empty()
    nulls = pl.DataFrame({name: [None, None] for name in COLUMNS})
    assert grade_laboratory(nulls, version="5.0")["reason"].to_list() == [REASONS[0]] * 2


def test_other_columns_are_let_be() -> None:
    """The measurements table numbers its rows itself; `row` of the answer is the place in the frame."""
    numbered = COUNTS.with_columns(row=pl.lit(9), patient=pl.lit("P"))
    assert grade_laboratory(numbered, version="5.0").equals(grade_laboratory(COUNTS, version="5.0"))


def test_what_cannot_be_asked() -> None:
    """An unknown version, and a frame without its columns."""
    with pytest.raises(ValueError, match=r"CTCAE version `7` is not known. Permitted: 4.03, 5.0, 6.0"):
        grade_laboratory(COUNTS, version="7")
    with pytest.raises(ValueError, match="missing: unit, baseline"):
        grade_laboratory(COUNTS.drop("unit", "baseline"), version="5.0")


@pytest.mark.parametrize("version", VERSIONS)
def test_each_row_has_a_grade_or_a_reason(version: str) -> None:
    """Never both, never neither; a clause with every grade; order and number of rows do not depend on one another."""
    measurements = pl.concat([ladder(version)[0], frame(NO_GRADE).drop("reason")], how="diagonal")
    graded = grade_laboratory(measurements, version=version)
    assert (graded["grade"].is_null() == graded["reason"].is_not_null()).all()
    assert (graded["grade"].is_null() == graded["clause"].is_null()).all()
    assert ((graded["grade"] == 0) == (graded["clause"] == NOTHING_PASSED)).drop_nulls().all()
    assert set(graded["row"]) == set(range(len(measurements)))
    turned = grade_laboratory(measurements.reverse(), version=version).with_columns(
        row=len(measurements) - 1 - pl.col("row")
    )
    assert turned.sort("row", "term").rows() == graded.sort("row", "term").rows()
