"""A virtual population that shows what was observed: weights for virtual patients, and a selection by them.

Each plausible patient gets a weight such that the weighted population meets every target exactly and is otherwise as
near to the one drawn as can be: weights of maximal entropy, exponential in the targets' features. The effective number
of patients tells how much of the population had to be given up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engager.errors import InputError, Issue, Severity, option
from engager.simulator.populations.random_numbers import Floats, uniforms
from engager.simulator.what_if.measures import Measure, read_measures

_ROUNDS, _MET = 200, 1e-10
# Targets that leave fewer patients than this share of those drawn are met by so few that they say little.
_FEW = 0.05


@dataclass(frozen=True, slots=True)
class Target:
    """What was observed: the mean of a measure, which is a share where the measure has a limit; and its source."""

    measure: Measure
    mean: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weights of virtual patients that add up to 1, and the effective number of patients, 1 / (sum of squares)."""

    weights: Floats
    effective: float
    warning: str | None = None

    def mean(self, values: Floats) -> float:
        """Return the weighted mean of a measure, of those who have it."""
        known = ~np.isnan(values)
        return float(self.weights[known] @ values[known] / self.weights[known].sum())

    def selected(self, n: int, seed: int) -> list[int]:
        """Return n patients drawn by weight, systematically, so that each stands there as often as is nearest."""
        steps = (np.arange(n) + uniforms(seed, "selection", range(1))[0]) / n
        places = np.searchsorted(np.cumsum(self.weights), steps * self.weights.sum(), side="right")
        return [int(place) for place in np.minimum(places, len(self.weights) - 1)]


def read_targets(texts: Mapping[str, float]) -> tuple[Target, ...]:
    """Return targets from measures in words and their means; InputError with every one that cannot be read."""
    measures = read_measures(list(texts))
    issues = [
        _issue(f"{mean:g} for `{measure.text}`", "a share between 0 and 1, both excluded")
        for measure, mean in zip(measures, texts.values(), strict=True)
        if measure.is_share and not 0 < mean < 1
    ]
    if issues:
        raise InputError(issues)
    return tuple(Target(measure, mean) for measure, mean in zip(measures, texts.values(), strict=True))


def weigh(found: Mapping[str, Floats], targets: Sequence[Target]) -> Weighted:
    """Return the weights with which patients meet the targets.

    Args:
        found: the measures of each patient by their texts, as `measured` gives them; who has a missing one, since no
            solution was found, has no weight.
        targets: what the weighted means must be.

    Raises:
        InputError: a target outside of what the patients show; targets that no weights meet together.

    References:
        Jaynes 1957, Phys Rev 106:620; for virtual populations, Schmidt 2013, BMC Bioinformatics 14:221.
    """
    features = np.stack([found[target.measure.text] - target.mean for target in targets], axis=1)
    known = ~np.isnan(features).any(axis=1)
    _refuse_outside(features[known], targets)
    weights = np.zeros(len(features))
    weights[known] = _entropic(features[known], targets)
    effective = float(1 / (weights @ weights))
    warning = None
    if effective < _FEW * known.sum():
        warning = f"Only {effective:.0f} of {known.sum()} patients carry the weight: the targets lie at the edge"
    return Weighted(weights, effective, warning)


def _entropic(features: Floats, targets: Sequence[Target]) -> Floats:
    """Return weights exponential in the features whose weighted means are 0: the minimum of a convex function.

    Newton's method on log sum exp(features l), with halved steps while it does not fall.
    """
    scale = features.std(axis=0)
    scaled = features / np.where(scale > 0, scale, 1.0)
    multipliers = np.zeros(scaled.shape[1])
    for _ in range(_ROUNDS):
        weights = _weights(scaled @ multipliers)
        gradient = weights @ scaled
        if np.abs(gradient).max() < _MET:
            return weights
        spread = (scaled * weights[:, None]).T @ scaled - np.outer(gradient, gradient)
        step = np.asarray(np.linalg.lstsq(spread, gradient, rcond=None)[0], np.float64)
        multipliers = _lowered(scaled, multipliers, step)
    wanted = "; ".join(f"{target.measure.text} = {target.mean:g}" for target in targets)
    raise InputError(_issue(f"targets that no weights meet together: {wanted}", "targets that some patients show"))


def _lowered(scaled: Floats, multipliers: Floats, step: Floats) -> Floats:
    """Return the multipliers after the longest of ever shorter steps that lowers the function."""
    before = _log_sum(scaled @ multipliers)
    for halving in range(40):
        after = multipliers - step / 2**halving
        if _log_sum(scaled @ after) < before:
            return np.asarray(after)
    return np.asarray(multipliers - step)


def _weights(exponents: Floats) -> Floats:
    weights = np.exp(exponents - exponents.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _log_sum(exponents: Floats) -> float:
    most = float(exponents.max())
    return most + float(np.log(np.exp(exponents - most).sum()))


def _refuse_outside(features: Floats, targets: Sequence[Target]) -> None:
    issues = [] if len(features) else [_issue("no patient who was solved", "at least 1")]
    for at, target in enumerate(targets):
        column = features[:, at]
        if len(column) and not column.min() < 0 < column.max():
            low, high = column.min() + target.mean, column.max() + target.mean
            found = f"`{target.measure.text}` = {target.mean:g}, where the patients show {low:.4g} to {high:.4g}"
            issues.append(_issue(found, "a target between the least and the most that the patients show"))
    if issues:
        raise InputError(issues)


def _issue(found: str, expected: str) -> Issue:
    place = option("target")
    return Issue(Severity.ERROR, "simulator.selection", place, found, expected, structural=True)
