"""The statistical analysis plan of a study, read from `study.toml`."""

from engager.plan.analysis_plan import AnalysisPlan
from engager.plan.conventions import Conventions
from engager.plan.endpoint import Endpoint, EventName
from engager.plan.input_format import InputFormat
from engager.plan.reading import PLAN_FILE, parts, read_plan, read_usable_plan
from engager.plan.response import Response

__all__ = [
    "PLAN_FILE",
    "AnalysisPlan",
    "Conventions",
    "Endpoint",
    "EventName",
    "InputFormat",
    "Response",
    "parts",
    "read_plan",
    "read_usable_plan",
]
