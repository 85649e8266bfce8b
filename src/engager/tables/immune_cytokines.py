"""The table of cytokines: who had values above the limit, peaks with their day, areas under the curve."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import bounded_number, bounded_range, count_percent
from engager.tables.labels import label
from engager.tables.table import Cell, Row, Table


def cytokine_table(results: Results) -> Table:
    """Return a row an analyte: patients above the limit, median and range of the peak and of its day, the highest."""
    analytes = [row.at or "" for row in results.where(analysis="cytokines", name="above_limit")]
    known = [name for name in LABELLED if name in analytes]
    ordered = known + [name for name in analytes if name not in known]
    limits = sorted({row.estimate for row in results.where(analysis="cytokine_limit") if row.estimate is not None})
    notes = ["Peak: the highest value of a patient over all cycles; its day is the day of the cycle."]
    if limits:
        notes.append(f"Limit of quantification: {', '.join(f'{limit:g}' for limit in limits)} pg/mL.")
    return Table(
        name="cytokines",
        title="Cytokines in serum",
        columns=("Analyte", "Patients above the limit, n of N (%)", "Peak, pg/mL, median (range)",
                 "Day of the peak, median (range)", "Highest, pg/mL (day)"),
        rows=tuple(_analyte(results, name) for name in ordered),
        notes=tuple(notes),
        numeric=frozenset({1, 2, 3, 4}),
        empty="no cytokines recorded",
    )  # fmt: skip


LABELLED = ("il_1b", "il_2", "il_4", "il_5", "il_6", "il_8", "il_10", "il_12p70", "il_17a", "tnf_alpha", "ifn_gamma")


def _analyte(results: Results, name: str) -> Row:
    above = results.get("cytokines", "above_limit", at=name)
    assert above is not None  # noqa: S101 - the analytes are those of these rows
    highest, day = (results.get("cytokines", part, at=name) for part in ("highest", "highest_day"))
    top = "none above the limit"
    if highest is not None:
        told = f" ({bounded_number(day)})" if day is not None and day.estimate is not None else ""
        top = bounded_number(highest) + told
    ids = tuple(row.id for row in (highest, day) if row is not None)
    share = count_percent(above)
    return Row(
        (
            Cell(label(name)),
            Cell(f"{above.n} of {above.N}{share[share.find(' ') :] if ' ' in share else ''}", (above.id,)),
            _spread(results, "peak", name),
            _spread(results, "peak_day", name),
            Cell(top, ids),
        )
    )


def _spread(results: Results, of: str, at: str) -> Cell:
    found = [results.get("cytokines", f"{of}_{part}", at=at) for part in ("median", "min", "max")]
    rows = [row for row in found if row is not None and row.n]
    if len(rows) < 3:
        return Cell("\u2013")
    return Cell(f"{bounded_number(rows[0])} ({bounded_range(rows[1:])})", tuple(row.id for row in rows))


def cytokine_area_table(results: Results) -> Table:
    """Return the area under the curve of each analyte and cycle: patients, median and range, as bounds."""
    rows = [row for row in results.where(analysis="cytokines", name="area_median") if row.n]
    return Table(
        name="cytokine-areas",
        title="Area under the curve of cytokines by cycle",
        columns=("Analyte, cycle", "Patients", "Area, pg/mL \u00d7 days, median (range)"),
        rows=tuple(_area(results, row) for row in rows),
        notes=(
            (
                "Linear trapezoid from the first to the last sample of the cycle; bounds where values lie below the "
                "limit of quantification, taken as 0 and as the limit. Areas over different spans of samples differ "
                "for that reason alone."
            ),
        ),
        numeric=frozenset({1, 2}),
        empty="no cycle with samples of two days",
    )


def _area(results: Results, row: AnalysisResult) -> Row:
    name, _, cycle = (row.at or "").partition(", ")
    return Row(
        (
            Cell(f"{label(name)}, {cycle}"),
            Cell(f"{row.n} of {row.N}", (row.id,)),
            _spread(results, "area", row.at or ""),
        )
    )
