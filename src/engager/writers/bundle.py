"""A report as a folder: every format, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from engager.report.document import Document
from engager.writers.charts import write_charts
from engager.writers.csv_tables import write_csv_tables
from engager.writers.html import write_html
from engager.writers.json_results import write_json_results
from engager.writers.manifest import read_files, write_manifest
from engager.writers.staging import check_target, staged

Writer = Callable[[Document, Path], list[Path]]

WRITERS: Mapping[str, Writer] = {
    "results": write_json_results,
    "tables": write_csv_tables,
    "figures": write_charts,
    "page": write_html,
    "manifest": write_manifest,
}
"""The writers by what they write, in order; the manifest is last, because it names the files of the others."""


def write_report(document: Document, out: Path, *, progress: Callable[[str], None] | None = None) -> Path:
    """Write the report into the folder `out` and return the path of its page, `out/report.html`.

    At every moment `out` is the old report, absent, or the whole new one: everything is written into a hidden folder
    beside it, which then takes its place. Files that others put into the old report are kept. `progress` is called
    with the name of each part (a key of `WRITERS`) before it is written.

    Raises:
        OutputError: `out` is a file or a folder that is not a report, or it cannot be written; nothing has changed.
    """
    target = out.resolve()
    check_target(target)
    with staged(target) as folder:
        for part, write in WRITERS.items():
            if progress:
                progress(part)
            write(document, folder)
        _keep_others(target, folder)
    return out / "report.html"


def _keep_others(old: Path, new: Path) -> None:
    """Copy what others put into the old report: files that its manifest does not name and the new one does not have."""
    ours = read_files(old) or frozenset()
    for path in sorted(old.rglob("*")) if ours else ():
        name = path.relative_to(old)
        if path.is_file() and name.as_posix() not in ours and not (new / name).exists():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, new / name)
