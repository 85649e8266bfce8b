"""What a user may rely on, and what it costs to reach for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import engager

PUBLIC = {
    "DataError", "EngagerError", "InputError", "Issue", "OutputError", "Severity", "Study", "__version__",
    "check_study", "example", "new_study", "open_study", "run_study",
}  # fmt: skip
HEAVY = {"polars", "numpy", "scipy", "pydantic", "altair", "dataframely", "jinja2", "vl_convert", "xlsxwriter"}


def test_the_public_names_are_these() -> None:
    """A name comes or goes only with this test, the reference page and the changelog."""
    assert set(engager.__all__) == PUBLIC
    assert engager.__all__ == sorted(engager.__all__)


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_every_public_name_is_there_and_described(name: str) -> None:
    """Each public name can be had, and says what it is."""
    assert getattr(engager, name).__doc__


def test_another_name_is_refused() -> None:
    """A name that is not public is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="no attribute 'pandas'"):
        _ = engager.pandas


def modules_after(*arguments: str) -> set[str]:
    """Return the top-level modules that an interpreter has imported at its end."""
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return {line.rpartition("|")[2].strip().split(".")[0] for line in told.stderr.splitlines() if "|" in line}


@pytest.mark.parametrize(
    "arguments",
    [("-c", "import engager"), ("-m", "engager", "--help")],
    ids=["import engager", "engager --help"],
)
def test_nothing_heavy_is_imported(arguments: tuple[str, ...]) -> None:
    """Importing engager, and asking for help, costs next to nothing."""
    modules = modules_after(*arguments)
    assert "engager" in modules
    assert modules & HEAVY == set()
