"""The exposure table: one row a stretch of constant infusion."""

from __future__ import annotations

from engager.schema.base import Record
from engager.schema.columns import code, date, integer, number, study_day, text, unit


class Exposure(Record):
    """A stretch of infusion of the T-cell engager at one dose."""

    cycle = integer("treatment cycle, counted from 1", low=1, high=100, cdisc="EX.VISITNUM")
    step = integer("order of this dose within its cycle, where days are not known", low=1, high=100)
    start_day = study_day("first day of the stretch", cdisc="EX.EXSTDY", dated_by="start_date")
    end_day = study_day("last day of the stretch", cdisc="EX.EXENDY", dated_by="end_date")
    start_date = date("date of the first day", cdisc="EX.EXSTDTC")
    end_date = date("date of the last day", cdisc="EX.EXENDTC")
    dose = number("dose rate", low=0, cdisc="EX.EXDOSE")
    unit = unit("unit of the dose rate: ug/m2/d or ug/d", cdisc="EX.EXDOSU")
    drug = text("the T-cell engager, where the study has more than one", cdisc="EX.EXTRT")
    end_reason = code("end_reason", "why the stretch ended", cdisc="EX.EXADJ")
