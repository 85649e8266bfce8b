"""What changed between two plans, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engager.plan import AnalysisPlan
from engager.snapshot.difference import Change


def plan_changes(old: AnalysisPlan, new: AnalysisPlan) -> list[Change]:
    """Return a change for each key of the plan whose value in force differs, defaults included."""
    before, after = dict(_flat(old.model_dump(mode="json"))), dict(_flat(new.model_dump(mode="json")))
    changes = []
    for key in sorted({*before, *after}):
        one, two = before.get(key), after.get(key)
        if one != two:
            what = "added" if one is None else "removed" if two is None else "changed"
            told = {
                "added": f"set to {two}",
                "removed": f"taken away, was {one}",
                "changed": f"changed from {one} to {two}",
            }
            changes.append(Change("plan", what, None, f"plan: {key} {told[what]}", key, one, two))
    return changes


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the keys of a plan with their values as text; a part of the plan by a point, a list by a number."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(inner, Mapping) for inner in value):
        for number, inner in enumerate(value, 1):
            yield from _flat(inner, f"{path}.{number}")
    elif value not in (None, [], ""):
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
