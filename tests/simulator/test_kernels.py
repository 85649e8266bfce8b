"""Compiled kernels: the code of the cache in every process, and a cache that may hold anything."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import numba
import pytest

from engager.simulator.solving import kernels

KERNEL = """
import numpy as np
from numba import njit
real = np.float64

@njit(cache=True)
def integrate(w, given, found, limits):
    w[0] = 2.0 * limits.tolerance
"""


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what gives the smallest of kernels, as a process does that has not seen it yet."""
    path = tmp_path / "smallest_kernel.py"
    path.write_text(KERNEL, "utf-8")
    monkeypatch.setattr(kernels, "_module_of", lambda _model, _precision: kernels._imported("smallest_kernel", path))
    return lambda: kernels.kernel_of.__wrapped__(None, "double")


def test_no_process_runs_code_that_it_compiled_itself(kernel: Any) -> None:
    """The linker of a process that compiles takes other parts of a kernel, and last digits would differ from later."""
    for _ in ("first", "later"):
        integrate = kernel().integrate
        assert not integrate.stats.cache_misses
        assert len(integrate.overloads) == 1


def test_an_entry_of_another_layout_is_dropped(kernel: Any, tmp_path: Path) -> None:
    """An index that names a module which is no more, as an older engager left it, is compiled anew."""
    kernel()
    (index,) = tmp_path.rglob("*.nbi")
    stale = pickle.dumps(numba.__version__) + b"cengager_of_last_year.solver\nGiven\n."
    index.write_bytes(stale)
    assert not kernel().integrate.stats.cache_misses
    assert index.read_bytes() != stale


def test_without_a_cache_the_process_compiles(kernel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be started the kernel is still there."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    integrate = kernel().integrate
    assert sum(integrate.stats.cache_misses.values()) == 1
    assert len(integrate.overloads) == 1
