"""REDCap's exports: a mapping is drafted, a person finishes it, and the records become a study, or are refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from engager.errors import InputError, OutputError, Severity
from engager.pipeline.abstraction import reconcile_studies
from engager.pipeline.examination import check_study
from engager.pipeline.exchange import draft_redcap_mapping, read_redcap
from engager.readers.redcap_dictionary import read_choices

EXPORT = Path(__file__).parent / "redcap_export"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """The drafted mapping, finished as a person would."""
    path = tmp_path / "mapping.toml"
    assert draft_redcap_mapping(EXPORT / "dictionary.csv", path)["fields"] == 22
    finished = (
        path.read_text("utf-8").replace("finished = false", "finished = true").replace('"9" = ""', '"9" = "other"')
    )
    path.write_text(finished.replace('# unit = { is = "..." }', 'unit = { is = "1" }'), "utf-8")
    return path


def changed(tmp_path: Path, *pairs: tuple[str, str]) -> Path:
    """Return the records with texts replaced."""
    text = (EXPORT / "records.csv").read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "changed.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_draft_leaves_out_identifiers_and_says_why(tmp_path: Path) -> None:
    """Every line has a confidence and a reason; an identifier is left out, a choice without a code is to be filled."""
    draft_redcap_mapping(EXPORT / "dictionary.csv", tmp_path / "m.toml")
    text = (tmp_path / "m.toml").read_text("utf-8")
    assert '"mrn",  # Hospital number; marked as an identifier' in text
    assert "# to be filled: code 9, Ran out of bags" in text
    assert "# 1.00: label like `dose`" in text
    assert 'unit = { is = "ug/m2/d" }' in text
    with pytest.raises(OutputError, match="may have been worked on"):
        draft_redcap_mapping(EXPORT / "dictionary.csv", tmp_path / "m.toml")


def test_a_draft_is_not_read(tmp_path: Path) -> None:
    """What nobody has finished makes no study."""
    draft_redcap_mapping(EXPORT / "dictionary.csv", tmp_path / "m.toml")
    with pytest.raises(InputError, match="a draft that nobody has finished"):
        read_redcap(EXPORT / "records.csv", tmp_path / "m.toml", tmp_path / "study")


def test_records_become_a_study(tmp_path: Path, mapping: Path) -> None:
    """Repeating instruments are rows, boxes are rows or one text, and each row names its record's place."""
    (folder,), warnings = read_redcap(EXPORT / "records.csv", mapping, tmp_path / "study")
    cohort, _ = check_study(folder)
    assert cohort.patients == ("SYN-01", "SYN-02")
    assert cohort["patients"]["genetics"].to_list() == ["KMT2A::AFF1; hypodiploid"] * 2
    assert cohort["exposure"].filter(patient="SYN-01")["end_reason"].to_list() == ["completed", "adverse event"]
    assert cohort["exposure"]["start_day"].to_list() == [1, 43, 1, 43]
    assert cohort["therapies"].filter(patient="SYN-02")["kind"].to_list() == ["chemotherapy", "hsct"]
    tests = cohort["measurements"].filter(patient="SYN-01").select("test", "value", "comparator").rows()
    assert sorted(tests) == [
        ("mrd", 0.0001, "<"),
        ("neutrophils", 0.8, "="),
        ("neutrophils", 1.9, "="),
        ("platelets", 45.0, "="),
    ]
    assert cohort["exposure"]["source"][0] == "records.csv row 3, event treatment_arm_1, infusion 1"
    assert [issue.place.column for issue in warnings] == []


def test_records_entered_twice_are_two_studies(tmp_path: Path, mapping: Path) -> None:
    """`ID--1` and `ID--2` become the two abstractions that are reconciled: one dose differs."""
    folders, _ = read_redcap(EXPORT / "double.csv", mapping, tmp_path / "study")
    assert [folder.name for folder in folders] == ["study-1", "study-2"]
    items = reconcile_studies(*folders).found.items
    assert items.select("table", "field").rows() == [("exposure", "dose")]


def test_every_cell_that_cannot_be_read_is_told_at_once(tmp_path: Path, mapping: Path) -> None:
    """Row and field of the export are named, and nothing is written."""
    records = changed(tmp_path, (",7.5,", ",seven,"), (",2020-03-13,2020-04-09,15,2,", ",2020-03-13,2020-04-09,15,7,"))
    with pytest.raises(InputError) as caught:
        read_redcap(records, mapping, tmp_path / "study")
    assert {(issue.place.row, issue.place.column, issue.found) for issue in caught.value.issues} == {
        (2, "age_years", "`seven`"), (9, "age_years", "`seven`"),
        (4, "inf_stop", "the code `7`"), (11, "inf_stop", "the code `7`"),
    }  # fmt: skip
    assert not (tmp_path / "study").exists()


def test_labels_in_the_place_of_names_are_refused(tmp_path: Path, mapping: Path) -> None:
    """An export with labels has other headings."""
    with pytest.raises(InputError, match="no field `record_id`"):
        read_redcap(changed(tmp_path, ("record_id", "Record ID")), mapping, tmp_path / "study")


def test_a_field_that_nobody_thought_of_is_told(tmp_path: Path, mapping: Path) -> None:
    """Values that the mapping neither uses nor leaves out are counted."""
    mapping.write_text(mapping.read_text("utf-8").replace('"mrn",', ""), "utf-8")
    _, warnings = read_redcap(EXPORT / "records.csv", mapping, tmp_path / "study")
    assert [(issue.severity, issue.place.column, issue.found) for issue in warnings] == [
        (Severity.WARNING, "mrn", "2 values that the mapping does not use")
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('table = "patients"', 'table = "patient"', "Did you mean `patients`?"),
        ("sex = {", "sexx = {", "the column `sexx`"),
        ('term = { field = "ae_term" }', "", "nothing for `term`"),
        ('{ field = "age_years" }', '{ field = "age_years", is = "1" }', "one of `field`"),
        ("[rows.columns]", "[rows.columns", "no valid TOML"),
    ],
)
def test_a_mapping_with_a_mistake(tmp_path: Path, mapping: Path, old: str, new: str, told: str) -> None:
    """What the mapping names must be there."""
    mapping.write_text(mapping.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        read_redcap(EXPORT / "records.csv", mapping, tmp_path / "study")
    assert told in str(caught.value)


def test_choices_with_commas() -> None:
    """Only the first comma parts a code from its label."""
    assert read_choices("1, A, b|2, <b>C</b>") == {"1": "A, b", "2": "C"}


def test_a_german_dictionary_is_drafted(tmp_path: Path) -> None:
    """Words of a German form lead to their columns, with the codes of their choices."""
    head = (EXPORT / "dictionary.csv").read_text("utf-8").splitlines()[0]
    rest = "," * (len(head.split(",")) - 6)
    fields = (
        f"record_id,stammdaten,,text,Nummer,{rest}\n"
        f'geschlecht,stammdaten,,radio,Geschlecht,"1, männlich | 2, weiblich | 9, unbekannt"{rest}\n'
        f'zns,stammdaten,,radio,ZNS-Befall,"1, ja | 0, nein"{rest}\n'
    )
    (tmp_path / "dictionary.csv").write_text(f"{head}\n{fields}", "utf-8")
    draft_redcap_mapping(tmp_path / "dictionary.csv", tmp_path / "m.toml")
    drafted = tomllib.loads((tmp_path / "m.toml").read_text("utf-8"))
    (patients,) = drafted["rows"]
    assert patients["table"] == "patients"
    assert patients["columns"]["sex"]["codes"] == {"1": "male", "2": "female", "9": "NA"}
    assert patients["columns"]["cns"]["codes"] == {"1": "yes", "0": "no"}
