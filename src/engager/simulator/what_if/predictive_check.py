"""The visual predictive check: do the observed percentiles lie where studies simulated from the model would have them?

Simulated patients are dealt into studies of the size of the observed one. In each study and window of days the
percentiles are computed as in the observed one; their spread over the studies is the band that an observed percentile
should lie in. A value below the assay's limit counts as low, and a percentile that falls on such values is told as
below the limit and has no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from engager.cohort import Cohort
from engager.errors import InputError, Issue, Severity, option
from engager.simulator.populations.population import Population, sample
from engager.simulator.populations.random_numbers import Floats
from engager.simulator.treatment.planned import PlannedTreatment

PERCENTILES = (5.0, 50.0, 95.0)
_BAND = (2.5, 50.0, 97.5)
_LEAST_STUDIES = 20


@dataclass(frozen=True, slots=True)
class Observed:
    """What was observed, and what of the model stands for it.

    `values` has the columns patient, day (0 is that of the first dose), value and below, as `observed_values` gives
    them; `output` is the model's, `factor` what it is multiplied with to be in the unit of the values; `limit` the
    assay's limit in that unit, which simulated values are held against too.
    """

    values: pl.DataFrame
    output: str
    factor: float = 1.0
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class PredictiveCheck:
    """The bands and the data beside them.

    `bands`: a row a window and percentile, with `day` (the middle of the window), `observed`, and `low`, `middle`,
    `high`, the 2.5th, 50th and 97.5th percentile over the simulated studies; `values`, the number of observed values;
    `studies`. An observed percentile that is known to be below the assay's limit alone has `below_at`, that limit, in
    the place of `observed`. `beyond` tells whether it lies outside of its band: below the limit it does where the band
    lies above. `points`: the observed values, a row each.
    """

    bands: pl.DataFrame
    points: pl.DataFrame
    failed: int

    @property
    def outside(self) -> tuple[int, int]:
        """How many observed percentiles lie outside of their bands, and how many there are."""
        return int(self.bands["beyond"].sum()), self.bands.height


def observed_values(
    cohort: Cohort, test: str, unit: str, method: str | None = None, time_of_day: float = 0.0
) -> pl.DataFrame:
    """Return a cohort's values of a test: patient, day (from the first dose, 0), value and whether it is below a limit.

    A value told as `<x` is x and below; other bounds, words and rows without a day are left out. `time_of_day` is when
    samples are taken, as a fraction of the day counted from the hour of the first dose.

    Raises:
        InputError: no such value; values in another unit.
    """
    rows = cohort["measurements"].filter(pl.col("test") == test, pl.col("day").is_not_null())
    if method is not None:
        rows = rows.filter(pl.col("method") == method)
    rows = rows.filter(pl.col("value").is_not_null() & pl.col("comparator").cast(pl.String).is_in(["=", "<", "<="]))
    other = rows.filter(pl.col("unit").fill_null("") != unit)["unit"].unique().to_list()
    if other:
        raise InputError(_issue("unit", f"{test} in {', '.join(map(str, other))}", f"{test} in {unit}"))
    if rows.is_empty():
        tests = sorted(cohort["measurements"]["test"].unique().drop_nulls())
        raise InputError(_issue("test", f"no value of `{test}` with a day", f"one of {', '.join(tests) or 'none'}"))
    # Study day 1 is the day of the first dose; there is no day 0.
    since = pl.col("day") - (pl.col("day") > 0).cast(pl.Int32) + time_of_day
    below = pl.col("comparator").cast(pl.String).is_in(["<", "<="])
    return rows.select("patient", since.cast(pl.Float64).alias("day"), pl.col("value").cast(pl.Float64), below=below)


def predictive_check(
    treatment: PlannedTreatment, population: Population, observed: Observed, *,
    patients: int, seed: int, windows: Sequence[float] = (),
) -> PredictiveCheck:  # fmt: skip
    """Return the check of an output of the model against observed values.

    Args:
        treatment: the model, what is given and what solves it.
        population: whom the simulated studies treat.
        observed: the values; those before the first dose are left out.
        patients: the number of virtual patients; at least 20 studies of the observed size.
        seed: which.
        windows: the days at which one window ends and the next begins; none: every observed day is its own.

    Raises:
        InputError: fewer patients than 20 studies have; nothing observed; windows that fall.
    """
    placed = _placed(observed.values.filter(pl.col("day") >= 0), windows)
    size = placed["patient"].n_unique()
    studies = patients // size if size else 0
    if studies < _LEAST_STUDIES:
        expected = f"at least {_LEAST_STUDIES * max(size, 1)}, {_LEAST_STUDIES} studies of the {size} observed patients"
        raise InputError(_issue("n", f"{patients} patients", expected))
    drawn = sample(population, treatment.model, range(studies * size), seed)
    days = placed["day"].unique().sort()
    seen = treatment.follow(drawn, days.to_list(), (observed.output,))
    values = observed.factor * seen.values[observed.output]
    rows = [row for window in placed.partition_by("window", maintain_order=True)
            for row in _window(window, values, days.to_numpy(), (studies, size), observed.limit)]  # fmt: skip
    return PredictiveCheck(pl.DataFrame(rows, infer_schema_length=None), placed.drop("window"), seen.failed)


def _placed(observed: pl.DataFrame, windows: Sequence[float]) -> pl.DataFrame:
    """Return observed values in order of their windows."""
    if observed.is_empty():
        raise InputError(_issue("test", "no value on or after the first dose", "one or more"))
    ends = list(windows)
    if any(later <= earlier for earlier, later in pairwise(ends)):
        raise InputError(_issue("windows", ", ".join(f"{end:g}" for end in ends), "days that rise"))
    place = np.searchsorted(np.array(ends), observed["day"].to_numpy(), side="right") if ends else None
    window = observed["day"].rank("dense") if place is None else pl.Series(place)
    return observed.with_columns(window=window.cast(pl.Int64)).sort("window", "day", "patient")


def _window(
    window: pl.DataFrame, values: Floats, days: Floats, shape: tuple[int, int], limit: float | None
) -> list[dict[str, object]]:
    """Return the rows of a window, one a percentile.

    In each simulated study as many values are looked at as were observed, on the days on which they were observed, of
    the study's patients in turn.
    """
    studies, size = shape
    places = np.searchsorted(days, window["day"].to_numpy())
    who = window["patient"].rank("dense").cast(pl.Int64).to_numpy() - 1
    # Patients of the window stand for the first of each study: virtual patients have no names.
    chosen = np.arange(studies)[:, None] * size + who[None, :]
    simulated = values[chosen, places[None, :]]
    seen = window["value"].to_numpy().copy()
    low = window["below"].to_numpy()
    observed = _percentiles(np.where(low, -np.inf, seen)[None, :])[0]
    if limit is not None:
        simulated = np.where(simulated < limit, -np.inf, simulated)
    with np.errstate(all="ignore"):
        of_studies = _percentiles(simulated)
        bands = np.nanpercentile(of_studies, _BAND, axis=0, method="inverted_cdf")
    middle = float(window["day"].mean() or 0.0)  # type: ignore[arg-type]
    below_at = float(seen[low].max()) if low.any() else np.nan
    return [
        {"day": middle, "first_day": float(days[places.min()]), "last_day": float(days[places.max()]),
         "percentile": percentile, "observed": _number(observed[at]),
         "below_at": None if np.isfinite(observed[at]) else _number(below_at),
         "beyond": _beyond(observed[at], below_at, bands[0, at], bands[2, at]), "low": _number(bands[0, at]),
         "middle": _number(bands[1, at]), "high": _number(bands[2, at]), "values": len(seen),
         "below_limit": int(low.sum()), "studies": studies}
        for at, percentile in enumerate(PERCENTILES)
    ]  # fmt: skip


def _beyond(observed: float, below_at: float, low: float, high: float) -> bool:
    """Return whether a percentile lies outside of a band; either may be below the limit, which is minus infinity."""
    return bool(low > below_at) if np.isneginf(observed) else bool(observed < low or observed > high)


def _percentiles(values: Floats) -> Floats:
    """Return the percentiles of each row, each one of its values: the least that so many per cent do not exceed."""
    return np.asarray(np.nanpercentile(values, PERCENTILES, axis=1, method="inverted_cdf").T, dtype=np.float64)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _issue(key: str, found: str, expected: str) -> Issue:
    place = option(key)
    return Issue(Severity.ERROR, "simulator.predictive_check", place, found, expected, structural=True)
