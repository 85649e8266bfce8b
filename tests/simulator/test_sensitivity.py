"""Sensitivity against what can be worked out by hand: the steady state of an infusion is R BSA / CL."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.simulator.infusion_model import LIGHT, MODEL, exact

from engager.errors import InputError
from engager.simulator.populations.population import Population, read_population, sample
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.measures import measured, read_measures
from engager.simulator.what_if.sensitivity import local_sensitivity, sobol_indices, spread_sensitivity
from engager.terms.regimens import shipped_regimen

TREATMENT = PlannedTreatment(MODEL, shipped_regimen("beijing-2022"), cycles=1, solver=exact)
POPULATION = read_population("relapsed-refractory-children")


def by(frame: pl.DataFrame, key: str, value: str) -> dict[str, Any]:
    return dict(zip(frame[key], frame[value], strict=True))


def test_the_exact_solution_is_that_of_the_infusion() -> None:
    """After a day of 15 ug/m2/d C is 15 BSA/CL (1 - exp(-k))."""
    drawn = sample(POPULATION, MODEL, range(5), 1)
    found, failed = measured(TREATMENT, drawn, read_measures(["value C 1"]))
    bsa, k, _, clearance, _ = drawn.constants.T
    assert found["value C 1"] == pytest.approx(15 * bsa / clearance * (1 - np.exp(-k)), rel=1e-12)
    assert failed == 0


def test_local_sensitivity_is_the_derivative() -> None:
    """C = R BSA/(k V) at day 28: the elasticity of k, V and CL is -1 each, to the error of the difference, 1e-4."""
    table = local_sensitivity(TREATMENT, POPULATION, read_measures(["value C 28"]), patients=20, seed=1)
    found = by(table, "parameter", "elasticity")
    assert found == pytest.approx({"k": -1, "V": -1, "CL": -1, "z": 0}, abs=2e-4)
    slope = by(table, "parameter", "slope")["k"]
    assert slope == pytest.approx(-table["value"][0] / 100, rel=2e-4)


def test_a_share_is_moved_far_enough_for_patients_to_cross() -> None:
    """The share above a limit near the middle falls as V rises; over 1 % nobody of 40 would cross."""
    table = local_sensitivity(TREATMENT, POPULATION, read_measures(["value C 28 > 0.31"]), patients=40, seed=1)
    found = by(table, "parameter", "slope")
    assert found["V"] == found["CL"] < 0
    assert found["z"] == 0


def test_the_spread_of_each_quantity_moves_the_median_patient() -> None:
    """At the 5th percentile of k, exp(-1.645 sd of ln k), C is higher by the inverse; V moves it likewise."""
    table = spread_sensitivity(TREATMENT, POPULATION, read_measures(["value C 28"])).filter(pl.col("quantity") == "k")
    sd = np.sqrt(np.log(1.09))
    assert table["low"][0] / table["middle"][0] == pytest.approx(np.exp(1.6448536 * sd), rel=1e-6)
    assert table["high"][0] / table["middle"][0] == pytest.approx(np.exp(-1.6448536 * sd), rel=1e-6)


def test_sobol_indices_of_a_product_of_powers() -> None:
    """The logarithm of C is a sum: the indices are the shares of the variances, first and total alike."""
    table = sobol_indices(
        TREATMENT, POPULATION, read_measures(["log10 value C 28"]), quantities=("k", "V", "z"), base=512, seed=3
    )
    variances = {"k": np.log(1.09), "V": np.log(1.04)}
    expected = {"k": variances["k"] / sum(variances.values()), "V": variances["V"] / sum(variances.values()), "z": 0.0}
    assert by(table, "quantity", "first") == pytest.approx(expected, abs=0.02)
    assert by(table, "quantity", "total") == pytest.approx(expected, abs=0.02)


def test_sobol_indices_belong_to_the_seed() -> None:
    """The same seed gives the same indices, another one others; a measure that does not vary has none."""
    measures = read_measures(["value C 28", "value C 28 >= 0"])

    def run(seed: int) -> pl.DataFrame:
        return sobol_indices(TREATMENT, POPULATION, measures, quantities=("k", "V"), base=64, seed=seed)

    assert run(1).equals(run(1))
    assert not run(1).equals(run(2))
    assert run(1).filter(pl.col("measure") == "value C 28 >= 0")["total"].null_count() == 2


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"quantities": ("kk",)}, "Did you mean `k`"),
        ({"quantities": ("height",)}, "correlates"),
        ({"base": 100}, "power of 2"),
    ],
)
def test_what_has_no_sobol_index_is_refused(settings: dict[str, Any], told: str) -> None:
    """A quantity that does not vary, correlated ones, a sample size that SALib's sequence does not have."""
    with pytest.raises(InputError, match=told):
        sobol_indices(TREATMENT, POPULATION, read_measures(["value C 28"]), seed=1, **settings)


def test_without_a_choice_every_independent_quantity_is_looked_at() -> None:
    """Height and weight, which are correlated, are left out; the population's and the model's others are in."""
    table = sobol_indices(TREATMENT, POPULATION, read_measures(["value C 28"]), base=2, seed=1)
    names = set(table["quantity"])
    assert {"k", "V", "z", "age", "sex"} <= names
    assert not names & {"height", "weight", "BSA", "CL"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value C 2", 3.0), ("highest C 0-2", 5.0), ("lowest C 0-2", 1.0), ("mean C 0-2", 3.0), ("change C 0-2", 3.0),
        ("value C 2 < 3.5", 1.0), ("highest C 0-2 <= 4", 0.0), ("log10 value C 2 >= 0.5", 0.0),
    ],
)  # fmt: skip
def test_measures_by_hand(text: str, expected: float) -> None:
    """1, 5, 3 on days 0, 1, 2."""
    measure = read_measures([text])[0]
    at_ends = {"value": [3.0], "change": [1.0, 3.0]}.get(measure.statistic, [1.0, 5.0, 3.0])
    assert measure.of(np.array([at_ends])).tolist() == [pytest.approx(expected)]
    assert np.isnan(measure.of(np.array([[np.nan] * len(at_ends)]))).all()


def test_a_range_is_looked_at_often_enough() -> None:
    """A week hourly, more every six hours, and always at the end."""
    assert len(read_measures(["highest C 0-7"])[0].days()) == 7 * 24 + 1
    assert read_measures(["highest C 0-28.1"])[0].days()[[0, 1, -1]].tolist() == [0, 0.25, 28.1]


@pytest.mark.parametrize(
    "text",
    ["", "value C", "biggest C 3", "value C 5-2", "value C -3", "change C 3", "value C 3 < x", "highest C 0-1e9"],
)
def test_what_is_no_measure_is_refused(text: str) -> None:
    """With an example of what is one."""
    with pytest.raises(InputError, match="measure"):
        read_measures([text])


def test_measures_are_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solved five at a time or together, everybody has the same measures."""
    drawn, measures = sample(POPULATION, MODEL, range(12), 1), read_measures(["value C 1", "highest C 0-2"])
    together, _ = measured(TREATMENT, drawn, measures)
    monkeypatch.setattr("engager.simulator.what_if.measures._AT_ONCE", 5)
    apart, _ = measured(TREATMENT, drawn, measures)
    assert all((together[name] == apart[name]).all() for name in together)


def test_an_output_that_the_model_does_not_have_is_named() -> None:
    """The outputs that there are stand in the message."""
    with pytest.raises(InputError, match=r"`D`; expected an output of small \(C\)"):
        measured(TREATMENT, sample(POPULATION, MODEL, range(2), 1), read_measures(["value D 1"]))


def test_no_population_of_ours_is_needed() -> None:
    """Any population with BSA and weight serves."""
    own = Population.model_validate(LIGHT)
    found, _ = measured(TREATMENT, sample(own, MODEL, range(3), 1), read_measures(["value C 28"]))
    assert len(found["value C 28"]) == 3
