"""The reference ranges of a study's laboratory, by test, sex and age: an optional file, no table of the cohort."""

from __future__ import annotations

import dataframely as dy

from engager.schema.columns import code, internal_row, number, text, unit


class ReferenceRanges(dy.Schema):
    """Limits of normal of a test for an age and a sex; an empty sex or age stands for every one."""

    row = internal_row("row of the file, as a spreadsheet numbers it (the heading is row 1)")
    test = text("what was measured (see the list of tests)", cdisc="LB.LBTESTCD", required=True)
    sex = code("sex", "sex the range is for; empty for both", cdisc="DM.SEX")
    age_from = number("age at the first dose from which the range holds", unit="a", low=0, high=120)
    age_to = number("age at the first dose below which the range holds", unit="a", low=0, high=121)
    lower_limit = number("lower limit of normal, in `unit`", low=0, cdisc="LB.LBORNRLO")
    upper_limit = number("upper limit of normal, in `unit`", low=0, cdisc="LB.LBORNRHI")
    unit = unit("unit of the limits", cdisc="LB.LBORRESU")
    source = text("where the range stands: laboratory, edition, page")
