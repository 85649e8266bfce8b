"""The command `engager`: its commands, and what becomes of an error.

Everything heavy is imported where a command needs it, so that `engager --help` is instant.
"""

from __future__ import annotations

import os
import sys

import click

from engager.cli.abstraction import adjudicate, reconcile
from engager.cli.audit import audit
from engager.cli.exchange import convert, new, redcap
from engager.cli.model import model
from engager.cli.simulation import simulate
from engager.cli.snapshot import diff, freeze
from engager.cli.study import check, demo, report
from engager.cli.terminal import print_error
from engager.cli.what_if import what_if
from engager.errors import EngagerError, ExitCode
from engager.provenance import VERSION

EXIT_CODES = """\b
Exit codes:
  0  fine (warnings may have been told)
  1  the data have errors (nothing was analysed), two abstractions disagree, or a manuscript
     has numbers that cannot be true
  2  the input or the arguments cannot be used
  3  a fault of engager's own
  130  stopped at the keyboard; nothing is half written
"""
_COMMANDS = (
    demo,
    new,
    check,
    report,
    freeze,
    diff,
    reconcile,
    adjudicate,
    convert,
    redcap,
    audit,
    simulate,
    what_if,
    model,
)


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
      engager audit manuscript.docx                which numbers of a paper cannot be true
      engager simulate --population adults --regimen label-relapsed-refractory --out virtual
      engager report blina-2026 --out report --cutoff 2026-06-30
    """


for _command in _COMMANDS:
    engager.add_command(_command)


def main() -> None:
    """Run the command line; every error ends in a message and an exit code, never in a traceback."""
    try:
        engager.main(standalone_mode=False)
    except click.Abort:
        click.echo("stopped; nothing was written", err=True)
        sys.exit(ExitCode.STOPPED)
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
