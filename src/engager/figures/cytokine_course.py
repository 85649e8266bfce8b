"""The figure of cytokines: concentrations of each analyte by day of the cycle, with limits of quantification."""

from __future__ import annotations

from collections.abc import Mapping

from engager.figures.course_panels import Courses, Measured, course_figure
from engager.figures.figure import Figure
from engager.figures.theme import COLOURS
from engager.results import Results


def cytokine_course_figure(
    results: Results, names: Mapping[str, str], *, label: str | None = None, width: float | None = None
) -> Figure:
    """Return the courses of the analytes measured, a panel each, in the order of `names`, their words.

    `width` is in points. Without rows the figure has no specification.

    Examples:
        >>> cytokine_course_figure(Results([]), {}).empty
        'No courses of cytokines: no value has a day of a cycle.'
    """
    rows = results.where(analysis="cytokine_course")
    title = "Cytokines by day of the cycle"
    if not rows:
        empty = "No courses of cytokines: no value has a day of a cycle."
        return Figure("cytokine-course", title, "", empty, None, empty=empty)
    measured = dict.fromkeys(row.name for row in rows)
    analytes = [name for name in names if name in measured] + [name for name in measured if name not in names]
    panels = tuple(Measured(name, names.get(name, name), COLOURS["cytokines"]) for name in analytes)
    limits = {name: results.where(analysis="cytokine_limit", name=name) for name in analytes}
    many = any(row.n is not None for row in rows)
    courses = Courses("cytokine_course", panels, "pg/mL", limits, many=many)
    return course_figure(results, courses, name="cytokine-course", title=title, label=label, width=width)
