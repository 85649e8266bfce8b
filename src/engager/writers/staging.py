"""Writing a folder or a file whole or not at all: under a hidden name beside it, which then takes its place."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engager.errors import OutputError
from engager.writers.manifest import FILE_NAME, read_files

_DAY = 86_400


def check_target(target: Path) -> None:
    """Refuse a place where a report cannot stand: a file, or a folder that holds something else.

    Raises:
        OutputError: what was expected, what was found and what to do.
    """
    if not target.name:
        raise OutputError(
            f"{target}: expected a folder for the report, found the root. Name a folder, such as out/study"
        )
    if target.exists() and not target.is_dir():
        raise OutputError(
            f"{target}: expected a folder for the report, found a file. Choose another name, or move the file"
        )
    if target.is_dir() and any(target.iterdir()) and read_files(target) is None:
        raise OutputError(
            f"{target}: expected a new or empty folder or an earlier report, found a folder without the {FILE_NAME} of "
            "a report. Choose another folder; this one was left as it is"
        )


def check_new_folder(target: Path) -> None:
    """Refuse a place that is a file or a folder with content, before the work whose result it is to hold."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(f"{target}: expected a new or empty folder, found something there. Choose another name")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Yield an empty hidden folder beside the target; at the end it becomes the target, after an error it vanishes.

    What a killed run left behind is cleared first.

    Raises:
        OutputError: the folder beside the target cannot be made, or cannot take its place.
    """
    folder = target.with_name(f".{target.name}.partial-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(target)
        folder.mkdir()
    except OSError as error:
        raise OutputError(
            f"{target.parent}: expected a folder that can be written, found: {error.strerror}. "
            "Choose another folder, or ask for the right to write"
        ) from error
    try:
        yield folder
        _swap(folder, target)
    except OSError as error:
        raise OutputError(
            f"{target}: expected room and the right to write a report, found: {error.strerror}. "
            "Mend that and run again; an earlier report is unchanged"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def staged_file(target: Path) -> Iterator[Path]:
    """Yield the path of a hidden file beside the target; at the end it becomes the target, after an error it vanishes.

    Raises:
        OutputError: the file beside the target cannot be written, or cannot take its place.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(target)
    except OSError as error:
        raise OutputError(
            f"{target}: expected a file that can be written, found: {error.strerror or error}. "
            "Close it elsewhere, or choose another name"
        ) from error
    finally:
        # Where the folder is none or the name is taken, there is nothing of ours to remove.
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _swap(folder: Path, target: Path) -> None:
    """Rename the folder to the target; the old one steps aside first and comes back when the new one cannot move."""
    aside = folder.with_name(folder.name.replace(".partial-", ".replaced-"))
    try:
        if target.exists():
            target.rename(aside)
        folder.rename(target)
    except OSError as error:
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise OutputError(
            f"{target}: expected a folder that can be replaced, found: {error.strerror}. "
            "Close the programs that have its files open and run again; the earlier report is unchanged"
        ) from error
    shutil.rmtree(aside, ignore_errors=True)


def _clear_leftovers(target: Path) -> None:
    """Remove the hidden folders of runs that are over; an old report that such a run had set aside comes back."""
    pattern = re.compile(rf"\.{re.escape(target.name)}\.(partial|replaced)-(\d+)-[0-9a-f]{{8}}")
    for path in sorted(target.parent.iterdir()):
        found = pattern.fullmatch(path.name)
        if not found or _runs(int(found[2]), path):
            continue
        if found[1] == "replaced" and not target.exists():
            path.rename(target)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int, folder: Path) -> bool:
    """Tell whether the process that made a folder still runs."""
    if sys.platform == "win32":
        # os.kill would end the process there, not ask for it: what is older than a day is taken to be over.
        return time.time() - folder.stat().st_mtime < _DAY
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
