"""A model's text: what it says is what the model holds, and every mistake in it is told at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulator.small_model import MODEL, TEXT

from engager.errors import InputError
from engager.plan.tokens import ExpressionError
from engager.simulator.models.expression import evaluate, names_of, parse
from engager.simulator.models.text import model_names, model_of, read_model
from engager.simulator.solving.reference import rates_of


def told(text: str, options: tuple[str, ...] = ()) -> list[str]:
    """Return what is found wrong with a text."""
    with pytest.raises(InputError) as raised:
        model_of(text, "model.toml", options)
    return [str(issue) for issue in raised.value.issues]


def test_a_text_becomes_a_model() -> None:
    """Parameters follow covariates and each other; algebra may stand in any order."""
    assert MODEL.constants == ("w", "V", "CL", "g", "top")
    assert MODEL.individual({"w": [10, 20]}, {"V": [1, 2]})[:, :3].tolist() == [[10, 6, 30], [20, 24, 120]]
    assert [state.ln for state in MODEL.states] == [False, True, False, False]
    turned = TEXT.replace('"exp(l)/top"', '"C*0 + exp(l)/top"')
    assert [each.name for each in model_of(turned).algebra] == ["C", "fraction", "soft"]


def test_every_mistake_is_told_at_once() -> None:
    """One reading, all mistakes: unknown names with the nearest known, units, fields, expressions."""
    wrong = (
        TEXT.replace("R - CL*C", "R - CL*D")
        .replace('unit = "ug/L"', 'unit = "spoon"')
        .replace("0.6*w", "0.6*(w")
        .replace("log(top) - 9", "log(tip)")
    )
    lines = told(wrong)
    assert len(lines) == 4
    assert any("key parameters.V: `0.6*(w`; expected an expression" in line for line in lines)
    assert any("algebra.C.unit: `spoon`" in line for line in lines)
    assert any("states.A: `D`; expected a name" in line for line in lines)
    assert any("states.l: `tip`" in line and "Did you mean `top`?" in line for line in lines)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"0.6*w"', '"0.6*CL"', "a circle: "),
        ('"A/V"', '"fraction"', ""),
        ('name = "g",', 'name = "V",', "`V` a second time"),
        ('name = "g",', 'name = "exp",', "`exp`"),
        ('name = "g",', 'name = "lambda",', "`lambda`"),
        ('name = "g",', 'name = "g_",', "`g_`"),
        ("cv = 40", "spread = 40", "`spread`; expected one of name"),
        ('unit = "ug", scale = 1e-3', 'unit = "ug", scale = 0', "a number above 0"),
        ('unit = "ug", scale = 1e-3', "scale = 1e-3", "no `unit`"),
        ("value = 10 }", 'value = "ten" }', "`ten`; expected a number"),
        ('name = "exact"', "", "no name"),
        ("covariates = [", "covariate = [", "Did you mean `covariates`?"),
        ('rate = "C"', "rate = \"__import__('os')\"", "numbers, names"),
        ('rate = "C"', 'rate = "C.real"', "numbers, names"),
        ('rate = "C"', 'rate = "exp"', "a bracket after the function"),
        ('rate = "C"', 'rate = "max(C)"', "two or more arguments"),
        ('rate = "C"', 'rate = "C if C else 0"', "numbers, names"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, says: str) -> None:
    """Each kind of mistake has its words; `A/V` exchanged for another algebra is none."""
    assert TEXT.count(old), old
    changed = TEXT.replace(old, new, 1)
    if says:
        assert any(says in line for line in told(changed)), told(changed)
    else:
        assert model_of(changed)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """No such file, no TOML, no such option: an issue, never a traceback."""
    for source in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputError, match=r"no such file.*blinatumomab"):
            read_model(source)
    assert "TOML" in told("name = ")[0]
    assert "no option `more`" in told(TEXT, ("more",))[0]


def test_an_option_takes_the_place_of_what_has_its_name() -> None:
    """A parameter of an option replaces that of the same name; algebra of a new name is added."""
    text = TEXT + (
        '[options.fast]\nparameters = [ { name = "g", value = 2, unit = "1/d" } ]\n'
        'algebra = [ { name = "half", expression = "C/2", unit = "ug/L" } ]\n'
    )
    model = model_of(text, options=("fast",))
    assert model.typical()[0, 3] == 2
    assert [each.name for each in model.algebra] == ["fraction", "C", "soft", "half"]
    assert model.fingerprint != model_of(text).fingerprint == MODEL.fingerprint


@pytest.mark.parametrize("name", model_names())
def test_shipped_models_are_read(name: str) -> None:
    """Every shipped model is a model, and its rates at the start are numbers."""
    model = read_model(name)
    constants = model.typical()
    rates = rates_of(model)(0.0, model.initial(constants)[0], constants[0], np.zeros(len(model.inputs)))
    assert np.isfinite(rates).all()


@given(st.recursive(
    st.sampled_from(["a", "b", "2.5", "3"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"-({t})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        inner.map(lambda t: f"({t})**2"),
    ),
    max_leaves=8,
))  # fmt: skip
def test_an_expression_is_what_python_makes_of_it(text: str) -> None:
    """For what both can read, the value is Python's."""
    values = {"a": 1.5, "b": -0.25}
    assert names_of(parse(text)) <= values.keys()
    assert evaluate(parse(text), values) == pytest.approx(eval(text, {"max": max}, dict(values)), rel=1e-12)  # noqa: S307


@given(st.text(max_size=40))
def test_no_text_is_run(text: str) -> None:
    """Whatever stands there, it is an expression or it is refused in words."""
    with suppress(ExpressionError):
        assert parse(text)
