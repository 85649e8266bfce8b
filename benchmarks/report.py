"""The report: seconds and memory of the Tuebingen example in every format, as a ratio to importing; and a large one.

The large study is of random patients from a fixed seed, written as CSV files like any other: two cycles, marrow blasts
and MRD, a few adverse events, and follow-up to a death or a last contact. Nothing in it is a patient.

python -m benchmarks.report PATIENTS FOLDER   writes such a study
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measurement import Measurement

TOPIC, LARGE = "report", 10_000
NEEDED = "polars, pydantic, dataframely, altair, jinja2, scipy.stats, docx, typst, vl_convert, PIL.Image"
PLAN = """title = "Random patients"
data = "simulated"
contents = ["baseline", "survival", "response", "safety", "flow", "data", "data_quality", "listings", "checklist"]
"""


def measure() -> list[Measurement]:
    """Return what importing takes, what the Tuebingen report takes, and what the report of a large study is."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        imports = _run("-c", f"import {NEEDED}")
        example = Path(__file__).parents[1] / "examples" / "tuebingen-2014"
        report = _run("-m", "engager", "report", str(example), "--out", str(out / "small"))
        found = [
            Measurement(TOPIC, "report, every format", 9, "importing alone", *imports),
            Measurement(TOPIC, "report, every format", 9, "engager", *report),
            Measurement(
                TOPIC, "report, every format", 9, "that is", note=f"{report[0] / imports[0]:.1f} times imports"
            ),
        ]
        write_study(out / "study", LARGE)
        large = _run("-m", "engager", "report", str(out / "study"), "--out", str(out / "large"), "--formats", "html")
        sizes = {name: (out / "large" / name).stat().st_size / 1e6 for name in ("report.html", "results.json")}
        note = ", ".join(f"{name} {size:.1f} MB" for name, size in sizes.items())
        found.append(Measurement(TOPIC, "report, page", LARGE, "engager", *large))
        return [*found, Measurement(TOPIC, "report, page", LARGE, "that is", note=note)]


def _run(*arguments: str) -> tuple[float, float]:
    """Return the seconds of processor time and the peak memory in MB of a run of our own interpreter."""
    code = (
        "import json, resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3]))"
    )
    command = [sys.executable, "-c", code, sys.executable, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])  # noqa: S603
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def write_study(folder: Path, patients: int) -> None:
    """Write a study folder of random patients."""
    random = np.random.Generator(np.random.PCG64(7))
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(PLAN, "utf-8")
    names = pl.Series([f"R{number:06d}" for number in range(patients)])
    twice = pl.concat([names, names])
    every = np.repeat([1, 2], patients)
    death = random.exponential(900, patients).astype(int) + 80
    end = random.integers(90, 2000, patients)
    dead = death < end
    tables = {
        "patients": {
            "patient": names, "sex": random.choice(["male", "female"], patients),
            "age": random.integers(1, 18, patients),
            "risk": random.choice(["high", "standard"], patients),
        },
        "exposure": {
            "patient": twice, "cycle": every, "start_day": np.where(every == 1, 1, 43),
            "end_day": np.where(every == 1, 28, 70), "dose": 15.0, "unit": "ug/m2/d",
        },
        "measurements": {
            "patient": twice, "day": np.where(every == 1, -1, 29), "test": "marrow_blasts", "specimen": "bone marrow",
            "value": np.where(every == 1, random.integers(5, 99, 2 * patients), random.integers(0, 9, 2 * patients)),
            "unit": "%",
        },
        "adverse_events": {
            "patient": names, "term": random.choice(["Fever", "Anemia", "Seizure"], patients), "ctcae_version": "5.0",
            "grade": random.integers(1, 4, patients), "start_day": random.integers(1, 28, patients),
        },
        "therapies": {"patient": names[:0], "kind": [], "name": []},
        "follow_up": {
            "patient": names, "day": np.minimum(death, end), "event": np.where(dead, "death", "last contact"),
            "cause": np.where(dead, "infection", ""),
        },
    }  # fmt: skip
    for name, columns in tables.items():
        pl.DataFrame(columns).write_csv(folder / f"{name}.csv")


if __name__ == "__main__":
    write_study(Path(sys.argv[2]), int(sys.argv[1]))
