"""The follow-up table: one row a thing that happened, or was known, after the first dose."""

from __future__ import annotations

from engager.schema.base import Record
from engager.schema.columns import code, date, integer, study_day


class FollowUp(Record):
    """A relapse, a death, a contact, or the end of treatment."""

    day = study_day("study day", cdisc="DS.DSSTDY", dated_by="date")
    date = date("date", cdisc="DS.DSSTDTC")
    cycle = integer("treatment cycle the row belongs to", low=1, high=100, cdisc="DS.VISITNUM")
    timepoint = code("timepoint", "place in the course where no day is known")
    event = code("follow_up_event", "what happened, or was known", cdisc="DS.DSDECOD", required=True)
    site = code("site", "site of a relapse")
    cause = code("cause", "cause of a death", cdisc="DD.DDORRES")
    status = code("status", "state of the disease")
