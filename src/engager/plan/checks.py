"""The plan's `[checks]`: the study's own edit checks."""

from __future__ import annotations

import re
import string
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from engager.plan.expression import parse
from engager.plan.part import Part
from engager.schema import TABLES
from engager.terms.likeness import did_you_mean

TableName = Literal["patients", "exposure", "measurements", "adverse_events", "therapies", "follow_up"]


class StudyRule(Part):
    """A rule of the study's own: rows of `table` for which `when` holds are told, with `found` and `expected`.

    `found` may name columns of the table in braces; `column` is the cell to look at (the first that `when` names).
    """

    name: str
    table: TableName
    when: str
    severity: Literal["error", "warning", "note"] = "warning"
    found: str | None = Field(None, min_length=1, max_length=300)
    expected: str = Field(min_length=1, max_length=300)
    advice: str = Field("", max_length=300)
    column: str | None = None

    @field_validator("name")
    @classmethod
    def _a_name(cls, name: str) -> str:
        """Refuse a name that the rule cannot be told by, as `study.NAME`."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
            raise ValueError("a name in small letters, digits and underscores, as too_heavy, of at most 60 signs")
        return name

    @field_validator("when")
    @classmethod
    def _a_condition(cls, text: str, info: ValidationInfo) -> str:
        """Refuse what is no condition over columns of the table."""
        if "table" in info.data:
            parse(text, info.data["table"])
        return text

    @field_validator("found")
    @classmethod
    def _columns_in_braces(cls, text: str | None, info: ValidationInfo) -> str | None:
        """Refuse braces that hold anything but a column of the table."""
        if text is not None and "table" in info.data:
            for _, name, style, conversion in string.Formatter().parse(text):
                if name is not None:
                    _known(name, info.data["table"])
                if style or conversion:
                    raise ValueError("columns in braces by their name alone, as {weight}")
        return text

    @field_validator("column")
    @classmethod
    def _a_column(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and "table" in info.data:
            _known(name, info.data["table"])
        return name


def _known(name: str, table: str) -> None:
    columns = TABLES[table].column_names()
    if name not in columns:
        raise ValueError(f"a column of {table} where `{name}` stands. {did_you_mean(name, columns)}".rstrip(". "))


class Checks(Part):
    """The study's own edit checks; each is told as `study.NAME`."""

    rules: tuple[StudyRule, ...] = ()

    @field_validator("rules")
    @classmethod
    def _names_apart(cls, rules: tuple[StudyRule, ...]) -> tuple[StudyRule, ...]:
        if len({rule.name for rule in rules}) < len(rules):
            raise ValueError("rules with a name of their own each")
        return rules
