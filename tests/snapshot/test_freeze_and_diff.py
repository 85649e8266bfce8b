"""A frozen study is the study: same bytes, same results, told when touched; and what changed since, in words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.study_files import FILES, write_study
from tests.studies import analysed

from engager.cohort import Cohort
from engager.errors import DataError, InputError, OutputError
from engager.pipeline.examples import example
from engager.pipeline.snapshot import diff_studies, freeze_study
from engager.pipeline.study import open_study
from engager.plan import read_plan
from engager.readers import read_cohort
from engager.snapshot import difference


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two snapshots of a study, frozen from two copies of it, are equal byte for byte, and carry no date."""
    shutil.copytree(example("tuebingen-2014"), tmp_path / "copy")
    freeze_study(example("tuebingen-2014"), tmp_path / "one")
    freeze_study(tmp_path / "copy", tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_snapshot_is_analysed_as_the_study(tmp_path: Path) -> None:
    """Tables, places in the files of then, issues, hashes and every result are the study's."""
    name = "tuebingen-2014"
    freeze_study(example(name), tmp_path / "frozen")
    study, frozen = analysed(name), open_study(tmp_path / "frozen")
    for table, frame in study.cohort.tables.items():
        assert frozen.cohort[table].equals(frame)
        assert frozen.cohort[table].schema == frame.schema
    assert frozen.issues == study.issues
    assert frozen.cohort.hashes == study.cohort.hashes
    assert list(map(repr, frozen.results)) == list(map(repr, study.results))
    assert diff_studies(tmp_path / "frozen", example(name)) == []


def test_what_the_data_model_does_not_know_is_kept(tmp_path: Path) -> None:
    """A column of the study's own is frozen beside the others."""
    therapies = "patient,phase,kind,name,ward\n2,before,hsct,transplantation,7b\n"
    freeze_study(write_study(tmp_path / "study", therapies=therapies), tmp_path / "frozen")
    assert open_study(tmp_path / "frozen").cohort.extras["therapies"].to_dicts() == [{"row": 2, "ward": "7b"}]


def test_a_snapshot_is_never_written_over(tmp_path: Path) -> None:
    """A second one needs a place of its own; the first is left as it is."""
    freeze_study(write_study(tmp_path / "study"), tmp_path / "frozen")
    before = contents(tmp_path / "frozen")
    with pytest.raises(OutputError, match="never written over"):
        freeze_study(tmp_path / "study", tmp_path / "frozen")
    assert contents(tmp_path / "frozen") == before


def test_a_study_with_errors_is_not_frozen(tmp_path: Path) -> None:
    """What could not be analysed is not frozen, and nothing is written."""
    study = write_study(tmp_path / "study", patients=FILES["patients"].replace(",4,", ",-4,"))
    with pytest.raises(DataError):
        freeze_study(study, tmp_path / "frozen")
    assert not (tmp_path / "frozen").exists()


@pytest.mark.parametrize("name", ["patients.parquet", "study.toml", "snapshot.json"])
def test_a_file_that_was_touched_is_told(tmp_path: Path, name: str) -> None:
    """Every file is held against the hash that it was frozen with, the manifest against its own."""
    freeze_study(write_study(tmp_path / "study"), tmp_path / "frozen")
    path = tmp_path / "frozen" / name
    if name == "snapshot.json":
        manifest = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**manifest, "title": "Another"}), "utf-8")
    else:
        path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(InputError) as refused:
        open_study(tmp_path / "frozen")
    assert [issue.place.file for issue in refused.value.issues if issue.rule == "snapshot.changed"] == [name]


BEFORE = {
    "patients": "patient,sex,age\n1,male,4\n3,female,9\n5,male,12\n",
    "exposure": (
        "patient,cycle,start_day,end_day,dose,unit\n1,1,1,28,15,ug/m2/d\n3,1,1,28,15,ug/m2/d\n5,1,1,28,15,ug/m2/d\n"
    ),
    "measurements": (
        "patient,cycle,timepoint,day,test,method,value,unit\n3,2,start of cycle,,marrow_blasts,microscopy,70,%\n"
        "3,1,,29,mrd,pcr,1e-3,1\n"
    ),
    "adverse_events": "patient,term,ctcae_version,grade,start_day\n1,Fever,5.0,2,3\n",
    "therapies": "patient,phase,kind,name,start_day,donor\n1,after,hsct,transplantation,90,haploidentical\n",
    "follow_up": "patient,day,event\n1,400,last contact\n3,400,last contact\n5,400,last contact\n",
}
AFTER = {
    "patients": "patient,sex,age\n1,male,5\n3,female,9\n5,male,12\n7,male,2\n",
    "exposure": BEFORE["exposure"].replace("5,1,1,28,15,", "5,1,1,28,5,"),
    "measurements": BEFORE["measurements"].replace(",70,", ",7,").replace("1e-3", "<1e-4"),
    "adverse_events": "patient,term,ctcae_version,grade,start_day\n1,Fever,5.0,,3\n",
    "therapies": "patient,phase,kind,name,start_day,donor\n",
    "follow_up": BEFORE["follow_up"] + "5,190,relapse\n",
}


def test_a_diff_in_clinical_words(tmp_path: Path) -> None:
    """Added, removed and changed, of plan and tables, each with patient, when, and both values with their unit."""
    old = write_study(tmp_path / "old", **BEFORE)
    new = write_study(tmp_path / "new", plan='title = "A study"\nlandmarks = [100]\n', **AFTER)
    assert [change.text for change in diff_studies(old, new)] == [
        "plan: landmarks changed from 100, 365, 730 to 100",
        "patient 7 added, sex male, age 2",
        "patient 1: age changed from 4 to 5",
        "patient 5: dose of infusion of cycle 1 from day 1 to 28 changed from 15 ug/m2/d to 5 ug/m2/d",
        "patient 3: marrow blasts before cycle 2 changed from 70 % to 7 %",
        "patient 3: MRD on day 29 changed from 1e-3 to <1e-4",
        "patient 1: grade of Fever from day 3 emptied, was 2",
        "patient 1: transplantation removed, from day 90, transplantation, phase after, donor haploidentical",
        "patient 5: relapse added, day 190",
    ]


def test_a_diff_for_a_program(tmp_path: Path) -> None:
    """Table, patient, field, both texts and both rows."""
    old, new = write_study(tmp_path / "old", **BEFORE), write_study(tmp_path / "new", **AFTER)
    (change,) = [change for change in diff_studies(old, new) if change.field == "value" and change.before == "70"]
    assert change.to_dict() == {
        "table": "measurements", "what": "changed", "patient": "3", "field": "value", "before": "70", "after": "7",
        "row_before": 2, "row_after": 2, "text": "patient 3: marrow blasts before cycle 2 changed from 70 % to 7 %",
    }  # fmt: skip


def test_a_date_moves_its_days_but_is_one_change(tmp_path: Path) -> None:
    """Days that follow from dates are not told again when the first dose moves."""
    dated = {"follow_up": "patient,date,event\n1,2010-09-01,last contact\n2,2010-05-29,death\n"}
    old = write_study(tmp_path / "old", **dated)
    moved = FILES["patients"].replace("2010-01-01", "2010-01-03")
    new = write_study(tmp_path / "new", patients=moved, **dated)
    assert [change.text for change in diff_studies(old, new)] == [
        "patient 1: first dose date changed from 2010-01-01 to 2010-01-03"
    ]


@pytest.fixture(scope="module")
def tuebingen() -> Cohort:
    """The cohort of the example."""
    folder = example("tuebingen-2014")
    return read_cohort(folder, read_plan(folder))[0]


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31))
def test_the_order_of_rows_is_no_change(tuebingen: Cohort, seed: int) -> None:
    """Rows shuffled, and numbered as they then stand, are the same study."""
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=seed).with_columns(
            row=pl.int_range(2, frame.height + 2, dtype=pl.UInt32)
        )
        for name, frame in tuebingen.tables.items()
    }
    assert difference(tuebingen, Cohort(shuffled)) == []


def test_a_cell_that_cannot_be_read_is_not_told_as_emptied(tmp_path: Path) -> None:
    """It is named with its folder, and nothing is compared."""
    one, two = (
        write_study(tmp_path / "one"),
        write_study(tmp_path / "two", patients=FILES["patients"].replace("9", "x")),
    )
    with pytest.raises(InputError) as raised:
        diff_studies(one, two)
    assert [(issue.place.file, issue.found) for issue in raised.value.issues] == [(str(two / "patients.csv"), "`x`")]
