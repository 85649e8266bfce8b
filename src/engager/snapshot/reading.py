"""A cohort from a snapshot, its files held against the hashes that they were frozen with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from engager.cohort import Cohort, TableOrigin
from engager.errors import InputError, Issue, Place, Severity
from engager.plan import AnalysisPlan
from engager.provenance import file_hash
from engager.readers.adjudication_log import read_agreement
from engager.readers.reference_ranges import read_reference_ranges
from engager.schema import SCHEMA_VERSION, TABLES
from engager.snapshot.contents import EXTRA, FORMAT, MANIFEST, fingerprint


def read_snapshot(folder: Path, plan: AnalysisPlan) -> tuple[Cohort, list[Issue]]:
    """Return the cohort that was frozen, its rows at their places in the files of then, and the issues of other files.

    Raises:
        InputError: a file that is missing or not the one that was frozen, or a snapshot of another data model.
    """
    manifest = _manifest(folder)
    if issues := _changed(folder, manifest):
        raise InputError(issues)
    tables, extras = {}, {}
    for name in TABLES:
        frame = pl.read_parquet(folder / f"{name}.parquet")
        tables[name] = frame.select(
            pl.col(column).cast(declared.dtype) for column, declared in TABLES[name].columns().items()
        )
        unknown = [column for column in frame.columns if column.startswith(EXTRA)]
        extras[name] = frame.select("row", *(pl.col(column).alias(column[len(EXTRA) :]) for column in unknown))
    origins = {name: TableOrigin(**origin) for name, origin in manifest["origins"].items()}
    ranges, of_ranges = read_reference_ranges(folder, plan)
    agreement, of_agreement = read_agreement(folder)
    cohort = Cohort(tables, origins, extras, manifest["inputs"], reference_ranges=ranges, agreement=agreement)
    return cohort, [*of_ranges, *of_agreement]


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest; raises InputError where it is none, was changed, or is of another data model."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        told = (manifest["snapshot"], manifest["format"], manifest["schema_version"])
        own = fingerprint(manifest)
        _ = (manifest["files"], manifest["inputs"], manifest["origins"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(_issue(MANIFEST, "no manifest of a snapshot", "the manifest that was written")) from None
    if told[0] != own:
        raise InputError(_issue(MANIFEST, "a manifest that was changed", f"the hash {told[0][:12]}"))
    if told[1:] != (FORMAT, SCHEMA_VERSION):
        found = f"a snapshot of format {told[1]}, data model {told[2]}"
        raise InputError(_issue(MANIFEST, found, f"format {FORMAT}, data model {SCHEMA_VERSION}"))
    return manifest


def _changed(folder: Path, manifest: dict[str, Any]) -> list[Issue]:
    issues = []
    for name, digest in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            issues.append(_issue(name, "no such file", "every file that was frozen"))
        elif file_hash(path) != digest:
            issues.append(_issue(name, "another file than was frozen", f"the hash {digest[:12]}"))
    return issues


def _issue(file: str, found: str, expected: str) -> Issue:
    advice = "A snapshot is never edited: change the study and freeze it anew"
    return Issue(Severity.ERROR, "snapshot.changed", Place(file), found, expected, advice, structural=True)
