"""Large runs in chunks of patients, written to Parquet one chunk after the other, in memory that does not grow with n.

    folder/manifest.json              what is simulated; a resumed run must be of the same
    folder/chunk-000003/visits.parquet

A chunk's folder is written beside its place and takes it at once: it is there whole, or not at all. A run that was
killed goes on with the chunks that are missing. Who computes a chunk, this process, others of this machine or workers
of Dask distributed, changes no byte of it.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from engager.errors import InputError, Issue, OutputError, Place, Severity, option
from engager.provenance import VERSION

Progress = Callable[[int, int], None]
MANIFEST = "manifest.json"
DEFAULT_SIZE = 10_000
# More patients than this are a matter of days on one machine, and of hundreds of gigabytes.
MOST_WITHOUT_SCHEDULER = 100_000_000
# Patients a second on one core, and bytes per value in Parquet, for the estimate of what a run would take.
_PACE, _BYTES = 5_000, 3.0


class Job(Protocol):
    """What is computed for a range of patients. It travels to workers, so it must be picklable."""

    def identity(self) -> Mapping[str, Any]:
        """Return what the results depend on, as plain values for JSON: model, population, regimen, seed, times."""

    def tables(self, patients: range) -> Mapping[str, pl.DataFrame]:
        """Return the tables of these patients; those of a patient must not depend on the others."""

    def values_per_patient(self) -> int:
        """Return how many numbers a patient has in the tables, for an estimate of the size."""


@dataclass(frozen=True, slots=True)
class Chunked:
    """A finished run: its folder, and how many chunks were computed now and how many were there already."""

    folder: Path
    computed: int
    kept: int

    @property
    def failed(self) -> int:
        """How many patients could not be solved, where the table `patients` says how each was."""
        patients = self.scan("patients")
        if "solved" not in patients.collect_schema().names():
            return 0
        return int(patients.filter(pl.col("solved") == "failed").select(pl.len()).collect().item())

    def scan(self, table: str) -> pl.LazyFrame:
        """Return a table of all chunks, lazily, in the order of the patients."""
        return pl.scan_parquet(sorted(self.folder.glob(f"chunk-*/{table}.parquet")))


def run_chunks(
    job: Job, folder: Path, n: int, *, size: int = DEFAULT_SIZE, scheduler: str | None = None, workers: int = 1,
    progress: Progress | None = None,
) -> Chunked:  # fmt: skip
    """Compute the chunks of patients 0 to n - 1 that a folder does not hold yet.

    Args:
        job: what to compute.
        folder: where to write; new, empty, or that of an earlier run of the same job.
        n: the number of patients.
        size: the patients of a chunk.
        scheduler: the address of a Dask scheduler, whose workers must see the folder under the same path.
        workers: processes of this machine, where there is no scheduler.
        progress: called with how many chunks are done, of how many.

    Raises:
        InputError: no patient, too many for one machine, a folder that holds another run.
        OutputError: the folder cannot be written.
    """
    _refuse_size(job, n, size, scheduler)
    parts = {number: range(start, min(start + size, n)) for number, start in enumerate(range(0, n, size))}
    open_folder(job, folder, n, size)
    missing = {number: patients for number, patients in parts.items() if not chunk_folder(folder, number).is_dir()}
    tell = progress or (lambda _done, _of: None)
    kept = len(parts) - len(missing)
    tell(kept, len(parts))
    with _runner(scheduler, workers) as runner:
        for done, _ in enumerate(runner(job, folder, missing), kept + 1):
            tell(done, len(parts))
    return Chunked(folder, len(missing), kept)


def chunk_folder(folder: Path, number: int) -> Path:
    """Return the folder of a chunk."""
    return folder / f"chunk-{number:06d}"


def compute_chunk(job: Job, folder: Path, number: int, patients: range) -> int:
    """Compute a chunk and write it, whole or not at all; return its number."""
    if not (folder / MANIFEST).is_file():
        found = f"a worker on which {folder} does not exist"
        place = option("scheduler")
        raise InputError(_issue(place, found, "workers that share the folder, under the same path"))
    target = chunk_folder(folder, number)
    if target.is_dir():
        return number
    partial = folder / f".partial-{number:06d}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        partial.mkdir()
        for name, table in job.tables(patients).items():
            table.write_parquet(partial / f"{name}.parquet", compression="zstd", statistics=True)
        _take_place(partial, target)
    except OSError as error:
        raise OutputError(f"{folder}: the chunk {number} cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return number


def _take_place(partial: Path, target: Path) -> None:
    """Give a finished chunk its place; where another worker was first, its chunk, which is the same, stays."""
    try:
        partial.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def open_folder(job: Job, folder: Path, n: int, size: int) -> None:
    """Make the folder of a run with its manifest, or check that the one there is of the same run."""
    wanted = json.loads(json.dumps({"version": VERSION, "chunk_size": size, **job.identity()}))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MANIFEST).exists():
            _refuse_foreign(folder)
            _write_manifest(folder, wanted | {"patients": n})
            return
        there = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        found = (isinstance(error, OSError) and error.strerror) or error
        raise OutputError(f"{folder}: expected a folder that can be written, found: {found}") from error
    _refuse_other(folder, there, wanted)
    for left in folder.glob(".partial-*"):
        shutil.rmtree(left, ignore_errors=True)
    if there.get("patients", 0) > n:
        found = f"{there['patients']} patients there, {n} asked for"
        raise InputError(_issue(Place(str(folder / MANIFEST)), found, "at least as many patients as there are"))
    _write_manifest(folder, wanted | {"patients": n})


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    partial = folder / f".{MANIFEST}.partial"
    partial.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", "utf-8")
    partial.replace(folder / MANIFEST)


def _refuse_foreign(folder: Path) -> None:
    if any(entry.name != f".{MANIFEST}.partial" for entry in folder.iterdir()):
        raise OutputError(
            f"{folder}: expected a new or empty folder or that of an earlier run, found one without {MANIFEST}. "
            "Choose another folder; this one was left as it is"
        )


def _refuse_other(folder: Path, there: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise where an earlier run differs, naming what does."""
    issues = [
        _issue(Place(str(folder / MANIFEST), column=key), f"`{there.get(key)}`"[:80], f"`{wanted.get(key)}`"[:80],
               "The folder holds another run. Choose another folder, or ask for the same")
        for key in sorted({*there, *wanted} - {"patients"})
        if there.get(key) != wanted.get(key)
    ]  # fmt: skip
    if issues:
        raise InputError(issues)


def _refuse_size(job: Job, n: int, size: int, scheduler: str | None) -> None:
    place = option("n")
    if n < 1:
        raise InputError(_issue(place, f"{n} patients", "at least 1 patient"))
    if size < 1:
        raise InputError(_issue(option("chunk"), str(size), "at least 1 patient a chunk"))
    if n > MOST_WITHOUT_SCHEDULER and scheduler is None:
        expected = f"at most {MOST_WITHOUT_SCHEDULER:,} on one machine"
        advice = f"That would take {what_it_takes(job, n)}. Name the scheduler of a cluster with --scheduler ADDRESS"
        raise InputError(_issue(place, f"{n:,} patients", expected, advice))


def what_it_takes(job: Job, n: int) -> str:
    """Return in words the time and the disk space that a number of patients takes, by rule of thumb."""
    hours = n / _PACE / 3600
    gigabytes = n * job.values_per_patient() * _BYTES / 1e9
    return f"about {hours:,.0f} hours of one core and {gigabytes:,.0f} GB of disk"


def _issue(place: Place, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, "simulator.chunks", place, found, expected, advice, structural=True)


Runner = Callable[[Job, Path, Mapping[int, range]], Iterator[int]]


@contextmanager
def _runner(scheduler: str | None, workers: int) -> Iterator[Runner]:
    """Yield what computes chunks: a cluster, several processes, or this one."""
    if scheduler is not None:
        from engager.simulator.scale.cluster import on_cluster

        with on_cluster(scheduler) as runner:
            yield runner
    elif workers > 1:
        from engager.simulator.scale.cluster import in_processes

        with in_processes(workers) as runner:
            yield runner
    else:
        yield lambda job, folder, missing: (compute_chunk(job, folder, *each) for each in missing.items())
