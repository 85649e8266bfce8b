"""The figures of the examples' reports: each one fits the schema of Vega-Lite."""

from __future__ import annotations

import altair as alt
import pytest
from jsonschema import ValidationError  # type: ignore[import-untyped]
from tests.studies import analysed

from engager.figures.figure import Figure
from engager.figures.theme import Sheet, specification


@pytest.mark.parametrize(("name", "least"), [("tuebingen-2014", 15), ("beijing-2022", 35)])
def test_each_figure_fits_the_schema(name: str, least: int) -> None:
    """Marks, channels, scales and axes have names and values that Vega-Lite knows."""
    drawn = [figure.specification for figure in analysed(name).document.figures if figure.specification is not None]
    assert len(drawn) >= least
    for each in drawn:
        alt.LayerChart.validate(dict(each))


def test_what_does_not_fit_is_noticed() -> None:
    """Altair takes any mark when a layer is made; a figure of it would not pass the tests of this folder."""
    layer = alt.Chart(alt.NamedData("points")).mark_point().encode(alt.X("day:Q"))
    layer.mark = {"type": "boxes"}
    with pytest.raises(ValidationError):
        Figure("a", "A", "", "", specification([layer], Sheet(100, 50, 5, 5, 5, 5), "A", {"points": []}))
