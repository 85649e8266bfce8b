"""Fine and Gray's regression of a cumulative incidence: hazard ratios of the subdistribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, ReadOnlyArrays, codes, probability, same_length, times
from engager.statistics.counts import distinct_times
from engager.statistics.cox import covariate_columns, is_flat, refuse_singular
from engager.statistics.estimates import Estimate, normal_multiplier
from engager.statistics.significance import normal_two_sided

_MOST_STEPS = 60


@dataclass(frozen=True, eq=False)
class FineGrayModel(ReadOnlyArrays):
    """A fitted model with p covariates: `coefficients`, `std_error`, `p_values` (p,), robust `covariance` (p, p).

    `log_likelihood` is that of no effect and that of the fit, weighted, ties after Breslow.
    """

    coefficients: FloatArray
    std_error: FloatArray
    p_values: FloatArray
    covariance: FloatArray
    log_likelihood: tuple[float, float]
    cause: int
    n: int
    events: int
    level: float

    def hazard_ratio(self, column: int = 0) -> Estimate:
        """Return the subdistribution hazard ratio per unit of a covariate with its Wald interval, exp(b +- z se).

        Examples:
            >>> time, cause = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 0, 2, 1, 2, 0, 1, 1, 0, 1]
            >>> round(fine_gray(time, cause, [0, 1, 0, 1, 1, 0, 0, 1, 1, 0]).hazard_ratio().estimate, 4)
            0.7496
        """
        b, error = float(self.coefficients[column]), float(self.std_error[column])
        reach = normal_multiplier(self.level) * error
        lower, middle, upper = (float(np.exp(value)) for value in (b - reach, b, b + reach))
        return Estimate(middle, lower, upper, self.level, "Fine-Gray regression, robust Wald interval", error)


def fine_gray(
    time: ArrayLike, cause: ArrayLike, covariates: ArrayLike, *, of: int = 1, level: float = 0.95
) -> FineGrayModel:
    """Return Fine and Gray's model of the subdistribution hazard of one cause.

    Those who have had another cause stay at risk, with the weight G(t-) / G(T-), G being the Kaplan-Meier curve of
    censoring of all observations and T the time of that cause. b maximises the weighted partial likelihood with
    Breslow's ties; the covariance is the sandwich of Fine and Gray, which allows for G being estimated.

    Args:
        time: times of shape (n,), at least 0.
        cause: 0 for censoring, 1, 2, ... for the causes, shape (n,).
        covariates: finite numbers of shape (n, p), or (n,) for one.
        of: the cause of interest.
        level: the level of intervals of hazard ratios.

    Raises:
        StatisticsError: no event of the cause, covariates that its events cannot tell apart, a coefficient without
            bound, and the errors of `cumulative_incidence`.

    References:
        Fine and Gray 1999.

    Examples:
        >>> time, cause = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 0, 2, 1, 2, 0, 1, 1, 0, 1]
        >>> model = fine_gray(time, cause, [0, 1, 0, 1, 1, 0, 0, 1, 1, 0])
        >>> model.coefficients.round(6).tolist(), model.std_error.round(6).tolist()
        ([-0.288255], [0.816894])
    """
    time, cause = times(time), codes(cause, "cause")
    x = covariate_columns(covariates)
    same_length(time=time, cause=cause, covariates=x)
    probability(level, "level")
    if not np.any(cause == of) or of < 1:
        raise StatisticsError(f"of: expected a cause that occurs, found {of}")
    scale = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)
    data = _Weighted.of(distinct_times(time)[1], cause, of, (x - x.mean(axis=0)) / scale)
    beta = _maximum(data)
    covariance = np.asarray(data.sandwich(beta) / np.outer(scale, scale), dtype=np.float64)
    error = np.sqrt(np.diag(covariance))
    return FineGrayModel(
        coefficients=beta / scale,
        std_error=error,
        p_values=np.array([normal_two_sided(float(z)) for z in beta / scale / error]),
        covariance=covariance,
        log_likelihood=(data.derivatives(np.zeros(beta.size))[0], data.derivatives(beta)[0]),
        cause=of,
        n=time.size,
        events=int(np.count_nonzero(cause == of)),
        level=level,
    )


def _maximum(data: _Weighted) -> FloatArray:
    """Return the coefficients at the maximum, by Newton's method with halved steps."""
    beta = np.zeros(data.x.shape[1])
    value, score, information = data.derivatives(beta)
    null = information
    refuse_singular(null)
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(information, score)
        gain = float(step @ score)
        while data.derivatives(beta + step)[0] < value - 1e-12 * abs(value):
            step /= 2
        beta = beta + step
        value, score, information = data.derivatives(beta)
        if is_flat(information, null):
            break
        if gain < 1e-22 or np.abs(step).max() < 1e-13:
            return beta
    raise StatisticsError("covariates: expected finite coefficients, found one that grows without bound")


@dataclass(frozen=True, slots=True)
class _Weighted:
    """The observations by index of their distinct time, with the weights of those who had another cause.

    `censoring` is G just before each of the k times; `kind` is 0 for censored, 1 for the cause, 2 for another.
    """

    place: IntArray
    kind: IntArray
    x: FloatArray
    at_risk: IntArray
    censored: IntArray
    censoring: FloatArray

    @classmethod
    def of(cls, place: IntArray, cause: IntArray, of: int, x: FloatArray) -> _Weighted:
        kind = np.where(cause == 0, 0, np.where(cause == of, 1, 2))
        at_risk = np.bincount(place)[::-1].cumsum()[::-1]
        censored = np.bincount(place[kind == 0], minlength=at_risk.size)
        after = np.cumprod(1 - censored / at_risk)
        return cls(place, kind, x, at_risk, censored, np.concatenate(([1.0], after[:-1])))

    def _at_risk_sums(self, values: FloatArray) -> FloatArray:
        """Return the weighted sum of values over the risk set of every time, shape (k, ...)."""
        all_of, other = self._by_time(values), self._by_time(values, self.kind == 2, 1 / self.censoring[self.place])
        present = all_of[::-1].cumsum(axis=0)[::-1]
        past = np.cumsum(other, axis=0) - other
        sums: FloatArray = present + past * self.censoring.reshape(-1, *([1] * (values.ndim - 1)))
        return sums

    def _by_time(
        self, values: FloatArray, rows: np.ndarray | None = None, weight: FloatArray | None = None
    ) -> FloatArray:
        """Return the sum of (weighted) values of some rows at every time."""
        total = np.zeros((self.at_risk.size, *values.shape[1:]))
        place = self.place if rows is None else self.place[rows]
        chosen = values if rows is None else values[rows]
        if weight is not None and rows is not None:
            chosen = chosen * weight[rows].reshape(-1, *([1] * (values.ndim - 1)))
        np.add.at(total, place, chosen)
        return total

    def _moments(self, beta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the weighted sum of exp(x beta), and the first two moments of x, at every time."""
        risk = np.exp(self.x @ beta)
        first = risk[:, None] * self.x
        total = self._at_risk_sums(risk)
        mean = self._at_risk_sums(first) / total[:, None]
        return total, mean, self._at_risk_sums(first[:, :, None] * self.x[:, None, :]) / total[:, None, None]

    def derivatives(self, beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return the log likelihood, its gradient and its negative second derivative."""
        total, mean, square = self._moments(beta)
        events = np.flatnonzero(self.kind == 1)
        at = self.place[events]
        value = float((self.x[events] @ beta).sum() - np.log(total[at]).sum())
        spread = square[at] - mean[at][:, :, None] * mean[at][:, None, :]
        return value, (self.x[events] - mean[at]).sum(axis=0), np.asarray(spread.sum(axis=0))

    def sandwich(self, beta: FloatArray) -> FloatArray:
        """Return the robust covariance, from the influence of every observation on the score."""
        total, mean, _ = self._moments(beta)
        hazard = np.bincount(self.place[self.kind == 1], minlength=total.size) / total
        influence = self._score_part(beta, mean, hazard) + self._censoring_part(beta, mean, hazard)
        information = self.derivatives(beta)[2]
        bread = np.linalg.inv(information)
        return np.asarray(bread @ influence.T @ influence @ bread, dtype=np.float64)

    def _score_part(self, beta: FloatArray, mean: FloatArray, hazard: FloatArray) -> FloatArray:
        """Return the integral of (x - mean) over each observation's weighted martingale, shape (n, p)."""
        risk = np.exp(self.x @ beta)[:, None]
        to = np.cumsum(hazard)[self.place][:, None], np.cumsum(hazard[:, None] * mean, axis=0)[self.place]
        part = (self.kind == 1)[:, None] * (self.x - mean[self.place]) - risk * (self.x * to[0] - to[1])
        # A risk set at the time of the other cause itself counts in full, so only the later ones are weighted.
        own = (self.censoring * hazard)[:, None]
        tail, tail_mean = self._tails(mean, hazard)
        tail, tail_mean = tail - own, tail_mean - own * mean
        later = risk * (self.x * tail[self.place] - tail_mean[self.place]) / self.censoring[self.place][:, None]
        found: FloatArray = part - (self.kind == 2)[:, None] * later
        return found

    def _tails(self, mean: FloatArray, hazard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of G dH and of G mean dH from each time on, shapes (k, 1) and (k, p)."""
        weighted = (self.censoring * hazard)[:, None]
        return _from(weighted), _from(weighted * mean)

    def _censoring_part(self, beta: FloatArray, mean: FloatArray, hazard: FloatArray) -> FloatArray:
        """Return what each observation adds through the estimated censoring curve, shape (n, p)."""
        other = self.kind == 2
        weight = np.exp(self.x @ beta) / self.censoring[self.place]
        tail, tail_mean = self._tails(mean, hazard)
        # Those who had another cause before u, and what their weights still do to the score from u on.
        now, now_x = self._by_time(weight, other)[:, None], self._by_time(weight[:, None] * self.x, other)
        had, had_x = np.cumsum(now, axis=0) - now, np.cumsum(now_x, axis=0) - now_x
        q = had_x * tail - had * tail_mean
        rate = (self.censored / self.at_risk)[:, None]
        compensator = np.cumsum(q * rate / self.at_risk[:, None], axis=0)
        own = (self.kind == 0)[:, None] * (q / self.at_risk[:, None])[self.place]
        found: FloatArray = own - compensator[self.place]
        return found


def _from(values: FloatArray) -> FloatArray:
    """Return the sums over each row and the later ones."""
    sums: FloatArray = values[::-1].cumsum(axis=0)[::-1]
    return sums
