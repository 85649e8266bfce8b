"""The tables of what-ifs, a function each: results to rows of text."""

from __future__ import annotations

from collections.abc import Iterable

from engager.results import AnalysisResult, Results
from engager.tables.formatting import estimate, estimate_interval, share, significant, significant_interval
from engager.tables.table import Cell, Row, Table

_MISSING = "\u2013"
# Parameters beyond these are in the results; a table of all of them is no reading matter.
_SHOWN = 15


def comparison_table(results: Results) -> Table:
    """Return two regimens side by side, a row a measure."""
    rows = results.where(analysis="what_if_comparison")
    first, second = (next((row.group for row in rows if row.at == at), at) for at in ("first", "second"))
    lines = []
    for name in _names(rows):
        own = {row.at or row.group: row for row in rows if row.name == name}
        cells = [_cell(own[key]) for key in ("first", "second", "difference")]
        lines.append(
            Row(
                (
                    Cell(_with_unit(name, own["first"])),
                    *cells,
                    *(_count(own.get(key)) for key in ("only_first", "only_second")),
                )
            )
        )
    return Table(
        name="comparison",
        title="Two regimens in the same virtual patients",
        columns=("Measure", first, second, "Difference (95 % interval)", "In the first alone", "In the second alone"),
        rows=tuple(lines),
        numeric=frozenset({1, 2, 3, 4, 5}),
        notes=(
            (
                "Each virtual patient has both regimens. The interval is that of simulating so many patients and no "
                "more: it does not say how far the model is from real patients. Differences of shares are percentage "
                "points."
            ),
        ),
    )


def local_table(results: Results) -> Table:
    """Return the parameters that each measure hangs on most, by the size of their elasticity."""
    rows = results.where(analysis="what_if_local")
    measures = list(dict.fromkeys(row.group for row in rows))
    largest = sorted(_names(rows), key=lambda name: -max(abs(r.estimate or 0) for r in rows if r.name == name))
    lines = []
    for name in largest[:_SHOWN]:
        own = {row.group: row for row in rows if row.name == name}
        meaning = next(iter(own.values())).text or ""
        lines.append(Row((Cell(name), Cell(meaning), *(_number(own[measure]) for measure in measures))))
    return Table(
        name="local_sensitivity",
        title="What the measures hang on",
        columns=("Parameter", "Meaning", *measures),
        rows=tuple(lines),
        numeric=frozenset(range(2, 2 + len(measures))),
        notes=(
            (
                f"Per cent by which a measure's mean changes when a parameter rises by 1 %. The {len(lines)} largest "
                f"of {len(largest)} parameters."
            ),
        ),
    )


def sobol_table(results: Results) -> Table:
    """Return Sobol's indices, a row a quantity, largest total first."""
    rows = results.where(analysis="what_if_sobol")
    lines = []
    for measure in dict.fromkeys(row.group for row in rows):
        own = [row for row in rows if row.group == measure]
        lines.append(Row((Cell(measure),), section=True))
        total = {row.name: row for row in own if row.at == "total"}
        first = {row.name: row for row in own if row.at == "first"}
        largest = sorted(total, key=lambda name: -(total[name].estimate or 0))
        lines += [Row((Cell(name), _index(first[name]), _index(total[name])), indent=True) for name in largest]
    return Table(
        name="sobol",
        title="Shares of the variance between patients",
        rows=tuple(lines),
        numeric=frozenset({1, 2}),
        columns=("Quantity", "Alone (95 % interval)", "With others (95 % interval)"),
        notes=(
            (
                "Sobol's indices of first order and in total, by SALib. Quantities that are not listed are at their "
                "median. An index below 0 or above 1, or a wide interval, says that N was too small."
            ),
        ),
    )


def check_table(results: Results) -> Table:
    """Return observed percentiles beside the bands of simulated ones."""
    rows = results.where(analysis="what_if_check")
    lines = []
    for at in dict.fromkeys(row.at for row in rows if row.name.startswith("simulated")):
        lines.append(Row((Cell(f"{at} of treatment" if at else ""),), section=True))
        for band in (row for row in rows if row.at == at and row.name.startswith("simulated")):
            percentile = band.name.removeprefix("simulated ")
            seen = next(row for row in rows if row.at == at and row.name == f"observed {percentile}")
            cells = (Cell(str(seen.n)), _observed(seen), _band(band), Cell(seen.text or _MISSING))
            lines.append(Row((Cell(f"{percentile}th percentile"), *cells), indent=True))
    outside = next(row for row in rows if row.name == "outside")
    return Table(
        name="predictive_check",
        title="Observed and simulated percentiles",
        rows=tuple(lines),
        columns=("Percentile", "Values", "Observed", "Simulated, median (95 % of studies)", "Of its band"),
        numeric=frozenset({1, 2, 3}),
        notes=(
            (
                f"{outside.n} of {outside.N} observed percentiles lie outside of their bands. Day 0 is the day of the "
                "first dose."
            ),
        ),
    )


def trial_table(results: Results) -> Table:
    """Return what a trial of each size can show."""
    rows = results.where(analysis="what_if_trial")
    two_arms = any(row.name == "wrong_way" for row in rows)
    names = ("power", "error", "wrong_way") if two_arms else ("least", "power", "error", "width")
    heads = {
        "least": "Responders needed",
        "power": "Chance of success",
        "error": "Chance where there is nothing",
        "wrong_way": "Chance of the wrong order",
        "width": "Width of the interval",
    }
    lines = []
    for size in dict.fromkeys(row.group for row in rows):
        own = {row.name: row for row in rows if row.group == size}
        cells = [
            _count(own[name]) if name == "least" else Cell(estimate_interval(own[name]), (own[name].id,))
            for name in names
        ]
        lines.append(Row((Cell(size), *cells)))
    what = (
        "Fisher's test of one side finds the second arm better"
        if two_arms
        else "the exact interval of the trial lies above the share that is not worth having"
    )
    shares = ", ".join(f"{row.group} {share(row)}" for row in results.where(analysis="what_if_share"))
    return Table(
        name="trial",
        title="What a trial of each size can show",
        rows=tuple(lines),
        columns=("Patients an arm" if two_arms else "Patients", *(heads[name] for name in names)),
        numeric=frozenset(range(len(names) + 1)),
        notes=(
            (
                f"Success: {what}. Simulated share of responders: {shares}. An interval is that of simulating so many "
                "patients and no more."
            ),
        ),
    )


def fit_table(results: Results) -> Table:
    """Return the parameters found, as factors of the model's and as values."""
    rows = results.where(analysis="what_if_fit")
    groups = ["factor", "value", *(["posterior"] if any(row.group == "posterior" for row in rows) else [])]
    heads = {"factor": "Factor of the model's value (95 % interval)", "value": "Value", "posterior": "Posterior"}
    lines = []
    for name in _names(row for row in rows if row.group == "factor"):
        own = {row.group: row for row in rows if row.name == name}
        lines.append(Row((Cell(name), *(_fit_cell(own[group]) for group in groups))))
    warnings = tuple(row.warning for row in rows if row.warning)
    return Table(
        name="fit",
        title="Parameters from the study's data",
        columns=("Parameter", *(heads[group] for group in groups)),
        rows=tuple(lines),
        numeric=frozenset(range(1, 1 + len(groups))),
        notes=tuple(dict.fromkeys(warnings)),
    )


def selection_table(results: Results) -> Table:
    """Return the targets with what the patients drawn and those weighted show."""
    rows = results.where(analysis="what_if_selection")
    lines = []
    for name in _names(row for row in rows if row.group == "target"):
        own = {row.group: row for row in rows if row.name == name}
        cells = (_cell(own[group]) for group in ("drawn", "target", "weighted"))
        lines.append(Row((Cell(_with_unit(name, own["target"])), *cells)))
    effective = next(row for row in rows if row.name == "effective")
    counted = significant(effective.estimate or 0)
    notes = [f"The weights are worth {counted} of {effective.N} virtual patients.", effective.warning or ""]
    return Table(
        name="selection",
        title="A virtual population that meets its targets",
        rows=tuple(lines),
        columns=("Measure", "As drawn", "Target", "Weighted"),
        numeric=frozenset({1, 2, 3}),
        notes=tuple(filter(None, notes)),
    )


def _names(rows: Iterable[AnalysisResult]) -> list[str]:
    return list(dict.fromkeys(row.name for row in rows))


def _with_unit(name: str, row: AnalysisResult) -> str:
    """Return the name of a measure with its unit; shares are told in per cent."""
    return f"{name}, {row.unit}" if row.unit not in (None, "1") else name


def _cell(row: AnalysisResult) -> Cell:
    if row.unit == "1":
        return Cell(estimate_interval(row) if row.level else estimate(row), (row.id,))
    return _index(row)


def _band(row: AnalysisResult) -> Cell:
    """Return a simulated percentile with its range over studies; what is below the assay's limit is told as such."""
    middle, low, high = ("<limit" if end is None else significant(end) for end in (row.estimate, row.lower, row.upper))
    return Cell(f"{middle} ({low}\u2013{high})", (row.id,))


def _observed(row: AnalysisResult) -> Cell:
    """Return an observed percentile; of one below the limit the limit is told."""
    if row.estimate is not None:
        return _number(row)
    return Cell(_MISSING if row.upper is None else f"< {significant(row.upper)}", (row.id,))


def _index(row: AnalysisResult) -> Cell:
    return Cell(_MISSING if row.estimate is None else significant_interval(row), (row.id,))


def _number(row: AnalysisResult) -> Cell:
    return Cell(_MISSING if row.estimate is None else significant(row.estimate), (row.id,))


def _count(row: AnalysisResult | None) -> Cell:
    return Cell(_MISSING) if row is None else Cell(_MISSING if row.n is None else str(row.n), (row.id,))


def _fit_cell(row: AnalysisResult) -> Cell:
    unit = f" {row.unit}" if row.unit and row.unit != "1" else ""
    return Cell(f"{significant_interval(row)}{unit}", (row.id,))
