"""The audit as one page that needs nothing but itself: each finding with its sentence or table, the number marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from markupsafe import Markup

from engager.audit.auditing import Audit
from engager.audit.comparison import Compared, Verdict
from engager.audit.finding import Certainty, Finding
from engager.provenance import VERSION
from engager.writers.audit_excerpt import Excerpt, excerpts
from engager.writers.audit_words import MEANING, compared, counted, details, harmless, place, read, sign, title, unread
from engager.writers.files import write_text
from engager.writers.html_words import audit_page_words
from engager.writers.page import content_policy, embedded, script_of, style_of, templates

STYLES = ("page.css", "audit.css")
SCRIPTS = ("page.js", "audit.js")
MOST_FINDINGS = 400
"""Findings on one page; more of them are in `audit.json`."""
MOST_COMPARED = 1_000


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as the template takes it."""

    number: int
    rule: str
    place: str
    message: str
    details: tuple[tuple[str, str], ...]
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True)
class CertaintyView:
    """The findings of one certainty, and what that certainty says."""

    name: Certainty
    meaning: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class ComparedView:
    """A statement beside what the study says."""

    place: str
    text: str
    verdict: Verdict
    mapping: str
    study: str
    results: str


def write_audit_html(audit: Audit, folder: Path) -> list[Path]:
    """Write `audit.html`, which names the other documents that the folder holds, and return its path."""
    beside = sorted(path.name for path in folder.iterdir() if path.suffix in (".txt", ".docx"))
    return [write_text(folder / "audit.html", render_audit(audit, beside))]


def render_audit(audit: Audit, beside: list[str] | None = None) -> str:
    """Return the page as text; `beside` are files to which it leads.

    What the manuscript says is escaped, and cannot act: a content security policy forbids every request and every
    script but the page's own.
    """
    style, script = style_of(STYLES), script_of(SCRIPTS)
    shown, comparison = audit.findings[:MOST_FINDINGS], audit.comparison
    return templates().get_template("audit.html.j2").render(
        title=title(audit),
        counted=counted(audit),
        read=read(audit),
        compared=compared(comparison) if comparison else "",
        comparison=tuple(_comparison(comparison.compared, audit)) if comparison else (),
        certainties=tuple(_certainties(shown, audit)),
        rules=sorted({finding.rule for finding in shown}),
        more=len(audit.findings) - len(shown),
        unread=tuple(unread(audit)),
        beside=beside or [],
        data=embedded({"words": audit_page_words()}),
        style=Markup(style),  # noqa: S704 - files of this package
        script=Markup(script),  # noqa: S704 - files of this package
        policy=content_policy(style, script),
        sign=sign(),
        version=VERSION,
    )  # fmt: skip


def _certainties(findings: tuple[Finding, ...], audit: Audit) -> Iterator[CertaintyView]:
    numbers = count(1)
    for certainty in Certainty:
        views = tuple(
            FindingView(
                next(numbers),
                finding.rule,
                place(finding.position, audit),
                harmless(finding.message),
                tuple(details(finding)),
                excerpts(finding, audit),
            )
            for finding in findings
            if finding.certainty is certainty
        )
        if views:
            yield CertaintyView(certainty, MEANING[certainty], views)


def _comparison(each: tuple[Compared, ...], audit: Audit) -> Iterator[ComparedView]:
    """Yield what was compared: that which differs first, then what is ambiguous, then what agrees."""
    order = [Verdict.DIFFERS, Verdict.AMBIGUOUS, Verdict.AGREES]
    for one in sorted(each, key=lambda one: order.index(one.verdict))[:MOST_COMPARED]:
        yield ComparedView(
            place(one.claim.position, audit),
            harmless(one.claim.text, 120),
            one.verdict,
            one.mapping,
            "; ".join(dict.fromkeys(f"{value.text} ({value.place})" for value in one.expected[:4])),
            ", ".join(dict.fromkeys(row.id for value in one.expected[:4] for row in value.results)),
        )
