"""Manuscripts of random cohorts, free of contradictions, and errors planted in them by type.

A cohort is drawn, everything is counted from it, and a manuscript is written that tells it: an abstract, methods,
results and tables. A plant changes one printed thing, as an author would by mistake. All of it is synthetic.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from engager.audit.rounding import rounded, share
from engager.statistics import fisher_exact
from engager.statistics.significance import normal_two_sided

TERMS = (
    "Anemia",
    "Fever",
    "Febrile neutropenia",
    "Nausea",
    "Sinus tachycardia",
    "Cytokine release syndrome",
    "Headache",
)
RISKS = ("Low", "Intermediate", "High")
ARMS = ("Standard", "Escalated")


@dataclass
class Patient:
    """A synthetic patient; `grades` is the worst grade of each term, 0 without one."""

    name: int
    arm: str
    male: bool
    age: int
    risk: str
    cycles: int
    grades: dict[str, int]
    day: int
    died: bool


@dataclass
class Story:
    """A manuscript that can still be changed: texts by name, cells by table, row and column."""

    patients: list[Patient]
    convention: str
    decimals: int
    draw: random.Random
    texts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def of(self, arm: str) -> list[Patient]:
        """Return the patients of an arm, or all."""
        return [patient for patient in self.patients if arm in ("", patient.arm)]

    def percent(self, n: int, whole: int) -> str:
        """Return a percentage in the convention of the manuscript."""
        return str(rounded(share(n, whole), self.decimals, self.convention))

    def cell(self, n: int, whole: int) -> str:
        """Return `n (%)`."""
        return f"{n} ({self.percent(n, whole)})"


def cohort(seed: int) -> list[Patient]:
    """Return the patients of a random cohort: 9 to 60 in two arms of at least three."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    n = draw.choice((9, 10, 12, 16, 23, 31, 44, 60))
    first = draw.randint(3, n - 3)
    return [_patient(draw, index, ARMS[index > first]) for index in range(1, n + 1)]


def _patient(draw: random.Random, name: int, arm: str) -> Patient:
    grades = {term: draw.choice((0, 0, 0, 1, 1, 2, 3, 4)) for term in TERMS}
    grades["Febrile neutropenia"] = draw.choice((0, 0, 3, 4))
    grades["Sinus tachycardia"] = min(grades["Sinus tachycardia"], 3)
    grades["Nausea"], grades["Headache"] = min(grades["Nausea"], 3), min(grades["Headache"], 3)
    died = draw.random() < 0.4
    day = draw.randint(15, 600) if died else draw.randint(601, 1900)
    risk = draw.choice(RISKS)
    return Patient(name, arm, draw.random() < 0.5, draw.randint(1, 17), risk, draw.randint(1, 5), grades, day, died)


def story(seed: int, convention: str | None = None) -> Story:
    """Return a manuscript without a contradiction, its percentages in one convention with 0 or 1 decimals."""
    draw = random.Random(f"story {seed}")  # noqa: S311 - no secret
    told = Story(cohort(seed), convention or draw.choice(("half up", "half to even")), draw.choice((0, 0, 1)), draw)
    _baseline(told)
    _events(told)
    _texts(told, draw)
    if len(told.patients) <= 16:
        _lists(told)
        _by_patient(told)
    return told


def _columns(told: Story, feature: Callable[[Patient], bool]) -> list[str]:
    return [told.cell(sum(map(feature, told.of(arm))), len(told.of(arm))) for arm in ("", *ARMS)]


def _baseline(told: Story) -> None:
    rows: dict[str, list[str]] = {}
    for name, male in (("Male", True), ("Female", False)):
        rows[name] = [*_columns(told, lambda one, male=male: one.male is male), ""]  # type: ignore[misc]
    counts = [[sum(one.male is male for one in told.of(arm)) for arm in ARMS] for male in (True, False)]
    if all(map(sum, counts)):
        rows["Male"][3] = f"{fisher_exact(counts).test.p_value:.3f}".replace("0.000", "<0.001").replace("1.000", "1.00")
    for risk in RISKS:
        rows[risk] = [*_columns(told, lambda one, risk=risk: one.risk == risk), ""]  # type: ignore[misc]
    rows["Age"] = [*(_median_range([one.age for one in told.of(arm)]) for arm in ("", *ARMS)), ""]
    rows["Cycles"] = [*(_mean_sd([one.cycles for one in told.of(arm)]) for arm in ("", *ARMS)), ""]
    told.tables["baseline"] = rows


def _median_range(values: list[int]) -> str:
    ordered = sorted(values)
    middle = Fraction(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2)
    return f"{float(middle):g} ({ordered[0]}–{ordered[-1]})"


def _mean_sd(values: list[int]) -> str:
    mean = Fraction(sum(values), len(values))
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return f"{rounded(mean, 2)} ({math.sqrt(variance):.2f})"


def _events(told: Story) -> None:
    rows: dict[str, list[str]] = {}
    for term in TERMS:
        rows[term] = [
            told.cell(sum(low <= one.grades[term] <= high for one in told.of(arm)), len(told.of(arm)))
            for arm in ("", *ARMS) for low, high in ((1, 2), (3, 5))
        ]  # fmt: skip
    told.tables["events"] = rows


def _texts(told: Story, draw: random.Random) -> None:
    n, ages = len(told.patients), [one.age for one in told.patients]
    fever = sum(one.grades["Fever"] > 0 for one in told.patients)
    headache = sum(one.grades["Headache"] > 0 for one in told.patients)
    mild = sum(0 < grade < 3 for one in told.patients for grade in one.grades.values())
    severe = sum(grade > 2 for one in told.patients for grade in one.grades.values())
    died, any_event = sum(one.died for one in told.patients), sum(any(one.grades.values()) for one in told.patients)
    total = mild + severe
    median = _median_range(ages).replace(" (", " years (range, ").replace("–", " to ").replace(")", " years)")
    effect, error = draw.uniform(-1.2, 1.2), draw.uniform(0.2, 0.5)
    ratio, low, high = (f"{math.exp(effect + z * error):.2f}" for z in (0, -1.96, 1.96))
    p = f"{normal_two_sided(effect / error):.3f}"
    p = "p < 0.001" if p == "0.000" else f"p = {p}"
    alive = f"{rounded(share(n - died, n), 0)}%"
    told.texts = {
        "abstract": f"In this study {n} patients were treated. The median age was {median}.",
        "methods": "Adverse events were graded by CTCAE version 5.0. Patients were treated between March 3, 2019 and "
        "May 28, 2022. Blinatumomab was given at 15 µg/m²/day; a cycle was 28 days (4 weeks) of infusion. "
        "MRD below 10⁻⁴ was negative.",
        "baseline": f"Of {n} patients, {sum(one.male for one in told.patients)} of {n} "
        f"({told.percent(sum(one.male for one in told.patients), n)}%) were male. The median age was {median}.",
        "events": f"A total of {total} AEs were reported, including {rounded(share(mild, total), 1)}% of grade 1–2 and "
        f"{rounded(share(severe, total), 1)}% of grade 3–4. Totally {any_event} of {n} patients experienced at least "
        f"one AE. Fever was observed in {fever} patients. Headache was observed in {headache} patients "
        f"({told.percent(headache, n)}%).",
        "outcome": f"{died} of {n} patients died, so that the probability of overall survival was {alive} at the end. "
        f"The hazard ratio of escalation was {ratio} (95% CI, {low} to {high}; {p}).",
        "patients": "",
    }


def _lists(told: Story) -> None:
    names = {risk: [str(one.name) for one in told.patients if one.risk == risk] for risk in RISKS}
    told.tables["lists"] = {risk: [str(len(listed)), ", ".join(listed)] for risk, listed in names.items() if listed}


def _by_patient(told: Story) -> None:
    rows = {}
    for one in told.patients:
        outcome = f"died from progression (d{one.day})" if one.died else f"molecular remission (d{one.day})"
        rows[str(one.name)] = [str(one.cycles), ", ".join(["15"] * one.cycles), outcome]
    told.tables["patients"] = rows
    cycles = sum(one.cycles for one in told.patients)
    died = [one for one in told.patients if one.died]
    one_death = f" Patient {died[0].name} died {died[0].day} days after the first dose." if died else ""
    told.texts["patients"] = f"They received a total of {cycles} cycles.{one_death}"


def written(told: Story) -> str:
    """Return the manuscript as text with pipe tables."""
    sizes = [len(told.of(arm)) for arm in ("", *ARMS)]
    heads = [f"{name} (n = {size})" for name, size in zip(("All", *ARMS), sizes, strict=True)]
    blocks = [
        "# Abstract",
        told.texts["abstract"],
        "# Methods",
        told.texts["methods"],
        "# Results",
        told.texts["baseline"],
    ]
    blocks += ["Table 1. Baseline characteristics", _baseline_table(told, heads)]
    blocks += [told.texts["events"], "Table 2. Adverse events", _events_table(told, heads), told.texts["outcome"]]
    if "lists" in told.tables:
        rows = [f"|   {risk} | {' | '.join(cells)} |" for risk, cells in told.tables["lists"].items()]
        top = f"| Characteristic | All patients (n = {sizes[0]}) | Patient ID |\n|---|---|---|\n| Risk, n | | |"
        blocks += ["Table 3. Risk by patient", "\n".join([top, *rows]), told.texts["patients"]]
        rows = [f"| {name} | {' | '.join(cells)} |" for name, cells in told.tables["patients"].items()]
        top = "| No. | Number of cycles | Dosages (µg/m²/day) | Outcome |\n|---|---|---|---|"
        blocks += ["Table 4. Patients", "\n".join([top, *rows])]
    return "\n\n".join(block for block in blocks if block)


def _baseline_table(told: Story, heads: list[str]) -> str:
    rows = told.tables["baseline"]
    lines = [f"| Characteristic | {' | '.join(heads)} | P value |", "|---|---|---|---|---|", "| Sex, n (%) | | | | |"]
    lines += [f"|   {name} | {' | '.join(rows[name])} |" for name in ("Male", "Female")]
    lines += ["| Risk, n (%) | | | | |", *(f"|   {name} | {' | '.join(rows[name])} |" for name in RISKS)]
    lines += [f"| Age (years), median (range) | {' | '.join(rows['Age'])} |"]
    return "\n".join([*lines, f"| Number of cycles, mean (SD) | {' | '.join(rows['Cycles'])} |"])


def _events_table(told: Story, heads: list[str]) -> str:
    top = "| Event | " + " | ".join(f"{head}, n (%) | {head}, n (%)" for head in heads) + " |"
    bands = "| | " + " | ".join(["Grades 1–2", "Grade ≥3"] * 3) + " |"
    rows = [f"| {term} | {' | '.join(cells)} |" for term, cells in told.tables["events"].items()]
    return "\n".join([top, bands, "|---|---|---|---|---|---|---|", *rows])


Plant = Callable[[Story], bool]
"""Changes a story in one place; False where it has no such place."""


def _change(told: Story, name: str, old: str, new: str) -> bool:
    found = re.search(old, told.texts[name])
    if found is None:
        return False
    told.texts[name] = told.texts[name][: found.start()] + found.expand(new) + told.texts[name][found.end() :]
    return True


def _set(told: Story, table: str, row: str, column: int, text: str) -> bool:
    told.tables[table][row][column] = text
    return True


def wrong_percentage(told: Story) -> bool:
    """A percentage of the table of events is off by 3 to 9."""
    term, column = told.draw.choice(TERMS), told.draw.randrange(6)
    n, percent = told.tables["events"][term][column].strip(")").split(" (")
    off = told.draw.randint(3, 9)
    return _set(
        told,
        "events",
        term,
        column,
        f"{n} ({float(percent) + (off if float(percent) < 50 else -off):.{told.decimals}f})",
    )


def percentage_of_text(told: Story) -> bool:
    """The percentage of males in the text is off by 4."""
    return _change(told, "baseline", r"\((\d+)(?:\.\d)?%\)", f"({told.draw.choice((101, 37.7))}%)")


def count_above_group(told: Story) -> bool:
    """A count exceeds its group by 1 to 5."""
    size = len(told.of(ARMS[0]))
    return _set(
        told, "events", told.draw.choice(TERMS), told.draw.choice((2, 3)), f"{size + told.draw.randint(1, 5)} (100)"
    )


def groups_and_all(told: Story) -> bool:
    """A count of all patients is one more than its groups, with its own percentage right."""
    term, column, n = told.draw.choice(TERMS), told.draw.choice((0, 1)), len(told.patients)
    count = int(told.tables["events"][term][column].split()[0]) + 1
    other = int(told.tables["events"][term][1 - column].split()[0])
    return count + other <= n and _set(told, "events", term, column, told.cell(count, n))


def grades_and_patients(told: Story) -> bool:
    """Both columns of grades of one arm exceed the arm together; the percentages are right."""
    size, term = len(told.of(ARMS[0])), told.draw.choice(TERMS)
    low = told.draw.randint(1, size)
    for column, n in ((2, low), (3, size - low + 1)):
        _set(told, "events", term, column, told.cell(n, size))
    return True


def both_sexes(told: Story) -> bool:
    """One more male than there is room for; the percentage is right."""
    size = len(told.patients)
    n = int(told.tables["baseline"]["Male"][0].split()[0]) + 1
    return n <= size and _set(told, "baseline", "Male", 0, told.cell(n, size))


def list_too_short(told: Story) -> bool:
    """A patient is dropped from a list."""
    if "lists" not in told.tables:
        return False
    risk = told.draw.choice(list(told.tables["lists"]))
    names = told.tables["lists"][risk][1].split(", ")
    return len(names) > 1 and _set(told, "lists", risk, 1, ", ".join(names[:-1]))


def patient_in_two_rows(told: Story) -> bool:
    """A patient stands in the place of another in a second row."""
    rows = told.tables.get("lists", {})
    if len(rows) < 2:
        return False
    one, other = told.draw.sample(list(rows), 2)
    names = [rows[one][1].split(", ")[0], *rows[other][1].split(", ")[1:]]
    return _set(told, "lists", other, 1, ", ".join(sorted(names, key=int)))


def text_and_table(told: Story) -> bool:
    """The patients with fever are two more in the text than any row of the table allows."""
    every = [cell.split()[0] for cell in told.tables["events"]["Fever"]]
    n = sum(map(int, every[:2])) + 2
    return n <= len(told.patients) and _change(
        told, "events", r"Fever was observed in \d+", f"Fever was observed in {n}"
    )


def median_outside(told: Story) -> bool:
    """The median age lies 3 above the range."""
    high = max(one.age for one in told.patients)
    return _change(told, "abstract", r"median age was [\d.]+", f"median age was {high + 3}")


def median_in_table(told: Story) -> bool:
    """The median age of the table is 2 above that of the text."""
    ages = sorted(one.age for one in told.patients)
    middle = float(_median_range(ages).split()[0])
    return middle + 2 <= ages[-1] and _set(told, "baseline", "Age", 0, f"{middle + 2:g} ({ages[0]}–{ages[-1]})")


def range_reversed(told: Story) -> bool:
    """The ends of the range of age stand in the wrong order."""
    return (
        _change(told, "abstract", r"range, (\d+) to (\d+)", r"range, \2 to \1")
        and len({p.age for p in told.patients}) > 1
    )


def impossible_mean(told: Story) -> bool:
    """The mean number of cycles is off by two hundredths, which n whole numbers cannot have."""
    n = len(told.patients)
    mean, rest = told.tables["baseline"]["Cycles"][0].split(" ", 1)
    wrong = f"{float(mean) + 0.02:.2f}"
    # A last 0 can be one that was written behind a mean with one decimal.
    return n < 30 and not wrong.endswith("0") and _set(told, "baseline", "Cycles", 0, f"{wrong} {rest}")


def impossible_deviation(told: Story) -> bool:
    """The standard deviation of the cycles is far too small for their mean."""
    mean = told.tables["baseline"]["Cycles"][0].split()[0]
    return mean[-2:] not in ("00", "99", "01") and _set(told, "baseline", "Cycles", 0, f"{mean} (0.01)")


def estimate_outside(told: Story) -> bool:
    """The hazard ratio is above its interval."""
    high = re.search(r"to ([\d.]+);", told.texts["outcome"])
    return high is not None and _change(
        told, "outcome", r"escalation was [\d.]+", f"escalation was {float(high[1]) + 0.5:.2f}"
    )


def p_and_interval(told: Story) -> bool:
    """The p-value is on the other side of 0.05 from the interval, and far from it."""
    low, high = map(float, re.search(r"CI, ([\d.]+) to ([\d.]+)", told.texts["outcome"]).groups())  # type: ignore[union-attr]
    return _change(told, "outcome", r"p [=<] [\d.]+", "p = 0.62" if low > 1 or high < 1 else "p = 0.0004")


def p_of_row(told: Story) -> bool:
    """The p-value of the sexes is that of another table."""
    p = told.tables["baseline"]["Male"][3]
    if not p or p.startswith("<"):
        return False
    return _set(told, "baseline", "Male", 3, "0.0002" if float(p) > 0.05 else "0.83")


def thousandfold_dose(told: Story) -> bool:
    """Milligrams for micrograms."""
    return _change(told, "methods", "15 µg", "15 mg")


def power_of_ten(told: Story) -> bool:
    """10E-4 for 10^-4."""
    return _change(told, "methods", "10⁻⁴", "10E-4")


def days_and_weeks(told: Story) -> bool:
    """28 days are not 3 weeks."""
    return _change(told, "methods", "4 weeks", "3 weeks")


def reversed_dates(told: Story) -> bool:
    """The period ends before it begins."""
    return _change(told, "methods", "2019", "2023")


def day_of_no_month(told: Story) -> bool:
    """The 31st of a month of 30 days."""
    return _change(told, "methods", "May 28", "June 31")


def missing_grade(told: Story) -> bool:
    """Febrile neutropenia of grade 1-2 in one patient of the first arm, and so of all."""
    n, arm = len(told.patients), len(told.of(ARMS[0]))
    _set(told, "events", "Febrile neutropenia", 0, told.cell(1, n))
    return _set(told, "events", "Febrile neutropenia", 2, told.cell(1, arm))


def total_of_cycles(told: Story) -> bool:
    """The total of the cycles is one less than the rows."""
    cycles = sum(one.cycles for one in told.patients)
    return "patients" in told.tables and _change(told, "patients", r"total of \d+", f"total of {cycles - 1}")


def day_of_death(told: Story) -> bool:
    """The day of a death in the text is not that of the row."""
    return _change(told, "patients", r"died \d+ days", "died 7 days")


def deaths_of_rows(told: Story) -> bool:
    """One death more in the text than in the rows, the survival with it."""
    n, died = len(told.patients), sum(one.died for one in told.patients)
    text = f"{died + 1} of {n} patients died, so that the probability of overall survival was"
    changed = _change(told, "outcome", r"^\d+ of \d+ patients died.*? survival was", text)
    return "patients" in told.tables and died < n and changed


def survival_of_nobody(told: Story) -> bool:
    """A survival between all and the first death, which no order of leaving gives."""
    died = sum(one.died for one in told.patients)
    small = len(told.patients) <= 16 and died > 0
    return small and _change(told, "outcome", r"survival was \d+%", "survival was 98%")


def shares_above_all(told: Story) -> bool:
    """The shares of both bands add to more than 100 %."""
    total = re.search(r"including ([\d.]+)%", told.texts["events"])
    return total is not None and _change(
        told, "events", r"including [\d.]+%", f"including {float(total[1]) + 1.4:.1f}%"
    )


def total_of_events(told: Story) -> bool:
    """The total of the events is 7 more than the table."""
    total = re.search(r"total of (\d+)", told.texts["events"])
    return total is not None and _change(told, "events", r"total of \d+", f"total of {int(total[1]) + 7}")


PLANTS: dict[str, tuple[Plant, tuple[str, ...]]] = {
    plant.__name__: (plant, rules)
    for plant, rules in (
        (wrong_percentage, ("percent_of_count",)), (percentage_of_text, ("percent_of_count",)),
        (count_above_group, ("count_above_size",)), (groups_and_all, ("groups_against_total",)),
        (grades_and_patients, ("grades_above_patients",)), (both_sexes, ("parts_against_whole",)),
        (list_too_short, ("count_of_list",)), (patient_in_two_rows, ("partition_of_ids",)),
        (text_and_table, ("told_twice",)), (median_outside, ("median_within_range",)),
        (median_in_table, ("centre_told_twice",)), (range_reversed, ("range_order",)),
        (impossible_mean, ("mean_of_whole_numbers",)), (impossible_deviation, ("deviation_of_whole_numbers",)),
        (estimate_outside, ("interval_contains_estimate",)), (p_and_interval, ("p_of_interval",)),
        (p_of_row, ("p_of_counts",)), (thousandfold_dose, ("dose_unit",)), (power_of_ten, ("power_of_ten",)),
        (days_and_weeks, ("duration_in_two_units",)), (reversed_dates, ("span_of_dates",)),
        (day_of_no_month, ("date_exists",)), (missing_grade, ("grade_exists",)),
        (total_of_cycles, ("cycles_of_patients",)), (day_of_death, ("day_of_patient",)),
        (deaths_of_rows, ("outcome_of_patient",)), (survival_of_nobody, ("survival_possible", "survival_of_patients")),
        (shares_above_all, ("percentages_add_to_100",)), (total_of_events, ("events_of_table",)),
    )
}  # fmt: skip
"""The plants by type, each with the rules of which one has to find it."""
