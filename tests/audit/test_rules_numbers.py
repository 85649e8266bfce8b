"""Rules on single numbers: medians, means, intervals, p-values, survival, units, dates. Answers worked by hand."""

from __future__ import annotations

import pytest
from tests.audit.audit_specs import certainties, found_in

IMPOSSIBLE, UNLIKELY, ROUNDING, AMBIGUOUS = "impossible", "unlikely", "rounding", "ambiguous"


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("The median age was 6 years (range, 2 to 11 years).", []),
        ("The median age was 14 years (range, 2 to 11 years).", [IMPOSSIBLE]),
        ("The median age was 12 years (range, 2 to 11 years).", [UNLIKELY]),  # 11.9 rounded, and cut off
        ("The median age was 2 years (range, 2.4 to 11 years).", []),  # 2 can stand for 2.4
        ("The median age was 1 years (range, 2.4 to 11 years).", [IMPOSSIBLE]),
        ("The median age was 6 years (range, 6.4 to 11 years).", []),
        ("The median age was 6 years (range, 11 to 2 years).", [AMBIGUOUS]),
        ("The median score was -40 (range, 35 to 50).", []),  # the dash of the range for a sign
        ("The median score was -60 (range, 35 to 50).", [IMPOSSIBLE]),
    ],
)
def test_a_median_and_its_range(sentence: str, answer: list[str]) -> None:
    """The ends in order, the median between them, each with what its print can stand for."""
    assert certainties(sentence, "median_within_range", "range_order") == answer


P_COLUMN = """
Table 2. Results

| Measure | A (n = 9) | B (n = 9) | P value |
|---|---|---|---|
| Fever | 3 (33) | 6 (67) | 0.35 |
| Score | 4.1 ± 1.0 | 4.2 ± 1.1 | {p} |
"""
P_ROW = """
Table 3. Intake

| Nutrient | Before | After |
|---|---|---|
| {label} | {before} | {after} |
"""


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (P_COLUMN.format(p="0.04"), []),
        (P_COLUMN.format(p="3"), [IMPOSSIBLE]),
        (P_COLUMN.format(p="0983"), [IMPOSSIBLE]),
        (P_ROW.format(label="P", before="98.2", after="104.8"), []),  # most values are none: phosphorus
        (P_ROW.format(label="P (mg/d)", before="0.8", after="1.2"), []),  # a unit
        (P_ROW.format(label="P (trend)", before="0.8", after="1.2"), [IMPOSSIBLE]),
    ],
)
def test_a_p_value_above_one(text: str, answer: list[str]) -> None:
    """It is told where the values beside it are probabilities; a letter P heads other things, too."""
    assert certainties(text, "p_between_0_and_1") == answer


MEANS = """
Table 1. Treatment

| Characteristic | All (n = {n}) |
|---|---|
| {label}, mean (SD) | {value} |
"""


@pytest.mark.parametrize(
    ("label", "n", "value", "answer"),
    [
        ("Number of cycles", 28, "5.18 (1.20)", []),  # 145 / 28 = 5.179
        ("Number of cycles", 28, "5.19 (1.20)", ["mean_of_whole_numbers"]),  # 5.179 and 5.214
        ("Number of cycles", 4, "2.50 (0.58)", []),  # 2, 2, 3, 3
        ("Number of cycles", 4, "2.50 (0.33)", ["deviation_of_whole_numbers"]),  # at least 0.5 (by n)
        ("Age, years", 28, "5.19 (1.20)", []),  # ages are measured, not counted
        ("Total volume of lesions (cm³)", 28, "5.19 (1.20)", []),
        ("Lesions (mm)", 28, "5.19 (1.20)", []),
        ("Duration of episodes", 28, "5.19 (1.20)", []),
        ("Number of lesions", 28, "5.19 (1.20)", ["mean_of_whole_numbers"]),
        ("Number of cycles", 120, "5.19 (1.20)", []),  # 623 / 120 = 5.19: every second decimal is possible
    ],
)
def test_means_of_whole_numbers(label: str, n: int, value: str, answer: list[str]) -> None:
    """GRIM and GRIMMER speak of counts only, and below as many values as the print has steps."""
    text = MEANS.format(n=n, label=label, value=value)
    names = ("mean_of_whole_numbers", "deviation_of_whole_numbers")
    assert [finding.rule for finding in found_in(text, *names)] == answer


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("The hazard ratio was 0.33 (95% CI, 0.15 to 0.72).", []),  # sqrt(0.15 x 0.72) = 0.329
        ("The hazard ratio was 0.60 (95% CI, 0.15 to 0.72).", ["interval_symmetric"]),
        ("The hazard ratio was 0.80 (95% CI, 0.15 to 0.72).", ["interval_contains_estimate"]),
        ("Survival was 71% (95% CI, 60% to 80%).", []),
        ("Survival was 81% (95% CI, 60% to 80%).", []),  # 81 can stand for 80.5 and 80 for 80.9
        ("Survival was 83% (95% CI, 60% to 80%).", ["interval_contains_estimate"]),
        ("It fell to 10.4 (IQR 4.7; 95% CI 7.0 to 23.7).", []),
        ("Remission was reached in 86% (19/22, 95% CI 67-95).", []),
        ("It was higher than at day 14 (95% CI 0.087-0.674).", []),
        ("Zones were 1.35 v/s 1.82 (p 0.004) (95% CI 0.15, 0.79).", []),
        ("Zones were 1.35 v/s 1.82, p 0.004 (95% CI 0.15, 0.79).", []),
        ("The level fell by 12 (95% CI, -18 to -6).", []),  # the sign is told in words
        ("It fell by 3.0 days at 12 weeks (95% CI, -4.1 to -1.9).", []),
        ("Costs were 1163 higher at 6 months, 95% CI 56 to 3271.", []),
        ("The difference was 12 (95% CI, 24 to 39).", ["interval_contains_estimate"]),
        ("Survival was higher (83% vs. 60%, 95% CI: 0.15-0.72).", ["interval_contains_estimate"]),
        ("Remission was reached by 6 of 9 (67%; 95% CI, 30% to 93%).", []),  # Clopper-Pearson 29.9 to 92.5
        ("Remission was reached by 6 of 9 (67%; 95% CI, 35% to 88%).", []),  # Wilson 35.4 to 87.9
        ("Remission was reached by 6 of 9 (67%; 95% CI, 55% to 79%).", ["interval_of_share"]),
    ],
)
def test_intervals(sentence: str, answer: list[str]) -> None:
    """Contained, on one scale, symmetric in logs for ratios, and a usual one for shares."""
    names = ("interval_contains_estimate", "interval_symmetric", "interval_of_share")
    assert [finding.rule for finding in found_in(sentence, *names)] == answer


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("There was no difference (p = 0.69).", []),
        ("There was a difference (p = 1.2).", [UNLIKELY]),
        ("Serum phosphate was high (P ≥ 5.5 mg/dL).", []),
        ("The effect was clear (P = 4.93 × 10⁻⁷).", []),
        ("There was a difference (p = 0.000).", [ROUNDING]),
        ("There was a difference (p < 0.001).", []),
        ("The hazard ratio was 0.33 (95% CI, 0.15 to 0.72; p = 0.003).", []),  # by the interval 0.0054
        ("The hazard ratio was 0.33 (95% CI, 0.15 to 0.72; p = 0.40).", [UNLIKELY]),
        ("The hazard ratio was 0.90 (95% CI, 0.60 to 1.35; p = 0.001).", [UNLIKELY]),
    ],
)
def test_p_values(sentence: str, answer: list[str]) -> None:
    """A probability, not 0, and on the side of 0.05 that the interval tells."""
    assert certainties(sentence, "p_between_0_and_1", "p_of_interval") == answer


# 3 of 10 against 9 of 10: Fisher 0.0198, chi-squared 0.0062, with Yates' correction 0.0225.
@pytest.mark.parametrize(
    ("p", "answer"),
    [
        ("0.02", []),
        ("0.006", []),
        ("0.022", []),
        ("0.01", []),
        ("< 0.05", []),
        ("0.30", [AMBIGUOUS]),
        ("0.0005", [AMBIGUOUS]),
    ],
)
def test_the_p_value_of_a_row(p: str, answer: list[str]) -> None:
    """Any usual test will do: one side and two, corrected or not; a model may be behind another value."""
    text = f"""
    Table 4. Toxicity by group

    | Event | A (n = 10), n (%) | B (n = 10), n (%) | P value |
    |---|---|---|---|
    | Fever | 3 (30) | 9 (90) | {p} |
    """
    assert certainties(text, "p_of_counts") == answer


def test_the_p_value_of_a_section() -> None:
    """One p-value for three rows is that of the three rows together."""
    text = """
    Table 1. Risk by group

    | Characteristic | A (n = 10), n (%) | B (n = 10), n (%) | P value |
    |---|---|---|---|
    | Risk, n (%) | | | |
    |   Low | 6 (60) | 1 (10) | {} |
    |   Intermediate | 3 (30) | 3 (30) | |
    |   High | 1 (10) | 6 (60) | |
    """
    # Fisher-Freeman-Halton 0.0267, chi-squared 7.14 on 2 df 0.0281; the first row alone 0.057 and 0.019.
    assert certainties(text.format("0.027"), "p_of_counts") == []
    assert certainties(text.format("0.028"), "p_of_counts") == []
    assert certainties(text.format("0.75"), "p_of_counts") == [AMBIGUOUS]


@pytest.mark.parametrize(
    ("percent", "answer"),
    [("33%", []), ("30%", []), ("44%", []), ("100%", []), ("80%", []), ("81%", [UNLIKELY]), ("97%", [UNLIKELY])],
)
def test_survival_that_patients_and_deaths_can_have(percent: str, answer: list[str]) -> None:
    """9 patients, 6 deaths: 3/9 at the end, 8/27 if one left before the last death.

    81 % lies between 4/5, if the first of five dies, and 5/6 of six; 97 % above 8/9, after the first death of all.
    """
    sentence = f"Six of 9 patients died, and the probability of overall survival was {percent}."
    assert certainties(sentence, "survival_possible") == answer


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("Blinatumomab was given at 15 µg/m2/day.", []),
        ("Blinatumomab was given at 15 mg/m2/day for 28 days.", ["dose_unit"]),
        ("Blinatumomab followed cytarabine 75 mg/m2/day.", []),
        ("He had received nilotinib 2 x 200 mg/kg/day.", ["dose_unit"]),
        ("He had received nilotinib 230 mg/m2.", []),
        ("Negative was defined as <0.01% or <10E-4.", ["power_of_ten"]),
        ("Negative was defined as <0.01% or <10⁻⁴.", []),
        ("The MRD level was 1x106 after one cycle.", ["power_of_ten"]),
        ("The MRD level was 1×10⁻⁶ after one cycle.", []),
        ("The median CD3+ count was 194/ml.", ["cells_per_ml"]),
        ("The median CD3+ count was 194/µl.", []),
        ("The maximum of IL-6 was 1256.92 pg/ml.", []),
    ],
)
def test_units_and_powers(sentence: str, answer: list[str]) -> None:
    """Doses a thousand times too high, per the wrong measure, ten times a power of ten, cells of a microlitre."""
    names = ("dose_unit", "power_of_ten", "cells_per_ml")
    assert [finding.rule for finding in found_in(sentence, *names)] == answer


def test_a_lost_letter_is_said_to_be_possible() -> None:
    """A dose in milligrams is told as one that extraction may have made."""
    (found,) = found_in("Blinatumomab was given at 15 mg/m2/day for 28 days.", "dose_unit")
    assert found.certainty == UNLIKELY
    assert "artefact" in found.artefact


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("Patients were treated between October 1, 2020 and June 20, 2022.", []),
        ("Patients were treated between June 20, 2022 and October 1, 2020.", [IMPOSSIBLE]),
        ("The data were cut on June 31, 2022 in 9 patients.", [IMPOSSIBLE]),
        ("It was planned with version 2.1.30 February 2003 in 9 patients.", []),
        ("Der Stichtag war der 31. Juni 2022, bei 9 Patienten.", [IMPOSSIBLE]),
        ("Der Stichtag war der 31. Juli 2022, bei 9 Patienten.", []),
        ("The data were cut on February 29, 2020 in 9 patients.", []),
        ("The data were cut on February 29, 2022 in 9 patients.", [IMPOSSIBLE]),
        ("A cycle was 28 days (4 weeks) of infusion.", []),
        ("A cycle was 28 days (5 weeks) of infusion.", [IMPOSSIBLE]),
        ("They were seen for 29 days (i.e. 4 weeks).", [UNLIKELY]),  # from day 1 to day 29
        ("They were seen for 30 days (i.e. 4 weeks).", [IMPOSSIBLE]),
        ("He has been in remission for four years (1490 days).", []),
        ("He has been in remission for four years (2490 days).", [UNLIKELY]),
    ],
)
def test_dates_and_durations(sentence: str, answer: list[str]) -> None:
    """Days of the calendar, spans in order, one duration in two units."""
    assert certainties(sentence, "date_exists", "span_of_dates", "duration_in_two_units") == answer


def test_damaged_text_lowers_the_certainty() -> None:
    """What is impossible in a sound cell is unlikely in a damaged one, and is told as an artefact perhaps."""
    from dataclasses import replace

    from tests.audit.audit_specs import manuscript_of

    from engager.audit.claims import read_claims
    from engager.audit.rules import find

    manuscript = manuscript_of("Remission was reached in 3 of 9 (53%) patients.")
    claims = [replace(claim, damaged="a digit may be lost") for claim in read_claims(manuscript)]
    (found,) = find([manuscript], claims)
    assert found.certainty == UNLIKELY
    assert found.artefact == "may be an artefact of extraction: a digit may be lost"


@pytest.mark.parametrize(
    ("interval", "answer"),
    [
        ("14.3, 28.6", UNLIKELY),  # -14.3 to 28.6 has its middle at 7.15
        ("10.0, 28.6", IMPOSSIBLE),
        ("-14.3, 28.6", ""),
    ],
)
def test_a_lost_minus_of_an_interval(interval: str, answer: str) -> None:
    """An interval that is symmetric about its estimate with the sign of its lower end may have lost it."""
    text = f"The difference was 7.1 (95% CI, {interval})."
    assert certainties(text, "interval_contains_estimate") == ([answer] if answer else [])


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("The hazard ratio of escalation was 0.80 (95% CI, 0.15 to 0.72).", IMPOSSIBLE),
        ("Death was rarer (HR 0.29, 95% CI 0.38–0.53).", IMPOSSIBLE),
        ("It was lower (b = -0.10, SE = 0.0179, 95% CI 0.873, 0.937).", UNLIKELY),  # of something told before
        ("Fewer had none (8% v 29%, 95% CI for difference 16% to 24%).", UNLIKELY),
    ],
)
def test_an_interval_needs_the_name_of_its_estimate(sentence: str, answer: str) -> None:
    """Without a name before the number the interval may be that of another number of the sentence."""
    assert certainties(sentence, "interval_contains_estimate") == [answer]
