"""A model as SymPy expressions: algebra, rates, and the sparse analytic Jacobian by the chain rule over the algebra.

A quotient is a product with `reciprocal`, which is opaque to SymPy: so every division is seen, and is made once.
Powers, maxima and minima are functions of their own, with the derivatives that the kernel uses.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import sympy
from sympy import Expr, Function, Integer, Symbol

from engager.simulator.models.expression import whole
from engager.simulator.models.model import Model


class reciprocal(Function):  # type: ignore[misc]  # noqa: N801
    """1/x."""

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Turn the reciprocal of a number, a product or a reciprocal into what costs fewer divisions."""
        if x.is_number:
            return sympy.Float(1.0 / float(x))
        if isinstance(x, cls):
            return x.args[0]
        if isinstance(x, sympy.Mul):
            return sympy.Mul(*(cls(factor) for factor in x.args))
        if isinstance(x, sympy.Pow) and x.exp.is_Integer:
            return cls(x.base) ** x.exp
        return None

    def fdiff(self, argindex: int = 1) -> Expr:  # noqa: ARG002
        """Return -1/x^2."""
        return -(self**2)


class power(Function):  # type: ignore[misc]  # noqa: N801
    """x^y of a quantity that is not negative; 0 below 0."""

    def fdiff(self, argindex: int = 1) -> Expr:  # noqa: ARG002
        """Return the derivative; that by the exponent is not needed, since exponents do not change."""
        x, y = self.args
        return y * self * reciprocal(positive(x))


class positive(Function):  # type: ignore[misc]  # noqa: N801
    """x where it is above 0, else the smallest number that counts; what `power` raises."""


class maximum(Function):  # type: ignore[misc]  # noqa: N801
    """The larger of two."""

    def fdiff(self, argindex: int = 1) -> Expr:
        """Return 1 where the argument is the larger, 0 elsewhere; at the kink, that of the second."""
        first = above(*self.args)
        return first if argindex == 1 else 1 - first


class above(Function):  # type: ignore[misc]  # noqa: N801
    """1 where the first is the larger, else 0."""

    def fdiff(self, argindex: int = 1) -> Expr:  # noqa: ARG002
        """Return 0."""
        return Integer(0)


class root(Function):  # type: ignore[misc]  # noqa: N801
    """The square root."""

    def fdiff(self, argindex: int = 1) -> Expr:  # noqa: ARG002
        """Return 1 / (2 root)."""
        return sympy.Float(0.5) * reciprocal(self)


class natural(Function):  # type: ignore[misc]  # noqa: N801
    """The natural logarithm."""

    def fdiff(self, argindex: int = 1) -> Expr:  # noqa: ARG002
        """Return 1/x."""
        return reciprocal(self.args[0])


class exponential(Function):  # type: ignore[misc]  # noqa: N801
    """e^x."""

    def fdiff(self, argindex: int = 1) -> Expr:  # noqa: ARG002
        """Return e^x."""
        return self


OWN = (reciprocal, power, positive, maximum, above, root, natural, exponential)
Assignment = tuple[Symbol, Expr]


@dataclass(frozen=True)
class Equations:
    """The algebra of a model in order, the rate of each state, and the entries of the Jacobian that are not 0.

    `derivatives` are assignments that the Jacobian's entries use, beside those of the algebra.
    """

    model: Model
    states: tuple[Symbol, ...]
    constants: tuple[Symbol, ...]
    inputs: tuple[Symbol, ...]
    algebra: tuple[Assignment, ...]
    rates: tuple[Expr, ...]
    derivatives: tuple[Assignment, ...]
    jacobian: Mapping[tuple[int, int], Expr]


def equations_of(model: Model) -> Equations:
    """Return the equations of a model."""
    states, constants, inputs = (
        tuple(Symbol(name) for name in names)
        for names in ([s.name for s in model.states], model.constants, [i.name for i in model.inputs])
    )
    algebra = tuple((Symbol(each.name), as_sympy(model.trees[each.name])) for each in model.algebra)
    rates = tuple(as_sympy(tree) for tree in model.rates)
    derivatives, gradients = _gradients(states, algebra)
    jacobian = {
        (row, column): entry
        for row, rate in enumerate(rates)
        for column, entry in _gradient(rate, states, gradients).items()
    }
    return Equations(model, states, constants, inputs, algebra, rates, tuple(derivatives), jacobian)


def as_sympy(tree: ast.expr) -> Expr:
    """Return an expression of a model's text as one of SymPy."""
    match tree:
        case ast.Constant(value=int() | float() as value):
            return Integer(int(value)) if float(value).is_integer() and abs(value) < 1e6 else sympy.Float(value)
        case ast.Name(id=name):
            return Symbol(name)
        case ast.UnaryOp(op=op, operand=operand):
            return -as_sympy(operand) if isinstance(op, ast.USub) else as_sympy(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _raised(as_sympy(left), right)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](as_sympy(left), as_sympy(right))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _CALLED[name](*(as_sympy(argument) for argument in arguments))
    raise TypeError(ast.dump(tree))


def _raised(base: Expr, exponent: ast.expr) -> Expr:
    """Return a power: products if the exponent is a whole number."""
    number = whole(exponent)
    if number is None:
        return power(base, as_sympy(exponent))
    return base**number if number >= 0 else reciprocal(base) ** (-number)


def _hill(x: Expr, half: Expr, steepness: Expr) -> Expr:
    """Return 1 - 1/(1 + (x/half)^n): one power, one division."""
    return 1 - reciprocal(1 + power(x * reciprocal(half), steepness))


_BINARY: Mapping[type[ast.operator], Any] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a * reciprocal(b),
}
_CALLED: Mapping[str, Any] = {
    "exp": exponential,
    "log": natural,
    "sqrt": root,
    "tanh": lambda x: 1 - 2 * reciprocal(1 + exponential(2 * x)),
    "max": lambda *values: reduce(maximum, values),
    "min": lambda *values: -reduce(maximum, [-value for value in values]),
    "pow": power,
    "hill": _hill,
}


def _gradients(
    states: Sequence[Symbol], algebra: Sequence[Assignment]
) -> tuple[list[Assignment], dict[Symbol, dict[int, Expr]]]:
    """Return the total derivatives of each algebra by the states, as assignments and by name and state."""
    assignments: list[Assignment] = []
    gradients: dict[Symbol, dict[int, Expr]] = {}
    for name, expression in algebra:
        gradients[name] = {}
        for column, entry in _gradient(expression, states, gradients).items():
            if entry.is_Atom:
                gradients[name][column] = entry
                continue
            symbol = Symbol(f"d_{name}_{states[column].name}_")
            assignments.append((symbol, entry))
            gradients[name][column] = symbol
    return assignments, gradients


def _gradient(
    expression: Expr, states: Sequence[Symbol], gradients: Mapping[Symbol, Mapping[int, Expr]]
) -> dict[int, Expr]:
    """Return the derivatives of an expression by each state that moves it, directly or through the algebra."""
    found: dict[int, Expr] = {}
    used = expression.free_symbols
    for column, state in enumerate(states):
        if state in used:
            found[column] = expression.diff(state)
    for name in sorted(used & gradients.keys(), key=str):
        partial = expression.diff(name)
        for column, entry in gradients[name].items():
            found[column] = found.get(column, Integer(0)) + partial * entry
    return {column: found[column] for column in sorted(found) if found[column] != 0}
