"""The plan's `[report]`: what it asks for, and what of it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from engager.errors import InputError
from engager.plan import read_plan
from engager.readers.logo import LARGEST_SIDE, read_logo

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">{inside}</svg>'


def plan_with(folder: Path, lines: str) -> Path:
    """Write a plan with a part [report]."""
    (folder / "study.toml").write_text(f'title = "x"\n[report]\n{lines}\n', "utf-8")
    return folder


def test_the_defaults(tmp_path: Path) -> None:
    """English, the house's look, internal, no logo, nothing hidden."""
    report = read_plan(plan_with(tmp_path, "")).report
    assert (report.language, report.template, report.privacy) == ("en", "house", "internal")
    assert (report.logo, report.checklist, report.small_cells) == (None, None, 0)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('language = "fr"', "key report.language: `fr`; expected 'en' or 'de'"),
        ('template = "jornal"', "expected 'house', 'compact' or 'journal'. Did you mean `journal`?"),
        ('privacy = "public"', "expected 'internal' or 'publication'"),
        ('checklist = "CONSORT"', "expected 'STROBE', 'CARE' or 'none'"),
        ("small_cells = -1", "key report.small_cells: `-1`"),
        ('logo = ""', "key report.logo: ``; expected a text that is not empty"),
        ('colour = "red"', "unknown key `colour`"),
    ],
)
def test_what_the_part_does_not_know_is_an_issue(tmp_path: Path, line: str, message: str) -> None:
    """With the key, what was found and what is permitted."""
    with pytest.raises(InputError) as refused:
        read_plan(plan_with(tmp_path, line))
    assert message in str(refused.value)


def png(width: int, height: int) -> Callable[[Path], None]:
    """Return what writes a picture of a size."""
    return lambda path: Image.new("RGB", (width, height)).save(path)


def words(text: str) -> Callable[[Path], object]:
    """Return what writes a text."""
    return lambda path: path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("logo.png", png(40, 20)),
        ("Logo.SVG", words(SVG.format(inside='<rect width="5" height="5" fill="url(#g)"/>'))),
        ("logo.svg", words("<?xml version='1.0'?>" + SVG.format(inside='<image href="data:image/png;base64,AA=="/>'))),
    ],
)
def test_a_picture_is_a_logo(tmp_path: Path, name: str, write: Callable[[Path], object]) -> None:
    """PNG or SVG, whatever the case of its suffix."""
    write(tmp_path / name)
    logo, issues = read_logo(tmp_path, name)
    assert issues == []
    assert logo is not None
    assert logo.content == (tmp_path / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "write", "found"),
    [
        ("logo.png", lambda path: None, "there is no such file"),  # noqa: ARG005
        ("logo.png", words("no picture"), "the file is no PNG picture"),
        ("logo.png", png(LARGEST_SIDE + 1, 1), f"{LARGEST_SIDE + 1} x 1 pixels"),
        ("logo.png", words("x" * 1_000_001), "1.0 MB"),
        ("logo.gif", words("GIF89a"), "a file `.gif`"),
        ("logo.svg", words("<html/>"), "the file is no SVG picture"),
        ("logo.svg", words("<svg"), "the file is no SVG picture"),
        ("logo.svg", words('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(inside="&a;")), "declares entities"),
        ("logo.svg", words(SVG.format(inside="<script>alert(1)</script>")), "an SVG with a <script>"),
        ("logo.svg", words(SVG.format(inside='<rect onclick="x()"/>')), "an SVG that runs something (onclick)"),
        ("logo.svg", words(SVG.format(inside='<image href="https://example.org/x.png"/>')), "fetches another file"),
        ("logo.svg", words(SVG.format(inside='<image href="/etc/passwd"/>')), "fetches another file"),
        ("logo.svg", words(SVG.format(inside="<style>@import 'x.css';</style>")), "fetches another file"),
        ("../logo.png", png(4, 4), "it lies outside the study folder"),
    ],
)
def test_what_is_no_logo_is_an_issue(tmp_path: Path, name: str, write: Callable[[Path], object], found: str) -> None:
    """A file that is not there, is no picture, is too large, runs or fetches something, or lies elsewhere."""
    folder = tmp_path / "study"
    folder.mkdir()
    write(folder / name)
    logo, issues = read_logo(folder, name)
    assert logo is None
    assert [found in issue.found and issue.place.column for issue in issues] == ["report.logo"]


def test_no_logo_is_no_issue(tmp_path: Path) -> None:
    """Most studies have none."""
    assert read_logo(tmp_path, None) == (None, [])
