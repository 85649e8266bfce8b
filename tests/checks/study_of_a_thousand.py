"""A synthetic study of a thousand patients without a mistake in it, and mistakes to plant into it.

Made from a fixed seed; no patient in it is real. Each mistake takes the rows of one patient and spoils one of them as
people and programs do; it returns the patient, or nothing where the patient lacks what it spoils.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

PATIENTS = 1000
Line = dict[str, object]
Study = dict[str, list[Line]]
Mistake = Callable[[Study, np.random.Generator], bool]


def clean_study(seed: int = 2026) -> Study:
    """Return the tables of the study, a list of lines each."""
    random = np.random.Generator(np.random.PCG64(seed))
    study: Study = {name: [] for name in ("patients", "exposure", "measurements", "adverse_events", "therapies",
                                          "follow_up")}  # fmt: skip
    for number in range(1, PATIENTS + 1):
        _patient(study, f"P{number:04d}", random)
    return study


def _patient(study: Study, name: str, random: np.random.Generator) -> None:
    age = round(float(random.uniform(1, 17)), 1)
    height = round(70 + 6.2 * age + float(random.normal(0, 3)), 1)
    weight = round(15.5 * (height / 100) ** 2 * float(random.uniform(0.95, 1.25)), 1)
    first = dt.date(2015, 1, 1) + dt.timedelta(days=int(random.integers(0, 3000)))
    study["patients"].append({
        "patient": name, "sex": str(random.choice(["male", "female"])), "age": age, "weight": weight, "height": height,
        "first_dose_date": first.isoformat(), "group": str(random.choice(["MRD-positive", "relapse"])),
        "days_from_diagnosis": int(random.integers(60, 300)),
    })  # fmt: skip
    cycles = int(random.integers(1, 4))
    for cycle in range(1, cycles + 1):
        _cycle(study, name, cycle, random)
    last = 42 * (cycles - 1) + 28
    study["adverse_events"].append({"patient": name, "term": "Fever", "ctcae_version": "5.0",
                                    "grade": int(random.integers(1, 4)), "start_day": int(random.integers(1, 5)),
                                    "end_day": int(random.integers(5, 9)), "outcome": "resolved"})  # fmt: skip
    study["therapies"].append({"patient": name, "phase": "before", "kind": "chemotherapy", "name": "first line",
                               "start_day": -int(random.integers(20, 60))})  # fmt: skip
    end = last + int(random.integers(100, 900))
    if random.random() < 0.4:
        study["therapies"].append({"patient": name, "phase": "after", "kind": "hsct", "name": "transplantation",
                                   "start_day": last + int(random.integers(20, 60))})  # fmt: skip
    if random.random() < 0.3:
        study["follow_up"].append({"patient": name, "day": end, "event": "relapse", "cause": ""})
        end += int(random.integers(30, 200))
    dead = random.random() < 0.3
    study["follow_up"].append({"patient": name, "day": end, "event": "death" if dead else "last contact",
                               "cause": "infection" if dead else ""})  # fmt: skip


def _cycle(study: Study, name: str, cycle: int, random: np.random.Generator) -> None:
    start = 42 * (cycle - 1) + 1
    steps = [(start, start + 6, 5), (start + 7, start + 27, 15)] if cycle == 1 else [(start, start + 27, 15)]
    study["exposure"] += [{"patient": name, "cycle": cycle, "start_day": begin, "end_day": end, "dose": dose,
                           "unit": "ug/m2/d"} for begin, end, dose in steps]  # fmt: skip
    blasts = float(random.uniform(10, 90)) if cycle == 1 else float(random.uniform(0.5, 4))
    after = float(random.uniform(0.5, 4))
    leukocytes = float(random.uniform(3, 9))
    lymphocytes = leukocytes * float(random.uniform(0.2, 0.35))
    cd3 = lymphocytes * float(random.uniform(0.5, 0.8))
    cd4 = cd3 * float(random.uniform(0.4, 0.6))
    values: list[tuple[str, int, float, str, str]] = [
        ("marrow_blasts", start - 1 - (cycle == 1), blasts, "%", "microscopy"),
        ("marrow_blasts", start + 28, after, "%", "microscopy"),
        ("mrd", start + 28, after / 100 * float(random.uniform(0.05, 0.5)), "1", "pcr"),
        ("haemoglobin", start, float(random.uniform(75, 130)), "g/L", "analyser"),
        ("leukocytes", start, leukocytes, "10*9/L", "analyser"),
        ("neutrophils", start, leukocytes * float(random.uniform(0.4, 0.6)), "10*9/L", "analyser"),
        ("lymphocytes", start, lymphocytes, "10*9/L", "analyser"),
        ("platelets", start, float(random.uniform(40, 350)), "10*9/L", "analyser"),
        ("creatinine", start, float(random.uniform(20, 60)), "umol/L", "analyser"),
        ("cd3", start, cd3 * 1000, "/uL", "flow"), ("cd4", start, cd4 * 1000, "/uL", "flow"),
        ("cd8", start, (cd3 - cd4) * 900, "/uL", "flow"),
        ("il_6", start + 1, 10 ** float(random.uniform(0.8, 3)), "pg/mL", "immunoassay"),
    ]  # fmt: skip
    study["measurements"] += [
        {
            "patient": name,
            "day": day,
            "cycle": "",
            "test": test,
            "method": method,
            "value": f"{value:.4g}",
            "unit": unit,
        }
        for test, day, value, unit, method in values
    ]


def write(study: Study, folder: Path) -> Path:
    """Write the study as a folder of CSV files and return it."""
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text('title = "A synthetic study"\ndata = "synthetic"\n', "utf-8")
    for name, lines in study.items():
        pl.DataFrame([{key: str(value) for key, value in line.items()} for line in lines]).write_csv(
            folder / f"{name}.csv"
        )
    return folder


def _of(study: Study, table: str, **wanted: object) -> list[Line]:
    return [line for line in study[table] if all(line.get(key) == value for key, value in wanted.items())]


def _scaled(test: str, factor: float) -> Mistake:
    def spoil(mine: Study, _: np.random.Generator) -> bool:
        line = _of(mine, "measurements", test=test)[0]
        line["value"] = f"{float(str(line['value'])) * factor:.4g}"
        return True

    return spoil


def _set(table: str, column: str, value: object, **wanted: object) -> Mistake:
    def spoil(mine: Study, _: np.random.Generator) -> bool:
        lines = _of(mine, table, **wanted)
        if lines:
            lines[0][column] = value
        return bool(lines)

    return spoil


def _swapped(table: str, one: str, two: str, **wanted: object) -> Mistake:
    def spoil(mine: Study, _: np.random.Generator) -> bool:
        line = _of(mine, table, **wanted)[0]
        line[one], line[two] = line[two], line[one]
        return True

    return spoil


def _again(table: str) -> Mistake:
    def spoil(mine: Study, _: np.random.Generator) -> bool:
        mine[table].append(dict(mine[table][0]))
        return True

    return spoil


def _away(table: str, **wanted: object) -> Mistake:
    def spoil(mine: Study, _: np.random.Generator) -> bool:
        lines = _of(mine, table, **wanted)
        if lines:
            mine[table].remove(lines[0])
        return bool(lines)

    return spoil


def _age_in_months(mine: Study, _: np.random.Generator) -> bool:
    patient = mine["patients"][0]
    age = float(str(patient["age"]))
    patient["age"] = round(age * 12)
    return age <= 8


def _year_mistyped(mine: Study, _: np.random.Generator) -> bool:
    patient = mine["patients"][0]
    patient["first_dose_date"] = str(patient["first_dose_date"]).replace("20", "19", 1)
    return True


def _a_digit_lost(mine: Study, _: np.random.Generator) -> bool:
    """The last contact on a tenth of its day, before the end of the infusion."""
    line = mine["follow_up"][-1]
    last = max(int(str(each["end_day"])) for each in mine["exposure"])
    line["day"] = int(str(line["day"])) // 10
    return line["event"] == "last contact" and len(mine["follow_up"]) == 1 and int(str(line["day"])) < last


def _cycle_misnumbered(mine: Study, _: np.random.Generator) -> bool:
    last = mine["exposure"][-1]
    last["cycle"] = int(str(last["cycle"])) + 1
    return last["cycle"] == 4


def _a_little_off(mine: Study, _: np.random.Generator) -> bool:
    line = _of(mine, "measurements", test="platelets")[0]
    line["value"] = f"{float(str(line['value'])) + 20:.4g}"
    return True


def _day_after(mine: Study, _: np.random.Generator) -> bool:
    line = _of(mine, "measurements", test="il_6")[0]
    line["day"] = int(str(line["day"])) + 1
    return True


MISTAKES: dict[str, Mistake] = {
    "milligrams for micrograms": _set("exposure", "unit", "mg/m2/d", cycle=1),
    "first and last day swapped": _swapped("exposure", "start_day", "end_day", dose=15),
    "a year of the last century": _year_mistyped,
    "a digit of a day lost": _a_digit_lost,
    "haemoglobin in g/dL": _scaled("haemoglobin", 0.1),
    "creatinine in mg/dL": _scaled("creatinine", 0.0113),
    "a decimal point lost": _scaled("cd4", 10),
    "cells per microlitre": _scaled("leukocytes", 1000),
    "cytokine in ng/mL": _set("measurements", "unit", "ng/mL", test="il_6"),
    "the unit left out": _set("measurements", "unit", "", test="platelets"),
    "a test misspelt": _set("measurements", "test", "plateletts", test="platelets"),
    "the age in months": _age_in_months,
    "weight and height swapped": _swapped("patients", "weight", "height"),
    "a row entered twice": _again("measurements"),
    "a pseudonym mistyped": _set("adverse_events", "patient", "P9999"),
    "a cycle misnumbered": _cycle_misnumbered,
    "grade 5 of a survivor": _set("adverse_events", "grade", 5),
    "the other sex": lambda mine, random: _set(
        "patients", "sex", "female" if mine["patients"][0]["sex"] == "male" else "male")(mine, random),
    "an event not entered": _away("adverse_events"),
    "a value a little off": _a_little_off,
    "a sample on the day after": _day_after,
}  # fmt: skip
UNSEEN = {
    "the other sex": "nothing else in the record depends on it, and both are right somewhere",
    "an event not entered": "what is not there looks like what did not happen; a second abstraction finds it",
    "a value a little off": "both values are plausible; only the source, or a second abstraction, tells them apart",
    "a sample on the day after": "both days are possible; only the source tells",
}
"""The mistakes that no check can find, and why."""


def planted(study: Study, each: int, seed: int = 7) -> tuple[Study, dict[str, list[str]]]:
    """Return the study with each mistake planted into `each` patients, no patient twice, and those patients."""
    random = np.random.Generator(np.random.PCG64(seed))
    by_patient: dict[str, Study] = {str(line["patient"]): {name: [] for name in study} for line in study["patients"]}
    for name, lines in study.items():
        for line in lines:
            by_patient[str(line["patient"])][name].append(dict(line))
    order = list(random.permutation(list(by_patient)))
    spoilt: dict[str, list[str]] = {}
    for name, mistake in MISTAKES.items():
        spoilt[name] = []
        while len(spoilt[name]) < each:
            patient = str(order.pop())
            mine = {table: [dict(line) for line in lines] for table, lines in by_patient[patient].items()}
            if mistake(mine, random):
                by_patient[patient] = mine
                spoilt[name].append(patient)
    return {name: [line for mine in by_patient.values() for line in mine[name]] for name in study}, spoilt
