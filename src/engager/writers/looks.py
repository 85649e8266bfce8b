"""The looks of a report: type, sizes, rules and colours by the name of a template, the same ones in every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engager.plan import LookName

LOGO_HEIGHT_MM = 14
_SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'


@dataclass(frozen=True, slots=True)
class Look:
    """One look: sizes in points, rules in points, colours as RRGGBB.

    `accent` colours headings and the name of a caption. `word_font`, `pdf_font` and `page_fonts` are the same kind of
    type where each format has one. `figure_caption` is where a figure's caption stands; a table's stands above.
    """

    body: float
    table: float
    caption: float
    title: float
    heading: float
    rule: float
    ink: str = "1D2A35"
    quiet: str = "5F6B76"
    accent: str = "1D2A35"
    word_font: str = "Arial"
    pdf_font: str = "Liberation Sans"
    page_fonts: str = _SANS
    figure_caption: Literal["above", "below"] = "below"


LOOKS: Mapping[LookName, Look] = {
    "house": Look(body=9.5, table=8, caption=8.5, title=17, heading=12.5, rule=0.6),
    "compact": Look(
        body=8.5, table=7, caption=7.5, title=14, heading=10.5, rule=0.5, accent="0B4F7D", figure_caption="above"
    ),
    "journal": Look(
        body=10, table=8.5, caption=9, title=18, heading=13, rule=1.0, accent="8A1F2B", word_font="Times New Roman",
        pdf_font="Libertinus Serif", page_fonts='"Iowan Old Style", "Palatino Linotype", Georgia, serif',
    ),
}  # fmt: skip
"""`house`: wide, sans-serif; `compact`: small type, blue heads, captions above; `journal`: serif, strong rules, red."""


def page_style(look: Look) -> str:
    """Return the rules that a look adds to the page's style sheet; sizes grow as a screen is further away than paper.

    Colours of headings are those of paper in the light theme alone: on a dark ground they would not be read.
    """
    if look == LOOKS["house"]:
        return ""  # the style sheet itself
    scale = look.body / LOOKS["house"].body
    caption = "figure { display: flex; flex-direction: column-reverse; justify-content: flex-end; }"
    return "\n".join(
        (
            "",
            f"body {{ font-family: {look.page_fonts}; font-size: {scale:.3g}rem; }}",
            f"table {{ font-size: {look.table / LOOKS['house'].table * 0.9:.3g}rem; }}",
            f".caption, figcaption {{ font-size: {look.caption / LOOKS['house'].caption * 0.88:.3g}rem; }}",
            f"h1 {{ font-size: {look.title / LOOKS['house'].title * 1.55:.3g}rem; }}",
            f"h2 {{ font-size: {look.heading / LOOKS['house'].heading * 1.12:.3g}rem; }}",
            f"table {{ border-width: {look.rule / LOOKS['house'].rule * 1.5:.3g}px 0; }}",
            f":root {{ --accent: light-dark(#{look.accent}, var(--ink)); }}",
            "h1, h2, .caption b, figcaption b { color: var(--accent); }",
            *([caption, "figcaption { margin: 0 0 .5rem; }"] if look.figure_caption == "above" else []),
            "@media print { body { font-size: " + f"{look.body}pt; }} }}",
            "",
        )
    )
