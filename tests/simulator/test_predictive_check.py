"""The visual predictive check: data from the model lie in its bands, data from another do not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.conftest import CohortOf
from tests.simulator.infusion_model import LIGHT, MODEL, exact

from engager.errors import InputError
from engager.simulator.populations.population import Population, sample
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.predictive_check import Observed, observed_values, predictive_check
from engager.terms.regimens import shipped_regimen

TREATMENT = PlannedTreatment(MODEL, shipped_regimen("beijing-2022"), cycles=1, solver=exact)
POPULATION = Population.model_validate(LIGHT)
DAYS = [0.5, 7.0, 28.0]


def observed_from(treatment: PlannedTreatment, seed: int, n: int = 40, factor: float = 1.0) -> pl.DataFrame:
    """Return values of n patients of a seed, as a study would have measured them."""
    seen = treatment.follow(sample(POPULATION, MODEL, range(n), seed), DAYS, ("C",)).values["C"]
    return pl.DataFrame({
        "patient": np.repeat([f"P{k}" for k in range(n)], len(DAYS)), "day": np.tile(DAYS, n),
        "value": factor * seen.ravel(), "below": [False] * (n * len(DAYS)),
    })  # fmt: skip


def test_data_from_the_model_lie_in_its_bands() -> None:
    """Forty patients of another seed: at most one of nine percentiles falls out; all values stand beside."""
    check = predictive_check(TREATMENT, POPULATION, Observed(observed_from(TREATMENT, 77), "C"), patients=4000, seed=1)
    assert check.outside[0] <= 1
    assert check.outside[1] == 9
    assert check.bands["studies"].unique().to_list() == [100]
    assert (check.points.height, check.failed) == (120, 0)
    assert check.bands.filter(pl.col("low") > pl.col("high")).is_empty()


def test_data_from_another_model_fall_out() -> None:
    """Concentrations twice as high lie above nearly every band."""
    observed = observed_from(TREATMENT, 77, factor=2.0)
    check = predictive_check(TREATMENT, POPULATION, Observed(observed, "C"), patients=4000, seed=1)
    assert check.outside[0] >= 8
    again = predictive_check(TREATMENT, POPULATION, Observed(observed, "C", factor=2.0), patients=4000, seed=1)
    assert again.outside[0] <= 1


def test_percentiles_below_the_limit_have_no_number() -> None:
    """With a limit above the median the low percentiles are below it, observed and simulated alike."""
    observed = observed_from(TREATMENT, 77)
    middle = observed.filter(pl.col("day") == 7)["value"].median()
    assert isinstance(middle, float)
    limited = observed.with_columns(below=pl.col("value") < middle, value=pl.col("value").clip(lower_bound=middle))
    bands = predictive_check(TREATMENT, POPULATION, Observed(limited, "C", limit=middle), patients=2000, seed=1).bands
    week = bands.filter(pl.col("day") == 7).rows_by_key("percentile", named=True, unique=True)
    assert (week[5.0]["observed"], week[5.0]["high"]) == (None, None)
    assert week[95.0]["observed"] == pytest.approx(observed.filter(pl.col("day") == 7)["value"].sort()[37], rel=1e-12)
    assert week[95.0]["low"] >= middle
    assert week[50.0]["below_limit"] == 20


def test_what_is_below_the_limit_lies_outside_of_a_band_above_it() -> None:
    """A study in which nothing was measurable, where the model has every patient above the limit, does not fit it."""
    nothing = observed_from(TREATMENT, 77).with_columns(value=pl.lit(1e-9), below=pl.lit(value=True))
    check = predictive_check(TREATMENT, POPULATION, Observed(nothing, "C", limit=1e-9), patients=2000, seed=1)
    assert check.outside == (9, 9)
    assert check.bands["observed"].null_count() == 9
    assert check.bands["below_at"].unique().to_list() == [1e-9]
    high = check.bands["high"].max()
    assert isinstance(high, float)
    unseen = nothing.with_columns(value=pl.lit(2 * high))
    check = predictive_check(TREATMENT, POPULATION, Observed(unseen, "C", limit=2 * high), patients=2000, seed=1)
    assert check.outside == (0, 9), "below the limit, as all of the model's patients are"


def test_days_are_gathered_in_windows() -> None:
    """Windows to day 7 and after it: the first holds day 0.5, the second days 7 and 28."""
    check = predictive_check(
        TREATMENT, POPULATION, Observed(observed_from(TREATMENT, 7), "C"), patients=1000, seed=1, windows=(7.0,)
    )
    assert check.bands.select("first_day", "last_day", "values").unique(maintain_order=True).rows() == [
        (0.5, 0.5, 40), (7.0, 28.0, 80)
    ]  # fmt: skip


def test_the_same_seed_gives_the_same_check() -> None:
    """And the order of the observed rows does not matter."""
    observed = observed_from(TREATMENT, 5)
    one, two = (
        predictive_check(TREATMENT, POPULATION, Observed(frame, "C"), patients=800, seed=1).bands
        for frame in (observed, observed.reverse())
    )
    assert one.equals(two)


def test_values_are_taken_from_a_cohort(cohort_of: CohortOf) -> None:
    """Study day 1 is day 0; a value below the limit is told so; words and days that are not known are left out."""
    cohort = cohort_of(
        measurements="""
            patient | day | test | value        | unit
            A       | 1   | il_6 | 12           | pg/mL
            A       | -2  | il_6 | <2.44        | pg/mL
            B       | 8   | il_6 | <2.44        | pg/mL
            B       | 9   | il_6 | not detected | pg/mL
            B       |     | il_6 | 5            | pg/mL
        """
    )
    assert observed_values(cohort, "il_6", "pg/mL").rows() == [
        ("A", 0.0, 12.0, False), ("A", -2.0, 2.44, True), ("B", 7.0, 2.44, True),
    ]  # fmt: skip
    assert observed_values(cohort, "il_6", "pg/mL", time_of_day=0.5)["day"].to_list() == [0.5, -1.5, 7.5]
    with pytest.raises(InputError, match=r"il_6 in pg/mL; expected il_6 in ng/mL"):
        observed_values(cohort, "il_6", "ng/mL")
    with pytest.raises(InputError, match="no value of `il_10`"):
        observed_values(cohort, "il_10", "pg/mL")


def test_a_check_that_cannot_be_made_is_refused() -> None:
    """Too few patients for twenty studies, no data, windows that fall, an output that is none."""
    observed = observed_from(TREATMENT, 5)
    with pytest.raises(InputError, match="at least 800"):
        predictive_check(TREATMENT, POPULATION, Observed(observed, "C"), patients=799, seed=1)
    with pytest.raises(InputError, match="one or more"):
        predictive_check(TREATMENT, POPULATION, Observed(observed.clear(), "C"), patients=800, seed=1)
    with pytest.raises(InputError, match="rise"):
        predictive_check(TREATMENT, POPULATION, Observed(observed, "C"), patients=800, seed=1, windows=(7.0, 7.0))
    with pytest.raises(InputError, match="output"):
        predictive_check(TREATMENT, POPULATION, Observed(observed, "X"), patients=800, seed=1)
