"""Two abstractions in a few rows each: what is one row, what differs, and how far they agree; worked by hand."""

from __future__ import annotations

import pytest
from tests.conftest import CohortOf, Shows

from engager.plan import AnalysisPlan, Reconciliation
from engager.reconciliation import Reconciled, reconcile


def settings(**keys: object) -> Reconciliation:
    return Reconciliation.model_validate(keys)


def compare(cohort_of: CohortOf, a: dict[str, str], b: dict[str, str], **keys: object) -> Reconciled:
    return reconcile(cohort_of(**a), cohort_of(**b), settings(**keys))


def test_a_row_that_only_one_found_comes_first(cohort_of: CohortOf, shows: Shows) -> None:
    """B has no MRD; both have the blasts, with another number."""
    a = {"measurements": "patient | day | test | value | unit | source\n1 | 1 | marrow_blasts | 97 | % | p. 3\n"
                         "1 | 29 | mrd | <1e-4 | 1 | p. 4"}  # fmt: skip
    b = {"measurements": "patient | day | test | value | unit | source\n1 | 1 | marrow_blasts | 79 | % | Table 2"}
    shows(
        compare(cohort_of, a, b).items,
        """
        item                     | what          | field | a                                     | b  | source_a
        measurements/A3          | row only in A |       | day 29; test mrd; value <1e-4; unit 1 |    | p. 4
        measurements/A2-B2/value | cell differs  | value | 97                                    | 79 | p. 3
        """,
    )


def test_two_of_what_when_and_content_make_a_row_the_same(cohort_of: CohortOf) -> None:
    """A fever of day 3, grade 2 is still that with another grade, or day, or a like term; not with two of the three."""

    def pairs(other: str) -> int:
        head = "patient | term | grade | start_day\n"
        a = {"patients": "patient\n1", "adverse_events": head + "1 | Fever | 2 | 3"}
        b = {"patients": "patient\n1", "adverse_events": head + other}
        return compare(cohort_of, a, b).pairs["adverse_events"].height

    assert [pairs(row) for row in ("1 | Fever | 4 | 3", "1 | Fever | 2 | 300", "1 | Nausea | 2 | 3")] == [1, 1, 1]
    assert [pairs(row) for row in ("1 | Fever | 4 | 300", "1 | Nausea | 2 | 300", "1 | Nausea | 4 | 3")] == [0, 0, 0]


def test_the_assignment_is_the_best_one_of_all(cohort_of: CohortOf) -> None:
    """Days 1 and 4 against 3 and 6: 1-3 and 4-6 cost less together than the nearest pair 4-3 with 1-6."""
    head = "patient | day | test | value | unit\n"
    a = {"measurements": head + "1 | 1 | cd3 | 10 | /uL\n1 | 4 | cd3 | 10 | /uL"}
    b = {"measurements": head + "1 | 3 | cd3 | 10 | /uL\n1 | 6 | cd3 | 10 | /uL"}
    found = compare(cohort_of, a, b).pairs["measurements"]
    assert found.select("row_a", "row_b").rows() == [(2, 2), (3, 3)]


def test_case_and_spaces_of_free_text_do_not_count(cohort_of: CohortOf, shows: Shows) -> None:
    """`cALL,  bcr` is `call, BCR`; with `exact` it is not, with `ignore` nothing is compared."""
    a = {"patients": "patient | diagnosis | note\n1 | cALL,  bcr/abl | seen\n2 | pre-B | "}
    b = {"patients": "patient | diagnosis | note\n1 | call, BCR/abl | unseen\n2 | pro-B | "}
    shows(compare(cohort_of, a, b).items, "item | a | b\npatients/A3-B3/diagnosis | pre-B | pro-B")
    assert compare(cohort_of, a, b, free_text="exact").items.height == 2
    assert compare(cohort_of, a, b, free_text="ignore").items.height == 0


@pytest.mark.parametrize(
    ("keys", "differing"),
    [
        ({}, ["start_day", "end_day", "dose"]),
        ({"days": 1}, ["end_day", "dose"]),
        ({"days": 2}, ["dose"]),
        ({"days": 2, "relative": 0.1}, ["dose"]),
        ({"days": 2, "relative": 0.2}, []),
        ({"fields": {"exposure.dose": "ignore", "exposure.end_day": 2}}, ["start_day"]),
    ],
)
def test_tolerances(cohort_of: CohortOf, keys: dict[str, object], differing: list[str]) -> None:
    """Days 1 and 2 apart, and 25 against 30 (a sixth of the greater): at, under and over each tolerance."""
    a = {"exposure": "patient | cycle | start_day | end_day | dose | unit\n1 | 1 | 1 | 28 | 25 | ug/m2/d"}
    b = {"exposure": "patient | cycle | start_day | end_day | dose | unit\n1 | 1 | 2 | 30 | 30 | ug/m2/d"}
    assert compare(cohort_of, a, b, **keys).items["field"].to_list() == differing


def test_a_value_in_another_unit_is_the_same_value(cohort_of: CohortOf) -> None:
    """0.01 % is 1e-4; 0.01 % is not 0.01, and `<` is not `=`."""

    def differing(value: str, unit: str) -> list[str | None]:
        head = "patient | day | test | value | unit\n1 | 29 | mrd | "
        a, b = {"measurements": head + "0.01 | %"}, {"measurements": f"{head}{value} | {unit}"}
        return compare(cohort_of, a, b).items["field"].to_list()

    assert differing("1e-4", "1") == []
    assert differing("<1e-4", "1") == ["value", "unit"]
    assert differing("0.01", "1") == ["unit"]
    assert differing("<0.01", "%") == ["value"]


def test_a_wrong_first_date_is_one_disagreement(cohort_of: CohortOf, shows: Shows) -> None:
    """Days derived from dates are not compared where both have the dates; a day and a date that fit are the same."""
    events = "patient | term | start_date\n1 | Fever | 2010-01-05\n1 | Nausea | 2010-01-09"
    a = {"patients": "patient | first_dose_date\n1 | 2010-01-01", "adverse_events": events}
    b = {"patients": "patient | first_dose_date\n1 | 2010-01-02", "adverse_events": events}
    shows(compare(cohort_of, a, b).items, "item | a | b\npatients/A2-B2/first_dose_date | 2010-01-01 | 2010-01-02")
    by_day = {**a, "adverse_events": "patient | term | start_day\n1 | Fever | 5\n1 | Nausea | 10"}
    shows(compare(cohort_of, a, by_day).items, "item | a | b\nadverse_events/A3-B3/start_day | 9 | 10")


def test_agreement_by_hand(cohort_of: CohortOf, shows: Shows) -> None:
    """Sex of four: 3 of 4 agree; margins 3:1 and 2:2 give chance 1/2, so kappa is (3/4 - 1/2) / (1 - 1/2) = 1/2.

    Ages 10 12 14 16 against 11 12 15 18: bias 1. One patient's risk only B gives: compared, not agreed, no kappa.
    """
    a = {
        "patients": "patient | sex | age | risk\n1 | male | 10 |\n2 | male | 12 |\n3 | female | 14 |\n4 | female | 16 |"
    }
    b = {
        "patients": "patient | sex | age | risk\n1 | male | 11 |\n2 | female | 12 | high\n"
        "3 | female | 15 |\n4 | female | 18 |"
    }
    found = compare(cohort_of, a, b).agreement
    shows(
        found.filter(table="patients"),
        """
        table    | field | compared | agreed | only_a | only_b | both | kappa | bias
        patients |       | 9        | 4      | 0      | 1      | 8    |       |
        patients | sex   | 4        | 3      | 0      | 0      | 4    | 0.5   |
        patients | age   | 4        | 1      | 0      | 0      | 4    |       | 1
        patients | risk  | 1        | 0      | 0      | 1      | 0    |       |
        """,
    )
    shows(found.head(1), "table | rows_both | rows_only_a | rows_only_b | compared | agreed\nall | 4 | 0 | 0 | 9 | 4")


def test_a_bias_is_of_one_test_and_unit(cohort_of: CohortOf, shows: Shows) -> None:
    """Blasts in percent and cells per microlitre are never averaged; words have a kappa, bounds have none."""
    head = "patient | day | test | value | unit\n"
    rows = "1 | 1 | cd3 | {} | /uL\n1 | 1 | marrow_blasts | {} | %\n1 | 1 | marrow_status | M3 |\n"
    rows += "2 | 1 | marrow_status | {} |\n1 | 29 | mrd | <1e-4 | 1"
    a, b = {"measurements": head + rows.format(10, 90, "M1")}, {"measurements": head + rows.format(20, 80, "M2")}
    shows(
        compare(cohort_of, a, b).agreement.filter(field="value"),
        """
        of               | compared | agreed | kappa             | bias
                         | 5        | 2      |                   |
        cd3, /uL         | 1        | 0      |                   | 10
        marrow_blasts, % | 1        | 0      |                   | -10
        marrow_status    | 2        | 1      | 0.333333333333    |
        mrd, 1           | 1        | 1      |                   |
        """,
    )


def test_a_field_that_is_none_is_refused() -> None:
    """A tolerance for a column that no table has is a mistake of the plan."""
    with pytest.raises(ValueError, match=r"a column with its table, as `measurements\.value`"):
        AnalysisPlan.model_validate({"title": "x", "reconciliation": {"fields": {"exposure.doze": 1}}})
