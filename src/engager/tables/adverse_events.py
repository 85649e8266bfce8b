"""Tables of adverse events: patients by class, term and grade band, and what the events meant for the treatment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engager.results import AnalysisResult, Results
from engager.tables.formatting import NOT_SHOWN, count_percent, interval, share
from engager.tables.labels import label
from engager.tables.table import Cell, Row, Table

ANALYSIS = "adverse_events"
NO_GRADE, SEVERAL_BANDS = "grade not recorded", "grade in more than one band"
EMPTY = "no adverse event recorded"
SUMMARY = ("any", "severe", "serious", "related", "interrupted", "discontinued", "fatal")


def adverse_events_table(results: Results, bands: Sequence[str], *, zero_rows: bool = False) -> Table:
    """Return patients with events, n (%) of all in a group: any, then each class with its terms, by grade band.

    `bands` are the plan's, as `1-2`. Terms that are recorded but of which no event counts have a row with `zero_rows`.
    """
    groups = _groups(results)
    parts = ["", *(f"grade {band}" for band in bands)]
    parts += [words for words in (NO_GRADE, SEVERAL_BANDS) if _occurs(results, words)]
    columns = tuple(f"{_name(row)}: {_head(words)}, n (%)" for row in groups for words in parts)
    recorded = any(row.n for row in results.where(analysis=ANALYSIS, name="recorded"))
    return Table(
        name="adverse-events",
        title="Patients with adverse events, by system organ class, term and grade",
        columns=("Adverse event", *columns),
        rows=tuple(_body(results, groups, parts, zero_rows=zero_rows)) if recorded else (),
        notes=tuple(_notes(results)) if recorded else (),
        empty=EMPTY,
        numeric=frozenset(range(1, len(columns) + 1)),
    )


def _groups(results: Results) -> tuple[AnalysisResult, ...]:
    """Return the row of any event of each group, all patients first."""
    return results.where(analysis=ANALYSIS, name="any")


def _name(row: AnalysisResult) -> str:
    """Return a group with its number of patients: `All patients (n = 9)`, `female (n = 4)`."""
    name = "All patients" if row.group == "all" else row.group.partition("=")[2]
    return f"{name} (n = {row.N})"


def _head(words: str) -> str:
    return words.replace("-", "\u2013").replace(">=", "\u2265 ") or "any grade"


def _occurs(results: Results, words: str) -> bool:
    """Return whether a row of the table, of any group, has patients of a grade that is not known so."""
    rows = [row for name in ("any", "soc", "term") for row in results.where(analysis=ANALYSIS, name=f"{name}_by_grade")]
    return any(row.n and (row.at or "").endswith(words) for row in rows)


def _body(
    results: Results, groups: Sequence[AnalysisResult], parts: Sequence[str], *, zero_rows: bool
) -> Iterator[Row]:
    yield _row(results, "Any adverse event", "any", None, groups, parts)
    for row in results.where(analysis=ANALYSIS, group="all"):
        if row.name not in ("soc", "term") or not (row.n or zero_rows):
            continue
        yield _row(results, row.at or "", row.name, row.at, groups, parts, indent=row.name == "term")


def _row(
    results: Results, words: str, name: str, at: str | None, groups: Sequence[AnalysisResult], parts: Sequence[str],
    *, indent: bool = False,
) -> Row:  # fmt: skip
    cells = [Cell(words)]
    for group in groups:
        everyone = results.get(ANALYSIS, name, group.group, at)
        for part in parts:
            place = ", ".join(filter(None, (at, part))) or None
            found = results.get(ANALYSIS, f"{name}_by_grade", group.group, place) if part else everyone
            cells.append(_cell(found, everyone))
    return Row(tuple(cells), indent=indent)


def _cell(found: AnalysisResult | None, everyone: AnalysisResult | None) -> Cell:
    """Return a count; a dash where no grade of the row's patients is recorded, so that no band can be told."""
    if found is None:
        return Cell("0")
    if everyone is not None and everyone.n and not found.n and f"of {everyone.n} patients" in (found.warning or ""):
        return Cell(NOT_SHOWN, (found.id,))
    return Cell(count_percent(found), (found.id,))


def _notes(results: Results) -> Iterator[str]:
    yield (
        "Percentages are of all patients treated, with or without events. A patient counts once in a row, at the worst "
        "grade; rows of classes are no sums of their terms."
    )
    versions = results.where(analysis=ANALYSIS, name="version")
    told = [f"{row.at} ({row.n} records{_assumed(row)})" for row in versions]
    yield f"Grades by CTCAE {', '.join(told)}."
    recorded = {row.at: row for row in results.where(analysis=ANALYSIS, name="recorded")}
    counted = results.get(ANALYSIS, "counted")
    if (unknown := recorded["not known"]).n:
        verb = "are counted" if counted is not None and counted.text == "count" else "are left out"
        yield f"Of {unknown.n} of {unknown.N} records it is not known whether they are treatment-emergent; they {verb}."
    if (before := recorded["no"]).n:
        yield f"Not treatment-emergent and not counted: {before.n} of {before.N} records."
    if _occurs(results, NO_GRADE):
        yield f"{NOT_SHOWN}: of none of the row's patients a grade is recorded."


def _assumed(row: AnalysisResult) -> str:
    return f", {row.warning}" if row.warning else ""


def summary_table(results: Results) -> Table:
    """Return what the events meant: any, grade 3 or higher, serious, related, changes of the treatment, fatal."""
    groups = _groups(results)
    rows = [_summary(results, name, groups) for name in SUMMARY]
    recorded = any(row.n for row in results.where(analysis=ANALYSIS, name="recorded"))
    columns = tuple(f"{_name(row)}, {what}" for row in groups for what in ("n", "% (CI)"))
    return Table(
        name="adverse-events-summary",
        title="Adverse events in summary",
        columns=("Patients with", *columns, "Remark"),
        rows=tuple(rows) if recorded else (),
        empty=EMPTY,
        numeric=frozenset(range(1, len(columns) + 1)),
    )


def _summary(results: Results, name: str, groups: Sequence[AnalysisResult]) -> Row:
    cells = [Cell(label(f"ae_{name}"))]
    remark = ""
    for group in groups:
        row = results.get(ANALYSIS, name, group.group)
        if row is None or row.n is None:
            cells += [Cell("not recorded", (row.id,) if row else ()), Cell("")]
            continue
        bounds = interval(row)
        cells += [Cell(f"{row.n} of {row.N}", (row.id,)), Cell(f"{share(row)} ({bounds})" if bounds else "", (row.id,))]
        if group.group == "all":
            remark = (row.warning or "").partition("; ")[0] if "recorded" in (row.warning or "") else ""
    return Row((*cells, Cell(remark)))
