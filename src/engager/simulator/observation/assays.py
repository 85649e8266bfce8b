"""Assays of leukaemic cells: a number of events among the cells looked at, and what the laboratory says of it.

Counting is a Poisson process (of a differential count, a binomial one). Below the events that are a signal the answer
is "not detected", below those that give a number "positive, not quantifiable".
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Floats = NDArray[np.float64]
NOT_DETECTED, NOT_QUANTIFIABLE, QUANTIFIED = 0, 1, 2


class Assay(BaseModel):
    """An assay: how many cells it looks at, how many events are a signal and how many a number, what it sees."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test: Literal["marrow_blasts", "mrd"]
    method: str
    cells: Annotated[float, Field(gt=0)]
    events: Annotated[int, Field(ge=0)] = 0
    quantified: Annotated[int, Field(ge=0)] = 0
    unit: Literal["1", "%"]
    sees: Literal["all", "CD19-positive"]
    source: str

    @property
    def lod(self) -> float | None:
        """The limit of detection as a fraction; None for a count that has none."""
        return self.events / self.cells if self.events else None

    @property
    def loq(self) -> float | None:
        """The limit of quantification as a fraction; None for a count that has none."""
        return self.quantified / self.cells if self.quantified else None


@dataclass(frozen=True, slots=True)
class Readings:
    """What an assay answered, an entry a sample: the kind of answer and the fraction, 0 where it is no number."""

    kind: NDArray[np.int8]
    fraction: Floats

    def at_most(self, assay: Assay) -> Floats:
        """Return the largest fraction that each answer allows: the number, or the last one below its limit."""
        bounds = np.nextafter([assay.lod or 0.0, assay.loq or 0.0], 0.0)
        return np.where(self.kind == QUANTIFIED, self.fraction, bounds[np.minimum(self.kind, 1)])


@cache
def assays() -> Mapping[str, Assay]:
    """Return the assays by name: microscopy, flow, pcr, ngs.

    Examples:
        >>> assays()["flow"].lod, assays()["ngs"].lod
        (0.0001, 1e-06)
    """
    text = (files("engager.simulator.observation") / "assays.toml").read_text("utf-8")
    return {name: _assay(raw) for name, raw in tomllib.loads(text)["assays"].items()}


def _assay(raw: dict[str, object]) -> Assay:
    return Assay.model_validate(raw)


def read_assay(assay: Assay, positive: Floats, negative: Floats, uniform: Floats) -> Readings:
    """Return the answers of an assay on samples.

    Args:
        assay: which.
        positive: CD19-positive blasts as a fraction of marrow cells.
        negative: CD19-negative blasts, likewise; an assay that gates on CD19 does not see them.
        uniform: a number between 0 and 1 for each sample.

    Examples:
        >>> found = read_assay(assays()["flow"], np.array([0.1, 0.0]), np.array([0.0, 0.1]), np.array([0.5, 0.5]))
        >>> found.kind.tolist(), found.fraction.round(3).tolist()
        ([2, 0], [0.1, 0.0])
    """
    seen = positive if assay.sees == "CD19-positive" else positive + negative
    count = _poisson if assay.events else _binomial
    events = count(assay.cells, np.clip(seen, 0.0, 1.0), uniform)
    kind = np.full(len(events), QUANTIFIED, np.int8)
    kind[events < assay.quantified] = NOT_QUANTIFIABLE
    kind[events < assay.events] = NOT_DETECTED
    fraction = np.where(kind == QUANTIFIED, np.minimum(events / assay.cells, 1.0), 0.0)
    return Readings(kind, fraction)


def _poisson(cells: float, fraction: Floats, uniform: Floats) -> Floats:
    """Return the Poisson number of events that a uniform number stands for."""
    from scipy.special import pdtr, pdtrik

    mean = np.maximum(cells * fraction, 1e-300)
    return _whole(np.asarray(pdtrik(uniform, mean), np.float64), lambda below: pdtr(below, mean), uniform)


def _binomial(cells: float, fraction: Floats, uniform: Floats) -> Floats:
    """Return the binomial number of events that a uniform number stands for."""
    from scipy.special import bdtr, bdtrik

    inner, cells = np.clip(fraction, 1e-12, 1 - 1e-12), int(cells)
    return _whole(
        np.asarray(bdtrik(uniform, cells, inner), np.float64), lambda below: bdtr(below, cells, inner), uniform
    )


def _whole(quantile: Floats, probability: object, uniform: Floats) -> Floats:
    """Return the least whole number whose probability reaches the uniform number, near a quantile that is none."""
    rounded = np.ceil(np.nan_to_num(quantile))
    below = np.maximum(rounded - 1, 0)
    reached = probability(below) >= uniform  # type: ignore[operator]
    return np.asarray(np.where(reached, below, rounded), np.float64)
