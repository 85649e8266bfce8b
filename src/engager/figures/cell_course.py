"""The figure of cells: counts of each population in blood by day of the cycle."""

from __future__ import annotations

from engager.figures.course_panels import Courses, Measured, course_figure
from engager.figures.figure import Figure
from engager.figures.theme import COLOURS, GROUP_COLOURS
from engager.results import Results

_OTHER = GROUP_COLOURS[3]
POPULATIONS = (
    Measured("cd3", "CD3, T cells", COLOURS["t_cells"]),
    Measured("cd4", "CD4, helper T cells", COLOURS["t_cells"]),
    Measured("cd8", "CD8, cytotoxic T cells", COLOURS["t_cells"]),
    Measured("treg", "Regulatory T cells", COLOURS["t_cells"]),
    Measured("cd19", "CD19, B cells", COLOURS["b_cells"]),
    Measured("nk", "Natural killer cells", _OTHER),
    Measured("lymphocytes", "Lymphocytes", _OTHER),
    Measured("leukocytes", "Leukocytes", _OTHER),
)
AXIS = "Cells per µL of blood"


def cell_course_figure(results: Results, *, label: str | None = None, width: float | None = None) -> Figure:
    """Return the courses of the populations that were counted, a panel each; `width` is in points.

    Series (`text` of the rows) are cycle classes or groups. Without rows the figure has no specification.

    Examples:
        >>> cell_course_figure(Results([])).empty
        'No courses of cells: no count of blood has a day of a cycle.'
    """
    rows = results.where(analysis="cell_course")
    title = "Cells in the blood by day of the cycle"
    if not rows:
        empty = "No courses of cells: no count of blood has a day of a cycle."
        return Figure("cell-course", title, "", empty, None, empty=empty)
    measured = {row.name for row in rows}
    panels = tuple(panel for panel in POPULATIONS if panel.name in measured)
    courses = Courses("cell_course", panels, AXIS, {}, many=any(row.n is not None for row in rows))
    return course_figure(results, courses, name="cell-course", title=title, label=label, width=width)
