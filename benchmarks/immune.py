"""The immunity of a registry: counts, starts, courses, depletion, ratio, cytokines, of 1e4, 1e5 and 1e6 patients.

Thirty measurements a patient, fifteen of them of cells and cytokines, in batches of patients, each size in a process
of its own: the seconds should be linear in patients, the memory that of a batch.

python -m benchmarks.immune PATIENTS
"""

from __future__ import annotations

import json
import sys
import time
from itertools import chain

import polars as pl

from benchmarks.measurement import Measurement
from benchmarks.measurements_of_a_registry import EACH, measure_sizes, registry
from benchmarks.peers import reset_peak, resident
from engager.cohort import Cohort
from engager.endpoints.disease.burden import derive_burden, read_marrow
from engager.endpoints.disease.response import derive_cycle_response
from engager.endpoints.exposure.datasets import derive_cycles
from engager.endpoints.immune.datasets import derive_immune
from engager.plan import Immune, Response

TOPIC, TASK = "immune", f"immunity of {EACH} measurements each"


def measure() -> list[Measurement]:
    """Return the seconds and the peak memory of each number of patients."""
    return measure_sizes(TOPIC, TASK)


def derive(cohort: Cohort, cycles: pl.DataFrame, response: pl.DataFrame, plan: Immune) -> int:
    """Return how many rows the datasets of immunity of a cohort have."""
    found = derive_immune(cohort, cycles, response, plan)
    return sum(getattr(found, name).height for name in found.__dataclass_fields__)


def main(patients: int) -> None:
    """Print the seconds of the derivations alone and their peak memory above that before them, as JSON."""
    plan, criteria = Immune(cytokine_loq=2.44), Response()
    seconds, megabytes = 0.0, 0.0
    for number, cohort in enumerate(chain(registry(1000), registry(patients))):
        cycles = derive_cycles(cohort)
        response = derive_cycle_response(cohort, cycles, derive_burden(read_marrow(cohort, criteria), cycles), criteria)
        reset_peak()
        before, start = resident()[0], time.perf_counter()
        assert derive(cohort, cycles, response, plan) > 0
        if number:  # the first is to warm up
            seconds += time.perf_counter() - start
            megabytes = max(megabytes, resident()[1] - before)
    print(json.dumps([seconds, megabytes]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
