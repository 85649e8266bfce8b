"""The legend of the swimmer figure: the tones of the bars and the shapes of the marks that it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engager.figures.course import KINDS, UNCLASSIFIED, Course
from engager.figures.theme import COLOURS, INK, QUIET, text_width
from engager.terms.language import say

_TONES = ("#7C98B3", "#B3C6D7", "#DCE5ED")
_HOLLOW = "#FFFFFF"
_SOLID, _DASHED = (1, 0), (1.6, 1.6)

MARKS: Mapping[str, Mapping[str, str]] = {
    "death": {"shape": "M-0.8,-0.8L0.8,0.8M0.8,-0.8L-0.8,0.8", "fill": "transparent", "stroke": INK},
    "relapse": {"shape": "diamond", "fill": COLOURS["disease"], "stroke": "#FFFFFF"},
    "hsct": {"shape": "triangle-up", "fill": COLOURS["transplant"], "stroke": "#FFFFFF"},
    "maintenance": {"shape": "square", "fill": COLOURS["b_cells"], "stroke": "#FFFFFF"},
    "discontinuation": {"shape": "M-0.25,-0.9H0.25V0.9H-0.25Z", "fill": COLOURS["toxicity"], "stroke": INK},
    "ongoing": {"shape": "M0.1,-0.75L1.3,0L0.1,0.75Z", "fill": QUIET, "stroke": QUIET},
    "other": {"shape": "circle", "fill": "#FFFFFF", "stroke": INK},
}
"""Shape, fill and outline of each kind of mark; the shape alone tells them apart."""


def bar_style(response: str, patients: Sequence[Course]) -> dict[str, Any]:
    """Return the fill and the outline of the bars of a response class.

    Responders are filled, the class named first the darkest; non-responders are hollow, and a response that is not
    known or not evaluable is hollow with a dashed outline. The tones differ in lightness alone, so that they can be
    told apart in grey.

    Examples:
        >>> bar_style("non-responder", [])
        {'fill': '#FFFFFF', 'dash': [1, 0]}
    """
    filled = [name for name in response_classes(patients) if not name.startswith(("no ", "non", "not ", UNCLASSIFIED))]
    fill = _TONES[min(filled.index(response), len(_TONES) - 1)] if response in filled else _HOLLOW
    return {"fill": fill, "dash": list(_DASHED if response.startswith(("not ", UNCLASSIFIED)) else _SOLID)}


def response_classes(patients: Sequence[Course]) -> list[str]:
    """Return the response classes in the order in which the patients show them."""
    return list(dict.fromkeys(patient.response for patient in patients))


def legend_rows(patients: Sequence[Course], width: float) -> list[dict[str, Any]]:
    """Return the entries of the legend with their place: `x` in points from the left, `line` counted from 0."""
    kinds = {mark.kind for patient in patients for mark in patient.marks}
    entries: list[dict[str, Any]] = [
        {"response": name, "text": say(name), **bar_style(name, patients)} for name in response_classes(patients)
    ]
    entries += [{"kind": "infusion", "text": say("infusion")}] if any(patient.infusions for patient in patients) else []
    entries += [{"kind": kind, "text": say(name), **MARKS[kind]} for kind, name in KINDS.items() if kind in kinds]
    x, line, placed = 6.0, 0, []
    for entry in entries:
        needed = text_width(entry["text"]) + 24
        if x + needed > width and x > 6:
            x, line = 6.0, line + 1
        placed.append(entry | {"x": x, "line": line})
        x += needed
    return placed
