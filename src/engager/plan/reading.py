"""The plan read from `study.toml`.

A key or value that the plan does not know is refused, with the key, the permitted values and the nearest one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.analysis_plan import AnalysisPlan
from engager.plan.part import Part
from engager.terms.likeness import did_you_mean

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
    try:
        plan = AnalysisPlan.model_validate(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        issues = issues or [_explain(problem) for problem in problems]
        for problem in problems:
            _drop(raw, problem["loc"])
        plan = AnalysisPlan.model_validate({"title": "untitled"} | raw)
    try:
        return plan.with_cutoff(cutoff), issues
    except InputError as error:
        return plan, [*issues, *error.issues]


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
    """Take the innermost key that a problem names out of the plan."""
    part, last = raw, ""
    for key in keys:
        if not isinstance(part, dict) or key not in part:
            break
        holder, last, part = part, str(key), part[key]
    if last:
        del holder[last]


def _explain(problem: Any) -> Issue:
    """Return a pydantic problem as an issue that names the key, what was found and what is permitted."""
    keys = [str(part) for part in problem["loc"] if part != "[key]"]  # pydantic's mark of a key that is wrong
    place = Place(PLAN_FILE, column=".".join(keys))
    if problem["type"] == "extra_forbidden":
        known = _known_keys(keys[:-1])
        found, expected = f"unknown key `{keys[-1]}`", "one of " + ", ".join(known)
        advice = did_you_mean(keys[-1], known) or "Take it away: nothing would read it"
        return Issue(Severity.ERROR, "plan.unknown_key", place, found, expected, advice, structural=True)
    if problem["type"] == "missing":
        found, expected = f"no key `{keys[-1]}`", "a text, between quotation marks"
        advice = f'Add the line: {keys[-1]} = "..."'
        return Issue(Severity.ERROR, "plan.missing_key", place, found, expected, advice, structural=True)
    found = f"`{str(problem['input'])[:60]}`"
    return Issue(Severity.ERROR, "plan.value", place, found, _permitted(problem), _way_out(problem), structural=True)


# pydantic's names for what it wants, as a person who fills a plan would say them.
_WANTED = {
    "model_type": "a part of the plan with keys of its own, as [input] or [response]",
    "dict_type": "a part of the plan with keys of its own, as [endpoints.OS]",
    "tuple_type": 'a list between brackets, as [100, 365] or ["death"]',
    "string_too_short": "a text that is not empty",
    "string_too_long": "a code of at most 16 signs",
    "string_pattern_mismatch": "a code in capitals, digits and hyphens, as EFS or EFS-HSCT",
}


def _permitted(problem: Any) -> str:
    if problem["type"] in _WANTED:
        return _WANTED[problem["type"]]
    expected = problem.get("ctx", {}).get("expected") or problem["msg"]
    return str(expected).removeprefix("Input should be ").removeprefix("Value error, ")


def _way_out(problem: Any) -> str:
    """Return the nearest of the values permitted, as a question."""
    permitted = str(problem.get("ctx", {}).get("expected", ""))
    return did_you_mean(str(problem["input"]), re.findall(r"'([^']*)'", permitted))


def _known_keys(path: list[str]) -> list[str]:
    """Return the keys permitted in the part of the plan at a path of keys."""
    return list((parts()[path[0]] if path else AnalysisPlan).model_fields)


def parts() -> dict[str, type[Part]]:
    """Return the parts of the plan by the key that opens them."""
    found = {}
    for key, declared in AnalysisPlan.model_fields.items():
        kinds = (declared.annotation, *get_args(declared.annotation))
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, Part):
                found[key] = kind
    return found


def _issue(file: str, rule: str, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, rule, Place(file), found, expected, advice, structural=True)
