"""The study's own rules, from the conditions of the plan to rules like any other."""

from __future__ import annotations

import operator
from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Severity
from engager.plan import AnalysisPlan
from engager.plan.checks import StudyRule
from engager.plan.expression import Column, Constant, Expression, columns_of, parse

_OF_PATIENT = "patients."
_OPERATORS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "and": operator.and_, "or": operator.or_,
}  # fmt: skip


def study_rules(plan: AnalysisPlan) -> tuple[Rule, ...]:
    """Return the rules that the plan's `[[checks.rules]]` declare, named `study.NAME`."""
    return tuple(map(_rule, plan.checks.rules))


def _rule(stated: StudyRule) -> Rule:
    condition = parse(stated.when, stated.table)
    own = [column.name for column in columns_of(condition) if column.table == stated.table]
    column = stated.column or next(iter(own), "patient")
    shown = ", ".join(f"{name} {{{name}}}" for name in dict.fromkeys(own)) or "patient {patient}"
    found = stated.found or shown
    return Rule(
        f"study.{stated.name}", Severity(stated.severity), stated.table, column, _finder(stated.table, condition),
        found, stated.expected,
        stated.advice.replace("{", "{{").replace("}", "}}"),
    )  # fmt: skip


def _finder(table: str, condition: Expression) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of the rows for which a condition holds; a condition on an empty cell does not."""
    borrowed = {column.name for column in columns_of(condition) if column.table != table}
    wanted = _expression(condition, table)

    def find(cohort: Cohort) -> pl.DataFrame:
        rows = cohort[table]
        if borrowed:
            named = [pl.col(name).alias(_OF_PATIENT + name) for name in sorted(borrowed)]
            patients = cohort["patients"].unique("patient", keep="first").select("patient", *named)
            rows = rows.join(patients, on="patient", how="left", maintain_order="left")
        return rows.filter(wanted.fill_null(value=False))

    return find


def _expression(node: Expression, table: str) -> pl.Expr:
    """Return the Polars expression of a condition."""
    if isinstance(node, Constant):
        return pl.lit(node.value)
    if isinstance(node, Column):
        cell = pl.col(node.name if node.table == table else _OF_PATIENT + node.name)
        kind = {"number": pl.Float64, "text": pl.String}.get(node.type)
        return cell if kind is None else cell.cast(kind)
    operands = [_expression(operand, table) for operand in node.operands]
    if node.operator in _OPERATORS:
        return _OPERATORS[node.operator](operands[0], operands[1])
    if node.operator == "in":
        return pl.any_horizontal(operands[0] == each for each in operands[1:])
    if node.operator == "not":
        return ~operands[0]
    return operands[0].is_null() if node.operator == "empty" else operands[0].is_not_null()
