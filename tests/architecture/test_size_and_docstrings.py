"""Files and functions that fit on a screen, and say what they are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "engager"
# A kernel of the simulator is straight-line code, written by a generator.
FILES = sorted(file for file in SOURCE.rglob("*.py") if "generated" not in file.parts)
LONGEST_FILE, LONGEST_FUNCTION = 350, 60


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(SOURCE)) for file in FILES])
def test_a_file_is_short_and_described(file: Path) -> None:
    """Fewer than 350 lines, no function of 60 below its docstring, a docstring on whatever is public."""
    text = file.read_text("utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) < LONGEST_FILE
    assert ast.get_docstring(tree) or not text.strip(), "a module says what it is"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - _first_line(node) + 1
            assert length < LONGEST_FUNCTION, f"{node.name} has {length} lines"
    for name, node in _public(tree.body):
        assert ast.get_docstring(node), f"{name} has no docstring"


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the line on which a function begins, that after its docstring if it has one."""
    described = node.body[0].end_lineno if ast.get_docstring(node) else None
    return node.lineno if described is None else described + 1


def _public(body: list[ast.stmt]) -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Return public functions and classes, and public methods of public classes; overloads aside."""
    found: list[tuple[str, ast.FunctionDef | ast.ClassDef]] = []
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list):
            found.append((node.name, node))
        if isinstance(node, ast.ClassDef):
            found += [(f"{node.name}.{name}", method) for name, method in _public(node.body)]
    return found
