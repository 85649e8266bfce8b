"""Event tables in the NONMEM manner: ID, TIME, EVID, AMT, RATE, II, ADDL, SS, CMT.

A dose record (EVID 1) with a RATE is an infusion of AMT / RATE; ADDL repeats it ADDL times, II apart. CMT names the
input of the model, counted from 1. What cannot be simulated as it is written is refused with its row and column, never
ignored: a bolus (RATE 0), a modelled rate or duration (RATE -1, -2), steady state (SS 1, 2), resets (EVID 3, 4),
observations (EVID 0, 2). Infusions into one compartment that overlap are refused. A line that begins with `#`, and a
record with a mark in the column C, are comments, as with NONMEM.

The format has no units, so they are named by whoever reads or writes: a table is in one unit of time and one of amount.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engager.errors import LISTED, InputError, Issue, Place, Severity, option
from engager.simulator.treatment.schedule import Schedule
from engager.terms.likeness import did_you_mean

COLUMNS = ("ID", "TIME", "EVID", "AMT", "RATE", "II", "ADDL", "SS", "CMT")
_NEEDED = ("ID", "TIME", "AMT", "RATE")
_IGNORED = ("DV", "MDV", "C", "NOTE")
TIME_UNITS: Mapping[str, float] = {"d": 1.0, "h": 1 / 24, "min": 1 / 1440}
AMOUNT_UNITS: Mapping[str, float] = {"ug": 1.0, "mg": 1000.0, "ng": 1e-3}
_TYPES: Mapping[str, type[pl.DataType]] = {
    "ID": pl.String, "TIME": pl.Float64, "EVID": pl.Int64, "AMT": pl.Float64, "RATE": pl.Float64, "II": pl.Float64,
    "ADDL": pl.Int64, "SS": pl.Int64, "CMT": pl.Int64,
}  # fmt: skip
# What is often written for a column, and what to do.
_MEANT = {
    "DUR": "Take it out: AMT over RATE is the duration", "TINF": "Take it out: AMT over RATE is the duration",
    "DATE": "Take it out and write TIME as the time since the first dose",
    "WT": "Take it out: bodies are drawn from the population",
    "BSA": "Take it out: bodies are drawn from the population",
    "SUBJ": "Did you mean `ID`?", "SUBJID": "Did you mean `ID`?", "DOSE": "Did you mean `AMT`?",
}  # fmt: skip
_REFUSED_EVENTS = {
    0: "an observation: visits are set by the study, take the record out",
    2: "another event: nothing here answers it, take the record out",
    3: "a reset: a patient's course has one beginning; give the patient a new ID",
    4: "a reset and dose: a patient's course has one beginning; give the patient a new ID",
}


@dataclass(frozen=True, slots=True)
class EventTable:
    """Infusions of patients: `patients` are their IDs in the order of the table, `schedule` counts them from 0.

    Times are days, rates ug/d of the first input; the others keep the unit of their input.
    """

    patients: tuple[str, ...]
    schedule: Schedule


def read_event_table(path: Path, *, time_unit: str, amount_unit: str, inputs: int = 3) -> EventTable:
    """Return the infusions of an event table (CSV).

    Args:
        path: the file.
        time_unit: d, h or min.
        amount_unit: ug, mg or ng; of the first compartment.
        inputs: how many compartments may be dosed.

    Raises:
        InputError: every record, cell or unit that cannot be used, with its place.
    """
    factors = _factor("time-unit", time_unit, TIME_UNITS), _factor("amount-unit", amount_unit, AMOUNT_UNITS)
    frame = _read(path)
    issues = [*_of_columns(frame, path.name)]
    if issues:
        raise InputError(issues)
    numbers, issues = _numbers(frame, path.name)
    issues += [*_of_names(frame, path.name), *_of_records(numbers, path.name, inputs)]
    if issues:
        raise InputError(issues[:LISTED])
    return _table(_names(frame), numbers, factors, path.name)


def event_frame(schedule: Schedule, patients: Sequence[str]) -> pl.DataFrame:
    """Return a schedule as an event table, a record an infusion: TIME in days, AMT in the unit of the input.

    `patients` are the IDs by their positions in the schedule.
    """
    length = schedule.end - schedule.start
    rows = pl.DataFrame(
        {"ID": [patients[at] for at in schedule.patient], "TIME": schedule.start, "EVID": 1,
         "AMT": schedule.rate * length, "RATE": schedule.rate, "II": 0, "ADDL": 0, "SS": 0, "CMT": schedule.input + 1},
        schema=_TYPES,
    )  # fmt: skip
    return rows.sort("ID", "TIME", "CMT", maintain_order=True)


def write_event_table(
    table: EventTable, *, time_unit: str = "d", amount_unit: str = "ug"
) -> str:  # fmt: skip
    """Return infusions as the text of an event table (CSV), in the units named; InputError for another unit."""
    time = _factor("time-unit", time_unit, TIME_UNITS)
    amount = _factor("amount-unit", amount_unit, AMOUNT_UNITS)
    scale = pl.when(pl.col("CMT") == 1).then(1 / amount).otherwise(1.0)
    frame = event_frame(table.schedule, table.patients).with_columns(
        TIME=pl.col("TIME") / time, AMT=pl.col("AMT") * scale, RATE=pl.col("RATE") * scale * time
    )
    file = io.StringIO()
    frame.write_csv(file)
    return file.getvalue()


def _factor(name: str, unit: str, known: Mapping[str, float]) -> float:
    if unit in known:
        return known[unit]
    place = option(name)
    raise InputError(_issue(place, f"`{unit}`", f"one of {', '.join(known)}", did_you_mean(unit, known)))


def _read(path: Path) -> pl.DataFrame:
    """Return the table as text, headings in capitals, `row` the line of each record; without comments."""
    lines = _lines(path)
    try:
        frame = pl.read_csv(io.StringIO("\n".join(lines.values())), infer_schema=False, truncate_ragged_lines=False)
    except pl.exceptions.PolarsError as error:
        found = f"no table: {str(error).splitlines()[0]}"
        raise InputError(_issue(Place(path.name), found, "a CSV file with a heading row")) from None
    names = [name.strip().upper() for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(_issue(Place(path.name, row=1, column=twice[0]), "the column twice", "each column once"))
    table = frame.rename(dict(zip(frame.columns, names, strict=True))).with_columns(row=pl.Series(list(lines)[1:]))
    if "C" not in names:
        return table
    return table.filter(pl.col("C").fill_null("").str.strip_chars().is_in(["", ".", "0"]))


def _lines(path: Path) -> dict[int, str]:
    """Return the lines by their numbers, without empty ones and comments; InputError where commas do not part them."""

    def refuse(found: str, expected: str) -> NoReturn:
        raise InputError(_issue(Place(path.name), found, expected)) from None

    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        refuse(f"a file that cannot be read ({error.strerror or error})", "a CSV file")
    except UnicodeDecodeError:
        refuse("a file that is no text in UTF-8", "a CSV file in UTF-8")
    numbered = enumerate(text.splitlines(), 1)
    lines = {number: line for number, line in numbered if line.strip() and not line.lstrip().startswith("#")}
    head = next(iter(lines.values()), "")
    for sign, words in ((";", "semicolons"), ("\t", "tabs"), (" ", "blanks")):
        if "," not in head and len(head.strip().split(sign)) > 1:
            refuse(f"fields parted by {words}", "fields parted by commas, numbers with a decimal point")
    return lines


def _names(frame: pl.DataFrame) -> pl.Series:
    """Return the IDs as texts; numbers are one ID however they are written, as 1 and 1.0."""
    text, number = pl.col("ID").str.strip_chars(), pl.col("ID").str.strip_chars().cast(pl.Float64, strict=False)
    whole = number.is_not_null() & (number == number.floor()) & (number.abs() < 2**53)
    return frame.select(ID=pl.when(whole).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(text))[
        "ID"
    ]


def _of_names(frame: pl.DataFrame, file: str) -> Iterable[Issue]:
    empty = frame["ID"].fill_null("").str.strip_chars().is_in(["", "."])
    for row in frame.filter(empty)["row"].head(LISTED):
        yield _issue(Place(file, row=row, column="ID"), "no ID", "the patient of the record")


def _of_columns(frame: pl.DataFrame, file: str) -> Iterable[Issue]:
    for name in _NEEDED:
        if name not in frame.columns:
            yield _issue(Place(file, row=1, column=name), "no such column", f"the columns {', '.join(COLUMNS)}")
    for name in frame.columns:
        if name not in (*COLUMNS, *_IGNORED, "row"):
            advice = _MEANT.get(name) or did_you_mean(name, COLUMNS) or "Take it out: nothing would read it"
            yield _issue(Place(file, row=1, column=name), "an unknown column", f"one of {', '.join(COLUMNS)}", advice)
    if not frame.height:
        yield _issue(Place(file), "no record", "one or more")


def _numbers(frame: pl.DataFrame, file: str) -> tuple[dict[str, NDArray[np.float64]], list[Issue]]:
    """Return the columns as numbers, with NONMEM's defaults where a column or a cell is empty, and what is none."""
    defaults = {"EVID": 1.0, "II": 0.0, "ADDL": 0.0, "SS": 0.0, "CMT": 1.0}
    numbers, issues = {}, []
    for name in COLUMNS[1:]:
        texts = (
            frame[name].str.strip_chars()
            if name in frame.columns
            else pl.Series([None] * frame.height, dtype=pl.String)
        )
        empty = texts.is_null() | texts.is_in(["", "."])
        values = texts.cast(pl.Float64, strict=False)
        bad = ~empty & (values.is_null() | ~values.is_finite().fill_null(value=False))
        bad |= empty & (name not in defaults)
        issues += [_issue(Place(file, row=frame["row"][int(row)], column=name), *_no_number(texts[int(row)]))
                   for row in bad.arg_true()[:LISTED]]  # fmt: skip
        numbers[name] = values.fill_null(defaults.get(name, np.nan)).to_numpy().astype(float)
    numbers["row"] = frame["row"].to_numpy().astype(float)
    return numbers, issues


def _no_number(text: str | None) -> tuple[str, str]:
    """Return what was found in the place of a number, and what was expected."""
    comma = "," in (text or "")
    return f"`{text}`" if text else "an empty cell", "a number, with a decimal point" if comma else "a number"


def _of_records(numbers: Mapping[str, NDArray[np.float64]], file: str, inputs: int) -> list[Issue]:
    """Return what cannot be simulated as it is written."""
    event, rate, repeats = numbers["EVID"], numbers["RATE"], numbers["ADDL"]
    dose = event == 1
    found = [
        *((event == code, "EVID", words, "1, a dose") for code, words in _REFUSED_EVENTS.items()),
        (~np.isin(event, [0, 1, 2, 3, 4]), "EVID", "an unknown event", "1, a dose"),
        (dose & np.isin(rate, [-1, -2]), "RATE", "a rate or duration to be modelled", "the rate itself, above 0"),
        (dose & (rate < 0) & ~np.isin(rate, [-1, -2]), "RATE", "a negative rate", "a rate above 0"),
        (dose & (rate == 0), "RATE", "a bolus", "an infusion: a rate above 0"),
        (dose & (numbers["AMT"] <= 0), "AMT", "no amount", "an amount above 0"),
        (np.isin(numbers["SS"], [1, 2]), "SS", "a steady state", "0: every infusion that was given, from the first"),
        ((repeats < 0) | (repeats % 1 != 0), "ADDL", "no count", "0 or a whole number"),
        ((repeats > 0) & (numbers["II"] <= 0), "II", "no interval beside ADDL", "the time from one dose to the next"),
        (~np.isin(numbers["CMT"], np.arange(1, inputs + 1)), "CMT", "a compartment that nothing is given into",
         f"1 (the drug) to {inputs}"),
    ]  # fmt: skip
    return [
        _issue(
            Place(file, row=int(numbers["row"][row]), column=column), f"{words} (`{numbers[column][row]:g}`)", expected
        )
        for wrong, column, words, expected in found
        for row in np.flatnonzero(wrong)[:LISTED]
    ]


def _table(
    names: pl.Series, numbers: Mapping[str, NDArray[np.float64]], factors: tuple[float, float], file: str
) -> EventTable:
    """Return the infusions with every repetition, in days."""
    time, amount = factors
    patients = tuple(names.unique(maintain_order=True))
    who = names.replace_strict(patients, range(len(patients)), return_dtype=pl.Int64).to_numpy()
    into = numbers["CMT"].astype(np.int64) - 1
    times = numbers["ADDL"].astype(np.int64) + 1
    record = np.repeat(np.arange(len(who)), times)
    repeat = np.arange(len(record)) - np.repeat(np.cumsum(times) - times, times)
    start = (numbers["TIME"][record] + repeat * numbers["II"][record]) * time
    length = (numbers["AMT"] / numbers["RATE"])[record] * time
    rate = numbers["RATE"][record] / time * np.where(into[record] == 0, amount, 1.0)
    order = np.lexsort((start, into[record], who[record]))
    rows = numbers["row"][record][order]
    _refuse_overlap(who[record][order], into[record][order], start[order], length[order], rows, file)
    return EventTable(patients, Schedule.of(who[record], into[record], start, start + length, rate))


def _refuse_overlap(
    who: NDArray[np.int64], into: NDArray[np.int64], start: NDArray[np.float64], length: NDArray[np.float64],
    rows: NDArray[np.float64], file: str,
) -> None:  # fmt: skip
    same = (who[1:] == who[:-1]) & (into[1:] == into[:-1])
    over = np.flatnonzero(same & (start[1:] < start[:-1] + length[:-1] - 1e-9))
    issues = [
        _issue(Place(file, row=int(rows[at + 1]), column="TIME"), f"an infusion that begins while that of row "
               f"{int(rows[at])} runs", "one infusion after the other; add their rates for the time of both")
        for at in over[:LISTED]
    ]  # fmt: skip
    if issues:
        raise InputError(issues)


def _issue(place: Place, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, "event_table", place, found, expected, advice, structural=True)
