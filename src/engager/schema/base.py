"""What every table of a cohort has: the row of the file, the patient, the place of the record and a note."""

from __future__ import annotations

import dataframely as dy

from engager.schema.columns import internal_row, text


class Record(dy.Schema):
    """A row of any table but `patients`: it belongs to a patient and keeps its place in the source."""

    row = internal_row("row of the file, as a spreadsheet numbers it (the heading is row 1)")
    patient = text("the patient this row belongs to", cdisc="USUBJID", required=True)
    source = text("where it stands in the record: page, table, cell, document")
    note = text("what a reader of the row should know")
