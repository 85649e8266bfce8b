"""Freezing a study: its tables as they were read, the files beside its plan, and a manifest with all hashes."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from engager.cohort import Cohort
from engager.errors import OutputError
from engager.plan import AnalysisPlan
from engager.provenance import VERSION, file_hash
from engager.schema import SCHEMA_VERSION, TABLES
from engager.snapshot.contents import EXTRA, FORMAT, MANIFEST, as_json, fingerprint
from engager.writers.convert import other_files
from engager.writers.files import write_text
from engager.writers.staging import staged

_GROUP = 100_000  # rows of a row group: fixed, so that the same table is the same bytes


def check_snapshot_target(target: Path) -> None:
    """Refuse a place that has content: what was frozen is never written over."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(
            f"{target}: expected a new or empty folder for the snapshot, found something in its place. A snapshot is "
            "never written over: choose another name"
        )


def write_snapshot(cohort: Cohort, plan: AnalysisPlan, study: Path, target: Path) -> dict[str, Any]:
    """Write the snapshot of a study folder, whole or not at all, and return its manifest.

    Every file beside the plan that is no table is copied as it is, since the plan may name it.

    Raises:
        OutputError: the target has content, lies in the study, or cannot be written.
    """
    target, study = target.resolve(), study.resolve()
    check_snapshot_target(target)
    with staged(target) as folder:
        for path in other_files(study):
            if path.name != MANIFEST:
                shutil.copyfile(path, folder / path.name)
        for name in TABLES:
            _write_table(cohort, name, folder / f"{name}.parquet")
        manifest = _manifest(cohort, plan, folder)
        write_text(folder / MANIFEST, as_json(manifest))
    return manifest


def _write_table(cohort: Cohort, name: str, path: Path) -> None:
    """Write a table, typed, with the columns that the data model does not know as text beside it."""
    frame, extras = cohort[name], cohort.extras.get(name)
    if extras is not None and extras.width > 1:
        beside = extras.rename({column: EXTRA + column for column in extras.columns if column != "row"})
        frame = frame.join(beside, on="row", how="left", maintain_order="left")
    texts = [pl.col(column).cast(pl.String) for column, kind in frame.schema.items() if isinstance(kind, pl.Enum)]
    frame.with_columns(texts).rechunk().write_parquet(
        path, compression="zstd", compression_level=3, statistics=False, row_group_size=_GROUP
    )


def _manifest(cohort: Cohort, plan: AnalysisPlan, folder: Path) -> dict[str, Any]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    manifest: dict[str, Any] = {
        "engager": VERSION,
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "title": plan.title,
        "tables": {name: cohort[name].height for name in TABLES},
        "inputs": dict(sorted(cohort.hashes.items())),
        "files": {path.name: file_hash(path) for path in files},
        "origins": {name: asdict(origin) for name, origin in cohort.origins.items()},
    }
    return {"snapshot": fingerprint(manifest), **manifest}
