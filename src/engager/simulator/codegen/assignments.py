"""Expressions made into a list of assignments: what is constant for a patient taken out, what is common named once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

import sympy
from sympy import Expr, Symbol

from engager.simulator.codegen.equations import Assignment, exponential, natural, positive, power


@dataclass
class Constants:
    """What depends on a patient's constants alone, by expression: computed once a patient, a row of the kernel each."""

    plain: frozenset[Symbol]
    rows: dict[Expr, Symbol] = field(default_factory=dict)

    def taken_out(self, expression: Expr) -> Expr:
        """Return an expression with a symbol in place of every part that is constant."""
        if expression.is_number:
            return expression
        if expression.free_symbols <= self.plain:
            return self._row(expression)
        if isinstance(expression, sympy.Mul | sympy.Add):
            return self._split(expression)
        if expression.args:
            return expression.func(*(self.taken_out(argument) for argument in expression.args))
        return expression

    def _split(self, expression: Expr) -> Expr:
        """Return a sum or a product with its constant terms as one symbol."""
        constant = [term for term in expression.args if term.free_symbols <= self.plain]
        rest = [self.taken_out(term) for term in expression.args if not term.free_symbols <= self.plain]
        if constant == [sympy.Integer(-1)]:
            return expression.func(sympy.Integer(-1), *rest)
        whole = expression.func(*constant)
        return expression.func(whole if whole.is_number else self._row(whole), *rest)

    def _row(self, expression: Expr) -> Symbol:
        if isinstance(expression, sympy.Mul) and expression.could_extract_minus_sign():
            return -self._row(-expression)
        if expression not in self.rows:
            self.rows[expression] = expression if expression.is_Symbol else Symbol(f"c{len(self.rows)}_")
        return self.rows[expression]


def spelled_out(expression: Expr) -> Expr:
    """Return an expression with each power as the exponential of a logarithm, which others may share."""
    return expression.replace(power, lambda x, y: exponential(y * natural(positive(x))))


@dataclass(frozen=True, slots=True)
class Listing:
    """Assignments in an order that can be computed, and the results by name."""

    assignments: tuple[Assignment, ...]
    results: Mapping[str, Expr]


def listed(results: Mapping[str, Expr], named: Iterable[Assignment]) -> Listing:
    """Return results, and what they use of the named, as assignments; what is common is named t0_, t1_ ..."""
    known = list(named)
    expressions = [*(expression for _, expression in known), *results.values()]
    symbols = (Symbol(f"t{number}_") for number in count())
    common, reduced = sympy.cse(expressions, symbols=symbols, order="none")
    values = dict(common)
    values |= {name: expression for (name, _), expression in zip(known, reduced, strict=False)}
    final = dict(zip(results, reduced[len(known) :], strict=True))
    return Listing(tuple(_in_order(final.values(), values)), final)


def _in_order(results: Iterable[Expr], values: Mapping[Symbol, Expr]) -> list[Assignment]:
    """Return the assignments that results need, each after those it needs, as late as may be."""
    done: dict[Symbol, Expr] = {}

    def add(symbol: Symbol) -> None:
        if symbol in done or symbol not in values:
            return
        for other in _uses(values[symbol]):
            add(other)
        done[symbol] = values[symbol]

    for result in results:
        for symbol in _uses(result):
            add(symbol)
    return list(done.items())


def _uses(expression: Expr) -> Sequence[Symbol]:
    return sorted(expression.free_symbols, key=str)
