"""The measurements table: one row a value, from marrow blasts to blood pressure."""

from __future__ import annotations

import dataframely as dy

from engager.schema.base import Record
from engager.schema.columns import (
    Kind,
    code,
    date,
    integer,
    internal_code,
    internal_text,
    number,
    result,
    study_day,
    text,
    unit,
)

COMPARATORS = ("=", "<", "<=", ">", ">=")


class Measurements(Record):
    """A value, a bound or a word that a test gave."""

    day = study_day("study day of the sample", cdisc="LB.LBDY", dated_by="date")
    date = date("date of the sample", cdisc="LB.LBDTC")
    cycle = integer("treatment cycle the row belongs to", low=1, high=100, cdisc="LB.VISITNUM")
    cycle_day = integer("day within the cycle, 1 is its first", low=1, high=366)
    timepoint = code("timepoint", "place in the course where no day is known", cdisc="LB.LBTPT")
    test = text("what was measured (see the list of tests)", cdisc="LB.LBTESTCD", required=True)
    specimen = code("specimen", "what was examined", cdisc="LB.LBSPEC")
    method = code("method", "how it was measured", cdisc="LB.LBMETHOD")
    target = text("marker measured: rearrangement, fusion gene, phenotype", cdisc="LB.LBTSTDTL")
    gate = code("gate", "cells that a percentage of cells is of", cdisc="CP.CPGATE")
    value = result("number, bound (`<0.01`), or word (`not detected`)", cdisc="LB.LBORRES")
    unit = unit("unit of value and limits; never assumed", cdisc="LB.LBORRESU")
    lod = number("limit of detection, in `unit`", low=0, cdisc="LB.LBLLOD")
    loq = number("limit of quantification, in `unit`", low=0, cdisc="LB.LBLLOQ")
    lower_limit = number("lower limit of the reference range, in `unit`", cdisc="LB.LBORNRLO")
    upper_limit = number("upper limit of the reference range, in `unit`", cdisc="LB.LBORNRHI")
    comparator = dy.Enum(
        COMPARATORS,
        nullable=True,
        description="how value stands to the true one: =, <, <=, >, >=",
        metadata={"kind": Kind.INTERNAL, "cdisc": None, "unit": None},
    )
    result = internal_code("result", "what kind of answer the test gave")
    category = internal_text("the word given, where the answer is a word")
    value_text = internal_text("the text of the cell as it was entered")
