"""The house stands: imports run downward, and the contracts notice when one does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and its contracts, to draw imports in."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    """Return what import-linter says of the package in a folder."""
    command = (
        "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports; "
        "raise SystemExit(lint_imports(no_cache=True))"
    )
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", command], cwd=house, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_contracts_are_kept(house: Path) -> None:
    """Every contract of pyproject.toml holds."""
    said = lint(house)
    assert said.returncode == 0, said.stdout
    assert "0 broken" in said.stdout


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("errors.py", "engager.terms.units"),
        ("terms/units.py", "engager.schema"),
        ("schema/columns.py", "engager.plan"),
        ("statistics/quantiles.py", "engager.endpoints"),
        ("statistics/quantiles.py", "engager.terms.units"),
        ("results.py", "engager.analyses"),
        ("readers/raw.py", "engager.endpoints"),
        ("endpoints/disease/burden.py", "engager.analyses.rows"),
        ("analyses/rows.py", "engager.tables.formatting"),
        ("tables/formatting.py", "engager.cohort"),
        ("tables/formatting.py", "engager.figures"),
        ("figures/figure.py", "engager.statistics"),
        ("report/document.py", "engager.writers"),
        ("cli/study.py", "engager.readers"),
    ],
)
def test_an_import_drawn_upward_breaks_a_contract(house: Path, lower: str, upper: str) -> None:
    """One line in the wrong direction, or past a wall, and the contracts fail."""
    file = house / "src" / "engager" / lower
    file.write_text(f"{file.read_text('utf-8')}\nimport {upper}  # drawn upward\n", "utf-8")
    said = lint(house)
    assert said.returncode != 0
    assert "BROKEN" in said.stdout
