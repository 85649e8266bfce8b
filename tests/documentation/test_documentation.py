"""The documentation runs: plans are plans, Python is Python, links lead somewhere, the reference is made."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

import engager
from engager.plan import AnalysisPlan

ROOT = Path(engager.__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PAGES = [page for page in PAGES if "_build" not in page.parts and "generated" not in page.parts]


def _blocks(language: str) -> list[tuple[str, str]]:
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [(page.name, block) for page in PAGES for block in fence.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "block"), _blocks("toml"))
def test_every_plan_in_the_documentation_is_one(page: str, block: str) -> None:
    """A TOML block, with a title before it, is a plan that engager takes."""
    AnalysisPlan.model_validate(tomllib.loads(f'title = "{page}"\n{block}'))


@pytest.mark.parametrize(("page", "block"), _blocks("python"))
def test_every_python_example_runs(page: str, block: str, tmp_path: Path) -> None:
    """With the example study in place of the reader's own, each line runs."""
    assert page
    study = engager.example("tuebingen-2014").as_posix()
    runnable = block.replace('"blina-2026"', f'"{study}"').replace('"report"', f'"{(tmp_path / "report").as_posix()}"')
    exec(compile(runnable, page, "exec"), {})  # noqa: S102 - our own documentation


def test_every_link_between_pages_leads_to_a_file() -> None:
    """A relative link names a file of the repository, or a reference page that is generated."""
    lost = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            generated = "reference/generated/" in target
            if not target.startswith(("http", "mailto:")) and not generated and not (page.parent / target).exists():
                lost.append(f"{page.name}: {target}")
    assert lost == []


def test_the_reference_names_every_table_column_rule_and_key(tmp_path: Path) -> None:
    """What the code declares, the generated pages tell."""
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "docs" / "reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    pages.write_reference(tmp_path)
    text = {path.stem: path.read_text("utf-8") for path in tmp_path.glob("*.md")}
    for column in ("`patient` (required)", "`ctcae_version`", "`first_dose_date`"):
        assert column in text["tables"]
    assert all(f"`{key}`" in text["plan"] for key in AnalysisPlan.model_fields)
    assert "exposure.dose_thousandfold" in text["checks"]
    assert "engager report" in text["command-line"]
    assert '"estimate"' in text["results"]
