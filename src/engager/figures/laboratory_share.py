"""The share figure: the patients of each worst laboratory grade, week by week, in stacked bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engager.figures.figure import Figure
from engager.figures.laboratory_axes import TONES
from engager.figures.theme import DOUBLE_COLUMN, INK, QUIET, RULE, TYPE, Sheet, label_rows, specification, text_width
from engager.results import AnalysisResult, Results
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt

ANALYSIS = "laboratory_course"
_TONES = {0: "#FFFFFF", **TONES}
# Bars beyond this many have no room for their numbers.
WEEKS = 26
_GRADE = 13.0
_LEAST = 2  # patients of a week below which a share is the patient


def drawn_terms(results: Results) -> list[str]:
    """Return the terms with shares of two weeks of `_LEAST` patients, those with most of grade 3 or more first."""
    severe = {row.group: row.n or 0 for row in results.where(analysis="laboratory", name="worst_severe")}
    weeks: dict[str, set[int]] = {}
    for row in results.where(analysis=ANALYSIS, name="share"):
        if (row.N or 0) >= _LEAST:
            weeks.setdefault(row.group, set()).add(_week(row))
    several = [term for term, found in weeks.items() if len(found) > 1]
    return sorted(several, key=lambda term: -severe.get(term, 0))


def share_figure(
    results: Results, term: str, *, title: str, label: str | None = None, width: float = DOUBLE_COLUMN
) -> Figure:
    """Return the shares of worst grades of a term by week of treatment; week 0 is the time before the first dose.

    It draws the rows `share` as they are, up to week 26; under each bar stands the number of patients with a grade.
    Without rows the figure has no specification, and `empty` says why.

    Examples:
        >>> share_figure(Results([]), "Anemia", title="Anemia").empty
        'No shares of grades: no value of Anemia has a grade and a study day.'
    """
    rows = [row for row in results.where(analysis=ANALYSIS, name="share", group=term) if _week(row) < WEEKS]
    name = "laboratory-share-" + "-".join(term.lower().split())
    if not rows:
        empty = f"No shares of grades: no value of {term} has a grade and a study day."
        return Figure(name, title, "", empty, None, empty=empty)
    sheet = Sheet(width, height=100 if width < 300 else 120, left=42, right=50, top=26, bottom=26)
    data = _datasets(rows, sheet) | {"label": label_rows(label, sheet)}
    caption = (
        f"{rows[0].method[:1].upper()}{rows[0].method[1:]}. The darker, the higher the grade; white is grade 0. "
        "Numbers: patients with a grade in the week."
    )
    words = "; ".join(f"week {_week(row)} grade {row.text}: {row.n} of {row.N}" for row in rows)
    spec = specification(_layers(), sheet, title, data)
    return Figure(name, title, caption, f"{title}: {words}.", spec, tuple(row.id for row in rows))


def _week(row: AnalysisResult) -> int:
    return int((row.at or "0").split(" ")[0])


def _datasets(rows: Sequence[AnalysisResult], sheet: Sheet) -> dict[str, list[dict[str, Any]]]:
    """Return bars, their numbers and the key of the grades, in points."""
    weeks = list(range(min(map(_week, rows)), max(map(_week, rows)) + 1))
    step = sheet.plot_width / len(weeks)
    data: dict[str, list[dict[str, Any]]] = {"bars": [], "counts": [], "keys": [], "ticks": []}
    every = max(1, round(2 * text_width("99") / step))
    for place, week in enumerate(weeks):
        base, middle = sheet.height, step * (place + 0.5)
        for row in (row for row in rows if _week(row) == week):
            top = base - sheet.height * (row.estimate or 0.0)
            data["bars"].append({"x": middle - 0.4 * step, "x2": middle + 0.4 * step, "y": top, "y2": base,
                                 "tone": _TONES[int(row.text or 0)], "result": row.id})  # fmt: skip
            base = top
            count = {"x": middle, "y": sheet.height + 21, "text": str(row.N)}
        known = any(_week(row) == week for row in rows)
        if place % every == 0:
            data["ticks"].append({"x": middle, "y": sheet.height + 11, "text": str(week)})
            data["counts"] += [count] if known else []
    left = 4 - sheet.left
    data["ticks"].append({"x": left + 14, "y": sheet.height + 11, "text": say("week")})
    data["counts"].append({"x": left + 14, "y": sheet.height + 21, "text": say("patients")})
    grades = sorted({int(row.text or 0) for row in rows}, reverse=True)
    data["keys"] = [
        {"x": sheet.plot_width + 6, "x2": sheet.plot_width + 14, "y": _GRADE * i, "y2": _GRADE * i + 8,
         "tone": _TONES[grade], "text_x": sheet.plot_width + 17, "text_y": _GRADE * i + 6.6,
         "text": say("grade {grade}", grade=grade)}
        for i, grade in enumerate(grades)
    ]  # fmt: skip
    data["axis"] = [
        {"x": -3, "x2": 0, "y": sheet.height * (1 - share), "text": f"{100 * share:g} %"} for share in (0, 0.5, 1)
    ]
    return data


def _layers() -> list[alt.Chart]:
    import altair as alt

    x, x2 = alt.X("x:Q", scale=None), alt.X2("x2:Q")
    y, y2 = alt.Y("y:Q", scale=None, axis=None), alt.Y2("y2:Q")
    tone = alt.Color("tone:N", scale=None, legend=None)

    def boxes(name: str) -> alt.Chart:
        drawn: alt.Chart = (
            alt.Chart(alt.NamedData(name)).mark_rect(stroke=RULE, strokeWidth=0.5, opacity=1).encode(x, x2, y, y2, tone)
        )
        return drawn

    def words(name: str, across: str = "x", down: str = "y", **look: Any) -> alt.Chart:
        text = alt.Chart(alt.NamedData(name)).mark_text(baseline="alphabetic", **({"color": INK} | look))
        written: alt.Chart = text.encode(
            alt.X(f"{across}:Q", scale=None), alt.Y(f"{down}:Q", scale=None), alt.Text("text:N")
        )
        return written

    rules = alt.Chart(alt.NamedData("axis")).mark_rule(strokeWidth=0.6, color=RULE).encode(x, x2, y)
    return [
        boxes("bars"), boxes("keys"), rules,
        words("axis", align="right", dx=-3, dy=2.4), words("ticks"), words("counts", color=QUIET),
        words("keys", "text_x", "text_y", align="left"),
        words("label", align="right", fontSize=TYPE, fontWeight="bold", color=QUIET),
    ]  # fmt: skip
