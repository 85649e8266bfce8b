"""The disease of a registry: marrow, MRD, cycles, conversion, remission, relapse, of 1e4, 1e5 and 1e6 patients.

Thirty measurements a patient, in batches of patients, each size in a process of its own: the seconds should be linear
in patients, the memory that of a batch.

python -m benchmarks.disease PATIENTS
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.measurement import Measurement
from benchmarks.measurements_of_a_registry import EACH, measure_sizes, registry
from benchmarks.peers import reset_peak, resident
from engager.cohort import Cohort
from engager.endpoints.disease.burden import derive_burden, read_marrow
from engager.endpoints.disease.datasets import derive_disease
from engager.endpoints.disease.mrd import derive_best_response, derive_marrow_remission
from engager.endpoints.disease.mrd_conversion import derive_mrd_conversion
from engager.endpoints.disease.response import derive_cycle_response, derive_patient_response
from engager.endpoints.exposure.datasets import derive_cycles
from engager.plan import Response

TOPIC, TASK = "disease", f"disease of {EACH} measurements each"


def measure() -> list[Measurement]:
    """Return the seconds and the peak memory of each number of patients."""
    return measure_sizes(TOPIC, TASK)


def derive(cohort: Cohort, criteria: Response) -> int:
    """Return how many rows the datasets of the disease of a cohort have."""
    cycles = derive_cycles(cohort)
    readings = read_marrow(cohort, criteria)
    burden = derive_burden(readings, cycles)
    of_cycles = derive_cycle_response(cohort, cycles, burden, criteria)
    disease = derive_disease(cohort, cycles, readings, burden, criteria)
    frames = [
        of_cycles,
        derive_patient_response(of_cycles),
        derive_best_response(burden, criteria),
        derive_mrd_conversion(burden, criteria, "blinatumomab"),
        derive_marrow_remission(cohort, cycles, burden, criteria),
        *(getattr(disease, name) for name in disease.__dataclass_fields__),
    ]
    return sum(frame.height for frame in frames)


def main(patients: int) -> None:
    """Print the seconds of the derivations alone and their peak memory above that before them, as JSON."""
    criteria = Response()
    derive(next(registry(1000)), criteria)
    seconds, megabytes = 0.0, 0.0
    for cohort in registry(patients):
        reset_peak()
        before, start = resident()[0], time.perf_counter()
        assert derive(cohort, criteria) > 0
        seconds += time.perf_counter() - start
        megabytes = max(megabytes, resident()[1] - before)
    print(json.dumps([seconds, megabytes]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
