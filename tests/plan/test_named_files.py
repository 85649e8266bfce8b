"""A regimen, a population, a policy, by name or by file: one way to find it, one way to say what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engager.errors import InputError
from engager.pipeline.regimens import read_regimen
from engager.simulator.policies.policy import read_policy
from engager.simulator.populations.population import read_population

Read = Callable[[str], object]
KINDS = [
    ("regimen", read_regimen, "label-relapsed-refractory"),
    ("population", read_population, "adults"),
    ("policy", read_policy, "label"),
]
Kind = tuple[str, Read, str]
each_kind = pytest.mark.parametrize("case", KINDS, ids=[kind for kind, *_ in KINDS])


def told(read: Read, name: str) -> str:
    """Return what is said of a name that cannot be used."""
    with pytest.raises(InputError) as found:
        read(name)
    return "\n".join(f"{each.place} | {each.found} | {each.expected} | {each.advice}" for each in found.value.issues)


@each_kind
def test_a_wrong_name_brings_the_nearest(case: Kind) -> None:
    """The option is named as it is typed, with all names and the nearest."""
    kind, read, name = case
    words = told(read, f"{name[:-1]}x")
    assert words.startswith(f"--{kind} | `{name[:-1]}x` | one of ")
    assert words.endswith(f"or a file as mine.toml | Did you mean `{name}`?")


@each_kind
def test_a_file_without_its_ending_is_guessed(case: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who leaves `.toml` out is told of the file that is there."""
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text("", "utf-8")
    assert told(case[1], "mine").endswith("Did you mean the file `mine.toml`?")


@each_kind
def test_a_file_that_cannot_be_opened(case: Kind, tmp_path: Path) -> None:
    """A missing file and a folder are told with the operating system's reason."""
    kind, read, _ = case
    missing = str(tmp_path / "none.toml")
    expected = f"a {kind}'s TOML file | "
    assert told(read, missing) == f"{missing} | a file that cannot be opened (No such file or directory) | {expected}"
    (tmp_path / "folder.toml").mkdir()
    assert "(Is a directory)" in told(read, str(tmp_path / "folder.toml"))


@each_kind
@pytest.mark.parametrize("content", [b"name = [", b"name = '\xff'"])
def test_what_is_no_toml(case: Kind, tmp_path: Path, content: bytes) -> None:
    """Broken TOML and another encoding are the file's fault, told with its name."""
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert told(case[1], str(path)).startswith("mine.toml | no valid TOML: ")


@each_kind
def test_a_key_that_is_unknown(case: Kind, tmp_path: Path) -> None:
    """Mistakes within are told with the key, under the file's own name."""
    path = tmp_path / "mine.toml"
    path.write_text('nmae = "mine"\n', "utf-8")
    assert "mine.toml key nmae | unknown key `nmae`" in told(case[1], str(path))
