"""The reference pages, written from the code: tables, vocabulary, plan, edit checks, results, command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import polars as pl
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engager import statistics
from engager.audit.comparison import RULE as STUDY_RULE
from engager.audit.finding import Certainty
from engager.audit.rules import RULES as AUDIT_RULES
from engager.checks import RULES, rules_in_force
from engager.cli.main import engager as command_line
from engager.pipeline.abstraction import reconcile_studies
from engager.pipeline.examples import example
from engager.plan import AnalysisPlan, parts
from engager.results import results_schema
from engager.schema import SCHEMA_VERSION, TABLES
from engager.schema.columns import Kind, cdisc_of, codelist_of, kind_of, unit_of
from engager.simulator.observation.assays import assays
from engager.simulator.observation.settings import TOPICS, settings
from engager.simulator.observation.visits import read_visits
from engager.simulator.policies.policy import policy_names, read_policy
from engager.simulator.populations.population import population_names, read_population
from engager.tables.formatting import patients_list, percent
from engager.terms.codelists import codelists
from engager.terms.measurands import measurands
from engager.terms.mrd_assays import mrd_assays
from engager.terms.regimens import (
    Consolidation,
    Cycles,
    Escalation,
    Interruption,
    Premedication,
    Regimen,
    Restart,
    Step,
    regimen_names,
    shipped_regimen,
)
from engager.terms.units import spellings, units
from engager.writers.audit_json import audit_schema
from engager.writers.audit_words import MEANING


def write_reference(folder: Path) -> None:
    """Write every generated page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "tables": _tables(),
        "vocabulary": _vocabulary(),
        "plan": _plan(),
        "checks": _checks(),
        "regimens": _regimens(),
        "simulation": _simulation(),
        "results": _results(),
        "audit": _audit(),
        "two-abstractions": _two_abstractions(),
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
    lines += _assays()
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


def _assays() -> list[str]:
    intro = "What each `method` looks for, and how deep it usually sees; no limit that a row lacks is taken from here."
    head = ("method", "assay", "target", "sensitivity, fraction of cells", "quantitative range", "source")
    rows = (
        (
            f"`{assay.method}`",
            assay.name,
            assay.target,
            " to ".join(dict.fromkeys((f"{assay.least_sensitive:g}", f"{assay.most_sensitive:g}"))),
            assay.quantitative_range,
            assay.source,
        )
        for assay in mrd_assays().values()
    )
    return ["## MRD assays", "", intro, *_grid(head, rows)]


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
    listed = isinstance(default, tuple) and any(isinstance(entry, BaseModel) for entry in default)
    return "see below" if listed or isinstance(default, BaseModel | dict) else f"`{default}`"


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
    plan = AnalysisPlan.model_validate(
        {"title": "every rule", "cutoff": "2026-12-31", "regimen": "label-relapsed-refractory"}
    )
    rules = rules_in_force(plan)
    own = {rule.name for rule in rules} - {rule.name for rule in RULES}
    intro = (
        f"The {len(rules)} rules that `engager check` holds a study against, beside unreadable cells and codes: within "
        "a row, between rows, between tables, over time, against the regimen. An error stops the analysis; a warning "
        "stands in the report. Words in italics are cells of the row or counted from them; bounds that the plan sets "
        "are shown as of the regimen `label-relapsed-refractory`. A rule marked \u2020 cannot be excepted: no analysis "
        "could use such a row. How to accept a row, and how to write rules of your own: "
        "[check data](../../how-to/check-data.md)."
    )
    lines = ["# Edit checks", "", intro]
    for table in TABLES:
        mine = [rule for rule in rules if rule.table == table]
        lines += ["", f"## {table}", "", f"{len(mine)} rules."]
        lines += _grid(("rule", "severity", "cell", "what it finds", "because it expects", "what to do"), (
            (f"`{rule.name}`" + ("" if rule.acceptable else " \u2020") + (" (of the plan)" if rule.name in own else ""),
             rule.severity, rule.column, _italic(rule.found), rule.expected, _italic(rule.advice)) for rule in mine
        ))  # fmt: skip
    return lines


def _italic(template: str) -> str:
    """Return a template with its cells in italics instead of braces."""
    return re.sub(r"`?\{(\w+)\}`?", lambda cell: f"*{cell[1].replace('_', ' ')}*", template)


def _two_abstractions() -> list[str]:
    """Return what the two abstractions of the Tuebingen paper disagree on: counts, and the cells with two values."""
    found = reconcile_studies(example("tuebingen-2014"), example("tuebingen-2014-second")).found
    tables = found.agreement.filter(pl.col("field").is_null()).to_dicts()
    heads = ("table", "rows of both", "only first", "only second", "values compared", "agree", "of those both gave")
    lines = _grid(heads, (_agreement_row(row) for row in (*tables[1:], tables[0])))
    told = found.items.drop_nulls(["field", "a", "b"]).filter(~pl.col("field").is_in(["name", "treatment"]))
    alike = told.group_by("table", "field", "test", "a", "b", maintain_order=True).agg(pl.col("patient").unique())
    place = pl.concat_str("table", "field", separator=".") + pl.when(pl.col("test").is_not_null()).then(
        pl.concat_str(pl.lit(" ("), "test", pl.lit(")"))
    ).otherwise(pl.lit(""))
    rows = [(*row[:3], patients_list(tuple(row[3]))) for row in alike.select(place, "a", "b", "patient").iter_rows()]
    lines += ["Cells with two values, the free text of drugs and procedures left out:"]
    return lines + _grid(("field", "first", "second", "patients"), rows)


def _agreement_row(row: dict[str, Any]) -> tuple[Any, ...]:
    counts = (row["rows_both"], row["rows_only_a"], row["rows_only_b"], row["compared"])
    agree, given = (f"{percent(row['agreed'], row[of], 1)} %" for of in ("compared", "both"))
    return row["table"], *counts, agree, given


def _regimens() -> list[str]:
    intro = (
        "The regimens that engager brings, each the file of that name in `src/engager/terms/regimens/`, and the keys "
        'of such a file. `regimen = "NAME"` in the plan compares the record with one.'
    )
    lines = ["# Regimens", "", intro]
    for regimen in map(shipped_regimen, regimen_names()):
        lines += ["", f"## {regimen.name}", "", f"{regimen.title}. {regimen.setting or ''}. Source: {regimen.source}."]
        lines += _grid(
            ("cycles", "role", "days of infusion", "dose", "at most", "flat", "days off"),
            (_step(row, regimen.flat_from_kg) for row in regimen.rows()),
        )
        lines += [f"- {rule}" for rule in _rules(regimen)]
    lines += ["", "## The keys of a regimen", "", "Doses are in ug/m2/d or ug/d, caps and flat doses in ug/d."]
    for model, path in _REGIMEN_PARTS.items():
        lines += ["", f"### {path}", "", (model.__doc__ or "").split("\n\n", 1)[0].strip()]
        keys = ((f"`{name}`", "required" if field.is_required() else "") for name, field in model.model_fields.items())
        lines += _grid(("key", ""), keys)
    return lines


_REGIMEN_PARTS: dict[type[BaseModel], str] = {
    Regimen: "Top level", Cycles: "[[cycles]]", Step: "steps of a cycle", Escalation: "[escalation]",
    Consolidation: "[consolidation]", Interruption: "[interruption]", Restart: "[restart]",
    Premedication: "[[premedication]]",
}  # fmt: skip


def _step(row: dict[str, Any], flat_from: float | None) -> tuple[str, ...]:
    first, last, least, most = (row[name] for name in ("first_cycle", "last_cycle", "least_days_off", "most_days_off"))
    cycles = f"{first} on" if last is None else str(first) if first == last else f"{first} to {last}"
    return (
        cycles, row["role"], f"{row['first_day']} to {row['last_day']}",
        f"{' or '.join(f'{dose:g}' for dose in row['doses'])} {row['unit']}",
        "" if row["cap"] is None else f"{row['cap']:g} ug/d",
        "" if row["flat"] is None else f"{row['flat']:g} ug/d from {flat_from:g} kg on",
        "" if least is None else str(least) if least == most else f"{least} to {most}",
    )  # fmt: skip


def _rules(regimen: Regimen) -> Iterable[str]:
    """Yield the rules of a regimen beside its doses, in words."""
    if regimen.escalation is not None:
        doses = ", ".join(f"{dose:g}" for dose in regimen.escalation.doses)
        yield f"After a {regimen.escalation.after} cycle the next may go one up in {doses} {regimen.escalation.unit}."
    if regimen.consolidation is not None:
        yield f"After a {regimen.consolidation.after} cycle at least {regimen.consolidation.cycles} more."
    if regimen.interruption is not None:
        longest = regimen.interruption.same_cycle_up_to_days
        yield f"Interruption of up to {longest} days: the same cycle; longer: a new one."
    if regimen.restart is not None:
        dose, flat = regimen.restart.dose[0], regimen.restart.flat
        heavy = f" ({flat:g} ug/d from {regimen.flat_from_kg:g} kg on)" if flat and regimen.flat_from_kg else ""
        unit, days = regimen.restart.unit, regimen.restart.days
        yield f"Restart after {regimen.restart.after}: {dose:g} {unit}{heavy} for {days} days."
    for item in regimen.premedication:
        most = f", at most {item.maximum_mg:g} mg" if item.maximum_mg is not None else ""
        yield f"Premedication ({item.who or 'all'}): {item.drug} {item.dose:g} {item.unit}{most}, {item.when}."


def _simulation() -> list[str]:
    """Return who can be simulated, by which policies, and the numbers of the observation rules."""
    lines = ["# Simulated cohorts: populations, policies, observation", "", "## Populations", ""]
    known = [read_population(name) for name in population_names()]
    lines += _grid(("name", "who", "source"), ((f"`{each.name}`", each.title, each.source) for each in known))
    lines += ["", "## Policies", ""]
    for policy in (read_policy(name) for name in policy_names()):
        lines += [f"### `{policy.name}`", "", f"{policy.title}. Source: {policy.source}. {policy.note}", ""]
        rows = ((each.when, ", ".join(each.then), each.grade or "", each.occurrence, each.times or "", each.chance)
                for each in policy.rules)  # fmt: skip
        lines += [*_grid(("when", "then", "grade from", "occurrence from", "at most times", "chance"), rows), ""]
    lines += ["## Assays of leukaemic cells", ""]
    rows = ((f"`{name}`", f"{each.cells:g}", each.lod or "", each.loq or "", each.sees, each.source)
            for name, each in assays().items())  # fmt: skip
    lines += _grid(("assay", "cells", "limit of detection", "of quantification", "sees", "source"), rows)
    lines += ["", "## Visits", ""]
    panels = ((each.name, ", ".join(each.tests), ", ".join(f"{day:g}" for day in each.days), "yes" if each.end else "",
               each.follow or "", f"{each.missing:.0%}") for each in read_visits().panels)  # fmt: skip
    lines += _grid(("panel", "tests", "days of a cycle", "at its end", "days apart afterwards", "missing"), panels)
    for topic in TOPICS:
        lines += ["", f"## Numbers of the rules: {topic}", ""]
        numbers = ((f"`{each.name}`", f"{each.value:g}", each.unit, each.tag, each.meaning, each.source)
                   for each in settings(topic))  # fmt: skip
        lines += _grid(("name", "value", "unit", "tag", "meaning", "source"), numbers)
    return lines


def _results() -> list[str]:
    schema = json.dumps(results_schema(), indent=2)
    intro = (
        "`results` is a list of rows. Numbers are unrounded; `null` is not estimable, not reached or not applicable, "
        "and `warning` says which. `patients` and `sources` of a row are the place, from 0, of its list in "
        "`patient_sets` and `source_sets`, which rows share; a source is a row of the input as `table:row`. "
        "`engager.results.Results.from_document` reads it back."
    )
    return ["# results.json", "", intro, "", "```json", schema, "```"]


def _audit() -> list[str]:
    """Return the rules of the audit, what its certainties mean, and the schema of its JSON."""
    intro = (
        f"The {len(AUDIT_RULES)} rules that `engager audit` holds a manuscript against, each with what it checks, how, "
        "what would be consistent, and how sure its findings can be. How to use it: "
        "[audit a manuscript](../../how-to/audit-a-manuscript.md)."
    )
    lines = ["# Audit", "", intro, "", "## How sure", ""]
    lines += _grid(("certainty", "a number that"), ((f"`{name}`", MEANING[name]) for name in Certainty))
    lines += ["", "## Rules", ""]
    for rule in AUDIT_RULES:
        how, right = rule.arithmetic.rstrip("."), rule.consistent.rstrip(".")
        told = f"{rule.what} *How:* {how}. *Consistent:* {right}."
        lines += [f"**`{rule.name}`** ({', '.join(rule.certainties)}). {told}", ""]
    study = (
        f"With a study there is one more, `{STUDY_RULE}`: impossible where the study's report has the same words with "
        "another number, unlikely where the words mean one result, and that has another value under every rounding."
    )
    lines += ["", study, "", "## audit.json", "", "`value` of a number is its exact decimal text; `position` has the "]
    lines[-1] += 'parts of `place`, 0 and `""` being none. `start` and `end` count characters of `context`.'
    return [*lines, "", "```json", json.dumps(audit_schema(), indent=2), "```"]


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
