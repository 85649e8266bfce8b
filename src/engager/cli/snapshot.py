"""The commands that freeze a study, and tell what changed between two states."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engager.cli.options import AS_JSON, STUDY
from engager.cli.terminal import print_json
from engager.errors import ExitCode


@click.command()
@STUDY
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder for the snapshot.")
@AS_JSON
def freeze(study: Path, out: Path, *, as_json: bool) -> None:
    """Freeze a STUDY folder: its data, typed, its plan and all hashes, as an analysis is made of them.

    The same input gives the same bytes. A report is written from a snapshot as from the study.

    \b
    Examples:
      engager freeze blina-2026 --out frozen/interim-1
      engager report frozen/interim-1 --out report
    """
    from engager.pipeline.snapshot import freeze_study

    manifest = freeze_study(study, out)
    if as_json:
        print_json({"folder": str(out), **manifest})
        return
    tables = manifest["tables"]
    click.echo(f"froze {sum(tables.values())} rows of {tables['patients']} patients into {out}")
    click.echo(f"snapshot {manifest['snapshot']}")


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@AS_JSON
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Tell what changed from OLD to NEW, two snapshots or study folders; exit code 1 where anything did.

    \b
    Examples:
      engager diff frozen/interim-1 frozen/interim-2
      engager diff frozen/interim-1 blina-2026
    """
    from engager.pipeline.snapshot import diff_studies

    changes = diff_studies(old, new)
    if as_json:
        print_json({"changes": [change.to_dict() for change in changes]})
    else:
        click.echo("\n".join(change.text for change in changes) or "no change")
    sys.exit(ExitCode.FINDINGS if changes else ExitCode.FINE)
