"""One number a patient, told in a line: `value blast_fraction 28 < 0.05`, `highest IL6 0-7`, `log10 value blasts 42`.

    [log10] value|highest|lowest|mean|change OUTPUT DAY[-DAY] [< LIMIT | >= LIMIT ...]

`change` is the value at the end over that at the start. With a limit the measure is 1 where it holds and 0 where not,
so that its mean is a share of patients. Days are days from the first dose, 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engager.errors import InputError, Issue, Severity, option
from engager.simulator.models.model import Model
from engager.simulator.populations.population import VirtualPatients
from engager.simulator.populations.random_numbers import Floats
from engager.simulator.treatment.planned import PlannedTreatment

_TEXT = re.compile(
    r"(?P<log>log10 +)?(?P<statistic>[a-z]+) +(?P<output>[A-Za-z_]\w*) +(?P<first>[\d.]+)(?: *- *(?P<last>[\d.]+))?"
    r"(?: *(?P<sign><=|>=|<|>) *(?P<limit>[\d.eE+-]+))?"
)
_STATISTICS: Mapping[str, Callable[[Floats], Any]] = {
    "value": lambda values: values[:, -1],
    "highest": lambda values: values.max(axis=1),
    "lowest": lambda values: values.min(axis=1),
    "mean": lambda values: values.mean(axis=1),
    "change": lambda values: values[:, -1] / values[:, 0],
}
_SIGNS: Mapping[str, Callable[[Floats, float], Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
# A peak within hours must not fall between two moments: a week is looked at hourly, more than that every six hours.
_HOURLY_UP_TO, _HOUR, _QUARTER = 8.0, 1 / 24, 0.25
_LONGEST = 3650.0
# Patients solved at once.
_AT_ONCE = 2048
_FORM = "a measure as `value blast_fraction 28 < 0.05`, `highest IL6 0-7` or `log10 value blast_fraction 28`"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number a patient: a statistic of an output over days, and a limit that it may be held against."""

    text: str
    statistic: str
    output: str
    first: float
    last: float
    log10: bool = False
    sign: str | None = None
    limit: float | None = None

    @property
    def is_share(self) -> bool:
        """Whether the measure is 1 or 0, so that its mean is a share."""
        return self.sign is not None

    def days(self) -> Floats:
        """Return the days on which the output is looked at."""
        if self.statistic == "value":
            return np.array([self.last])
        if self.statistic == "change":
            return np.array([self.first, self.last])
        step = _HOUR if self.last - self.first <= _HOURLY_UP_TO else _QUARTER
        count = int(np.ceil((self.last - self.first) / step - 1e-9))
        return np.append(self.first + step * np.arange(count), self.last)

    def of(self, values: Floats) -> Floats:
        """Return the measure of each patient from the output on those days, (patients, days); NaN where one is."""
        with np.errstate(all="ignore"):
            found = np.asarray(_STATISTICS[self.statistic](values), np.float64)
            if self.log10:
                found = np.log10(found)
        if self.sign is None or self.limit is None:
            return found
        return np.where(np.isnan(found), np.nan, _SIGNS[self.sign](found, self.limit))


def read_measures(texts: Sequence[str]) -> tuple[Measure, ...]:
    """Return measures from their texts.

    Raises:
        InputError: none; every text that is no measure.

    Examples:
        >>> read_measures(["value blast_fraction 28 < 0.05"])[0].limit
        0.05
    """
    issues = [] if texts else [_issue("no measure", _FORM)]
    found = []
    for text in texts:
        measure = _read(text)
        if isinstance(measure, Issue):
            issues.append(measure)
        else:
            found.append(measure)
    if issues:
        raise InputError(issues)
    return tuple(found)


def measure_units(model: Model, measures: Sequence[Measure]) -> dict[str, str]:
    """Return the unit of each measure by its text, as the model has it for the output; none of a ratio or a share."""
    units = {each.name: each.unit for each in model.states} | {each.name: each.unit for each in model.algebra}
    units |= {each.name: each.unit for each in model.outputs}
    found = {}
    for measure in measures:
        unit = units.get(measure.output, "1")
        if not (measure.is_share or measure.statistic == "change" or unit == "1"):
            found[measure.text] = f"log10 {unit}" if measure.log10 else unit
    return found


def measured(
    treatment: PlannedTreatment, patients: VirtualPatients, measures: Sequence[Measure]
) -> tuple[dict[str, Floats], int]:
    """Return the measures of patients by their texts, NaN where the solution failed, and of how many it failed.

    Patients are solved some at a time, so that memory grows with the measures and not with the courses.
    """
    parts = [
        _measured(treatment, patients.part(at, at + _AT_ONCE), measures) for at in range(0, len(patients), _AT_ONCE)
    ]
    found = {each.text: np.concatenate([part[each.text] for part, _ in parts]) for each in measures}
    return found, sum(failed for _, failed in parts)


def _measured(
    treatment: PlannedTreatment, patients: VirtualPatients, measures: Sequence[Measure]
) -> tuple[dict[str, Floats], int]:
    days = np.unique(np.concatenate([measure.days() for measure in measures]))
    outputs = tuple(dict.fromkeys(measure.output for measure in measures))
    seen = treatment.follow(patients, days.tolist(), outputs)
    places = {measure.text: np.searchsorted(days, measure.days()) for measure in measures}
    found = {each.text: each.of(seen.values[each.output][:, places[each.text]]) for each in measures}
    return found, seen.failed


def _read(text: str) -> Measure | Issue:
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        return _issue(f"`{text}`", _FORM)
    if match["statistic"] not in _STATISTICS:
        return _issue(f"`{match['statistic']}` in `{text}`", f"one of {', '.join(_STATISTICS)}")
    try:
        first, last = float(match["first"]), float(match["last"] or match["first"])
        limit = float(match["limit"]) if match["limit"] else None
    except ValueError:
        return _issue(f"`{text}`", _FORM)
    if not 0 <= first <= last <= _LONGEST or (match["statistic"] in ("change",) and first == last):
        return _issue(f"days {first:g} to {last:g} in `{text}`", f"days from 0 to {_LONGEST:g} that rise")
    return Measure(
        text.strip(), match["statistic"], match["output"], first, last, bool(match["log"]), match["sign"], limit
    )


def _issue(found: str, expected: str) -> Issue:
    place = option("measure")
    return Issue(Severity.ERROR, "simulator.measure", place, found, expected, structural=True)
