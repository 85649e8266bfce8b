"""The numbers of the observation rules: TOML files of lines, each with value, unit, tag and source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_FOLDER = "engager.simulator.observation"
TOPICS = ("laboratory", "toxicity", "outcomes")


class Setting(BaseModel):
    """A number of a rule. `tag` says how it is known: V, Va read; D derived; C calibrated; A assumed; M remembered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    value: float
    unit: str
    tag: Literal["V", "Va", "D", "C", "A", "M"]
    source: Annotated[str, Field(min_length=1)]
    meaning: Annotated[str, Field(min_length=1)]


def rule_files() -> list[Traversable]:
    """Return the files of the observation rules, in the order of their names."""
    found = (file for file in files(_FOLDER).iterdir() if file.name.endswith(".toml"))
    return sorted(found, key=lambda file: file.name)


@cache
def settings(topic: str) -> tuple[Setting, ...]:
    """Return the numbers of a topic (`laboratory`, `toxicity`, `outcomes`), in the order of its file."""
    raw = tomllib.loads((files(_FOLDER) / f"{topic}.toml").read_text("utf-8"))
    return tuple(Setting.model_validate(line) for line in raw["parameters"])


@cache
def values(topic: str) -> Mapping[str, float]:
    """Return the numbers of a topic by name.

    Examples:
        >>> values("outcomes")["leukaemia_death"] > 0
        True
    """
    return MappingProxyType({each.name: each.value for each in settings(topic)})
