"""The statistical analysis plan as data: the keys of `study.toml`, each with a default.

A plan of ten lines is enough; what is in force is printed with the results.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.checks import Checks
from engager.plan.conventions import Conventions
from engager.plan.endpoint import Endpoint, EndpointCode
from engager.plan.exposure import Exposure
from engager.plan.immune import Immune
from engager.plan.input_format import InputFormat
from engager.plan.laboratory import Laboratory
from engager.plan.part import Part
from engager.plan.reconciliation import Reconciliation
from engager.plan.regimen import PlannedRegimen
from engager.plan.report import Privacy, Report
from engager.plan.response import Response
from engager.plan.safety import Safety
from engager.schema import SCHEMA_VERSION
from engager.terms.likeness import did_you_mean

Content = Literal[
    "baseline",
    "overview",
    "cycles",
    "exposure",
    "response",
    "survival",
    "competing_risks",
    "comparisons",
    "subgroups",
    "transplantation",
    "course",
    "flow",
    "patient_courses",
    "safety",
    "laboratory",
    "immune",
    "cytokines",
    "toxicity_scales",
    "published",
    "data",
    "data_quality",
    "listings",
    "checklist",
]
Characteristic = Literal["sex", "risk", "group", "reason", "diagnosis", "relapse_site", "relapse_number", "cns"]
LAST_CUTOFF = 50_000  # a study day beyond it is a date without its dashes (20111231)
_GERMAN_DATE = re.compile(r"^\d{2}\.\d{2}\.\d{4}$")
CUTOFF_FORMS = "a study day from 1 (`365`) or a date (`2011-12-31`)"


def _read_cutoff(value: object) -> object:
    """Accept a day, a date, or either in text; one message for all that is neither."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() else _date_or_none(value)
    day = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LAST_CUTOFF
    if day or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise ValueError(CUTOFF_FORMS)


def _date_or_none(text: str) -> dt.date | None:
    """Return the date of 2011-12-31, or of 31.12.2011 as in the cells of a table."""
    try:
        return dt.date.fromisoformat("-".join(reversed(text.split("."))) if _GERMAN_DATE.match(text) else text)
    except ValueError:
        return None


Cutoff = Annotated[int | dt.date, BeforeValidator(_read_cutoff)]


class AnalysisPlan(Part):
    """The plan of one study; see `docs/reference` for each key.

    Examples:
        >>> plan = AnalysisPlan(title="A series", design="retrospective case series")
        >>> plan.response.marrow_limit_percent
        5.0
    """

    schema_version: int = Field(SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    title: str = Field(min_length=1)
    design: str = "not stated"
    authors: tuple[str, ...] = ()
    data: Literal["patients", "synthetic", "simulated"] = "patients"
    source: str | None = None
    drug: str = "blinatumomab"
    regimen: PlannedRegimen = None
    cutoff: Cutoff | None = None
    group_by: Characteristic | None = None
    subgroups: tuple[Characteristic, ...] = ()
    tests_below_ten: bool = False
    hsct_landmark: int = Field(100, ge=1)
    landmarks: tuple[Annotated[int, Field(ge=1)], ...] = (100, 365, 730)
    input: InputFormat = InputFormat()
    checks: Checks = Checks()
    response: Response = Response()
    exposure: Exposure = Exposure()
    immune: Immune = Immune()
    endpoints: dict[EndpointCode, Endpoint] = Field(default_factory=lambda: {"OS": Endpoint(), "EFS": Endpoint()})
    safety: Safety = Safety()
    laboratory: Laboratory = Laboratory()
    reconciliation: Reconciliation = Reconciliation()
    conventions: Conventions = Conventions()
    report: Report = Report()
    contents: tuple[Content, ...] = get_args(Content)

    def with_privacy(self, privacy: str | None) -> AnalysisPlan:
        """Return the plan with another privacy profile; None leaves it as it is."""
        if privacy is None:
            return self
        if privacy in get_args(Privacy):
            return self.model_copy(update={"report": self.report.model_copy(update={"privacy": privacy})})
        place, permitted = Place("--privacy"), get_args(Privacy)
        expected, advice = " or ".join(permitted), did_you_mean(privacy, permitted)
        raise InputError(
            Issue(Severity.ERROR, "plan.privacy", place, f"`{privacy}`", expected, advice, structural=True)
        )

    def with_cutoff(self, cutoff: str | None) -> AnalysisPlan:
        """Return the plan with another data cut-off, a study day or a date in text; None leaves it as it is."""
        if cutoff is None:
            return self
        try:
            return self.model_copy(update={"cutoff": _read_cutoff(cutoff)})
        except ValueError:
            place = Place("--cutoff")
            raise InputError(
                Issue(Severity.ERROR, "plan.cutoff", place, f"`{cutoff}`", CUTOFF_FORMS, structural=True)
            ) from None
