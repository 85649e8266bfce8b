"""The drafted mapping of a REDCap project as a TOML file, with confidence and reason on every line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from engager.errors import OutputError
from engager.readers.redcap_dictionary import RedcapField
from engager.readers.redcap_draft import PROPOSED, Proposal, unit_warning
from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of
from engager.writers.files import write_text
from engager.writers.staging import staged_file

_HEAD = """\
# The mapping of {file}, drafted by engager from likeness. Read every line: it may be wrong.
# A column has its text from one of: {{ field = "..." }}, {{ checkbox = "..." }} with codes, {{ is = "..." }},
# {{ event = true }} with codes, {{ instance = true }}. `codes` give the study's text for each code of REDCap;
# "" has yet to be filled, "NA" says that nothing is known. Each [[rows]] makes a row of its table for each filled
# instance of the form; `events` narrows it to events, `when` to records in which a field is filled.
"""


def write_mapping_draft(path: Path, file: str, fields: Sequence[RedcapField], proposals: Sequence[Proposal]) -> Path:
    """Write the draft and return its path; OutputError where a file stands there, which a person may have finished."""
    if path.exists():
        raise OutputError(f"{path} exists and may have been worked on. Choose another name, or move it")
    with staged_file(path) as partial:
        write_text(partial, "\n".join(_lines(file, fields, proposals)) + "\n")
    return path


def _lines(file: str, fields: Sequence[RedcapField], proposals: Sequence[Proposal]) -> Iterator[str]:
    sure = [proposal for proposal in proposals if proposal.confidence >= PROPOSED]
    kept, doubled = _once_a_column(sure)
    yield _HEAD.format(file=_remark(file))
    yield f"finished = false  # set to true when you have read every line\nrecord = {_text(fields[0].name)}"
    used = {proposal.asked.name for proposal in kept}
    nearest = {proposal.asked.name: proposal for proposal in proposals}
    yield "left_out = ["
    for item in fields[1:]:
        if item.name not in used and item.kind != "descriptive":
            yield f"  {_text(item.name)},  # {_why_left(item, nearest.get(item.name), doubled)}"
    yield "]"
    order = {table: at for at, table in enumerate(TABLES)}
    kept.sort(key=lambda proposal: (order[proposal.table], proposal.asked.form))
    for (table, form), group in groupby(kept, key=lambda proposal: (proposal.table, proposal.asked.form)):
        yield from _blocks(table, form, list(group))


def _once_a_column(proposals: Sequence[Proposal]) -> tuple[list[Proposal], set[str]]:
    """Return the surest proposal for each column of a form, and the fields that yielded; a test is a column each."""
    best: dict[tuple[str, ...], Proposal] = {}
    for proposal in sorted(proposals, key=lambda proposal: -proposal.confidence):
        best.setdefault(
            (proposal.asked.form, proposal.table, proposal.column, proposal.constants.get("test", "")), proposal
        )
    kept = {proposal.asked.name for proposal in best.values()}
    return [p for p in proposals if p.asked.name in kept], {p.asked.name for p in proposals} - kept


def _why_left(item: RedcapField, nearest: Proposal | None, doubled: set[str]) -> str:
    told = f"{_remark(item.label)}; " if item.label else ""
    if item.identifier:
        return f"{told}marked as an identifier"
    if nearest is None:
        return f"{told}no column can take it"
    why = "another field is likelier for" if item.name in doubled else "nearest is"
    return f"{told}{why} {nearest.table}.{nearest.column} ({nearest.confidence:.2f}: {_remark(nearest.reason)})"


def _blocks(table: str, form: str, proposals: Sequence[Proposal]) -> Iterator[str]:
    """Yield the rows of a table from a form: one part, or one for each test, with what is common in each."""
    tests = [proposal for proposal in proposals if "test" in proposal.constants]
    common = [proposal for proposal in proposals if "test" not in proposal.constants]
    each: list[Proposal | None] = [*tests] or [None]
    for test in each:
        yield f"\n[[rows]]\ntable = {_text(table)}\nform = {_text(form)}"
        if test is not None:
            yield f"when = [{_text(test.asked.name)}]"
        yield "[rows.columns]"
        named: set[str] = set()
        for proposal in (*common, *([test] if test else [])):
            yield from _column(proposal)
            constants = {column: text for column, text in proposal.constants.items() if column not in named}
            named |= {proposal.column, *constants}
            for column, text in constants.items():
                yield f"{column} = {{ is = {_text(text)} }}"
        yield from _needed(table, named)


def _needed(table: str, named: set[str]) -> Iterator[str]:
    """Yield a remark for each column that every row of a table has and that nothing was found for."""
    for name, column in TABLES[table].columns().items():
        if not column.nullable and kind_of(column) is not Kind.INTERNAL and name not in (*named, "patient"):
            yield f"# {name} = ...  # needed in every row: {column.description}"
    if named & {"value", "dose"} and "unit" not in named:
        yield '# unit = { is = "..." }  # a unit is never assumed'


def _column(proposal: Proposal) -> Iterator[str]:
    item = proposal.asked
    label, warning = _remark(item.label), unit_warning(proposal)
    yield f"# {proposal.confidence:.2f}: {_remark(proposal.reason)}" + (f" ({label})" if label else "")
    if warning:
        yield f"# CAUTION: {warning}"
    for code in (code for code, text in proposal.codes.items() if not text):
        yield f"# to be filled: code {_remark(code)}, {_remark(item.choices[code])}"
    codes = f", codes = {_inline(proposal.codes)}" if proposal.codes else ""
    yield f"{proposal.column} = {{ {'checkbox' if item.kind == 'checkbox' else 'field'} = {_text(item.name)}{codes} }}"


def _inline(codes: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_text(code)} = {_text(text)}" for code, text in codes.items()) + " }"


def _text(text: str) -> str:
    """Return a text as TOML has it, which within one line is as JSON has it."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def _remark(text: str) -> str:
    """Return a text that a comment of one line can hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:120]
