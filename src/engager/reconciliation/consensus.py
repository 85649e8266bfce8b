"""The study that two abstractions become by decisions: A's rows the cells decided otherwise, the rows kept of B."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dataframely as dy
import polars as pl

from engager.cohort import Cohort
from engager.errors import LISTED, Issue, Place, Severity
from engager.reconciliation.cells import as_text
from engager.reconciliation.entered import derived_cells
from engager.reconciliation.items import DIFFERS, ONLY_A, ONLY_B
from engager.reconciliation.reconcile import Reconciled
from engager.schema import TABLES
from engager.schema.columns import Kind, dated_by, kind_of

# `1.234` may be read as a thousand where the study writes decimal commas, `1.2340` may not.
_POINT_AS_GROUP = r"^[<>=\u2264\u2265+-]*\s*\d{1,3}\.\d{3}$"


def consensus_tables(
    a: Cohort, b: Cohort, found: Reconciled, decisions: pl.DataFrame, *, commas: bool = False
) -> dict[str, pl.DataFrame]:
    """Return the tables of the consensus as text, a column for each that has a value or is required.

    `decisions` has a row for each item: `item`, `decision` (A, B or other) and the `value` of an other one. A row that
    one side alone found is kept where that side is right. What was not compared is A's; columns that the data model
    does not know are A's, else B's. Derived days are not written: they follow from the dates decided on. With `commas`
    the tables will be read by a plan whose numbers have decimal commas.
    """
    decided = found.items.join(decisions, on="item", how="left", maintain_order="left")
    tables = {table: _table(table, a, b, found, decided.filter(pl.col("table") == table)) for table in TABLES}
    return {table: _unmistakable(frame, table) for table, frame in tables.items()} if commas else tables


def without_patient(tables: Mapping[str, pl.DataFrame], file: str) -> list[Issue]:
    """Return an issue for each table with rows of patients whom the decisions in a file left out."""
    issues = []
    for name, frame in tables.items():
        known = tables["patients"]["patient"].implode()
        lost = frame.filter(~pl.col("patient").is_in(known))["patient"].unique(maintain_order=True)
        if len(lost):
            told = ", ".join(lost.head(LISTED))
            found = f"rows kept of patients who are left out: {told}"
            expected, advice = (
                "no row of a patient who is left out",
                "Keep the row of the patient, or leave out these rows",
            )
            place = Place(file, name, column="decision")
            issues.append(Issue(Severity.ERROR, "adjudication", place, found, expected, advice, structural=True))
    return issues


def _table(table: str, a: Cohort, b: Cohort, found: Reconciled, decided: pl.DataFrame) -> pl.DataFrame:
    one, two = (_as_entered(cohort, table) for cohort in (a, b))
    pairs = found.pairs[table].select("row_a", "row_b")
    drop = decided.filter(what=ONLY_A, decision="B")["row_a"]
    base = one.filter(~pl.col("row").is_in(drop.implode())).join(
        pairs, left_on="row", right_on="row_a", how="left", maintain_order="left"
    )  # fmt: skip
    for (field,), cells in decided.filter(what=DIFFERS).partition_by("field", as_dict=True).items():
        base = _with_decisions(base, str(field), cells, _date_of(table, str(field)))
    base = _with_sources(base, two, decided)
    added = two.filter(pl.col("row").is_in(decided.filter(what=ONLY_B, decision="B")["row_b"].implode()))
    base = _with_unknown(base, two, [name for name in two.columns if name not in one.columns])
    order = {patient: at for at, patient in enumerate(dict.fromkeys((*a.patients, *b.patients)))}
    together = pl.concat([base.drop("row_b"), added], how="diagonal")
    place = pl.col("patient").replace_strict(order, default=len(order), return_dtype=pl.UInt32)
    return _columns(together.sort(place, maintain_order=True), table)


def _as_entered(cohort: Cohort, table: str) -> pl.DataFrame:
    """Return a table as text that reads back as the same, derived days empty, with the columns unknown to the model."""
    declared = {
        name: column for name, column in TABLES[table].columns().items() if kind_of(column) is not Kind.INTERNAL
    }
    text = cohort[table].select(
        "row", *(as_text(name, kind_of(column)).alias(name) for name, column in declared.items())
    )
    if "value" in declared:
        text = text.with_columns(_plain_answer(cohort[table]).alias("value"))
    derived = derived_cells(cohort)[table]
    days = [name for name in derived.columns if name != "row"]
    marked = text.join(
        derived.rename({name: f"derived.{name}" for name in days}), on="row", how="left", maintain_order="left"
    )
    text = marked.with_columns(
        pl.when(~pl.col(f"derived.{name}").fill_null(value=False)).then(pl.col(name)).alias(name) for name in days
    ).select(text.columns)
    extras = cohort.extras.get(table)
    return text if extras is None else text.join(extras, on="row", how="left", maintain_order="left", suffix="_unknown")


def _plain_answer(table: pl.DataFrame) -> pl.Series:
    """Return the answers of tests in their own text, or, where that could be read in another way, as plain numbers."""
    sign = pl.when(pl.col("comparator") != "=").then(pl.col("comparator").cast(pl.String)).otherwise(pl.lit(""))
    number = pl.concat_str(sign, pl.col("value").cast(pl.String).str.strip_suffix(".0"))
    doubtful = pl.col("value_text").str.contains(",", literal=True) & pl.col("value").is_not_null()
    return table.select(value=pl.when(doubtful).then(number).otherwise("value_text"))["value"]


def _unmistakable(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return a table with a further 0 behind numbers whose point could be taken to group thousands."""
    kinds = {name: kind_of(column) for name, column in TABLES[table].columns().items() if name in frame.columns}
    numbers = [name for name, kind in kinds.items() if kind in (Kind.NUMBER, Kind.RESULT)]
    grouped = [
        pl.when(pl.col(name).str.contains(_POINT_AS_GROUP)).then(pl.col(name) + "0").otherwise(name) for name in numbers
    ]
    return frame.with_columns(expression.alias(name) for name, expression in zip(numbers, grouped, strict=True))


def _date_of(table: str, field: str) -> str | None:
    return dated_by(TABLES[table].columns()[field])


def _with_decisions(base: pl.DataFrame, field: str, cells: pl.DataFrame, date: str | None) -> pl.DataFrame:
    """Return the rows with the cells of a field that were not decided for A.

    The date of a day that was decided otherwise is emptied: it would contradict the day.
    """
    other = pl.col("decision") == "other"
    new = cells.filter(pl.col("decision") != "A").select(
        row="row_a", decided=pl.lit(value=True), new=pl.when(other).then("value").otherwise("b")
    )
    joined = base.join(new, on="row", how="left", maintain_order="left")
    replaced = joined.with_columns(pl.when(pl.col("decided")).then("new").otherwise(field).alias(field))
    if date is not None:
        replaced = replaced.with_columns(pl.when(pl.col("decided").is_null()).then(date).alias(date))
    return replaced.select(base.columns)


def _with_sources(base: pl.DataFrame, two: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with B's source and note behind A's where a cell is B's."""
    taken = decided.filter(what=DIFFERS, decision="B").select(row="row_a", taken=pl.lit(value=True)).unique()
    beside = base.join(taken, on="row", how="left", maintain_order="left").join(
        two.select(row_b="row", source_b="source", note_b="note"), on="row_b", how="left", maintain_order="left"
    )
    both = [
        pl.when(pl.col("taken") & (pl.col(f"{name}_b") != pl.col(name).fill_null("")))
        .then(pl.concat_str(name, f"{name}_b", separator="; ", ignore_nulls=True))
        .otherwise(name)
        .alias(name)
        for name in ("source", "note")
    ]
    return beside.with_columns(both).select(base.columns)


def _with_unknown(base: pl.DataFrame, two: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return the rows with the columns that B alone has."""
    return base.join(two.select(pl.col("row").alias("row_b"), *names), on="row_b", how="left", maintain_order="left")


def _columns(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the columns that hold something or are required, in the order of the data model, others behind."""
    schema: type[dy.Schema] = TABLES[table]
    required = {name for name, column in schema.columns().items() if not column.nullable}
    last = [name for name in ("source", "note") if name in frame.columns]
    names = [name for name in schema.column_names() if name in frame.columns and name not in ("row", *last)]
    names += [*last, *(name for name in frame.columns if name not in schema.column_names())]
    return frame.select(name for name in names if name in required or frame[name].null_count() < frame.height)


def decided_values(found: Reconciled, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the log: every item with its decision and the value that stands in the consensus."""
    log = found.items.join(decisions, on="item", how="left", maintain_order="left")
    chosen = pl.when(pl.col("decision") == "A").then("a").when(pl.col("decision") == "B").then("b").otherwise("value")
    columns = [name for name in log.columns if name not in ("decision", "value", "by", "when", "reason")]
    return log.select(*columns, "decision", chosen.alias("value"), "by", "when", "reason")
