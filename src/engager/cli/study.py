"""The commands that check a study and write its report, and the demonstration of both."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engager.cli.options import AS_JSON, CUTOFF, FORMATS, PRIVACY, STUDY
from engager.cli.terminal import bar, print_accepted, print_issues, print_json, stages, summary
from engager.errors import ExitCode, Severity

if TYPE_CHECKING:
    from engager.pipeline.study import Study


@click.command()
@click.argument("name", default="tuebingen-2014", type=click.Choice(["tuebingen-2014", "beijing-2022"]))
@click.option("--out", default="out", show_default=True, type=click.Path(path_type=Path), help="Folder for the report.")
@AS_JSON
def demo(name: str, out: Path, *, as_json: bool) -> None:
    """Analyse an example that travels with engager.

    tuebingen-2014: nine children, from the publication; beijing-2022: a synthetic cohort of 23 with the paper's sums.

    \b
    Examples:
      engager demo
      engager demo beijing-2022 --out out
    """
    from engager.pipeline.examples import example
    from engager.pipeline.study import run_study

    with stages() as progress:
        study = run_study(example(name), out / name, progress=progress)
    _tell(study, out / name, as_json=as_json)


@click.command()
@STUDY
@click.option(
    "--marked", metavar="FILE", type=click.Path(path_type=Path), help="Write a workbook (.xlsx) with the cells marked."
)
@AS_JSON
def check(study: Path, marked: Path | None, *, as_json: bool) -> None:
    """Check the data of a STUDY folder: every problem with its file, row and column.

    \b
    Examples:
      engager check blina-2026
      engager check blina-2026 --marked blina-2026/study.checked.xlsx
    """
    from engager.pipeline.examination import examine_study

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


@click.command()
@STUDY
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the report.")
@CUTOFF
@FORMATS
@PRIVACY
@AS_JSON
def report(study: Path, out: Path, cutoff: str | None, formats: str, privacy: str | None, *, as_json: bool) -> None:
    """Write the report of a STUDY folder, whole or not at all: page, Word, PDF, tables, figures, results.json.

    \b
    Examples:
      engager report blina-2026 --out report
      engager report blina-2026 --out report --cutoff 365
      engager report blina-2026 --out report --formats docx,tables-tex
      engager report blina-2026 --out paper --privacy publication
    """
    from engager.pipeline.study import run_study

    with stages() as progress:
        result = run_study(study, out, cutoff, progress, formats, privacy)
    _tell(result, out, as_json=as_json)


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
