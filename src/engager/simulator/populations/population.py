"""A population as data: how its patients differ, and the virtual patients drawn from it.

Patient k of a seed is the same whoever else is drawn, in whatever chunk and by whatever worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from engager.errors import InputError, Issue, Place, Severity, option
from engager.plan.named_file import read_named
from engager.plan.problems import explain, told_once
from engager.simulator.models.expression import evaluate
from engager.simulator.models.model import Model
from engager.simulator.populations.correlations import Correlation, correlate, correlated_names, impossible
from engager.simulator.populations.distributions import KINDS, Column, Quantity, log_sd
from engager.simulator.populations.random_numbers import Floats, checked_seed, normals
from engager.terms.likeness import did_you_mean
from engager.terms.shipped import shipped_names, shipped_text

_FOLDER = "engager.simulator.populations"
# What describes a patient and the range that it can lie in, in the one unit that rules, doses and records take it in.
_RANGES: Mapping[str, tuple[str, float, float]] = {
    "age": ("a", 0, 120), "height": ("cm", 30, 250), "weight": ("kg", 1, 400), "BSA": ("m2", 0.1, 4),
    "blasts": ("1", 0, 1), "months_from_diagnosis": ("mo", 0, 1200),
}  # fmt: skip
# Standard normal numbers at which ranges are looked at: the median patient, and one in a hundred on either side.
_LOOKED_AT = np.array([0.0, -2.3, 2.3])


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
    _file: str = PrivateAttr("")

    @property
    def file(self) -> str:
        """The file's name without folders, for messages."""
        return self._file or f"{self.name}.toml"

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
    read = read_named(name, "population", _FOLDER, Population, _told)
    issues = [*_order_issues(read.value, read.file), *_correlation_issues(read.value, read.file)]
    if issues:
        raise InputError(issues)
    read.value._file = read.file
    return read.value


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
    file = population.file
    if not len(patients) or patients.step != 1 or patients.start < 0:
        yield _issue(option("n"), f"{len(patients)} patients", "at least 1 patient")
    for each in model.covariates:
        if each.name not in population.by_name:
            expected = f"a quantity `{each.name}` ({each.meaning or each.unit}), which the model {model.name} needs"
            yield _issue(Place(file, column="quantities"), f"no quantity `{each.name}`", expected)
    yield from _unread(population, model)
    yield from _other_units(population, model)
    able = varying(population, model)
    for name in correlated_names(population.correlations):
        if name not in able:
            expected = f"a quantity of the population or the model that varies: {', '.join(able)}"
            yield _issue(Place(file, column="correlations"), f"`{name}`", expected, did_you_mean(name, able))


def _unread(population: Population, model: Model) -> Iterator[Issue]:
    """Yield quantities that nothing reads and whose names are nearly those of something that is read."""
    own = {*model.constants, *_RANGES, "sex", "risk", "relapse_number", "prior_hsct", "cns"}
    free = {_plain(name): name for name in sorted(own - population.by_name.keys())}
    for at, each in enumerate(population.quantities):
        near = "" if each.name in own else did_you_mean(_plain(each.name), free)
        for plain, name in free.items():
            if near == f"Did you mean `{plain}`?":
                place = Place(population.file, column=f"quantities.{at}.name")
                expected = f"a covariate or a parameter of the model {model.name}, or what describes a patient"
                yield _issue(place, f"`{each.name}`, which nothing reads", expected, f"Did you mean `{name}`?")


def _plain(name: str) -> str:
    """Return a name as it may be misread: `T0` and `TO` are the same."""
    return name.lower().replace("o", "0")


def _other_units(population: Population, model: Model) -> Iterator[Issue]:
    """Yield quantities in another unit than that in which they are read, as the file says or as their values tell."""
    units = {each.name: each.unit for each in model.covariates} | {each.name: each.unit for each in model.parameters}
    units |= {name: unit for name, (unit, _, _) in _RANGES.items()}
    known: dict[str, Column] = {}
    for at, each in enumerate(population.quantities):
        known[each.name] = each.values(_LOOKED_AT, known)
        unit = units.get(each.name, each.unit)
        if "unit" in each.model_fields_set and each.unit != unit:
            place = Place(population.file, column=f"quantities.{at}.unit")
            yield _issue(place, f"{each.name} in `{each.unit}`", f"`{unit}`, in which it is read")
        elif each.name in _RANGES:
            yield from _out_of_range(each.name, known[each.name], Place(population.file, column=f"quantities.{at}"))


def _out_of_range(name: str, values: Column, place: Place) -> Iterator[Issue]:
    unit, low, high = _RANGES[name]
    beyond = [float(value) for value in values if not low <= value <= high]
    if beyond:
        shown = "a fraction" if unit == "1" else unit
        yield _issue(place, f"{name} of {beyond[0]:.3g}", f"{low:g} to {high:g} ({shown})")


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
