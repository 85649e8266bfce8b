"""Two synthetic abstractions of one synthetic study, with known pairs: rows shuffled, some missing, some altered."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from pathlib import Path

Record = dict[str, str]
Tables = dict[str, list[Record]]
TERMS = (
    "Fever",
    "Headache",
    "Nausea",
    "Anemia",
    "Hypotension",
    "Seizure",
    "Tremor",
    "Fatigue",
    "Rash acneiform",
    "Edema limbs",
)
KINDS = ("chemotherapy", "hsct", "irradiation")
NAMES = ("FLAG", "clofarabine", "TBI", "melphalan")
POINTS = ("start of cycle", "during cycle", "end of cycle")
REQUIRED = {
    "measurements": "test",
    "adverse_events": "term",
    "therapies": "kind",
    "follow_up": "event",
    "exposure": "dose",
}


def make_study(patients: int, seed: int) -> Tables:
    """Return the tables of a synthetic study as text, each row with a number of its own under `id`."""
    dice = random.Random(seed)  # noqa: S311 - test data
    tables: Tables = {
        name: [] for name in ("patients", "exposure", "measurements", "adverse_events", "therapies", "follow_up")
    }
    for patient in map(str, range(1, patients + 1)):
        _patient(tables, patient, dice)
    for name, rows in tables.items():
        for number, row in enumerate(rows):
            row["id"] = f"{name}:{number}"
    return tables


def _patient(tables: Tables, patient: str, dice: random.Random) -> None:
    def add(table: str, **cells: object) -> None:
        tables[table].append({"patient": patient, **{name: str(value) for name, value in cells.items()}})

    diagnosis = dice.choice(("cALL", "pre-B-ALL", "pro-B-ALL"))
    add("patients", sex=dice.choice(("male", "female")), age=f"{dice.uniform(1, 17):.1f}", diagnosis=diagnosis)
    for cycle in range(1, dice.randint(1, 3) + 1):
        start = 1 + 42 * (cycle - 1) + dice.randint(0, 7)
        dose = dice.choice((5, 15, 30))
        add("exposure", cycle=cycle, start_day=start, end_day=start + 27, dose=dose, unit="ug/m2/d")
        for day in (start, start + 7, start + 14, start + 28):
            common = {"day": day, "cycle": cycle, "timepoint": ""}
            add("measurements", **common, test="marrow_blasts", value=dice.randint(0, 99), unit="%")
            add("measurements", **common, test="cd3", value=dice.randint(5, 3000), unit="/uL")
            add("measurements", **common, test="il_6", value=round(dice.expovariate(0.01), 1), unit="pg/mL")
        for point in POINTS[::2]:
            value = dice.choice(("<1e-4", "1e-3", "0.02", "not detected"))
            add("measurements", day="", cycle=cycle, timepoint=point, test="mrd", value=value, unit="1")
    for _ in range(dice.randint(0, 6)):
        day, grade = dice.randint(1, 120), dice.randint(1, 4)
        last = day + dice.randint(0, 9)
        add("adverse_events", term=dice.choice(TERMS), ctcae_version="5.0", grade=grade, start_day=day, end_day=last)
    for block in range(1, dice.randint(1, 4) + 1):
        kind, name = dice.choice(KINDS), dice.choice(NAMES)
        add("therapies", phase="before", block=block, kind=kind, name=name)
    if dice.random() < 0.5:
        add("follow_up", day=dice.randint(30, 700), event="relapse", site="bone marrow")
    end = {"event": "death", "cause": "infection"} if dice.random() < 0.4 else {"event": "last contact"}
    add("follow_up", day=dice.randint(700, 2000), **end)


def _shifted(value: str, dice: random.Random) -> str:
    return str(max(int(value) + dice.choice((-10, -7, -2, -1, 1, 3, 9, 30)), 1))


def _other(*choices: str) -> Callable[[str, random.Random], str]:
    return lambda value, dice: dice.choice([choice for choice in choices if choice != value])


def _another_number(value: str, dice: random.Random) -> str:
    return str(round(float(value) * dice.choice((0.1, 0.9, 1.2, 10)) + 1, 3))


ALTERATIONS: Mapping[str, Callable[[str, random.Random], str]] = {
    "day": _shifted, "start_day": _shifted, "end_day": lambda value, dice: str(int(value) + dice.randint(1, 5)),
    "cycle": lambda value, _: str(int(value) + 1), "block": lambda value, _: str(int(value) + 1),
    "dose": _other("5", "15", "30"), "grade": _other("1", "2", "3", "4"), "term": _other(*TERMS),
    "timepoint": _other(*POINTS), "name": _other(*NAMES),
    "kind": _other(*KINDS), "cause": _other("infection", "gvhd"),
    "site": _other("cns", "bone marrow"),
    "value": lambda value, dice: _another_number(value, dice) if value[0].isdigit() else "0.5",
    "sex": _other("male", "female"), "age": lambda value, _: f"{float(value) + 0.5:.1f}",
}  # fmt: skip


def abstraction(study: Tables, seed: int, missing: float = 0.1, altered: float = 0.1) -> Tables:
    """Return the study as an abstractor leaves it: rows shuffled, a share missing, a share with one field altered.

    No patient is missing, since the pseudonym identifies a patient.
    """
    dice = random.Random(seed)  # noqa: S311 - test data
    found: Tables = {}
    for name, rows in study.items():
        kept = [dict(row) for row in rows if name == "patients" or dice.random() >= missing]
        for row in kept:
            if dice.random() < altered:
                field = dice.choice([field for field, text in row.items() if field in ALTERATIONS and text])
                row[field] = ALTERATIONS[field](row[field], dice)
        dice.shuffle(kept)
        found[name] = kept
    return found


def write(tables: Tables, folder: Path) -> Path:
    """Write tables as a study folder, without the numbers of the rows."""
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text('title = "two abstractions"\ndata = "synthetic"\n', "utf-8")
    for name, rows in tables.items():
        columns = [column for column in dict.fromkeys(key for row in rows for key in row) if column != "id"]
        columns = columns or ["patient", REQUIRED[name]]
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def rows_by_number(tables: Tables) -> dict[str, dict[int, str]]:
    """Return the number of each row by table and row of the file."""
    return {name: {at: row["id"] for at, row in enumerate(rows, 2)} for name, rows in tables.items()}
