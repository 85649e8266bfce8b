"""SymPy expressions as lines of Python that Numba compiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy
from sympy import Expr


@dataclass(frozen=True)
class Style:
    """How numbers are written, and what a function is called where it is not called what it is."""

    literal: Callable[[float], str] = repr
    names: Mapping[str, str] = field(default_factory=dict)


PLAIN = Style()


def printed(expression: Expr, style: Style = PLAIN) -> str:
    """Return an expression as Python text.

    Examples:
        >>> x, y = sympy.symbols("x y")
        >>> printed(x * (y - 2 * x) ** 2)
        'x*(y - 2.0*x)*(y - 2.0*x)'
    """
    if expression.is_Symbol:
        return str(expression.name)
    if expression.is_number:
        return style.literal(float(expression))
    if isinstance(expression, sympy.Add):
        return _sum(expression, style)
    if isinstance(expression, sympy.Mul):
        return _product(expression, style)
    if isinstance(expression, sympy.Pow) and expression.exp.is_Integer and expression.exp > 0:
        base = _factor(expression.base, style)
        return "*".join([base] * int(expression.exp))
    arguments = ", ".join(printed(argument, style) for argument in expression.args)
    name = expression.func.__name__
    return f"{style.names.get(name, name)}({arguments})"


def _sum(expression: Expr, style: Style) -> str:
    plus = [term for term in expression.args if not term.could_extract_minus_sign()]
    minus = [-term for term in expression.args if term.could_extract_minus_sign()]
    text = " + ".join(printed(term, style) for term in plus)
    for term in minus:
        inner = printed(term, style)
        text += f" - {f'({inner})' if isinstance(term, sympy.Add) else inner}" if text else f"-{_factor(term, style)}"
    return text


def _product(expression: Expr, style: Style) -> str:
    if expression.could_extract_minus_sign():
        inner = -expression
        return f"-{_factor(inner, style) if isinstance(inner, sympy.Add) else printed(inner, style)}"
    return "*".join(_factor(factor, style) for factor in expression.args)


def _factor(expression: Expr, style: Style) -> str:
    text = printed(expression, style)
    return f"({text})" if isinstance(expression, sympy.Add) or text.startswith("-") else text
