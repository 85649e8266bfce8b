"""The command line: it parses, calls the pipeline and tells what came of it.

Everything heavy is imported where a command needs it, so that `engager --help` is instant.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engager.errors import EngagerError, ExitCode, InputError, Issue, Severity
from engager.provenance import VERSION

if TYPE_CHECKING:
    from engager.pipeline import Study

EXIT_CODES = """\b
Exit codes:
  0  fine (warnings may have been told)
  1  the data have errors; nothing was analysed
  2  the input or the arguments cannot be used
  3  a fault of engager's own
"""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of text.")
_CUTOFF = click.option("--cutoff", metavar="DAY|DATE", help="Data cut-off: a study day (365) or a date (2011-12-31).")
_FORMATS = click.option(
    "--formats",
    default="html,docx,pdf",
    show_default=True,
    metavar="LIST",
    help="What to write: html, docx, pdf; tables-docx, tables-html, tables-tex; figures-pdf, figures-tiff.",
)
_STUDY = click.argument("study", type=click.Path(path_type=Path))


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="engager")
def engager() -> None:
    """From the chart to the paper: cohorts treated with a T-cell engager.

    \b
    Examples:
      engager demo                                 the Tuebingen series, as a report
      engager new blina-2026                       a study folder to fill
      engager check blina-2026                     every mistake, with its place
      engager report blina-2026 --out report       tables, figures, report
      engager report blina-2026 --out report --cutoff 2026-06-30
    """


@engager.command()
@click.option("--out", default="out", show_default=True, type=click.Path(path_type=Path), help="Folder for the report.")
@_AS_JSON
def demo(out: Path, *, as_json: bool) -> None:
    """Analyse the example that travels with engager: nine children, Tuebingen 2008-2011."""
    from engager.pipeline import example, run_study

    name = "tuebingen-2014"
    with _progress() as progress:
        study = run_study(example(name), out / name, progress=progress)
    _tell(study, out / name, as_json=as_json)


@engager.command()
@_STUDY
@_AS_JSON
def check(study: Path, *, as_json: bool) -> None:
    """Check the data of a STUDY folder: every problem with its file, row and column.

    \b
    Example:
      engager check blina-2026
    """
    from engager.pipeline import check_study

    cohort, issues = check_study(study)
    rows = sum(frame.height for frame in cohort.tables.values())
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    if as_json:
        _print_json({"rows": rows, "issues": [issue.to_dict() for issue in issues]})
    else:
        _print_issues(issues, sys.stdout)
        click.echo(_summary(issues) + f" in {rows} rows." + (" Nothing was analysed." if errors else ""))
    sys.exit(ExitCode.FINDINGS if errors else ExitCode.FINE)


@engager.command()
@_STUDY
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the report.")
@_CUTOFF
@_FORMATS
@_AS_JSON
def report(study: Path, out: Path, cutoff: str | None, formats: str, *, as_json: bool) -> None:
    """Write the report of a STUDY folder, whole or not at all: page, Word, PDF, tables, figures, results.json.

    \b
    Examples:
      engager report blina-2026 --out report
      engager report blina-2026 --out report --cutoff 365
      engager report blina-2026 --out report --formats docx,tables-tex
    """
    from engager.pipeline import run_study

    with _progress() as progress:
        result = run_study(study, out, cutoff, progress, formats)
    _tell(result, out, as_json=as_json)


@engager.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_AS_JSON
def new(folder: Path, *, as_json: bool) -> None:
    """Make a new study FOLDER: a plan (study.toml) and a workbook with a sheet for each table.

    \b
    Example:
      engager new blina-2026
    """
    from engager.pipeline import new_study

    files = new_study(folder)
    if as_json:
        _print_json({"files": [str(path) for path in files]})
        return
    click.echo("\n".join(f"wrote {path}" for path in files))
    click.echo(f"Fill the workbook, close it, and run: engager check {folder}")


def main() -> None:
    """Run the command line; every error ends in a message and an exit code, never in a traceback."""
    try:
        engager.main(standalone_mode=False)
    except click.Abort:
        click.echo("stopped; nothing was written", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.UNUSABLE_INPUT)
    except EngagerError as error:
        _print_error(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("ENGAGER_DEBUG"):
            raise
        click.echo(
            f"engager failed: {type(error).__name__}. This is a fault of engager, not of your data; nothing was "
            "written. Set ENGAGER_DEBUG=1 to see where, and report it.",
            err=True,
        )
        sys.exit(ExitCode.OWN_FAULT)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show the stage at work on a terminal; be silent when piped."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda stage: status.update(f"{stage} ...")


def _tell(study: Study, out: Path, *, as_json: bool) -> None:
    """Print what the study found and where the report is."""
    page = next((path for path in (out / f"report.{kind}" for kind in ("html", "docx", "pdf")) if path.exists()), out)
    if as_json:
        counts = {severity: sum(issue.severity is severity for issue in study.issues) for severity in Severity}
        _print_json({"report": str(page), "results": str(out / "results.json"), "lead": study.lead, "issues": counts})
        return
    click.echo("\n".join(study.lead))
    if study.issues:
        click.echo(f"The checks told {_summary(study.issues)}; they stand in the report.")
    click.echo(f"report: {page}")


def _print_error(error: EngagerError, *, as_json: bool) -> None:
    if as_json:
        issues = error.issues if isinstance(error, InputError) else ()
        _print_json({"error": type(error).__name__, "message": str(error), "issues": [i.to_dict() for i in issues]})
        return
    if not isinstance(error, InputError):
        click.echo(f"error: {error}", err=True)
        return
    _print_issues(error.issues, sys.stderr)
    click.echo(f"{_summary(error.issues)}. Nothing was analysed, nothing was written.", err=True)


def _print_issues(issues: Sequence[Issue], file: Any) -> None:
    colour = file.isatty() and not os.environ.get("NO_COLOR")
    for issue in issues:
        mark = click.style(f"{issue.severity:<8}", fg=_COLOURS[issue.severity]) if colour else f"{issue.severity:<8}"
        click.echo(f"{mark} {issue.place}", file=file, color=colour)
        click.echo(f"         {issue.found}; expected {issue.expected}", file=file)
        if issue.advice:
            click.echo(f"         {issue.advice}", file=file)


def _summary(issues: Sequence[Issue]) -> str:
    counts = [(sum(issue.severity is severity for issue in issues), severity) for severity in Severity]
    told = [f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in counts if count]
    return ", ".join(told) or "no problem"


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
