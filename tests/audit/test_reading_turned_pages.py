"""Pages of a PDF whose text is turned by a quarter, as wide tables are set across the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.audit.reading import read_manuscript

LINES = (
    ("Table 2. Adverse events",),
    ("Event", "All (n = 24)", "Arm A (n = 12)"),
    ("Fever", "9 (37.5)", "5 (41.7)"),
    ("Rash", "4 (16.7)", "2 (16.7)"),
    ("Nausea and vomiting", "8 (33.3)", "3 (25.0)"),
)
# The text matrix of a letter: upright, read from the bottom up, read from the top down.
MATRICES = {"upright": "1 0 0 1", "up": "0 1 -1 0", "down": "0 -1 1 0"}


def page_of(turn: str, width: int = 600, height: int = 800) -> str:
    """Return the content of a page: each text at its place, turned."""
    drawn = []
    for number, line in enumerate(LINES):
        for column, text in enumerate(line):
            along, across = 80 + 160 * column, 100 + 24 * number
            places = {
                "upright": (along, height - across),
                "up": (across, along),
                "down": (width - across, height - along),
            }
            x, y = places[turn]
            drawn.append(f"BT /F1 11 Tf {MATRICES[turn]} {x} {y} Tm ({text.replace('(', '[').replace(')', ']')}) Tj ET")
    return "\n".join(drawn).replace("[", r"\(").replace("]", r"\)")


def pdf_of(content: str) -> bytes:
    """Return a PDF of one page with a standard font."""
    font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources {font} >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
    ]
    made, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{part}\nendobj\n"
    start = len(made)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    made += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}"
    return (made + f"trailer << /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").encode("latin-1")


@pytest.mark.parametrize("turn", MATRICES)
def test_a_turned_table_is_read_as_an_upright_one(tmp_path: Path, turn: str) -> None:
    """Blanks between words, columns, header sizes and rows are those of the table as it was set."""
    path = tmp_path / f"{turn}.pdf"
    path.write_bytes(pdf_of(page_of(turn)))
    (table,) = read_manuscript(path).tables()
    assert table.caption == "Adverse events"
    assert [column.size for column in table.columns] == [None, 24, 12]
    assert [(row.label, *(cell.text for cell in row.cells)) for row in table.rows] == list(LINES[2:])
