"""The command that audits a manuscript: which of its numbers cannot be true."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engager.cli.options import AS_JSON
from engager.cli.terminal import stages
from engager.errors import LISTED, ExitCode

if TYPE_CHECKING:
    from engager.pipeline.audit import Audited, Told

_COLOURS = {"impossible": "red", "unlikely": "yellow", "rounding": "blue", "ambiguous": "blue"}
_INDENT = 12
_WIDEST = 110


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--study", metavar="DIR", type=click.Path(path_type=Path), help="Hold every number against this study's results."
)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder for the audit's files.")
@click.option(
    "--formats",
    default="html,docx,json,txt",
    show_default=True,
    metavar="LIST",
    help="What to write into --out: html, docx (comments in a copy of a Word file), json, txt.",
)
@AS_JSON
def audit(files: tuple[Path, ...], study: Path | None, out: Path | None, formats: str, *, as_json: bool) -> None:
    """Tell which numbers of a manuscript cannot be true: with place, arithmetic, and what would be consistent.

    FILE... are the files of one manuscript: DOCX, PDF (with text), HTML, plain text, tables as CSV. Exit code 0: no
    number is impossible or unlikely (remarks on rounding or ambiguity may have been told); 1: at least one is.

    \b
    Examples:
      engager audit manuscript.docx
      engager audit manuscript.docx --out review
      engager audit paper.pdf table1.csv table2.csv --json
      engager audit manuscript.docx --study blina-2026 --out review
    """
    from engager.pipeline.audit import audit_manuscript

    with stages() as progress:
        audited = audit_manuscript(files, study, out, formats, progress)
    if as_json:
        click.echo(audited.to_json())
    else:
        _tell(audited, out)
    sys.exit(ExitCode.FINDINGS if audited.is_grave else ExitCode.FINE)


def _tell(audited: Audited, out: Path | None) -> None:
    """Print the findings, the surest first, and what was read."""
    count = len(audited.audit.findings)
    for finding in islice(audited.findings(), LISTED):
        click.echo("\n".join(_lines(finding)) + "\n")
    if count > LISTED:
        click.echo(f"{count - LISTED} more findings; --out DIR and --json tell all.\n")
    click.echo("\n".join(audited.summary))
    for line in audited.unread:
        click.echo(f"note: {line}", err=True)
    if out is not None:
        click.echo(f"audit: {out}")


def _lines(finding: Told) -> Iterator[str]:
    """Yield a finding in lines: how sure and where, what, and beneath it the arithmetic and what would be right."""
    name = f"{finding.certainty:<{_INDENT}}"
    shown = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    mark = click.style(name, fg=_COLOURS.get(finding.certainty), bold=True) if shown else name
    yield mark + finding.place
    for text in (finding.message, *(f"{head}: {text}" for head, text in finding.details)):
        yield from _wrapped(text)


def _wrapped(text: str) -> list[str]:
    """Return text indented under its place; broken at the width of a terminal, whole for a file or a program."""
    blank = " " * _INDENT
    if not sys.stdout.isatty():
        return [blank + text]
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    return textwrap.wrap(text, width, initial_indent=blank, subsequent_indent=blank) or [blank]
