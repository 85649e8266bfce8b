"""Laws of reading: forms agree, nothing ends in a traceback, no number is silently another, and size is no matter."""

from __future__ import annotations

import math
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.study_files import FILES, lines, problems, read, write_study
from tests.readers.test_workbook_and_parquet import write_book, write_parquet

from engager.errors import InputError
from engager.plan import InputFormat
from engager.readers.csv_folder import read_csv
from engager.readers.values import read_column
from engager.schema.columns import Kind

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=6)
CELLS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.text(st.sampled_from("0123456789.,-+eE<>%/ "), max_size=8),
    st.sampled_from(
        ["NA", "inf", "1,234", "0,5", "1.234", "ug/m2/d", "2010-01-01", "03/04/2010", "M1", "yes", "99999999999"]
    ),
)


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder for one example: a test's own is shared by all of them."""
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


@st.composite
def valid_studies(draw: st.DrawFn) -> dict[str, list[list[Any]]]:
    """Return the tables of a study without a mistake, with typed cells, empty ones as None."""
    patients = draw(
        st.lists(WORDS.filter(lambda word: word not in ("NA", "na", ".")), min_size=1, max_size=4, unique=True)
    )
    number = st.floats(0.001, 99).map(lambda value: float(f"{value:.6g}"))
    day = st.integers(1, 400)
    return {
        "patients": [
            ["patient", "age", "cns"],
            *([p, draw(number), draw(st.sampled_from(["yes", "no", None]))] for p in patients),
        ],
        "exposure": [["patient", "cycle", "start_day", "dose", "unit"], *([p, 1, 1, 5, "ug/m2/d"] for p in patients)],
        "measurements": [
            ["patient", "day", "test", "method", "value", "unit"],
            *([p, draw(day), "marrow_blasts", "flow", draw(number), "%"] for p in patients),
            *([p, draw(day), "mrd", "pcr", "<" + repr(draw(number) / 100), "1"] for p in patients),
        ],
        "adverse_events": [["patient", "term", "note"], *([p, "Fever", draw(WORDS)] for p in patients)],
        "therapies": [["patient", "kind"]],
        "follow_up": [["patient", "day", "event"], *([p, 400, "last contact"] for p in patients)],
    }  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(valid_studies())
def test_csv_workbook_and_parquet_give_equal_cohorts(study: dict[str, list[list[Any]]]) -> None:
    """A study is the same in each form that it may have."""
    with folder() as place:
        texts = {
            name: lines(*(["" if c is None else _quoted(c) for c in row] for row in rows))
            for name, rows in study.items()
        }
        from_csv, issues = read(write_study(place / "csv", **texts))
        assert [str(issue) for issue in issues] == []
        (place / "book").mkdir()
        from_book, issues = read(write_book(place / "book", study))
        assert [str(issue) for issue in issues] == []
        from_parquet, issues = read(write_parquet(place / "parquet", from_csv))
        assert issues == []
        for name in FILES:
            as_entered = [column for column in ("value_text",) if column in from_csv[name].columns]
            assert from_csv[name].drop(as_entered).equals(from_book[name].drop(as_entered))
            assert from_csv[name].equals(from_parquet[name])


def _quoted(cell: object) -> str:
    return '"' + str(cell).replace('"', '""') + '"'


@given(st.sampled_from(list(FILES)), st.binary(max_size=200), st.booleans())
def test_any_bytes_in_any_file(name: str, content: bytes, beside: bool) -> None:
    """Whatever bytes a file holds, alone or below a heading, end in a cohort or in issues."""
    with folder() as place:
        before = FILES[name].encode() if beside else b""
        problems(write_study(place, **{name: before + content}))


@given(st.sampled_from(list(FILES)), st.data())
def test_any_text_in_any_cell(name: str, data: st.DataObject) -> None:
    """Whatever a cell says ends in a cohort or in issues."""
    with folder() as place:
        heading = FILES[name].split("\n", 1)[0].split(",")
        rows = data.draw(
            st.lists(st.lists(CELLS.map(_quoted), min_size=len(heading), max_size=len(heading)), max_size=4)
        )
        problems(write_study(place, **{name: lines(heading, *rows)}))


@settings(max_examples=300, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=3))
def test_no_number_is_silently_another(texts: list[str]) -> None:
    """A text is read as the number that it is, its comma as a point, or it is refused."""
    texts = [text.strip() for text in texts]
    values, refusals = read_column(pl.Series(texts, dtype=pl.String), Kind.NUMBER, None, InputFormat())
    for text, value, which in zip(texts, values, refusals.which, strict=True):
        if value is not None:
            assert which is None
            assert value == float(text.replace(",", ".").replace("\u2212", "-"))
            assert math.isfinite(value)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters='",\n\r\0'), max_size=4), min_size=2, max_size=4
        ),
        max_size=5,
    )
)
def test_the_fast_way_reads_what_the_slow_way_does(rows: list[list[str]]) -> None:
    """A quotation mark anywhere sends a file the slow way; what is read is the same."""
    with folder() as place:
        plain, marked = place / "plain.csv", place / "marked.csv"
        plain.write_bytes(lines(["a", "b", "c"], *rows).encode())
        marked.write_bytes(lines(['"a"', "b", "c"], *rows).encode())
        assert _outcome(plain) == _outcome(marked)


def _outcome(path: Path) -> object:
    try:
        table = read_csv(path, "any")
    except InputError as error:
        return [(issue.rule, issue.place.row, issue.found) for issue in error.issues]
    return table.frame.rows(), table.rows.to_list(), [issue.found for issue in table.issues]


@pytest.mark.parametrize("quoted", [False, True])
def test_half_a_million_rows_with_one_that_is_bad(tmp_path: Path, quoted: bool) -> None:
    """The one bad row of a large file is found, at its number, in memory that stays within bounds."""
    count = 500_000
    unit = '"10*9/L"' if quoted else "10*9/L"
    block = "".join(f"{1 + i % 2},{1 + i % 80},neutrophils,analyser,{i % 97}.5,{unit}\n" for i in range(1000)).encode()
    content = b"patient,day,test,method,value,unit\n" + block * (count // 1000)
    start = content.index(b"\n", len(content) // 2) + 1
    row = content.count(b"\n", 0, start) + 1
    end = content.index(b"\n", start)
    folder = write_study(
        tmp_path, measurements=content[:start] + b"1,0,neutrophils,analyser,1.5," + unit.encode() + content[end:]
    )
    del content
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (issue,) = [issue for issue in problems(folder) if issue.rule == "values.unreadable"]
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (issue.place.row, issue.place.column, issue.found) == (row, "day", "`0`")
    assert kilobytes < 5e5
