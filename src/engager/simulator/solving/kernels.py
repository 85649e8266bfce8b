"""The compiled kernel of a model: the generated one of a shipped model, or one generated when it is first needed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engager.errors import InputError, Issue, Place, Severity
from engager.simulator.models.model import Model
from engager.simulator.solving.integrator import Found, Given, Limits

_GENERATED = "engager.simulator.models.generated"
_COMPILE = "import sys; from engager.simulator.solving.kernels import compile_kernel; compile_kernel(*sys.argv[1:])"


@cache
def kernel_of(model: Model, precision: str) -> Any:
    """Return the module with the kernel of a model in a precision, compiled; Numba keeps that for later processes.

    The code is always that of Numba's cache, compiled by a process of its own where there is none. A process that
    compiles has parts of the kernel a second time, each compiled by itself, and its linker takes those: the last digits
    of results would differ between the first process and all later ones. What is in the cache and cannot be read, such
    as an entry of another version of engager, is dropped.

    Raises:
        InputError: the model is not shipped as it is, and SymPy, which generates kernels, is not installed.
    """
    module = _module_of(model, precision)
    if not _is_cached(module):
        _compile_apart(module)
    module.integrate.compile(_signature(module))
    return module


def compile_kernel(name: str, path: str) -> None:
    """Compile the kernel of a module into Numba's cache; for a process that does nothing else."""
    shipped = name.startswith(f"{_GENERATED}.")
    module = importlib.import_module(name) if shipped else _imported(name, Path(path))
    module.integrate.compile(_signature(module))


def _is_cached(module: Any) -> bool:
    """Return whether Numba's cache has the kernel; an entry that cannot be read is dropped."""
    kept = module.integrate._cache
    try:
        return kept.load_overload(_signature(module), module.integrate.targetctx) is not None
    except Exception:
        kept.flush()
        return False


def _compile_apart(module: Any) -> None:
    """Compile a kernel in a process of its own; where that fails, this process will compile when it needs the code."""
    path = os.pathsep.join(part for part in sys.path if part)
    command = [sys.executable, "-c", _COMPILE, module.__name__, module.__file__]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False)  # noqa: S603


def _signature(module: Any) -> tuple[Any, ...]:
    """Return the types that a kernel is called with: arrays in the order of C."""
    import numba

    typeof: Any = numba.typeof

    def zeros(dimensions: int, kind: Any = np.float64) -> Any:
        return np.zeros((1,) * dimensions, kind)

    given = Given(*(zeros(dimensions) for dimensions in (2, 2, 2, 3, 2, 1, 1)))
    found = Found(zeros(3), zeros(2), zeros(1, np.int8), zeros(1, np.int64))
    return tuple(typeof(each) for each in (zeros(1, module.real), given, found, Limits(0, 1, 1.0, 1.0, 1)))


def _module_of(model: Model, precision: str) -> Any:
    """Return the module with the kernel of a model, generated where it is not shipped."""
    try:
        shipped = importlib.import_module(f"{_GENERATED}.{'_'.join((model.name, *model.options))}_{precision}")
    except ModuleNotFoundError:
        return _generated(model, precision)
    return shipped if model.fingerprint == shipped.MODEL else _generated(model, precision)


def kernel_folder() -> Path:
    """Return the folder in which the kernels of models that are not shipped are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "engager" / "kernels"


def _generated(model: Model, precision: str) -> Any:
    if importlib.util.find_spec("sympy") is None:
        place = Place(f"{model.name}.toml")
        found, expected = "a model without a shipped kernel", "SymPy, which generates one (pip install sympy)"
        raise InputError(Issue(Severity.ERROR, "simulator.kernel", place, found, expected, structural=True))
    from engager.simulator.codegen.module import engine, generated, precision_of

    name = f"kernel_{model.fingerprint}_{engine()}_{precision}"
    path = kernel_folder() / f"{name}.py"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(generated(model, precision_of(precision)), "utf-8")
        partial.replace(path)
    return _imported(name, path)


def _imported(name: str, path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
