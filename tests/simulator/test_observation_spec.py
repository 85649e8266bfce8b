"""What is seen of a virtual patient: assays, visits, counts, toxicity and outcomes, each against its rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from engager.simulator.observation.assays import NOT_DETECTED, NOT_QUANTIFIABLE, QUANTIFIED, assays, read_assay
from engager.simulator.observation.draws import Draws
from engager.simulator.observation.laboratory import SLOW, Laboratory
from engager.simulator.observation.measurements import laboratory_tests
from engager.simulator.observation.outcomes import AfterTransplant, death_hazards
from engager.simulator.observation.settings import TOPICS, settings, values
from engager.simulator.observation.toxicity import Disposition, Neurotoxicity
from engager.simulator.observation.visits import read_visits, study_day
from engager.terms.measurands import measurands
from engager.terms.mrd_assays import mrd_assays

MANY = Draws(7, range(20_000))


def test_limits_are_those_that_the_vocabulary_knows() -> None:
    """The limits of detection lie within what the sources of `terms/mrd_assays` report."""
    for name in ("flow", "pcr", "ngs"):
        known = mrd_assays()[name]
        assert known.most_sensitive <= (assays()[name].lod or 0) <= known.least_sensitive, name
    assert assays()["microscopy"].lod is None


def test_the_answer_goes_by_the_number_of_events() -> None:
    """PCR looks at 1e5 cells: none is not detected, 1 to 9 are not quantifiable, 10 are 1e-4."""
    pcr = assays()["pcr"]
    fraction = np.full(3, 5e-5)  # 5 events expected
    # The quantiles of the Poisson distribution with mean 5 at these numbers are 0, 5 and 10.
    found = read_assay(pcr, fraction, np.zeros(3), np.array([0.005, 0.5, 0.98]))
    assert found.kind.tolist() == [NOT_DETECTED, NOT_QUANTIFIABLE, QUANTIFIED]
    assert found.fraction.tolist() == [0, 0, 1e-4]
    assert found.at_most(pcr) == pytest.approx([1e-5, 1e-4, 1e-4], rel=1e-12)
    assert (found.at_most(pcr) < 1e-4).tolist() == [True, True, False], "not quantifiable lies below the limit"


def test_counts_are_poisson_and_a_differential_count_is_binomial() -> None:
    """The number of events of a uniform number is the quantile that SciPy gives."""
    uniform = np.linspace(0.001, 0.999, 201)
    ngs, eye = assays()["ngs"], assays()["microscopy"]
    found = read_assay(ngs, np.full(201, 2e-5), np.zeros(201), uniform)
    assert np.array_equal(np.rint(found.fraction * ngs.cells), poisson.ppf(uniform, 20))
    found = read_assay(eye, np.full(201, 0.3), np.zeros(201), uniform)
    assert np.array_equal(np.rint(found.fraction * eye.cells), binom.ppf(uniform, 500, 0.3))


def test_flow_gated_on_cd19_misses_blasts_that_lost_it() -> None:
    """A tenth of the marrow without CD19: nothing by flow, a tenth by PCR, sequencing and the eye."""
    nothing, tenth, half = np.zeros(1), np.full(1, 0.1), np.full(1, 0.5)
    assert read_assay(assays()["flow"], nothing, tenth, half).kind[0] == NOT_DETECTED
    for name in ("pcr", "ngs", "microscopy"):
        assert read_assay(assays()[name], nothing, tenth, half).fraction[0] == pytest.approx(0.1, rel=0.05)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1e-6, 1 - 1e-6), st.sampled_from(sorted(assays())))
def test_more_blasts_never_read_less(one: float, two: float, uniform: float, name: str) -> None:
    """At the same random number a fuller marrow reads no lower, and never above all of its cells."""
    low, high = sorted((one, two))
    found = read_assay(assays()[name], np.array([low, high]), np.zeros(2), np.full(2, uniform))
    assert found.at_most(assays()[name])[0] <= found.at_most(assays()[name])[1] + 1e-12
    assert found.fraction.max() <= 1


def test_study_days_have_no_day_0() -> None:
    """A sample just before time 0 is of day -1, one at a quarter of a day of day 1, one at 28.0 of day 28."""
    assert study_day(np.array([-3.0, 0.0, 0.25, 1.0, 1.25, 28.0])).tolist() == [-3, -1, 1, 1, 2, 28]


def test_no_test_is_taken_twice_on_a_study_day() -> None:
    """A record has no hours: two samples of a test on a day could not be told apart."""
    for panel in read_visits().panels:
        days = study_day(np.array(panel.days)).tolist()
        assert len(set(days)) == len(days), panel.name
        assert 28 not in days or not panel.end


def test_every_test_of_a_panel_is_known() -> None:
    """Panels name tests of the laboratory or assays, and the vocabulary has them all."""
    own = {*laboratory_tests(), "marrow_blasts", "mrd", "t_cell_to_blast_ratio"}
    asked = {test for panel in read_visits().panels for test in panel.tests}
    assert asked <= own
    assert asked <= set(measurands())


def test_slow_quantities_follow_their_targets_whatever_the_steps() -> None:
    """To a constant target the way is exponential, and the same in one step or in forty."""
    laboratory = Laboratory.of(Draws(1, range(1)))
    targets = np.full((1, 41, len(SLOW)), 10.0)
    fine = laboratory.follow(np.full((1, len(SLOW)), 2.0), targets, np.full((1, 40), 0.25))
    coarse = laboratory.follow(np.full((1, len(SLOW)), 2.0), targets[:, :2], np.full((1, 1), 10.0))
    np.testing.assert_allclose(fine[0, -1], coarse[0, -1], rtol=1e-12)
    turnover = np.array([values("laboratory")[f"{name}_turnover"] for name in SLOW])
    np.testing.assert_allclose(fine[0, -1], 10 - 8 * np.exp(-10 * turnover), rtol=1e-12)


def test_cytokine_release_is_graded_by_the_stated_limits() -> None:
    """Severity is log10 of IL-6 plus 0.3 log10 of burden plus the patient's own; grades begin at the limits."""
    known = values("toxicity")
    nobody = Disposition(np.zeros(1), np.ones(1))
    limits = [10 ** known[f"severity_{grade}"] for grade in (1, 2, 3, 4)]
    il6 = np.array([[limit * factor for limit in limits for factor in (0.999, 1.001)]])
    assert nobody.release_grade(il6, np.ones(1), np.zeros(1, int))[0].tolist() == [0, 1, 1, 2, 2, 3, 3, 4]
    tenth = nobody.release_grade(il6 * 10 ** known["burden_weight"], np.full(1, 0.1), np.zeros(1, int))
    assert tenth[0].tolist() == [0, 1, 1, 2, 2, 3, 3, 4], "a tenth of the burden asks for twice the interleukin"


def test_temperature_rises_with_interleukin_6() -> None:
    """Without it the temperature is normal; at the half-maximal concentration half of the rise."""
    known, nobody = values("toxicity"), Disposition(np.zeros(1), np.ones(1))
    found = nobody.temperature(np.array([[0.0, known["temperature_half"], 1e9]]), np.zeros(1, int))[0]
    top = known["temperature_normal"] + known["temperature_rise"]
    assert found == pytest.approx([known["temperature_normal"], (known["temperature_normal"] + top) / 2, top])


def test_neurotoxicity_comes_as_often_as_stated() -> None:
    """In 20 000 patients the shares lie within four standard errors of the stated chances."""
    known = values("toxicity")
    for cycle, when in ((1, "first"), (2, "later")):
        found = Neurotoxicity.of(MANY, cycle)
        for name, day in (("neurotoxicity", found.day), ("seizure", found.seizure_day)):
            chance = known[f"{name}_{when}"]
            error = 4 * (chance * (1 - chance) / 20_000) ** 0.5
            assert np.isfinite(day).mean() == pytest.approx(chance, abs=error)
    assert (found.grade >= 3).mean() == pytest.approx(known["neurotoxicity_grade_3"], abs=0.012)


def test_death_hazards_begin_where_stated() -> None:
    """Leukaemia kills from a fifth of a full marrow on, whole at 0.6; infection below 0.5 neutrophils."""
    known = values("outcomes")
    leukaemia, infection = death_hazards(np.array([0.2, 0.4, 0.6, 1.5]), np.array([0.5, 0.49, 3, 3]))
    assert leukaemia == pytest.approx(np.array([0, 0.5, 1, 1]) * known["leukaemia_death"])
    assert infection.tolist() == [0, known["infection_death"], 0, 0]


def test_outcomes_of_transplants_are_those_stated() -> None:
    """Relapse within two years and death in remission within one, in 20 000 patients, each alone."""
    known, no = values("outcomes"), np.zeros(20_000, bool)
    for with_mrd, name in ((no, "negative"), (~no, "positive")):
        found = AfterTransplant.of(MANY, with_mrd, no)
        assert (found.relapse < 730).mean() == pytest.approx(known[f"transplant_relapse_{name}"], abs=0.015)
        assert (found.death_in_remission < 365).mean() == pytest.approx(known["transplant_death"], abs=0.01)
    again = AfterTransplant.of(MANY, no, ~no)
    assert (again.death_in_remission < 365).mean() > (found.death_in_remission < 365).mean()


def test_draws_belong_to_a_patient_and_a_purpose() -> None:
    """Patient 5 has the same numbers among three as among ten; another purpose, or another seed, has others."""
    assert Draws(1, range(4, 7)).normal("x")[1] == Draws(1, range(10)).normal("x")[5]
    assert Draws(1, range(10)).normal("x")[5] != Draws(1, range(10)).normal("y")[5]
    assert Draws(1, range(10)).normal("x")[5] != Draws(2, range(10)).normal("x")[5]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_number_has_a_tag_and_a_source(topic: str) -> None:
    """Names are there once; what is assumed or calibrated says so in its tag."""
    names = [each.name for each in settings(topic)]
    assert len(set(names)) == len(names)
    assert all(each.source and each.meaning for each in settings(topic))
