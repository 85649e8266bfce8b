"""The figures as files: SVG at its printed size, and PNG at 300 dots per inch."""

from __future__ import annotations

from pathlib import Path

from engager.figures.figure import Figure
from engager.report.document import Document
from engager.writers.files import file_name, write_text
from engager.writers.svg import described, draw_svg, in_millimetres

DOTS_PER_INCH = 300


def write_charts(document: Document, folder: Path) -> list[Path]:
    """Write `figures/NAME.svg` and `figures/NAME.png` for each figure that has a picture, and return the paths."""
    return [path for figure in document.figures for path in _write_chart(figure, folder / "figures")]


def _write_chart(figure: Figure, folder: Path) -> list[Path]:
    if figure.specification is None:
        return []
    import vl_convert

    svg = in_millimetres(described(draw_svg(figure.specification), "figure", figure.title, figure.description))
    vector = write_text(folder / file_name(figure.name, ".svg"), svg)
    raster = folder / file_name(figure.name, ".png")
    raster.write_bytes(vl_convert.vegalite_to_png(dict(figure.specification), ppi=DOTS_PER_INCH, show_warnings=False))
    return [vector, raster]
