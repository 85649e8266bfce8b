"""A report as a folder: every format, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from engager.errors import InputError, Issue, Place, Severity
from engager.report.document import Document
from engager.terms.likeness import did_you_mean
from engager.writers.charts import write_charts, write_charts_pdf, write_charts_tiff
from engager.writers.csv_tables import write_csv_tables
from engager.writers.docx import write_docx
from engager.writers.files import write_text
from engager.writers.html import write_html
from engager.writers.json_results import write_json_results
from engager.writers.manifest import read_files, write_manifest
from engager.writers.pdf import write_pdf
from engager.writers.single_tables import write_tables_docx, write_tables_html, write_tables_tex
from engager.writers.staging import check_target, staged

Writer = Callable[[Document, Path], list[Path]]

ALWAYS: Mapping[str, Writer] = {"results": write_json_results, "tables": write_csv_tables, "figures": write_charts}
"""What every report has: the results for programs, its tables as CSV, its figures as SVG and PNG."""

FORMATS: Mapping[str, Writer] = {
    "docx": write_docx,
    "pdf": write_pdf,
    "html": write_html,
    "tables-docx": write_tables_docx,
    "tables-html": write_tables_html,
    "tables-tex": write_tables_tex,
    "figures-pdf": write_charts_pdf,
    "figures-tiff": write_charts_tiff,
}
"""What can be asked for beside it, in the order of writing: the page names the documents that lie beside it."""

DEFAULT_FORMATS = ("html", "docx", "pdf")


def write_report(
    document: Document,
    out: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    *,
    beside: Mapping[str, str] = MappingProxyType({}),
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write the report into the folder `out` in the formats named (keys of `FORMATS`).

    Returns the path of its first document, `out/report.html` by default, or `out` where no document was asked for.
    At every moment `out` is the old report, absent, or the whole new one: everything is written into a hidden folder
    beside it, which then takes its place. Files that others put into the old report are kept. `beside` are texts of
    the report's own, by the name of their file; `progress` is called with the name of each part before it is written.

    Raises:
        OutputError: `out` is a file or a folder that is not a report, or it cannot be written; nothing has changed.
    """
    target = out.resolve()
    check_target(target)
    with staged(target) as folder:
        for name, text in beside.items():
            write_text(folder / name, text)
        # The manifest is last, because it names the files of the others.
        for part, write in [*ALWAYS.items(), *_asked(formats), ("manifest", write_manifest)]:
            if progress:
                progress(part)
            write(document, folder)
        keep_others(target, folder)
    return next((out / f"report.{name}" for name in DEFAULT_FORMATS if name in formats), out)


def read_formats(text: str) -> tuple[str, ...]:
    """Return the formats that a text names, separated by commas; InputError names those that are not known.

    Examples:
        >>> read_formats("docx, pdf")
        ('docx', 'pdf')
    """
    names = tuple(name.strip().lower() for name in text.split(","))
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        place, expected = Place("--formats"), "one or more of " + ", ".join(FORMATS)
        raise InputError(
            [
                Issue(Severity.ERROR, "formats.unknown", place, f"`{name}`", expected,
                      did_you_mean(name, list(FORMATS)), structural=True)
                for name in unknown
            ]
        )  # fmt: skip
    return names


def _asked(formats: Sequence[str]) -> list[tuple[str, Writer]]:
    return [(name, write) for name, write in FORMATS.items() if name in formats]


def keep_others(old: Path, new: Path) -> None:
    """Copy what others put into the old report: files that its manifest does not name and the new one does not have."""
    ours = read_files(old) or frozenset()
    for path in sorted(old.rglob("*")) if ours else ():
        name = path.relative_to(old)
        if path.is_file() and name.as_posix() not in ours and not (new / name).exists():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, new / name)
