"""Two regimens in the same virtual patients: each patient is their own control, so that only the regimens differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from engager.errors import InputError, Issue, Severity, option
from engager.simulator.populations.population import Population, sample
from engager.simulator.populations.random_numbers import Floats
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.measures import Measure, measured

_NORMAL_975 = 1.959963984540054


def compare_regimens(
    first: PlannedTreatment, second: PlannedTreatment, population: Population, measures: Sequence[Measure], *,
    patients: int, seed: int,
) -> pl.DataFrame:  # fmt: skip
    """Return measures under two regimens in the same patients, a row a measure.

    `first` and `second` are the means (shares, for a measure with a limit), `difference` second minus first with
    `lower` and `upper`, the 95 % interval of simulating so many patients and no more: it says nothing of how wrong the
    model may be. For a share, `only_first` and `only_second` count the patients in whom the regimens disagree.
    `patients` is how many were solved under both, `failed` how many were not.

    Raises:
        InputError: two models; no patient; a measure that is none of the model's.
    """
    if first.model != second.model:
        place = option("second")
        found = f"two models, {first.model.name} and {second.model.name}"
        raise InputError(Issue(Severity.ERROR, "simulator.comparison", place, found, "one model", structural=True))
    drawn = sample(population, first.model, range(patients), seed)
    one, two = (measured(each, drawn, measures)[0] for each in (first, second))
    return pl.DataFrame([_compared(measure, one[measure.text], two[measure.text]) for measure in measures])


def _compared(measure: Measure, one: Floats, two: Floats) -> dict[str, object]:
    both = ~(np.isnan(one) | np.isnan(two))
    one, two = one[both], two[both]
    difference = two - one
    mean, within = _mean(difference), _within(difference)
    interval = (None, None) if mean is None or within is None else (mean - within, mean + within)
    return {
        "measure": measure.text,
        "first": _mean(one),
        "second": _mean(two),
        "difference": mean,
        "lower": interval[0],
        "upper": interval[1],
        "only_first": int((difference < 0).sum()) if measure.is_share else None,
        "only_second": int((difference > 0).sum()) if measure.is_share else None,
        "patients": len(difference),
        "failed": int((~both).sum()),
    }


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _within(values: Floats) -> float | None:
    """Return the half-width of the 95 % interval of a mean."""
    return _NORMAL_975 * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else None
