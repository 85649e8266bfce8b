"""A population as data: how its patients differ, and the virtual patients drawn from it.

Patient k of a seed is the same whoever else is drawn, in whatever chunk and by whatever worker.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.problems import explain, told_once
from engager.simulator.models.expression import evaluate
from engager.simulator.models.model import Model
from engager.simulator.populations.correlations import Correlation, correlate, correlated_names, impossible
from engager.simulator.populations.distributions import KINDS, Column, Quantity, log_sd
from engager.simulator.populations.random_numbers import Floats, checked_seed, normals
from engager.terms.likeness import did_you_mean
from engager.terms.shipped import shipped_names, shipped_text

_FOLDER = "engager.simulator.populations"


class Population(BaseModel):
    """Who is treated: the quantities in which patients differ, and how these go together.

    A quantity with the name of a model's parameter takes that parameter's place; one with the name of a covariate
    gives it; the others describe the patient. Parameters that the population does not name vary as the model says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    title: Annotated[str, Field(min_length=1)]
    setting: str = ""
    source: Annotated[str, Field(min_length=1)]
    note: str = ""
    quantities: Annotated[tuple[Quantity, ...], Field(min_length=1)]
    correlations: tuple[Correlation, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Quantity]:
        """The quantities by their names."""
        return {each.name: each for each in self.quantities}


@dataclass(frozen=True, slots=True)
class VirtualPatients:
    """Patients drawn from a population for a model.

    `patients` are their indices, `covariates` a frame of what describes them (a row each, in order), `constants` the
    covariates and parameters that the model asks for (n, len(model.constants)), `initial` its states at the beginning.
    """

    patients: range
    covariates: pl.DataFrame
    constants: Floats
    initial: Floats
    seed: int

    def __len__(self) -> int:
        return len(self.patients)

    def part(self, start: int, stop: int) -> VirtualPatients:
        """Return the patients from one place to another, both counted from 0 among these."""
        chosen = slice(start, stop)
        constants, initial = self.constants[chosen], self.initial[chosen]
        return VirtualPatients(self.patients[chosen], self.covariates[chosen], constants, initial, self.seed)


def population_names() -> tuple[str, ...]:
    """Return the names of the populations that travel with engager.

    Examples:
        >>> "relapsed-refractory-children" in population_names()
        True
    """
    return shipped_names(_FOLDER)


def population_text(name: str) -> str:
    """Return the file of a shipped population as text; KeyError if there is none of that name."""
    return shipped_text(_FOLDER, name)


def read_population(name: str) -> Population:
    """Return a population by the name of a shipped one or by the path of a file of its own.

    Raises:
        InputError: no such population; every mistake of the file, with its key.
    """
    if name in population_names():
        return _parsed(population_text(name), f"{name}.toml")
    if not name.endswith(".toml"):
        advice = did_you_mean(name, population_names())
        expected = f"one of {', '.join(population_names())}, or a file as mine.toml"
        raise InputError(_issue(Place("simulation", column="population"), f"`{name}`", expected, advice))
    try:
        return _parsed(Path(name).read_text("utf-8-sig"), Path(name).name)
    except OSError as error:
        found = f"a file that cannot be opened ({error.strerror or error})"
        raise InputError(_issue(Place(name), found, "a population's TOML file")) from None


def sample(population: Population, model: Model, patients: range, seed: int) -> VirtualPatients:
    """Return virtual patients: what describes them, their parameters and the states at which they begin.

    Args:
        population: whom to draw.
        model: whose covariates and parameters they are to have.
        patients: the indices, from 0, one after the other; another range gives other patients, the same seed the same.
        seed: the seed, 0 or more.

    Raises:
        InputError: no patient; a covariate of the model that the population does not give; a correlation of something
            that does not vary.
    """
    checked_seed(seed)
    issues = list(_misfits(population, model, patients))
    if issues:
        raise InputError(issues)
    independent = {name: normals(seed, f"population/{name}", patients) for name in varying(population, model)}
    return from_numbers(population, model, patients, correlate(independent, population.correlations), seed=seed)


def from_numbers(
    population: Population, model: Model, patients: range, numbers: Mapping[str, Floats], *,
    seed: int = 0, known: Mapping[str, Column] | None = None,
) -> VirtualPatients:  # fmt: skip
    """Return the patients who have these standard normal numbers, by name; 0, the median, where a name is not given.

    `known` are quantities of the population that need not be drawn, a value a patient.
    """
    given: dict[str, Column] = {}
    for each in population.quantities:
        if known is not None and each.name in known:
            given[each.name] = known[each.name]
        else:
            given[each.name] = each.values(numbers.get(each.name, np.zeros(len(patients))), given)
    constants = _constants(model, given, numbers, len(patients))
    parameters = {each.name for each in model.parameters}
    covariates = {name: column for name, column in given.items() if name not in parameters}
    frame = pl.DataFrame({"patient": np.arange(patients.start, patients.stop), **covariates})
    return VirtualPatients(patients, frame, constants, model.initial(constants), seed)


def varying(population: Population, model: Model) -> tuple[str, ...]:
    """Return the names of what differs between patients by chance: of the population, then of the model."""
    named = population.by_name
    own = [each.name for each in population.quantities if each.random]
    rest = [each.name for each in model.parameters if (each.cv or each.sd) and each.name not in named]
    return (*own, *rest)


def _constants(model: Model, given: Mapping[str, Column], numbers: Mapping[str, Floats], n: int) -> Floats:
    """Return the model's covariates and parameters, a column each, in the model's order."""
    values: dict[str, Any] = {each.name: given[each.name] for each in model.covariates}
    for each in model.parameters:
        if each.name in given:
            values[each.name] = given[each.name]
            continue
        typical = evaluate(model.trees[each.name], values)
        number = numbers.get(each.name, 0.0)
        if each.cv:
            typical = typical * np.exp(log_sd(each.cv) * number)
        elif each.sd:
            typical = typical + each.sd * number
        values[each.name] = typical
    columns = np.empty((n, len(model.constants)))
    for at, name in enumerate(model.constants):
        columns[:, at] = values[name]
    return columns


def _misfits(population: Population, model: Model, patients: range) -> Iterator[Issue]:
    """Yield what keeps patients of the population from being drawn for the model."""
    file = f"{population.name}.toml"
    if not len(patients) or patients.step != 1 or patients.start < 0:
        yield _issue(Place("simulation", column="n"), f"{len(patients)} patients", "at least 1 patient")
    for each in model.covariates:
        if each.name not in population.by_name:
            expected = f"a quantity `{each.name}` ({each.meaning or each.unit}), which the model {model.name} needs"
            yield _issue(Place(file, column="quantities"), f"no quantity `{each.name}`", expected)
    able = varying(population, model)
    for name in correlated_names(population.correlations):
        if name not in able:
            expected = f"a quantity of the population or the model that varies: {', '.join(able)}"
            yield _issue(Place(file, column="correlations"), f"`{name}`", expected, did_you_mean(name, able))


def _parsed(text: str, file: str) -> Population:
    try:
        population = Population.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise InputError(_told(error, file)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(_issue(Place(file), f"no valid TOML: {error}", "a TOML file in UTF-8")) from None
    issues = [*_order_issues(population, file), *_correlation_issues(population, file)]
    if issues:
        raise InputError(issues)
    return population


def _told(error: ValidationError, file: str) -> Iterator[Issue]:
    """Yield pydantic's problems; within a quantity the known keys are those of its kind."""
    for problem in told_once(error.errors(include_url=False)):
        where = problem["loc"]
        if len(where) > 3 and where[0] == "quantities" and where[2] in KINDS:
            inner: Any = {**problem, "loc": where[3:]}
            issue = explain(inner, file, KINDS[where[2]], "population")
            key = f"quantities.{where[1]}.{'.'.join(str(part) for part in where[3:])}"
            place = Place(file, column=key)
            yield Issue(issue.severity, issue.rule, place, issue.found, issue.expected, issue.advice, structural=True)
        else:
            yield explain(problem, file, Population, "population")


def _order_issues(population: Population, file: str) -> Iterator[Issue]:
    """Yield names given twice, and quantities that stand before what they follow from."""
    known: set[str] = set()
    for at, each in enumerate(population.quantities):
        place = Place(file, column=f"quantities.{at}.name")
        if each.name in known:
            yield _issue(place, f"`{each.name}` a second time", "each quantity once")
        missing = [name for name in each.needs if name not in known]
        if missing:
            names = " and ".join(f"`{name}`" for name in missing)
            yield _issue(place, f"`{each.name}` before {names}", f"a line for {names} above it")
        known.add(each.name)


def _correlation_issues(population: Population, file: str) -> Iterable[Issue]:
    place = Place(file, column="correlations")
    pairs = [frozenset(each.between) for each in population.correlations]
    for pair in dict.fromkeys(pair for pair in pairs if pairs.count(pair) > 1):
        yield _issue(place, f"{' and '.join(sorted(pair))} more than once", "each pair once")
    found = impossible(population.correlations)
    if found is not None:
        advice = "Pairs without a line have no correlation. Bring the numbers nearer to 0, or add the missing pairs"
        yield _issue(
            place, f"correlations that cannot hold together: {found}", "a positive semidefinite matrix", advice
        )


def _issue(place: Place, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, "population.value", place, found, expected, advice, structural=True)
