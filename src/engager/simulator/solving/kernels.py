"""The compiled kernel of a model: the generated one of a shipped model, or one generated when it is first needed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from engager.errors import InputError, Issue, Place, Severity
from engager.simulator.models.model import Model

_GENERATED = "engager.simulator.models.generated"


@cache
def kernel_of(model: Model, precision: str) -> Any:
    """Return the module with the kernel of a model in a precision; Numba compiles it at its first call and keeps that.

    Raises:
        InputError: the model is not shipped as it is, and SymPy, which generates kernels, is not installed.
    """
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
