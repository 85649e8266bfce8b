"""Workbooks made to harm, and damaged ones: refused with an issue, with little work and memory; never a traceback."""

from __future__ import annotations

import io
import resource
import tempfile
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readers.study_files import problems, write_study
from tests.readers.test_workbook_and_parquet import sheets, write_book
from tests.work import calls

from engager.readers import parquet

MOST_CALLS = 900_000  # the checks of any study take a third of it; a million rows or columns have not one each
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"


def book(folder: Path) -> Path:
    """Return a study folder with a workbook that is in order."""
    folder.mkdir(exist_ok=True)
    return write_book(folder, sheets())


def spoilt(folder: Path, **parts: bytes) -> Path:
    """Return the study with parts of its workbook replaced or added."""
    path = book(folder) / "study.xlsx"
    with zipfile.ZipFile(path) as old:
        content = {entry: old.read(entry) for entry in old.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, text in content.items():
            new.writestr(name, text)
    return folder


def rules(folder: Path) -> list[str]:
    """Return the rules that a folder breaks, having seen that this took little work and memory."""
    found: list[str] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert calls(lambda: found.extend(issue.rule for issue in problems(folder))) < MOST_CALLS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_500_000
    return [rule for rule in found if rule.startswith("file.")]


def cell(name: str) -> bytes:
    return HEAD + f'<row r="1"><c r="{name}" t="inlineStr"><is><t>x</t></is></c></row>'.encode() + END


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
)


@pytest.mark.parametrize(
    ("part", "content", "rule"),
    [
        ("xl/vbaProject.bin", b"macro", "file.macros"),
        (SHEET, ENTITIES, "file.entities"),
        (SHEET, ENTITIES.decode().encode("utf-16"), "file.entities"),
        ("xl/sharedStrings.xml", ENTITIES, "file.entities"),
        (
            SHEET,
            cell("XFD1048576").replace(b"</row>", b'</row><row r="2"><c r="A2"><v>1</v></c></row>'),
            "file.too_large",
        ),
        (SHEET, cell("BDWGO1"), "file.too_large"),
        (SHEET, cell("A99999999"), "file.too_large"),
        (SHEET, b"<worksheet><sheetData><row", "file.workbook"),
        ("xl/workbook.xml", b"<nothing/>", "file.workbook"),
        ("xl/externalLinks/externalLink1.xml", b"<externalLink/>", "file.links"),
    ],
)
def test_a_part_that_does_harm(tmp_path: Path, part: str, content: bytes, rule: str) -> None:
    """Macros, entities, far cells, broken XML and links to other files are each told."""
    assert rule in rules(spoilt(tmp_path / "s", **{part: content}))


def test_an_archive_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    """What the archive says of itself is enough to refuse it."""
    path = book(tmp_path / "s") / "study.xlsx"
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/media/a.bin", "w") as part,
    ):
        for _ in range(1100):
            part.write(bytes(1 << 20))
    assert path.stat().st_size < 10_000_000
    assert rules(tmp_path / "s") == ["file.too_large"]


def test_a_million_empty_rows(tmp_path: Path) -> None:
    """Rows that hold nothing cost little and are left out."""
    path = book(tmp_path / "s") / "study.xlsx"
    with zipfile.ZipFile(path) as old:
        content = old.read(SHEET)
    empty = b"".join(b'<row r="%d"/>' % row for row in range(10, 1_000_010))
    assert rules(spoilt(tmp_path / "s", **{SHEET: content.replace(b"</sheetData>", empty + b"</sheetData>")})) == []


@pytest.mark.parametrize("columns", [20_000, 1_000_000])
def test_a_million_columns_in_a_csv_file(tmp_path: Path, columns: int) -> None:
    """A heading as wide as no table is refused."""
    content = "patient," + ",".join(map(str, range(columns))) + "\n"
    assert rules(write_study(tmp_path / "s", patients=content)) == ["file.too_wide"]


def test_a_workbook_of_another_kind(tmp_path: Path) -> None:
    """A workbook with macros is named, not passed over."""
    path = book(tmp_path / "s") / "study.xlsx"
    path.rename(path.with_suffix(".xlsm"))
    assert rules(tmp_path / "s") == ["file.macros"]


def test_a_parquet_file_that_is_cut(tmp_path: Path) -> None:
    """Half a file is no file."""
    folder = write_study(tmp_path / "s", patients=None)
    pl.DataFrame({"patient": ["1", "2"]}).write_parquet(folder / "patients.parquet")
    whole = (folder / "patients.parquet").read_bytes()
    (folder / "patients.parquet").write_bytes(whole[: len(whole) // 2])
    assert rules(folder) == ["file.unreadable"]


def test_a_parquet_file_that_claims_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that all say the same take no room in the file; they are counted before they take any in memory."""
    monkeypatch.setattr(parquet, "MOST_CELLS", 1_000_000)
    folder = write_study(tmp_path / "s", patients=None)
    pl.select(pl.repeat("1", 1_000_001).alias("patient")).write_parquet(folder / "patients.parquet")
    assert (folder / "patients.parquet").stat().st_size < 10_000
    assert rules(folder) == ["file.too_large"]


def test_an_archive_that_lies_about_its_size(tmp_path: Path) -> None:
    """A sheet that unpacks to more than the archive tells is refused when more of it comes."""
    path = book(tmp_path / "s") / "study.xlsx"
    with zipfile.ZipFile(path) as old:
        parts = {entry.filename: old.read(entry) for entry in old.infolist()}
    parts[SHEET] += b" " * (8 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    size = len(parts[SHEET]).to_bytes(4, "little")
    told = path.read_bytes()
    assert told.count(size) == 2
    path.write_bytes(told.replace(size, (1000).to_bytes(4, "little")))
    assert rules(tmp_path / "s") == ["file.too_large"]


def _archive() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        return (book(Path(place)) / "study.xlsx").read_bytes()


WHOLE = _archive()


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=8), st.booleans())
def test_a_damaged_workbook(at: int, noise: bytes, cut: bool) -> None:
    """Cut anywhere, or with bytes changed anywhere, it is refused or read; never a traceback."""
    with tempfile.TemporaryDirectory() as place:
        folder = book(Path(place) / "s")
        (folder / "study.xlsx").write_bytes(WHOLE[:at] if cut else WHOLE[:at] + noise + WHOLE[at + len(noise) :])
        problems(folder)


@given(st.data())
def test_damaged_xml_within_a_sound_archive(data: st.DataObject) -> None:
    """The archive's checksums do not save us from what is wrong inside."""
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        name = data.draw(st.sampled_from([entry for entry in archive.namelist() if entry.startswith("xl/")]))
        content = archive.read(name)
    at, noise = data.draw(st.integers(0, max(len(content) - 1, 0))), data.draw(st.binary(max_size=6))
    with tempfile.TemporaryDirectory() as place:
        problems(spoilt(Path(place) / "s", **{name: content[:at] + noise + content[at + len(noise) :]}))
