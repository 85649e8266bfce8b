"""The command line: it parses, calls the pipeline and tells what came of it.

Everything heavy is imported where a command needs it, so that `engager --help` is instant.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engager.cli_abstraction import adjudicate, reconcile
from engager.cli_exchange import convert, redcap
from engager.errors import EngagerError, ExitCode, Severity
from engager.provenance import VERSION
from engager.terminal import bar, print_accepted, print_error, print_issues, print_json, stages, summary

if TYPE_CHECKING:
    from engager.pipeline import Study

EXIT_CODES = """\b
Exit codes:
  0  fine (warnings may have been told)
  1  the data have errors (nothing was analysed), or two abstractions disagree
  2  the input or the arguments cannot be used
  3  a fault of engager's own
"""
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of text.")
_CUTOFF = click.option("--cutoff", metavar="DAY|DATE", help="Data cut-off: a study day (365) or a date (2011-12-31).")
_FORMATS = click.option(
    "--formats",
    default="html,docx,pdf",
    show_default=True,
    metavar="LIST",
    help="What to write: html, docx, pdf; tables-docx, tables-html, tables-tex; figures-pdf, figures-tiff.",
)
_PRIVACY = click.option(
    "--privacy",
    metavar="PROFILE",
    help="internal, or publication: no pseudonyms, no calendar dates, ages as bands, no source rows.",
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
      engager freeze blina-2026 --out interim-1    what an analysis is made of, with all hashes
      engager report blina-2026 --out report       tables, figures, report
      engager reconcile blina-anna blina-ben       two abstractions of the same records
      engager report blina-2026 --out report --cutoff 2026-06-30
    """


@engager.command()
@click.argument("name", default="tuebingen-2014", type=click.Choice(["tuebingen-2014", "beijing-2022"]))
@click.option("--out", default="out", show_default=True, type=click.Path(path_type=Path), help="Folder for the report.")
@_AS_JSON
def demo(name: str, out: Path, *, as_json: bool) -> None:
    """Analyse an example that travels with engager.

    tuebingen-2014: nine children, from the publication; beijing-2022: a synthetic cohort of 23 with the paper's sums.

    \b
    Examples:
      engager demo
      engager demo beijing-2022 --out out
    """
    from engager.pipeline import example, run_study

    with stages() as progress:
        study = run_study(example(name), out / name, progress=progress)
    _tell(study, out / name, as_json=as_json)


@engager.command()
@_STUDY
@click.option(
    "--marked", metavar="FILE", type=click.Path(path_type=Path), help="Write a workbook (.xlsx) with the cells marked."
)
@_AS_JSON
def check(study: Path, marked: Path | None, *, as_json: bool) -> None:
    """Check the data of a STUDY folder: every problem with its file, row and column.

    \b
    Examples:
      engager check blina-2026
      engager check blina-2026 --marked blina-2026/study.checked.xlsx
    """
    from engager.pipeline import examine_study

    with bar("checking") as progress:
        found = examine_study(study, marked, progress)
    errors = any(issue.severity is Severity.ERROR for issue in found.issues)
    if as_json:
        print_json(found.to_dict() | ({"marked": str(marked)} if marked else {}))
    else:
        print_issues(found.issues, sys.stdout)
        print_accepted([(each.issue, each.who, each.when, each.why) for each in found.accepted])
        count = len(found.accepted)
        excepted = f" ({count} accepted exception{'' if count == 1 else 's'})" if count else ""
        end = " Nothing was analysed." if errors else ""
        click.echo(f"{summary(found.issues)} in {found.rows} rows{excepted}.{end}")
        if marked:
            click.echo(f"marked: {marked}")
    sys.exit(ExitCode.FINDINGS if errors else ExitCode.FINE)


@engager.command()
@_STUDY
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the report.")
@_CUTOFF
@_FORMATS
@_PRIVACY
@_AS_JSON
def report(study: Path, out: Path, cutoff: str | None, formats: str, privacy: str | None, *, as_json: bool) -> None:
    """Write the report of a STUDY folder, whole or not at all: page, Word, PDF, tables, figures, results.json.

    \b
    Examples:
      engager report blina-2026 --out report
      engager report blina-2026 --out report --cutoff 365
      engager report blina-2026 --out report --formats docx,tables-tex
      engager report blina-2026 --out paper --privacy publication
    """
    from engager.pipeline import run_study

    with stages() as progress:
        result = run_study(study, out, cutoff, progress, formats, privacy)
    _tell(result, out, as_json=as_json)


@engager.command()
@_STUDY
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder for the snapshot.")
@_AS_JSON
def freeze(study: Path, out: Path, *, as_json: bool) -> None:
    """Freeze a STUDY folder: its data, typed, its plan and all hashes, as an analysis is made of them.

    The same input gives the same bytes. A report is written from a snapshot as from the study.

    \b
    Examples:
      engager freeze blina-2026 --out frozen/interim-1
      engager report frozen/interim-1 --out report
    """
    from engager.pipeline import freeze_study

    manifest = freeze_study(study, out)
    if as_json:
        print_json({"folder": str(out), **manifest})
        return
    tables = manifest["tables"]
    click.echo(f"froze {sum(tables.values())} rows of {tables['patients']} patients into {out}")
    click.echo(f"snapshot {manifest['snapshot']}")


@engager.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_AS_JSON
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Tell what changed from OLD to NEW, two snapshots or study folders; exit code 1 where anything did.

    \b
    Examples:
      engager diff frozen/interim-1 frozen/interim-2
      engager diff frozen/interim-1 blina-2026
    """
    from engager.pipeline import diff_studies

    changes = diff_studies(old, new)
    if as_json:
        print_json({"changes": [change.to_dict() for change in changes]})
    else:
        click.echo("\n".join(change.text for change in changes) or "no change")
    sys.exit(ExitCode.FINDINGS if changes else ExitCode.FINE)


@engager.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--from", "plan", type=click.Path(path_type=Path), help="A study folder, or its study.toml, whose plan to take."
)
@click.option("--update", is_flag=True, help="Write the workbook of FOLDER anew and keep what was entered.")
@_AS_JSON
def new(folder: Path, plan: Path | None, *, update: bool, as_json: bool) -> None:
    """Make a new study FOLDER: a plan (study.toml) and a workbook with a sheet for each table.

    \b
    Examples:
      engager new blina-2026
      engager new blina-2027 --from blina-2026
      engager new blina-2026 --update
    """
    from engager.pipeline import new_study

    files = new_study(folder, plan, update=update)
    if as_json:
        print_json({"files": [str(path) for path in files]})
        return
    click.echo("\n".join(f"wrote {path}" for path in files))
    if update:
        click.echo(f"the folder as it was: {folder}.before")
    click.echo(f"Fill the workbook, close it, and run: engager check {folder}")


engager.add_command(reconcile)
engager.add_command(adjudicate)
engager.add_command(convert)
engager.add_command(redcap)


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
        print_error(error, as_json="--json" in sys.argv)
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


def _tell(study: Study, out: Path, *, as_json: bool) -> None:
    """Print what the study found and where the report is."""
    page = next((path for path in (out / f"report.{kind}" for kind in ("html", "docx", "pdf")) if path.exists()), out)
    if as_json:
        counts = {severity: sum(issue.severity is severity for issue in study.issues) for severity in Severity}
        print_json({"report": str(page), "results": str(out / "results.json"), "lead": study.lead, "issues": counts})
        return
    click.echo("\n".join(study.lead))
    if study.issues:
        they = "it stands" if len(study.issues) == 1 else "they stand"
        click.echo(f"The checks told {summary(study.issues)}; {they} in the report.")
    click.echo(f"report: {page}")


if __name__ == "__main__":
    main()
