"""One row a table that shows how it is filled: made up, of the patient `(example)`, whom every reader leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

EXAMPLE_ROWS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "patients": {
            "sex": "female", "age": "7.5", "weight": "24", "height": "122", "diagnosis": "B-precursor ALL",
            "relapse_number": "1", "relapse_site": "bone marrow", "cns": "no", "first_dose_date": "2020-01-31",
        },
        "exposure": {
            "cycle": "1", "start_day": "1", "end_day": "28", "dose": "15", "unit": "ug/m2/d",
            "end_reason": "completed",
        },
        "measurements": {
            "day": "29", "cycle": "1", "timepoint": "end of cycle", "test": "mrd", "specimen": "bone marrow",
            "method": "pcr", "target": "Ig/TCR", "value": "<0.0001", "unit": "1", "lod": "0.00001", "loq": "0.0001",
        },
        "adverse_events": {
            "term": "Fever", "ctcae_version": "5.0", "grade": "2", "start_day": "2", "end_day": "4", "cycle": "1",
            "serious": "no", "related": "related", "action": "none", "outcome": "resolved",
        },
        "therapies": {"kind": "hsct", "name": "first transplantation", "phase": "before", "donor": "matched sibling"},
        "follow_up": {"day": "400", "event": "last contact", "status": "in remission"},
    }
)  # fmt: skip
SOURCE = "letter of 12 May, page 2"
NOTE = "this row shows how to fill the table; engager leaves it out"
