"""How far a kernel is from the least time its operations could take: counted from its text, over the measured peak."""

from __future__ import annotations

import ast
import inspect
import time
from typing import Any

import numpy as np
from numba import njit

from engager.simulator.solving.elementary import FAST, widest_vectors

# What an elementary function costs in additions and multiplications, counted from its text.
FUNCTIONS = {"exponential": 23, "natural": 35, "reciprocal": 12, "maximum": 1, "positive": 1, "above": 1, "root": 12}


def floor(kernel: Any, seconds_per_step: float) -> str:
    """Return in words how many operations a step of a patient has, and the share of the peak that was reached."""
    operations = operations_of(kernel)
    peak = peak_of(kernel.real)
    reached = operations / seconds_per_step / peak
    return f"{operations:.0f} operations a step, {reached:.0%} of the measured peak of {peak / 1e9:.0f} G/s"


def operations_of(kernel: Any) -> float:
    """Return the additions, multiplications and comparisons of one step of one lane."""
    states = kernel.LAYOUT.states
    tree = ast.parse(inspect.getsource(kernel))
    counts = {node.name: _count(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    combined = sum(count * states for name, count in counts.items() if name.startswith("combine"))
    stages = sum(name.startswith("combine") for name in counts)
    return float(counts["prepare"] + stages * counts["stage"] + combined + counts["finish"] + counts["accept"])


def _count(function: ast.FunctionDef) -> float:
    """Return the operations of a function, without those that find an index."""
    indices = {
        id(inner) for node in ast.walk(function) if isinstance(node, ast.Subscript) for inner in ast.walk(node.slice)
    }
    total = 0.0
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp | ast.Compare) and id(node) not in indices:
            total += 1
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            total += FUNCTIONS.get(node.func.id, 0)
    return total


def peak_of(real: Any) -> float:
    """Return the additions and multiplications of a second of one core, packed and fused, the best of some trials."""

    @njit(fastmath=FAST, error_model="numpy")
    def run(x, rounds):  # type: ignore[no-untyped-def]
        widest_vectors()  # type: ignore[call-arg]
        half, quarter = real(0.5), real(0.25)
        for _ in range(rounds):
            for i in range(256):
                v = x[i]
                v = v * half + quarter
                v = v * half + quarter
                v = v * half + quarter
                v = v * half + quarter
                v = v * half + quarter
                v = v * half + quarter
                v = v * half + quarter
                v = v * half + quarter
                x[i] = v

    x = np.ones(256, real)
    run(x, 10)
    best = 0.0
    for _ in range(20):
        begin = time.perf_counter()
        run(x, 20_000)
        best = max(best, 20_000 * 256 * 16 / (time.perf_counter() - begin))
    return best
