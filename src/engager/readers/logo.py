"""The logo of a report: a PNG or SVG file in the study folder, checked before it stands in a document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from engager.errors import Issue, Place, Severity
from engager.plan import PLAN_FILE

LARGEST_BYTES = 1_000_000
LARGEST_SIDE = 4000  # pixels; a small file can hold a picture that fills a machine's memory
KINDS = {".png": "png", ".svg": "svg"}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture to stand beside the title: its bytes, and whether they are PNG or SVG."""

    kind: Literal["png", "svg"]
    content: bytes


def read_logo(folder: Path, name: str | None) -> tuple[Logo | None, list[Issue]]:
    """Return the logo that the plan names in the study folder, and why it cannot be used; None where it names none."""
    if name is None:
        return None, []
    path = folder / name
    problem = _unfit(folder, path)
    if problem is not None:
        return None, [_issue(name, problem)]
    content = path.read_bytes()
    if path.suffix.lower() == ".svg":
        problem = _svg_problem(content)
        return (None, [_issue(name, problem)]) if problem else (Logo("svg", content), [])
    problem = _png_problem(path)
    return (None, [_issue(name, problem)]) if problem else (Logo("png", content), [])


def _unfit(folder: Path, path: Path) -> str | None:
    """Return what is wrong with the file as such."""
    if not path.resolve().is_relative_to(folder.resolve()):
        return "it lies outside the study folder"
    if not path.is_file():
        return "there is no such file"
    if path.suffix.lower() not in KINDS:
        return f"a file `{path.suffix}`"
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        return f"the file cannot be opened ({error.strerror or error})"
    return f"{size / 1e6:.1f} MB" if size > LARGEST_BYTES else None


def _png_problem(path: Path) -> str | None:
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG",)) as picture:
            width, height = picture.size
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "the file is no PNG picture"
    return f"{width} x {height} pixels" if max(width, height) > LARGEST_SIDE else None


def _svg_problem(content: bytes) -> str | None:
    """Return why an SVG cannot be used: it is none, or it would run or fetch something."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        return "an SVG that declares entities"
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without declarations nothing expands
    except ElementTree.ParseError:
        return "the file is no SVG picture"
    if root.tag.rpartition("}")[2] != "svg":
        return "the file is no SVG picture"
    return next((problem for element in root.iter() if (problem := _active(element))), None)


def _active(element: ElementTree.Element) -> str | None:
    if element.tag.rpartition("}")[2].lower() in ("script", "foreignobject", "iframe"):
        return f"an SVG with a <{element.tag.rpartition('}')[2]}>"
    for name, value in element.attrib.items():
        short = name.rpartition("}")[2].lower()
        if short.startswith("on"):
            return f"an SVG that runs something ({short})"
        if short in ("href", "src") and not value.strip().startswith(("#", "data:image/")):
            return "an SVG that fetches another file"
    style = f"{element.text or ''} {element.get('style', '')}"
    return "an SVG that fetches another file" if re.search(r"@import|url\(\s*['\"]?(?!#|['\"]?data:)", style) else None


def _issue(name: str, found: str) -> Issue:
    expected = "a PNG or SVG picture in the study folder, at most 1 MB and 4000 pixels a side, complete in itself"
    place = Place(PLAN_FILE, column="report.logo")
    advice = "Export it as a plain PNG, or take the line away"
    return Issue(Severity.ERROR, "report.logo", place, f"`{name}`: {found}", expected, advice, structural=True)
