"""One measurement, and the table and file that a run leaves."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one library took for one task: median seconds and peak memory in MB above that before the call.

    `note` says why there is no number.
    """

    topic: str
    task: str
    n: int
    library: str
    seconds: float | None = None
    megabytes: float | None = None
    note: str = ""


def bandwidth() -> float:
    """Return the bytes per second at which this machine reads memory, the best of some sums over 160 MB."""
    block = np.ones(20_000_000)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        block.sum()
        best = min(best, time.perf_counter() - start)
    return block.nbytes / best


def table(measurements: Iterable[Measurement]) -> str:
    """Return the measurements as lines, each peer with its ratios to this project."""
    found = list(measurements)
    own = {(m.topic, m.task, m.n): m for m in found if m.library == "engager"}
    lines = [f"{'task':<34}{'n':>9}  {'library':<18}{'seconds':>10}{'x time':>9}{'MB':>9}{'x memory':>10}"]
    for m in found:
        base = own.get((m.topic, m.task, m.n))
        line = f"{m.task:<34}{m.n:>9}  {m.library:<18}"
        if m.seconds is None:
            lines.append(f"{line}  {m.note}")
            continue
        line += f"{m.seconds:>10.4f}{_ratio(m.seconds, base.seconds if base else None):>9}"
        if m.megabytes is not None:
            line += f"{m.megabytes:>9.1f}{_ratio(m.megabytes, base.megabytes if base else None):>10}"
        lines.append(line)
    return "\n".join(lines)


def _ratio(value: float, base: float | None) -> str:
    # Below a tenth of a megabyte the page size decides, and a ratio would say nothing.
    return f"{value / base:.1f}" if base is not None and base > 1e-6 else ""


def write(measurements: Iterable[Measurement]) -> Path:
    """Write the measurements with the machine they are from as JSON, and return the path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    machine = {"system": platform.system(), "machine": platform.machine(), "python": platform.python_version()}
    content = {"machine": machine, "measurements": [asdict(m) for m in measurements]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path
