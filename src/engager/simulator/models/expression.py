"""The arithmetic of a model's text: `53.3*(BSA/1.88)**0.61`, read against a short list of what may stand there.

Numbers, names, `+ - * / **`, and the functions of `FUNCTIONS`. The grammar is Python's, read by `ast`, never run;
whatever is not on the list is refused with its place. (The conditions of a study's rules are another language, of
columns, texts and dates, in `engager.plan.expression`.)

Powers are those of quantities that cannot be negative: `x**y` is 0 for x below 0, unless y is a whole number.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engager.plan.tokens import ExpressionError

Array = NDArray[np.float64]
LONGEST = 1000


def power(base: float | Array, exponent: float | Array) -> Any:
    """Return base**exponent, 0 where the base is below 0.

    Examples:
        >>> float(power(4.0, 0.5)), float(power(-1e-12, 1.4))
        (2.0, 0.0)
    """
    return np.where(np.asarray(base) > 0, np.maximum(base, np.finfo(float).tiny) ** exponent, 0.0)


def hill(x: float | Array, half: float | Array, steepness: float | Array) -> Any:
    """Return x^n / (half^n + x^n), 0 where x is below 0.

    Examples:
        >>> float(hill(2.0, 2.0, 1.4)), float(hill(-1.0, 2.0, 1.4))
        (0.5, 0.0)
    """
    risen = power(x, steepness)
    return risen / (power(half, steepness) + risen)


# Each function: how many arguments it takes (None: two or more) and what it is over arrays.
FUNCTIONS: Mapping[str, tuple[int | None, Callable[..., Any]]] = {
    "exp": (1, np.exp),
    "log": (1, np.log),
    "sqrt": (1, np.sqrt),
    "tanh": (1, np.tanh),
    "max": (None, lambda *values: reduce(np.maximum, values)),
    "min": (None, lambda *values: reduce(np.minimum, values)),
    "pow": (2, power),
    "hill": (3, hill),
}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: power,
}


def parse(text: str) -> ast.expr:
    """Return the tree of an expression, of nothing but numbers, names, operators and functions of the list.

    Raises:
        ExpressionError: what was expected, and where.

    Examples:
        >>> sorted(names_of(parse("CL/V*A + max(e - q, 0)")))
        ['A', 'CL', 'V', 'e', 'q']
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression of at most {LONGEST} signs")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        at = getattr(error, "offset", None)
        raise ExpressionError(f"an expression such as `k*A/V`{f', wrong at sign {at}' if at else ''}") from None
    _check(tree)
    return tree


def names_of(tree: ast.expr) -> set[str]:
    """Return the names that an expression uses, without those of functions."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def evaluate(tree: ast.expr, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression, a number or an array as its names are.

    Examples:
        >>> float(evaluate(parse("53.3*(BSA/1.88)**0.61"), {"BSA": 1.88}))
        53.3
    """
    match tree:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(op=op, operand=operand):
            inner = evaluate(operand, values)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right):
            base, other = evaluate(left, values), evaluate(right, values)
            if isinstance(op, ast.Pow) and whole(right) is not None:
                return base ** int(other)
            return _OPERATORS[type(op)](base, other)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name][1](*(evaluate(argument, values) for argument in arguments))
    raise TypeError(ast.dump(tree))


def whole(tree: ast.expr) -> int | None:
    """Return the whole number that an expression is, None where it is none."""
    sign = 1
    while isinstance(tree, ast.UnaryOp):
        sign, tree = (-sign if isinstance(tree.op, ast.USub) else sign), tree.operand
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float) and float(tree.value).is_integer():
        return sign * int(tree.value)
    return None


def _check(node: ast.expr) -> None:
    match node:
        case ast.Constant(value=value):
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ExpressionError(f"a number where `{ast.unparse(node)}` stands")
        case ast.Name(id=name):
            if name in FUNCTIONS:
                raise ExpressionError(f"a bracket after the function `{name}`")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            _check(left)
            _check(right)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            _check_call(name, arguments)
        case _:
            known = ", ".join(FUNCTIONS)
            raise ExpressionError(f"numbers, names, + - * / ** and {known}, not `{ast.unparse(node)[:60]}`")


def _check_call(name: str, arguments: list[ast.expr]) -> None:
    wanted = FUNCTIONS[name][0]
    if (len(arguments) < 2) if wanted is None else (len(arguments) != wanted):
        raise ExpressionError(f"{wanted or 'two or more'} arguments in the brackets of `{name}`")
    for argument in arguments:
        _check(argument)
