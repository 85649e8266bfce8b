"""The adverse events table: one row an event."""

from __future__ import annotations

from engager.schema.base import Record
from engager.schema.columns import code, date, grade, integer, study_day, text, yes_no


class AdverseEvents(Record):
    """An adverse event as the clinician recorded it."""

    term = text("CTCAE term, or the record's words", cdisc="AE.AETERM", required=True)
    ctcae_version = code("ctcae_version", "version of CTCAE that the grade follows")
    grade = grade("CTCAE grade, 1 to 5", cdisc="AE.AETOXGR")
    grade_as_reported = text("the grade as the source words it, where that is no single grade")
    start_day = study_day("first day", cdisc="AE.AESTDY", dated_by="start_date")
    end_day = study_day("last day", cdisc="AE.AEENDY", dated_by="end_date")
    start_date = date("date of the first day", cdisc="AE.AESTDTC")
    end_date = date("date of the last day", cdisc="AE.AEENDTC")
    cycle = integer("treatment cycle in which it began", low=1, high=100)
    cycle_day = integer("day within the cycle, 1 is its first", low=1, high=366)
    timepoint = code("timepoint", "place in the course where no day is known")
    pre_existing = yes_no("present before the first dose", cdisc="AE.AESTRF")
    serious = yes_no("serious in the regulatory sense", cdisc="AE.AESER")
    related = code("relation", "relation to the T-cell engager", cdisc="AE.AEREL")
    action = code("action", "what was done with the T-cell engager", cdisc="AE.AEACN")
    outcome = code("outcome", "how it ended", cdisc="AE.AEOUT")
    treatment = text("what it was treated with")
