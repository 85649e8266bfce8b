"""The options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of text.")
CUTOFF = click.option("--cutoff", metavar="DAY|DATE", help="Data cut-off: a study day (365) or a date (2011-12-31).")
FORMATS = click.option(
    "--formats",
    default="html,docx,pdf",
    show_default=True,
    metavar="LIST",
    help="What to write: html, docx, pdf; tables-docx, tables-html, tables-tex; figures-pdf, figures-tiff.",
)
PRIVACY = click.option(
    "--privacy",
    metavar="PROFILE",
    help="internal, or publication: no pseudonyms, no calendar dates, ages as bands, no source rows.",
)
STUDY = click.argument("study", type=click.Path(path_type=Path))
