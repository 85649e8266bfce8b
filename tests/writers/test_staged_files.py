"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.errors import OutputError
from engager.writers.staging import staged_file
from engager.writers.workbook_file import staged_workbook


def test_a_file_takes_its_place_at_the_end(tmp_path: Path) -> None:
    """Folders are made; until then the earlier file stands, afterwards nothing else does."""
    target = tmp_path / "new" / "table.csv"
    with staged_file(target) as partial:
        partial.write_text("first", "utf-8")
    with staged_file(target) as partial:
        partial.write_text("second", "utf-8")
        assert target.read_text("utf-8") == "first"
    assert {path.name: path.read_text("utf-8") for path in target.parent.iterdir()} == {"table.csv": "second"}


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    """Half a file is no file, and its error is told as it is."""
    target = tmp_path / "table.csv"
    target.write_text("first", "utf-8")
    with pytest.raises(RuntimeError, match="half-way"), staged_file(target) as partial:  # noqa: PT012
        partial.write_text("seco", "utf-8")
        raise RuntimeError("half-way")
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {"table.csv": "first"}


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The parent is a file: expected, found, and what to do; of a workbook too."""
    (tmp_path / "file").write_text("", "utf-8")
    told = r"expected a file that can be written, found: (?s:.*)choose another name"
    for write in (staged_file, staged_workbook):
        with pytest.raises(OutputError, match=told), write(tmp_path / "file" / "table.xlsx"):
            pass


def test_a_workbook_that_cannot_be_closed_leaves_nothing(tmp_path: Path) -> None:
    """Where its hidden file cannot be made, the library's own error is told as ours."""
    (tmp_path / ".table.xlsx.partial").mkdir()
    with (
        pytest.raises(OutputError, match="expected a file that can be written"),
        staged_workbook(tmp_path / "table.xlsx") as book,
    ):
        book.add_worksheet("a")
    assert not (tmp_path / "table.xlsx").exists()
