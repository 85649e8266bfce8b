"""Every rule of these topics in a study that breaks it and in one, as near to it as can be, that does not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks.rows_of_a_study import Row, a, breaks, e, f, issues, m, p, t
from tests.conftest import CohortOf

from engager.checks import (
    body,
    cells,
    cycles,
    doses,
    duplicates,
    history,
    marrow,
    plausible,
    study_wide,
    therapies,
)
from engager.plan import AnalysisPlan

Study = list[Row]
AGES = (1, 4, 7, 10, 16)
LOST = "follow_up.csv row 2, column day: last contact on day 20 is the last of patient 1, whose infusion"
WEIGHT = "a weight of that age. Is the age in months, the weight in pounds or grams, or are"
LABEL = {"regimen": "label-relapsed-refractory"}

# Test: a value that has a slip, one that is extreme and real, and the unit of both.
PLAUSIBLE = {
    "haemoglobin": ("12", "45", "g/L"), "leukocytes": ("5000", "0.1", "10*9/L"),
    "neutrophils": ("1500", "0.01", "10*9/L"), "lymphocytes": ("1200", "0.05", "10*9/L"),
    "platelets": ("150000", "2", "10*9/L"), "creatinine": ("0.5", "900", "umol/L"),
    "bilirubin": ("0.3", "600", "umol/L"), "calcium": ("9.5", "1.2", "mmol/L"),
    "calcium_ionised": ("4.8", "0.6", "mmol/L"), "magnesium": ("8", "0.4", "mmol/L"),
    "phosphate": ("40", "4", "mmol/L"), "potassium": ("45", "8.1", "mmol/L"), "sodium": ("14", "168", "mmol/L"),
    "glucose": ("180", "2.1", "mmol/L"), "glucose_fasting": ("180", "2.1", "mmol/L"),
    "uric_acid": ("5", "900", "umol/L"),
    "albumin": ("3.5", "14", "g/L"), "fibrinogen": ("150", "0.4", "g/L"), "crp": ("2000", "480", "mg/L"),
    "alt": ("60000", "9000", "U/L"), "ast": ("60000", "9000", "U/L"), "ldh": ("3", "40000", "U/L"),
    "inr": ("70", "8", "{ratio}"), "aptt": ("3", "180", "s"), "systolic_pressure": ("12", "58", "mm[Hg]"),
    "diastolic_pressure": ("7.5", "21", "mm[Hg]"), "oxygen_saturation": ("0.97", "62", "%"),
    "weight": ("16500", "2.1", "kg"), "height": ("1.05", "249", "cm"),
    "il_2": ("2e6", "900", "pg/mL"), "il_4": ("2e6", "900", "pg/mL"), "il_6": ("2e6", "90000", "pg/mL"),
    "il_8": ("2e6", "900", "pg/mL"), "il_10": ("2e6", "9000", "pg/mL"), "tnf_alpha": ("2e6", "900", "pg/mL"),
    "ifn_gamma": ("2e6", "9000", "pg/mL"),
}  # fmt: skip


def beside(test: str, whole: str, bad: str, good: str, of: str = "100", unit: str = "/uL") -> tuple[Study, Study]:
    """Return two samples, one with a part above the whole and one with a part that may be."""
    return [m(test, bad, unit, 5), m(whole, of, unit, 5)], [m(test, good, unit, 5), m(whole, of, unit, 5)]


def timepoint(name: str, bad: int, good: int, cycle: int = 2) -> tuple[Study, Study]:
    """Return two marrows of a timepoint of cycle 2, which ran from day 43 to day 70."""
    given = [e(), e(43, 70, cycle=2)]
    return [*given, m("marrow_blasts", 2, "%", bad, timepoint=name, cycle=cycle)], [
        *given, m("marrow_blasts", 2, "%", good, timepoint=name, cycle=cycle)]  # fmt: skip


RELAPSED = [m("marrow_blasts", 80, "%", -1), m("marrow_blasts", 40, "%", 29), f("relapse", 100)]
RULES: dict[str, tuple[Study, Study]] = {
    # body
    "patients.weight_for_age": ([p(age=4, weight=60)], [p(age=4, weight=30)]),
    "patients.height_for_age": ([p(age=48, height=100)], [p(age=4, height=100)]),
    "patients.body_mass_index": ([p(weight=105, height=100)], [p(weight=16.5, height=105)]),
    "patients.body_surface": ([p(weight=170, height=200)], [p(weight=110, height=190)]),
    "measurements.height_falling": (
        [m("height", 120, "cm", 1), m("height", 112, "cm", 40)],
        [m("height", 120, "cm", 1), m("height", 118, "cm", 40)],
    ),
    "measurements.weight_leaping": (
        [m("weight", 20, "kg", 1), m("weight", 31, "kg", 10)],
        [m("weight", 20, "kg", 1), m("weight", 31, "kg", 200)],
    ),
    "measurements.weight_against_patient": (
        [p(weight=20), m("weight", 25, "kg", 2)],
        [p(weight=20), m("weight", 23, "kg", 2), m("weight", 40, "kg", 900)],
    ),
    "measurements.height_against_patient": (
        [p(height=110), m("height", 120, "cm", 2)],
        [p(height=110), m("height", 112, "cm", 2)],
    ),
    # cells
    "measurements.lymphocytes_above_leukocytes": beside("lymphocytes", "leukocytes", "130", "120"),
    "measurements.neutrophils_above_leukocytes": beside("neutrophils", "leukocytes", "130", "120"),
    "measurements.eosinophils_above_leukocytes": beside("eosinophils", "leukocytes", "130", "120"),
    "measurements.blood_blasts_above_leukocytes": beside("blood_blasts", "leukocytes", "130", "120"),
    **{
        f"measurements.{test}_above_lymphocytes": beside(test, "lymphocytes", "130", "120")
        for test in ("cd3", "cd4", "cd8", "cd19", "nk", "treg")
    },
    "measurements.cd4_above_cd3": beside("cd4", "cd3", "130", "120"),
    "measurements.cd8_above_cd3": beside("cd8", "cd3", "130", "120"),
    "measurements.treg_above_cd4": beside("treg", "cd4", "130", "120"),
    "measurements.cd4_and_cd8": (
        [m("cd4", 80, "/uL", 5), m("cd8", 60, "/uL", 5), m("cd3", 100, "/uL", 5)],
        [m("cd4", 80, "/uL", 5), m("cd8", 60, "/uL", 6), m("cd3", 100, "/uL", 5)],
    ),
    "measurements.differential": (
        [m("neutrophils", 4, "10*9/L", 5), m("lymphocytes", 3, "10*9/L", 5), m("leukocytes", 5, "10*9/L", 5)],
        [m("neutrophils", 3, "10*9/L", 5), m("lymphocytes", 3000, "/uL", 5), m("leukocytes", 5, "10*9/L", 5)],
    ),
    "measurements.subset_percentages": (
        [m("cd3", 70, "%", 5), m("cd19", 40, "%", 5)],
        [m("cd3", 70, "%", 5), m("cd19", 30, "%", 5)],
    ),
    "measurements.hdl_above_cholesterol": beside("hdl", "cholesterol", "6", "5", "5", "mmol/L"),
    "measurements.ldl_above_cholesterol": beside("ldl", "cholesterol", "6", "5", "5", "mmol/L"),
    "measurements.calcium_ionised_above_calcium": beside("calcium_ionised", "calcium", "2.3", "1.2", "2.1", "mmol/L"),
    "measurements.diastolic_pressure_above_systolic_pressure": beside(
        "diastolic_pressure", "systolic_pressure", "120", "60", "80", "mm[Hg]"
    ),
    # cycles
    "exposure.cycle_skipped": ([e(), e(90, 117, cycle=3)], [e(), e(43, 70, cycle=2)]),
    "exposure.step_twice": ([e(1, 7, step=1), e(8, 28, step=1)], [e(1, 7, step=1), e(8, 28, step=2)]),
    "exposure.stretch_long": ([e(1, 61)], [e(1, 60)]),
    "exposure.first_after_day_1": ([e(2, 29)], [e(1, 28)]),
    **{
        f"{row[0]}.cycle_not_given": ([e(), row], [e(), e(43, 70, cycle=2), row])
        for row in (
            m("marrow_blasts", 2, "%", "", cycle=2, timepoint="end of cycle"),
            a(start_day="", cycle=2),
            t("steroid", phase="during", cycle=2),
            f("last contact", 400, cycle=2),
        )
    },
    "measurements.cycle_day_against_day": (
        [e(43, 70), m("cd3", 9, "/uL", 50, cycle=1, cycle_day=9)],
        [e(43, 70), m("cd3", 9, "/uL", 51, cycle=1, cycle_day=9)],
    ),
    "adverse_events.cycle_day_against_day": (
        [e(), a(start_day=5, cycle=1, cycle_day=4)],
        [e(), a(start_day=4, cycle=1, cycle_day=4)],
    ),
    "measurements.baseline_later": timepoint("baseline", 2, 1, 1),
    "measurements.start_of_cycle_later": timepoint("start of cycle", 45, 44),
    "measurements.end_of_cycle_earlier": timepoint("end of cycle", 43, 72),
    "measurements.during_cycle_outside": timepoint("during cycle", 42, 43),
    "measurements.after_treatment_earlier": timepoint("after treatment", -1, 90),
    # history
    **{
        f"{row[0]}.end_after_death": ([row, f("death", 10)], [row, f("death", 20)])
        for row in (e(1, 20), a(start_day=3, end_day=20), t("steroid", start_day=3, end_day=20))
    },
    **{
        f"{row[0]}.after_last_contact": ([row, f("last contact", 10)], [row, f("last contact", 20)])
        for row in (e(20, 28), a(start_day=20), t("steroid", start_day=20), m("cd3", 9, "/uL", 20))
    },
    **{
        f"{row[0]}.before_birth": ([p(age=2), row], [p(age=4), row])
        for row in (a(start_day=-1200), t("chemotherapy", start_day=-1200), m("cd3", 9, "/uL", -1200))
    },
    **{
        f"{bad[0]}.day_far": ([bad], [good])
        for bad, good in (
            (e(20111, 20112), e()), (a(start_day=20111), a()), (t("hsct", start_day=20111), t("hsct", start_day=90)),
            (m("cd3", 9, "/uL", 20111), m("cd3", 9, "/uL")), (f("last contact", 20111), f("last contact", 10_000)),
        )
    },
    "patients.diagnosis_before_birth": ([p(age=2, days_from_diagnosis=1200)], [p(age=3, days_from_diagnosis=1200)]),
    "patients.relapse_site_without_relapse": (
        [p(relapse_number=0, relapse_site="cns")], [p(relapse_number=1, relapse_site="cns")]
    ),
    "follow_up.relapse_without_remission": (RELAPSED, [*RELAPSED, m("marrow_blasts", 2, "%", 60)]),
    "follow_up.before_last_dose": ([e(), f("last contact", 20)], [e(), f("last contact", 28)]),
    "follow_up.end_of_treatment_before_dose": (
        [e(), f("end of treatment", 20), f("last contact")], [e(), f("end of treatment", 28), f("last contact")]
    ),
    "follow_up.death_of_relapse": (
        [f("death", 90, cause="relapse")], [f("relapse", 60), f("death", 90, cause="relapse")]
    ),
    "follow_up.site_without_relapse": ([f("last contact", 90, site="cns")], [f("relapse", 90, site="cns")]),
    "follow_up.relapse_in_remission": (
        [f("relapse", 90, status="in remission")], [f("relapse", 90, status="with disease")]
    ),
    "exposure.ended_by_death": ([e(end_reason="death")], [e(end_reason="death"), f("death", 28)]),
    "adverse_events.discontinued_and_resumed": (
        [e(), e(43, 70, cycle=2), a(start_day=20, action="discontinued")],
        [e(), e(43, 70, cycle=2), a(start_day=20, action="interrupted")],
    ),
    # therapies
    "therapies.hsct_during_infusion": ([e(), t("hsct", start_day=20)], [e(), t("hsct", start_day=28)]),
    "therapies.before_but_later": (
        [t("chemotherapy", phase="before", start_day=2)], [t("chemotherapy", phase="before", start_day=-30)]
    ),
    "therapies.after_but_earlier": (
        [t("hsct", phase="after", start_day=-5)], [t("hsct", phase="after", start_day=90)]
    ),
    "therapies.after_but_infused": (
        [e(), t("antibody", phase="after", start_day=20)], [e(), t("antibody", phase="after", start_day=30)]
    ),
    "therapies.during_but_outside": (
        [e(), t("steroid", phase="during", start_day=40)], [e(), t("steroid", phase="during", start_day=4)]
    ),
    "therapies.donor_without_transplant": (
        [t("chemotherapy", donor="cord blood")], [t("hsct", donor="cord blood")]
    ),
    "therapies.not_given_but_dosed": (
        [t("steroid", given="no", dose=20, unit="mg")], [t("steroid", given="yes", dose=20, unit="mg")]
    ),
    "therapies.unit_missing": ([t("steroid", dose=20)], [t("steroid", dose=20, unit="mg")]),
    # marrow
    "measurements.specimen_of_test": (
        [m("marrow_blasts", 2, "%", specimen="blood")], [m("marrow_blasts", 2, "%", specimen="bone marrow")]
    ),
    "measurements.method_of_test": (
        [m("mrd", "1e-3", "1", method="microscopy")], [m("mrd", "1e-3", "1", method="pcr")]
    ),
    "measurements.mrd_above_blasts": (
        [m("mrd", 20, "%", method="flow"), m("marrow_blasts", 2, "%")],
        [m("mrd", 6, "%", method="flow"), m("marrow_blasts", 2, "%")],
    ),
    "measurements.two_values": (
        [m("mrd", "1e-3", "1", method="pcr"), m("mrd", "1e-5", "1", method="pcr")],
        [m("mrd", "1e-3", "1", method="pcr", target="A"), m("mrd", "1e-5", "1", method="pcr", target="B")],
    ),
    # duplicates
    **{
        f"{row[0]}.row_again": ([row, row], [row, (row[0], {**row[1], "cycle": 3})])
        for row in (e("", ""), a(), t("steroid", phase="before"), f("last contact"), m("cd3", 9, "/uL"))
    },
    "patients.same_patient": (
        [p(1, sex="male", age=4, weight=16.5, height=104), p(2, sex="male", age=4, weight=16.5, height=104)],
        [p(1, sex="male", age=4, weight=16.5), p(2, sex="male", age=4, weight=16.5)],
    ),
    **{
        f"patients.{column}_spelling": (
            [p(1, **{column: "MRD-positive"}), p(2, **{column: "MRD-positive"}), p(3, **{column: "mrd positive"})],
            [p(1, **{column: "MRD-positive"}), p(2, **{column: "MRD-negative"})],
        )
        for column in ("group", "reason", "diagnosis")
    },
    # the study as a whole
    "measurements.unit_apart": (
        [*(m("il_6", 20 + day, "pg/mL", day) for day in range(1, 7)), m("il_6", 25, "ng/mL", 8)],
        [*(m("il_6", 20 + day, "pg/mL", day) for day in range(1, 7)), m("il_6", 0.025, "ng/mL", 8)],
    ),
    "measurements.far_from_limits": (
        [m("creatinine", 60, "umol/L", upper_limit=0.5)], [m("creatinine", 600, "umol/L", upper_limit=60)]
    ),
    "measurements.limits_equal": (
        [m("alt", 60, "U/L", lower_limit=10, upper_limit=10)], [m("alt", 60, "U/L", lower_limit=10, upper_limit=50)]
    ),
    "measurements.one_limit_for_all": (
        [row for n in AGES for row in (p(n, age=n), m("alp", 200, "U/L", 1, n, upper_limit=400))],
        [row for n in AGES for row in (p(n, age=n), m("alp", 200, "U/L", 1, n, upper_limit=400 - n))],
    ),
    "patients.first_dose_far": (
        [p(n, first_dose_date=f"{year}-05-02") for n, year in enumerate((2010, 2011, 2012, 2052))],
        [p(n, first_dose_date=f"{year}-05-02") for n, year in enumerate((2010, 2011, 2012, 2026))],
    ),
    "patients.first_dose_early": ([p(first_dose_date="1999-12-31")], [p(first_dose_date="2008-12-31")]),
    # doses
    "exposure.dose_leaping": (
        [e(1, 7, dose=1.5), e(8, 28, dose=15)], [e(1, 7, dose=5), e(8, 28, dose=15)]
    ),
    "exposure.two_kinds_of_dose": ([e(1, 7), e(8, 28, unit="ug/d")], [e(1, 7), e(8, 28)]),
    **{
        f"measurements.{test}_plausible": ([m(test, bad, unit)], [m(test, good, unit), m(test, f"<{bad}", unit, 40)])
        for test, (bad, good, unit) in PLAUSIBLE.items()
    },
}  # fmt: skip
OF_PLAN: dict[str, tuple[dict[str, Any], Study, Study]] = {
    "exposure.dose_of_another_order": (LABEL, [e(dose=0.5)], [e(dose=5)]),
    "exposure.cycle_longer_than_regimen": (LABEL, [e(1, 43)], [e(1, 42)]),
    "measurements.status_against_blasts": (
        {},
        [m("marrow_blasts", 5, "%"), m("marrow_status", "M1")],
        [m("marrow_blasts", 4.9, "%"), m("marrow_status", "M1")],
    ),
}  # fmt: skip
TOPICS = (body, cells, cycles, doses, duplicates, history, marrow, plausible, study_wide, therapies)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_of_every_study(cohort_of: CohortOf, rule: str) -> None:
    """It is told of the first study, and not of the second."""
    bad, good = RULES[rule]
    assert breaks(cohort_of, rule, bad)
    assert not breaks(cohort_of, rule, good)


@pytest.mark.parametrize("rule", sorted(OF_PLAN))
def test_a_rule_of_the_plan(cohort_of: CohortOf, rule: str) -> None:
    """It is told of the first study, and not of the second; what the plan does not name is not compared."""
    plan, bad, good = OF_PLAN[rule]
    assert breaks(cohort_of, rule, bad, **plan)
    assert not breaks(cohort_of, rule, good, **plan)
    if plan:
        assert not breaks(cohort_of, rule, bad)


def test_no_rule_is_left_out() -> None:
    """A rule of these topics without a study above fails here."""
    declared = {rule.name for topic in TOPICS for rule in topic.RULES}
    plan = AnalysisPlan.model_validate({"title": "spec", **LABEL})
    of_plan = {rule.name for rule in (*marrow.status_rules(plan), *doses.regimen_rules(plan))}
    assert declared == set(RULES)
    assert of_plan == set(OF_PLAN)


@pytest.mark.parametrize(("blasts", "status", "wrong"), [(5, "M1", True), (5, "M2", False), (24.9, "M2", False),
                                                         (25, "M2", True), (24.9, "M3", True), (25, "M3", False),
                                                         (4.9, "M2", True)])  # fmt: skip
def test_marrow_status_at_its_limits(cohort_of: CohortOf, blasts: float, status: str, wrong: bool) -> None:
    """M1 below 5 %, M3 from 25 % on; 5 % is M1 where the plan includes its limit."""
    study = [m("marrow_blasts", blasts, "%"), m("marrow_status", status)]
    rule = "measurements.status_against_blasts"
    assert breaks(cohort_of, rule, study) is wrong
    if blasts == 5 and status == "M1":
        assert not breaks(cohort_of, rule, study, response={"marrow_limit_inclusive": True})


def test_what_is_said_of_a_row(cohort_of: CohortOf) -> None:
    """The place, what was found, what was expected and what to do, for rules of each kind."""
    study = [p(age=4, weight=60), e(), m("cd4", 80, "/uL", 5), m("cd8", 60, "/uL", 5), m("cd3", 100, "/uL", 5)]
    told = [str(issue).split("; expected ") for issue in issues(cohort_of, [*study, f("last contact", 20)])]
    assert told == [
        [
            f"{LOST} ran to day 28",
            "a last contact after the last infusion. Survival would end while the drug was running",
        ],
        [
            "measurements.csv row 4, column value: cd3 100 /uL in a sample whose cd4 and cd8 are together 140 /uL",
            "T cells about as many as both. Is a decimal point lost in one of the three?",
        ],
        [
            "patients.csv row 2, column weight: weight 60 kg at the age of 4 years",
            f"{WEIGHT} weight and height swapped?",
        ],
    ]
