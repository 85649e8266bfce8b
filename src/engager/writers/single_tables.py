"""Each table in a file of its own: Word, a web page's part, LaTeX."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

from engager.report.document import Document
from engager.tables.table import Cell, Row, Table
from engager.terms.language import say, spoken
from engager.writers.docx import add_caption, without_times
from engager.writers.docx_styles import PAGE_WIDTH_MM, new_document
from engager.writers.docx_tables import add_table
from engager.writers.files import file_name, legible
from engager.writers.html import render_table
from engager.writers.looks import LOOKS, Look


def write_single_tables(document: Document, folder: Path, *, suffix: str) -> list[Path]:
    """Write `tables/NAME` with a suffix of `TABLES` for each table, and return the paths."""
    (folder / "tables").mkdir(exist_ok=True)
    paths = []
    for number, table in enumerate(document.tables, 1):
        path = folder / "tables" / file_name(table.name, suffix)
        write = partial(table_docx, look=LOOKS[document.template]) if suffix == ".docx" else TABLES[suffix]
        with spoken(document.language):
            path.write_bytes(write(table, number, document.label))
        paths.append(path)
    return paths


def table_docx(table: Table, number: int, label: str | None, look: Look = LOOKS["house"]) -> bytes:
    """Return a Word file that holds one table with its caption and notes."""
    word = new_document(legible(table.title), label, look)
    add_caption(word, "Table", number, table.title)
    add_table(word, table, PAGE_WIDTH_MM, look, linked=False)
    for note in table.notes:
        word.add_paragraph(legible(note), "Note")
    file = io.BytesIO()
    word.save(file)
    return without_times(file)


def table_html(table: Table, number: int, label: str | None) -> bytes:
    """Return a table as HTML to be pasted into a page or an editor."""
    return render_table(table, number, label).encode()


def table_tex(table: Table, number: int, label: str | None) -> bytes:
    """Return a table as LaTeX for the package booktabs; the number is left to LaTeX."""
    del number
    body = table.rows or (Row((Cell(table.empty),)),)
    sides = "".join("r" if column in table.numeric else "l" for column in range(max(1, len(table.columns))))
    notes = [*table.notes, *([say(f"{label.capitalize()} data.")] if label else [])]
    lines = [
        r"\begin{table}",
        rf"\caption{{{latex(table.title)}}}",
        rf"\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        _line([latex(name) for name in table.columns]),
        r"\midrule",
        *(_row(row, len(sides)) for row in body),
        r"\bottomrule",
        r"\end{tabular}",
        *(rf"\par\footnotesize {latex(note)}" for note in notes),
        r"\end{table}",
    ]
    return ("\n".join(lines) + "\n").encode()


def latex(text: str) -> str:
    r"""Return text in which nothing acts as LaTeX.

    Examples:
        >>> latex("50 % of $x_1$")
        '50 \\% of \\$x\\_1\\$'
    """
    return "".join(_SPECIAL.get(sign, sign) for sign in text).replace("\n", " ")


def _row(row: Row, width: int) -> str:
    cells = [latex(cell.text) for cell in row.cells]
    if row.section:
        cells = [rf"\textbf{{{text}}}" for text in cells]
    if row.indent:
        cells[0] = rf"\quad {cells[0]}"
    if len(cells) == 1 and width > 1:
        cells = [rf"\multicolumn{{{width}}}{{l}}{{{cells[0]}}}"]
    return _line(cells)


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}
TABLES: dict[str, Callable[[Table, int, str | None], bytes]] = {
    ".docx": table_docx,
    ".html": table_html,
    ".tex": table_tex,
}
"""What writes a single table, by the suffix of its file."""

write_tables_docx = partial(write_single_tables, suffix=".docx")
write_tables_html = partial(write_single_tables, suffix=".html")
write_tables_tex = partial(write_single_tables, suffix=".tex")
