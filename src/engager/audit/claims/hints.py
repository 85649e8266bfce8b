"""What the words around a cell say about its numbers: counts, percentages, medians, ids, p-values, a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from engager.audit.claims.labels import expand_ids
from engager.audit.manuscript import Column, Row, Table
from engager.audit.reading.shapes import WHAT_IS_TOLD


class Hint(StrEnum):
    """What a header or label announces."""

    IDS = "ids"
    P_VALUE = "p"
    PERCENT = "percent"
    INTERVAL = "interval"
    COUNT_PERCENT = "count_percent"
    PERCENT_COUNT = "percent_count"
    COUNT = "count"
    MEDIAN_RANGE = "median_range"
    MEDIAN_QUARTILES = "median_quartiles"
    MEDIAN = "median"
    MEAN_SD = "mean_sd"
    MEAN = "mean"
    RANGE = "range"
    OTHER = "other"


# What stands behind a P of phosphorus, and not behind that of a p-value.
_UNIT_OF_P = r"(?:[mµμkn]?g|[mµμ]?mol|U|%)\b|[^)]*/"
_RULES: tuple[tuple[Hint, re.Pattern[str]], ...] = tuple(
    (hint, re.compile(text))
    for hint, text in (
        (Hint.IDS, r"(?i)\b(?:patients?|pt|subject|case)['’]?s?\s?(?:ids?|no\.?|nos\.?|numbers?|nr\.?|#)\s*$"),
        (Hint.IDS, r"(?i)^(?:ids?|UPN|patients?\s*\(ids?\)|Patient(?:en)?-?(?:Nr|ID)\.?)$"),
        (Hint.P_VALUE, r"(?i)^p(?:\s?[-–]?\s?(?:values?|werte?))?\s?(?:[*†‡§ᵃ-ᵡ]|\((?!" + _UNIT_OF_P + r").*\))?$"),
        (Hint.MEDIAN_QUARTILES, r"(?i)\b(?:IQR|interquartile|quartiles?|Q1|25th|P25)\b"),
        (Hint.INTERVAL, r"\b(?:CI|KI|[Cc]onfidence|CrI)\b"),
        (Hint.MEDIAN_RANGE, r"(?i)\bmedian\b.*\b(?:range|min|Spanne|Spannweite|Bereich)\b|\(min\b.*\bmax\)"),
        (Hint.MEAN_SD, r"(?i)\b(?:means?|mittelwert|average)\b.*(?:\bSD\b|±|standard|\bs\.d\.)|±\s?SD"),
        (Hint.PERCENT_COUNT, r"%\s?(?:[(\[]\s?|,\s)(?:[nN]|[Nn]o\.?|Anzahl)\s?(?:[)\]]|$)"),
        (Hint.COUNT_PERCENT, r"\b(?:[nN]|[Nn]o\.?|[Nn]umber|[Pp]atients|Anzahl)\b[^()]{0,40}[(\[,/|;]\s?(?:in\s)?%"),
        (Hint.COUNT_PERCENT, r"\(%\)\s*$"),
        (Hint.PERCENT, r"(?i)^\(?%\)?$|^percent(?:age)?s?\b|^prozent|,?\s%$|\(in %\)|\bin percent\b"),
        (Hint.MEDIAN, r"(?i)\bmedian(?:e[rns]?)?\b"),
        (Hint.MEAN, r"(?i)\b(?:means?|mittelwert|average)\b"),
        (Hint.RANGE, r"(?i)\b(?:range|min|spanne|spannweite)\b"),
        (Hint.COUNT, r"(?:^|[\s,;:(\[])(?:n|N)(?:\.|\s?[)\]]?$|$)|^(?:[Pp]atients|[Ee]vents|[Cc]ases|[Pp]atienten)$"),
        (Hint.COUNT, r"\b(?:[Nn]o\.|[Nn]umbers?|[Aa]nzahl|#)(?:\s(?:of|der|von)\s(?!cycles|days)|\s*$)"),
        (Hint.OTHER, r"(?i)\b(?:ratio|score|index|level|dose|dosages?|time|weight|height|age|years|months|days)\b"),
        (Hint.OTHER, r"(?i)\b(?:weeks|rate)\b|\bper\s|\d\s?[µμmkn]?[gLl]\b|/\s?[µμmd]?[lL](?![-\w])|m²|m2\b|mg\b"),
    )
)  # fmt: skip
_CONCENTRATION = r"[x×]\s?10[^\s)\]]{1,4}(?:\s?/\s?[µμm]?[lL])?|[\w.^⁹ µμ/]{0,9}/\s?[µμmd]?[lL]|U/[\w²]+"
_UNIT = re.compile(
    r"[(\[,]\s?(?P<unit>(?:%|years?|months?|weeks?|days?|hours?|min|y|d|mo|Jahre|Monate|Tage|"
    r"[µμmkn]?g(?:/[^\s)\]]+)*|mcg(?:/[^\s)\]]+)*|cm|kg|kg/m[²2]|m[²2]|" + _CONCENTRATION + r"))\s?(?:[)\],]|$)"
)


@lru_cache(maxsize=4096)
def hint_of(text: str) -> Hint | None:
    """Return what a header or label announces, None where it announces nothing.

    Examples:
        >>> [str(hint_of(text)) for text in ("Sex, n (%)", "Patient ID", "Age (years), median (range)", "Sex, n.", "P")]
        ['count_percent', 'ids', 'median_range', 'count', 'p']
        >>> [hint_of(text) for text in ("Male", "All patients n=9", "Patients (n = 23)")]
        [None, None, None]
    """
    bare = re.sub(r"[(\[]?\s?\b[nN]\s?=\s?[\d,]+\s?[)\]]?", " ", text).strip(" ,;:")
    if bare != text.strip(" ,;:") and hint_of_bare(bare) in {Hint.COUNT, Hint.OTHER}:
        return Hint.COUNT if re.search(r"\bn\b|No\.", bare) else None
    return hint_of_bare(bare)


def hint_of_bare(text: str) -> Hint | None:
    """Return what a text without group sizes announces."""
    return next((hint for hint, found in _RULES if found.search(text)), None)


def hints_of(table: Table, row: Row, column: Column) -> tuple[Hint, ...]:
    """Return what announces the numbers of a cell, the nearest first.

    A column of ids, p-values or percentages is one for every row; else label and section of the row come before the
    header, and the caption is the last.
    """
    head = [hint_of(text) for text in reversed(column.path)]
    strong = [hint for hint in head if hint in {Hint.IDS, Hint.P_VALUE, Hint.PERCENT, Hint.INTERVAL}]
    label = [hint_of(text) for text in (row.label, *reversed(row.section))]
    if column.path and WHAT_IS_TOLD.match(column.path[-1]):
        # Under `Mean` and `SD` a row `P` is something that was measured.
        label = [hint for hint in label if hint is not Hint.P_VALUE]
    return tuple(hint for hint in (*strong, *label, *head, hint_of(table.caption)) if hint is not None)


_BY_NOTE = re.compile(
    r"\b(?:data|values|results|numbers) (?:are|were)(?: (?:shown|presented|given|expressed|reported))?(?: as)?"
    r"(?: the)? (?P<what>means?|medians?)\b",
    re.IGNORECASE,
)


def hints_of_table(table: Table) -> tuple[Hint, ...]:
    """Return what holds for each cell of which nothing else is said: `All data are means (SD) unless ...`, `% (n)`."""
    found = next((told for note in table.notes if (told := _BY_NOTE.search(note.text))), None)
    noted = () if found is None else (Hint.MEAN_SD if found["what"].lower().startswith("mean") else Hint.MEDIAN,)
    return ((Hint.PERCENT_COUNT,) if _percentages_first(table) else ()) + noted


def _percentages_first(table: Table) -> bool:
    """Return whether a table announces `% (n)` somewhere and `n (%)` nowhere, so that all its cells are read so."""
    texts = {text for row in table.rows for text in row.path} | {text for each in table.columns for text in each.path}
    hints = {hint_of(text) for text in texts} | {hint_of(table.caption)}
    return Hint.PERCENT_COUNT in hints and Hint.COUNT_PERCENT not in hints


_LIST_OF_PATIENTS = re.compile(r"^(?:[Pp]atients?|[Pp]atienten|[Ss]ubjects?|[Cc]ases?)$")


def id_columns(table: Table) -> set[int]:
    """Return the columns headed `Patients` that list patients and do not count them: at least one cell is a list."""
    found: set[int] = set()
    for column in table.columns[1:]:
        if column.path and _LIST_OF_PATIENTS.match(column.path[-1].strip()):
            texts = [row.cells[column.index - 1].text for row in table.rows if len(row.cells) >= column.index]
            lists = [expand_ids(text) for text in texts]
            told = [text for text in texts if any(sign.isdigit() for sign in text)]
            if any(len(ids) > 1 for ids in lists) and sum(map(bool, lists)) == len(told):
                found.add(column.index)
    return found


_THING = r"(?:cycles?|events?|episodes?|courses?|infusions?|samples?|AEs?|adverse events|Zyklen|Ereignisse|Proben)"
_OF_THINGS = re.compile(
    rf"\b{_THING} \((?:%|n)\)|\b(?:number|no\.|anzahl) (?:(?:of|der) )?(?:unerwünschte[rn] )?{_THING}\b", re.IGNORECASE
)
_BEGINS_WITH_THINGS = re.compile(
    r"^(?:cycles?|courses?|infusions?|samples?|Zyklen|Proben)\b(?! given| received| begun by| per| erhalten)"
    r"|^(?:all )?(?:events?|Ereignisse)$",
    re.IGNORECASE,
)


def things_counted(table: Table, row: Row, column: Column) -> str:
    """Return what a cell counts where it is not patients: `cycles`, `events`; empty where patients may be counted.

    Examples:
        >>> from engager.audit.manuscript import Position, Table
        >>> place, all_patients = Position("a"), Column(1, ("All patients (n = 9)",))
        >>> table = Table("", "", (all_patients,), (), (), place)
        >>> rows = Row(1, "Begun", ("Cycles",), (), place), Row(2, "1", ("Cycles given",), (), place)
        >>> [things_counted(table, row, all_patients) for row in rows]
        ['cycles', '']
    """
    for text in (row.label, *reversed(row.section), *reversed(column.path), table.caption):
        match = _OF_THINGS.search(text) or (_BEGINS_WITH_THINGS.match(text) if text != table.caption else None)
        if match:
            words = re.findall(_THING, match[0], re.IGNORECASE)
            return str(words[-1]).lower()
    return ""


def unit_of(row: Row, column: Column) -> str:
    """Return the unit that label, section or header give in brackets or behind a comma, empty where none.

    Examples:
        >>> from engager.audit.manuscript import Position
        >>> unit_of(Row(1, "Age (years), median (range)", (), (), Position("a")), Column(1, ("All",)))
        'years'
    """
    return _first_unit((row.label, *reversed(column.path), *reversed(row.section)))


_THINGS = re.compile(
    r"(?i)\b(?:number|no\.|anzahl) (?:of|der) (?!patients|children|cases|subjects|pat)(?P<unit>[a-zäöü]+)"
)


def _first_unit(texts: Iterable[str]) -> str:
    for text in texts:
        things = _THINGS.search(text)
        if things:
            return things["unit"]
        match = _UNIT.search(text)
        if match and match["unit"] != "%":
            return match["unit"]
    return ""
