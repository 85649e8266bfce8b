"""Published against computed: each number a paper printed, ours, and whether the two agree as printed.

A number agrees when ours, rounded as the paper rounded, is the paper's. Four result rows tell of each: `statement`,
`printed`, `computed` and `verdict`, all `at` the row of `published.csv`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from engager.results import AnalysisResult, Results

AGREES, DIFFERS, NOT_COMPUTED = "agrees", "differs", "cannot be computed"
Published = Mapping[str, str | None]


def compare_published(published: pl.DataFrame, results: Results) -> Iterator[AnalysisResult]:
    """Yield the rows of each comparison, in the order of the published numbers."""
    for row in _rows(published):
        ours = _ours(row, results)
        verdict, why = _judge(row, ours)
        yield _row(row, "statement", text=row["statement"], method=row["place"] or "")
        yield _row(row, "printed", text=" ".join(filter(None, (row["value"], row["unit"]))), method=row["place"] or "")
        yield _computed(row, ours)
        yield _row(row, "verdict", text=verdict, warning=why, method="equal after rounding as printed")
    yield from _totals(published, results)


def _rows(published: pl.DataFrame) -> Iterator[Published]:
    return published.with_columns(pl.col("row").cast(pl.String)).iter_rows(named=True)


def _row(row: Published, name: str, *, text: str | None, method: str, warning: str | None = None) -> AnalysisResult:
    return AnalysisResult(
        analysis="published", name=name, at=row["row"], text=text, method=method, warning=warning,
        sources=(f"published:{row['row']}",),
    )  # fmt: skip


def _ours(row: Published, results: Results) -> AnalysisResult | None:
    if not row["analysis"] or not row["name"]:
        return None
    return results.get(row["analysis"], row["name"], row["group"] or "all", row["at"])


def _computed(row: Published, ours: AnalysisResult | None) -> AnalysisResult:
    """Return our number as its own result row holds it, the field in question as the estimate."""
    if ours is None:
        why = row["why"] or "no such result"
        return replace(_row(row, "computed", text=None, method="not computed"), warning=why)
    sources = (*ours.sources, f"published:{row['row']}")
    own = replace(ours, analysis="published", name="computed", group="all", at=row["row"], sources=sources)
    field = row["field"] or "estimate"
    if field == "estimate":
        return own
    bare = replace(own, estimate=None, lower=None, upper=None, level=None, unit=None)
    if field == "patients":
        return replace(bare, text=", ".join(ours.patients))
    number = getattr(ours, field)
    unit = "{patients}" if field in ("n", "N") and ours.unit == "1" else ours.unit
    return replace(bare, text=None, estimate=None if number is None else float(number), unit=unit)


def _judge(row: Published, ours: AnalysisResult | None) -> tuple[str, str | None]:
    """Return the verdict and, where the two do not agree, why."""
    if ours is None:
        return NOT_COMPUTED, row["why"] or "the data give no such result"
    printed, note = row["value"] or "", row["note"]
    if row["field"] == "patients":
        same = read_ids(printed) == set(ours.patients)
        return (AGREES, note) if same else (DIFFERS, note or f"ours: {', '.join(ours.patients) or 'nobody'}")
    computed = _computed(row, ours).estimate
    number = _number(printed)
    if computed is None or number is None:
        return NOT_COMPUTED, ours.warning if computed is None else f"`{printed}` is no number"
    scale = 100.0 if row["unit"] == "%" and ours.unit == "1" and row["field"] in ("estimate", "lower", "upper") else 1.0
    return (AGREES, note) if agrees(computed * scale, printed) else (DIFFERS, note)


def agrees(computed: float, printed: str) -> bool:
    """Return whether a number, rounded to the decimals printed, is the printed one; a half may go either way.

    Examples:
        >>> agrees(33.333, "33"), agrees(33.333, "30"), agrees(12.5, "13"), agrees(12.5, "12")
        (True, False, True, True)
    """
    decimals = len(printed.partition(".")[2])
    return abs(computed - float(printed)) <= 0.5 * 10.0**-decimals * (1 + 1e-9)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def read_ids(text: str) -> set[str]:
    """Return the patients of a printed list.

    Examples:
        >>> sorted(read_ids("2, 4-6"))
        ['2', '4', '5', '6']
    """
    ids: set[str] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if dash and first.isdigit() and last.isdigit():
            ids |= {str(number) for number in range(int(first), int(last) + 1)}
        elif part.strip():
            ids.add(part.strip())
    return ids


def _totals(published: pl.DataFrame, results: Results) -> Iterator[AnalysisResult]:
    verdicts = [(row["row"], _judge(row, _ours(row, results))[0]) for row in _rows(published)]
    for verdict in (AGREES, DIFFERS, NOT_COMPUTED):
        rows = [number for number, found in verdicts if found == verdict]
        yield AnalysisResult(
            analysis="published", name="total", at=verdict, n=len(rows), N=len(verdicts), unit="{numbers}",
            method="published numbers compared", sources=tuple(f"published:{number}" for number in rows),
        )  # fmt: skip
