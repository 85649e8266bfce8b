"""The tables of a study from REDCap's records, exported as raw CSV, by a finished mapping.

Repeating instruments and events, checkbox fields and records entered twice (`ID--1`, `ID--2`) are read as REDCap
writes them. Every row names the record, event, instrument and instance that it is from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from engager.errors import LISTED, InputError, Issue, Place, Severity
from engager.plan import InputFormat
from engager.readers.csv_folder import read_csv
from engager.readers.raw import RawTable, unreadable
from engager.readers.redcap_mapping import Mapped, Rows, Source
from engager.readers.typed import read_table
from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_OWN = (EVENT, INSTRUMENT, INSTANCE, "redcap_data_access_group", "redcap_survey_identifier")
_ENTRY = r"^(.+)--([12])$"
_CHECKED = ("1", "Checked")
_BOX = "box "


@dataclass(frozen=True, slots=True)
class RedcapStudies:
    """The tables of each study in an export, by entry: `""` for records entered once, or merged; `1` and `2`."""

    studies: Mapping[str, Mapping[str, pl.DataFrame]]
    issues: Sequence[Issue]


def read_records(path: Path, mapping: Mapped) -> RedcapStudies:
    """Return the tables that an export gives, and its warnings.

    Raises InputError with every cell, row and field that the mapping or a table cannot take.
    """
    raw = read_csv(path, "records")
    if issues := list(_missing_fields(raw, mapping)):
        raise InputError(issues)
    records = _named(raw, mapping)
    issues = [*_without_name(raw, records)]
    made: dict[str, list[pl.DataFrame]] = {name: [] for name in TABLES}
    for rows in mapping.rows:
        frame, wrong = _rows(raw, records, rows)
        issues += wrong or _unreadable(raw, rows, frame)
        made[rows.table].append(frame)
    issues += _twice(raw, made["patients"])
    if issues:
        raise InputError(issues)
    tables = {name: _table(name, frames) for name, frames in made.items()}
    entries = sorted(records["entry "].unique().to_list())
    studies = {
        entry: {name: table.filter(pl.col("entry ") == entry).drop("entry ") for name, table in tables.items()}
        for entry in entries
    }
    return RedcapStudies(studies, [*raw.issues, *_unmapped(raw, mapping)])


def _missing_fields(raw: RawTable, mapping: Mapped) -> Iterator[Issue]:
    """Yield each field that the mapping names and the export does not have."""
    advice = "Export all fields as `CSV / Microsoft Excel (raw data)`"
    if mapping.record not in raw.headings:
        found = f"no field `{mapping.record}`; the export has {', '.join(raw.headings[:8])}"
        yield unreadable(raw.path, "redcap", found, "raw records under the names of their fields", advice)
        return
    if not raw.frame.height:
        yield unreadable(raw.path, "redcap", "no record", "a record a row", advice)
    for number, rows in enumerate(mapping.rows, 1):
        for name in _wanted(rows):
            if not any(
                heading == name or (name.endswith("___") and heading.startswith(name)) for heading in raw.headings
            ):
                found = f"no field `{name}`, which part {number} of the mapping ({rows.table}) names"
                yield unreadable(raw.path, "redcap", found, "every field of the mapping", advice)
    if any(rows.events for rows in mapping.rows) and EVENT not in raw.headings:
        yield unreadable(raw.path, "redcap", f"no column `{EVENT}`", "the events that the mapping names", advice)


def _wanted(rows: Rows) -> Iterator[str]:
    """Yield the fields that a part of the mapping names, a checkbox field as what its boxes begin with."""
    yield from rows.when
    for source in rows.columns.values():
        if name := source.field or (f"{source.checkbox}___" if source.checkbox else None):
            yield name


def _named(raw: RawTable, mapping: Mapped) -> pl.DataFrame:
    """Return the records with their row, patient, entry, event, instrument and instance, null where not exported."""
    own = [
        pl.col(name) if name in raw.headings else pl.lit(None, pl.String).alias(name)
        for name in (EVENT, INSTRUMENT, INSTANCE)
    ]
    name = pl.col(mapping.record)
    entry = name.str.extract(_ENTRY, 2).fill_null("")
    patient = pl.when(entry == "").then(name).otherwise(name.str.extract(_ENTRY, 1))
    fields = [pl.col(heading) for heading in raw.headings if heading not in (EVENT, INSTRUMENT, INSTANCE)]
    return raw.frame.select(*fields, *own, patient.alias("patient "), entry.alias("entry "), raw.rows.alias("row "))


def _without_name(raw: RawTable, records: pl.DataFrame) -> Iterator[Issue]:
    for row in records.filter(pl.col("patient ").is_null())["row "].head(LISTED):
        yield Issue(
            Severity.ERROR, "redcap.record", Place(raw.path.name, row=row), "no record", "the record of every row"
        )


def _rows(raw: RawTable, records: pl.DataFrame, rows: Rows) -> tuple[pl.DataFrame, list[Issue]]:
    """Return the rows that a part of the mapping makes, and the codes it does not know."""
    chosen = records.filter(_belongs(rows, records))
    boxes = {column: source for column, source in rows.columns.items() if source.checkbox}
    rowwise = {
        column: source
        for column, source in boxes.items()
        if kind_of(TABLES[rows.table].columns()[column]) is not Kind.TEXT
    }
    for column, source in rowwise.items():
        chosen = _a_row_each(chosen, source, column)
    issues = [issue for column, source in rows.columns.items() for issue in _unknown(raw, chosen, column, source)]
    texts = [
        _text(chosen, column, source, row_each=column in rowwise).alias(column)
        for column, source in rows.columns.items()
    ]
    frame = chosen.select(pl.col("patient ").alias("patient"), *texts, _source(raw).alias("source "), "entry ", "row ")
    if "source" in frame.columns:
        both = pl.concat_str(pl.col("source"), pl.col("source "), separator="; ", ignore_nulls=True)
        return frame.with_columns(both.alias("source")).drop("source "), issues
    return frame.rename({"source ": "source"}), issues


def _belongs(rows: Rows, records: pl.DataFrame) -> pl.Expr:
    """Return which records a part of the mapping makes rows of."""
    instrument = pl.col(INSTRUMENT).is_null() | (pl.col(INSTRUMENT) == rows.form)
    # Some exports name instruments by their labels.
    instrument |= pl.col(INSTRUMENT).str.to_lowercase().str.replace_all(r"\W+", "_") == rows.form
    named = pl.col(EVENT).is_in(rows.events) if rows.events else pl.lit(value=True)
    needed = [pl.col(name).is_not_null() for name in rows.when]
    fields = [pl.col(source.field).is_not_null() for source in rows.columns.values() if source.field]
    fields += [_ticked(name) for source in rows.columns.values() if source.checkbox for name in _boxes(records, source)]
    filled = pl.any_horizontal(*fields) if fields else pl.lit(value=True)
    return pl.all_horizontal(instrument, named, filled, *needed)


def _boxes(records: pl.DataFrame, source: Source) -> dict[str, str]:
    """Return the columns of a checkbox field with the code of each box."""
    start = f"{source.checkbox}___"
    # REDCap writes a code in lower case, its minus sign as an underscore.
    codes = {code.lower().replace("-", "_"): code for code in source.codes or {}}
    ends = {name: name.removeprefix(start) for name in records.columns if name.startswith(start)}
    return {name: codes.get(end, end) for name, end in ends.items()}


def _ticked(name: str) -> pl.Expr:
    return pl.col(name).is_in(_CHECKED).fill_null(value=False)


def _a_row_each(records: pl.DataFrame, source: Source, column: str) -> pl.DataFrame:
    """Return the records, one for each box that is ticked, with its code beside."""
    boxes = _boxes(records, source)
    codes = pl.concat_list(pl.when(_ticked(name)).then(pl.lit(code)) for name, code in boxes.items()).list.drop_nulls()
    return (
        records.with_columns(codes.alias(_BOX + column))
        .explode(_BOX + column)
        .filter(pl.col(_BOX + column).is_not_null())
    )


def _given(column: str, source: Source) -> str | None:
    """Return the column of the records that holds the codes of a source."""
    if source.checkbox:
        return _BOX + column
    return EVENT if source.event else source.field


def _text(records: pl.DataFrame, column: str, source: Source, *, row_each: bool) -> pl.Expr:
    if source.constant is not None:
        return pl.lit(source.constant)
    if source.instance:
        return pl.col(INSTANCE)
    if source.checkbox and not row_each:
        labels = source.codes or {}
        ticked = [
            pl.when(_ticked(name)).then(pl.lit(labels.get(code, code)))
            for name, code in _boxes(records, source).items()
        ]
        joined = pl.concat_str(ticked, separator="; ", ignore_nulls=True)
        return pl.when(joined != "").then(joined)
    name = _given(column, source)
    return (
        pl.col(str(name)).replace_strict(dict(source.codes), default=None, return_dtype=pl.String)
        if source.codes
        else pl.col(str(name))
    )


def _unknown(raw: RawTable, records: pl.DataFrame, column: str, source: Source) -> Iterator[Issue]:
    """Yield each code that stands in the records and has no text in the mapping."""
    name = _given(column, source)
    if not source.codes or name is None or name not in records.columns:
        return
    known = [code for code, text in source.codes.items() if text]
    wrong = records.filter(pl.col(name).is_not_null() & ~pl.col(name).is_in(known))
    shown = source.field or source.checkbox or EVENT
    for row, code in wrong.select("row ", name).head(LISTED).iter_rows():
        found, expected = f"the code `{code}`", f"a code that the mapping knows ({', '.join(known)})"
        advice = "Give it a text under `codes` of the mapping (NA if it says that nothing is known), or export raw data"
        yield Issue(Severity.ERROR, "redcap.code", Place(raw.path.name, None, row, shown), found, expected, advice)
    if wrong.height > LISTED:
        found = f"{wrong.height - LISTED} more cells with codes that the mapping does not know"
        yield Issue(
            Severity.ERROR, "redcap.code", Place(raw.path.name, None, None, shown), found, "codes that it knows"
        )


def _source(raw: RawTable) -> pl.Expr:
    """Return where a row stands: the file and its row, the event, the instrument and the instance."""
    parts = [
        pl.format(f"{raw.path.name.replace('{', '(').replace('}', ')')} row {{}}", "row "),
        pl.format("event {}", pl.col(EVENT)),
        pl.format("{} {}", pl.col(INSTRUMENT), pl.col(INSTANCE)),
    ]
    return pl.concat_str(parts, separator=", ", ignore_nulls=True)


def _unreadable(raw: RawTable, rows: Rows, frame: pl.DataFrame) -> list[Issue]:
    """Return an issue for each text that its column cannot take, with the row and the field of the records."""
    texts = frame.drop("entry ", "row ")
    table = RawTable(rows.table, raw.path, None, texts, frame["row "], dict.fromkeys(texts.columns, 0))
    fields = {column: source.field or source.checkbox or column for column, source in rows.columns.items()}
    found = [
        issue
        for issue in read_table(table, TABLES[rows.table], InputFormat()).issues
        if issue.rule == "values.unreadable"
    ]
    return [replace(issue, place=replace(issue.place, column=fields.get(str(issue.place.column), issue.place.column)),
                    rule="redcap.value") for issue in found]  # fmt: skip


def _twice(raw: RawTable, patients: list[pl.DataFrame]) -> Iterator[Issue]:
    """Yield the rows that would make a patient twice."""
    if not patients:
        yield unreadable(
            raw.path, "redcap", "nothing that makes rows of patients", "[[rows]] of the table patients in the mapping"
        )
        return
    names = pl.concat([frame.select("patient", "entry ", "row ") for frame in patients])
    again = names.filter(pl.struct("patient", "entry ").is_first_distinct().not_())
    for patient, row in again.select("patient", "row ").head(LISTED).iter_rows():
        found, advice = (
            f"patient {patient} a second time",
            "Name the event of the baseline under `events` of the mapping",
        )
        yield Issue(Severity.ERROR, "redcap.patient", Place(raw.path.name, row=row), found, "a patient once", advice)


def _table(name: str, frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Return a table of texts with the columns that were mapped and those that every row needs."""
    schema = TABLES[name].columns()
    frame = pl.concat([frame.drop("row ") for frame in frames], how="diagonal") if frames else pl.DataFrame()
    needed = [column for column, declared in schema.items() if not declared.nullable and column != "row"]
    absent = [
        column for column in dict.fromkeys(("patient", *needed, "source", "entry ")) if column not in frame.columns
    ]
    if not frames:
        frame = pl.DataFrame(schema=dict.fromkeys(absent, pl.String))
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent if name not in frame.columns)
    return frame.select(*(column for column in schema if column in frame.columns), "entry ")


def _unmapped(raw: RawTable, mapping: Mapped) -> Iterator[Issue]:
    """Yield a warning for each field with values that the mapping neither uses nor leaves out."""
    used = {mapping.record, *_OWN, *mapping.left_out}
    used |= {name for rows in mapping.rows for name in rows.when}
    used |= {source.field or source.checkbox or "" for rows in mapping.rows for source in rows.columns.values()}
    for name in raw.headings:
        filled = raw.frame.height - raw.frame[name].null_count()
        if filled and not name.endswith("_complete") and used.isdisjoint((name, name.partition("___")[0])):
            found, expected = (
                f"{filled} values that the mapping does not use",
                "each field used, or named in `left_out`",
            )
            yield Issue(Severity.WARNING, "redcap.unmapped", Place(raw.path.name, column=name), found, expected)
