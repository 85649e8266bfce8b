"""The statistical analysis plan of a study, read from `study.toml`."""

from engager.plan.analysis_plan import AnalysisPlan
from engager.plan.checks import Checks, StudyRule
from engager.plan.conventions import Conventions
from engager.plan.endpoint import Endpoint, EventName
from engager.plan.exposure import Exposure
from engager.plan.immune import Immune
from engager.plan.input_format import InputFormat
from engager.plan.laboratory import Laboratory
from engager.plan.reading import PLAN_FILE, parts, read_plan, read_usable_plan
from engager.plan.reconciliation import Reconciliation
from engager.plan.report import LookName, Privacy, Report
from engager.plan.response import Response
from engager.plan.safety import GradeBand, Safety

__all__ = [
    "PLAN_FILE",
    "AnalysisPlan",
    "Checks",
    "Conventions",
    "Endpoint",
    "EventName",
    "Exposure",
    "GradeBand",
    "Immune",
    "InputFormat",
    "Laboratory",
    "LookName",
    "Privacy",
    "Reconciliation",
    "Report",
    "Response",
    "Safety",
    "StudyRule",
    "parts",
    "read_plan",
    "read_usable_plan",
]
