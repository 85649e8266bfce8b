"""The house stands: imports run downward, and the contracts notice when one does not."""

from __future__ import annotations

import re
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


UPWARD = (
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
    ("figures/theme.py", "engager.plan"),
    ("report/document.py", "engager.writers"),
    ("report/sentences.py", "engager.statistics"),
    ("statistics/ranks.py", "polars"),
    ("cli/study.py", "engager.readers"),
    ("cli/options.py", "engager.simulator.models"),
)


def test_each_import_drawn_upward_breaks_a_contract(house: Path) -> None:
    """One line in the wrong direction, or past a wall, and the contracts fail and name it."""
    drawn = {}
    for lower, upper in UPWARD:
        file = house / "src" / "engager" / lower
        text = f"{file.read_text('utf-8').rstrip()}\nimport {upper}  # drawn upward\n"
        file.write_text(text, "utf-8")
        module = "engager." + lower.removesuffix(".py").replace("/", ".")
        drawn[module, upper] = f"{module} -> {upper} (l.{text.count(chr(10))})"
    said = lint(house)
    assert said.returncode != 0
    _, broken = said.stdout.split("Broken contracts", 1)
    told = re.sub(r"\s+", " ", broken)
    assert [each for each in drawn.values() if each not in told] == []
