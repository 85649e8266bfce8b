"""The results for programs: every row with all digits, and the schema that describes it."""

from __future__ import annotations

import json
from pathlib import Path

from engager.report.document import Document
from engager.results import results_schema
from engager.writers.files import write_text


def write_json_results(document: Document, folder: Path) -> list[Path]:
    """Write `results.json` and `results.schema.json`, and return their paths.

    A row, and a list that rows share, stands on a line of its own, in the order of the results, so that two runs can be
    compared by `diff`. A number is written with the fewest digits that read back as the same number.
    """
    parts = [f"{json.dumps(name)}: {_lines(rows)}" for name, rows in document.results.to_document().items()]
    schema = json.dumps(results_schema(), indent=2)
    return [
        write_text(folder / "results.json", "{" + ",\n".join(parts) + "}\n"),
        write_text(folder / "results.schema.json", schema + "\n"),
    ]


def _lines(rows: list[object]) -> str:
    text = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return f"[\n{text}\n]" if rows else "[]"
