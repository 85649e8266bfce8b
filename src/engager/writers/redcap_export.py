"""What a REDCap server exported, as the two files that a person would have downloaded."""

from __future__ import annotations

from pathlib import Path

from engager.readers.redcap_server import RedcapExport
from engager.writers.files import write_text
from engager.writers.staging import check_new_folder, staged

DICTIONARY, RECORDS = "dictionary.csv", "records.csv"


def write_export(export: RedcapExport, out: Path) -> list[Path]:
    """Write the dictionary and the records into a new folder, both or none, and return their paths.

    Raises OutputError where the folder has content or cannot be made.
    """
    check_new_folder(out)
    with staged(out.resolve()) as folder:
        write_text(folder / DICTIONARY, export.dictionary)
        write_text(folder / RECORDS, export.records)
    return [out / DICTIONARY, out / RECORDS]
