"""A workbook as a file: a text stays a text whatever it begins with, and the same cells give the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engager.writers.staging import staged_file

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_NO_DATE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the time of writing would be another in every run


@contextmanager
def new_workbook(path: Path) -> Iterator[Workbook]:
    """Yield a workbook that is written to a path at the end; OSError where that cannot be."""
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            book.set_properties({"created": _NO_DATE})
            yield book
    except XlsxFileError as error:
        raise OSError(str(error)) from error


@contextmanager
def staged_workbook(target: Path) -> Iterator[Workbook]:
    """Yield a workbook that becomes the target whole or not at all; OutputError where it cannot be written."""
    with staged_file(target) as partial, new_workbook(partial) as book:
        yield book
