"""Every edit check of a registry of 1e4, 1e5 and 1e6 patients with thirty measurements each.

In batches of patients, each size in a process of its own: the seconds should be linear in patients, the memory that of
a batch.

python -m benchmarks.checks PATIENTS
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.measurement import Measurement
from benchmarks.measurements_of_a_registry import EACH, measure_sizes, registry
from benchmarks.peers import reset_peak, resident
from engager.checks import RULES, check_batches
from engager.plan import AnalysisPlan

TOPIC, TASK = "checks", f"{len(RULES)} checks of {EACH} values each"


def measure() -> list[Measurement]:
    """Return the seconds and the peak memory of each number of patients."""
    return measure_sizes(TOPIC, TASK)


def main(patients: int) -> None:
    """Check a registry of some patients; print the seconds, those of making it too, and the megabytes at the peak."""
    plan = AnalysisPlan(title="a registry")
    check_batches(registry(1_000), plan)
    before = resident()[0]
    reset_peak()
    start = time.perf_counter()
    assert check_batches(registry(patients), plan)
    print(json.dumps([time.perf_counter() - start, resident()[1] - before]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
