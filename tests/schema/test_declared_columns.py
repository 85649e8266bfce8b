"""The data model: every column says what it is."""

from __future__ import annotations

import re

import dataframely as dy
import pytest

from engager.schema import TABLES
from engager.schema.columns import Kind, cdisc_of, codelist_of, dated_by, kind_of, unit_of
from engager.terms.codelists import codelists
from engager.terms.measurands import measurands
from engager.terms.units import units

COLUMNS = [(table, column) for table, schema in TABLES.items() for column in schema.columns().values()]
IDS = [f"{table}.{name}" for table, schema in TABLES.items() for name in schema.columns()]
DOMAINS = {"AE", "CM", "CP", "DD", "DM", "DS", "EX", "LB", "MH", "PR", "RS", "VS"}


@pytest.mark.parametrize("column", [column for _, column in COLUMNS], ids=IDS)
def test_a_column_is_described(column: dy.Column) -> None:
    """Meaning, kind, unit and CDISC variable are there, and fit each other."""
    assert column.description
    assert column.description == column.description.strip()
    if kind_of(column) is Kind.CODE:
        assert codelist_of(column) is not None
    if (cdisc := cdisc_of(column)) is not None and cdisc != "USUBJID":
        domain, _, variable = cdisc.partition(".")
        assert domain in DOMAINS
        assert re.fullmatch(r"[A-Z0-9]{2,8}", variable)
        assert variable.startswith(domain) or variable in ("VISITNUM", "USUBJID", "SEX", "AGE", "ARM", "RFXSTDTC")
    if unit_of(column) is not None:
        assert unit_of(column) in {*units(), "a", "d"}


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=IDS)
def test_a_day_has_its_date(table: str, column: dy.Column) -> None:
    """Each study day names the date column beside it."""
    if kind_of(column) is Kind.STUDY_DAY:
        assert dated_by(column) in TABLES[table].columns()


@pytest.mark.parametrize("table", list(TABLES))
def test_every_row_keeps_its_patient_source_and_note(table: str) -> None:
    """A row is led back to the record, and belongs to a patient."""
    columns = TABLES[table].columns()
    assert not columns["patient"].nullable
    assert columns["source"].nullable
    assert columns["note"].nullable


@pytest.mark.parametrize("name", list(codelists()))
def test_a_spelling_means_one_code(name: str) -> None:
    """No spelling of a code list stands for two codes, and each code reads as itself."""
    codes = codelists()[name]
    assert all(codes.read(code) == code for code in codes.codes)
    assert codes.meaning


def test_ambiguous_words_are_no_spellings() -> None:
    """`nd` is `not done` or `not detected`; `u` is CDISC's unknown sex: neither is guessed."""
    assert codelists()["result"].read("nd") is None
    assert codelists()["sex"].read("u") is None


def test_the_units_of_tests_exist() -> None:
    """Each quantity that a test measures has a unit, and each test with words a code list."""
    quantities = {unit.quantity for unit in units().values()}
    for measurand in measurands().values():
        assert set(measurand.quantities) <= quantities
        assert measurand.codelist is None or measurand.codelist in codelists()
        assert bool(measurand.quantities) != bool(measurand.codelist)
