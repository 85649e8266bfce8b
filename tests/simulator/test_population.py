"""Populations: every mistake of a file is named; a patient is the same whoever is drawn beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engager.errors import InputError
from engager.simulator.models.text import model_of, read_model
from engager.simulator.populations.correlations import Correlation, correlate, impossible
from engager.simulator.populations.distributions import log_sd
from engager.simulator.populations.population import (
    Population,
    VirtualPatients,
    population_names,
    population_text,
    read_population,
    sample,
)
from engager.simulator.populations.random_numbers import generator, normals, uniform_table, uniforms

MODEL = model_of("""
name = "small"
covariates = [{ name = "BSA", unit = "m2", value = 1, meaning = "body surface" }]
parameters = [
  { name = "CL", value = "50*BSA", unit = "L/d", cv = 50 },
  { name = "V", value = "2*CL", unit = "L" },
  { name = "g", value = 0.07, unit = "1/d", sd = 0.05 },
]
states = [{ name = "A", initial = "V", rate = "-CL/V*A", unit = "ug" }]
""")

FILE = """
name = "mine"
title = "Mine"
source = "none"
quantities = [
  { name = "age", distribution = "quantiles", points = [[0, 2], [0.5, 6], [1, 11]], tag = "A", source = "x" },
  { name = "sex", distribution = "categories", values = ["male", "female"], shares = [0.7, 0.3], tag="A", source="x" },
  { name = "height", distribution = "growth", measure = "height", unit = "cm", tag = "V", source = "x" },
  { name = "weight", distribution = "growth", measure = "weight", unit = "kg", tag = "V", source = "x" },
  { name = "BSA", distribution = "surface", unit = "m2", tag = "D", source = "x" },
]
"""


def mine(tmp_path: Path, text: str) -> Population:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return read_population(str(path))


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        mine(tmp_path, text)
    return str(caught.value)


@pytest.mark.parametrize("name", population_names())
def test_every_shipped_population_fits_the_shipped_model(name: str) -> None:
    """Each gives what the model asks for, finite and of the right sign, and every number names its source."""
    population, model = read_population(name), read_model("blinatumomab")
    drawn = sample(population, model, range(500), 1)
    assert drawn.constants.shape == (500, len(model.constants))
    assert drawn.initial.shape == (500, len(model.states))
    assert np.isfinite(drawn.constants).all()
    assert np.isfinite(drawn.initial).all()
    positive = [at for at, each in enumerate(model.constants) if each != "g"]
    assert (drawn.constants[:, positive] > 0).all()
    assert all(each.source and each.tag for each in population.quantities)


def test_patients_lie_in_the_published_range() -> None:
    """The Beijing-like children are 2 to 11 years old, half of them below 6; 16 of 23 are boys."""
    drawn = sample(read_population("chemotherapy-ineligible"), MODEL, range(20_000), 3).covariates
    age = drawn["age"].to_numpy()
    assert (age.min(), age.max()) == (pytest.approx(2, abs=0.01), pytest.approx(11, abs=0.01))
    assert np.median(age) == pytest.approx(6, abs=0.05)
    assert (drawn["sex"] == "male").mean() == pytest.approx(16 / 23, abs=0.01)
    assert (drawn["blasts"] > 1e-4).mean() == pytest.approx(3 / 23, abs=0.01)


def test_sizes_are_those_of_the_growth_charts() -> None:
    """The median boy of 10 years is 138.6 cm tall and weighs 32 kg; body surface follows from the two."""
    text = FILE.replace("[[0, 2], [0.5, 6], [1, 11]]", "[[0, 9.999], [1, 10.001]]").replace("[0.7, 0.3]", "[1, 0]")
    population = Population.model_validate(__import__("tomllib").loads(text))
    drawn = sample(population, MODEL, range(4001), 1).covariates
    assert drawn["height"].median() == pytest.approx(138.6, abs=0.3)
    assert drawn["weight"].median() == pytest.approx(32.1, abs=0.3)
    expected = (pl.col("height") * pl.col("weight") / 3600).sqrt()
    assert (drawn.select((expected - pl.col("BSA")).abs().max()).item()) < 1e-12


@settings(max_examples=15)
@given(start=st.integers(0, 300), n=st.integers(1, 40), seed=st.integers(0, 2**40))
def test_a_patient_is_the_same_in_any_chunk(start: int, n: int, seed: int) -> None:
    """Patients start to start + n drawn alone are, bit for bit, those drawn among 340."""
    population, model = read_population("relapsed-refractory-children"), read_model("blinatumomab")
    together, alone = (sample(population, model, patients, seed) for patients in (range(340), range(start, start + n)))
    chosen = slice(start, start + n)
    assert (alone.constants == together.constants[chosen]).all()
    assert (alone.initial == together.initial[chosen]).all()
    assert alone.covariates.equals(together.covariates[chosen])


def test_a_further_quantity_changes_no_other(tmp_path: Path) -> None:
    """A line added to the file leaves every other number as it was."""
    more = FILE.replace(
        '  { name = "sex"',
        '  { name = "x", distribution = "normal", mean = 0, sd = 1, tag = "A", source = "x" },\n  { name = "sex"',
    )
    one, two = (sample(mine(tmp_path, text), MODEL, range(50), 1) for text in (FILE, more))
    assert (one.constants == two.constants).all()
    assert two.covariates.drop("x").equals(one.covariates)


def test_parameters_vary_as_the_model_says(tmp_path: Path) -> None:
    """CL has its median at 50 BSA and a CV of 50 %; V follows CL; g is normal with its standard deviation."""
    drawn: VirtualPatients = sample(mine(tmp_path, FILE), MODEL, range(40_000), 2)
    bsa, clearance, volume, growth = drawn.constants.T
    logs = np.log(clearance / (50 * bsa))
    assert logs.mean() == pytest.approx(0, abs=0.01)
    assert logs.std() == pytest.approx(log_sd(50), rel=0.02)
    assert (volume == 2 * clearance).all()
    assert (drawn.initial[:, 0] == volume).all()
    assert (growth.mean(), growth.std()) == (pytest.approx(0.07, abs=1e-3), pytest.approx(0.05, rel=0.02))


def test_a_population_may_replace_a_parameter(tmp_path: Path) -> None:
    """A quantity with the name of a parameter takes its place, within its bounds, and is no covariate."""
    spread = 'distribution = "lognormal", median = 10, cv = 80, low = 5, high = 30'
    line = f'{{ name = "CL", {spread}, tag = "A", source = "x" }}]'
    drawn = sample(mine(tmp_path, FILE.rstrip()[:-1] + line), MODEL, range(5000), 1)
    clearance = drawn.constants[:, 1]
    assert "CL" not in drawn.covariates.columns
    assert (clearance.min() >= 5) & (clearance.max() <= 30)
    # ln 0.5 / 0.703 = -0.986 and ln 3 / 0.703 = 1.563 leave 16.2 to 94.1 %; their middle is 10 exp(0.703 0.130).
    assert np.median(clearance) == pytest.approx(10.95, abs=0.25)


def test_correlations_are_those_asked_for(tmp_path: Path) -> None:
    """0.6 between two parameters, and a correlation of 1 makes one follow the other."""
    text = FILE + 'correlations = [{ between = ["CL", "g"], r = 0.6, tag = "A", source = "x" }]'
    drawn = sample(mine(tmp_path, text), MODEL, range(40_000), 1)
    z = np.log(drawn.constants[:, 1] / drawn.constants[:, 0])
    assert np.corrcoef(z, drawn.constants[:, 3])[0, 1] == pytest.approx(0.6, abs=0.01)
    same = [Correlation(between=("a", "b"), r=-1, tag="A", source="x")]
    mixed = correlate({"a": np.array([1.0, 2.0]), "b": np.array([5.0, 6.0])}, same)
    assert (mixed["b"] == -mixed["a"]).all()


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_what_is_called_impossible_has_a_negative_eigenvalue(values: list[float]) -> None:
    """Four quantities with any six correlations are refused exactly when their matrix is not semidefinite."""
    names = "abcd"
    pairs = [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    lines = [Correlation(between=pair, r=r, tag="A", source="x") for pair, r in zip(pairs, values, strict=True)]
    matrix = np.eye(4)
    for (a, b), r in zip(pairs, values, strict=True):
        matrix[names.index(a), names.index(b)] = matrix[names.index(b), names.index(a)] = r
    least = np.linalg.eigvalsh(matrix).min()
    if abs(least) > 1e-6:
        assert (impossible(lines) is not None) == (least < 0)


def test_an_impossible_matrix_names_its_entries(tmp_path: Path) -> None:
    """Three correlations that cannot hold together are named, and those that have nothing to do with it are not."""
    lines = [("age", "height", 0.9), ("height", "weight", 0.9), ("age", "weight", -0.9), ("sex", "age", 0.1)]
    text = ", ".join(f'{{ between = ["{a}", "{b}"], r = {r}, tag = "A", source = "x" }}' for a, b, r in lines)
    message = refused(tmp_path, FILE + f"correlations = [{text}]")
    assert "age with height 0.9, age with weight -0.9, height with weight 0.9" in message
    assert "sex" not in message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[0.7, 0.3]", "[0.7, 0.2]", "add up to 1"),
        ("[[0, 2], [0.5, 6], [1, 11]]", "[[0, 2], [0.5, 6]]", "rise from 0 to 1"),
        ("points =", "pionts =", "Did you mean `points`?"),
        ('"growth", measure = "height"', '"growthh", measure = "height"', "growthh"),
        ('name = "age"', 'name = "sex"', "`sex` a second time"),
        ('name = "weight"', 'name = "mass"', "above it"),
        ('title = "Mine"', "", "title"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Each mistake of a file is an issue that says what was expected."""
    assert told in refused(tmp_path, FILE.replace(old, new))


def test_what_does_not_fit_the_model_is_named(tmp_path: Path) -> None:
    """No patient, a covariate that nothing gives, a correlation of what does not vary: all are told at once."""
    text = FILE.replace("BSA", "BS") + 'correlations = [{ between = ["V", "age"], r = 0.5, tag = "A", source = "x" }]'
    with pytest.raises(InputError) as caught:
        sample(mine(tmp_path, text), MODEL, range(0), 1)
    told = str(caught.value)
    assert all(words in told for words in ("at least 1 patient", "no quantity `BSA`", "`V`"))
    with pytest.raises(InputError, match="Did you mean `adults`"):
        read_population("adult")
    with pytest.raises(KeyError):
        population_text("nobody")
    with pytest.raises(InputError, match="0 to 2"):
        sample(mine(tmp_path, FILE), MODEL, range(1), -1)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('unit = "kg"', 'unit = "lb"', "weight in `lb`; expected `kg`, in which it is read"),
        ('unit = "m2"', 'unit = "cm2"', "BSA in `cm2`; expected `m2`"),
        ("[[0, 2], [0.5, 6], [1, 11]]", "[[0, 24], [0.5, 72], [1, 190]]", "age of 18"),
        ('"age"', '"agee"', "`agee`, which nothing reads"),
        ('"sex"', '"sexx"', "`sexx`, which nothing reads"),
    ],
)  # fmt: skip
def test_units_and_names_that_nothing_reads_are_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A weight in pounds, an age in months, a misspelt parameter: numbers would come of it, and be wrong."""
    text = FILE.replace(old, new).replace('"growth", measure = "height"', '"normal", mean = 150, sd = 10')
    with pytest.raises(InputError) as caught:
        sample(mine(tmp_path, text.replace('"growth", measure = "weight"', '"normal", mean = 40, sd = 5')),
               MODEL, range(1), 1)  # fmt: skip
    assert told in str(caught.value)
    assert "mine.toml key quantities" in str(caught.value)


def test_a_message_names_the_file_and_not_the_population(tmp_path: Path) -> None:
    """Two files may hold populations of one name."""
    path = tmp_path / "other.toml"
    path.write_text(FILE.replace("BSA", "BS"), "utf-8")
    with pytest.raises(InputError, match=r"other\.toml key quantities"):
        sample(read_population(str(path)), MODEL, range(1), 1)


def test_random_numbers_belong_to_seed_purpose_and_patient() -> None:
    """Other seeds and purposes give other numbers; they are even, open at both ends, and normal ones are normal."""
    numbers = uniforms(1, "age", range(100_000))
    assert (numbers.min() > 0) & (numbers.max() < 1)
    assert np.histogram(numbers, 10, (0, 1))[0] == pytest.approx(10_000, abs=400)
    for other in (uniforms(2, "age", range(100_000)), uniforms(1, "sex", range(100_000))):
        assert abs(np.corrcoef(numbers, other)[0, 1]) < 0.015
    assert normals(1, "z", range(100_000)).std() == pytest.approx(1, abs=0.01)
    assert (uniform_table(1, "v", range(9), 3) == uniform_table(1, "v", range(9), 5)[:, :3]).all()
    assert generator(1, "v", 3).random() != generator(1, "v", 4).random()
