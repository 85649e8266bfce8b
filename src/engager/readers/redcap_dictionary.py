"""A REDCap data dictionary: the fields of a project, from the CSV of 18 columns that REDCap exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engager.errors import InputError
from engager.readers.csv_folder import read_csv
from engager.readers.raw import unreadable

NAME, FORM, KIND, LABEL = "Variable / Field Name", "Form Name", "Field Type", "Field Label"
CHOICES, NOTE = "Choices, Calculations, OR Slider Labels", "Field Note"
VALIDATION, IDENTIFIER = "Text Validation Type OR Show Slider Number", "Identifier?"
# The API heads the same columns otherwise.
_BY_API = {
    "field_name": NAME,
    "form_name": FORM,
    "field_type": KIND,
    "field_label": LABEL,
    "select_choices_or_calculations": CHOICES,
    "field_note": NOTE,
    "text_validation_type_or_show_slider_number": VALIDATION,
    "identifier": IDENTIFIER,
}
_CHOSEN = ("radio", "dropdown", "checkbox")
_FIXED: Mapping[str, Mapping[str, str]] = {
    "yesno": {"1": "Yes", "0": "No"},
    "truefalse": {"1": "True", "0": "False"},
}
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class RedcapField:
    """A field of a project: its instrument, its kind, what it asks, and its choices by their codes."""

    name: str
    form: str
    kind: str
    label: str
    note: str = ""
    validation: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    identifier: bool = False

    @property
    def holds_values(self) -> bool:
        """Whether records have a value of it that a study may use."""
        return self.kind not in ("descriptive", "file", "sql", "signature")


def read_dictionary(path: Path) -> list[RedcapField]:
    """Return the fields of a data dictionary, in order; raises InputError where the file is none."""
    table = read_csv(path, "dictionary")
    expected = "REDCap's data dictionary as it is downloaded (CSV), with its 18 columns"
    headings = [_BY_API.get(name, name) for name in table.headings]
    if missing := [name for name in (NAME, FORM, KIND, LABEL, CHOICES) if name not in headings]:
        found = f"no column `{missing[0]}`"
        raise InputError(unreadable(path, "redcap", found, expected, "Project Setup, Data Dictionary, Download"))
    named = table.frame.rename({name: _BY_API.get(name, name) for name in table.frame.columns})
    fields = [_field(row) for row in named.iter_rows(named=True)]
    if not fields:
        raise InputError(unreadable(path, "redcap", "no field", expected))
    return fields


def _field(row: Mapping[str, str | None]) -> RedcapField:
    def text(column: str) -> str:
        return " ".join(_MARKUP.sub(" ", row.get(column) or "").split())

    kind = (row[KIND] or "text").strip().lower()
    return RedcapField(
        name=(row[NAME] or "").strip().lower(),
        form=(row[FORM] or "").strip(),
        kind=kind,
        label=text(LABEL),
        note=text(NOTE),
        validation=(row.get(VALIDATION) or "").lower(),
        choices=_FIXED.get(kind) or (read_choices(row[CHOICES] or "") if kind in _CHOSEN else {}),
        identifier=(row.get(IDENTIFIER) or "").lower() == "y",
    )


def read_choices(text: str) -> dict[str, str]:
    """Return the labels of choices by their codes.

    Examples:
        >>> read_choices("1, Male | 2, Female | UNK, Not known, or not told")
        {'1': 'Male', '2': 'Female', 'UNK': 'Not known, or not told'}
    """
    pairs = (choice.partition(",") for choice in re.split(r"\||\n", text) if choice.strip())
    return {code.strip(): " ".join(_MARKUP.sub(" ", label).split()) for code, _, label in pairs}
