"""Laboratory values over time, as figures draw them: by patient while they are few, else their spread week by week.

A test is told in one unit, or in multiples of the upper limit of normal where its grades are multiples of it. The
boundaries of its grades are those that are the same for every patient: absolute ones, multiples in that scale, and a
limit of normal that all values share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from engager.analyses.rows import LISTED, conventions, unique
from engager.endpoints import Datasets
from engager.endpoints.laboratory.values import BEFORE, LATER, TREATMENT
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import quantile
from engager.terms.ctcae import Arm, Rule, rules
from engager.terms.units import units

ANALYSIS = "laboratory_course"
MULTIPLES = "{xULN}"
"""The unit of values told as multiples of their upper limit of normal."""
# Beyond this many patients lines cover each other, and the spread is told.
DRAWN = 12
WEEK = 7
_QUARTILES = (0.25, 0.5, 0.75)
_FEWEST = 3  # values of a week with a spread


@dataclass(frozen=True, slots=True)
class _Scale:
    """The unit that the values of a test are told in, and the rules that grade it."""

    test: str
    unit: str
    rules: tuple[Rule, ...]

    @property
    def multiples(self) -> bool:
        return self.unit == MULTIPLES


def analyse_laboratory_course(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, test by test, the values with a day, the boundaries of the grades, and the shares of grades by week."""
    values = datasets.laboratory.values.filter(pl.col("value").is_finite() & (pl.col("value") >= 0))
    number = pl.col("comparator").cast(pl.String).fill_null("=") == "="
    values = values.filter(number & pl.col("unit").is_in(list(units())) & (pl.col("phase") != LATER))
    for (test,), rows in values.sort("test", maintain_order=True).group_by("test", maintain_order=True):
        scale = _scale(str(test), rows, plan.safety.ctcae_version)
        if scale is not None:
            told = _told(rows, scale)
            yield from _boundaries(scale, told, plan)
            yield from _points(scale, told, rows.height, plan)
    yield from _shares(datasets.laboratory.grades, plan)


def _scale(test: str, rows: pl.DataFrame, version: str) -> _Scale | None:
    """Return the scale of a test: its commonest unit that a rule's boundaries know, or multiples of the limit."""
    spoken = tuple(rule for rule in rules(version) if test in rule.tests and rule.arms)
    if not spoken:
        return None
    absolute = {units()[arm.of].quantity for rule in spoken for arm in rule.arms if arm.of in units()}
    if not absolute and all(rule.direction == "high" for rule in spoken):
        return _Scale(test, MULTIPLES, spoken)
    counts = rows["unit"].value_counts(sort=True).sort("count", "unit", descending=[True, False])["unit"]
    known = [code for code in counts if not absolute or units()[code].quantity in absolute]
    return _Scale(test, known[0], spoken) if known else None


def _told(rows: pl.DataFrame, scale: _Scale) -> pl.DataFrame:
    """Return the values with a day that can be told in the scale, as `y`, with limits in it."""
    dated = rows.filter(pl.col("day").is_not_null())
    if scale.multiples:
        with_limit = dated.filter(pl.col("upper_limit") > 0)
        return with_limit.with_columns(y=pl.col("value") / pl.col("upper_limit"), ULN=pl.lit(1.0), LLN=pl.lit(None))
    unit = units()[scale.unit]
    factors = {code: one.factor / unit.factor for code, one in units().items() if one.quantity == unit.quantity}
    factor = pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    told = dated.with_columns(y=pl.col("value") * factor, LLN=pl.col("lower_limit") * factor,
                              ULN=pl.col("upper_limit") * factor)  # fmt: skip
    return told.filter(pl.col("y").is_not_null())


def _points(scale: _Scale, told: pl.DataFrame, values: int, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    patients = told["patient"].n_unique()
    lost = values - told.height
    yield AnalysisResult(
        analysis=ANALYSIS, name="drawn", group=scale.test, n=told.height, N=values, unit=scale.unit,
        text=f"{patients} patient{'' if patients == 1 else 's'}",
        method="values with a study day in a unit that the boundaries of the grades know",
        warning=f"{lost} of {values} values have no study day, limit or fitting unit" if lost else None,
        patients=unique(told["patient"]),
    )  # fmt: skip
    yield from _lines(scale, told) if patients <= DRAWN else _spread(scale, told, plan)


def _lines(scale: _Scale, told: pl.DataFrame) -> Iterator[AnalysisResult]:
    rows = told.sort("patient", "day", "row", maintain_order=True)
    rows = rows.with_columns(again=pl.int_range(pl.len()).over("patient", "day"))
    for row in rows.iter_rows(named=True):
        yield AnalysisResult(
            analysis=ANALYSIS, name=scale.test, group=f"patient {row['patient']}",
            at=f"{row['day']}" + (f" ({row['again'] + 1})" if row["again"] else ""), estimate=row["y"],
            unit=scale.unit, method="value of a study day" + (", over its upper limit" if scale.multiples else ""),
            patients=(row["patient"],), sources=(row["source"],),
        )  # fmt: skip


def _spread(scale: _Scale, told: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield median and quartiles of each week, a patient's median where there are several values of a week."""
    settings = conventions(plan)
    by_week = told.with_columns(week=_week()).group_by("week", "patient").agg(pl.col("y").median())
    for (week,), rows in by_week.sort("week", "patient").group_by("week", maintain_order=True):
        if rows.height < _FEWEST:
            continue
        low, middle, high = (float(quantile(rows["y"].to_numpy(), p, type=settings.quantile_type)) for p in _QUARTILES)
        yield AnalysisResult(
            analysis=ANALYSIS, name=scale.test, group="spread", at=str(_middle(week)), estimate=middle, lower=low,
            upper=high, n=rows.height, unit=scale.unit,
            method=f"median and quartiles of the patients with a value in the week; {settings.words('quantile')}",
            patients=unique(rows["patient"]),
        )  # fmt: skip


def _week() -> pl.Expr:
    """Return the week of a study day: 0 for what counts as before the first dose, 1 for the rest of days 1 to 7."""
    before = pl.col("phase") == BEFORE
    return pl.when(before).then(0).otherwise((pl.col("day") - 1) // WEEK + 1).cast(pl.Int32)


def _middle(week: object) -> int:
    assert isinstance(week, int)  # noqa: S101 - the key of a group
    return -1 if week == 0 else (week - 1) * WEEK + 4


def _boundaries(scale: _Scale, told: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the boundary of each grade of each term, and why one is the same for nobody."""
    for rule in scale.rules:
        for grade in rule.grades:
            arm = next((arm for arm in rule.arms if grade in arm.grades and _speaks(arm, scale)), None)
            if arm is None:
                continue
            at, lost = _place(arm, grade, scale, told)
            yield AnalysisResult(
                analysis=ANALYSIS, name="boundary", group=rule.term, at=f"{scale.test} grade {grade}", estimate=at,
                unit=scale.unit, text=rule.direction, warning=lost,
                method=f"CTCAE {plan.safety.ctcae_version}: {arm.words(grade, rule.direction)}",
            )  # fmt: skip


def _speaks(arm: Arm, scale: _Scale) -> bool:
    """Say whether an arm has boundaries in the scale, whatever the baseline."""
    if arm.of == "BL" or arm.when in ("baseline abnormal", "baseline below LLN"):
        return False
    known = scale.unit in units()
    return arm.unit is None or (known and units()[arm.unit].quantity == units()[scale.unit].quantity)


def _place(arm: Arm, grade: int, scale: _Scale, told: pl.DataFrame) -> tuple[float | None, str | None]:
    number = arm.boundary(grade)
    if arm.unit is not None:
        number *= units()[arm.unit].factor / units()[scale.unit].factor
    if arm.of not in ("LLN", "ULN"):
        return number, None
    limits = told[arm.of].drop_nulls()
    if limits.is_empty() or limits.max() - limits.min() > 1e-9 * limits.max():  # type: ignore[operator]
        return None, "no limit of normal is recorded" if limits.is_empty() else "the limit of normal differs"
    limit = float(limits[0])
    return (limit + number if arm.plus else limit * number), None


def _shares(grades: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, term by term and week by week, the share of each worst grade among the patients with a grade."""
    known = grades.filter(pl.col("grade").is_not_null() & pl.col("day").is_not_null())
    known = known.filter(pl.col("phase").is_in([BEFORE, TREATMENT])).with_columns(week=_week())
    worst = known.group_by("term", "week", "patient").agg(pl.col("grade").max())
    counts = worst.group_by("term", "week", "grade").agg(n=pl.len(), patients=pl.col("patient").sort())
    counts = counts.with_columns(N=pl.col("n").sum().over("term", "week")).sort("term", "week", "grade")
    version = plan.safety.ctcae_version
    for row in counts.iter_rows(named=True):
        yield AnalysisResult(
            analysis=ANALYSIS, name="share", group=row["term"], at=f"{row['week']} grade {row['grade']}",
            estimate=row["n"] / row["N"], n=row["n"], N=row["N"], unit="1", text=str(row["grade"]),
            method=f"worst grade of the week by CTCAE {version}, of patients with a grade in it; week 0 is before",
            patients=tuple(row["patients"]) if row["N"] <= LISTED else (),
        )  # fmt: skip
