"""What-ifs by hand: paired regimens, small trials as sums of binomials, weights that meet their targets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact
from tests.simulator.infusion_model import LIGHT, MODEL, exact

from engager.errors import InputError
from engager.simulator.populations.population import Population, sample
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.measures import measured, read_measures
from engager.simulator.what_if.regimen_comparison import compare_regimens
from engager.simulator.what_if.selection import Target, read_targets, weigh
from engager.simulator.what_if.trial import Share, one_arm, simulated_share, two_arms
from engager.terms.regimens import shipped_regimen

POPULATION = Population.model_validate(LIGHT)
FLAT = PlannedTreatment(MODEL, shipped_regimen("beijing-2022"), cycles=1, solver=exact)
STEPPED = PlannedTreatment(MODEL, shipped_regimen("label-relapsed-refractory"), cycles=1, solver=exact)


def test_the_same_patients_have_both_regimens() -> None:
    """15 ug/m2/d from day 1 against 5 for a week, below 45 kg: C on day 7 is a third, on day 28 it is the same."""
    measures = read_measures(["value C 7", "value C 28", "value C 7 >= 0.3"])
    table = compare_regimens(FLAT, STEPPED, POPULATION, measures, patients=200, seed=1).rows_by_key(
        "measure", named=True
    )
    early, late, reached = (table[measure.text][0] for measure in measures)
    assert early["second"] == pytest.approx(early["first"] / 3, rel=1e-9)
    assert (late["difference"], late["lower"], late["upper"]) == (pytest.approx(0, abs=1e-12),) * 3
    assert reached["only_first"] - reached["only_second"] == pytest.approx(
        200 * (reached["first"] - reached["second"]), abs=1e-9
    )
    assert reached["only_second"] == 0
    assert early["lower"] < early["difference"] < early["upper"] < 0
    assert (early["patients"], early["failed"]) == (200, 0)


def test_the_interval_of_a_difference_is_that_of_pairs() -> None:
    """Mean and 1.96 standard errors of the patients' own differences."""
    measures = read_measures(["value C 7"])
    row = compare_regimens(FLAT, STEPPED, POPULATION, measures, patients=50, seed=1).row(0, named=True)
    drawn = sample(POPULATION, MODEL, range(50), 1)
    one, two = (measured(each, drawn, measures)[0]["value C 7"] for each in (FLAT, STEPPED))
    half = 1.959964 * (two - one).std(ddof=1) / np.sqrt(50)
    assert row["upper"] - row["difference"] == pytest.approx(half, rel=1e-6)


def test_two_models_are_not_compared() -> None:
    """Regimens are; a second model has other patients."""
    with pytest.raises(InputError, match="one model"):
        compare_regimens(
            FLAT, replace(STEPPED, model=replace(MODEL, name="b")), POPULATION, read_measures(["value C 1"]),
            patients=2, seed=1,
        )  # fmt: skip


def test_a_trial_of_one_arm_by_hand() -> None:
    """Of 5 patients with a null of 0.4 only 5 responders do (5 of 5: 0.478 to 1; 4 of 5: from 0.284): p^5."""
    row = one_arm(Share(700, 1000), [5], null=0.4).row(0, named=True)
    assert row["least"] == 5
    assert (row["power"], row["error"]) == (pytest.approx(0.7**5), pytest.approx(0.4**5))
    assert row["power_lower"] < row["power"] < row["power_upper"]


def test_a_trial_too_small_to_show_anything_says_so() -> None:
    """One patient cannot exclude 40 %: no number of responders is enough, and the power is 0."""
    row = one_arm(Share(7, 10), [1], null=0.4).row(0, named=True)
    assert (row["least"], row["power"]) == (None, 0)


def test_power_rises_and_intervals_narrow_with_size() -> None:
    """From 9 to 23 to 70 patients; the error stays below 2.5 %."""
    table = one_arm(Share(390, 1000), [9, 23, 70], null=0.2)
    assert table["power"].to_list() == sorted(table["power"])
    assert table["width"].to_list() == sorted(table["width"], reverse=True)
    assert (table["error"] <= 0.025).all()


def test_a_trial_of_two_arms_is_the_sum_over_its_results() -> None:
    """Against an obvious double sum with SciPy's test, 8 patients an arm."""
    row = two_arms(Share(3, 10), Share(8, 10), [8]).row(0, named=True)
    chances = [binom.pmf(np.arange(9), 8, p) for p in (0.3, 0.8)]
    wins = [
        [fisher_exact(np.array([[x, 8 - x], [y, 8 - y]]), alternative="less").pvalue < 0.05 for y in range(9)]
        for x in range(9)
    ]
    assert row["power"] == pytest.approx(
        sum(chances[0][x] * chances[1][y] * wins[x][y] for x in range(9) for y in range(9))
    )
    assert row["wrong_way"] == pytest.approx(sum(chances[0][x] * chances[1][y] for x in range(9) for y in range(x)))
    assert row["error"] < 0.05


@pytest.mark.parametrize("settings", [{"sizes": [2001]}, {"sizes": []}, {"sizes": [0]}, {"null": 1.5}, {"level": 0}])
def test_a_trial_that_cannot_be_is_refused(settings: dict[str, object]) -> None:
    """No patients, shares that are none."""
    with pytest.raises(InputError, match=r"^--"):
        one_arm(Share(1, 2), **({"sizes": [5], "null": 0.2} | settings))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at most 60"):
        two_arms(Share(1, 2), Share(1, 2), [61])


def test_a_share_leaves_out_who_was_not_solved() -> None:
    """2 of 3 known responders; a measure without a limit has no share."""
    assert simulated_share(np.array([1.0, 0.0, 1.0, np.nan])) == Share(2, 3)
    for values in ([0.5, 1.0], [np.nan]):
        with pytest.raises(InputError, match="met or not"):
            simulated_share(np.array(values))


@given(st.floats(0.05, 0.95), st.floats(-0.5, 0.5), st.integers(0, 50))
def test_weights_meet_their_targets_and_change_no_more_than_they_must(share: float, mean: float, seed: int) -> None:
    """Both targets are met; a target that is met already leaves all weights alike."""
    numbers = np.random.default_rng(seed).normal(size=(400, 2))
    texts = ("value a 1 < 0.2", "value b 1")
    found = {texts[0]: (numbers[:, 0] < 0.2).astype(float), texts[1]: numbers[:, 1]}
    targets = read_targets({texts[0]: share, texts[1]: mean})
    weighted = weigh(found, targets)
    assert weighted.mean(found[texts[0]]) == pytest.approx(share, abs=1e-8)
    assert weighted.mean(found[texts[1]]) == pytest.approx(mean, abs=1e-8)
    assert (weighted.weights >= 0).all()
    assert weighted.weights.sum() == pytest.approx(1)
    as_it_is = [Target(target.measure, float(found[target.measure.text].mean())) for target in targets]
    assert weigh(found, as_it_is).effective == pytest.approx(400)


def test_of_two_groups_the_weights_are_known() -> None:
    """Of 3 responders and 1 other, half must respond: 1/6 for each of the three, 1/2 for the one."""
    found = {"value a 1 > 0": np.array([1.0, 1.0, 1.0, 0.0, np.nan])}
    weighted = weigh(found, read_targets({"value a 1 > 0": 0.5}))
    assert weighted.weights.tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2, 0])
    assert weighted.effective == pytest.approx(1 / (3 / 36 + 1 / 4))
    chosen = weighted.selected(600, seed=1)
    assert np.bincount(chosen, minlength=5).tolist() == pytest.approx([100, 100, 100, 300, 0], abs=1)
    assert weighted.selected(600, seed=1) == chosen


def test_targets_that_cannot_be_met_are_named() -> None:
    """Beyond what any patient shows; two that exclude each other; a share above 1; what is at the edge is warned of."""
    numbers = np.linspace(0, 1, 200)
    found = {"value a 1": numbers, "value b 1": numbers**2}
    with pytest.raises(InputError, match="the patients show 0 to 1"):
        weigh(found, read_targets({"value a 1": 2.0}))
    with pytest.raises(InputError, match="no weights meet together"):
        weigh(found, read_targets({"value a 1": 0.5, "value b 1": 0.1}))
    with pytest.raises(InputError, match="between 0 and 1"):
        read_targets({"value a 1 < 1": 1.0})
    edge = weigh(found, read_targets({"value a 1": 0.99}))
    assert edge.warning is not None
    assert "edge" in edge.warning
