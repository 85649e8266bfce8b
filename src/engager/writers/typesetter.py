"""What turns a template and data into a PDF: typst, with the fonts that travel with engager."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

from engager.writers.apart import done_apart
from engager.writers.files import legible

LONG = 200_000
"""Characters from which a document is typeset in a process of its own: typst keeps what it laid out until the end."""

# Accessible, with our own fonts; for letters that these lack with the system's; where it has none either, not PDF/UA.
_WAYS: tuple[tuple[bool, Literal["ua-1"] | None], ...] = ((True, "ua-1"), (False, "ua-1"), (False, None))


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a template of this package, filled with data, as a PDF/UA file.

    The data reach the template as values, so that no text of them is read as markup. The same data give the same
    bytes on every machine, no date being written, as long as our fonts have every letter: for others the fonts of the
    system are used.
    """
    text = json.dumps(_legible(data), ensure_ascii=False)
    if len(text) >= LONG and (made := done_apart(__name__, f"{template}\n{text}")):
        return made
    return _typeset(template, text)


def answer() -> None:
    """Typeset what the standard input holds: a line with the template, then the data."""
    template, text = sys.stdin.buffer.read().decode().split("\n", 1)
    sys.stdout.buffer.write(_typeset(template, text))


def _typeset(template: str, text: str) -> bytes:
    package = files("engager.writers")
    with as_file(package / "fonts") as fonts, as_file(package / "templates" / template) as path:
        return _compile(path, fonts, text)


def _compile(path: Path, fonts: Path, data: str) -> bytes:
    import typst

    for ours_alone, standard in _WAYS:
        compiler = typst.Compiler(
            root=path.parent, font_paths=[fonts], ignore_system_fonts=ours_alone, sys_inputs={"document": data}
        )
        try:
            made = compiler.compile(input=path, format="pdf", pdf_standards=standard)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message or standard is None:
                raise
        else:
            break
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file
    return made


def _legible(value: Any) -> Any:
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, Mapping):
        return {key: _legible(part) for key, part in value.items()}
    return [_legible(part) for part in value] if isinstance(value, list | tuple) else value
