"""Run every topic, or those named: `python -m benchmarks [topic ...]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks.measurement import Measurement, table, write


def main(chosen: list[str]) -> None:
    """Measure, print one table per topic and write the results."""
    everything: list[Measurement] = []
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name == "__main__" or (chosen and module.name not in chosen):
            continue
        topic = importlib.import_module(f"benchmarks.{module.name}")
        if hasattr(topic, "measure"):
            found: list[Measurement] = topic.measure()
            print(f"\n{module.name}\n{table(found)}")
            everything += found
    print(f"\nwritten to {write(everything).relative_to(benchmarks.__path__[0])}")


if __name__ == "__main__":
    main(sys.argv[1:])
