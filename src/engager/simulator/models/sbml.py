"""A model as SBML, Level 3 Version 1, so that COPASI, libRoadRunner or Tellurium can run it.

States follow rate rules, algebra and outputs assignment rules, inputs change by events at the breakpoints of a
schedule. Every symbol keeps its name, with its meaning as the name that tools show, its unit, and its source as a note.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engager.errors import EngagerError
from engager.provenance import VERSION
from engager.simulator.extras import optional_package
from engager.simulator.models.expression import parse, whole
from engager.simulator.models.model import Algebra, Model, Output
from engager.simulator.models.sbml_units import base_units, unit_id
from engager.simulator.treatment.schedule import Pieces

Floats = NDArray[np.float64]
_FUNCTIONS = {"exp": "exp", "log": "ln", "sqrt": "sqrt", "tanh": "tanh"}
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def sbml_text(model: Model, pieces: Pieces | None = None, constants: Floats | None = None) -> str:
    """Return a model as an SBML document, checked by libSBML.

    Args:
        model: what to write.
        pieces: the inputs of one patient, written as events; without them every input is 0.
        constants: a patient's covariates and parameters, in the order of `model.constants`; without them the
            covariates have their typical values and the parameters the expressions of the model.

    Raises:
        InputError: python-libsbml is not installed.
    """
    libsbml = optional_package("libsbml", "python-libsbml")
    document = libsbml.SBMLDocument(3, 1)
    written = _Written(libsbml, document.createModel(), model)
    written.head()
    written.constants(constants)
    written.inputs(pieces)
    written.states()
    written.rules()
    if pieces is not None:
        written.events(pieces)
    _refuse_errors(libsbml, document)
    return str(libsbml.writeSBMLToString(document))


def formula(tree: ast.expr) -> str:
    """Return an expression in SBML's infix, with this model language's powers: 0 below 0 unless the exponent is whole.

    Examples:
        >>> formula(parse("max(1 - x, 0)*x**2"))
        '(piecewise((1 - x), (1 - x) >= 0, 0) * (x)^2)'
        >>> formula(parse("pow(x, 1.4)"))
        'piecewise((x)^(1.4), (x) > 0, 0)'
    """
    match tree:
        case ast.Constant(value=value):
            return repr(value)
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(op=op, operand=operand):
            return f"(-{formula(operand)})" if isinstance(op, ast.USub) else formula(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            number = whole(right)
            return f"({formula(left)})^{_signed(number)}" if number is not None else _power(left, right)
        case ast.BinOp(left=left, op=op, right=right):
            return f"({formula(left)} {_SIGNS[type(op)]} {formula(right)})"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments)
    raise TypeError(ast.dump(tree))


def _signed(number: int) -> str:
    return str(number) if number >= 0 else f"({number})"


def _power(base: ast.expr, exponent: ast.expr) -> str:
    return f"piecewise(({formula(base)})^({formula(exponent)}), ({formula(base)}) > 0, 0)"


def _call(name: str, arguments: list[ast.expr]) -> str:
    if name == "pow":
        return _power(*arguments)
    if name == "hill":
        x, half, steepness = arguments
        return f"({_power(x, steepness)} / ({_power(half, steepness)} + {_power(x, steepness)}))"
    if name in _FUNCTIONS:
        return f"{_FUNCTIONS[name]}({formula(arguments[0])})"
    sign = {"max": ">=", "min": "<="}[name]
    best = formula(arguments[0])
    for argument in arguments[1:]:
        other = formula(argument)
        best = f"piecewise({best}, {best} {sign} {other}, {other})"
    return best


class _Written:
    """The SBML model as it is filled, part by part."""

    def __init__(self, libsbml: Any, target: Any, model: Model) -> None:
        self.libsbml, self.target, self.model = libsbml, target, model
        self.units: dict[str, str] = {}

    def head(self) -> None:
        """Name the model and its time."""
        self.target.setId(self.model.name)
        self.target.setName(self.model.title or self.model.name)
        self.target.setTimeUnits(self.unit("d"))
        self.note(self.target, f"Written by engager {VERSION}. Simulated patients, not a medical device.")

    def constants(self, values: Floats | None) -> None:
        """Add covariates and parameters, as numbers or as the model's own expressions."""
        for at, covariate in enumerate(self.model.covariates):
            value = values[at] if values is not None else covariate.value
            self.quantity(covariate, value, constant=True)
        for at, parameter in enumerate(self.model.parameters, len(self.model.covariates)):
            added = self.quantity(parameter, None if values is None else values[at], constant=True)
            source = " ".join(
                part for part in (f"[{parameter.tag}]" if parameter.tag else "", parameter.source) if part
            )
            if source:
                self.note(added, source)
        if values is None:
            for parameter in self.model.parameters:
                self.assignment(self.target.createInitialAssignment(), parameter.name, parameter.value)

    def inputs(self, pieces: Pieces | None) -> None:
        """Add the inputs with their values at time 0."""
        for at, each in enumerate(self.model.inputs):
            first = 0.0 if pieces is None else float(pieces.at(np.zeros(1))[0, 0, at])
            self.quantity(each, first, constant=False)

    def states(self) -> None:
        """Add the states with their beginnings."""
        for each in self.model.states:
            self.quantity(each, None, constant=False)
            self.assignment(self.target.createInitialAssignment(), each.name, each.initial)

    def rules(self) -> None:
        """Add the algebra and the outputs, then the rates. An output with the name of another symbol is that symbol."""
        known = {*self.model.constants, *(each.name for each in self.model.inputs)}
        known |= {each.name for each in self.model.states}
        following: list[tuple[str, str]] = []
        quantities: tuple[Algebra | Output, ...] = (*self.model.algebra, *self.model.outputs)
        for each in quantities:
            if each.name not in known:
                known.add(each.name)
                self.quantity(each, None, constant=False)
                following.append((each.name, each.expression))
        for name, expression in following:
            self.assignment(self.target.createAssignmentRule(), name, expression)
        for state in self.model.states:
            self.assignment(self.target.createRateRule(), state.name, state.rate)

    def events(self, pieces: Pieces) -> None:
        """Add an event for every breakpoint after time 0 at which an input changes."""
        for number, time, changes in _changes(pieces, len(self.model.inputs)):
            event = self.target.createEvent()
            event.setId(f"breakpoint_{number}")
            event.setUseValuesFromTriggerTime(True)
            trigger = event.createTrigger()
            trigger.setInitialValue(False)
            trigger.setPersistent(True)
            trigger.setMath(self.libsbml.parseL3Formula(f"time >= {time!r}"))
            for at, value in changes:
                assignment = event.createEventAssignment()
                assignment.setVariable(self.model.inputs[at].name)
                assignment.setMath(self.libsbml.parseL3Formula(repr(value)))

    def quantity(self, each: Any, value: float | None, *, constant: bool) -> Any:
        """Add a symbol with its meaning and unit, and return it."""
        added = self.target.createParameter()
        added.setId(each.name)
        added.setName(each.meaning or each.name)
        added.setConstant(constant)
        if value is not None:
            added.setValue(float(value))
        unit = self.unit(each.unit)
        if unit:
            added.setUnits(unit)
        return added

    def assignment(self, rule: Any, name: str, expression: str) -> None:
        """Give a rule or an initial assignment its symbol and its formula."""
        setter = rule.setSymbol if hasattr(rule, "setSymbol") else rule.setVariable
        setter(name)
        tree = self.libsbml.parseL3FormulaWithModel(formula(parse(expression)), self.target)
        if tree is None:
            raise EngagerError(f"SBML formula of {name}: {self.libsbml.getLastParseL3Error()}")
        rule.setMath(tree)

    def unit(self, text: str) -> str:
        """Return the identifier of a unit, defined at its first use; empty where SBML has none."""
        if text not in self.units:
            factors = base_units(text)
            self.units[text] = "" if factors is None else unit_id(text)
            if factors is not None:
                definition = self.target.createUnitDefinition()
                definition.setId(unit_id(text))
                definition.setName(text)
                for factor in factors:
                    unit = definition.createUnit()
                    unit.setKind(self.libsbml.UnitKind_forName(factor.kind))
                    unit.setExponent(factor.exponent)
                    unit.setScale(factor.scale)
                    unit.setMultiplier(factor.multiplier)
        return self.units[text]

    def note(self, element: Any, text: str) -> None:
        """Write a note that tools show with a symbol."""
        element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml"><p>{escape(text)}</p></body>')


def _changes(pieces: Pieces, inputs: int) -> Iterator[tuple[int, float, list[tuple[int, float]]]]:
    """Yield the number, the time and the changed inputs of every breakpoint after time 0 of the one patient."""
    before = pieces.at(np.zeros(1))[0, 0]
    for number, (time, values) in enumerate(zip(pieces.times[0], pieces.values[0], strict=True)):
        if not np.isfinite(time) or time <= 0:
            continue
        changes = [(at, float(values[at])) for at in range(inputs) if values[at] != before[at]]
        if changes:
            yield number, float(time), changes
        before = values


def _refuse_errors(libsbml: Any, document: Any) -> None:
    """Raise where libSBML finds an error; a unit that a number in a formula does not have is none."""
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.checkConsistency()
    log = [document.getError(at) for at in range(document.getNumErrors())]
    errors = [each.getMessage().strip() for each in log if each.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if errors:
        raise EngagerError("SBML: " + "; ".join(errors))
