"""A model: its covariates, parameters, inputs, algebra, states and outputs, as `read_model` reads them from text.

Between two events the inputs are constant and the states follow their rates; algebra names what several rates use.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engager.simulator.models.expression import evaluate, names_of, parse

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Covariate:
    """What a patient brings along: body surface, burden. `value` is that of a patient of whom nothing is known."""

    name: str
    unit: str
    value: float
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its typical value (an expression of covariates and other parameters), unit, spread, source tag.

    `cv` is the coefficient of variation in percent of a log-normal spread between patients, `sd` the standard
    deviation of a normal one; neither: the parameter does not vary. `tag` says how the value is known (V, Va, D, C, M).
    """

    name: str
    value: str
    unit: str
    cv: float | None = None
    sd: float | None = None
    tag: str = ""
    source: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """What is done to a patient, constant between two events: an infusion rate."""

    name: str
    unit: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Algebra:
    """A quantity that follows from others at the same time."""

    name: str
    expression: str
    unit: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A quantity with a rate of change per day.

    `initial` is an expression of parameters and covariates. `scale` is the size below which an error no longer matters.
    A state in a unit such as `ln cells` is a natural logarithm: it has the same error wherever it stands.
    """

    name: str
    initial: str
    rate: str
    unit: str
    scale: float = 1.0
    meaning: str = ""

    @property
    def ln(self) -> bool:
        """Whether the state is a natural logarithm."""
        return self.unit.startswith("ln ")


@dataclass(frozen=True, slots=True)
class Output:
    """A quantity to be looked at, an expression of anything in the model; it may have the name of an algebra."""

    name: str
    expression: str
    unit: str
    meaning: str = ""


@dataclass(frozen=True)
class Model:
    """A whole model. `constants` are what differs between patients and stays: covariates, then parameters."""

    name: str
    title: str = ""
    time: str = "d"
    covariates: tuple[Covariate, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    inputs: tuple[Input, ...] = ()
    algebra: tuple[Algebra, ...] = ()
    states: tuple[State, ...] = ()
    outputs: tuple[Output, ...] = ()
    options: tuple[str, ...] = ()

    @cached_property
    def constants(self) -> tuple[str, ...]:
        """The names of the covariates and the parameters, the columns of a patient's constants."""
        return (*(each.name for each in self.covariates), *(each.name for each in self.parameters))

    @cached_property
    def trees(self) -> Mapping[str, ast.expr]:
        """The expression of each parameter and algebra by its name."""
        texts = {each.name: each.value for each in self.parameters}
        texts |= {each.name: each.expression for each in self.algebra}
        return {name: parse(text) for name, text in texts.items()}

    @cached_property
    def rates(self) -> tuple[ast.expr, ...]:
        """The rate of each state."""
        return tuple(parse(state.rate) for state in self.states)

    @cached_property
    def fingerprint(self) -> str:
        """What identifies the equations: the same for the same equations, however they are described."""
        items = [*self.constants, *(each.name for each in self.inputs)]
        items += [f"{each.name}={each.expression}" for each in self.algebra]
        items += [f"{each.name}'={each.rate};{each.scale};{each.ln}" for each in self.states]
        return sha256("\n".join(items).encode()).hexdigest()[:16]

    def typical(self) -> Array:
        """Return the constants of a patient of whom nothing is known, one row."""
        return self.individual({each.name: each.value for each in self.covariates})

    def individual(self, covariates: Mapping[str, Any], factors: Mapping[str, Any] | None = None) -> Array:
        """Return the constants of patients, a row each: typical values given their covariates, times their factors.

        A parameter that is given in terms of another follows the other's individual value. Covariates and factors are
        numbers or arrays with an entry per patient; a covariate that is not given has its typical value.
        """
        values: dict[str, Any] = {each.name: each.value for each in self.covariates}
        values |= {name: np.asarray(value, float) for name, value in covariates.items()}
        for each in self.parameters:
            factor = np.asarray((factors or {}).get(each.name, 1.0), float)
            values[each.name] = evaluate(self.trees[each.name], values) * factor
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(values[name], float)) for name in self.constants))
        return np.ascontiguousarray(np.stack(columns, axis=1))

    def initial(self, constants: Array) -> Array:
        """Return the states at the beginning, a row per row of constants."""
        values = dict(zip(self.constants, constants.T, strict=True))
        starts = [evaluate(parse(state.initial), values) for state in self.states]
        return np.stack([np.broadcast_to(np.asarray(start, float), len(constants)) for start in starts], axis=1)

    def observe(
        self, constants: Array, states: Array, inputs: Array | None = None, names: Sequence[str] | None = None
    ) -> dict[str, Array]:
        """Return states, algebra and outputs by name, shaped as states without its last axis.

        Constants are (n, P), states (n, ..., S), inputs (n, ..., I); inputs are 0 where none are given. `names` are the
        quantities to return, all of them if not given; KeyError where the model does not have one.
        """
        wide = (slice(None), *[None] * (states.ndim - 2))
        values: dict[str, Any] = {name: column[wide] for name, column in zip(self.constants, constants.T, strict=True)}
        values |= {each.name: states[..., at] for at, each in enumerate(self.states)}
        values |= {each.name: 0.0 if inputs is None else inputs[..., at] for at, each in enumerate(self.inputs)}
        outputs = {each.name: parse(each.expression) for each in self.outputs}
        every = (*(each.name for each in self.states), *(each.name for each in self.algebra), *outputs)
        wanted = dict.fromkeys(every if names is None else names)
        needed = self._algebra_of([outputs.get(name) or ast.Name(name) for name in wanted])
        for each in self.algebra:
            if each.name in needed:
                values[each.name] = evaluate(self.trees[each.name], values)
        shown = {name: evaluate(outputs[name], values) if name in outputs else values[name] for name in wanted}
        return {name: np.broadcast_to(np.asarray(value, float), states.shape[:-1]) for name, value in shown.items()}

    def _algebra_of(self, trees: Sequence[ast.expr]) -> set[str]:
        """Return the algebra that expressions use, and that which it uses itself."""
        own = {each.name for each in self.algebra}
        needed: set[str] = set()
        waiting = set().union(*(names_of(tree) for tree in trees)) & own
        while waiting:
            needed |= waiting
            waiting = (set().union(*(names_of(self.trees[name]) for name in waiting)) & own) - needed
        return needed
