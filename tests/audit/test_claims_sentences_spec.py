"""Specs of claims in sentences: a text, and set in under it what it claims."""

from __future__ import annotations

import pytest
from tests.audit.reading_specs import sentence_claims

from engager.audit.claims.numbers import COMMA, POINT, convention_of
from engager.audit.claims.sentences import drafts_of

COUNTS = """
    In all 23 patients it fell.
        count '23 patients': 23 patients
    Six patients and one child died.
        count 'Six patients': 6 patients
        count 'one child': 1 patients
    Totally 23pediatric patients
        count '23pediatric patients': 23 patients
    A total of 1,204 AEs in 2 trials
        count '1,204 AEs': 1204 events
        count '2 trials': 2 trials
    None of the patients relapsed.
        count 'None of the patients': 0 patients
    Two of the patients had it.
        count 'Two of the patients': 2 patients
    At least one AE
        count 'one AE': ≥1 events
    more than 10 000 patients
        count '10 000 patients': >10000 patients
    (n = 20) and N=9
        group_size 'n = 20': 20
        group_size 'N=9': 9
    the 1st cycle and 19 underwent two cycles
        number '19': 19
        count 'two cycles': 2 cycles
"""
SHARES = """
    20 (87%) with toxicity
        count_percent '20 (87%)': 20 87
    2 (66.7%) patients
        count_percent '2 (66.7%)': 2 66.7 patients
    in 3 patients (10.5%), with
        count_percent '3 patients (10.5%)': 3 10.5 patients
    pancreatitis (12/20), sepsis (1/20)
        fraction '12/20': 12 20
        fraction '1/20': 1 20
    six of nine survived
        fraction 'six of nine': 6 9
    22 out of 23 pediatric patients
        fraction '22 out of 23': 22 23
    3 of 9 (33%) and 1 of 8 (12.5 %)
        fraction_percent '3 of 9 (33%)': 3 9 33
        fraction_percent '1 of 8 (12.5 %)': 1 8 12.5
    Two (Patients 1 and 2) of the 4 patients
        fraction 'Two (Patients 1 and 2) of the 4': 2 4
        ids 'Patients 1 and 2': 1,2
    in 57%, 48% and >4.3 % of patients
        percent '57%': 57
        percent '48%': 48
        percent '>4.3 %': >4.3
    about 15% and 15–20 %
        percent '15%': ~15
        range '15–20 %': 15 20 %
    5 mg/24 h, 140/90 mmHg
        dose '5 mg/24 h': 5 mg/24 h
        number '140': 140
        quantity '90 mmHg': 90 mmHg
"""
SUMMARIES = """
    median age was 6 years (range, 2 to 11 years)
        median_range 'median age was 6 years (range, 2 to 11 years)': 6 2 11 years
    a median follow up of 1490 days (range 675-1851 days)
        median_range 'median follow up of 1490 days (range 675-1851 days)': 1490 675 1851 days
    median 6 [2–11]
        median_range 'median 6 [2–11]': 6 2 11
    median 6 (IQR 4-8)
        median_quartiles 'median 6 (IQR 4-8)': 6 4 8
    (median CD3+ 179/ml)
        median 'median CD3+ 179/ml': 179 /ml
    mean 4.2 ± 1.1 and 5 ± 2
        mean_sd 'mean 4.2 ± 1.1': 4.2 1.1
        mean_sd '5 ± 2': 5 2
    mean age 4.2 (SD 1.1)
        mean_sd 'mean age 4.2 (SD 1.1)': 4.2 1.1
    (range for both 17 to 1819 days)
        range 'range for both 17 to 1819 days': 17 1819 days
    after 2-4 cycles
        range '2-4': 2 4
    27 (39%; 95% CI, 27% to 51%)
        count_percent '27 (39%': 27 39
        interval '39%; 95% CI, 27% to 51%': 95 39 27 51
    66.7 %, 95 % CI 29.9–92.5
        percent '66.7 %': 66.7
        interval '66.7 %, 95 % CI 29.9–92.5': 95 66.7 29.9 92.5
    83% vs. 60%, 95% CI: 0.15–0.72, p = 0.003
        percent '83%': 83
        percent '60%': 60
        interval '95% CI: 0.15–0.72': 95 0.15 0.72
        p_value 'p = 0.003': 0.003
    398 days (95 % CI 17–not reached)
        duration '398 days': 398 days
        interval '398 days (95 % CI 17–not reached': 95 398 17 days
    change −0.5 (95% CI −1.2 to 0.2)
        number '−0.5': -0.5
        interval '−0.5 (95% CI −1.2 to 0.2': 95 -0.5 -1.2 0.2
    P<.001, P = 0·03, P-value of 0.20
        p_value 'P<.001': <0.001
        p_value 'P = 0·03': 0.03
        p_value 'P-value of 0.20': 0.20
"""
LABELS = """
    (Patients 1, 2, 5-9)
        ids 'Patients 1, 2, 5-9': 1,2,5,6,7,8,9
    Patient 20 and Case 22
        ids 'Patient 20': 20
        ids 'Case 22': 22
    in patients 2, 12, and 16, respectively
        ids 'patients 2, 12, and 16': 2,12,16
    in patients 18 years or older
        duration '18 years': 18 years
    Grade ≥3, grade 1–2, Grade III/IV
        grade 'Grade ≥3': ≥3
        grade 'grade 1–2': 1 2
        grade 'Grade III/IV': 3 4
    grade 3 or higher
        grade 'grade 3 or higher': ≥3
    (CTCAE) version 5.0; CTCAE v.4; CTCAE 4.03
        version 'version 5.0': 5.0 CTCAE
        version 'v.4': 4 CTCAE
        version 'CTCAE 4.03': 4.03 CTCAE
    from October 1, 2020 to 20 June 2022
        date 'October 1, 2020': 2020-10-01
        date '20 June 2022': 2022-06-20
    in August 2008, 2011-12-31, 01.10.2020
        date 'August 2008': 2008-08
        date '2011-12-31': 2011-12-31
        date '01.10.2020': 2020-10-01
    Table 2, Fig. 3 and Figures 3, 4 (5, 6)
    ended in relapse.31,32 Then.3-6
    CD19, IL-6, COVID-19, M2 and T-ALL
"""
DOSES = """
    5 or 15 µg/m²/day for 28 days
        dose '5 or 15 µg/m²/day': 5 15 µg/m²/day
        duration '28 days': 28 days
    from 5 to 15 µg/m2 per day
        dose '5 to 15 µg/m2 per day': 5 15 µg/m2 per day
    fludarabine (4 x 40 mg/m2)
        dose '4 x 40 mg/m2': 4 40 mg/m2
    10,000 U/m2 and 18 Gray
        dose '10,000 U/m2': 10000 U/m2
        dose '18 Gray': 18 Gray
    7-14 days, a 14-day rest, two weeks
        duration '7-14 days': 7 14 days
        duration '14-day': 14 days
        duration 'two weeks': 2 weeks
    Day 27, d675, Days 58 to 166
        duration 'Day 27': 27 day
        duration 'd675': 675 day
        duration 'Days 58 to 166': 58 166 day
    IL-6 (1256.92 pg/ml), <10/µl
        quantity '1256.92 pg/ml': 1256.92 pg/ml
        quantity '<10/µl': <10 /µl
    <10E-4 and 1e-6
        power '<10E-4': <0.0010 <10 -4
        power '1e-6': 0.000001 1 -6
    below 10⁻⁴, 10^-6, 0.7 × 10⁹/L
        power '10⁻⁴': <0.0001 1 -4
        power '10^-6': 0.000001 1 -6
        power '0.7 × 10⁹/L': 700000000 0.7 9 /L
    1x10-4 and 1.32 × 109 /L
        power '1x10-4': 0.0001 1 -4
        power '1.32 × 109 /L': 1320000000 1.32 9 /L
"""
GERMAN = """
    Es sprachen 6 von 9 Patienten an (66,7 %).
        fraction '6 von 9': 6 9
        percent '66,7 %': 66.7
    66,7 % (95-%-KI 29,9–92,5) sprachen an
        percent '66,7 %': 66.7
        interval '66,7 % (95-%-KI 29,9–92,5': 95 66.7 29.9 92.5
    im Mittel 4,2 ± 1,1 Jahre
        mean_sd '4,2 ± 1,1 Jahre': 4.2 1.1 Jahre
    1.204 Patienten und 10 Kinder
        count '1.204 Patienten': 1204 patients
        count '10 Kinder': 10 patients
    p = 0,034; sechs Zyklen
        p_value 'p = 0,034': 0.034
        count 'sechs Zyklen': 6 Zyklen
    am 1. Oktober 2020, über 15 µg/m²/Tag
        date '1. Oktober 2020': 2020-10-01
        dose '15 µg/m²/Tag': >15 µg/m²/Tag
"""


def _specs(*tables: str) -> list[tuple[str, list[str]]]:
    """Return texts with the claims that stand set in under each."""
    found: list[tuple[str, list[str]]] = []
    for line in (line for table in tables for line in table.strip("\n").splitlines()):
        if line.startswith("        "):
            found[-1][1].append(line.strip())
        else:
            found.append((line.strip(), []))
    return found


@pytest.mark.parametrize(("text", "claims"), _specs(COUNTS, SHARES, SUMMARIES, LABELS, DOSES))
def test_claims_of_a_sentence(text: str, claims: list[str]) -> None:
    """Every number is read as what it says, word for word, and names are no numbers."""
    assert sentence_claims(text) == claims


@pytest.mark.parametrize(("text", "claims"), _specs(GERMAN))
def test_claims_of_a_german_sentence(text: str, claims: list[str]) -> None:
    """A document with decimal commas is read by them."""
    assert sentence_claims(text, COMMA) == claims


def test_the_convention_is_that_of_the_document() -> None:
    """Commas between ids and in thousands are no decimal signs."""
    assert convention_of("(4,5) patients 1,2,5; 10,000 U; 4.5 and 6.7") is not COMMA
    assert convention_of("66,7 % (95 %-KI 29,9–92,5), im Median 4,2 bis 5,1 Jahre") is COMMA


def test_what_extraction_may_have_taken_is_told() -> None:
    """A power without its superscript says so; one with it does not."""
    lost, kept = (drafts_of(text, POINT)[0] for text in ("below 1x10-4", "below 1x10⁻⁴"))
    assert lost.damaged == "the exponent may have lost its superscript"
    assert kept.damaged == ""


@pytest.mark.parametrize("dash", "-‐‑‒–—−")
def test_every_dash_joins_a_range(dash: str) -> None:
    """Hyphens, dashes of every width and the minus sign stand between the ends of a range."""
    (draft,) = drafts_of(f"range 2{dash}11", POINT)
    assert [int(number.value) for number in draft.numbers] == [2, 11]
    assert [str(draft.kind) for draft in drafts_of(f"patients 1, 2, 5{dash}9 died", POINT)] == ["ids"]
