"""The conditions of a study's own rules: `weight > 3 * age + 60 and sex = 'male'`, read and typed, never run as code.

The language is small on purpose: columns, numbers, texts, dates and yes/no; `=`, `!=`, `<`, `<=`, `>`, `>=`; `+ - * /`;
`and`, `or`, `not`; `in ('a', 'b')`; `is empty`, `is not empty`. What it cannot say it refuses with the place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engager.plan.tokens import ExpressionError, Token, tokens
from engager.schema import TABLES
from engager.schema.columns import Kind, codelist_of, kind_of
from engager.terms.likeness import did_you_mean
from engager.terms.units import read_unit

Type = Literal["number", "text", "date", "yes/no", "condition"]
Value = float | str | dt.date | bool
_TYPES: dict[Kind, Type] = {
    Kind.NUMBER: "number", Kind.INTEGER: "number", Kind.STUDY_DAY: "number", Kind.GRADE: "number",
    Kind.RESULT: "number", Kind.DATE: "date", Kind.YES_NO: "yes/no",
}  # fmt: skip
_DEEPEST = 50
_COMPARED = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, a date, a yes or a no."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the rule's table, or of the patient of the row (`patients.age`)."""

    table: str
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator over its operands: a comparison, arithmetic, `and`, `or`, `not`, `in`, `empty`, `not empty`."""

    operator: str
    operands: tuple[Expression, ...]
    type: Type


Expression = Constant | Column | Operation


def parse(text: str, table: str) -> Expression:
    """Return the condition that a text states of the rows of a table.

    Raises:
        ExpressionError: what was expected, and where.

    Examples:
        >>> parse("age > 20", "patients").operator
        '>'
        >>> [column.name for column in columns_of(parse("dose > 100 and patients.age < 2", "exposure"))]
        ['dose', 'age']
    """
    reader = _Reader(text, table)
    condition = reader.either()
    reader.finish()
    return _of_type(condition, "condition", text)


def columns_of(expression: Expression) -> Iterator[Column]:
    """Yield the columns that an expression names, in order."""
    if isinstance(expression, Column):
        yield expression
    elif isinstance(expression, Operation):
        for operand in expression.operands:
            yield from columns_of(operand)


class _Reader:
    """The grammar, a method a level: either, both, negation, comparison, sum, product, operand."""

    def __init__(self, text: str, table: str) -> None:
        self.text, self.table = text, table
        self.left = list(tokens(text))
        self.depth = 0

    def either(self) -> Expression:
        found = self.both()
        while self._take("or"):
            found = self._joined("or", found, self.both())
        return found

    def both(self) -> Expression:
        found = self.negation()
        while self._take("and"):
            found = self._joined("and", found, self.negation())
        return found

    def negation(self) -> Expression:
        if self._take("not"):
            self._deeper()
            return Operation("not", (_of_type(self.negation(), "condition", self.text),), "condition")
        return self.comparison()

    def comparison(self) -> Expression:
        found = self.sum()
        if self._take("is"):
            operator = "not empty" if self._take("not") else "empty"
            self._expect(("empty", "null"), "`empty` after `is`")
            return Operation(operator, (found,), "condition")
        negated = self._take("not")
        if self._take("in"):
            among = Operation("in", (found, *self._list(found)), "condition")
            return Operation("not", (among,), "condition") if negated else among
        if negated:
            raise ExpressionError(f"`in` after `not`, {self._where()}")
        if operator := self._take(*_COMPARED):
            return self._compared(operator, found, self.sum())
        return found

    def sum(self) -> Expression:
        found = self.product()
        while operator := self._take("+", "-"):
            found = self._counted(operator, found, self.product())
        return found

    def product(self) -> Expression:
        found = self.operand()
        while operator := self._take("*", "/"):
            found = self._counted(operator, found, self.operand())
        return found

    def operand(self) -> Expression:
        if self._take("-"):
            self._deeper()
            return self._counted("-", Constant(0.0, "number"), self.operand())
        if self._take("("):
            self._deeper()
            found = self.either()
            self._expect((")",), "a closing bracket")
            return found
        if not self.left or self.left[0].kind == "sign":
            raise ExpressionError(f"a column, a number or a text {self._where()}")
        token = self.left.pop(0)
        return _constant(token) or self._column(token.text)

    def finish(self) -> None:
        if self.left:
            raise ExpressionError(f"`and`, `or` or the end {self._where()}")

    def _column(self, name: str) -> Column:
        table, _, column = name.rpartition(".")
        table = table or self.table
        if table not in (self.table, "patients"):
            raise ExpressionError(f"a column of {self.table}, or one of the patient (`patients.age`), at `{name}`")
        known = {key: declared for key, declared in TABLES[table].columns().items() if key != "row"}
        if column not in known:
            near = did_you_mean(column, known)
            raise ExpressionError(f"a column of {table} where `{name}` stands. {near}".rstrip(". "))
        return Column(table, column, _TYPES.get(kind_of(known[column]), "text"))

    def _compared(self, operator: str, left: Expression, right: Expression) -> Operation:
        right, left = _as_in(left, right), _as_in(right, left)
        if left.type != right.type or left.type == "condition":
            raise ExpressionError(f"two of one kind about `{operator}`, where a {left.type} and a {right.type} stand")
        if left.type == "yes/no" and operator not in ("=", "!="):
            raise ExpressionError(f"`=` or `!=` beside yes and no, not `{operator}`")
        return Operation(operator, (left, right), "condition")

    def _list(self, of: Expression) -> list[Expression]:
        self._expect(("(",), "a bracket after `in`")
        found = [self.sum()]
        while self._take(","):
            found.append(self.sum())
        self._expect((")",), "a closing bracket")
        typed = [_as_in(of, each) for each in found]
        if any(not isinstance(each, Constant) or each.type != of.type for each in typed):
            raise ExpressionError(f"a list of a {of.type} each after `in`")
        return typed

    def _joined(self, operator: str, left: Expression, right: Expression) -> Operation:
        both = (_of_type(left, "condition", self.text), _of_type(right, "condition", self.text))
        return Operation(operator, both, "condition")

    def _counted(self, operator: str, left: Expression, right: Expression) -> Operation:
        for each in (left, right):
            if each.type != "number":
                raise ExpressionError(f"a number on both sides of `{operator}`, not a {each.type}")
        return Operation(operator, (left, right), "number")

    def _take(self, *texts: str) -> str:
        if self.left and self.left[0].kind in ("word", "sign") and self.left[0].text.lower() in texts:
            return self.left.pop(0).text.lower()
        return ""

    def _expect(self, texts: tuple[str, ...], told: str) -> None:
        if not self._take(*texts):
            raise ExpressionError(f"{told} {self._where()}")

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError(f"at most {_DEEPEST} brackets and signs within each other")

    def _where(self) -> str:
        return f"at `{self.left[0].text}`, sign {self.left[0].at + 1}" if self.left else "at the end"


def _constant(token: Token) -> Constant | None:
    """Return the constant that a token is, None where it is a column."""
    if token.kind == "number":
        return Constant(float(token.text), "number")
    if token.kind == "text":
        return Constant(token.text, "text")
    answer = {"yes": True, "true": True, "no": False, "false": False}.get(token.text.lower())
    return None if answer is None else Constant(answer, "yes/no")


def _as_in(column: Expression, value: Expression) -> Expression:
    """Return a text as the code, unit or date that the column beside it holds; refuse one that it cannot hold."""
    if not (isinstance(column, Column) and isinstance(value, Constant) and isinstance(value.value, str)):
        return value
    declared = TABLES[column.table].columns()[column.name]
    if column.type == "date":
        return Constant(_date(value.value), "date")
    if (codes := codelist_of(declared)) is not None:
        code = codes.read(value.value)
        if code is None:
            near = did_you_mean(value.value, codes.codes) or f"There are: {', '.join(codes.codes)}"
            raise ExpressionError(f"a code of `{column.name}` where '{value.value}' stands. {near}".rstrip("?"))
        return Constant(code, "text")
    if kind_of(declared) is Kind.UNIT and (unit := read_unit(value.value)):
        return Constant(unit, "text")
    return value


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ExpressionError(f"a date such as '2024-12-31' where '{text}' stands") from None


def _of_type(expression: Expression, wanted: Type, text: str) -> Expression:
    if expression.type == "yes/no" and wanted == "condition":
        return Operation("=", (expression, Constant(True, "yes/no")), "condition")
    if expression.type != wanted:
        raise ExpressionError(f"a condition such as `age > 20`, not a {expression.type} alone: `{text[:60]}`")
    return expression
