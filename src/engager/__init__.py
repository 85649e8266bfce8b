"""engager: from the chart to the paper, for cohorts treated with a T-cell engager.

Examples:
    >>> import engager
    >>> study = engager.open_study(engager.example("tuebingen-2014"))
    >>> study.results.filter(analysis="OS", name="median")["estimate"].to_list()
    [398.0, 1253.0]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engager.errors import DataError, EngagerError, InputError, Issue, OutputError, Severity
from engager.provenance import VERSION

if TYPE_CHECKING:
    from engager.pipeline.examination import check_study
    from engager.pipeline.examples import example
    from engager.pipeline.exchange import new_study
    from engager.pipeline.study import Study, open_study, run_study

__version__ = VERSION

# The pipeline is imported at first use, so that importing engager (and `engager --help`) costs next to nothing.
_PUBLIC = {
    "Study": "study",
    "check_study": "examination",
    "example": "examples",
    "new_study": "exchange",
    "open_study": "study",
    "run_study": "study",
}

__all__ = [
    "DataError",
    "EngagerError",
    "InputError",
    "Issue",
    "OutputError",
    "Severity",
    "Study",
    "__version__",
    "check_study",
    "example",
    "new_study",
    "open_study",
    "run_study",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'engager' has no attribute {name!r}")
    return getattr(import_module(f"engager.pipeline.{_PUBLIC[name]}"), name)
