"""The report as one page that needs nothing but itself: no network, no other file."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from engager.provenance import VERSION
from engager.report.document import Document
from engager.tables.table import Table
from engager.terms.language import say, spoken
from engager.writers.bindings import embedded_data, shown_results
from engager.writers.files import write_text
from engager.writers.html_views import section_views
from engager.writers.looks import LOOKS, page_style
from engager.writers.page import content_policy, embedded, script_of, style_of, templates

BESIDE = {"report.docx": "Word", "report.pdf": "PDF"}
STYLES = ("page.css", "report.css", "figures.css")
SCRIPTS = ("page.js", "report.js", "figures.js", "figure_time.js")


def write_html(document: Document, folder: Path) -> list[Path]:
    """Write `report.html`, which names the other documents that the folder holds, and return its path."""
    beside = tuple(name for name in BESIDE if (folder / name).exists())
    return [write_text(folder / "report.html", render_html(document, beside))]


def render_html(document: Document, beside: Sequence[str] = ()) -> str:
    """Return the page as text.

    Every number that names a result is a link that opens what is behind it; those results, and the input rows they
    name, are embedded once as JSON. `beside` are files to which the page leads. A content security policy forbids
    every request and every script but its own.

    Raises:
        ValueError: the document shows a result that is not among its results.
    """
    style, script = style_of(STYLES) + page_style(LOOKS[document.template]), script_of(SCRIPTS)
    page = templates().get_template("report.html.j2")
    with spoken(document.language):
        return page.render(
            document=document,
            beside=[(BESIDE[name], name) for name in beside],
            sections=section_views(document),
            hint=_hint(document),
            data=embedded(embedded_data(document, shown_results(document))),
            style=Markup(style),  # noqa: S704 - files of this package
            script=Markup(script),  # noqa: S704 - files of this package
            policy=content_policy(style, script),
            manifest=json.dumps(dict(document.manifest), indent=2, ensure_ascii=False, default=str),
            logo=_logo(document),
            version=VERSION,
        )


def _hint(document: Document) -> str:
    """Return what a click opens: of a published report neither rows nor, where small counts are hidden, patients."""
    if document.source_rows:
        return say("A dotted number, and every mark of a figure, opens what is behind it: patients, rule, rows.")
    if any(row.patients for row in document.results):
        return say("A dotted number, and every mark of a figure, opens what is behind it: patients and rule.")
    return say("A dotted number opens the rule behind it.")


def _logo(document: Document) -> str | None:
    """Return the logo as an address that holds the picture itself; an image runs no script."""
    if document.logo is None:
        return None
    kind = {"png": "image/png", "svg": "image/svg+xml"}[document.logo.kind]
    return f"data:{kind};base64,{base64.b64encode(document.logo.content).decode()}"


def render_table(table: Table, number: int, label: str | None) -> str:
    """Return a table as HTML without style or script, to be pasted elsewhere; its numbers lead nowhere."""
    return templates().get_template("table.html.j2").render(table=table, number=number, label=label)
