"""The peers of the simulator's benchmark, each as good as we know: a tolerance in, states at the visits out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.simulator_problem import Array, model
from engager.simulator.models.expression import evaluate, parse
from engager.simulator.solving import reference
from engager.simulator.solving.trajectories import Problem

Peer = Callable[[Problem, float], Array]
SCALES = np.array([state.scale for state in model().states])


def scipy_lsoda() -> Peer:
    """Return SciPy's LSODA with compiled rates, one piece after the other."""
    reference._limited = lambda rates: rates
    return lambda problem, tolerance: reference.solve_problem(model(), problem, tolerance).values


def numbalsoda() -> Peer:  # noqa: C901, PLR0915
    """Return LSODA through numbalsoda, the whole loop compiled; states in units of their scales."""
    import numbalsoda
    from numba import carray, cfunc, njit  # type: ignore[attr-defined]

    rates, states = reference.rates_of(model()), len(model().states)
    constants, inputs = len(model().constants), len(model().inputs)
    lsoda = numbalsoda.lsoda

    @cfunc(numbalsoda.lsoda_sig)
    def scaled(t, u, du, data):  # type: ignore[no-untyped-def]
        y, d, p = carray(u, (states,)), carray(du, (states,)), carray(data, (constants + inputs + states,))
        scale = p[constants + inputs :]
        found = rates(t, y * scale, p[:constants], p[constants : constants + inputs])
        for i in range(states):
            d[i] = found[i] / scale[i]

    address = scaled.address

    @njit
    def run(fixed, initial, breaks, given, times, until, scale, tolerance, values):  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
        for p in range(len(fixed)):
            data = np.concatenate((fixed[p], given[p, 0], scale))
            y, t, piece, asked = initial[p] / scale, 0.0, 0, 1
            values[p, 0] = initial[p]
            while t < until[p]:
                data[constants : constants + inputs] = given[p, piece]
                stop = min(until[p], breaks[p, piece + 1]) if piece + 1 < breaks.shape[1] else until[p]
                count = 0
                while asked + count < times.shape[1] and times[p, asked + count] <= stop:
                    count += 1
                on_stop = count > 0 and times[p, asked + count - 1] == stop
                moments = np.empty(count + (1 if on_stop else 2))
                moments[0], moments[-1] = t, stop
                moments[1 : count + 1] = times[p, asked : asked + count]
                found, good = lsoda(address, y, moments, data, rtol=tolerance, atol=tolerance, mxstep=100000)
                if not good:
                    break
                for j in range(count):
                    values[p, asked + j] = found[1 + j] * scale
                y, asked, t, piece = found[-1].copy(), asked + count, stop, piece + 1

    def solve(problem: Problem, tolerance: float) -> Array:
        values = np.full((len(problem), problem.times.shape[1], states), np.nan)
        arrays = (problem.constants, problem.initial, problem.pieces.times, problem.pieces.values)
        run(*arrays, problem.times, problem.until, SCALES, tolerance, values)
        return values

    return solve


def roadrunner() -> Peer:
    """Return libRoadRunner with the exported SBML, compiled by LLVM, solved by CVODE, one piece after the other."""
    import roadrunner

    from engager.simulator.models.sbml import sbml_text

    whole = model()
    runner: Any = roadrunner.RoadRunner(sbml_text(whole, constants=whole.typical()[0]))
    names = [state.name for state in whole.states]
    runner.timeCourseSelections = ["time", *names]

    def solve(problem: Problem, tolerance: float) -> Array:
        # A tenth: of a logarithm of 27, which the blasts are, the whole would be far from what is asked of the others.
        runner.integrator.setValue("relative_tolerance", tolerance / 10)
        runner.integrator.setValue("absolute_tolerance", [float(scale * tolerance) for scale in SCALES])
        runner.integrator.setValue("maximum_num_steps", 1_000_000)
        values = np.full((len(problem), problem.times.shape[1], len(names)), np.nan)
        for patient in range(len(problem)):
            _one_by_roadrunner(runner, problem, patient, values[patient])
        return values

    return solve


def _one_by_roadrunner(runner: Any, problem: Problem, patient: int, values: Array) -> None:
    whole = model()
    for name, value in zip(whole.constants, problem.constants[patient], strict=True):
        runner.model[name] = float(value)
    for state, value in zip(whole.states, problem.initial[patient], strict=True):
        runner.model[state.name] = float(value)
    values[0] = problem.initial[patient]
    breaks, times, end = problem.pieces.times[patient], problem.times[patient], float(problem.until[patient])
    breaks = breaks[breaks < end]
    for piece, begin in enumerate(breaks):
        for given, value in zip(whole.inputs, problem.pieces.values[patient, piece], strict=True):
            runner.model[given.name] = float(value)
        stop = float(breaks[piece + 1]) if piece + 1 < len(breaks) else end
        within = (times > begin) & (times <= stop)
        moments = np.unique(np.concatenate([[begin], times[within], [stop]]))
        found = np.asarray(runner.simulate(times=moments.tolist()))
        values[within] = found[np.searchsorted(moments, times[within]), 1:]


def diffrax(method: str) -> Peer:
    """Return diffrax with a method of its own, compiled, in double; the visits are saved.

    Sixteen patients go side by side: every step copies what is saved of all of them, so more take longer each.
    """
    import diffrax as dfx
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    rates = _rates_in_jax()
    solver = getattr(dfx, method)()
    scale = jnp.asarray(SCALES)

    def one(patient: Any, tolerance: Any) -> Any:
        fixed, initial, breaks, given, times = patient

        def field(t: Any, y: Any, _: Any) -> Any:
            return rates(y * scale, fixed, given[jnp.searchsorted(breaks, t, side="right") - 1]) / scale

        controller = dfx.ClipStepSizeController(dfx.PIDController(rtol=tolerance, atol=tolerance), jump_ts=breaks[1:])
        found = dfx.diffeqsolve(
            dfx.ODETerm(field), solver, 0.0, 210.0, None, initial / scale, saveat=dfx.SaveAt(ts=times),
            stepsize_controller=controller, max_steps=1_000_000, throw=False, adjoint=dfx.ForwardMode(),
        )  # fmt: skip
        return found.ys * scale

    def all_of(tolerance: Any, *arrays: Any) -> Any:
        return jax.lax.map(lambda patient: one(patient, tolerance), arrays, batch_size=16)

    batch = jax.jit(all_of)

    def solve(problem: Problem, tolerance: float) -> Array:
        count = int(np.isfinite(problem.pieces.times[0]).sum())
        arrays = (problem.constants, problem.initial, problem.pieces.times[:, :count], problem.pieces.values[:, :count])
        return np.asarray(batch(tolerance, *arrays, problem.times).block_until_ready())

    return solve


def _rates_in_jax() -> Any:
    """Return the rates of the model's text over JAX arrays."""
    import jax.numpy as jnp

    whole = model()
    names: dict[str, Any] = {"exp": jnp.exp, "log": jnp.log, "sqrt": jnp.sqrt, "tanh": jnp.tanh}

    def power(base: Any, exponent: Any) -> Any:
        return jnp.where(base > 0, jnp.where(base > 0, base, 1.0) ** exponent, 0.0)

    names |= {"max": jnp.maximum, "min": jnp.minimum, "pow": power}

    def value(tree: ast.expr, values: dict[str, Any]) -> Any:
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
            return names[tree.func.id](*(value(argument, values) for argument in tree.args))
        if isinstance(tree, ast.BinOp) and not isinstance(tree.op, ast.Pow):
            inner = {"left_": value(tree.left, values), "right_": value(tree.right, values)}
            both = ast.BinOp(ast.Name("left_"), tree.op, ast.Name("right_"))
            return evaluate(both, inner)
        if isinstance(tree, ast.UnaryOp):
            return -value(tree.operand, values) if isinstance(tree.op, ast.USub) else value(tree.operand, values)
        return evaluate(tree, values)

    def rates(y: Any, fixed: Any, given: Any) -> Any:
        values = dict(zip(whole.constants, fixed, strict=True))
        values |= {state.name: y[at] for at, state in enumerate(whole.states)}
        values |= {each.name: given[at] for at, each in enumerate(whole.inputs)}
        for each in whole.algebra:
            values[each.name] = value(parse(each.expression), values)
        return jnp.stack([value(tree, values) for tree in whole.rates])

    return rates


PEERS: dict[str, Callable[[], Peer]] = {
    "SciPy LSODA, jitted": scipy_lsoda,
    "numbalsoda": numbalsoda,
    "libRoadRunner": roadrunner,
    "diffrax Tsit5": lambda: diffrax("Tsit5"),
    "diffrax Kvaerno5": lambda: diffrax("Kvaerno5"),
}
