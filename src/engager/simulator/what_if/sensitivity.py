"""Which quantities a measure hangs on: locally, one parameter after the other, and globally by Sobol's indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from engager.errors import InputError, Issue, Severity, option
from engager.simulator.extras import optional_package
from engager.simulator.models.model import Model, Parameter
from engager.simulator.populations.correlations import correlated_names
from engager.simulator.populations.population import Population, VirtualPatients, from_numbers, sample, varying
from engager.simulator.populations.random_numbers import Floats, checked_seed
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.changed_patients import joined, with_factors
from engager.simulator.what_if.measures import Measure, measured
from engager.terms.likeness import did_you_mean

# The step of a central difference: small for a number; for a share wide enough that patients cross the limit.
_STEP, _WIDE_STEP = 0.01, 0.2
# Patients solved at once, which bounds the memory.
_SIDE_BY_SIDE = 2048
# Standard normal numbers of the 5th and the 95th percentile.
_FIFTH = 1.6448536269514722


def local_sensitivity(
    treatment: PlannedTreatment, population: Population, measures: Sequence[Measure], *, patients: int, seed: int
) -> pl.DataFrame:
    """Return how measures change with each parameter of the model, on average over virtual patients.

    A row is a parameter and a measure: `value` the mean of the measure, `slope` the change of that mean per 1 % of the
    parameter (a central difference over 1 % up and down, over 20 % for a share), `elasticity` that change in per cent
    of the mean, null where the mean is 0. All patients keep their other parameters; those that are given in terms of
    the one follow it.

    Args:
        treatment: the model, what is given and what solves it.
        population: whose patients.
        measures: what is looked at.
        patients: over how many virtual patients.
        seed: which.

    Raises:
        InputError: no patient; a measure that is none of the model's.
    """
    drawn = sample(population, treatment.model, range(patients), seed)
    base, _ = measured(treatment, drawn, measures)
    rows: list[dict[str, Any]] = []
    for step in (_STEP, _WIDE_STEP):
        own = [measure for measure in measures if _step(measure) == step]
        for parameter, differences in _differences(treatment, drawn, own, step) if own else ():
            for measure in own:
                mean, slope = _mean(base[measure.text]), _mean(differences[measure.text]) / (2 * step * 100)
                elasticity = 100 * slope / mean if mean else None
                rows.append({"parameter": parameter.name, "meaning": parameter.meaning, "measure": measure.text,
                             "value": mean, "slope": slope, "elasticity": elasticity})  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def _differences(
    treatment: PlannedTreatment, drawn: VirtualPatients, measures: Sequence[Measure], step: float
) -> Iterator[tuple[Parameter, dict[str, Floats]]]:
    """Yield each parameter with each patient's measures above it less those below; many are solved side by side."""
    each = max(1, _SIDE_BY_SIDE // (2 * len(drawn)))
    for some in _grouped(treatment.model.parameters, each):
        ends = [with_factors(treatment.model, drawn, {parameter.name: 1 + way * step})
                for parameter in some for way in (1, -1)]  # fmt: skip
        found, _ = measured(treatment, joined(ends), measures)
        columns = {text: values.reshape(len(some), 2, -1) for text, values in found.items()}
        for at, parameter in enumerate(some):
            yield parameter, {text: values[at, 0] - values[at, 1] for text, values in columns.items()}


def _grouped(items: Sequence[Parameter], size: int) -> Iterator[Sequence[Parameter]]:
    """Yield the items in groups of a size, in their order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _step(measure: Measure) -> float:
    return _WIDE_STEP if measure.is_share else _STEP


def spread_sensitivity(
    treatment: PlannedTreatment, population: Population, measures: Sequence[Measure]
) -> pl.DataFrame:
    """Return measures of the median patient with each varying quantity at its 5th and its 95th percentile.

    A row is a quantity and a measure: `low`, `middle` and `high`, what a tornado plot shows. Every other quantity is
    at its median.
    """
    model = treatment.model
    names = varying(population, model)
    numbers = {name: np.zeros(2 * len(names) + 1) for name in names}
    for at, name in enumerate(names):
        numbers[name][[2 * at + 1, 2 * at + 2]] = -_FIFTH, _FIFTH
    drawn = from_numbers(population, model, range(2 * len(names) + 1), numbers)
    found, _ = measured(treatment, drawn, measures)
    rows = [
        {"quantity": name, "measure": measure.text, "low": column[2 * at + 1], "middle": column[0],
         "high": column[2 * at + 2]}
        for measure in measures
        for column in [found[measure.text]]
        for at, name in enumerate(names)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def sobol_indices(
    treatment: PlannedTreatment, population: Population, measures: Sequence[Measure], *,
    quantities: Sequence[str] = (), base: int = 256, seed: int,
) -> pl.DataFrame:  # fmt: skip
    """Return Sobol's first-order and total indices of quantities that vary between patients, by SALib.

    A row is a quantity and a measure: `first` the share of the measure's variance that the quantity explains alone,
    `total` the share that it has a part in, each with the half-width of its 95 % bootstrap interval. Quantities vary as
    the population says; those that are not named are at their median. Missing where the measure does not vary.

    Args:
        treatment: the model, what is given and what solves it.
        population: how the quantities vary.
        measures: what is looked at.
        quantities: which of them; none: all that vary, without those that a correlation names.
        base: the sample size N, a power of 2; (D + 2) N patients are solved for D quantities.
        seed: the seed of the sample and of the bootstrap.

    Raises:
        InputError: SALib is not installed; a quantity that does not vary; correlated ones, for which the indices are
            not defined; a failed solution, which leaves a hole in the design.

    References:
        Saltelli 2010, Comput Phys Commun 181:259.
    """
    checked_seed(seed)
    names = _chosen(population, treatment.model, quantities, base)
    sampling = optional_package("SALib.sample.sobol", "salib")
    analysis = optional_package("SALib.analyze.sobol", "salib")
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    shares = sampling.sample(problem, base, calc_second_order=False, seed=seed % 2**32)
    drawn = from_numbers(population, treatment.model, range(len(shares)), _normal_numbers(names, shares))
    found, failed = measured(treatment, drawn, measures)
    if failed:
        raise InputError(_issue("n", f"{failed} patients who could not be solved", "a solution of each"))
    rows = []
    for measure in measures:
        values = found[measure.text]
        varies = bool(np.ptp(values) > 0)
        indices = (
            analysis.analyze(problem, values, calc_second_order=False, seed=seed % 2**32, print_to_console=False)
            if varies
            else None
        )
        rows += [_row(name, measure, indices, at) for at, name in enumerate(names)]
    return pl.DataFrame(rows, infer_schema_length=None)


def _row(name: str, measure: Measure, indices: Any, at: int) -> dict[str, Any]:
    columns = {"first": "S1", "first_within": "S1_conf", "total": "ST", "total_within": "ST_conf"}
    values = {key: None if indices is None else float(indices[of][at]) for key, of in columns.items()}
    return {"quantity": name, "measure": measure.text, **values}


def _normal_numbers(names: Sequence[str], shares: Floats) -> Mapping[str, Floats]:
    """Return the normal numbers of a design in shares; 0 and 1 themselves, which have none, are moved inward."""
    from scipy.special import ndtri

    inward = np.clip(shares, 1e-9, 1 - 1e-9)
    return {name: np.asarray(ndtri(inward[:, at])) for at, name in enumerate(names)}


def _chosen(population: Population, model: Model, quantities: Sequence[str], base: int) -> tuple[str, ...]:
    able, tied = varying(population, model), correlated_names(population.correlations)
    issues = []
    if base < 2 or base & (base - 1):
        issues.append(_issue("sobol", str(base), "a power of 2, as 256 or 1024"))
    for name in quantities:
        if name not in able:
            issues.append(_issue("quantity", f"`{name}`", f"one of {', '.join(able)}", did_you_mean(name, able)))
        if name in tied:
            expected = "quantities without a correlation, which Sobol's indices need"
            issues.append(_issue("quantity", f"`{name}`, which the population correlates with another", expected))
    if issues:
        raise InputError(issues)
    return tuple(quantities) or tuple(name for name in able if name not in tied)


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _issue(key: str, found: str, expected: str, advice: str = "") -> Issue:
    place = option(key)
    return Issue(Severity.ERROR, "simulator.sensitivity", place, found, expected, advice, structural=True)
