"""SBML and the table of parameters: the exported model runs the same elsewhere; what is written can be read."""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.errors import InputError
from engager.simulator.extras import optional_package
from engager.simulator.models.expression import evaluate, parse
from engager.simulator.models.parameter_table import read_parameter_table, write_parameter_table
from engager.simulator.models.sbml import formula, sbml_text
from engager.simulator.models.sbml_units import base_units
from engager.simulator.models.text import read_model
from engager.simulator.populations.population import read_population, sample
from engager.simulator.solving.reference import solve
from engager.simulator.treatment.schedule import Schedule

libsbml: Any = import_module("libsbml")
roadrunner: Any = import_module("roadrunner")
MODEL = read_model("blinatumomab")
# Blinatumomab with a step, a pause and a restart; dexamethasone before, chemotherapy between.
PIECES = Schedule.of(
    patient=[0] * 5, input=[0, 0, 0, 1, 2], start=[0.5, 7, 36, 29, 0], end=[7, 28, 50, 32, 1], rate=[5, 15, 15, 1, 10]
).pieces(patients=1, inputs=3)


def run(text: str, times: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the states of an SBML model at times, by libRoadRunner."""
    runner = roadrunner.RoadRunner(text)
    runner.integrator.relative_tolerance = 1e-9
    for state in MODEL.states:
        runner.integrator.setIndividualTolerance(state.name, 1e-9 * state.scale)
    runner.integrator.maximum_num_steps = 200_000
    found = runner.simulate(times=times.tolist(), selections=[state.name for state in MODEL.states])
    return np.array(found)


@pytest.mark.parametrize("patient", range(3))
def test_libroadrunner_runs_the_exported_model_alike(patient: int) -> None:
    """Every state at every second day of 60 agrees to 1e-6 of its size, through all starts and ends of infusions."""
    drawn = sample(read_population("relapsed-refractory-children"), MODEL, range(patient, patient + 1), 1)
    times = np.linspace(0, 60, 31)
    ours = solve(MODEL, drawn.constants, drawn.initial, PIECES, times, tolerance=1e-10).values[0]
    theirs = run(sbml_text(MODEL, PIECES, drawn.constants[0]), times)
    size = np.abs(ours) + [state.scale for state in MODEL.states]
    assert (np.abs(ours - theirs) / size).max() < 1e-6
    assert ours[:, 0].max() > 0.1


def test_without_a_patient_the_model_keeps_its_expressions() -> None:
    """The typical patient is worked out by the tool that reads the file, from the model's own expressions."""
    runner = roadrunner.RoadRunner(sbml_text(MODEL))
    named = dict(zip(MODEL.constants, MODEL.typical()[0], strict=True))
    assert [runner.getValue(name) for name in named] == pytest.approx(list(named.values()), rel=1e-12)
    begun = MODEL.initial(MODEL.typical())[0]
    assert [runner.getValue(f"init({s.name})") for s in MODEL.states] == pytest.approx(begun.tolist(), rel=1e-12)


def test_a_reader_finds_names_units_and_sources() -> None:
    """Each symbol has its meaning, its unit and, for a parameter, its tag and source."""
    document = libsbml.readSBMLFromString(sbml_text(MODEL, PIECES))
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0
    written = document.getModel()
    clearance = written.getParameter("CL")
    assert clearance.getName() == "clearance"
    assert "Clements 2020" in clearance.getNotesString()
    assert clearance.getDerivedUnitDefinition().isVariantOfSubstance() is False
    assert written.getUnitDefinition(clearance.getUnits()).getName() == "L/d"
    assert written.getNumEvents() == len({0.5, 7, 28, 36, 50, 29, 32, 1})


@given(
    text=st.sampled_from(
        ["max(1 - x, 0)*y**2", "pow(x, y)", "x**-2 + y", "hill(x, y, 1.4)", "-x + min(x, y, 1)", "exp(x)/log(y + 2)",
         "sqrt(max(x, 0)) - tanh(y)"]
    ),
    x=st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3),
    y=st.floats(0.1, 3),
)  # fmt: skip
def test_a_formula_means_the_same_in_sbml(text: str, x: float, y: float) -> None:
    """The tree of libSBML for each expression has the value that ours has, also where a base is negative."""
    tree = libsbml.parseL3Formula(formula(parse(text)))
    assert value_of(tree, {"x": x, "y": y}) == pytest.approx(float(evaluate(parse(text), {"x": x, "y": y})), rel=1e-12)


def value_of(tree: Any, values: dict[str, float]) -> float:
    """Return the value of libSBML's tree: an obvious twin of what an SBML tool does."""
    children = [tree.getChild(at) for at in range(tree.getNumChildren())]
    if tree.isNumber():
        return float(tree.getValue())
    if tree.isName():
        return values[tree.getName()]
    if tree.isPiecewise():
        for piece, condition in zip(children[::2], children[1::2], strict=False):
            if value_of(condition, values):
                return value_of(piece, values)
        return value_of(children[-1], values)
    numbers = [value_of(child, values) for child in children]
    operation = libsbml.formulaToL3String(tree) and tree.getType()
    table: dict[int, Any] = {
        libsbml.AST_PLUS: sum, libsbml.AST_TIMES: np.prod,
        libsbml.AST_MINUS: lambda v: v[0] - v[1] if len(v) > 1 else -v[0],
        libsbml.AST_DIVIDE: lambda v: v[0] / v[1], libsbml.AST_POWER: lambda v: v[0] ** v[1],
        libsbml.AST_FUNCTION_POWER: lambda v: v[0] ** v[1], libsbml.AST_FUNCTION_EXP: lambda v: np.exp(v[0]),
        libsbml.AST_FUNCTION_LN: lambda v: np.log(v[0]), libsbml.AST_FUNCTION_TANH: lambda v: np.tanh(v[0]),
        libsbml.AST_FUNCTION_ROOT: lambda v: v[-1] ** 0.5, libsbml.AST_RELATIONAL_GEQ: lambda v: v[0] >= v[1],
        libsbml.AST_RELATIONAL_LEQ: lambda v: v[0] <= v[1], libsbml.AST_RELATIONAL_GT: lambda v: v[0] > v[1],
    }  # fmt: skip
    return float(table[operation](numbers))


def test_units_are_told_in_base_units() -> None:
    """2 ug/m2/d in grams, metres and seconds; what SBML has no word for stays without a unit."""

    def size(unit: str) -> float:
        return float(
            np.prod([(each.multiplier * 10.0**each.scale) ** each.exponent for each in base_units(unit) or ()])
        )

    assert size("ug/m2/d") == pytest.approx(1e-6 / 86400)
    assert size("pg/mL") == pytest.approx(1e-9)
    assert size("nM") == pytest.approx(1e-9)
    assert base_units("U/L") is None
    assert {unit for each in MODEL.parameters if not base_units(unit := each.unit)} == set()


def test_a_missing_package_is_told_with_its_remedy() -> None:
    """Who has not installed the extra is told how to."""
    with pytest.raises(InputError, match=r"engager\[simulator\]"):
        optional_package("no_such_module_of_ours", "nothing")


def test_a_table_of_parameters_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Out and in again gives the same model; a changed cell changes that parameter alone."""
    path = tmp_path / "parameters.csv"
    write_parameter_table(MODEL, path)
    assert read_parameter_table(MODEL, path) == MODEL
    path.write_text("name,value\nV,2*CL\nkd,0.2\n", encoding="utf-8")
    changed = read_parameter_table(MODEL, path)
    values = {each.name: each.value for each in changed.parameters}
    assert (values["V"], values["kd"]) == ("2*CL", "0.2")
    assert changed.parameters[0] == MODEL.parameters[0]
    assert changed.typical()[0][changed.constants.index("V")] == pytest.approx(2 * changed.typical()[0][2])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,value\nCLL,1", "row 2, column name: `CLL`"),
        ("name,value\nCL,2*V", "`V` in `2*V`"),
        ("name,value\nCL,import os", "column value"),
        ("name,valu\nCL,1", "Did you mean `value`"),
        ("name,unit\nCL,spoon", "`spoon`"),
        ("name,cv\nCL,-5", "above 0"),
        ("name,cv,sd\nCL,5,1", "cv and sd together"),
        ("name,value\nCL,1\nCL,2", "row 3, column name: `CL` a second time"),
        ("value\n1", "no column `name`"),
        ("name,value\nCL", "fewer cells"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Each mistake is named with its row and column; nothing is changed."""
    path = tmp_path / "parameters.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_parameter_table(MODEL, path)
    assert told in str(caught.value)


def test_the_table_has_a_row_for_each_parameter(tmp_path: Path) -> None:
    """Names stand in the model's order, with unit and source."""
    path = tmp_path / "parameters.csv"
    write_parameter_table(MODEL, path)
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [each.name for each in MODEL.parameters]
    assert all(row["unit"] and row["source"] for row in rows)
