"""The documentation runs: plans are plans, Python is Python, links lead somewhere, the reference is made."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from textwrap import indent

import click
import pytest

import engager
from engager.cli.main import engager as engager_command
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


def _commands() -> list[tuple[str, str]]:
    """Return the command lines of the documentation with their pages: in a block, or between backquotes."""
    fence = re.compile(r"^```(?:shell|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    line = re.compile(r"^ {4}(engager .+?)(?: {2,}#.*| {4,}.*| # .*)?$|`(engager [^`]+)`", re.MULTILINE)
    told = ((page, page.read_text("utf-8").replace("\\\n", " ")) for page in PAGES if page.name != "decisions.md")
    told = ((page, fence.sub(lambda block: indent(block[1], " " * 4), text)) for page, text in told)
    return [(page.name, found[1] or found[2]) for page, text in told for found in line.finditer(text)]


@pytest.mark.parametrize(("page", "line"), sorted(set(_commands())))
def test_every_command_in_the_documentation_is_one(page: str, line: str) -> None:
    """The command exists, and each of its options."""
    assert page
    command: click.Command = engager_command
    words = line.split()[1:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"no command {words[0]}"
        command = command.commands[words.pop(0)]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}
    given = {word.partition("=")[0].strip("[]|") for word in words if re.match(r"\[?--?[a-z]", word)}
    assert given - known == set()


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
