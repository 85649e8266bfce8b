"""The figures as files at their printed size: SVG and PDF for the press, PNG and TIFF at a number of dots per inch."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

from engager.figures.figure import Figure
from engager.report.document import Document
from engager.writers.drawing import DOTS_PER_INCH
from engager.writers.files import file_name, write_text
from engager.writers.svg import described, draw_ahead, draw_png, draw_svg, in_millimetres


def write_charts(document: Document, folder: Path) -> list[Path]:
    """Write `figures/NAME.svg` and `figures/NAME.png` for each figure that has a picture, and return the paths."""
    drawn = _drawn(document)
    draw_ahead(figure.specification or {} for figure in drawn)
    return [path for figure in drawn for path in _write_chart(figure, folder / "figures")]


def write_charts_as(document: Document, folder: Path, *, suffix: str) -> list[Path]:
    """Write `figures/NAME.pdf` or `figures/NAME.tiff` for each figure that has a picture, and return the paths."""
    (folder / "figures").mkdir(exist_ok=True)
    paths = []
    for figure in _drawn(document):
        path = folder / "figures" / file_name(figure.name, suffix)
        path.write_bytes(figure_pdf(figure) if suffix == ".pdf" else figure_tiff(figure))
        paths.append(path)
    return paths


write_charts_pdf = partial(write_charts_as, suffix=".pdf")
write_charts_tiff = partial(write_charts_as, suffix=".tiff")


def figure_tiff(figure: Figure) -> bytes:
    """Return a figure as TIFF on white, compressed without loss."""
    from PIL import Image

    file = io.BytesIO()
    with Image.open(io.BytesIO(draw_png(figure.specification or {}))) as picture:
        picture.convert("RGB").save(file, "TIFF", compression="tiff_lzw", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return file.getvalue()


def figure_pdf(figure: Figure) -> bytes:
    """Return a figure as a PDF page of its size, with its fonts."""
    from engager.writers.typesetter import typeset

    svg = in_millimetres(draw_svg(figure.specification or {}))
    return typeset("figure.typ", {"svg": svg, "title": figure.title, "description": figure.description})


def _drawn(document: Document) -> list[Figure]:
    return [figure for figure in document.figures if figure.specification is not None]


def _write_chart(figure: Figure, folder: Path) -> list[Path]:
    drawn = draw_svg(figure.specification or {})
    svg = in_millimetres(described(drawn, "figure", figure.title, figure.description))
    vector = write_text(folder / file_name(figure.name, ".svg"), svg)
    raster = folder / file_name(figure.name, ".png")
    raster.write_bytes(draw_png(figure.specification or {}))
    return [vector, raster]
