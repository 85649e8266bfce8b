"""What the sections of a report are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engager.cohort import Cohort
from engager.endpoints.outcome.definitions import planned_endpoints
from engager.errors import Issue
from engager.plan import AnalysisPlan
from engager.report.document import Paragraph
from engager.results import Results

LABELS = {"patients": None, "synthetic": "synthetic", "simulated": "simulated"}


@dataclass(frozen=True, slots=True)
class Material:
    """The results of a study with its plan, its cohort, what the checks found, and the study's own sentences."""

    results: Results
    issues: Sequence[Issue]
    plan: AnalysisPlan
    cohort: Cohort
    sentences: tuple[Paragraph, ...] = ()

    @property
    def label(self) -> str | None:
        """The word that must stand in every figure where the data are not of real patients, else None."""
        return LABELS[self.plan.data]

    @property
    def endpoints(self) -> dict[str, str]:
        """The labels of the plan's endpoints by code, in order."""
        return {endpoint.code: endpoint.label for endpoint in planned_endpoints(self.plan)}
