"""What must hold of any regimen, whatever the numbers: on the same virtual patients, one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model
from engager.simulator.populations.population import VirtualPatients, read_population, sample
from engager.simulator.solving.solver import solve
from engager.simulator.treatment.schedule import Schedule

Floats = NDArray[np.float64]
DRUG, CHEMOTHERAPY = 0, 1
HOURS = [hour / 24 for hour in (1, 2, 3, 4, 6, 9, 12, 18, 24)]
PATIENTS = 96


@dataclass(frozen=True)
class Treated:
    """Virtual patients over the days looked at."""

    days: Floats
    seen: dict[str, Floats]

    def at(self, name: str, day: float) -> Floats:
        """Return a quantity on a day."""
        return self.seen[name][:, int(np.argmin(np.abs(self.days - day)))]

    def peak(self, name: str, start: float, end: float) -> Floats:
        """Return the highest of each patient between two days."""
        within = (self.days >= start) & (self.days <= end)
        return np.asarray(self.seen[name][:, within].max(axis=1))

    def remission(self, day: float) -> NDArray[np.bool_]:
        """Return who has a marrow below 5 % blasts on a day."""
        return self.at("blast_fraction", day) < 0.05


Treat = Callable[..., Treated]
Dose = tuple[int, float, float, float]


@pytest.fixture(scope="module")
def model() -> Model:
    return read_model("blinatumomab")


@pytest.fixture(scope="module")
def children(model: Model) -> VirtualPatients:
    return sample(read_population("relapsed-refractory-children"), model, range(PATIENTS), 11)


@pytest.fixture(scope="module")
def treat(model: Model, children: VirtualPatients) -> Treat:
    """Give the same patients these doses, (input, from, to, rate) each; a covariate or parameter may be set for all."""

    def treat(doses: Sequence[Dose], days: Sequence[float], **given: float | Floats) -> Treated:
        constants = children.constants.copy()
        for name, value in given.items():
            constants[:, model.constants.index(name)] = value
        who = np.repeat(np.arange(PATIENTS), len(doses))
        columns = [np.tile(np.array(column), PATIENTS) for column in zip(*doses, strict=True)]
        pieces = Schedule.of(who, *columns).pieces(patients=PATIENTS, inputs=len(model.inputs))
        times = np.array(sorted({0.0, *days}))
        found = solve(model, constants, model.initial(constants), pieces, times)
        assert found.failed == []
        return Treated(times, model.observe(constants, found.values, pieces.at(times)))

    return treat


def _mean(values: Floats) -> float:
    return float(np.exp(np.log(values).mean()))


ONE_CYCLE: list[Dose] = [(DRUG, 0, 28, 15)]


def test_response_falls_with_blasts_at_equal_dose(treat: Treat) -> None:
    """The same patients with 10, 50 and 95 % of blasts respond less and less."""
    shares = [treat(ONE_CYCLE, [28], blasts=blasts).remission(28).mean() for blasts in (0.1, 0.5, 0.95)]
    assert shares[0] > shares[1] > shares[2]
    assert shares[0] - shares[2] > 0.2


def test_chemotherapy_before_it_lets_failing_patients_respond(treat: Treat) -> None:
    """Chemotherapy two weeks before: more remissions than by either alone, also in patients whom either fails."""
    later: list[Dose] = [(DRUG, 19, 47, 15)]
    debulking: list[Dose] = [(CHEMOTHERAPY, 0, 5, 1)]
    alone = treat(ONE_CYCLE, [28], blasts=0.9).remission(28)
    chemotherapy = treat(debulking, [47], blasts=0.9).remission(47)
    both = treat([*debulking, *later], [47], blasts=0.9).remission(47)
    assert both.mean() > max(alone.mean(), chemotherapy.mean()) + 0.1
    assert (both & ~alone & ~chemotherapy).sum() >= 5


def test_stepping_lowers_the_first_peak_of_interleukin_6_in_every_patient(treat: Treat) -> None:
    """5 for a week, then 15: a lower first peak than 15 at once, and a peak after the step lower than that one too."""
    days = [*HOURS, *(7 + hour for hour in HOURS)]
    at_once = treat(ONE_CYCLE, days)
    stepped = treat([(DRUG, 0, 7, 5), (DRUG, 7, 28, 15)], days)
    assert (stepped.peak("IL6", 0, 1) < at_once.peak("IL6", 0, 1)).all()
    assert _mean(stepped.peak("IL6", 7, 8)) < _mean(at_once.peak("IL6", 0, 1))
    assert _mean(stepped.peak("IL6", 7, 8)) > 1.5 * _mean(stepped.at("IL6", 7))


@pytest.mark.parametrize(("name", "blasts"), [("IL6", 0.6), ("IL6", 0.01), ("IFNG", 0.01)])
def test_cytokines_are_absent_when_a_second_cycle_starts(treat: Treat, name: str, blasts: float) -> None:
    """At the same dose, after two weeks without: little on the first day beside what the first cycle brought.

    Interleukin 6 at any burden; interferon with residual disease, the setting in which it was seen.
    """
    days = [*HOURS, *range(2, 29), *(42 + hour for hour in HOURS)]
    two = treat([*ONE_CYCLE, (DRUG, 42, 70, 15)], days, blasts=blasts)
    assert _mean(two.peak(name, 42, 43)) < 0.15 * _mean(two.peak(name, 0, 28)) + 3


def test_interleukin_10_is_released_again_where_leukaemia_persists(treat: Treat) -> None:
    """In a second cycle, with many blasts left, interleukin 10 rises well above where it is without drug."""
    later = treat([*ONE_CYCLE, (DRUG, 42, 70, 15)], [28, 42, 49], blasts=0.9)
    failing = ~later.remission(28)
    assert failing.sum() > 20
    assert _mean(later.at("IL10", 49)[failing]) > 2 * _mean(later.at("IL10", 42)[failing])


def test_response_rises_with_the_t_cell_to_blast_ratio_and_is_near_certain_above_7(treat: Treat) -> None:
    """Blood T cells over marrow blasts per uL (6,500 cells per uL of marrow), over a wide range of both."""
    numbers = np.random.default_rng(7)
    half = np.arange(PATIENTS) % 2 == 0
    ratio = np.exp(
        np.where(
            half, numbers.uniform(np.log(0.02), np.log(7), PATIENTS), numbers.uniform(np.log(7), np.log(15), PATIENTS)
        )
    )
    most = np.minimum(0.98, 5000 / 6500 / ratio)
    blasts = 0.05 * (most / 0.05) ** numbers.uniform(size=PATIENTS)
    t_cells = ratio * blasts * 6500
    answered = treat(ONE_CYCLE, [28], blasts=blasts, T0=t_cells).remission(28)
    shares = [answered[(ratio >= low) & (ratio < high)].mean() for low, high in ((0, 0.2), (0.2, 2), (2, 7), (7, 1e9))]
    assert shares[0] < shares[1] < shares[3]
    assert shares[3] > 0.85
    assert shares[0] < 0.35


def test_the_trimer_option_gives_the_same_directions(children: VirtualPatients) -> None:
    """With trimers in place of half-maximal concentrations a higher dose still does more."""
    trimer = read_model("blinatumomab", ["trimer"])
    drawn = sample(read_population("relapsed-refractory-children"), trimer, range(4), 11)
    low, high = (trimer.observe(drawn.constants, _with_drug(trimer, drawn, c), np.zeros((4, 1, 3))) for c in (0.2, 0.5))
    assert (high["em"] > low["em"]).all()
    assert len(children) == PATIENTS


def _with_drug(model: Model, drawn: VirtualPatients, concentration: float) -> Floats:
    states = drawn.initial[:, None, :].copy()
    states[:, 0, 0] = concentration * drawn.constants[:, model.constants.index("V")]
    return states
