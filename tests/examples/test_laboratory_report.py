"""A study with laboratory values from its files to the page: tables, figures, methods, and rows behind the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import PLAN, write_study

from engager.pipeline.study import Study, open_study

MEASUREMENTS = "patient,day,test,value,unit,lower_limit,upper_limit\n" + "".join(
    f"{patient},{day},neutrophils,{value},10*9/L,,\n"
    for patient, values in {"1": (3, 1, 0.4, 1.2), "2": (2, 0.9, 0.8, 2.5)}.items()
    for day, value in zip((-1, 4, 8, 22), values, strict=True)
)
RANGES = "test,sex,age_from,age_to,lower_limit,upper_limit,unit\nneutrophils,,0,18,1500,8000,/uL\n"
EVENTS = "patient,term,ctcae_version,grade,start_day,end_day\n1,Neutrophil count decreased,5,3,7,10\n"


@pytest.fixture(scope="module", name="study")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study, read from its files."""
    folder = tmp_path_factory.mktemp("laboratory")
    plan = PLAN + '[laboratory]\nreference_ranges = "ranges.csv"\n'
    write_study(folder, plan, measurements=MEASUREMENTS, adverse_events=EVENTS)
    (folder / "ranges.csv").write_text(RANGES, "utf-8")
    return open_study(folder)


def test_the_section_has_its_tables_and_figures(study: Study) -> None:
    """Worst grades, shift, agreement; a picture of the values, one of the shares."""
    section = next(section for section in study.document.sections if section.anchor == "laboratory")
    names = [getattr(block, "name", "") for block in section.blocks]
    assert names == ["laboratory-worst", "laboratory-shift", "laboratory-agreement", "laboratory-neutrophils",
                     "laboratory-share-neutrophil-count-decreased"]  # fmt: skip


def test_a_number_leads_to_its_range(study: Study) -> None:
    """The row of the study's reference ranges stands among the rows behind a grade."""
    row = study.results.get("laboratory", "shift", "Neutrophil count decreased", "0 to 4")
    assert row is not None
    assert row.patients == ("1",)
    assert row.sources == ("measurements:2", "reference_ranges:2", "measurements:4")
    assert study.document.source_rows["reference_ranges:2"]["lower_limit"] == "1500"


def test_both_grades_stand(study: Study) -> None:
    """The clinician's 3 beside the derived 4, each with its version."""
    at = "Neutrophil count decreased"
    clinician = study.results.get("laboratory", "clinician_grade", "patient 1", at)
    derived = study.results.get("laboratory", "laboratory_grade", "patient 1", at)
    assert clinician is not None
    assert derived is not None
    assert (clinician.estimate, clinician.method) == (3, "as recorded, CTCAE 5.0")
    assert (derived.estimate, derived.text) == (4, "below 0.5 10*9/L, day 8")


def test_the_methods_say_how(study: Study) -> None:
    """Version, ranges, baseline and window, as the plan sets them."""
    text = str(next(section for section in study.document.sections if section.anchor == "methods").blocks)
    assert "graded by CTCAE 5.0" in text
    assert "else of ranges.csv by age at the first dose and sex" in text
    assert "to day 30 after the last dose" in text


def test_without_the_content_there_is_no_section(tmp_path: Path) -> None:
    """`contents` of the plan decides."""
    folder = write_study(tmp_path / "study", PLAN + 'contents = ["survival"]\n')
    document = open_study(folder).document
    assert "laboratory" not in {section.anchor for section in document.sections}
    assert "Laboratory values were graded" not in str(document.sections)
