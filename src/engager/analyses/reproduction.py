"""Published against computed: each number a paper printed, ours, and whether the two agree as printed.

A number agrees when ours, rounded as the paper rounded, is the paper's. Four result rows tell of each: `statement`,
`printed`, `computed` and `verdict`, all `at` the row of `published.csv`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import polars as pl

from engager.analyses.rows import LISTED
from engager.results import AnalysisResult, Results

AGREES, DIFFERS, NOT_COMPUTED = "agrees", "differs", "cannot be computed"
Published = Mapping[str, str | None]
_DIGITS, _LONGEST = 300, 20  # of a printed number; of both ends of a printed range

# The units of printed and computed numbers that can be put into each other; a month is a twelfth of 365.25 days.
_UNITS = {
    "%": ("fraction", 0.01), "1": ("fraction", 1.0),
    "d": ("time", 1.0), "days": ("time", 1.0), "weeks": ("time", 7.0), "months": ("time", 365.25 / 12),
    "a": ("time", 365.25), "years": ("time", 365.25),
    "/uL": ("count", 1.0), "10*9/L": ("count", 1000.0),
}  # fmt: skip


def compare_published(published: pl.DataFrame, results: Results) -> Iterator[AnalysisResult]:
    """Yield the rows of each comparison, in the order of the published numbers, then the count of each verdict."""
    verdicts: dict[str, list[str]] = {AGREES: [], DIFFERS: [], NOT_COMPUTED: []}
    for row in _rows(published):
        ours = _ours(row, results)
        verdict, why = _judge(row, ours)
        verdicts[verdict].append(f"published:{row['row']}")
        yield _row(row, "statement", text=row["statement"], method=row["place"] or "")
        yield _row(row, "printed", text=" ".join(filter(None, (row["value"], row["unit"]))), method=row["place"] or "")
        yield _computed(row, ours)
        yield _row(row, "verdict", text=verdict, warning=why, method="equal after rounding as printed")
    for verdict, addresses in verdicts.items():
        yield AnalysisResult(
            analysis="published", name="total", at=verdict, n=len(addresses), N=published.height, unit="{numbers}",
            method="published numbers compared", sources=tuple(addresses),
        )  # fmt: skip


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
    found = _computed(row, ours)
    scale = _scale(found.unit, row["unit"])
    if found.estimate is None:
        return NOT_COMPUTED, ours.warning or "our result has no such number"
    if _number(printed) is None:
        return NOT_COMPUTED, f"`{printed}` is no number"
    if scale is None:
        return NOT_COMPUTED, f"printed in {row['unit']}, ours is in {found.unit}"
    return (AGREES, note) if agrees(found.estimate * scale, printed) else (DIFFERS, note)


def _scale(ours: str | None, printed: str | None) -> float | None:
    """Return the factor from our unit to the printed one; 1 where either says nothing of it; None if not comparable."""
    if ours not in _UNITS or printed not in _UNITS:
        return 1.0
    (quantity, factor), (other, unit) = _UNITS[ours], _UNITS[printed]
    return factor / unit if quantity == other else None


def agrees(computed: float, printed: str) -> bool:
    """Return whether a number, rounded to the decimals printed, is the printed one; a half may go either way.

    Examples:
        >>> agrees(33.333, "33"), agrees(33.333, "30"), agrees(12.5, "13"), agrees(12.5, "12")
        (True, False, True, True)
        >>> agrees(0.3, "1e-6"), agrees(1.2e-6, "1e-6")
        (False, True)
    """
    number = Decimal(printed)
    last_digit = 10.0 ** int(number.as_tuple().exponent)
    return abs(computed - float(number)) <= 0.5 * last_digit * (1 + 1e-9)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # What is too large or too small for a float is no number that anybody printed of a cohort.
    return number if number.is_finite() and abs(number.adjusted()) < _DIGITS else None


def read_ids(text: str) -> set[str]:
    """Return the patients of a printed list; a range of more than `LISTED` is none, but a name.

    Examples:
        >>> sorted(read_ids("2, 4-6")), read_ids("1-1000000000")
        (['2', '4', '5', '6'], {'1-1000000000'})
    """
    ids: set[str] = set()
    for part in text.replace("\u2013", "-").split(","):
        first, dash, last = part.strip().partition("-")
        numbers = dash and first.isdecimal() and last.isdecimal() and len(first + last) < _LONGEST
        if numbers and int(last) - int(first) < LISTED:
            ids |= {str(number) for number in range(int(first), int(last) + 1)}
        elif part.strip():
            ids.add(part.strip())
    return ids
