"""What is measured: the same task by this project and by each library, in a process of its own.

python -m benchmarks.peers TASK LIBRARY FOLDER
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Data = dict[str, Any]
Call = Callable[[Data], object]
FEWEST, MOST, SECONDS, LONG = 5, 41, 2.0, 20.0
"""Calls are repeated at least 5 times and up to 41 or two seconds; one that takes 20 seconds is not repeated."""


def _by_group(data: Data, one: Callable[[Any, Any], object], column: str = "event") -> None:
    for group in np.unique(data["group"]):
        rows = data["group"] == group
        one(data["time"][rows], data[column][rows])


def _engager(name: str) -> Any:
    return getattr(importlib.import_module("engager.statistics"), name)


def _lifelines_curve(data: Data) -> None:
    fitter = importlib.import_module("lifelines").KaplanMeierFitter
    _by_group(data, lambda t, e: fitter().fit(t, e))


def _lifelines_log_rank(data: Data) -> object:
    module = importlib.import_module("lifelines.statistics")
    return module.multivariate_logrank_test(data["time"], data["group"], data["event"])


def _lifelines_incidence(data: Data) -> None:
    fitter = importlib.import_module("lifelines").AalenJohansenFitter
    _by_group(data, lambda t, c: fitter().fit(t, c, event_of_interest=1), "cause")


def _sksurv_curve(data: Data) -> None:
    estimate = importlib.import_module("sksurv.nonparametric").kaplan_meier_estimator
    _by_group(data, lambda t, e: estimate(e.astype(bool), t, conf_type="log-log"))


def _sksurv_log_rank(data: Data) -> object:
    pairs = importlib.import_module("sksurv.util").Surv.from_arrays(data["event"].astype(bool), data["time"])
    return importlib.import_module("sksurv.compare").compare_survival(pairs, data["group"])


def _sksurv_incidence(data: Data) -> None:
    estimate = importlib.import_module("sksurv.nonparametric").cumulative_incidence_competing_risks
    _by_group(data, lambda t, c: estimate(c, t, conf_type="log-log"), "cause")


def _statsmodels_curve(data: Data) -> None:
    curve = importlib.import_module("statsmodels.duration.survfunc").SurvfuncRight
    _by_group(data, curve)


def _statsmodels_log_rank(data: Data) -> object:
    return importlib.import_module("statsmodels.duration.survfunc").survdiff(data["time"], data["event"], data["group"])


def _statsmodels_incidence(data: Data) -> None:
    curve = importlib.import_module("statsmodels.duration.survfunc").CumIncidenceRight
    _by_group(data, curve, "cause")


def _ranks(data: Data) -> object:
    groups = [data["value"][data["group"] == group] for group in (0, 1)]
    return _engager("mann_whitney")(*groups)


CALLS: dict[str, dict[str, Call]] = {
    "Kaplan-Meier with interval": {
        "engager": lambda d: _engager("kaplan_meier_by_group")(d["time"], d["event"], d["group"]),
        "lifelines": _lifelines_curve,
        "scikit-survival": _sksurv_curve,
        "statsmodels": _statsmodels_curve,
    },
    "log-rank test": {
        "engager": lambda d: _engager("log_rank")(d["time"], d["event"], d["group"]),
        "lifelines": _lifelines_log_rank,
        "scikit-survival": _sksurv_log_rank,
        "statsmodels": _statsmodels_log_rank,
    },
    "cumulative incidence with error": {
        "engager": lambda d: _engager("cumulative_incidence")(d["time"], d["cause"], group=d["group"]),
        "lifelines": _lifelines_incidence,
        "scikit-survival": _sksurv_incidence,
        "statsmodels": _statsmodels_incidence,
    },
    "Gray's test": {"engager": lambda d: _engager("gray_test")(d["time"], d["cause"], d["group"])},
    "exact rank test with ties": {"engager": _ranks},
}
"""The calls by task and library."""


def resident() -> tuple[float, float]:
    """Return the memory in use and its peak so far, in MB; NaN where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan"), float("nan")
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines() if ":" in line)
    now, peak = (float(lines[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))
    return now, peak


def reset_peak() -> None:
    """Let the peak count anew from here, where the system can."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5", encoding="utf-8")


def main(task: str, library: str, folder: str) -> None:
    """Print the median seconds and the peak memory above that before the call, as JSON."""
    warnings.simplefilter("ignore")
    names = ("time", "event", "cause", "group", "value")
    data = {name: np.load(Path(folder) / f"{name}.npy") for name in names}
    call = CALLS[task][library]
    few = {name: values[:500] for name, values in data.items()}
    # The first call, on a few rows, pays for the imports.
    call(few)
    reset_peak()
    before = resident()[0]
    times: list[float] = []
    while len(times) < FEWEST or (sum(times) < SECONDS and len(times) < MOST):
        start = time.perf_counter()
        call(data)
        times.append(time.perf_counter() - start)
        if times[0] > LONG:
            break
    print(json.dumps([sorted(times)[len(times) // 2], max(resident()[1] - before, 0.0)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
