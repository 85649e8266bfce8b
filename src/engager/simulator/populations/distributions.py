"""How a quantity is spread over the patients of a population: one class a kind, each a line of a population's file.

Each turns standard normal numbers into values, so that correlated normal numbers give correlated values of any kind
(a Gaussian copula). A spread in per cent, `cv`, is that of a log-normal around its median.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import log, sqrt
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engager.simulator.populations.random_numbers import Floats
from engager.terms.body_surface import FORMULAS
from engager.terms.growth import Measure, growth_values

Column = NDArray[Any]
Known = Mapping[str, Column]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Tag = Literal["V", "Va", "D", "C", "A", "M"]


class Spread(BaseModel):
    """A quantity of a population: its name, unit and where its numbers come from.

    `tag` is V (read in the source), Va (read in an abstract, excerpt or label table), D (derived), C (calibrated),
    A (assumed) or M (remembered, not verified).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")]
    unit: str = "1"
    tag: Tag
    source: Annotated[str, Field(min_length=1)]
    meaning: str = ""

    @property
    def random(self) -> bool:
        """Whether values differ between patients by chance, so that a correlation can name the quantity."""
        return True

    @property
    def needs(self) -> tuple[str, ...]:
        """The quantities that must be known before this one."""
        return ()

    def values(self, z: Floats, known: Known) -> Column:  # noqa: ARG002 - for those that follow from others
        """Return the patients' values from a standard normal number each and the quantities known so far."""
        return self.from_normal(z)

    def from_normal(self, z: Floats) -> Column:
        """Return the patients' values from a standard normal number each, where nothing else is needed."""
        raise NotImplementedError


class Bounded(Spread):
    """A spread that may be cut off at `low` and `high`; what lies beyond is not piled up there but left out."""

    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.low is not None and self.high is not None and self.high <= self.low:
            raise ValueError(f"`high` above `low` ({self.low:g})")
        return self

    def _within(self, z: Floats, low: float | None, high: float | None) -> Floats:
        """Return the normal numbers moved between two limits of the normal scale, in the same order."""
        from scipy.special import ndtr, ndtri

        if low is None and high is None:
            return z
        bottom, top = (0.0 if low is None else ndtr(low)), (1.0 if high is None else ndtr(high))
        return np.asarray(ndtri(bottom + ndtr(z) * (top - bottom)), dtype=np.float64)


class Normal(Bounded):
    """A normal distribution."""

    distribution: Literal["normal"]
    mean: Number
    sd: Positive

    def from_normal(self, z: Floats) -> Column:
        """Return mean + sd z."""
        limits = [None if limit is None else (limit - self.mean) / self.sd for limit in (self.low, self.high)]
        return _clipped(self.mean + self.sd * self._within(z, *limits), self.low, self.high)


class LogNormal(Bounded):
    """A log-normal distribution by its median and its coefficient of variation in per cent."""

    distribution: Literal["lognormal"]
    median: Positive
    cv: Positive

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if self.high is not None and self.high <= 0:
            raise ValueError("`high` above 0: a log-normal quantity is positive")
        return self

    def from_normal(self, z: Floats) -> Column:
        """Return median exp(sd z), where sd is that of the logarithm."""
        sd = log_sd(self.cv)
        low = self.low if self.low is not None and self.low > 0 else None
        limits = [None if limit is None else log(limit / self.median) / sd for limit in (low, self.high)]
        return _clipped(self.median * np.exp(sd * self._within(z, *limits)), low, self.high)


class Quantiles(Spread):
    """An empirical distribution by points [share of patients, value], even between them, on a linear or log scale.

    A median with a range is [[0, least], [0.5, median], [1, most]]: all that it says, and nothing more.
    """

    distribution: Literal["quantiles"]
    points: Annotated[tuple[tuple[Number, Number], ...], Field(min_length=2)]
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _rising(self) -> Self:
        shares, values = zip(*self.points, strict=True)
        if shares[0] != 0 or shares[-1] != 1 or any(b <= a for a, b in pairwise(shares)):
            raise ValueError("shares that rise from 0 to 1, as [[0, 2], [0.5, 6], [1, 11]]")
        if any(b < a for a, b in pairwise(values)):
            raise ValueError("values that do not fall from one point to the next")
        if self.scale == "log" and values[0] <= 0:
            raise ValueError("values above 0 on a log scale")
        return self

    def from_normal(self, z: Floats) -> Column:
        """Return the value at each patient's share."""
        from scipy.special import ndtr

        shares, values = (np.array(column) for column in zip(*self.points, strict=True))
        if self.scale == "log":
            return np.asarray(np.exp(np.interp(ndtr(z), shares, np.log(values))))
        return np.asarray(np.interp(ndtr(z), shares, values))


class Categories(Spread):
    """Values, words or whole numbers, with the share of patients that have each."""

    distribution: Literal["categories"]
    values_: Annotated[tuple[str | int, ...], Field(alias="values", min_length=1)]
    shares: tuple[Annotated[float, Field(ge=0, le=1)], ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(self.shares) != len(self.values_):
            raise ValueError(f"a share for each of the {len(self.values_)} values, found {len(self.shares)}")
        if abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError(f"shares that add up to 1, found {sum(self.shares):g}")
        return self

    def from_normal(self, z: Floats) -> Column:
        """Return the category that each patient's share falls into."""
        from scipy.special import ndtr

        place = np.searchsorted(np.cumsum(self.shares)[:-1], ndtr(z), side="right")
        column: Column = np.array(self.values_)[place]
        return column


class Growth(Spread):
    """Height or weight by age and sex, from the growth reference; beyond 3 standard deviations nobody is drawn."""

    distribution: Literal["growth"]
    measure: Measure

    @property
    def needs(self) -> tuple[str, ...]:
        """Age in years and sex."""
        return "age", "sex"

    def values(self, z: Floats, known: Known) -> Column:
        """Return the heights in cm or the weights in kg."""
        from scipy.special import ndtr, ndtri

        bottom, top = ndtr(-3.0), ndtr(3.0)
        within = np.asarray(ndtri(bottom + ndtr(z) * (top - bottom)), dtype=np.float64)
        return growth_values(self.measure, known["age"], known["sex"], within)


class Surface(Spread):
    """The body surface in m2 by one of the formulas, from height and weight."""

    distribution: Literal["surface"]
    formula: Literal["Mosteller", "Haycock", "DuBois", "Gehan-George"] = "Mosteller"

    @property
    def random(self) -> bool:
        """Never: it follows from height and weight."""
        return False

    @property
    def needs(self) -> tuple[str, ...]:
        """Height in cm and weight in kg."""
        return "height", "weight"

    def values(self, z: Floats, known: Known) -> Column:
        """Return the body surfaces in m2."""
        formula = FORMULAS[self.formula]
        height, weight = (np.power(known[name], getattr(formula, name)) for name in self.needs)
        return np.broadcast_to(formula.constant * height * weight, z.shape)


class Fixed(Spread):
    """One value for every patient."""

    distribution: Literal["fixed"]
    value: Number

    @property
    def random(self) -> bool:
        """Never."""
        return False

    def from_normal(self, z: Floats) -> Column:
        """Return the value for each patient."""
        return np.full(len(z), self.value)


Quantity = Annotated[
    Normal | LogNormal | Quantiles | Categories | Growth | Surface | Fixed, Field(discriminator="distribution")
]
"""Any of the kinds, told apart by the key `distribution`."""

KINDS: Mapping[str, type[Spread]] = {
    "normal": Normal,
    "lognormal": LogNormal,
    "quantiles": Quantiles,
    "categories": Categories,
    "growth": Growth,
    "surface": Surface,
    "fixed": Fixed,
}
"""The classes by the word that the file writes."""


def log_sd(cv: float) -> float:
    """Return the standard deviation of the logarithm of a log-normal quantity from its CV in per cent.

    Examples:
        >>> round(log_sd(50), 4)
        0.4724
    """
    return sqrt(log(1.0 + (cv / 100.0) ** 2))


def _clipped(values: Floats, low: float | None, high: float | None) -> Floats:
    """Return values within their limits, which rounding of the normal scale may pass by a last digit."""
    return values if low is None and high is None else np.clip(values, low, high)
