"""Sets of conventions: which of several right answers is computed, and the words that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from engager.errors import StatisticsError
from engager.statistics.kaplan_meier import Interval
from engager.statistics.proportions import ProportionInterval

Ties: TypeAlias = Literal["efron", "breslow", "exact"]
"""How tied event times enter the partial likelihood of a Cox regression."""

RankMethod: TypeAlias = Literal["exact", "normal", "normal-corrected"]
"""The null distribution of a rank test: exact given the ties, normal, or normal with continuity correction."""

_TIED = {
    "efron": "Efron's handling of ties",
    "breslow": "Breslow's handling of ties",
    "exact": "exact handling of ties",
}
_SCALES = {"log-log": "log-log", "log": "log", "plain": "plain (linear)"}
_PROPORTIONS = {"clopper-pearson": "Clopper-Pearson interval", "wilson": "Wilson interval without correction"}
_RANKS = {
    "exact": "Mann-Whitney test, exact and conditional on ties",
    "normal": "Mann-Whitney test, normal approximation without correction",
    "normal-corrected": "Mann-Whitney test, normal approximation with continuity correction",
}


def tied_events(ties: Ties) -> str:
    """Return the handling of tied events in words.

    Examples:
        >>> tied_events("efron")
        "Efron's handling of ties"
    """
    return _TIED[ties]


@dataclass(frozen=True, slots=True)
class Conventions:
    """One choice for every number that programs compute differently.

    The names of the fields are those of the arguments of the functions here; `words` gives the sentence to print
    beside a number. The presets named after a program follow its defaults, as far as the functions here reach.

    Attributes:
        name: the name under which a study plan asks for the set.
        survival_interval: the scale of the Kaplan-Meier interval.
        incidence_interval: the scale of the interval of a cumulative incidence.
        quantile_type: the definition of sample quantiles, 1 to 9.
        proportion_interval: the interval of a proportion.
        ties: tied event times in Cox regression.
        rank_method: the null distribution of the rank tests.
        yates: whether chi-squared of a 2 x 2 table takes Yates' correction.
        level: the level of all intervals.
    """

    name: str
    survival_interval: Interval = "log-log"
    incidence_interval: Interval = "log-log"
    quantile_type: int = 2
    proportion_interval: ProportionInterval = "clopper-pearson"
    ties: Ties = "efron"
    rank_method: RankMethod = "exact"
    yates: bool = False
    level: float = 0.95

    def words(self, topic: str) -> str:
        """Return the method behind a number of the topic, as it is printed.

        Args:
            topic: one of survival, quantile_of_survival, follow_up, incidence, quantile, proportion, regression,
                rank, table.

        Raises:
            StatisticsError: another topic.

        Examples:
            >>> PRESETS["default"].words("survival")
            'Kaplan-Meier, 95 % log-log interval (Greenwood)'
            >>> PRESETS["R"].words("quantile")
            'quantiles of type 7'
        """
        texts = self._texts()
        if topic not in texts:
            raise StatisticsError(f"topic: expected one of {', '.join(texts)}, found {topic!r}")
        return texts[topic]

    def _texts(self) -> dict[str, str]:
        level, scale = f"{100 * self.level:g} %", _SCALES[self.survival_interval]
        corrected = "with Yates' correction in 2 x 2 tables" if self.yates else "without correction"
        return {
            "survival": f"Kaplan-Meier, {level} {scale} interval (Greenwood)",
            "quantile_of_survival": f"Kaplan-Meier, {level} interval by inversion of the {scale} band",
            "follow_up": f"reverse Kaplan-Meier, {level} interval by inversion of the {scale} band",
            "incidence": f"Aalen-Johansen, {level} {_SCALES[self.incidence_interval]} interval (Aalen's variance)",
            "quantile": f"quantiles of type {self.quantile_type}",
            "proportion": f"{level} {_PROPORTIONS[self.proportion_interval]}",
            "regression": f"Cox regression, {tied_events(self.ties)}, {level} Wald interval",
            "rank": _RANKS[self.rank_method],
            "table": f"Fisher's exact test where an expected count is below 5, else chi-squared {corrected}",
        }


PRESETS: Mapping[str, Conventions] = MappingProxyType(
    {
        conventions.name: conventions
        for conventions in (
            Conventions("default"),
            Conventions(
                "R",
                survival_interval="log",
                incidence_interval="log",
                quantile_type=7,
                rank_method="normal-corrected",
                yates=True,
            ),
            Conventions("SAS", ties="breslow", rank_method="normal-corrected"),
            Conventions("Prism", quantile_type=6, proportion_interval="wilson"),
        )
    }
)
"""The sets by name: `default`, `R`, `SAS` and `Prism`."""
