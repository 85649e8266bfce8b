"""The series of a patient's figure: what is drawn together, and the look of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engager.figures.patient_record import PatientRecord
from engager.figures.theme import COLOURS
from engager.results import AnalysisResult

CELLS = ("cd3", "cd4", "cd8", "cd19")
DISEASE = ("marrow_blasts", "mrd")
PANELS: tuple[tuple[str, Sequence[str] | None, float], ...] = (
    ("Leukaemia (fraction of marrow cells)", DISEASE, 78.0),
    ("Cells in blood (per µL)", CELLS, 70.0),
    ("Cytokines (pg/mL)", None, 62.0),
)
"""The panels in order: title, series (None: what no other panel holds), height in points."""
MOST = 4  # cytokines drawn: those with the highest peaks

_SOLID, _LONG, _SHORT, _MIXED = (1.0, 0.0), (5.0, 2.5), (1.5, 1.8), (7.0, 2.0, 1.5, 2.0)
_LOOKS: Mapping[str, tuple[str, str, tuple[float, ...], str]] = {
    "marrow_blasts": ("blasts", COLOURS["disease"], _SOLID, "circle"),
    "mrd": ("MRD", "#8C3D00", _LONG, "square"),
    "cd3": ("CD3", COLOURS["t_cells"], _SOLID, "circle"),
    "cd4": ("CD4", "#56B4E9", _LONG, "square"),
    "cd8": ("CD8", "#003F66", _SHORT, "diamond"),
    "cd19": ("CD19", COLOURS["b_cells"], _SOLID, "circle"),
}
_CYTOKINES = (
    (COLOURS["cytokines"], _SOLID, "circle"),
    ("#7A3E63", _LONG, "square"),
    ("#B34E8B", _SHORT, "diamond"),
    ("#4D1F3B", _MIXED, "cross"),
)
_LETTERS = {"alpha": "α", "beta": "β", "gamma": "γ"}


@dataclass(slots=True)
class Series:
    """The readings of one kind, its name as printed, and its look; `last` is the number of its last mark."""

    name: str
    label: str
    colour: str
    dash: Sequence[float]
    shape: str
    rows: tuple[AnalysisResult, ...]
    last: int = field(default=-1)


def series_of(record: PatientRecord, names: Sequence[str] | None) -> list[Series]:
    """Return the series of a panel that have readings; of cytokines those with the highest peaks."""
    if names is not None:
        found = [(name, tuple(row for row in record.readings if row.name == name)) for name in names]
        return [Series(name, *_LOOKS[name], rows) for name, rows in found if rows]
    others: dict[str, list[AnalysisResult]] = {}
    for row in record.readings:
        if row.name not in (*CELLS, *DISEASE):
            others.setdefault(row.name, []).append(row)
    peaks = sorted(others, key=lambda name: (-max(row.estimate or 0.0 for row in others[name]), name))
    return [
        Series(name, analyte(name), *look, tuple(others[name]))
        for name, look in zip(peaks[:MOST], _CYTOKINES, strict=False)
    ]


def analyte(name: str) -> str:
    """Return a cytokine as it is printed.

    Examples:
        >>> analyte("il_6"), analyte("ifn_gamma"), analyte("il_12p70"), analyte("il_17a"), analyte("il_1b")
        ('IL-6', 'IFN-γ', 'IL-12p70', 'IL-17A', 'IL-1β')
    """
    first, _, rest = name.partition("_")
    return f"{first.upper()}-{_LETTERS.get(rest, rest.replace('1b', '1β').replace('17a', '17A'))}"
