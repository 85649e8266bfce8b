"""Dosing regimens as data: a TOML file each, typed and checked when it is read."""

from engager.terms.regimens.dose import DOSE_UNITS, PlannedDose
from engager.terms.regimens.regimen import Cycles, Regimen, Step
from engager.terms.regimens.rules import Consolidation, Escalation, Interruption, Premedication, Restart
from engager.terms.regimens.shipped import regimen_names, shipped_regimen

__all__ = [
    "DOSE_UNITS",
    "Consolidation",
    "Cycles",
    "Escalation",
    "Interruption",
    "PlannedDose",
    "Premedication",
    "Regimen",
    "Restart",
    "Step",
    "regimen_names",
    "shipped_regimen",
]
