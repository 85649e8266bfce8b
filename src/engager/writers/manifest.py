"""The manifest of a report: where it comes from, and which files belong to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from engager.provenance import VERSION
from engager.report.document import Document
from engager.writers.files import write_text

FILE_NAME = "manifest.json"


def write_manifest(document: Document, folder: Path) -> list[Path]:
    """Write `manifest.json`: the manifest of the document, the version, and the files that stand in the folder."""
    return write_file_list(folder, document.manifest)


def write_file_list(folder: Path, content: Mapping[str, object]) -> list[Path]:
    """Write `manifest.json`: the version, what is told of the folder's origin, and the files that stand in it."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    manifest = {"engager": VERSION, **content, "files": [*files, FILE_NAME]}
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False, default=str)
    return [write_text(folder / FILE_NAME, text + "\n")]


def read_files(folder: Path) -> frozenset[str] | None:
    """Return the files that the manifest of a folder names, or None where the folder is no report of engager."""
    try:
        manifest = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or "engager" not in manifest:
        return None
    return frozenset(str(name) for name in manifest.get("files", []))
