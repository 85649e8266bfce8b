"""The model of blinatumomab: what its text states, what holds before any integration, and the page that explains it."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import engager
from engager.simulator.models.expression import evaluate
from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model

Floats = NDArray[np.float64]
ROOT = Path(engager.__file__).parents[2]
TAGS = {"V", "Va", "D", "C", "A", "M"}
CALIBRATION = ROOT / "verification" / "calibration"


def _module(path: Path) -> ModuleType:
    """Load a script of the documentation or the verification by its path."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def model() -> Model:
    return read_model("blinatumomab")


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    return _module(ROOT / "docs" / "simulator_pages.py")


def _at_rest(model: Model, *, blasts: float = 0.5, drug: float = 0.0) -> dict[str, Any]:
    """Return every name's value at the beginning, without infusion, with some drug in plasma (ug/L)."""
    constants = model.individual({"BSA": np.array([1.2]), "blasts": np.array([blasts])})
    states = model.initial(constants)
    names = [state.name for state in model.states]
    values = dict(zip(model.constants, constants[0], strict=True)) | dict(zip(names, states[0], strict=True))
    values["A"] = drug * values["V"]
    values |= {each.name: 0.0 for each in model.inputs}
    for each in model.algebra:
        values[each.name] = evaluate(model.trees[each.name], values)
    return values


def _rates(model: Model, values: Mapping[str, Any]) -> dict[str, float]:
    return {state.name: float(evaluate(rate, values)) for state, rate in zip(model.states, model.rates, strict=True)}


def test_every_parameter_says_what_it_is_and_how_it_is_known(model: Model) -> None:
    """A parameter has a meaning, a source and a known tag; what is calibrated says so."""
    for each in model.parameters:
        assert each.tag in TAGS, each.name
        assert each.source, each.name
        assert each.meaning, each.name
        assert (each.tag == "A") == (each.source.startswith("assumed")), each.name


def test_about_twenty_states_of_which_blasts_are_logarithms(model: Model) -> None:
    """Blasts span twelve decades, so they are followed as logarithms."""
    assert 18 <= len(model.states) <= 24
    assert {state.name for state in model.states if state.unit.startswith("ln")} == {"lnLp", "lnLn"}


def test_without_drug_nothing_but_leukaemia_and_marrow_moves(model: Model) -> None:
    """Before treatment T cells, B cells, progenitors, cytokines and adaptation rest at their baseline."""
    rates = _rates(model, _at_rest(model))
    for name in set(rates) - {"lnLp", "lnLn", "Lb", "N"}:
        assert rates[name] == pytest.approx(0, abs=1e-9), name


def test_blasts_grow_at_the_net_rate_in_a_full_marrow(model: Model) -> None:
    """With blasts and normal cells filling the marrow, growth is g, less the loss of CD19."""
    values = _at_rest(model)
    assert _rates(model, values)["lnLp"] == pytest.approx(values["g"] - values["mu"], rel=1e-6)


def test_clearance_of_a_small_body_is_63_per_cent_lower(model: Model) -> None:
    """Clements 2020: body surface 0.37 against 1.88 m2."""
    constants = model.individual({"BSA": np.array([1.88, 0.37]), "blasts": np.array([0.5, 0.5])})
    clearance = constants[:, model.constants.index("CL")]
    assert clearance[0] == pytest.approx(53.3)
    assert 1 - clearance[1] / clearance[0] == pytest.approx(0.63, abs=0.005)


@pytest.mark.parametrize(("blasts", "faster"), [(0.001, 0.8), (0.9, 0.8)])
def test_killing_saturates_with_effectors_and_fades_with_targets(model: Model, blasts: float, faster: float) -> None:
    """With the same activated T cells few blasts are killed near the full rate, many far below it."""
    values = _at_rest(model, blasts=blasts, drug=0.5) | {"Am": 20000.0}
    for each in model.algebra:
        values[each.name] = evaluate(model.trees[each.name], values)
    share = values["killm"] / (values["kkm"] * values["ek"])
    assert share > faster if blasts < 0.5 else share < faster / 2


def _trimers_by_mass_action(at: float, bt: float, drug: float, values: Mapping[str, float]) -> float:
    """Return the trimers of the full mass action system at a fixed free drug, by bisection of the balance of CD3.

    Free CD3 `a` gives free CD19 from its balance; binary and ternary complexes follow from the dissociation constants.
    """
    ka, kb, coop = values["KD3"], values["KD19"], values["coop"]
    low, high = 0.0, at
    for _ in range(200):
        a = (low + high) / 2
        b = bt / (1 + drug / kb + coop * a * drug / (ka * kb))
        total = a + a * drug / ka + coop * a * drug * b / (ka * kb)
        low, high = (a, high) if total < at else (low, a)
    return coop * a * drug * b / (ka * kb)


@pytest.mark.parametrize("drug", [1e-3, 0.1, 0.5, 30.0, 1080.0, 1e5])
@pytest.mark.parametrize("cooperativity", [1.0, 8.0])
def test_the_trimer_option_is_mass_action(drug: float, cooperativity: float) -> None:
    """The closed form is the equilibrium of all five complexes, at any concentration."""
    trimer = read_model("blinatumomab", ["trimer"])
    values = _at_rest(trimer, drug=drug)
    values["coop"] = cooperativity
    for each in trimer.algebra:
        values[each.name] = evaluate(trimer.trees[each.name], values)
    expected = _trimers_by_mass_action(values["c3"], values["c19"], drug / values["mass"], values)
    assert values["trib"] == pytest.approx(expected, rel=1e-10)


def test_trimers_peak_far_above_any_dose_and_agree_with_the_default_at_half_effect() -> None:
    """The bell's peak lies at sqrt(KA KB), about 1,080 ug/L; at ECa and ECk both forms give one half."""
    trimer = read_model("blinatumomab", ["trimer"])
    peak = 55 * np.sqrt(260 * 1.49)
    assert peak == pytest.approx(1083, abs=1)
    below, at, above = (_at_rest(trimer, drug=drug)["trib"] for drug in (peak / 1.2, peak, peak * 1.2))
    assert at > max(below, above)
    half = _at_rest(trimer)
    assert _at_rest(trimer, drug=half["ECa"])["e"] == pytest.approx(0.5, rel=1e-12)
    assert _at_rest(trimer, drug=half["ECk"] / half["pm"])["ek"] == pytest.approx(0.5, rel=1e-12)


def test_symbols_of_the_page_are_told_apart(pages: ModuleType) -> None:
    """No two names of the model look alike as mathematics."""
    trimer = read_model("blinatumomab", ["trimer"])
    names = {*trimer.constants, *(s.name for s in trimer.states), *(a.name for a in trimer.algebra)}
    assert len({pages.symbol(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("-(a + b)*c", r"-\left(a + b\right)\,c"),
        ("(a + b)**2", r"\left(a + b\right)^{2}"),
        ("a/b*c", r"\frac{a}{b}\,c"),
        ("1e-7*sqrt(a)", r"10^{-7}\,\sqrt{a}"),
        ("pow(a/b, 2)", r"\left(\frac{a}{b}\right)^{2}"),
        ("a - b + c", "a - b + c"),
        ("a*(b/c)**n", r"a\,\left(\frac{b}{c}\right)^{n}"),
    ],
)
def test_expressions_are_written_as_mathematics(pages: ModuleType, text: str, latex: str) -> None:
    """Brackets stand where leaving them out would change the meaning, and nowhere else."""
    assert pages.mathematics(text) == latex


def test_the_page_states_the_model_that_is_solved(pages: ModuleType) -> None:
    """Equations and parameters of the page are those of the model's text (else: python docs/simulator_pages.py)."""
    text = pages.PAGE.read_text("utf-8")
    assert pages.with_parts(text) == text


@pytest.fixture(scope="module")
def comparison() -> ModuleType:
    sys.path.insert(0, str(CALIBRATION))
    return _module(CALIBRATION / "compare.py")


def test_the_calibration_page_shows_the_results_that_were_kept(comparison: ModuleType) -> None:
    """The page's tables are those of the kept results (else: python verification/calibration/compare.py)."""
    text = comparison.PAGE.read_text("utf-8")
    assert comparison.with_tables(text, comparison.read_results(), comparison.read_results(comparison.RATIOS)) == text


def test_the_results_are_of_the_lines_observed(comparison: ModuleType) -> None:
    """Every line has a result, but those that no study gives; none is judged by anything but its own numbers."""
    lines = comparison.observed()
    rows = {row["id"]: row for row in comparison.read_results()}
    assert set(lines) == set(rows)
    for name, row in rows.items():
        assert {key: row[key] for key in ("observed", "role", "tag")} == {
            k: lines[name][k] for k in ("observed", "role", "tag")
        }


def test_what_is_fitted_is_what_the_fit_uses(comparison: ModuleType) -> None:
    """A line is fitted if and only if a block of the fit names it; no parameter is fitted twice."""
    fit = sys.modules["fit"]
    used = [name for block in fit.BLOCKS for name in block.lines]
    assert sorted(used) == sorted(name for name, line in comparison.observed().items() if line["role"] == "fitted")
    parameters = [name for block in fit.BLOCKS for name in block.parameters]
    assert len(parameters) == len(set(parameters))


def test_fitted_values_stand_in_the_model(model: Model) -> None:
    """The text holds what the fit found; nothing else says that it is calibrated, unless earlier."""
    with (CALIBRATION / "results" / "fitted.csv").open(encoding="utf-8") as file:
        fitted = {row["parameter"]: float(row["fitted"]) for row in csv.DictReader(file)}
    by_name = {each.name: each for each in model.parameters}

    def stands(name: str) -> float | None:
        parameter, _, spread = name.partition(".")
        return by_name[parameter].cv if spread else float(by_name[parameter].value)

    assert {name: stands(name) for name in fitted} == fitted
    says = {each.name for each in model.parameters if re.match("calibrated(?! earlier)", each.source)}
    assert says == {name for name in fitted if "." not in name}


def test_the_kept_results_are_those_of_the_model(comparison: ModuleType, model: Model) -> None:
    """Lymphocytes and the response of children, computed anew, are what the table shows."""
    kept = {row["id"]: float(row["model"]) for row in comparison.read_results() if row["model"] != "-"}
    lines = comparison.observed()
    values = comparison.predicted(model, ("lymphocytes", "children"), comparison.PATIENTS)
    for name, patients in values.items():
        assert comparison.statistic(lines[name]["kind"], patients) == pytest.approx(kept[name], rel=0.02), name


def test_remission_rises_with_every_step_of_the_ratio(comparison: ModuleType) -> None:
    """In the kept results of 2,000 children, to nine of ten above 7."""
    shares = [float(row["remission"]) for row in comparison.read_results(comparison.RATIOS)]
    assert shares == sorted(shares)
    assert shares[-1] >= 85
