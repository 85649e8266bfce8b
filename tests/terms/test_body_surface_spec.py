"""Body surface by four formulas, against values worked out by other means."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.terms.body_surface import FORMULAS


@pytest.mark.parametrize(
    ("formula", "height", "weight", "area"),
    [
        ("Mosteller", 180, 80, 2.0),  # sqrt(180 x 80 / 3600) = sqrt(4)
        ("Mosteller", 90, 10, 0.5),  # sqrt(900 / 3600)
        ("Mosteller", 160, 45, math.sqrt(2)),
        ("Haycock", 1, 1, 0.024265),
        ("DuBois", 1, 1, 0.007184),
        ("Gehan-George", 1, 1, 0.0235),
        # the same by logarithms
        ("Haycock", 110, 20, math.exp(math.log(0.024265) + 0.3964 * math.log(110) + 0.5378 * math.log(20))),
        ("DuBois", 110, 20, math.exp(math.log(0.007184) + 0.725 * math.log(110) + 0.425 * math.log(20))),
        ("Gehan-George", 110, 20, math.exp(math.log(0.0235) + 0.42246 * math.log(110) + 0.51456 * math.log(20))),
    ],
)
def test_worked_values(formula: str, height: float, weight: float, area: float) -> None:
    """Height in cm, weight in kg, area in m2."""
    assert FORMULAS[formula].area(height, weight) == pytest.approx(area, rel=1e-12)


@given(st.floats(60, 200), st.floats(5, 120))
def test_the_formulas_agree_on_children(height: float, weight: float) -> None:
    """For a body of usual shape no two differ by a fifth; the area grows with height and with weight."""
    if not 12 <= weight / (height / 100) ** 2 <= 30:
        return
    areas = [formula.area(height, weight) for formula in FORMULAS.values()]
    assert max(areas) / min(areas) < 1.2
    for formula in FORMULAS.values():
        assert formula.area(height * 1.01, weight) > formula.area(height, weight)
        assert formula.area(height, weight * 1.01) > formula.area(height, weight)
