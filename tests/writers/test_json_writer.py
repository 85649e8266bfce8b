"""The results for programs."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from engager.report.document import Document
from engager.results import Results
from engager.writers.json_results import write_json_results


def read(document: Document, folder: Path) -> tuple[Any, Any]:
    """Return what is written: results and schema."""
    written, schema = (json.loads(path.read_text(encoding="utf-8")) for path in write_json_results(document, folder))
    return written, schema


def test_every_number_comes_back_to_the_last_digit(document: Document, tmp_path: Path) -> None:
    """Reading gives the rows that were written."""
    written, _ = read(document, tmp_path)
    assert list(Results.from_document(written)) == list(document.results)
    assert written["results"][0]["estimate"] == 6 / 9


def test_the_rows_fit_their_schema(document: Document, tmp_path: Path) -> None:
    """The schema beside them is the one that describes them."""
    written, schema = read(document, tmp_path)
    import_module("jsonschema").validate(written, schema)


def test_two_runs_write_the_same_bytes(document: Document, tmp_path: Path) -> None:
    """Nothing depends on the time or on the folder."""
    first = [path.read_bytes() for path in write_json_results(document, tmp_path / "a")]
    assert first == [path.read_bytes() for path in write_json_results(document, tmp_path / "b")]


def test_a_row_stands_on_a_line(document: Document, tmp_path: Path) -> None:
    """So that two runs can be compared line by line."""
    lines = write_json_results(document, tmp_path)[0].read_text(encoding="utf-8").splitlines()
    first = lines.index('"results": [')
    assert [json.loads(line.rstrip(","))["name"] for line in lines[first + 1 : -1]] == [
        row.name for row in document.results
    ]
