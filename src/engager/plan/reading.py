"""The plan read from `study.toml`.

A key or value that the plan does not know is refused, with the key, the permitted values and the nearest one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.analysis_plan import AnalysisPlan
from engager.plan.part import Part
from engager.plan.problems import explain, told_once
from engager.plan.regimen import with_regimen_file

PLAN_FILE = "study.toml"


def read_plan(folder: Path, cutoff: str | None = None) -> AnalysisPlan:
    """Return the plan in the study folder's `study.toml`; InputError names every key that cannot be used."""
    plan, issues = read_usable_plan(folder, cutoff)
    if issues:
        raise InputError(issues)
    return plan


def read_usable_plan(folder: Path, cutoff: str | None = None) -> tuple[AnalysisPlan, list[Issue]]:
    """Return the plan with defaults where a key cannot be used, and an issue for each such key.

    So the data of a study are checked in the same run as a plan that has mistakes.
    """
    raw, issues = _read_toml(folder / PLAN_FILE)
    raw, of_regimen = with_regimen_file(raw, folder)
    plan, problems = _validated(raw)
    issues = [*(issues or problems), *of_regimen]
    try:
        return plan.with_cutoff(cutoff), issues
    except InputError as error:
        return plan, [*issues, *error.issues]


def _validated(raw: dict[str, Any]) -> tuple[AnalysisPlan, list[Issue]]:
    """Return the plan of keys without those that cannot be used, and an issue for each of these.

    Keys that contradict each other are found once each alone is right, hence the rounds.
    """
    issues: list[Issue] = []
    while True:
        try:
            return AnalysisPlan.model_validate(raw), issues
        except ValidationError as error:
            problems = error.errors(include_url=False)
        issues += [explain(problem, PLAN_FILE, AnalysisPlan, "plan") for problem in told_once(problems)]
        for problem in problems:
            _drop(raw, problem["loc"])
        raw.setdefault("title", "untitled")


def _read_toml(path: Path) -> tuple[dict[str, Any], list[Issue]]:
    """Return the keys of a TOML file, none where it cannot be read, and why."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig")), []
    except FileNotFoundError:
        advice = "`engager new DIR` makes a study folder with one"
        return {}, [_issue(path.name, "plan.missing", "no such file", "the plan of the study", advice)]
    except OSError as error:
        found = f"the file cannot be opened ({error.strerror or error})"
        return {}, [_issue(path.name, "plan.unopened", found, "a file that you may read")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found, advice = f"no valid TOML: {error}", "A text stands between quotation marks, a date as 2011-12-31"
        return {}, [_issue(path.name, "plan.unreadable", found, "a TOML file in UTF-8", advice)]


def _drop(raw: dict[str, Any], keys: Sequence[int | str]) -> None:
    """Take the innermost key that a problem names out of the plan; a regimen goes whole, since half of one is none."""
    part, last = raw, ""
    for key in keys[:1] if keys[0] == "regimen" else keys:
        if not isinstance(part, dict) or key not in part:
            break
        holder, last, part = part, str(key), part[key]
    if last:
        del holder[last]


def parts(model: type[Part] = AnalysisPlan, path: str = "") -> dict[str, type[Part]]:
    """Return the parts of the plan by the keys that open them, parts of parts behind a point: `response.mrd`."""
    found: dict[str, type[Part]] = {}
    for key, declared in model.model_fields.items():
        kinds = (declared.annotation, *get_args(declared.annotation))
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, Part):
                found[path + key] = kind
                found |= parts(kind, f"{path}{key}.")
    return found


def _issue(file: str, rule: str, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, rule, Place(file), found, expected, advice, structural=True)
