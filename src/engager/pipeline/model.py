"""The simulator's model, as a command asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engager.simulator.models.model import Model
from engager.simulator.models.parameter_table import read_parameter_table
from engager.simulator.models.text import read_model

NAME = "blinatumomab"


def asked_model(parameters: str | None = None, options: Sequence[str] = ()) -> Model:
    """Return the model with some of its options, its parameters changed by a CSV table where one is named.

    Raises InputError where an option or the table cannot be used.
    """
    model = read_model(NAME, options)
    return model if parameters is None else read_parameter_table(model, Path(parameters))
