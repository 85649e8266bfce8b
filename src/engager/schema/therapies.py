"""The therapies table: one row a treatment other than the T-cell engager."""

from __future__ import annotations

import polars as pl

from engager.schema.base import Record
from engager.schema.columns import code, date, integer, number, study_day, text, unit, yes_no


class Therapies(Record):
    """A treatment before, between, during or after the cycles; `given = no` says that there was none."""

    kind = code("therapy", "kind of treatment", cdisc="CM.CMCAT", required=True)
    name = text("drug, procedure or regimen", cdisc="CM.CMTRT")
    given = yes_no("no where the record states that it was not given; empty means given", cdisc="CM.CMOCCUR")
    phase = code("phase", "before, between, during or after the cycles", cdisc="CM.CMSTRF")
    block = integer("order of the course or transplant within its phase, as listed", low=1, high=50, cdisc="CM.CMGRPID")
    cycle = integer("the cycle it followed (between) or fell in (during)", low=1, high=100, cdisc="CM.VISITNUM")
    start_day = study_day("first day", cdisc="CM.CMSTDY", dated_by="start_date")
    end_day = study_day("last day", cdisc="CM.CMENDY", dated_by="end_date")
    start_date = date("date of the first day", cdisc="CM.CMSTDTC")
    end_date = date("date of the last day", cdisc="CM.CMENDTC")
    dose = number("single dose", low=0, cdisc="CM.CMDOSE")
    unit = unit("unit of the dose", cdisc="CM.CMDOSU")
    times = integer("how many doses", low=1, high=1000)
    donor = code("donor", "donor of a transplant or boost")


def was_given() -> pl.Expr:
    """Return whether a therapy was given: a row tells of one unless it says that it was not."""
    return pl.col("given").fill_null(value=True)
