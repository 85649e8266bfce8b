"""Statistics: arrays in, small frozen results out; every convention stated, nothing of medicine."""

from engager.statistics.conventions import PRESETS, Conventions
from engager.statistics.estimates import Estimate
from engager.statistics.kaplan_meier import (
    CurveValues,
    SurvivalCurve,
    kaplan_meier,
    kaplan_meier_by_group,
    reverse_kaplan_meier,
)
from engager.statistics.nelson_aalen import HazardCurve, nelson_aalen
from engager.statistics.proportions import proportion_interval, rate_interval
from engager.statistics.quantiles import quantile
from engager.statistics.restricted_mean import restricted_mean

__all__ = [
    "PRESETS",
    "Conventions",
    "CurveValues",
    "Estimate",
    "HazardCurve",
    "SurvivalCurve",
    "kaplan_meier",
    "kaplan_meier_by_group",
    "nelson_aalen",
    "proportion_interval",
    "quantile",
    "rate_interval",
    "restricted_mean",
    "reverse_kaplan_meier",
]
