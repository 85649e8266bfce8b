"""The rows of one survival curve and the corners that they are drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engager.figures.theme import GROUP_COLOURS, GROUP_DASHES, INK
from engager.results import AnalysisResult, Results
from engager.terms.language import say


@dataclass(frozen=True, slots=True)
class Curve:
    """The rows of one group: its steps, its censored times and its numbers at risk, and the style it is drawn in.

    `start` is the height on day 0 before anything happens: 1 of a survival curve, 0 of a cumulative incidence.
    """

    group: str
    label: str
    colour: str
    dash: tuple[float, ...]
    steps: tuple[AnalysisResult, ...]
    censored: tuple[AnalysisResult, ...]
    at_risk: tuple[AnalysisResult, ...]
    start: float = 1.0

    @property
    def end(self) -> float:
        """The last day that the curve reaches: that of its last step or of its last censored patient."""
        return max(day(row) for row in (*self.steps, *self.censored))

    @property
    def rows(self) -> tuple[AnalysisResult, ...]:
        """Every row that the curve shows."""
        return (*self.steps, *self.censored, *self.at_risk)


def day(row: AnalysisResult) -> float:
    """Return the time of a row in days, from the text of its `at`."""
    return float(row.at or 0)


def read_curves(results: Results, analysis: str, groups: Sequence[str], start: float = 1.0) -> list[Curve]:
    """Return the curves of the groups that have rows, in the order of the groups; one curve alone is drawn in ink."""
    curves = []
    for index, group in enumerate(groups):
        steps, censored, at_risk = (
            tuple(sorted(results.where(analysis=analysis, name=name, group=group), key=day))
            for name in ("curve", "censored", "at_risk")
        )
        if steps or censored:
            label = say(next((row.text for row in (*steps, *at_risk) if row.text), group))
            style = (INK, GROUP_DASHES[0]) if len(groups) == 1 else _style(index)
            curves.append(Curve(group, label, *style, steps, censored, at_risk, start))
    return curves


def _style(index: int) -> tuple[str, tuple[float, ...]]:
    return GROUP_COLOURS[index % len(GROUP_COLOURS)], GROUP_DASHES[index % len(GROUP_DASHES)]


def step_points(curve: Curve) -> list[dict[str, Any]]:
    """Return the corners of the curve, from its start on day 0 to the last day of follow-up.

    Each names the result of its step; those at the two ends, which are none, the first step.
    """
    corners = [(0.0, curve.start, None), *((day(row), row.estimate, row.id) for row in curve.steps)]
    last = next((value for _, value, _ in reversed(corners) if value is not None), curve.start)
    corners.append((curve.end, last, None))
    named = next((name for _, _, name in corners if name), None)
    return [
        {"group": curve.group, "order": order, "day": time, "survival": value, "result": name or named}
        for order, (time, value, name) in enumerate(corners)
        if value is not None
    ]


def band_points(curve: Curve) -> list[dict[str, Any]]:
    """Return the steps of the band; a piece ends where a bound is missing, and the next one starts another."""
    points: list[dict[str, Any]] = []
    last: dict[str, Any] = {}
    for index, row in enumerate(curve.steps):
        if last:
            points += [] if _banded(row) else [last | {"day": day(row)}]
        last = {}
        if _banded(row):
            piece = points[-1]["piece"] if index and _banded(curve.steps[index - 1]) else f"{curve.group}/{index}"
            ends = {"lower": row.lower, "upper": row.upper, "result": row.id}
            last = {"group": curve.group, "piece": piece, "day": day(row), **ends}
            points.append(last)
    return [*points, last | {"day": curve.end}] if last else points


def _banded(row: AnalysisResult) -> bool:
    return row.lower is not None and row.upper is not None
