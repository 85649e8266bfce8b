"""The journal of a simulation: what happened to whom, written down as columns while it happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class Journal:
    """Rows of several kinds, each a column a value; rows are read back in the order of patients, then of writing.

    Examples:
        >>> journal = Journal({"death": {"patient": pl.Int64, "day": pl.Float64, "cause": pl.String}})
        >>> journal.write("death", np.array([2, 0]), day=np.array([9.0, 5.0]), cause="infection")
        >>> journal.read("death").rows()
        [(0, 5.0, 'infection'), (2, 9.0, 'infection')]
    """

    def __init__(self, kinds: Mapping[str, Mapping[str, type[pl.DataType]]]) -> None:
        self._kinds = kinds
        self._frames: dict[str, list[pl.DataFrame]] = {kind: [] for kind in kinds}

    def write(self, topic: str, patients: Whole, /, **columns: Any) -> None:
        """Write a row for each patient; a single value stands for all of them, a column not named is empty."""
        if not len(patients):
            return
        schema = self._kinds[topic]
        given = {"patient": patients, **columns}
        series = [
            pl.Series(name, self._column(given.get(name), len(patients)), dtype, strict=False)
            for name, dtype in schema.items()
        ]
        self._frames[topic].append(pl.DataFrame(series))

    @staticmethod
    def _column(value: Any, rows: int) -> Any:
        return value if isinstance(value, np.ndarray | list) else [value] * rows

    def read(self, kind: str) -> pl.DataFrame:
        """Return the rows of a kind."""
        frames = self._frames[kind]
        empty = pl.DataFrame(schema=dict(self._kinds[kind]))
        return pl.concat([empty, *frames]).sort("patient", maintain_order=True)
