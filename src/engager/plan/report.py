"""The plan's `[report]`: language, look, logo, checklist, and who may read it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engager.plan.part import Part
from engager.terms.language import Language

LookName = Literal["house", "compact", "journal"]
Privacy = Literal["internal", "publication"]
ChecklistName = Literal["STROBE", "CARE", "none"]


class Report(Part):
    """The report: language, template, logo, reporting checklist, privacy profile, smallest cell told.

    Without `checklist` a report of up to four patients follows CARE, a larger one STROBE. Under the profile
    `publication`, `small_cells = 5` hides counts of 1 to 4 and whatever would give them away; 0 hides none.
    """

    language: Language = "en"
    template: LookName = "house"
    logo: str | None = Field(None, min_length=1)
    checklist: ChecklistName | None = None
    privacy: Privacy = "internal"
    small_cells: int = Field(0, ge=0, le=100)
