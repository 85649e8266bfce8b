"""Survival, incidence and rank tests: integer days, three groups, n = 1e3, 1e5, 1e6; ranks at 200 per group.

Every number comes from a process of its own, which reads the data, calls once to warm up, and then measures.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.measurement import Measurement, bandwidth
from benchmarks.peers import CALLS

SIZES = (1_000, 100_000, 1_000_000)
RANK_SIZE = 400
SECONDS_ALLOWED = 180
MODULES = {"scikit-survival": "sksurv"}
R_TASKS = {
    "Kaplan-Meier with interval": "survival",
    "log-rank test": "survival",
    "cumulative incidence with error": "cmprsk",
    "Gray's test": "cmprsk",
    "exact rank test with ties": "coin",
}


def measure() -> list[Measurement]:
    """Return the measurements of every task, size and library that is installed."""
    found: list[Measurement] = []
    speed = bandwidth()
    with tempfile.TemporaryDirectory() as name:
        for n in (*SIZES, RANK_SIZE):
            folder = Path(name) / str(n)
            folder.mkdir()
            _write_data(folder, n)
            for task in CALLS:
                if (n == RANK_SIZE) == (task == "exact rank test with ties"):
                    found += _of_task(task, n, folder, speed)
    return found


def _write_data(folder: Path, n: int) -> None:
    """Write time, event, cause, group as whole numbers of 8 bytes, and a value with many ties."""
    random = np.random.Generator(np.random.PCG64(7))
    group = np.arange(n) % 2 if n == RANK_SIZE else random.integers(0, 3, n)
    happens, followed = np.ceil(random.exponential(700 + 150 * group)), random.integers(100, 3650, n)
    cause = np.where(happens <= followed, random.integers(1, 3, n), 0)
    columns = {
        "time": np.minimum(happens, followed),
        "event": cause > 0,
        "cause": cause,
        "group": group,
        "value": np.floor(random.normal(30, 12, n) + 2 * group),
    }
    for name, values in columns.items():
        np.save(folder / f"{name}.npy", values.astype(np.int64))
        values.astype(np.int32).tofile(folder / f"{name}.bin")


def _of_task(task: str, n: int, folder: Path, speed: float) -> list[Measurement]:
    """Return one task of one size: the floor, this project, the libraries, R."""
    found = []
    if n in SIZES:
        read = 3 * 8 * n
        found.append(Measurement("survival", task, n, "reading the data", read / speed, None))
    for library in CALLS[task]:
        module = MODULES.get(library, library)
        if find_spec(module) is None:
            found.append(Measurement("survival", task, n, library, note="not installed"))
        else:
            command = [sys.executable, "-m", "benchmarks.peers", task, library, str(folder)]
            found.append(_run(command, Measurement("survival", task, n, library)))
    name = f"R {R_TASKS[task]}"
    if shutil.which("Rscript") is None:
        return [*found, Measurement("survival", task, n, name, note="not installed")]
    command = ["Rscript", "--vanilla", str(Path(__file__).with_name("peers.R")), task, str(folder)]
    return [*found, _run(command, Measurement("survival", task, n, name))]


def _run(command: list[str], empty: Measurement) -> Measurement:
    """Return the measurement that a process printed, or why there is none."""
    key = (empty.topic, empty.task, empty.n, empty.library)
    root = Path(__file__).parents[1]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=SECONDS_ALLOWED, check=False, cwd=root
        )
    except subprocess.TimeoutExpired:
        return Measurement(*key, note=f"over {SECONDS_ALLOWED} s")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["failed"])[-1]
        return Measurement(*key, note=last[:60])
    seconds, megabytes = json.loads(done.stdout.strip().splitlines()[-1])
    return Measurement(*key, seconds, megabytes)
