"""The audit for programs: every finding with its claims and their places, and the schema that describes it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from engager.audit.auditing import Audit
from engager.audit.claim import Claim, Kind, Number
from engager.audit.comparison import Compared, Comparison, Mapping, Verdict
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Manuscript, Position
from engager.provenance import VERSION
from engager.writers.files import write_text

# JSON leaves these as they are in a string; a terminal and a reader's eye do not.
_ACTING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def write_audit_json(audit: Audit, folder: Path) -> list[Path]:
    """Write `audit.json` and `audit.schema.json`, and return their paths."""
    schema = json.dumps(audit_schema(), indent=2)
    return [
        write_text(folder / "audit.json", audit_as_json(audit) + "\n"),
        write_text(folder / "audit.schema.json", schema + "\n"),
    ]


def audit_as_json(audit: Audit) -> str:
    """Return the audit as JSON text that is valid by `audit_schema`; a manuscript's text stands in it to the letter.

    Characters that would act on a terminal, or turn the direction of text, are escaped.
    """
    text = json.dumps(audit_document(audit), indent=1, ensure_ascii=False, allow_nan=False)
    text = _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.encode("utf-8", "replace").decode("utf-8")


def audit_document(audit: Audit) -> dict[str, Any]:
    """Return the audit as plain values."""
    return {
        "engager": VERSION,
        "files": [_file(manuscript) for manuscript in audit.manuscripts],
        "statements": len(audit.claims),
        "counts": {str(certainty): audit.count(certainty) for certainty in Certainty},
        "findings": [_finding(finding) for finding in audit.findings],
        "comparison": None if audit.comparison is None else _comparison(audit.comparison),
    }


def _file(manuscript: Manuscript) -> dict[str, Any]:
    return {
        "name": manuscript.file,
        "format": manuscript.format,
        "pages": manuscript.pages,
        "tables": len(manuscript.tables()),
        "sentences": sum(1 for _ in manuscript.sentences()),
        "unread": list(manuscript.unread),
        "damaged": manuscript.damaged,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "certainty": str(finding.certainty),
        "place": str(finding.position),
        "message": finding.message,
        "arithmetic": finding.arithmetic,
        "consistent": finding.consistent,
        "artefact": finding.artefact,
        "claims": [_claim(claim) for claim in finding.claims],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    plain = {name.name: getattr(claim, name.name) for name in fields(Claim)}
    return plain | {
        "kind": str(claim.kind),
        "place": str(claim.position),
        "position": asdict(claim.position),
        "numbers": [asdict(number) | {"value": str(number.value)} for number in claim.numbers],
        "subject": list(claim.subject),
        "group": list(claim.group),
        "ids": list(claim.ids),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "counts": {str(verdict): comparison.count(verdict) for verdict in Verdict}
        | {"unmapped": len(comparison.unmapped)},
        "compared": [_compared(each) for each in comparison.compared],
        "unmapped": [{"text": claim.text, "place": str(claim.position)} for claim in comparison.unmapped],
    }


def _compared(each: Compared) -> dict[str, Any]:
    return {
        "text": each.claim.text,
        "place": str(each.claim.position),
        "verdict": str(each.verdict),
        "mapping": str(each.mapping),
        "study": [
            {"text": value.text, "place": value.place, "results": [row.id for row in value.results]}
            for value in each.expected
        ],
    }


def audit_schema() -> dict[str, Any]:
    """Return the JSON Schema of `audit.json`."""
    text, count = {"type": "string"}, {"type": "integer", "minimum": 0}
    texts = _list(text)
    compared = _object(
        {
            "text": text,
            "place": text,
            "verdict": _one_of(Verdict),
            "mapping": _one_of(Mapping),
            "study": _list(_object({"text": text, "place": text, "results": texts})),
        }
    )
    verdicts = dict.fromkeys([*map(str, Verdict), "unmapped"], count)
    comparison = _object(
        {
            "counts": _object(verdicts),
            "compared": _list(compared),
            "unmapped": _list(_object({"text": text, "place": text})),
        }
    )
    finding = _object(
        {
            "rule": text,
            "certainty": _one_of(Certainty),
            "place": text,
            "message": text,
            "arithmetic": text,
            "consistent": text,
            "artefact": text,
            "claims": _list(_claim_schema(), least=1),
        }
    )
    file = {"name": text, "format": text, "pages": {"type": ["integer", "null"]}, "tables": count, "sentences": count}
    whole = {
        "engager": text,
        "files": _list(_object({**file, "unread": texts, "damaged": text}), least=1),
        "statements": count,
        "counts": _object(dict.fromkeys(map(str, Certainty), count)),
        "findings": _list(finding),
        "comparison": {"anyOf": [comparison, {"type": "null"}]},
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "engager audit"}
    return head | _object(whole)


def _claim_schema() -> dict[str, Any]:
    text, count = {"type": "string"}, {"type": "integer", "minimum": 0}
    values: dict[str, Any] = dict.fromkeys((field.name for field in fields(Claim)), text)
    number = dict.fromkeys((field.name for field in fields(Number)), text)
    number |= {"decimals": {"type": "integer"}, "percent": {"type": "boolean"}, "words": {"type": "boolean"}}
    numbers = ("block", "paragraph", "sentence", "row", "column")
    position = dict.fromkeys((field.name for field in fields(Position)), text) | dict.fromkeys(numbers, count)
    maybe = {"type": ["integer", "null"]}
    return _object(
        values
        | dict.fromkeys(("subject", "group", "ids"), _list(text))
        | {
            "kind": _one_of(Kind),
            "place": text,
            "position": _object({**position, "page": maybe}),
            "numbers": _list(_object(number)),
            "start": count,
            "end": count,
            "group_size": maybe,
        }
    )


def _one_of(names: type[Certainty | Kind | Verdict | Mapping]) -> dict[str, Any]:
    return {"enum": [str(name) for name in names]}


def _list(items: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items} | ({"minItems": least} if least else {})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
