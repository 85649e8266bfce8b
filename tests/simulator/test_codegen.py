"""The generator: what it makes is what is shipped, its Jacobian and its elimination are those of the equations."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from tests.simulator.small_model import MODEL, patients

from engager.simulator.codegen import equations
from engager.simulator.codegen.elimination import eliminate
from engager.simulator.codegen.equations import Equations, equations_of
from engager.simulator.codegen.module import FOLDER, modules
from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model
from engager.simulator.solving import elementary
from engager.simulator.solving.reference import rates_of

NUMERIC = {
    "reciprocal": lambda x: 1 / x, "power": lambda x, y: x**y, "positive": lambda x: x, "maximum": max,
    "above": lambda x, y: float(x > y), "root": np.sqrt, "natural": np.log, "exponential": np.exp,
}  # fmt: skip


def test_the_shipped_kernels_are_what_the_generator_makes() -> None:
    """`python -m engager.simulator.codegen` would change nothing."""
    for name, text in modules().items():
        assert (FOLDER / name).read_text("utf-8") == text, f"{name}: run python -m engager.simulator.codegen"


@pytest.mark.parametrize("model", [MODEL, read_model("blinatumomab")], ids=["small", "blinatumomab"])
def test_the_jacobian_is_the_derivative_of_the_rates(model: Model) -> None:
    """Every entry against central differences of the text's own rates; an entry that is left out is 0."""
    found = equations_of(model)
    constants = model.typical()[0]
    random = np.random.default_rng(3)
    start = model.initial(model.typical())[0]
    y = start * random.uniform(0.5, 0.9, len(start)) + random.uniform(0.1, 0.2, len(start))
    inputs = np.full(len(model.inputs), 3.0)
    analytic = jacobian_at(found, y, constants, inputs)
    for column in range(len(y)):
        h = 1e-5 * max(abs(y[column]), 1e-2)
        up, down = y.copy(), y.copy()
        up[column], down[column] = y[column] + h, y[column] - h
        rates = rates_of(model)
        difference = (rates(0.0, up, constants, inputs) - rates(0.0, down, constants, inputs)) / (2 * h)
        rounding = 1e-9 * np.abs(rates(0.0, y, constants, inputs)) / h
        np.testing.assert_allclose(analytic[:, column], difference, rtol=2e-5, atol=1e-7 + rounding.max())


def jacobian_at(found: Equations, y: np.ndarray, constants: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the Jacobian as numbers."""
    values = dict(zip((*found.states, *found.constants, *found.inputs), (*y, *constants, *inputs), strict=True))
    for name, expression in (*found.algebra, *found.derivatives):
        values[name] = number(expression, values)
    matrix = np.zeros((len(y), len(y)))
    for entry, expression in found.jacobian.items():
        matrix[entry] = number(expression, values)
    return matrix


def number(expression: sympy.Expr, values: dict[sympy.Symbol, float]) -> float:
    """Return the value of an expression of the generator."""
    used = sorted(expression.free_symbols, key=str)
    return float(sympy.lambdify(used, expression, [NUMERIC, "math"])(*(values[symbol] for symbol in used)))


@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_the_elimination_solves_its_matrix(size: int, seed: int) -> None:
    """Without pivoting, in the order found and within the entries found, A x = b holds."""
    random = np.random.default_rng(seed)
    matrix = np.where(random.random((size, size)) < 0.3, random.normal(size=(size, size)), 0.0) + 8 * np.eye(size)
    found = eliminate(size, zip(*np.nonzero(matrix), strict=True))
    right, left = random.normal(size=size), matrix.copy()
    x = right.copy()
    for pivot in found.order:
        for row in found.below(pivot):
            factor = left[row, pivot] / left[pivot, pivot]
            for column in found.right(pivot):
                left[row, column] -= factor * left[pivot, column]
            x[row] -= factor * x[pivot]
    for pivot in reversed(found.order):
        x[pivot] = (x[pivot] - sum(left[pivot, column] * x[column] for column in found.right(pivot))) / left[
            pivot, pivot
        ]
    np.testing.assert_allclose(matrix @ x, right, atol=1e-9)


def over(function: object) -> object:
    """Return a function over an array, compiled as a kernel's loop is."""

    @njit(fastmath=elementary.FAST, error_model="numpy")
    def loop(x, out):  # type: ignore[no-untyped-def]
        elementary.widest_vectors()  # type: ignore[call-arg]
        for i in range(x.size):
            out[i] = function(x[i])

    return loop


@pytest.mark.parametrize(
    ("name", "exact", "low", "high", "error"),
    [
        ("exponential_double", np.exp, -699, 699, 4e-16),
        ("natural_double", np.log, 1e-300, 1e300, 5e-16),
        ("reciprocal_double", lambda x: 1 / x, 1e-300, 1e300, 5e-16),
        ("exponential_single", np.exp, -84, 84, 2e-7),
        ("natural_single", np.log, 1e-35, 1e35, 3e-7),
        ("reciprocal_single", lambda x: 1 / x, 1e-35, 1e35, 2e-7),
    ],
)
def test_exponential_logarithm_and_reciprocal(name: str, exact: object, low: float, high: float, error: float) -> None:
    """Over the whole range, and closer to 1, against NumPy in more digits; no division, packed instructions."""
    random = np.random.default_rng(5)
    if low > 0:
        x = np.exp(random.uniform(np.log(low), np.log(high), 50_000))
        x = np.concatenate([x, random.uniform(0.5, 2, 50_000), -x if name.startswith("rec") else x])
    else:
        x = np.concatenate([random.uniform(low, high, 50_000), random.uniform(-1, 1, 50_000)])
    x = x.astype(np.float64 if name.endswith("double") else np.float32)
    loop, out = over(getattr(elementary, name)), np.empty_like(x)
    loop(x, out)  # type: ignore[operator]
    truth = exact(x.astype(np.longdouble))  # type: ignore[operator]
    apart = np.abs((out - truth) / np.where(truth == 0, 1, truth))
    assert float(apart.max()) < error
    assembly = next(iter(loop.inspect_asm().values()))  # type: ignore[attr-defined]
    assert "vdiv" not in assembly.replace("vdivsd", "")
    if "vfmadd" in assembly:
        assert assembly.count("zmm") + assembly.count("ymm") > 20


def test_beyond_their_range_they_stay_numbers() -> None:
    """What overflows ends at the largest number that is good; what is below 0 counts as 0."""
    loop, out = over(elementary.exponential_double), np.empty(2)
    loop(np.array([-1e6, 1e6]), out)  # type: ignore[operator]
    assert out[0] < 1e-300
    assert 1e300 < out[1] < np.inf


def test_a_quotient_is_one_division() -> None:
    """A product is divided by factors, a quotient of a quotient is turned over."""
    x, y = sympy.symbols("x y")
    assert equations.reciprocal(x * equations.reciprocal(y)) == equations.reciprocal(x) * y
    assert equations.reciprocal(sympy.Float(4)) == 0.25


def test_constants_of_patients_are_those_of_the_text() -> None:
    """The small model's patients have the columns that its constants name."""
    constants, pieces = patients(3)
    assert constants.shape == (3, 5)
    assert pieces.values.shape == (3, 5, 1)
