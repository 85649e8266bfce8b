"""What is observed in each study, from virtual patients: one function a study, an entry per line of observed.csv."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from studies import HOUR, SEED, Course

from engager.simulator.observation.measurements import laboratory_tests
from engager.simulator.observation.settings import values as laboratory

Floats = NDArray[np.float64]
Values = dict[str, Floats]
REMISSION, NEGATIVE = 0.05, 1e-4
DRUG_ASSAY = 0.15
"""Coefficient of variation of a reading of the drug: assumed, as that of the other immunoassays."""


def geometric_mean(values: Floats) -> float:
    """Return the geometric mean."""
    return float(np.exp(np.log(np.maximum(values, 1e-9)).mean()))


def highest_of_20(values: Floats) -> float:
    """Return the median, over cohorts of 20, of the highest value."""
    return float(np.quantile(values, 0.5 ** (1 / 20)))


def sd(values: Floats) -> float:
    """Return the standard deviation."""
    return float(np.std(values))


def ratio_of(pairs: Floats) -> float:
    """Return the ratio of the geometric means of two columns."""
    return geometric_mean(pairs[:, 0]) / geometric_mean(pairs[:, 1])


def of_highest_of_20(pairs: Floats) -> float:
    """Return the median, over cohorts of 20, of the second number of whom has the highest first one."""
    second = pairs[np.argsort(pairs[:, 0]), 1]
    up_to = np.arange(len(second) + 1) / len(second)
    chances = np.diff(up_to**20)
    by_size = np.argsort(second)
    middle = int(np.searchsorted(np.cumsum(chances[by_size]), 0.5))
    return float(second[by_size][min(middle, len(second) - 1)])


def odds_ratio(pairs: Floats) -> float:
    """Return the odds ratio of the first number (0 or 1) between those of whom the second is 1 and those with 0."""
    chances = [np.clip(pairs[pairs[:, 1] == group, 0].mean(), 1e-3, 1 - 1e-3) for group in (0, 1)]
    odds = [chance / (1 - chance) for chance in chances]
    return float(odds[1] / odds[0])


STATISTICS: Mapping[str, Callable[[Floats], float]] = {
    "mean": lambda x: float(np.mean(x)),
    "sd": sd,
    "median": lambda x: float(np.median(x)),
    "quartile-1": lambda x: float(np.quantile(x, 0.25)),
    "quartile-3": lambda x: float(np.quantile(x, 0.75)),
    "share": lambda x: float(100 * np.mean(x)),
    "geometric mean": geometric_mean,
    "maximum": highest_of_20,
    "ratio": ratio_of,
    "of the highest": of_highest_of_20,
    "odds ratio": odds_ratio,
}
"""How a line's patients become its number; the last three are of two values a patient."""


def statistic(kind: str, values: Floats) -> float:
    """Return the number that a kind of line has for patients' values."""
    return STATISTICS[kind](values)


def remission(course: Course) -> tuple[Floats, Floats]:
    """Return who has a marrow below 5 % blasts after one cycle or after two, and the least blast fraction then."""
    ends = [day for day in (28.0, 70.0) if day <= course.days[-1]]
    at_ends = np.stack([course.at("blast_fraction", day) for day in ends])
    return (at_ends < REMISSION).any(axis=0), at_ends.min(axis=0)


def counted(cells: Floats, name: str, numbers: np.random.Generator) -> Floats:
    """Return cells per uL as a laboratory test of that name would count them, with the observation layer's errors."""
    test = laboratory_tests()[name]
    seen = cells + np.sqrt(np.maximum(cells, 0) / (test.counted or np.inf)) * numbers.standard_normal(cells.shape)
    error = np.exp(test.cv / 100 * numbers.standard_normal(cells.shape))
    return np.maximum(seen * error, test.loq or 1 / (test.counted or np.inf))


def assayed(concentrations: Floats) -> Floats:
    """Return concentrations of the drug as an assay would read them."""
    return concentrations * np.exp(DRUG_ASSAY * np.random.default_rng(SEED).standard_normal(concentrations.shape))


def lymphocytes(course: Course) -> Values:
    """Return CD8 cells over baseline, their nadir and peak, and who has no B cells left, all as counted."""
    numbers = np.random.default_rng(SEED)
    cells = counted(laboratory("laboratory")["cd8_share"] * course.values["CD3"], "cd3", numbers)
    b_cells = counted(course.values["CD19"], "cd19", numbers)
    fold = cells / cells[:, :1]
    moments = {"t-h1": HOUR, "t-h2": 2 * HOUR, "t-h6": 6 * HOUR, "t-h12": 12 * HOUR}
    moments |= {f"t-d{day}": float(day) for day in (1, 2, 7, 14, 21, 28)}
    found = {name: fold[:, int(np.argmin(np.abs(course.days - day)))] for name, day in moments.items()}
    seen = np.stack(list(found.values()))
    lowest, highest = seen.min(axis=0), seen.max(axis=0)
    found |= {"t-nadir": lowest, "t-nadir-q1": lowest, "t-nadir-q3": lowest}
    found |= {"t-peak": highest, "t-peak-q1": highest, "t-peak-q3": highest}
    hours = {"b-h1": HOUR, "b-h12": 12 * HOUR, "b-d1": 1.0}
    return found | {name: b_cells[:, int(np.argmin(np.abs(course.days - day)))] <= 1 for name, day in hours.items()}


def first_day(course: Course, name: str, start: float = 0.0) -> Floats:
    """Return the highest value of the 24 hours from a day on."""
    return course.between(name, start, start + 1).max(axis=1)


def children(course: Course) -> Values:
    """Return exposure, cytokines and response of relapsed children under 5, then 15 ug/m2/d."""
    done, least = remission(course)
    low, high = course.covariates["blasts"] < 0.5, course.covariates["blasts"] >= 0.5
    first = first_day(course, "IL6")
    return {
        "css-children-5": 1000 * assayed(course.at("C", 6)), "css-children-15": 1000 * assayed(course.at("C", 21)),
        "css-children-15-sd": 1000 * assayed(course.at("C", 21)),
        "il6-second": first_day(course, "IL6", 42), "il6-step": np.stack([first_day(course, "IL6", 7), first], axis=1),
        "cr-children": done, "mrd-children": least[done] < NEGATIVE,
        "cr-children-low": done[low], "cr-children-high": done[high],
        "cr-japan-children": done, "mrd-japan-children": least[done] < NEGATIVE,
    }  # fmt: skip


def adults(course: Course) -> Values:
    """Return exposure and response of adults under 9, then 28 ug/d."""
    done, least = remission(course)
    found = {"css-adults-9": 1000 * assayed(course.at("C", 6)), "css-adults-28": 1000 * assayed(course.at("C", 21))}
    burden = course.covariates["blasts"]
    for name, low, high in (("or-middle", 0.25, 0.5), ("or-low", 0.05, 0.25)):
        chosen = (burden >= 0.5) | ((burden >= low) & (burden < high))
        found[name] = np.stack([done, burden < 0.5], axis=1)[chosen].astype(float)
    found["css-adults-28-sd"] = found["css-adults-28"]
    found["half-life"] = 24 * np.log(2) * course.covariates["V"] / course.covariates["CL"]
    found |= dict.fromkeys(("crh-adults", "cr-211", "cr-206", "cr-alcantara", "cr-china", "cr-japan"), done)
    return found | dict.fromkeys(("mrd-adults-rr", "mrd-211", "mrd-japan"), least[done] < NEGATIVE)


def beijing(course: Course) -> Values:
    """Return the highest cytokines of children in remission, and on which day they come."""
    found = {"il10-first": first_day(course, "IL10")}
    for name, output in (("ifng", "IFNG"), ("il6", "IL6")):
        highest = course.values[output].max(axis=1)
        day = course.days[course.values[output].argmax(axis=1)]
        found |= {f"{name}-max": highest, f"{name}-day": np.stack([highest, day], axis=1)}
    return found


def residual(*names: str) -> Callable[[Course], Values]:
    """Return the function of who is negative after one cycle."""
    return lambda course: {name: course.at("blast_fraction", 28) < NEGATIVE for name in names}


OF: Mapping[str, Callable[[Course], Values]] = {
    "lymphocytes": lymphocytes,
    "lymphoma-5": lambda course: {"il6-5": first_day(course, "IL6")},
    "lymphoma-60": lambda course: {"il6-60": first_day(course, "IL6")},
    "children": children,
    "adults": adults,
    "adults-chemotherapy": lambda course: {"cr-chemotherapy": course.at("blast_fraction", 28) < REMISSION},
    "beijing": beijing,
    "mrd-adults": residual("mrd-blast", "mrd-gimema", "mrd-houston"),
    "first-relapse": residual("mrd-aall1331"),
    "high-risk-relapse": residual("mrd-relapse"),
    "rialto": lambda course: {"cr-rialto": remission(course)[0]},
}
