"""The words of an audit, the same in every format: what was found, counted, and text that cannot act on a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engager.audit.auditing import Audit
from engager.audit.comparison import Comparison, Verdict
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Position
from engager.provenance import VERSION

MEANING: dict[Certainty, str] = {
    Certainty.IMPOSSIBLE: "cannot be true under any rounding, any denominator or any reading of the text",
    Certainty.UNLIKELY: "is true only under an unusual reading",
    Certainty.ROUNDING: "is true only under an unusual way of rounding",
    Certainty.AMBIGUOUS: "can be read in ways that contradict each other",
}
"""What each certainty says of a number."""

# Controls of C0 and C1 act on a terminal; marks of direction and tags make text read otherwise than it is.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_LONGEST = 600


def harmless(text: str, longest: int = _LONGEST) -> str:
    """Return a manuscript's text as it can be shown: what would act becomes the replacement sign, long text is cut.

    Examples:
        >>> harmless("a" + chr(27) + "[31m" + chr(0x202E) + "b") == "a" + chr(0xFFFD) + "[31m" + chr(0xFFFD) + "b"
        True
        >>> harmless("123456789", longest=4)
        '1234 ...'
    """
    shown = _ACTING.sub("\ufffd", text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[:longest]} ..."


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return a count with its noun.

    Examples:
        >>> plural(1, "finding"), plural(0, "finding"), plural(2, "is", "are")
        ('1 finding', '0 findings', '2 are')
    """
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def place(position: Position, audit: Audit) -> str:
    """Return where something stands, with the file where the manuscript has several."""
    where, file = harmless(str(position)), harmless(position.file)
    return where if len(audit.manuscripts) == 1 or where == file else f"{file}: {where}"


def counted(audit: Audit) -> str:
    """Return the findings counted: `3 findings (2 impossible, 1 rounding)`, or `no finding`."""
    if not audit.findings:
        return "no finding"
    told = ", ".join(f"{count} {certainty}" for certainty in Certainty if (count := audit.count(certainty)))
    return f"{plural(len(audit.findings), 'finding')} ({told})"


def title(audit: Audit) -> str:
    """Return what the audit is of: its first file, and how many more there are."""
    first, *others = (harmless(manuscript.file, 80) for manuscript in audit.manuscripts)
    return f"Audit of {first}" + (f" and {plural(len(others), 'more file')}" if others else "")


def read(audit: Audit) -> str:
    """Return one sentence: what was read."""
    tables = sum(len(manuscript.tables()) for manuscript in audit.manuscripts)
    sentences = sum(1 for manuscript in audit.manuscripts for _ in manuscript.sentences())
    names = ", ".join(harmless(manuscript.file) for manuscript in audit.manuscripts)
    counts = f"{plural(len(audit.claims), 'statement')} in numbers, {plural(tables, 'table')} and"
    return f"Read were {names}: {counts} {plural(sentences, 'sentence')}."


def summary(audit: Audit) -> str:
    """Return the findings counted, and what was read."""
    found = counted(audit)
    return f"{found[0].upper()}{found[1:]}. {read(audit)}"


def compared(comparison: Comparison) -> str:
    """Return one sentence: how many statements were held against the study, and what became of them."""
    agree, differ, unclear = (comparison.count(verdict) for verdict in Verdict)
    return (
        f"Held against the study: {plural(agree, 'statement agrees', 'statements agree')}, "
        f"{plural(differ, 'differs', 'differ')}, {plural(unclear, 'is', 'are')} ambiguous (several results could be "
        f"meant); {len(comparison.unmapped)} could not be mapped to a result."
    )


def unread(audit: Audit) -> Iterator[str]:
    """Yield what could not be read, and why a text may differ from what was printed."""
    for manuscript in audit.manuscripts:
        for said in (*manuscript.unread, *([manuscript.damaged] if manuscript.damaged else [])):
            yield f"{harmless(manuscript.file)}: {harmless(said)}"


def details(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield what stands under a finding: its heading and its text, those that say something."""
    told = {
        "Arithmetic": finding.arithmetic,
        "Would be consistent": finding.consistent,
        "Caution": finding.artefact,
    }
    yield from ((name, harmless(text)) for name, text in told.items() if text)


def sign() -> str:
    """Return who says so."""
    return f"engager {VERSION}, audit of numbers. Each finding is to be judged by a person who knows the study."
