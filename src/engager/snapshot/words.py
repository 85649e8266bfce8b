"""Rows and changes in clinical words: `patient 5: relapse added, day 190`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WHEN = {
    "baseline": "at baseline", "start of cycle": "before cycle {}", "during cycle": "during cycle {}",
    "end of cycle": "after cycle {}", "best response": "as best response", "after treatment": "after treatment",
}  # fmt: skip
_MEASURED = ("value", "lod", "loq", "lower_limit", "upper_limit", "dose")
_NAMES = {"hsct": "transplantation", "mrd": "MRD"}
# Of each table: the cells that name the row, and those that are told beside it when a row comes or goes.
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "patients": ("sex", "age", "group"),
    "exposure": ("dose",),
    "measurements": ("value", "method"),
    "adverse_events": ("grade",),
    "therapies": ("name", "phase", "donor"),
    "follow_up": ("site", "cause", "status"),
}


def row_in_words(table: str, row: Mapping[str, str], patient: str | None, what: str) -> str:
    """Return the words of a row that was added or removed.

    Examples:
        >>> row_in_words("follow_up", {"event": "relapse", "day": "190"}, "5", "added")
        'patient 5: relapse added, day 190'
    """
    if table == "patients":
        return ", ".join(
            [f"patient {patient} {what}", *(f"{name} {row[name]}" for name in _BESIDE[table] if name in row)]
        )
    beside = [_told(name, row) for name in _BESIDE[table] if name in row]
    return ", ".join(filter(None, [f"patient {patient}: {_subject(table, row)} {what}", _when(row), *beside]))


def words_of_change(
    table: str, field: str, row: Mapping[str, str], patient: str | None, before: str | None, after: str | None
) -> str:
    """Return the words of a cell that changed.

    Examples:
        >>> row = {"test": "marrow_blasts", "cycle": "2", "timepoint": "start of cycle", "value": "70", "unit": "%"}
        >>> words_of_change("measurements", "value", row, "3", "70 %", "7 %")
        'patient 3: marrow blasts before cycle 2 changed from 70 % to 7 %'
    """
    of = "" if table == "patients" else " ".join(filter(None, [_subject(table, row), _when(row, "on ")]))
    own = field in ("value",) or not of
    subject = field.replace("_", " ") if not of else of if own else f"{field.replace('_', ' ')} of {of}"
    if before is None and after is None:
        return f"patient {patient}: {subject} changed"
    if before is None:
        return f"patient {patient}: {subject} entered, {after}"
    if after is None:
        return f"patient {patient}: {subject} emptied, was {before}"
    return f"patient {patient}: {subject} changed from {before} to {after}"


def value_in_words(field: str, text: str | None, row: Mapping[str, Any], side: str) -> str | None:
    """Return the text of a cell with the unit of its row, where it is measured in one."""
    unit = _unit(row.get(f"text.unit{side}"))
    return f"{text} {unit}" if text is not None and field in _MEASURED and unit and text[:1] in "0123456789<>" else text


def _unit(unit: str | None) -> str:
    """Return a unit as it is told behind a value; nothing for a fraction."""
    return unit if unit and unit != "1" else ""


def _subject(table: str, row: Mapping[str, str]) -> str:
    """Return what a row is of."""
    if table == "exposure":
        return f"infusion of cycle {row['cycle']}" if "cycle" in row else "infusion"
    name = row.get(
        {"measurements": "test", "adverse_events": "term", "therapies": "kind", "follow_up": "event"}[table], ""
    )
    return _NAMES.get(name, name.replace("_", " "))


def _told(name: str, row: Mapping[str, str]) -> str:
    """Return a cell as it is told beside a row."""
    if name in ("value", "dose"):
        return " ".join(filter(None, [row[name], _unit(row.get("unit"))]))
    return row[name] if name in ("name", "site", "cause", "status") else f"{name} {row[name]}"


def _when(row: Mapping[str, str], on: str = "") -> str:
    """Return when a row was: its days, or its cycle and timepoint."""
    if "day" in row:
        return f"{on}day {row['day']}"
    if "start_day" in row:
        until = f" to {row['end_day']}" if "end_day" in row and row["end_day"] != row["start_day"] else ""
        return f"from day {row['start_day']}{until}"
    date = row.get("date") or row.get("start_date")
    if date:
        return f"{on}{date}"
    if "timepoint" in row:
        return _WHEN.get(row["timepoint"], row["timepoint"]).format(row.get("cycle", "")).strip()
    return f"in cycle {row['cycle']}" if "cycle" in row and "dose" not in row else ""
