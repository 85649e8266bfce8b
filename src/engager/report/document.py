"""The report as a document, before any format: sections of sentences, tables and figures, built once.

Sentences carry bound values: a `Number` names the result it shows, so a reader can open it and a test can compare it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engager.errors import Issue
from engager.figures.figure import Figure
from engager.plan import LookName
from engager.readers.logo import Logo
from engager.results import Results
from engager.tables.table import Table
from engager.terms.language import Language


@dataclass(frozen=True, slots=True)
class Number:
    """A formatted value inside a sentence and the id of the result it shows."""

    text: str
    result: str


Span = str | Number


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text with bound values."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of paragraphs, as bullet points."""

    items: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class IssueList:
    """The issues that the checks found, errors first; an empty one says that there is none."""

    issues: tuple[Issue, ...]


Block = Paragraph | Bullets | Table | Figure | IssueList


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the report; `anchor` is its place in links."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report.

    `lead` are the facts above the fold, one sentence each. `label` is a word that must stand on every page and in
    every figure where the data are not of real patients ("synthetic", "simulated"), else None; `label_note` says
    beside it what of it was observed. `source_rows` holds the text of the input rows that results refer to, by
    `table:row`. `template` names the look, `language` that of its texts, `logo` is a picture beside the title.
    Where `linked` is False, numbers in Word and PDF do not lead to the page.
    """

    title: str
    subtitle: str
    lead: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    results: Results
    statement: str
    label: str | None = None
    label_note: str = "Nothing here was observed in a patient."
    manifest: Mapping[str, object] = field(default_factory=dict)
    source_rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    template: LookName = "house"
    language: Language = "en"
    logo: Logo | None = None
    linked: bool = True

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order of the report."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in the order of the report."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Figure))
