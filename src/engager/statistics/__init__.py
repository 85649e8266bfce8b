"""Statistics: arrays in, small frozen results out; every convention stated, nothing of medicine."""

from engager.statistics.bland_altman import BlandAltman, bland_altman
from engager.statistics.bounded import bounded_quantile, order_scores, separating_interval
from engager.statistics.chi_squared import ChiSquaredTest, chi_squared
from engager.statistics.clustered_ranks import ClusteredRankTest, clustered_rank_sum
from engager.statistics.clustered_threshold import clustered_threshold
from engager.statistics.concordance import concordance
from engager.statistics.conventions import PRESETS, Conventions
from engager.statistics.cox import CoxModel, cox
from engager.statistics.cumulative_incidence import IncidenceCurves, IncidenceValues, cumulative_incidence
from engager.statistics.estimates import Estimate
from engager.statistics.fine_gray import FineGrayModel, fine_gray
from engager.statistics.fisher import FisherTest, fisher_exact
from engager.statistics.gray import GrayTest, gray_test
from engager.statistics.kaplan_meier import (
    CurveValues,
    SurvivalCurve,
    kaplan_meier,
    kaplan_meier_by_group,
    reverse_kaplan_meier,
)
from engager.statistics.kappa import cohen_kappa
from engager.statistics.kruskal_wallis import kruskal_wallis
from engager.statistics.landmark import LandmarkSelection, MantelByarTest, landmark, mantel_byar
from engager.statistics.log_rank import LogRankTest, log_rank
from engager.statistics.log_rank_permutation import log_rank_permutation
from engager.statistics.mann_whitney import MannWhitneyTest, mann_whitney
from engager.statistics.nelson_aalen import HazardCurve, nelson_aalen
from engager.statistics.proportional_hazards import ProportionalHazardsTest, proportional_hazards
from engager.statistics.proportions import proportion_interval, rate_interval
from engager.statistics.quantiles import quantile
from engager.statistics.restricted_mean import restricted_mean
from engager.statistics.roc import RocThreshold, roc_threshold
from engager.statistics.significance import TestResult
from engager.statistics.wilcoxon import SignedRankTest, wilcoxon_signed_rank

__all__ = [
    "PRESETS",
    "BlandAltman",
    "ChiSquaredTest",
    "ClusteredRankTest",
    "Conventions",
    "CoxModel",
    "CurveValues",
    "Estimate",
    "FineGrayModel",
    "FisherTest",
    "GrayTest",
    "HazardCurve",
    "IncidenceCurves",
    "IncidenceValues",
    "LandmarkSelection",
    "LogRankTest",
    "MannWhitneyTest",
    "MantelByarTest",
    "ProportionalHazardsTest",
    "RocThreshold",
    "SignedRankTest",
    "SurvivalCurve",
    "TestResult",
    "bland_altman",
    "bounded_quantile",
    "chi_squared",
    "clustered_rank_sum",
    "clustered_threshold",
    "cohen_kappa",
    "concordance",
    "cox",
    "cumulative_incidence",
    "fine_gray",
    "fisher_exact",
    "gray_test",
    "kaplan_meier",
    "kaplan_meier_by_group",
    "kruskal_wallis",
    "landmark",
    "log_rank",
    "log_rank_permutation",
    "mann_whitney",
    "mantel_byar",
    "nelson_aalen",
    "order_scores",
    "proportion_interval",
    "proportional_hazards",
    "quantile",
    "rate_interval",
    "restricted_mean",
    "reverse_kaplan_meier",
    "roc_threshold",
    "separating_interval",
    "wilcoxon_signed_rank",
]
