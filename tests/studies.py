"""The example studies, read and analysed once for all tests of a worker."""

from __future__ import annotations

from functools import cache

from engager.pipeline.examples import example
from engager.pipeline.study import Study, open_study


@cache
def analysed(name: str) -> Study:
    """Return an example as its report is made of it; nothing in it can be changed, so that tests may share it."""
    return open_study(example(name))
