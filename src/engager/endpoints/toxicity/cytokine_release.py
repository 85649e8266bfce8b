"""Cytokine release syndrome graded from its components: temperature, hypotension, oxygen, and their treatment.

By ASTCT 2019 there is no syndrome without fever, unless an antipyretic or anticytokine treatment may mask it. The
other scales ask for no fever. Whether another cause explains a sign is the clinician's to say: a grade derived here is
a proposal.
"""

from __future__ import annotations

import polars as pl

from engager.endpoints.toxicity.grade import OUTPUT, grade_by_scale, with_components
from engager.terms.toxicity_scales import components, find_scale

COMPONENTS = tuple(components("CRS"))
LOW_FLOW = 6.0  # L/min, the most that a nasal cannula gives at low flow (Lee 2019)
ROOM_AIR = 0.21
_NASAL = ("low-flow nasal cannula", "nasal cannula", "high-flow nasal cannula")
# Outside these a number is a slip of the pen, and treated as not recorded (the checks name it).
USABLE = {"temperature": (25.0, 45.0), "oxygen_flow": (0.0, 100.0), "inspired_oxygen": (0.2, 1.0)}


def grade_cytokine_release(assessments: pl.DataFrame, *, scale: str = "ASTCT 2019") -> pl.DataFrame:
    """Return assessments with the grade of cytokine release syndrome by a scale, one row each, in their order.

    Columns, each optional, null where not recorded: temperature (Cel), fever_treatment, hypotension,
    fluids_for_hypotension, vasopressors, vasopressor_dose, oxygen_device, oxygen_flow (L/min), inspired_oxygen (as a
    fraction); words are codes of the lists of their names (`yes`, `no` elsewhere). Adds grade (0 to 4, null where none
    can be given; grade 5 is an outcome, not a component), at_most (above grade: read "at least"), clause (what
    decided) and reason (what is not known).

    Raises ValueError for an unknown scale, or without any component.

    Examples:
        >>> day = pl.DataFrame({"temperature": [38.4, 38.4, 37.0], "fever_treatment": [None, None, "no"],
        ...     "vasopressors": ["one with vasopressin", "none", "several"], "hypotension": ["yes", "no", "yes"],
        ...     "oxygen_device": ["none", None, "none"]})
        >>> grade_cytokine_release(day).select("grade", "at_most", "reason").rows()
        [(3, 3, None), (1, 4, 'not recorded: oxygen device'), (0, 0, None)]
    """
    chosen = find_scale("CRS", scale)
    complete = _implied(with_components(assessments, COMPONENTS))
    return assessments.hstack(grade_by_scale(complete, chosen).select(OUTPUT))


def _implied(assessments: pl.DataFrame) -> pl.DataFrame:
    """Return components with what one says of another: no hypotension, no treatment of it; room air, no oxygen.

    The flow of a nasal cannula, where recorded, says whether it is of low or of high flow, whatever its name.
    """
    words = [name for name in COMPONENTS if name not in USABLE]
    typed = assessments.with_columns(pl.col(words).cast(pl.String), *(_usable(name) for name in USABLE))
    spared, room_air = pl.col("hypotension") == "no", pl.col("oxygen_device") == "none"
    by_flow = pl.when(pl.col("oxygen_flow") > LOW_FLOW).then(pl.lit(_NASAL[2])).otherwise(pl.lit(_NASAL[0]))
    measured = pl.col("oxygen_device").is_in(_NASAL) & pl.col("oxygen_flow").is_not_null()
    return typed.with_columns(
        fluids_for_hypotension=_filled("fluids_for_hypotension", spared, "no"),
        vasopressors=_filled("vasopressors", spared, "none"),
        oxygen_flow=_filled("oxygen_flow", room_air, 0.0),
        inspired_oxygen=_filled("inspired_oxygen", room_air, ROOM_AIR),
        oxygen_device=pl.when(measured).then(by_flow).otherwise("oxygen_device"),
    )


def _filled(name: str, where: pl.Expr, value: float | str) -> pl.Expr:
    return pl.when(pl.col(name).is_null() & where).then(pl.lit(value)).otherwise(name)


def _usable(name: str) -> pl.Expr:
    number, (low, high) = pl.col(name).cast(pl.Float64), USABLE[name]
    return pl.when(number.is_between(low, high)).then(number).alias(name)
