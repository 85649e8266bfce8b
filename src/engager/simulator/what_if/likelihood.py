"""How likely a study's data are under a model and a population: each patient's likelihood, over virtual patients.

What a patient has of the population is not known, so that the likelihood is the mean over virtual patients (a Monte
Carlo integral). The virtual patients stay the same while parameters change, which makes it a smooth function of them.
Observed values scatter log-normally around the model; of a value below the limit it is known that it is below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engager.errors import InputError, Issue, Severity, option
from engager.simulator.models.model import Model
from engager.simulator.populations.population import Population, VirtualPatients, from_numbers, varying
from engager.simulator.populations.random_numbers import Floats, normals
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.changed_patients import individual_factors, with_factors
from engager.simulator.what_if.predictive_check import Observed
from engager.terms.likeness import did_you_mean

Whole = NDArray[np.intp]
_TINY = 1e-30
_HALF_LOG_2PI = 0.9189385332046727


@dataclass(frozen=True, slots=True)
class Free:
    """A parameter to be found: its typical value, or the spread between patients, as a factor of the model's own."""

    parameter: str
    what: Literal["value", "spread"] = "value"

    @property
    def name(self) -> str:
        """The name in tables: the parameter's, or `cv of` it."""
        return self.parameter if self.what == "value" else f"cv of {self.parameter}"


@dataclass(frozen=True, slots=True)
class _Data:
    """Observed values as columns, sorted by patient: `first` is the row at which each patient's begin."""

    days: list[float]
    patient: Whole
    place: Whole
    logs: Floats
    below: NDArray[np.bool_]
    first: Whole


@dataclass(frozen=True)
class Likelihood:
    """The likelihood of observed values; `of` gives its logarithm for factors of the free parameters and the error.

    `known` are quantities of the population that are known of the observed patients: `patient` and a column each.
    `draws` virtual patients stand for each observed one; without known quantities the same ones stand for all.
    """

    treatment: PlannedTreatment
    population: Population
    observed: Observed
    free: tuple[Free, ...]
    draws: int
    seed: int
    known: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        issues = [*_unfit(self.treatment.model, self.population, self.free), *self._gaps()]
        if issues:
            raise InputError(issues)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The observed patients, in the order of their first value."""
        return tuple(self.observed.values["patient"].unique(maintain_order=True).cast(pl.String))

    @cached_property
    def virtual(self) -> VirtualPatients:
        """The virtual patients: for each observed one after the other if something is known of them."""
        model, times = self.treatment.model, 1 if self.known is None else len(self.names)
        patients = range(self.draws)
        drawn = {name: np.tile(normals(self.seed, f"population/{name}", patients), times)
                 for name in varying(self.population, model)}  # fmt: skip
        known = self._known_columns()
        return from_numbers(self.population, model, range(self.draws * times), drawn, known=known, seed=self.seed)

    @cached_property
    def _spreads(self) -> Mapping[str, Floats]:
        """The virtual patients' parameters over their typical values."""
        return individual_factors(self.treatment.model, self.virtual)

    def of(self, factors: Sequence[float], error: float) -> float:
        """Return the log-likelihood at factors of the free parameters and an error, the sd of the logarithm."""
        return float(self.by_patient(factors, error).sum())

    def by_patient(self, factors: Sequence[float], error: float) -> Floats:
        """Return the log-likelihood of each observed patient."""
        return _log_mean(self._per_draw(factors, error))

    def effective_draws(self, factors: Sequence[float], error: float) -> Floats:
        """Return how many of the virtual patients carry the likelihood of each observed one."""
        logs = self._per_draw(factors, error)
        weights = np.exp(logs - logs.max(axis=1, keepdims=True))
        return np.asarray(weights.sum(axis=1) ** 2 / (weights**2).sum(axis=1))

    def _per_draw(self, factors: Sequence[float], error: float) -> Floats:
        """Return the log-likelihood of each observed patient's values under each of their virtual patients."""
        moved = with_factors(self.treatment.model, self.virtual, self._factors(factors))
        seen = self.treatment.follow(moved, self._data.days, (self.observed.output,))
        expected = self.observed.factor * seen.values[self.observed.output]
        logs = np.log(np.maximum(np.nan_to_num(expected, nan=_TINY), _TINY))
        data = self._data
        if self.known is None:
            of_rows = logs[:, data.place].T
        else:
            of_rows = logs.reshape(len(self.names), self.draws, -1)[data.patient, :, data.place]
        return np.asarray(np.add.reduceat(_log_density(data, of_rows, error), data.first, axis=0))

    @cached_property
    def _data(self) -> _Data:
        values = self.observed.values.with_columns(pl.col("patient").cast(pl.String))
        order = {name: at for at, name in enumerate(self.names)}
        patient = np.array([order[name] for name in values["patient"]])
        sort = np.argsort(patient, kind="stable")
        days = values["day"].unique().sort()
        place = np.searchsorted(days.to_numpy(), values["day"].to_numpy())[sort]
        logs = np.log(values["value"].to_numpy())[sort]
        first = np.searchsorted(patient[sort], np.arange(len(order)))
        return _Data(days.to_list(), patient[sort], place, logs, values["below"].to_numpy()[sort], first)

    def _factors(self, factors: Sequence[float]) -> dict[str, float | Floats]:
        """Return what each parameter is multiplied with; a spread s stretches a patient's own factor f to f^s."""
        found: dict[str, float | Floats] = {}
        for free, factor in zip(self.free, factors, strict=True):
            by: float | Floats = factor
            if free.what == "spread":
                by = self._spreads[free.parameter] ** (factor - 1)
            found[free.parameter] = found.get(free.parameter, 1.0) * by
        return found

    def _known_columns(self) -> dict[str, Floats] | None:
        if self.known is None:
            return None
        rows = pl.DataFrame({"patient": self.names}).join(
            self.known.with_columns(pl.col("patient").cast(pl.String)), on="patient", how="left", maintain_order="left"
        )
        columns = [name for name in rows.columns if name != "patient"]
        return {name: np.repeat(rows[name].to_numpy(), self.draws) for name in columns}

    def _gaps(self) -> list[Issue]:
        """Return what is missing of the observed patients."""
        if self.draws < 2:
            return [_issue("draws", str(self.draws), "2 or more virtual patients for each observed one")]
        if self.observed.values.is_empty() or self.observed.values["value"].min() <= 0:  # type: ignore[operator]
            return [_issue("test", "no value, or one that is not above 0", "values above 0")]
        if self.known is None:
            return []
        quantities = [each.name for each in self.population.quantities]
        issues = [_issue("known", f"`{name}`", f"a quantity of the population ({', '.join(quantities)})")
                  for name in self.known.columns if name not in ("patient", *quantities)]  # fmt: skip
        whole = self.known.drop_nulls()["patient"].cast(pl.String).to_list()
        issues += [_issue("known", f"nothing, or not all, of patient {name}", "a row with every column for each")
                   for name in self.names if name not in whole][:5]  # fmt: skip
        return issues


def _log_density(data: _Data, expected: Floats, error: float) -> Floats:
    """Return the log-density of each observed value under each virtual patient, (values, draws)."""
    from scipy.special import log_ndtr

    away = (data.logs[:, None] - expected) / error
    density = -0.5 * away**2 - np.log(error) - _HALF_LOG_2PI
    density[data.below] = log_ndtr(away[data.below])
    return np.asarray(density)


def _log_mean(logs: Floats) -> Floats:
    most = logs.max(axis=1)
    return np.asarray(most + np.log(np.exp(logs - most[:, None]).mean(axis=1)))


def _unfit(model: Model, population: Population, free: Sequence[Free]) -> list[Issue]:
    names = [each.name for each in model.parameters]
    by_model = [each.name for each in model.parameters if each.cv and each.name not in population.by_name]
    issues = [] if free else [_issue("free", "no parameter", "a parameter to be found")]
    for each in free:
        if each.parameter not in names:
            advice = did_you_mean(each.parameter, names)
            issues.append(_issue("free", f"`{each.parameter}`", f"a parameter of {model.name}", advice))
        elif each.what == "spread" and each.parameter not in by_model:
            expected = f"a parameter to which the model gives a cv ({', '.join(by_model)})"
            issues.append(_issue("free", f"the spread of `{each.parameter}`", expected))
    if len(set(free)) < len(free):
        issues.append(_issue("free", "a parameter twice", "each once"))
    return issues


def _issue(key: str, found: str, expected: str, advice: str = "") -> Issue:
    place = option(key)
    return Issue(Severity.ERROR, "simulator.calibration", place, found, expected, advice, structural=True)
