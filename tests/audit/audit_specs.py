"""Small manuscripts for the specs of the audit's rules: text as text, tables as pipe tables."""

from __future__ import annotations

import re

from engager.audit.claims import read_claims
from engager.audit.finding import Finding
from engager.audit.manuscript import Manuscript
from engager.audit.reading.assemble import assemble
from engager.audit.reading.pieces import GridCell, GridPiece, HeadingPiece, Piece, TextPiece
from engager.audit.rules import RULES, find


def manuscript_of(text: str, damaged: str = "") -> Manuscript:
    """Return a manuscript: `# Heading`, paragraphs, and pipe tables whose header ends with a line of dashes.

    A line `Table 1. Caption` before a table is its caption, and `Note: ...` behind it a note. A label that is set in by
    blanks after the pipe stands under the row before that is not.
    """
    pieces: list[Piece] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = [line.strip() for line in block.strip().splitlines()]
        if lines[0].startswith("|"):
            pieces.append(_grid(lines))
        elif lines[0].startswith("# "):
            pieces.append(HeadingPiece(lines[0][2:]))
        else:
            pieces.append(TextPiece(" ".join(lines)))
    return assemble("spec.docx", "docx", pieces, damaged=damaged)


def _grid(lines: list[str]) -> GridPiece:
    notes = tuple(line.removeprefix("Note: ") for line in lines if line.startswith("Note: "))
    body = [line for line in lines if line.startswith("|")]
    rule = next((index for index, line in enumerate(body) if set(line) <= set("|- ")), 1)
    rows = [line for index, line in enumerate(body) if index != rule]
    cells = []
    for number, line in enumerate(rows):
        for column, text in enumerate(line.strip("|").split("|")):
            indent = float(len(text) - len(text.lstrip()) - 1) if column == 0 else 0.0
            cells.append(GridCell(text.strip(), number, column, head=number < rule, indent=max(indent, 0.0)))
    return GridPiece(cells, notes=notes)


def found_in(text: str, *names: str) -> tuple[Finding, ...]:
    """Return what the rules of these names (all where none is named) find in a small manuscript."""
    manuscript = manuscript_of(text)
    rules = [rule for rule in RULES if not names or rule.name in names]
    assert len(rules) >= len(names), f"no such rule among {names}"
    return find([manuscript], read_claims(manuscript), rules)


def certainties(text: str, *names: str) -> list[str]:
    """Return the certainties of what is found, in order; an empty list where nothing is."""
    return [str(finding.certainty) for finding in found_in(text, *names)]
