"""Laws of the checks: the order of rows decides nothing, and no text of an exception ends in a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.rows_of_a_study import Row, p, tables
from tests.checks.test_rules_of_bodies_cells_and_cycles import RULES as STUDIES
from tests.conftest import cells
from tests.readers.study_files import FILES, write_study

from engager.checks import Rule, rules_in_force
from engager.cohort import Cohort
from engager.plan import AnalysisPlan
from engager.readers import read_cohort
from engager.readers.exceptions import COLUMNS, read_exceptions
from engager.schema import TABLES


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """A cohort with a patient for every rule that one patient can break."""
    folder = tmp_path_factory.mktemp("spoilt")
    rows: list[Row] = []
    for rule, (bad, _) in STUDIES.items():
        if all(line["patient"] == 1 for _, line in bad):
            own: list[Row] = [] if any(table == "patients" for table, _ in bad) else [p()]
            rows += [(table, {**line, "patient": rule}) for table, line in [*own, *bad]]
    texts = {name: "\n".join(",".join(line) for line in cells(text)) for name, text in tables(rows).items()}
    for name in TABLES:
        (folder / f"{name}.csv").write_text(texts[name] + "\n", "utf-8")
    cohort, issues = read_cohort(folder, AnalysisPlan(title="A"))
    assert issues == []
    return cohort


def told(cohort: Cohort) -> set[tuple[str, str]]:
    """Return the rules that are broken, each with the patient, also beyond the rows that are listed."""
    rules = rules_in_force(AnalysisPlan(title="A"))
    return {(rule.name, patient) for rule in rules for patient in _patients(cohort, rule)}


def _patients(cohort: Cohort, rule: Rule) -> pl.Series:
    rows = rule.offending(cohort)["row"].implode()
    return cohort[rule.table].filter(pl.col("row").is_in(rows))["patient"]


def test_there_is_something_to_tell(spoilt: Cohort) -> None:
    """As a guard: each patient breaks the rule of the name, and more than a hundred do."""
    own = {rule for rule, patient in told(spoilt) if rule == patient}
    assert len(own) > 100


@settings(max_examples=5)
@given(seed=st.integers(0, 2**31))
def test_the_order_of_rows_decides_nothing(spoilt: Cohort, seed: int) -> None:
    """Rows shuffled, and numbered as they then stand, break the same rules of the same patients."""
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=seed).with_columns(
            row=pl.int_range(2, frame.height + 2, dtype=pl.UInt32)
        )
        for name, frame in spoilt.tables.items()
    }
    assert told(Cohort(shuffled)) == told(Cohort(spoilt.tables))


@given(st.lists(st.lists(st.text(max_size=8), min_size=9, max_size=9), max_size=3))
def test_any_text_is_an_exception_or_refused(lines: list[list[str]]) -> None:
    """Whatever stands in the cells, there are exceptions or issues with a place, and nothing else."""
    with tempfile.TemporaryDirectory() as name:
        folder = write_study(Path(name), **FILES)
        quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
        (folder / "exceptions.csv").write_text("\n".join([",".join(COLUMNS), *quoted]), "utf-8", newline="")
        frame, issues = read_exceptions(folder)
        assert frame is not None or issues
        assert all(issue.place.file == "exceptions.csv" for issue in issues)
