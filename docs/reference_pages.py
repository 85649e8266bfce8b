"""The reference pages, written from the code: tables, vocabulary, plan, edit checks, results, command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engager import statistics
from engager.checks import RULES
from engager.cli import engager as command_line
from engager.plan import AnalysisPlan, parts
from engager.results import results_schema
from engager.schema import SCHEMA_VERSION, TABLES
from engager.schema.columns import Kind, cdisc_of, codelist_of, kind_of, unit_of
from engager.terms.codelists import codelists
from engager.terms.measurands import measurands
from engager.terms.units import spellings, units


def write_reference(folder: Path) -> None:
    """Write every generated page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "tables": _tables(),
        "vocabulary": _vocabulary(),
        "plan": _plan(),
        "checks": _checks(),
        "results": _results(),
        "command-line": _command_line(),
        "statistics": _statistics(folder / "statistics"),
    }
    for name, lines in pages.items():
        (folder / f"{name}.md").write_text("\n".join(lines) + "\n", "utf-8")


def _grid(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> list[str]:
    heads = list(head)
    cells = [[str("" if cell is None else cell).replace("|", "\\|") for cell in row] for row in rows]
    return ["", _line(heads), _line("---" for _ in heads), *map(_line, cells), ""]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _tables() -> list[str]:
    intro = (
        f"Schema version {SCHEMA_VERSION}. Column order is free; a column that is not listed is kept and reported. "
        "Every table must be there, if only with its heading row."
    )
    lines = ["# The tables of a study", "", intro, ""]
    for name, schema in TABLES.items():
        columns = [(key, column) for key, column in schema.columns().items() if kind_of(column) is not Kind.INTERNAL]
        lines += [f"## {name}", "", (schema.__doc__ or "").strip()]
        lines += _grid(
            ("column", "kind", "unit", "permitted", "meaning", "CDISC"),
            (
                (
                    f"`{key}`" + ("" if column.nullable else " (required)"),
                    kind_of(column),
                    unit_of(column),
                    _permitted(column),
                    column.description,
                    cdisc_of(column),
                )
                for key, column in columns
            ),
        )
    return lines


def _permitted(column: Any) -> str:
    if (codes := codelist_of(column)) is not None:
        return f"[{codes.name}](vocabulary.md#{codes.name.replace('_', '-')})"
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is None and high is None:
        return ""
    return f"{low:g} to {high:g}" if high is not None else f"{low:g} or more"


def _vocabulary() -> list[str]:
    lines = ["# Vocabulary", "", "Upper and lower case are read alike, and so are the other spellings.", ""]
    for codes in codelists().values():
        standard = f" (CDISC {codes.cdisc})" if codes.cdisc else ""
        lines += [f"## {codes.name.replace('_', '-')}", "", codes.meaning + standard]
        lines += _grid(
            ("code", "meaning", "also read"),
            (
                (
                    code,
                    codes.meanings[code],
                    ", ".join(key for key, value in codes.spellings.items() if value == code and key != code.lower()),
                )
                for code in codes.codes
            ),
        )
    lines += ["## Tests", "", "What the measurements table may hold; another test is kept and listed, not analysed."]
    lines += _grid(
        ("test", "meaning", "unit measures", "CDISC"),
        (
            (f"`{item.name}`", item.meaning, ", ".join(item.quantities) or item.codelist, item.cdisc)
            for item in measurands().values()
        ),
    )
    lines += ["## Units", "", "UCUM codes. Units of one quantity are converted; a unit is never assumed."]
    lines += _grid(
        ("unit", "quantity", "factor", "also read"),
        (
            (
                f"`{unit.code}`",
                unit.quantity,
                f"{unit.factor:g}",
                ", ".join(f"`{key}`" for key, value in spellings().items() if value == unit.code),
            )
            for unit in units().values()
        ),
    )
    return lines


def _plan() -> list[str]:
    lines = ["# The plan: study.toml", "", "Every key has a default except `title`. An unknown key is refused."]
    return lines + _model(AnalysisPlan, "")


def _model(model: type[BaseModel], path: str) -> list[str]:
    lines = [f"## [{path}]" if path else "## Top level", "", (model.__doc__ or "").split("\n\n", 1)[0].strip()]
    properties = model.model_json_schema()["properties"]
    rows = [(f"`{name}`", _kind(properties[name]), _default(field)) for name, field in model.model_fields.items()]
    lines += _grid(("key", "permitted", "default"), rows)
    if not path:
        for name, part in parts().items():
            lines += _model(part, "endpoints.CODE" if name == "endpoints" else name)
    return lines


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    return "see below" if isinstance(default, BaseModel | dict) else f"`{default}`"


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"] if part.get("type") != "null")
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    if "$ref" in schema:
        return "a section"
    signs = {"minimum": "\u2265", "exclusiveMinimum": ">", "maximum": "\u2264", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema]
    kind = schema.get("format", schema.get("type", "day or date"))
    return " ".join([{"object": "sections"}.get(kind, kind), ", ".join(bounds)]).strip()


def _checks() -> list[str]:
    intro = (
        "What `engager check` looks for beside unreadable cells, ranges and codes. An error stops the analysis; a "
        "warning stands in the report."
    )
    head = ("rule", "severity", "table", "cell", "found", "expected", "advice")
    rows = (
        (f"`{rule.name}`", rule.severity, rule.table, rule.column, rule.found, rule.expected, rule.advice)
        for rule in RULES
    )
    return ["# Edit checks", "", intro, *_grid(head, rows)]


def _results() -> list[str]:
    schema = json.dumps(results_schema(), indent=2)
    intro = (
        "A list of rows. Numbers are unrounded; `null` is not estimable, not reached or not applicable, and `warning` "
        "says which. `sources` names input rows as `table:row`."
    )
    return ["# results.json", "", intro, "", "```json", schema, "```"]


def _statistics(folder: Path) -> list[str]:
    """Return the list of the statistics, and write a page for each of them into a folder."""
    folder.mkdir(exist_ok=True)
    for name in statistics.__all__:
        kind = "class" if isinstance(getattr(statistics, name), type) else "function"
        kind = "data" if name.isupper() else kind
        members = ["   :members:"] if kind == "class" else []
        page = [f"# {name}", "", "```{eval-rst}", f".. auto{kind}:: engager.statistics.{name}", *members, "```", ""]
        (folder / f"{name}.md").write_text("\n".join(page), "utf-8")
    intro = (
        "Arrays in, small frozen results out. Each has a page of its own: definition, shapes, edge cases, errors, "
        "reference, an example that runs. All are held against R; see `verification/` in the repository."
    )
    listed = [f"statistics/{name}" for name in sorted(statistics.__all__, key=str.lower)]
    return ["# Statistics", "", intro, "", "```{toctree}", ":maxdepth: 1", "", *listed, "```"]


def _command_line() -> list[str]:
    lines = ["# Command line", ""]
    context = click.Context(command_line, info_name="engager")
    lines += ["```text", command_line.get_help(context), "```", ""]
    for name, command in command_line.commands.items():
        inner = click.Context(command, info_name=f"engager {name}")
        lines += [f"## engager {name}", "", "```text", command.get_help(inner), "```", ""]
    return lines
