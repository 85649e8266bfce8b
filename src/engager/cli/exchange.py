"""The commands that bring a study from one form into another: CSV, workbook, Parquet, and from REDCap."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from engager.cli.options import AS_JSON
from engager.cli.terminal import print_issues, print_json
from engager.errors import ExitCode


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Choice(["csv", "xlsx", "parquet"]), help="The form of the tables.")
@AS_JSON
def convert(study: Path, out: Path, to: str, *, as_json: bool) -> None:
    """Write a STUDY folder in another form into the new folder OUT, every text and row as it was entered.

    \b
    Examples:
      engager convert blina-2026 blina-2026-csv --to csv
      engager convert blina-2026-csv blina-2026-book --to xlsx
    """
    from engager.pipeline.exchange import convert_study

    folder = convert_study(study, out, to)
    if as_json:
        print_json({"study": str(folder)})
        return
    click.echo(f"wrote {folder}; read back and compared, cell by cell")


@click.group()
def redcap() -> None:
    """Make a study of REDCap's exports: draft a mapping, finish it, read the records."""


@redcap.command()
@click.argument("url")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder for the two files.")
@AS_JSON
def fetch(url: str, out: Path, *, as_json: bool) -> None:
    """Fetch the data dictionary and the records of a project from a server's API at URL.

    The token is read from the environment variable REDCAP_API_TOKEN. Needs PyCap: pip install 'engager[redcap]'.

    \b
    Example:
      engager redcap fetch https://redcap.example.org/api/ --out export-2026-11
    """
    from engager.pipeline.exchange import fetch_redcap

    files = fetch_redcap(url, os.environ.get("REDCAP_API_TOKEN", ""), out)
    if as_json:
        print_json({"files": [str(path) for path in files]})
        return
    click.echo("\n".join(f"wrote {path}" for path in files))
    click.echo(f"then: engager redcap draft {files[0]} --out mapping.toml")


@redcap.command()
@click.argument("dictionary", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The mapping file to write (.toml).")
@AS_JSON
def draft(dictionary: Path, out: Path, *, as_json: bool) -> None:
    """Draft the mapping of a project from its data DICTIONARY (CSV); a person finishes it.

    \b
    Example:
      engager redcap draft dictionary.csv --out mapping.toml
    """
    from engager.pipeline.exchange import draft_redcap_mapping

    counts = draft_redcap_mapping(dictionary, out)
    if as_json:
        print_json({"mapping": str(out), **counts})
        return
    click.echo(f"wrote {out}: {counts['proposed']} of {counts['fields']} fields proposed, the others left out")
    click.echo("Read every line of it, mend it, set `finished = true`, and run: engager redcap read")


@redcap.command()
@click.argument("records", type=click.Path(path_type=Path))
@click.option("--mapping", required=True, type=click.Path(path_type=Path), help="The finished mapping (.toml).")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The study folder to make.")
@AS_JSON
def read(records: Path, mapping: Path, out: Path, *, as_json: bool) -> None:
    """Make a study folder of RECORDS, an export as raw CSV; refuses, with row and field, what cannot be read.

    Records entered twice (ID--1 and ID--2) give two studies, OUT-1 and OUT-2, for `engager reconcile`.

    \b
    Example:
      engager redcap read records.csv --mapping mapping.toml --out blina-2026
    """
    from engager.pipeline.exchange import read_redcap

    folders, warnings = read_redcap(records, mapping, out)
    if as_json:
        print_json({"studies": [str(path) for path in folders], "issues": [issue.to_dict() for issue in warnings]})
    else:
        print_issues(warnings, sys.stdout)
        click.echo("\n".join(f"wrote {path}" for path in folders))
        click.echo("then: " + "; ".join(f"engager check {path}" for path in folders))
    sys.exit(ExitCode.FINE)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--from", "plan", type=click.Path(path_type=Path), help="A study folder, or its study.toml, whose plan to take."
)
@click.option("--update", is_flag=True, help="Write the workbook of FOLDER anew and keep what was entered.")
@AS_JSON
def new(folder: Path, plan: Path | None, *, update: bool, as_json: bool) -> None:
    """Make a new study FOLDER: a plan (study.toml) and a workbook with a sheet for each table.

    \b
    Examples:
      engager new blina-2026
      engager new blina-2027 --from blina-2026
      engager new blina-2026 --update
    """
    from engager.pipeline.exchange import new_study

    files = new_study(folder, plan, update=update)
    if as_json:
        print_json({"files": [str(path) for path in files]})
        return
    click.echo("\n".join(f"wrote {path}" for path in files))
    if update:
        click.echo(f"the folder as it was: {folder}.before")
    click.echo(f"Fill the workbook, close it, and run: engager check {folder}")
