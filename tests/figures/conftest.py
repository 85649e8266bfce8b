"""Every figure that a test of this folder makes is held against the schema of Vega-Lite."""

from __future__ import annotations

from typing import Any

import altair as alt
import pytest

from engager.figures.figure import Figure


@pytest.fixture(autouse=True)
def _fitting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name or value that Vega-Lite does not know fails the test; drawn, it would only be left out."""
    made = Figure.__init__

    def checked(self: Figure, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        if self.specification is not None:
            alt.LayerChart.validate(dict(self.specification))

    monkeypatch.setattr(Figure, "__init__", checked)
