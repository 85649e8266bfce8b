"""A study in another form is the same study: every text, every row, every column that engager does not know."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.study_files import FILES, read, told, write_study

from engager.errors import InputError, OutputError
from engager.pipeline.exchange import convert_study, new_study
from engager.plan import AnalysisPlan
from engager.readers import read_cohort
from engager.readers.as_entered import tables_as_entered
from engager.schema import TABLES

FORMS = ("csv", "xlsx", "parquet")
TEXT = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Co", "Cs"]), max_size=12),
    st.sampled_from(
        ["=1+1", "007", "3-4", "a,b", 'say "x"', "two\nlines", "-5", "+1", "@x", "_x0041_", "1e5", "TRUE", "'"]
    ),
)
NUMBER = st.one_of(
    st.floats(0.5, 99).map(repr), st.integers(1, 99).map(str), st.sampled_from(["1.50", "0.10", "0,5", "2.0"])
)
DAY = st.integers(1, 900).map(str)
VALUE = st.one_of(
    NUMBER, st.sampled_from(["<0.01", ">= 90", "not detected", "positive, not quantifiable", "not assessed"])
)
DATE = st.dates(min_value=dt.date(1901, 1, 1), max_value=dt.date(2150, 1, 1))


@st.composite
def studies(draw: st.DrawFn) -> dict[str, list[list[Any]]]:
    """Return the tables of a study as texts, with blank rows and columns of its own."""
    patients = draw(
        st.lists(st.sampled_from(["1", "007", "A-1", "=x", "Ä", "p q"]), min_size=1, max_size=3, unique=True)
    )

    def some(rows: list[st.SearchStrategy[str]]) -> st.SearchStrategy[list[list[str]]]:
        return st.lists(st.tuples(st.sampled_from(patients), *rows).map(list), max_size=4)

    own = draw(st.sampled_from(["ward", "Befund 2", "x_y"]))
    dates = st.one_of(DATE.map(str), DATE.map(lambda date: date.strftime("%d.%m.%Y")))
    return {
        "patients": [["patient", "age", "cns", "note", own],
                     *([p, draw(NUMBER), draw(st.sampled_from(["yes", "N", ""])), draw(TEXT), draw(TEXT)]
                       for p in patients)],
        "exposure": [["patient", "cycle", "start_date", "dose", "unit"],
                     *draw(some([st.just("1"), dates, NUMBER, st.sampled_from(["ug/m2/d", "µg/m²/day"])]))],
        "measurements": [["patient", "day", "test", "value", "unit", "source"],
                         *draw(some([DAY, st.just("mrd"), VALUE, st.just("1"), TEXT])), [""] * 6,
                         *draw(some([DAY, st.just("MRD"), VALUE, st.just("%"), TEXT]))],
        "adverse_events": [["patient", "term", "grade"], *draw(some([TEXT, st.sampled_from(["III", "G2", "4", ""])]))],
        "therapies": [["patient", "kind"]],
        "follow_up": [["patient", "day", "event"], *draw(some([DAY, st.sampled_from(["death", "Last Contact"])]))],
    }  # fmt: skip


def write_csv(folder: Path, study: dict[str, list[list[Any]]]) -> Path:
    folder.mkdir()
    (folder / "study.toml").write_text('title = "A study"\n', "utf-8")
    for name, rows in study.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return folder


def same_study(one: Path, other: Path) -> None:
    """Compare the texts and the cohorts of two study folders."""
    texts, others = tables_as_entered(one), tables_as_entered(other)
    plan = AnalysisPlan(title="A study")
    (cohort, issues), (again, issues_again) = read_cohort(one, plan), read_cohort(other, plan)
    for name in TABLES:
        assert texts[name].rows.equals(others[name].rows)
        for column in texts[name].frame.columns:
            assert texts[name].frame[column].to_list() == others[name].frame[column].to_list()
        assert cohort[name].equals(again[name])
        assert cohort.extras[name].equals(again.extras[name])
    assert [issue.found for issue in issues] == [issue.found for issue in issues_again]


@settings(max_examples=8, deadline=None)
@given(studies(), st.permutations(FORMS))
def test_round_through_all_forms(study: dict[str, list[list[Any]]], forms: list[str]) -> None:
    """CSV to each form in any order and back: the same texts in the same rows, and the same cohort."""
    with tempfile.TemporaryDirectory() as place:
        start = write_csv(Path(place) / "start", study)
        folder = start
        for form in (*forms, "csv"):
            folder = convert_study(folder, folder.parent / f"{folder.name}-{form}", form)
            same_study(start, folder)


@pytest.mark.parametrize("form", FORMS)
def test_other_files_come_along(tmp_path: Path, form: str) -> None:
    """The plan and whatever stands beside the tables is copied, byte by byte."""
    folder = write_study(tmp_path / "a")
    (folder / "exceptions.csv").write_text("rule\n")
    out = convert_study(folder, tmp_path / "b", form)
    assert (out / "exceptions.csv").read_bytes() == b"rule\n"
    assert (out / "study.toml").read_bytes() == (folder / "study.toml").read_bytes()


def test_what_a_workbook_cannot_hold_is_refused(tmp_path: Path) -> None:
    """A text too long for a cell is told with its place, and nothing is written."""
    note = "x" * 40_000
    folder = write_study(tmp_path / "a", therapies=f"patient,phase,kind,note\n2,before,hsct,{note}\n")
    with pytest.raises(OutputError, match=r"therapies.csv row 2, column note"):
        convert_study(folder, tmp_path / "b", "xlsx")
    assert not (tmp_path / "b").exists()
    same_study(folder, convert_study(folder, tmp_path / "c", "parquet"))


def test_a_heading_in_doubt_is_not_converted(tmp_path: Path) -> None:
    """Beside the workbook's own column a near miss would pass for one more column."""
    folder = write_study(tmp_path / "a", patients="patient,wieght\n1,3\n2,3\n")
    with pytest.raises(InputError, match="wieght"):
        convert_study(folder, tmp_path / "b", "xlsx")


def test_a_folder_with_content_is_left_alone(tmp_path: Path) -> None:
    """Nothing is overwritten."""
    folder = write_study(tmp_path / "a")
    with pytest.raises(OutputError, match="expected a new or empty folder"):
        convert_study(folder, folder, "csv")


def test_a_new_workbook_has_examples_that_are_no_records(tmp_path: Path) -> None:
    """Each sheet shows a row; none of them is read."""
    new_study(tmp_path / "s")
    assert all(table.frame.height == 0 for table in tables_as_entered(tmp_path / "s").values())
    assert told(tmp_path / "s")[0].startswith("study.xlsx, sheet patients: no patient")


def test_a_new_workbook_bears_no_date(tmp_path: Path) -> None:
    """Nothing in it says when it was made: two runs on different days give the same bytes."""
    files = new_study(tmp_path / "s")
    with zipfile.ZipFile(next(path for path in files if path.suffix == ".xlsx")) as book:
        assert "2000-01-01T00:00:00Z" in book.read("docProps/core.xml").decode()
        assert str(dt.datetime.now(dt.UTC).year) not in book.read("docProps/core.xml").decode()


def test_the_examples_are_right(tmp_path: Path) -> None:
    """As records of a patient, the example rows can all be read."""
    from engager.writers.workbook_examples import EXAMPLE_ROWS

    rows = {name: [["patient", *row], ["x", *row.values()]] for name, row in EXAMPLE_ROWS.items()}
    _, issues = read(write_csv(tmp_path / "s", rows))
    assert [str(issue) for issue in issues if issue.rule.startswith(("values", "columns", "file"))] == []


def test_a_plan_is_taken_over_and_an_update_keeps_what_was_entered(tmp_path: Path) -> None:
    """Texts, blank rows and own columns stay where they were; the folder as it was is kept."""
    first = write_study(tmp_path / "first", therapies='patient,phase,kind,ward\n\n2,before,hsct,"=x, ""y"""\n')
    new_study(tmp_path / "second", first)
    assert (tmp_path / "second" / "study.toml").read_bytes() == (first / "study.toml").read_bytes()
    before = convert_study(first, tmp_path / "kept", "csv")
    new_study(first, update=True)
    same_study(before, first)
    assert sorted(path.name for path in first.iterdir()) == ["study.toml", "study.xlsx"]
    same_study(before, tmp_path / "first.before")
    with pytest.raises(OutputError, match=r"first.before exists"):
        new_study(first, update=True)


def test_headings_with_units_are_read(tmp_path: Path) -> None:
    """What the workbook writes over its columns, its reader knows."""
    folder = write_study(tmp_path / "a", patients=FILES["patients"].replace("age,weight", "age (years),weight (kg)"))
    assert read(folder)[0]["patients"]["age"].to_list() == [4.0, 9.0]
