"""The patients table: one row a patient."""

from __future__ import annotations

import dataframely as dy

from engager.schema.columns import code, date, integer, internal_row, key, number, text, yes_no


class Patients(dy.Schema):
    """A patient at the first dose."""

    row = internal_row("row of the file, as a spreadsheet numbers it (the heading is row 1)")
    patient = key("pseudonym of the patient", cdisc="DM.USUBJID")
    sex = code("sex", "sex", cdisc="DM.SEX")
    age = number("age at the first dose", unit="a", low=0, high=120, cdisc="DM.AGE")
    weight = number("body weight at the first dose", unit="kg", low=0.3, high=400, cdisc="VS.VSSTRESN")
    height = number("body height at the first dose", unit="cm", low=20, high=250, cdisc="VS.VSSTRESN")
    days_from_diagnosis = number("days from the first diagnosis of the leukaemia to the first dose", unit="d", low=0)
    diagnosis = text("diagnosis, as the study words it", cdisc="MH.MHTERM")
    genetics = text("genetic findings, separated by semicolons", cdisc="MH.MHTERM")
    risk = code("risk", "risk group of the first-line protocol")
    relapse_number = integer("the relapse treated: 0 none, 1 first, 2 second", low=0, high=20)
    relapse_site = code("site", "site of the relapse treated", cdisc="MH.MHLOC")
    cns = yes_no("central nervous system involved at the first dose", cdisc="MH.MHOCCUR")
    group = text("group of the analysis, as the plan names it", cdisc="DM.ARM")
    reason = text("reason for the treatment, as the study words it")
    first_dose_date = date("date of the first dose, day 1 of the study days", cdisc="DM.RFXSTDTC")
    source = text("where it stands in the record: page, table, cell, document")
    note = text("what a reader of the row should know")
