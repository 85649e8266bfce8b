"""What can go wrong, who has to mend it, and the exit code that a program sees.

The tree stands here alone. A problem in the user's input is an `Issue` with its place; issues are collected and
raised together in one `InputError`, so that a person mends a file once and not once per mistake.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum

# More issues of one kind in one column than this are counted, not listed.
LISTED = 50


class ExitCode(IntEnum):
    """The exit codes of the command line, as `engager --help` prints them."""

    FINE = 0
    FINDINGS = 1
    UNUSABLE_INPUT = 2
    OWN_FAULT = 3
    STOPPED = 130


class Severity(StrEnum):
    """How bad an issue is: an error stops the analysis, a warning is reported beside it, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where in the input an issue sits; every part but the file may be unknown.

    Examples:
        >>> str(Place("study.xlsx", sheet="exposure", row=12, column="dose", cell="F12"))
        'study.xlsx, sheet exposure, F12 (dose)'
        >>> str(Place("patients.csv", row=3, column="age"))
        'patients.csv row 3, column age'
        >>> str(Place("study.toml", column="cutoff"))
        'study.toml key cutoff'
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        if self.cell:
            return f"{self.file}, sheet {self.sheet}, {self.cell} ({self.column})"
        parts = [f"sheet {self.sheet}"] if self.sheet else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"key {self.column}" if self.file.endswith(".toml") else f"column {self.column}")
        return f"{self.file}{', ' if self.sheet else ' '}{', '.join(parts)}".rstrip()


def option(name: str) -> Place:
    """Return the place of an argument, by the option of the command line that gives it.

    Examples:
        >>> str(option("seed")), str(option("n"))
        ('--seed', '-n')
    """
    return Place(f"-{name}" if len(name) == 1 else f"--{name}")


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem of the input: where it is, what was found, what was expected and what to do next.

    `rule` is the stable name of the check, listed in the reference; `structural` marks a problem with the files
    themselves (a missing table or column, an unreadable plan) as against one with a value.
    """

    severity: Severity
    rule: str
    place: Place
    found: str
    expected: str
    advice: str = ""
    structural: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.found}; expected {self.expected}" + (f". {self.advice}" if self.advice else "")

    def urgency(self) -> tuple[int, str, str, int]:
        """Return what issues are sorted by: errors first, then file, sheet and row; a count of others is the last."""
        order, place = list(Severity).index(self.severity), self.place
        row = place.row if place.row is not None else sys.maxsize if place.column else 0
        return order, place.file, place.sheet or "", row

    def to_dict(self) -> dict[str, object]:
        """Return the issue as plain values, for JSON."""
        return asdict(self) | {
            "severity": str(self.severity),
            "place": asdict(self.place),
            "message": str(self),
        }


class EngagerError(Exception):
    """The root of all errors that engager raises on purpose."""

    exit_code: ExitCode = ExitCode.OWN_FAULT


class InputError(EngagerError):
    """The input cannot be used as it is; `issues` names every problem found."""

    exit_code = ExitCode.UNUSABLE_INPUT

    def __init__(self, issues: Issue | Iterable[Issue]) -> None:
        self.issues: Sequence[Issue] = (issues,) if isinstance(issues, Issue) else tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


class DataError(InputError):
    """The files can be read, but values in them contradict the rules: the exit code is that of findings."""

    exit_code = ExitCode.FINDINGS


class OutputError(EngagerError):
    """The output cannot be written where it was asked for; nothing was written."""

    exit_code = ExitCode.UNUSABLE_INPUT


class StatisticsError(EngagerError, ValueError):
    """An argument of a statistical function is outside its definition; the message names the offending index."""
