"""The commands of two abstractors: compare what they entered, and make one study of it by decisions."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engager.cli.options import AS_JSON
from engager.cli.terminal import print_issues, print_json
from engager.errors import ExitCode


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option(
    "--out", "workbook", type=click.Path(path_type=Path), help="Workbook (.xlsx) to decide the disagreements in."
)
@AS_JSON
def reconcile(a: Path, b: Path, workbook: Path | None, *, as_json: bool) -> None:
    """Compare study folders A and B, two abstractions of the same records; exit code 1 where they disagree.

    Rows are aligned without an identifier; what only one found comes first, then the cells that differ, then how far
    the two agree.

    \b
    Examples:
      engager reconcile blina-anna blina-ben
      engager reconcile blina-anna blina-ben --out adjudication.xlsx
    """
    from engager.pipeline.abstraction import reconcile_studies

    compared = reconcile_studies(a, b, workbook)
    open_items = compared.found.items.height
    if as_json:
        print_json(compared.to_dict() | ({"workbook": str(workbook)} if workbook else {}))
    else:
        print_issues(compared.issues, sys.stdout)
        click.echo("\n".join(compared.lines))
        if workbook:
            click.echo(f"decide in {workbook}, then: engager adjudicate {a} {b} {workbook} --out CONSENSUS")
        elif open_items:
            click.echo("to decide them, add: --out adjudication.xlsx")
    sys.exit(ExitCode.FINDINGS if open_items else ExitCode.FINE)


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.argument("decisions", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the consensus study.")
@AS_JSON
def adjudicate(a: Path, b: Path, decisions: Path, out: Path, *, as_json: bool) -> None:
    """Make the consensus of A and B by the DECISIONS filled into the workbook of `engager reconcile`.

    Refuses, with every cell, what is not decided; writes a study folder with the log of the decisions.

    \b
    Example:
      engager adjudicate blina-anna blina-ben adjudication.xlsx --out blina-2026
    """
    from engager.pipeline.abstraction import adjudicate as make_consensus

    methods = make_consensus(a, b, decisions, out)
    if as_json:
        print_json({"study": str(out), "methods": methods})
        return
    click.echo(f"wrote {out}, with the log in adjudication.csv")
    click.echo(methods)
