"""Formulas of the body surface area, each with its constants: height in cm, weight in kg, area in m2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class SurfaceFormula:
    """A formula of the form constant x height^a x weight^b.

    Examples:
        >>> round(FORMULAS["Mosteller"].area(height=180.0, weight=80.0), 12)
        2.0
    """

    name: str
    constant: float
    height: float
    weight: float
    source: str

    def area(self, height: float, weight: float) -> float:
        """Return the body surface area in m2 of a height in cm and a weight in kg."""
        return float(self.constant * height**self.height * weight**self.weight)

    def in_words(self) -> str:
        """Return the formula as it is printed."""
        return f"{self.constant:.6g} x height^{self.height:g} x weight^{self.weight:g}"


FORMULAS: Mapping[str, SurfaceFormula] = MappingProxyType(
    {
        item.name: item
        for item in (
            SurfaceFormula("Mosteller", 1 / 60, 0.5, 0.5, "Mosteller 1987, N Engl J Med 317:1098"),
            SurfaceFormula("Haycock", 0.024265, 0.3964, 0.5378, "Haycock 1978, J Pediatr 93:62"),
            SurfaceFormula("DuBois", 0.007184, 0.725, 0.425, "Du Bois 1916, Arch Intern Med 17:863"),
            SurfaceFormula("Gehan-George", 0.0235, 0.42246, 0.51456, "Gehan 1970, Cancer Chemother Rep 54:225"),
        )
    }
)
"""The formulas by the name that the plan gives them; Mosteller's constant is that of sqrt(height x weight / 3600)."""
