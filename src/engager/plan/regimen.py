"""The plan's `regimen`: the name of a shipped one, or a file of the study folder with its own."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from engager.errors import Issue, Place, Severity
from engager.plan.problems import explain, told_once
from engager.terms.regimens import Regimen, regimen_names, shipped_regimen

FILE_FORM = "a file of the study folder, as regimen.toml"


def _by_name(value: object) -> object:
    """Return the shipped regimen of a name; what is no text is left to the regimen itself."""
    if not isinstance(value, str):
        return value
    if value not in regimen_names():
        names = ", ".join(f"'{name}'" for name in regimen_names())
        raise PydanticCustomError("regimen_name", "{expected}", {"expected": f"{names} or {FILE_FORM}"})
    return shipped_regimen(value)


PlannedRegimen = Annotated[
    Regimen | None,
    BeforeValidator(_by_name),
    WithJsonSchema({"anyOf": [{"enum": list(regimen_names())}, {"type": FILE_FORM}]}),
]


def with_regimen_file(raw: dict[str, Any], folder: Path) -> tuple[dict[str, Any], list[Issue]]:
    """Return the keys of a plan with the regimen's file read in its place; without the key where it cannot be used.

    The issues name the regimen's own file and its keys.
    """
    name = raw.get("regimen")
    if not isinstance(name, str) or not name.endswith(".toml"):
        return raw, []
    regimen, issues = _read_file(folder, name)
    return {**raw, "regimen": regimen}, issues


def _read_file(folder: Path, name: str) -> tuple[Regimen | None, list[Issue]]:
    if Path(name).name != name:
        return None, [_issue(Place("study.toml", column="regimen"), f"`{name}`", FILE_FORM)]
    try:
        raw = tomllib.loads((folder / name).read_text("utf-8-sig"))
        return Regimen.model_validate(raw), []
    except ValidationError as error:
        problems = told_once(error.errors(include_url=False))
        return None, [explain(problem, name, Regimen, "regimen") for problem in problems]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [_issue(Place(name), f"no valid TOML: {error}", "a TOML file in UTF-8")]
    except OSError as error:
        found = f"`{name}`, which cannot be opened ({error.strerror or error})"
        shipped = f"one that engager brings ({', '.join(regimen_names())})"
        return None, [_issue(Place("study.toml", column="regimen"), found, f"{FILE_FORM}, or {shipped}")]


def _issue(place: Place, found: str, expected: str) -> Issue:
    return Issue(Severity.ERROR, "regimen.file", place, found, expected, structural=True)
