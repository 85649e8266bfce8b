"""What a terminal shows: issues, errors, JSON, and how far the work is; silent about progress when piped."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from engager.errors import EngagerError, ExitCode, InputError, Issue, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Show the stage at work on a terminal; be silent when piped."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda stage: status.update(f"{stage} ...")


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar of what is done on a terminal, if it takes long; be silent when piped."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


@contextmanager
def resumable() -> Iterator[None]:
    """Say, where a run in parts is stopped at the keyboard, that it can go on; the command ends with 130."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("stopped; what is done is kept, and the same command goes on from there", err=True)
        sys.exit(ExitCode.STOPPED)


def counted(count: int, what: str) -> str:
    """Return a number with its noun.

    Examples:
        >>> counted(1, "patient"), counted(9, "patient")
        ('1 patient', '9 patients')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"


def print_error(error: EngagerError, *, as_json: bool) -> None:
    """Print an error with all of its issues, on standard error, or as JSON for a program."""
    if as_json:
        issues = error.issues if isinstance(error, InputError) else ()
        print_json({"error": type(error).__name__, "message": str(error), "issues": [i.to_dict() for i in issues]})
        return
    if not isinstance(error, InputError):
        click.echo(f"error: {error}", err=True)
        return
    print_issues(error.issues, sys.stderr)
    click.echo(f"{summary(error.issues)}. Nothing was analysed, nothing was written.", err=True)


def print_issues(issues: Sequence[Issue], file: Any) -> None:
    """Print issues for a person: file by file and sheet by sheet, each in the order of its rows."""
    colour = file.isatty() and not os.environ.get("NO_COLOR")
    before = None
    for issue in sorted(issues, key=_reading_order):
        if before not in (None, (issue.place.file, issue.place.sheet)):
            click.echo(file=file)
        before = issue.place.file, issue.place.sheet
        mark = click.style(f"{issue.severity:<8}", fg=_COLOURS[issue.severity]) if colour else f"{issue.severity:<8}"
        click.echo(f"{mark} {issue.place}", file=file, color=colour)
        click.echo(f"         {issue.found}; expected {issue.expected}", file=file)
        if issue.advice:
            click.echo(f"         {issue.advice}", file=file)


def _reading_order(issue: Issue) -> tuple[str, str, int, int, str]:
    """Return where an issue comes for a reader: by file, sheet, row and cell; what is of the whole table at its end."""
    place = issue.place
    row = sys.maxsize if place.row is None and place.column else place.row or 0
    return place.file, place.sheet or "", row, len(place.cell or ""), place.cell or place.column or ""


def print_accepted(accepted: Sequence[tuple[Issue, str, str, str]]) -> None:
    """Print the accepted issues, each with who accepted it, when and why."""
    if accepted:
        click.echo("\naccepted:")
    for issue, who, when, why in accepted:
        click.echo(f"         {issue.place}: {issue.found}")
        click.echo(f"         {who}, {when}: {why}")


def summary(issues: Sequence[Issue]) -> str:
    """Return how many issues there are of each severity: `2 errors, 1 warning`."""
    counts = [(sum(issue.severity is severity for issue in issues), severity) for severity in Severity]
    told = [f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in counts if count]
    return ", ".join(told) or "no problem"


def print_json(value: object) -> None:
    """Print a value as JSON; what JSON lacks as its text."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
