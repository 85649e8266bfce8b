"""What pydantic finds wrong in a file of keys, told as issues: the key, what was found, what is permitted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from engager.errors import Issue, Place, Severity
from engager.terms.likeness import did_you_mean


def told_once(problems: Sequence[Any]) -> list[Any]:
    """Return the problems of a file without those that another one causes: a list too short because an entry is bad."""

    def caused(problem: Any) -> bool:
        depth = len(problem["loc"])
        within = (other for other in problems if len(other["loc"]) > depth and other["loc"][:depth] == problem["loc"])
        return problem["type"] == "too_short" and any(within)

    return [problem for problem in problems if not caused(problem)]


def explain(problem: Any, file: str, root: type[BaseModel], topic: str) -> Issue:
    """Return a problem of a file whose keys `root` declares as an issue, with a rule such as `TOPIC.unknown_key`."""
    keys = [str(part) for part in problem["loc"] if part != "[key]"]  # pydantic's mark of a key that is wrong
    place = Place(file, column=".".join(keys) or None)
    if problem["type"] == "extra_forbidden":
        known = _known_keys(root, keys[:-1])
        found, expected = f"unknown key `{keys[-1]}`", "one of " + ", ".join(known)
        advice = did_you_mean(keys[-1], known) or "Take it away: nothing would read it"
        return Issue(Severity.ERROR, f"{topic}.unknown_key", place, found, expected, advice, structural=True)
    if problem["type"] == "missing":
        found, expected, advice = f"no key `{keys[-1]}`", *_missed(root, keys)
        return Issue(Severity.ERROR, f"{topic}.missing_key", place, found, expected, advice, structural=True)
    given = problem["input"]
    together = isinstance(given, dict) and problem["type"] == "value_error"
    found = "keys that contradict each other" if together else f"`{str(given)[:60]}`"
    return Issue(
        Severity.ERROR, f"{topic}.value", place, found, _permitted(problem), _way_out(problem), structural=True
    )


def _missed(root: type[BaseModel], keys: list[str]) -> tuple[str, str]:
    """Return what a key that is missing must hold, and the line that mends it."""
    model = _model_at(root, keys[:-1])
    if _is_text(model.model_fields[keys[-1]].annotation):
        return "a text, between quotation marks", f'Add the line: {keys[-1]} = "..."'
    return "a value, without which this part says nothing", f"Add the line: {keys[-1]} = ..."


def _is_text(annotation: object) -> bool:
    return annotation is str or str in get_args(annotation)


# pydantic's names for what it wants, as a person who fills a plan would say them.
_WANTED = {
    "model_type": "a part of the plan with keys of its own, as [input] or [response]",
    "dict_type": "a part of the plan with keys of its own, as [endpoints.OS]",
    "tuple_type": 'a list between brackets, as [100, 365] or ["death"]',
    "string_type": "a text, between quotation marks",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most {max_length} signs",
    "string_pattern_mismatch": "a name in small letters, digits, hyphens or underscores, without spaces",
}


def _permitted(problem: Any) -> str:
    if problem["type"] in _WANTED:
        return _WANTED[problem["type"]].format(**problem.get("ctx", {}))
    expected = problem.get("ctx", {}).get("expected") or problem["msg"]
    return str(expected).removeprefix("Input should be ").removeprefix("Value error, ")


def _way_out(problem: Any) -> str:
    """Return the nearest of the values permitted, as a question."""
    permitted = str(problem.get("ctx", {}).get("expected", ""))
    return did_you_mean(str(problem["input"]), re.findall(r"'([^']*)'", permitted))


def _known_keys(root: type[BaseModel], path: Iterable[str]) -> list[str]:
    """Return the keys permitted in the part at a path of keys."""
    return list(_model_at(root, path).model_fields)


def _model_at(root: type[BaseModel], path: Iterable[str]) -> type[BaseModel]:
    """Return the part at a path of keys; the position in a list, or the user's own name of a part, is passed over."""
    model = root
    for key in path:
        if key in model.model_fields:
            model = _model_in(model.model_fields[key].annotation) or model
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the part that a declared type holds: itself, in a list, or beside none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for inner in get_args(annotation) if (model := _model_in(inner)) is not None), None)
