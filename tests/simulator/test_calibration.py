"""Calibration finds the parameters that data were simulated with, and says how well it knows them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.simulator.infusion_model import LIGHT, MODEL, exact

from engager.errors import InputError
from engager.simulator.populations.population import Population, sample
from engager.simulator.populations.random_numbers import normals
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.calibration import Calibration, calibrate, posterior
from engager.simulator.what_if.changed_patients import with_factors
from engager.simulator.what_if.likelihood import Free, Likelihood
from engager.simulator.what_if.predictive_check import Observed
from engager.terms.regimens import shipped_regimen

TREATMENT = PlannedTreatment(MODEL, shipped_regimen("beijing-2022"), cycles=1, solver=exact)
POPULATION = Population.model_validate(LIGHT)
DAYS = [0.05, 0.1, 2.0, 28.1]
FREE = (Free("k"), Free("V"))
TRUTH, ERROR = {"k": 1.5, "V": 0.7}, 0.15


def study(n: int = 40, seed: int = 11, limit: float | None = None) -> Observed:
    """Return data of patients whose k and V are not those of the model: 1.5 and 0.7 times as large."""
    patients = with_factors(MODEL, sample(POPULATION, MODEL, range(n), seed), TRUTH)
    seen = TREATMENT.follow(patients, DAYS, ("C",)).values["C"]
    scatter = np.stack([normals(seed, f"error/{day}", range(n)) for day in DAYS], axis=1)
    values = (seen * np.exp(ERROR * scatter)).ravel()
    below = values < limit if limit else np.zeros(values.shape, bool)
    frame = pl.DataFrame({
        "patient": np.repeat([f"P{k}" for k in range(n)], len(DAYS)), "day": np.tile(DAYS, n),
        "value": np.where(below, limit or 0.0, values), "below": below,
    })  # fmt: skip
    return Observed(frame, "C", limit=limit)


def likelihood(observed: Observed, draws: int = 300, free: tuple[Free, ...] = FREE) -> Likelihood:
    return Likelihood(TREATMENT, POPULATION, observed, free, draws=draws, seed=3)


@cache
def found() -> Calibration:
    return calibrate(likelihood(study()))


def test_the_parameters_of_the_data_are_found() -> None:
    """1.5 and 0.7 times the model's k and V, and the error, lie in their intervals, which are not wide."""
    table = found().estimates.rows_by_key("parameter", named=True, unique=True)
    for name, truth in (TRUTH | {"error": ERROR}).items():
        row = table[name]
        assert row["lower"] < truth < row["upper"], name
        assert row["lower"] < row["factor"] < row["upper"]
        assert row["upper"] / row["lower"] < 1.6
    assert (table["k"]["value"], table["k"]["unit"]) == (pytest.approx(8 * table["k"]["factor"]), "1/d")


def test_a_limit_is_where_the_profile_has_fallen() -> None:
    """With k held at its upper limit the best likelihood of the rest is lower by 1.92."""
    upper = found().estimates["upper"][0]
    rest = max(
        likelihood(study()).of((upper, volume), error)
        for volume in np.linspace(0.55, 0.8, 26)
        for error in (0.13, 0.14, 0.15, 0.16, 0.17)
    )
    assert found().log_likelihood - rest == pytest.approx(1.92, abs=0.15)


def test_values_below_the_limit_count_as_below() -> None:
    """With a third of the values below the limit the same parameters are found; taken at the limit, they are not."""
    observed = study(limit=0.15)
    share = observed.values["below"].mean()
    assert isinstance(share, float)
    assert 0.2 < share < 0.5
    factors = calibrate(likelihood(observed, draws=200)).estimates["factor"].to_list()
    assert factors[:2] == pytest.approx([1.5, 0.7], rel=0.15)
    at_limit = Observed(observed.values.with_columns(below=pl.lit(value=False)), "C")
    assert likelihood(at_limit).of((1.5, 0.7), ERROR) < likelihood(observed).of((1.5, 0.7), ERROR) - 50


def test_the_spread_between_patients_is_found() -> None:
    """Data with the model's own spread of k, and twice that: the factors 1 and 2 lie in the intervals."""
    free = (Free("k", "spread"),)
    for truth in (1.0, 2.0):
        drawn = sample(POPULATION, MODEL, range(80), 5)
        wide = with_factors(MODEL, drawn, {"k": (drawn.constants[:, 1] / 8) ** (truth - 1)})
        seen = TREATMENT.follow(wide, DAYS[1:3], ("C",)).values["C"].ravel()
        frame = pl.DataFrame({"patient": np.repeat(np.arange(80), 2), "day": np.tile(DAYS[1:3], 80),
                              "value": seen * np.exp(0.2 * normals(1, "e", range(160))),
                              "below": [False] * 160})  # fmt: skip
        row = calibrate(likelihood(Observed(frame, "C"), free=free)).estimates.row(0, named=True)
        assert row["parameter"] == "cv of k"
        assert row["lower"] < truth < row["upper"]


def test_what_is_known_of_a_patient_is_used() -> None:
    """A patient with twice the body surface has twice the concentration: without that the data are less likely."""
    heavy = Population.model_validate(
        LIGHT | {"quantities": [*LIGHT["quantities"][1:], {
            "name": "BSA", "distribution": "lognormal", "median": 1, "cv": 50, "tag": "A", "source": "none"}]}
    )  # fmt: skip
    frame = pl.DataFrame({"patient": ["A", "B"], "day": [7.0, 7.0], "value": [0.3125, 0.625], "below": [False] * 2})
    known = pl.DataFrame({"patient": ["B", "A"], "BSA": [2.0, 1.0]})
    blind = Likelihood(TREATMENT, heavy, Observed(frame, "C"), FREE, draws=300, seed=1)
    seeing = replace(blind, known=known)
    assert seeing.virtual.constants[:, 0].tolist() == [1.0] * 300 + [2.0] * 300
    assert seeing.of((1, 1), 0.1) > blind.of((1, 1), 0.1)


def test_a_posterior_agrees_with_the_profile() -> None:
    """The medians lie in the intervals, and the same seed gives the same sample."""
    data, estimate = likelihood(study(), draws=60), found()
    one, two = (posterior(data, estimate, steps=40, walkers=8, seed=4) for _ in range(2))
    assert one.equals(two)
    assert one.shape == (20 * 8, 3)
    for row in estimate.estimates.iter_rows(named=True):
        assert row["lower"] * 0.9 < one[row["parameter"]].median() < row["upper"] * 1.1


def test_data_that_do_not_bound_a_parameter_give_no_limit() -> None:
    """Values of the first minutes say nothing of z, on which nothing hangs: neither limit is given."""
    row = calibrate(likelihood(study(6), draws=20, free=(Free("z"),))).estimates.row(0, named=True)
    assert (row["lower"], row["upper"]) == (None, None)


def test_too_few_virtual_patients_are_warned_of() -> None:
    """With 8 draws nearly every patient's likelihood hangs on one or two of them."""
    (warning,) = calibrate(likelihood(study(10), draws=8)).warnings
    assert "fewer than 10 virtual patients" in warning
    assert found().warnings == () or "of 40 patients" in found().warnings[0]


@pytest.mark.parametrize(
    ("free", "told"),
    [
        ((), "no parameter"),
        ((Free("kk"),), "Did you mean `k`"),
        ((Free("CL", "spread"),), "the spread of `CL`"),
        ((Free("k"), Free("k")), "twice"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(free: tuple[Free, ...], told: str) -> None:
    """Nothing, an unknown parameter, a spread that the model does not have, one parameter twice."""
    with pytest.raises(InputError, match=told):
        likelihood(study(3), free=free)


def test_data_that_cannot_be_used_are_refused() -> None:
    """Values of 0, one draw, patients of whom what is known of others is missing."""
    zero = Observed(study(3).values.with_columns(value=pl.lit(0.0)), "C")
    with pytest.raises(InputError, match="above 0"):
        likelihood(zero)
    with pytest.raises(InputError, match="2 or more"):
        likelihood(study(3), draws=1)
    with pytest.raises(InputError, match="of patient P1"):
        replace(likelihood(study(2)), known=pl.DataFrame({"patient": ["P0"], "BSA": [1.0]}))
    with pytest.raises(InputError, match="`shoe`"):
        replace(likelihood(study(1)), known=pl.DataFrame({"patient": ["P0"], "shoe": [1.0]}))
