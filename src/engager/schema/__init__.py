"""The data model: the six tables of a cohort, a schema each; `TABLES` names them in the order they are read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import dataframely as dy

from engager.schema.adverse_events import AdverseEvents
from engager.schema.exposure import Exposure
from engager.schema.follow_up import FollowUp
from engager.schema.measurements import Measurements
from engager.schema.patients import Patients
from engager.schema.therapies import Therapies

SCHEMA_VERSION = 1

TABLES: Mapping[str, type[dy.Schema]] = MappingProxyType(
    {
        "patients": Patients,
        "exposure": Exposure,
        "measurements": Measurements,
        "adverse_events": AdverseEvents,
        "therapies": Therapies,
        "follow_up": FollowUp,
    }
)
