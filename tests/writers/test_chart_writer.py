"""Figures as files."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from engager.report.document import Document
from engager.writers.charts import write_charts
from engager.writers.svg import described

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def charts(document: Document, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The written figures by name."""
    return {path.name: path for path in write_charts(document, tmp_path_factory.mktemp("charts"))}


def test_a_figure_without_a_picture_has_no_file(charts: dict[str, Path]) -> None:
    """Three of four figures are drawn, each in two forms."""
    stems = ("survival-os", "survival-os-responders-non-responders", "swimmer")
    assert sorted(charts) == sorted(f"{stem}{suffix}" for stem in stems for suffix in (".png", ".svg"))


@pytest.mark.parametrize(("name", "millimetres"), [("survival-os", 85), ("swimmer", 170)])
def test_the_picture_has_its_printed_size(charts: dict[str, Path], name: str, millimetres: int) -> None:
    """The SVG in millimetres, the PNG in dots of 1/300 inch."""
    root = ET.fromstring(charts[f"{name}.svg"].read_text(encoding="utf-8"))  # noqa: S314 - written by this test
    assert float(root.attrib["width"].removesuffix("mm")) == pytest.approx(millimetres, abs=0.01)
    width = struct.unpack(">I", charts[f"{name}.png"].read_bytes()[16:20])[0]
    assert width == pytest.approx(millimetres / 25.4 * 300, abs=1)


def test_the_picture_is_described_and_its_title_left_to_the_caption(charts: dict[str, Path]) -> None:
    """The title stands as an element for those who do not see it; in the picture it would stand twice."""
    text = charts["survival-os.svg"].read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314 - written by this test
    assert root.attrib["role"] == "img"
    assert [element.text for element in root.iter(f"{SVG}title")] == ["Overall survival"]
    assert "Overall survival" not in [element.text for element in root.iter(f"{SVG}text")]


def test_ids_of_one_picture_do_not_meet_those_of_another() -> None:
    """Definitions and references are renamed together, and words are escaped."""
    svg = '<svg width="1"><clipPath id="clip0"/><g clip-path="url(#clip0)"/></svg>'
    assert described(svg, "figure-2", "a < b", '"') == (
        '<svg role="img" aria-labelledby="figure-2-title figure-2-desc" width="1">'
        '<title id="figure-2-title">a &lt; b</title><desc id="figure-2-desc">&quot;</desc>'
        '<clipPath id="figure-2-clip0"/><g clip-path="url(#figure-2-clip0)"/></svg>'
    )
