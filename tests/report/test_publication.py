"""A published report: nothing that is written holds a pseudonym or a date, and a small count cannot be read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.report.study_of_words import write_study, written_texts

from engager.errors import InputError
from engager.pipeline.examples import example
from engager.pipeline.study import open_study, run_study
from engager.report.document import Document, Number
from engager.report.own_sentences import own_sentences
from engager.report.pseudonyms import Pseudonyms, age_band, anonymous_results, without_dates
from engager.report.withheld import WITHHELD
from engager.results import AnalysisResult, Results
from engager.tables.table import Table

NAMES = ("UKT-0007", "UKT-0008", "KIM/12", "73104321", "73104339")
LEAK = "seen UKT-0007, KIM/12 and patient 73104321 on 2011-05-04, 4.5.2011, 4 May 2011, 20110504 and 05/04/2011"
FORBIDDEN = re.compile(
    r"UKT-000|UKT\W{0,9}0007|KIM/12|731043[23]|2011-0[45]|2012-0[45]|4\.5\.2011|4 May|20110504|05/04/2011"
)
FORMATS = "html,docx,pdf,tables-docx,tables-html,tables-tex,figures-pdf"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every written file of a study whose every free text names patients and dates."""
    folder = tmp_path_factory.mktemp("publication")
    plan = 'cutoff = 2012-05-04\n[endpoints.OS]\nlabel = "Survival of UKT-0007"\n[report]\nprivacy = "publication"\n'
    study = write_study(folder / "study", pseudonyms=NAMES, text=LEAK, plan=plan, dated=True)
    run_study(study, folder / "out", formats=FORMATS)
    return dict(written_texts(folder / "out"))


def test_no_pseudonym_and_no_date_is_written(published: dict[str, str]) -> None:
    """In no byte of any file, nor in its name."""
    found = [(name, match[0]) for name, text in published.items() for match in FORBIDDEN.finditer(text)]
    assert found == []
    assert any(name.endswith(".docx!word/document.xml") for name in published)


def test_the_same_study_written_internally_does_hold_them(tmp_path: Path) -> None:
    """So the search above can fail."""
    study = write_study(tmp_path / "study", pseudonyms=NAMES, text=LEAK, dated=True)
    run_study(study, tmp_path / "out", formats="html")
    assert any(FORBIDDEN.search(text) for _, text in written_texts(tmp_path / "out"))


def test_no_row_of_the_input_is_carried_and_patients_are_numbered(published: dict[str, str]) -> None:
    """Running numbers of the report behind a number; neither rows nor their addresses."""
    written = json.loads(published["results.json"])
    assert {name for names in written["patient_sets"] for name in names} <= set("12345")
    assert written["source_sets"] == [[]]
    assert '"rows":{}' in published["report.html"]
    assert "report.html#" not in published["report.docx!word/document.xml"] + published["report.pdf!links"]


def test_ages_are_bands(published: dict[str, str]) -> None:
    """Median, lowest and highest alike, on the page and for programs."""
    rows = [row for row in json.loads(published["results.json"])["results"] if row["name"] == "age"]
    assert {(row["estimate"], row["text"]) for row in rows} == {(None, "2\u201311")}
    assert {"median", "min", "max"} <= {row["at"] for row in rows}
    assert "2\u201311 (2\u201311 to 2\u201311)" in published["report.html"]


def test_what_shows_single_patients_is_warned_of(published: dict[str, str]) -> None:
    """By name, and beside each."""
    assert "Warning: these show each of 5 patients" in published["report.html"]
    assert "Course of each patient" in published["report.html"].partition("Warning: these show")[2][:400]


def test_an_unknown_profile_is_an_issue(tmp_path: Path) -> None:
    """With the permitted ones and the nearest."""
    with pytest.raises(InputError, match=r"--privacy: `publicaton`; expected internal or publication. Did you mean"):
        run_study(example("tuebingen-2014"), tmp_path / "out", privacy="publicaton")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("patients 12, A and B-7; 12 of 30", "patients 2, 1 and 3; 12 of 30"),
        ("a day of B-7", "a day of patient 3"),
        ("B-70 is not B", "B-70 is not B"),
    ],
)
def test_a_short_pseudonym_is_one_only_behind_the_word(text: str, expected: str) -> None:
    """Else every count that happens to be a pseudonym would be changed."""
    assert Pseudonyms.of(["A", "12", "B-7"]).scrub(text) == expected


@pytest.mark.parametrize(
    "text", ["2008-2011", "engager 0.1.0", "99(7):1212-1219", "1,5-fold", "CTCAE 4.03", "t(12;21)"]
)
def test_what_is_no_date_stays(text: str) -> None:
    """Years, versions, pages, karyotypes."""
    assert without_dates(text) == text


def test_the_bands_of_ages_meet() -> None:
    """Without gap or overlap."""
    assert [age_band(years) for years in (0, 2, 12, 18, 65, 90)] == [
        "under 2", "2\u201311", "12\u201317", "18\u201364", "65 and over", "65 and over",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def withheld(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The Tuebingen report for publication, without counts below 3."""
    folder = tmp_path_factory.mktemp("cells") / "study"
    folder.mkdir()
    for file in example("tuebingen-2014").iterdir():
        text = file.read_text("utf-8") + ("\n[report]\nsmall_cells = 3\n" if file.name == "study.toml" else "")
        (folder / file.name).write_text(text, "utf-8")
    return open_study(folder, privacy="publication").document


def test_small_counts_are_hidden_with_what_gives_them_away(withheld: Document) -> None:
    """Few have the other state, which hides how many have this one; nobody's list stays."""
    rows = withheld.results.where(analysis="baseline", name="cns")
    assert len(rows) == 2
    assert {(row.n, row.N, row.estimate, row.patients) for row in rows} == {(None, None, None, ())}
    assert all(row.patients == () and row.sources == () for row in withheld.results)
    assert not any(row.group.startswith("patient ") for row in withheld.results)
    counts = [count for row in withheld.results for count in (row.n, row.N, row.N - row.n if row.N and row.n else None)]
    assert not {1, 2} & {count for count in counts if count is not None}


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The synthetic Beijing cohort, 3 and 20 patients in its groups, without counts below 5."""
    folder = tmp_path_factory.mktemp("groups") / "study"
    folder.mkdir()
    for file in example("beijing-2022").glob("*.*"):
        text = file.read_text("utf-8") + ("\n[report]\nsmall_cells = 5\n" if file.name == "study.toml" else "")
        (folder / file.name).write_text(text, "utf-8")
    return open_study(folder, privacy="publication").document


def test_the_size_of_a_small_group_is_not_told_by_the_other_one(grouped: Document) -> None:
    """Neither in the heads of columns, nor as what a count is out of, nor by what a paper printed."""
    sizes = grouped.results.where(analysis="baseline", name="patients")
    assert {row.group: (row.n, row.N) for row in sizes} == {
        "all": (23, 23), "group=MRD-positive": (None, None), "group=chemotherapy-ineligible": (None, None),
    }  # fmt: skip
    assert not [row.id for row in grouped.results if row.group.startswith("group=") and (row.n, row.N) != (None, None)]
    heads = [column for table in grouped.tables for column in table.columns]
    assert not [head for head in heads if "n = 3)" in head or "n = 20)" in head]
    computed = {
        row.at
        for row in grouped.results.where(analysis="published", name="computed")
        if row.warning and row.warning.startswith("hidden")
    }
    told = [row for row in grouped.results.where(analysis="published", name="printed") if row.at in computed]
    assert told
    assert all(row.text is None for row in told)


def test_no_display_tells_a_hidden_result(withheld: Document) -> None:
    """Cells say that they hide; figures of single patients and tables by patient are left out, and say so."""
    known = {row.id for row in withheld.results if row.warning and row.warning.startswith("hidden")}
    shown = [cell for table in withheld.tables for row in table.rows for cell in row.cells]
    assert not any(known.intersection(cell.results) for cell in shown)
    assert any(cell.text == WITHHELD for cell in shown)
    assert all(figure.specification is None for figure in withheld.figures)
    names = {block.name for section in withheld.sections for block in section.blocks if isinstance(block, Table)}
    assert not {"overview", "cycles", "therapies-listing", "adverse-event-listing"} & names


def test_a_sentence_means_the_patient_that_its_author_named() -> None:
    """The author writes the study's pseudonym; the published report shows that patient under the running number."""
    rows = [
        AnalysisResult(analysis="course", name="response", group=f"patient {name}", text=text, patients=(name,))
        for name, text in (("2", "responder"), ("1", "non-responder"))
    ]
    results = Results(rows)
    shown = anonymous_results(results, Pseudonyms.of(("2", "1")))
    assert [row.group for row in shown] == ["patient 1", "patient 2"]
    written = own_sentences([(1, "It was {course.response[patient 2]}.")], shown, "sentences.md", named=results)
    assert written[0].spans == ("It was ", Number("responder", "course/response/patient 1"), ".")


def test_two_places_that_only_a_date_told_apart_stay_two() -> None:
    """Their addresses are unique without the dates."""
    rows = [AnalysisResult(analysis="a", name="b", at=f"seen {date}") for date in ("2011-05-03", "2011-05-04")]
    shown = anonymous_results(Results(rows), Pseudonyms.of(()))
    assert [row.at for row in shown] == ["seen (date not shown)", "seen (date not shown) (2)"]
