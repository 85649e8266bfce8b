"""What a small trial can show: its chance of success by its size, for the share of responders that the model gives.

One arm succeeds when the exact (Clopper-Pearson) interval of its share lies above a share that is not worth having; two
arms when Fisher's exact test of one side is below a level in favour of the second. The chances are sums over all
results that the trial can have, not draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from engager.errors import InputError, Issue, Severity, option
from engager.simulator.populations.random_numbers import Floats
from engager.statistics.fisher import fisher_exact
from engager.statistics.proportions import proportion_interval

_LARGEST, _LARGEST_ARM = 2000, 60
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Share:
    """A simulated share of responders, among how many virtual patients."""

    responders: int
    patients: int

    @property
    def value(self) -> float:
        """The share."""
        return self.responders / self.patients


def simulated_share(responses: Floats) -> Share:
    """Return the share of a measure with a limit, without those who could not be solved; InputError if none is left."""
    known = responses[~np.isnan(responses)]
    if not len(known) or not np.isin(known, (0.0, 1.0)).all():
        found = "no patient" if not len(known) else "a measure without a limit"
        raise InputError(_issue("measure", found, "a measure that is met or not, as `value blast_fraction 28 < 0.05`"))
    return Share(int(known.sum()), len(known))


def one_arm(share: Share, sizes: Sequence[int], *, null: float, level: float = 0.95) -> pl.DataFrame:
    """Return the operating characteristics of a trial of one arm, a row a size.

    `least` responders make the lower limit of the exact interval exceed `null` (missing where not even all would);
    `power` is the chance of that at the simulated share, `power_lower` and `power_upper` that at the ends of the exact
    95 % interval of the share, which tells of the number of virtual patients alone; `error` the chance at `null`;
    `width` the mean width of the interval that the trial will report.

    Raises:
        InputError: a size below 1 or above 2000; a share that is no share.
    """
    _refuse(sizes, null, level)
    _refuse_large(sizes, _LARGEST, "a trial")
    around = proportion_interval(share.responders, share.patients)
    rows = []
    for n in sizes:
        intervals = [proportion_interval(x, n, level=level) for x in range(n + 1)]
        wins = np.array([interval.lower > null for interval in intervals])
        widths = np.array([interval.upper - interval.lower for interval in intervals])
        shares = {"power": share.value, "power_lower": around.lower, "power_upper": around.upper, "error": null}
        chances = {name: float(_binomial(n, p) @ wins) for name, p in shares.items()}
        least = int(np.argmax(wins)) if wins.any() else None
        rows.append({"n": n, "share": share.value, "null": null, "least": least, **chances,
                     "width": float(_binomial(n, share.value) @ widths)})  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"least": pl.Int64})


def two_arms(first: Share, second: Share, sizes: Sequence[int], *, level: float = 0.95) -> pl.DataFrame:
    """Return the operating characteristics of a trial of two arms of n patients each, a row a size.

    `power` is the chance that Fisher's test of one side finds the second arm better at 1 - `level`, `error` that
    chance when both have the mean of the two shares, `wrong_way` the chance that the second arm has fewer responders.

    Raises:
        InputError: a size below 1 or above 60.
    """
    _refuse(sizes, 0.5, level)
    _refuse_large(sizes, _LARGEST_ARM, "an arm")
    middle = (first.value + second.value) / 2
    rows = []
    for n in sizes:
        wins = _wins(n, 1 - level)
        one, two, both = (_binomial(n, p) for p in (first.value, second.value, middle))
        fewer = np.arange(n + 1)[None, :] < np.arange(n + 1)[:, None]
        rows.append({"n": n, "first": first.value, "second": second.value, "power": float(one @ wins @ two),
                     "error": float(both @ wins @ both), "wrong_way": float(one @ fewer @ two)})  # fmt: skip
    return pl.DataFrame(rows)


def _wins(n: int, alpha: float) -> Floats:
    """Return 1 where x of n against y of n (rows, columns) lets the test find the second arm better.

    The test's p-value falls as y grows, so that for each x the least y is looked for from where the last one was.
    """
    wins, least = np.zeros((n + 1, n + 1)), 0
    for x in range(n + 1):
        least = max(least, x)
        while least <= n:
            test = fisher_exact([[x, n - x], [least, n - least]], alternative="less").test
            if test.p_value < alpha:
                break
            least += 1
        wins[x, least:] = 1.0
    return wins


def _binomial(n: int, p: float) -> Floats:
    """Return the chances of 0 to n responders."""
    from scipy.stats import binom

    chances = np.asarray(binom.pmf(np.arange(n + 1), n, p), dtype=np.float64)
    return np.where(chances < _NEGLIGIBLE, 0.0, chances)


def _refuse(sizes: Sequence[int], null: float, level: float) -> None:
    issues = []
    if not sizes or min(sizes) < 1:
        issues.append(_issue("sizes", ", ".join(map(str, sizes)) or "no size", "sizes of 1 patient or more"))
    for key, value in (("null", null), ("level", level)):
        if not 0 < value < 1:
            issues.append(_issue(key, f"{value:g}", "a share between 0 and 1"))
    if issues:
        raise InputError(issues)


def _refuse_large(sizes: Sequence[int], most: int, of: str) -> None:
    large = [n for n in sizes if n > most]
    if large:
        raise InputError(_issue("sizes", ", ".join(map(str, large)), f"at most {most} patients {of}"))


def _issue(key: str, found: str, expected: str) -> Issue:
    place = option(key)
    return Issue(Severity.ERROR, "simulator.trial", place, found, expected, structural=True)
