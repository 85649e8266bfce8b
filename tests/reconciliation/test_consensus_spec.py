"""What stands in a consensus: dates and the days that follow from them, columns of one side, texts of any kind."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.conftest import CohortOf, Shows
from tests.readers.study_files import write_study
from tests.reconciliation.filled_workbook import fill, for_a, for_b

from engager.pipeline.abstraction import adjudicate, reconcile_studies
from engager.pipeline.examination import check_study
from engager.plan import Reconciliation
from engager.reconciliation import reconcile
from engager.reconciliation.consensus import consensus_tables

DATED = {
    "patients": "patient | first_dose_date\n1 | 2010-01-01",
    "adverse_events": "patient | term | start_date\n1 | Fever | 2010-01-05",
}


def decided(cohort_of: CohortOf, a: dict[str, str], b: dict[str, str], decision: str, value: str | None = None,
            *, commas: bool = False) -> dict[str, pl.DataFrame]:  # fmt: skip
    one, two = cohort_of(**a), cohort_of(**b)
    found = reconcile(one, two, Reconciliation())
    decisions = found.items.select("item", decision=pl.lit(decision), value=pl.lit(value, pl.String))
    return consensus_tables(one, two, found, decisions, commas=commas)


def test_days_follow_the_date_decided_on(cohort_of: CohortOf, shows: Shows) -> None:
    """B's first date is taken; the event keeps its date, and no day is written that was derived from A's."""
    b = DATED | {"patients": "patient | first_dose_date\n1 | 2010-01-02"}
    tables = decided(cohort_of, DATED, b, "B")
    shows(tables["patients"], "patient | first_dose_date\n1 | 2010-01-02")
    shows(tables["adverse_events"], "patient | term | start_date\n1 | Fever | 2010-01-05")


@pytest.mark.parametrize(("decision", "value", "day", "date"), [("A", None, "", "2010-01-05"), ("B", None, "9", ""),
                                                                ("other", "7", "7", "")])  # fmt: skip
def test_a_day_decided_on_takes_the_place_of_a_date(
    cohort_of: CohortOf, decision: str, value: str | None, day: str, date: str
) -> None:
    """A has the date, B another day: A's date stays, or goes where the day is B's or another."""
    b = DATED | {"adverse_events": "patient | term | start_day\n1 | Fever | 9"}
    events = decided(cohort_of, DATED, b, decision, value)["adverse_events"].row(0, named=True)
    assert (events.get("start_day") or "", events.get("start_date") or "") == (day, date)


def test_columns_that_the_model_does_not_know(tmp_path: Path, shows: Shows) -> None:
    """A's stay, B's are added, neither is compared, and both are told."""
    write_study(tmp_path / "a", patients="patient,ward\n1,K3\n2,K4\n")
    write_study(tmp_path / "b", patients="patient,ward,reader\n1,X,ben\n2,Y,ben\n")
    compared = reconcile_studies(tmp_path / "a", tmp_path / "b", tmp_path / "open.xlsx")
    assert compared.found.uncompared == {"patients": ("ward", "reader")}
    assert "patients: ward, reader" in compared.lines[-1]
    assert compared.found.items.is_empty()
    adjudicate(tmp_path / "a", tmp_path / "b", tmp_path / "open.xlsx", tmp_path / "both")
    shows(pl.read_csv(tmp_path / "both" / "patients.csv"), "patient | ward | reader\n1 | K3 | ben\n2 | K4 | ben")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@cmd",
        "-",
        "a\nb\tc",
        "x" * 40_000,
        "_x0041_",
        "\x07bell",
        "  \u00a0",
        "<b>&amp;",
        '"; drop',
        "\U0001f600",
        "A",
    ],
)
def test_any_text_survives_the_workbook(tmp_path: Path, text: str) -> None:
    """Formulas, controls, long and foreign texts are shown, decided on, and written as they were."""

    def study(name: str, diagnosis: str) -> Path:
        quoted = diagnosis.replace('"', '""')
        return write_study(tmp_path / name, patients=f'patient,diagnosis\n1,"{quoted}"\n2,pre-B\n')

    a, b = study("a", "cALL"), study("b", text)
    reconcile_studies(a, b, tmp_path / "open.xlsx")
    filled = fill(tmp_path / "open.xlsx", for_b)
    adjudicate(a, b, filled, tmp_path / "both")
    (before, _), (after, _) = check_study(b), check_study(tmp_path / "both")
    assert after["patients"]["diagnosis"].to_list() == before["patients"]["diagnosis"].to_list()


def test_numbers_are_read_back_as_the_same_under_decimal_commas(tmp_path: Path) -> None:
    """A writes 0,5 and 1,2345; B points: whatever is taken over reads as the same number under A's plan."""
    plan = 'title = "x"\n[input]\ndecimal = "comma"\n'
    head = "patient;day;test;value;unit\n"
    a = write_study(tmp_path / "a", plan=plan, measurements=head + "1;1;il_6;0,5;pg/mL\n1;8;il_6;1,2345;pg/mL\n")
    b = write_study(
        tmp_path / "b", measurements=head.replace(";", ",") + "1,1,il_6,2.125,pg/mL\n1,8,il_6,1.2345,pg/mL\n"
    )
    reconcile_studies(a, b, tmp_path / "open.xlsx")
    for decide, values in ((for_a, [0.5, 1.2345]), (for_b, [2.125, 1.2345])):
        both = tmp_path / decide.__name__
        adjudicate(a, b, fill(tmp_path / "open.xlsx", decide), both)
        cohort, _ = check_study(both)
        assert cohort["measurements"]["value"].to_list() == values
