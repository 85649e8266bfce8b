"""What an argument names: a TOML file that travels with engager, by its name, or one of the user's own, by its path."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from engager.errors import InputError, Issue, Place, Severity, option
from engager.plan.problems import explain, told_once
from engager.terms.likeness import did_you_mean
from engager.terms.shipped import shipped_names, shipped_text

Read = TypeVar("Read", bound=BaseModel)
Told = Callable[[ValidationError, str], Iterable[Issue]]


@dataclass(frozen=True, slots=True)
class NamedFile(Generic[Read]):
    """A file that was read: its name without folders, its text, and what it holds."""

    file: str
    text: str
    value: Read


def read_named(name: str, kind: str, package: str, root: type[Read], told: Told | None = None) -> NamedFile[Read]:
    """Return what a file holds, by the name of a shipped one or the path of the user's own.

    Args:
        name: a name without ending, or a path that ends in `.toml`.
        kind: what it is, and the option that asks for it: regimen, population, policy.
        package: where the shipped ones lie.
        root: what the file declares.
        told: how problems of its keys become issues, where these need more than `explain`.

    Raises:
        InputError: no such name, with the nearest; a file that cannot be read; every mistake in it, with its key.
    """
    file, text = _text(name, kind, package)
    try:
        return NamedFile(file, text, root.model_validate(tomllib.loads(text)))
    except ValidationError as error:
        problems = told_once(error.errors(include_url=False))
        issues = told(error, file) if told else (explain(problem, file, root, kind) for problem in problems)
        raise InputError(issues) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(_issue(kind, Place(file), f"no valid TOML: {error}", "a TOML file in UTF-8")) from None


def _text(name: str, kind: str, package: str) -> tuple[str, str]:
    known, path = shipped_names(package), Path(name)
    if name in known:
        return f"{name}.toml", shipped_text(package, name)
    if path.suffix.lower() != ".toml":
        own = Path(f"{name}.toml")
        advice = f"Did you mean the file `{own}`?" if own.is_file() else did_you_mean(name, known)
        expected = f"one of {', '.join(known)}, or a file as mine.toml"
        raise InputError(_issue(kind, option(kind), f"`{name}`", expected, advice))
    try:
        return path.name, path.read_text("utf-8-sig")
    except OSError as error:
        found = f"a file that cannot be opened ({error.strerror or error})"
        raise InputError(_issue(kind, Place(name), found, f"a {kind}'s TOML file")) from None
    except UnicodeDecodeError as error:
        found = f"no valid TOML: {error.reason} at byte {error.start}"
        raise InputError(_issue(kind, Place(path.name), found, "a TOML file in UTF-8")) from None


def _issue(kind: str, place: Place, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, f"{kind}.file", place, found, expected, advice, structural=True)
