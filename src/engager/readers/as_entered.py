"""The tables of a study as the texts that were entered: what another form of the study is written from.

Nothing is interpreted, so nothing can be lost: a grade `III`, a bound `<0.01`, a cell that cannot be read and a column
that engager does not know stay what they are, in the row that they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engager.errors import InputError, Issue, Severity
from engager.readers.folder import no_folder, read_raw
from engager.readers.headings import match_headings
from engager.readers.raw import RawTable
from engager.schema import TABLES


def tables_as_entered(folder: Path) -> Mapping[str, RawTable]:
    """Return the tables of a study folder, each known column under the schema's own name, others under theirs.

    Raises InputError, with every problem, where a table is missing or cannot be read, or a heading is in doubt.
    """
    if not folder.is_dir():
        raise InputError(no_folder(folder))
    raw, issues = read_raw(folder)
    tables = {}
    for name, table in raw.items():
        headings = match_headings(table, TABLES[name])
        issues += [*table.issues, *headings.issues]
        names = {heading: column for column, heading in headings.known.items()}
        positions = {names.get(heading, heading): at for heading, at in table.positions.items()}
        tables[name] = replace(table, frame=table.frame.rename(names), positions=positions)
    if problems := [issue for issue in issues if issue.severity is Severity.ERROR]:
        raise InputError(sorted(problems, key=Issue.urgency))
    return tables
