"""The plain solver, one patient after the other with SciPy's LSODA: the oracle, and enough for a few thousand patients.

The rates are the model's own text, written as a function; nothing here comes from the generated kernel.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, cast

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from engager.simulator.models.expression import FUNCTIONS, whole
from engager.simulator.models.model import Model
from engager.simulator.solving.trajectories import Problem, Status, Trajectories
from engager.simulator.treatment.schedule import Pieces

Array = NDArray[np.float64]
Rates = Callable[[float, Array, Array, Array], Array]
# Without a limit LSODA goes on for ever where the states have become infinite. A tight solution of a piece takes 5,000.
MOST_RATES = 300_000


@njit(inline="always")
def _power(base: float, exponent: float) -> float:
    return base**exponent if base > 0.0 else 0.0


@njit(inline="always")
def _hill(x: float, half: float, steepness: float) -> float:
    return _power(x, steepness) / (_power(half, steepness) + _power(x, steepness))


_NAMES: dict[str, Any] = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh,
    "max": max, "min": min, "pow": _power, "hill": _hill, "empty": np.empty,
}  # fmt: skip


@cache
def rates_of(model: Model) -> Rates:
    """Return the rates of a model, compiled: a function of time, states, constants and inputs to rates of the states.

    Examples:
        >>> from engager.simulator.models.text import model_of
        >>> text = '''
        ... name = "decay"
        ... parameters = [ { name = "k", value = 2, unit = "1/d" } ]
        ... states = [ { name = "A", initial = "1", rate = "-k*A", unit = "ug" } ]
        ... '''
        >>> rates_of(model_of(text))(0.0, np.array([3.0]), np.array([2.0]), np.array([])).tolist()
        [-6.0]
    """
    names: dict[str, Any] = dict(_NAMES)
    # The text was parsed against a list of what may stand in it, and is written anew from what was parsed.
    exec(compile(_source(model), f"<rates of {model.name}>", "exec"), names)  # noqa: S102
    return cast(Rates, njit(names["rates"]))


def solve(  # noqa: PLR0913
    model: Model, constants: Array, initial: Array, pieces: Pieces, times: ArrayLike, *,
    start: ArrayLike = 0.0, until: ArrayLike | None = None, tolerance: float = 1e-9,
) -> Trajectories:  # fmt: skip
    """Return the states of patients at times, each event met exactly, to a relative tolerance.

    Raises:
        InputError: arrays that do not fit the model or each other.
    """
    problem = Problem.of(model, constants, initial, pieces, times, start, until)
    return solve_problem(model, problem, tolerance)


def solve_problem(model: Model, problem: Problem, tolerance: float = 1e-9) -> Trajectories:
    """Return the solution of a problem that is checked already."""
    n, states = problem.initial.shape
    values = np.full((n, problem.times.shape[1], states), np.nan)
    final = np.full((n, states), np.nan)
    status = np.full(n, Status.LSODA, np.int8)
    for patient in range(n):
        if not _solve_one(model, problem, patient, tolerance, values[patient], final[patient]):
            status[patient] = Status.FAILED
    times = np.where(np.isfinite(problem.times), problem.times, np.nan)
    return Trajectories(times, values, final, problem.until, status)


def _solve_one(model: Model, problem: Problem, patient: int, tolerance: float, values: Array, final: Array) -> bool:
    """Write the states of a patient; say whether every piece was solved."""
    from scipy.integrate import solve_ivp

    rates, asked = rates_of(model), problem.times[patient]
    absolute = tolerance * np.array([state.scale for state in model.states])
    y, from_, end = problem.initial[patient], problem.start[patient], problem.until[patient]
    values[asked == from_] = y
    breaks = problem.pieces.times[patient]
    for to in (*breaks[(breaks > from_) & (breaks < end)], end):
        if to <= from_:
            continue
        within = (asked > from_) & (asked <= to)
        moments, back = np.unique(np.append(asked[within], to), return_inverse=True)
        arguments = (problem.constants[patient], _inputs(problem, patient, from_))
        with np.errstate(all="ignore"), suppress(_TooManyError):
            found: Any = cast(Any, solve_ivp)(
                _limited(rates), (from_, to), y, "LSODA", moments, args=arguments, rtol=tolerance, atol=absolute
            )
            if found.success and np.isfinite(found.y).all():
                values[within], y, from_ = found.y[:, back[:-1]].T, found.y[:, -1], to
                continue
        return False
    final[:] = y
    return True


class _TooManyError(Exception):
    """The solver has asked for the rates more often than any solution needs."""


def _limited(rates: Rates) -> Rates:
    """Return rates that can be asked for `MOST_RATES` times."""
    left = MOST_RATES

    def asked(t: float, y: Array, constants: Array, inputs: Array) -> Array:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooManyError
        return rates(t, y, constants, inputs)

    return asked


def _inputs(problem: Problem, patient: int, time: float) -> Array:
    """Return the inputs of a patient from a time on."""
    at = int(np.searchsorted(problem.pieces.times[patient], time, "right")) - 1
    values = problem.pieces.values[patient]
    return np.ascontiguousarray(values[at]) if at >= 0 else np.zeros(values.shape[1])


def _source(model: Model) -> str:
    """Return the function of a model's rates as Python text."""
    lines = ["def rates(_t, _y, _c, _u):"]
    for letter, names in (
        ("_y", [s.name for s in model.states]),
        ("_c", model.constants),
        ("_u", [i.name for i in model.inputs]),
    ):
        lines += [f"    {name} = {letter}[{at}]" for at, name in enumerate(names)]
    lines += [f"    {each.name} = {_written(model.trees[each.name])}" for each in model.algebra]
    lines += [f"    _rate = empty({len(model.states)})"]
    lines += [f"    _rate[{at}] = {_written(rate)}" for at, rate in enumerate(model.rates)]
    return "\n".join([*lines, "    return _rate", ""])


def _written(tree: ast.expr) -> str:
    """Return an expression as Python text, powers as the function that is 0 below 0 unless the exponent is whole."""
    match tree:
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            number = whole(right)
            base, other = _written(left), _written(right)
            return f"pow({base}, {other})" if number is None else f"({base})**({number})"
        case ast.BinOp(left=left, op=op, right=right):
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[cast(Any, type(op))]
            return f"({_written(left)} {sign} {_written(right)})"
        case ast.UnaryOp(op=op, operand=operand):
            return f"({'-' if isinstance(op, ast.USub) else '+'}{_written(operand)})"
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTIONS:
            return f"{name}({', '.join(map(_written, arguments))})"
        case ast.Constant(value=int() | float() as value):
            return repr(float(value))
        case ast.Name(id=name):
            return name
    raise TypeError(ast.dump(tree))
