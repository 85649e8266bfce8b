"""What binds a shown number to its result: the link, and the results that a page carries with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import Any
from urllib.parse import quote

from engager.report.document import Block, Bullets, Document, Number, Paragraph
from engager.results import AnalysisResult, SharedSets
from engager.tables.table import Table
from engager.tables.told import told
from engager.writers.html_words import report_words

PAGE = "report.html"
# A page names this many patients and rows behind a number; the results beside it name all.
EMBEDDED = 200


def page_link(ids: Iterable[str]) -> str:
    """Return the address of results from a document that lies beside the page."""
    return PAGE + link(ids)


def link(ids: Iterable[str]) -> str:
    """Return the fragment that opens results; it is also their permanent address within the page.

    Examples:
        >>> link(["OS/median/all", "OS/survival/all@365"])
        '#r=OS/median/all&r=OS/survival/all@365'
    """
    return "#" + "&".join(f"r={quote(result_id, safe='/@')}" for result_id in ids)


def shown_results(document: Document) -> tuple[AnalysisResult, ...]:
    """Return the results that the document shows, each once, in the order of the page.

    Raises:
        ValueError: the document shows a result that is not among its results.
    """
    blocks: list[Block] = [*document.lead, *(block for section in document.sections for block in section.blocks)]
    ids = dict.fromkeys(result_id for block in blocks for result_id in _ids(block))
    return tuple(_result(document, result_id) for result_id in ids)


def _result(document: Document, result_id: str) -> AnalysisResult:
    try:
        return document.results.by_id(result_id)
    except KeyError:
        raise ValueError(f"the document shows {result_id}, which is not among its results") from None


def _ids(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from (span.result for span in block.spans if isinstance(span, Number))
    elif isinstance(block, Bullets):
        yield from (result_id for item in block.items for result_id in _ids(item))
    elif isinstance(block, Table):
        yield from (result_id for row in block.rows for cell in row.cells for result_id in cell.results)
    else:
        yield from getattr(block, "results", ())


def embedded_data(document: Document, results: Iterable[AnalysisResult]) -> dict[str, Any]:
    """Return results and the input rows they name, as the page carries them.

    Of a long list the page carries the first EMBEDDED; `patients_count` and `sources_count` tell how many there are.
    What a figure shows is told in words too, for those who point at it. `words` are those of the page's script.
    """
    drawn = {result_id for figure in document.figures for result_id in figure.results}
    patients, addresses = SharedSets(), SharedSets()
    shown: dict[str, dict[str, Any]] = {}
    rows: dict[str, dict[str, str]] = {}
    for row in results:
        first = row.sources[:EMBEDDED]
        shown[row.id] = row.to_dict() | {
            "patients": patients.number(row.patients[:EMBEDDED]),
            "sources": addresses.number(first),
            "patients_count": len(row.patients),
            "sources_count": len(row.sources),
        }
        if row.id in drawn:
            shown[row.id]["told"] = astuple(told(row))
        rows |= {source: dict(document.source_rows[source]) for source in first if source in document.source_rows}
    return {
        "results": shown,
        "patient_sets": patients.lists,
        "source_sets": addresses.lists,
        "rows": rows,
        "words": report_words(),
    }
