"""Hold the model against every line of observed.csv; write results/calibration.csv and the table of the documentation.

Beside the model's number stands where a study of as many patients would come to lie: the middle 95 % of such studies,
drawn from the virtual patients. A line is `inside` if the observed number lies there, `outside` if not. Where the
number of patients is not known, there is no such range: then a line is inside within a quarter of the observed number.

    python verification/calibration/compare.py
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from fit import observed, predicted
from ratio import by_ratio
from studies import HERE, SEED, Solve, solve
from summaries import OF, statistic

from engager.simulator.cohorts.virtual_cohort import Simulation
from engager.simulator.models.model import Model
from engager.simulator.models.text import read_model
from engager.simulator.policies.policy import read_policy
from engager.simulator.populations.population import read_population
from engager.simulator.solving.solver import Settings, solve_problem
from engager.terms.regimens import shipped_regimen

Floats = NDArray[np.float64]
PATIENTS, TREATED, STUDIES_DRAWN, NEAR = 2000, 512, 400, 0.25
MONTH = 365.25 / 12
RESULTS = HERE / "results" / "calibration.csv"
RATIOS = HERE / "results" / "ratio.csv"
PAGE = HERE.parents[1] / "docs" / "explanation" / "simulator_calibration.md"
TOLD = ("id", "group", "what", "unit", "observed", "patients", "role", "tag", "source")
COLUMNS = (*TOLD, "model", "low", "high", "verdict")
GROUPS = ("exposure", "lymphocytes", "cytokines", "response", "other trials", "survival", "trials not seen before")


def range_of(kind: str, values: Floats, patients: int) -> tuple[float, float]:
    """Return the middle 95 % of the statistic over studies of so many patients."""
    numbers = np.random.default_rng(SEED)
    if kind == "maximum":
        drawn = values[numbers.integers(len(values), size=(STUDIES_DRAWN, patients))].max(axis=1)
    elif kind == "of the highest":
        pairs = values[numbers.integers(len(values), size=(STUDIES_DRAWN, patients))]
        drawn = pairs[np.arange(STUDIES_DRAWN), pairs[..., 0].argmax(axis=1), 1]
    else:
        chosen = numbers.integers(len(values), size=(STUDIES_DRAWN, patients))
        drawn = np.array([statistic(kind, values[row]) for row in chosen])
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def survival(model: Model, population: str, patients: int) -> Floats:
    """Return months to death of virtual patients who are treated as labelled; infinity for who is alive at the end.

    Unlike the other lines these hold the policy and the hazards of death against the trial as well.
    """
    treated = read_population(str(HERE / "populations" / population) if population.endswith(".toml") else population)
    regimen, policy = shipped_regimen("label-relapsed-refractory"), read_policy("label")
    solver = partial(solve_problem, settings=Settings())
    follow_up = Simulation(model, treated, regimen, policy, SEED, solver).tables(range(patients))["follow_up"]
    deaths = follow_up.filter(follow_up["event"] == "death")["day"].to_numpy()
    return np.append(deaths / MONTH, np.full(patients - len(deaths), np.inf))


SURVIVAL = {
    "os-adults": "adults",
    "os-china": "adults",
    "os-children": "relapsed-refractory-children",
    "os-rialto": "rialto.toml",
}


def compared(model: Model, with_: Solve = solve, patients: int = PATIENTS) -> Iterator[dict[str, str]]:
    """Yield each line with the model's number, range and verdict; a line that no study gives has a dash for them."""
    values = predicted(model, tuple(OF), patients, with_)
    courses = {each: survival(model, each, min(patients, TREATED)) for each in sorted(set(SURVIVAL.values()))}
    values |= {name: courses[population] for name, population in SURVIVAL.items()}
    for name, line in observed().items():
        if name not in values:
            missing = {"model": "-", "low": "", "high": "", "verdict": "not modelled"}
            yield {key: line[key] for key in TOLD} | missing
            continue
        kind, target = line["kind"], float(line["observed"])
        number = statistic(kind, values[name])
        if line["patients"]:
            low, high = range_of(kind, values[name], int(line["patients"]))
            inside, spread = low <= target <= high, (f"{low:.4g}", f"{high:.4g}")
        else:
            inside, spread = abs(number - target) <= NEAR * target, ("", "")
        verdict = "inside" if inside else "outside"
        yield {key: line[key] for key in TOLD} | {
            "model": f"{number:.4g}",
            "low": spread[0],
            "high": spread[1],
            "verdict": verdict,
        }


def table(rows: list[dict[str, str]]) -> list[str]:
    """Return the comparison as Markdown, a table a group."""
    lines = [*_counted(rows), ""]
    for group in GROUPS:
        chosen = [row for row in rows if row["group"] == group]
        if not chosen:
            continue
        lines += [f"### {group[:1].upper()}{group[1:]}", ""]
        lines += ["| what | observed | model | 95 % of studies of that size | verdict | role | tag, source |"]
        lines += ["|---|---|---|---|---|---|---|"]
        lines += [_line(row) for row in chosen] + [""]
    return lines


def _counted(rows: list[dict[str, str]]) -> Iterator[str]:
    for role in ("fitted", "held out", "unseen"):
        judged = [row for row in rows if row["role"] == role and row["verdict"] != "not modelled"]
        inside = [row for row in judged if row["verdict"] == "inside"]
        remembered = sum(row["tag"] == "M" for row in judged)
        words = f", {remembered} of them remembered" if remembered else ""
        yield f"- Of {len(judged)} lines {role}{words}: {len(inside)} inside, {len(judged) - len(inside)} outside."


def _line(row: dict[str, str]) -> str:
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    spread = f"{_short(row['low'])} to {_short(row['high'])}" if row["low"] else "not known"
    model = "-" if row["model"] == "-" else f"{_short(row['model'])}{unit}"
    cells = (row["what"], f"{_short(row['observed'])}{unit}", model, spread, row["verdict"])
    return "| " + " | ".join((*cells, row["role"], f"{row['tag']}, {row['source']}")) + " |"


def _short(text: str) -> str:
    number = float(text)
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"


def ratio_table(rows: list[dict[str, str]]) -> list[str]:
    """Return remission by the T-cell-to-blast ratio as Markdown."""
    lines = ["| ratio | patients | remission after one cycle |", "|---|---|---|"]
    return [*lines, *(f"| {row['ratio']} | {row['patients']} | {float(row['remission']):.0f} % |" for row in rows), ""]


def with_tables(text: str, rows: list[dict[str, str]], ratios: list[dict[str, str]]) -> str:
    """Return the page with the comparison and the ratios between their marks."""
    for name, lines in (("comparison", table(rows)), ("ratio", ratio_table(ratios))):
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, _, rest = text.partition(begin)
        text = "\n".join([before + begin, "", *lines, end + rest.partition(end)[2]])
    return text


def read_results(path: Path = RESULTS) -> list[dict[str, str]]:
    """Return the comparison, or the ratios, as they were kept."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Write the results and the page's tables."""
    model = read_model("blinatumomab")
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(compared(model))
    with RATIOS.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("ratio", "patients", "remission"))
        rows.writerows((name, count, f"{share:.4g}") for name, count, share in by_ratio(model, PATIENTS))
    PAGE.write_text(with_tables(PAGE.read_text("utf-8"), read_results(), read_results(RATIOS)), "utf-8")


if __name__ == "__main__":
    main()
