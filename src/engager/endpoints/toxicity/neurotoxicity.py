"""Neurotoxicity of immune effector cells (ICANS) graded from its components.

The worst of mental score, awakening, seizure, motor weakness and cerebral oedema decides (ASTCT 2019). The score is
ICE from 12 years, CAPD below or with developmental delay. Tremor and myoclonus do not count: they are adverse events
of their own, graded by CTCAE.
"""

from __future__ import annotations

import polars as pl

from engager.endpoints.toxicity.grade import OUTPUT, grade_by_scale, with_components
from engager.terms.toxicity_scales import components, find_scale

COMPONENTS = tuple(name for name, part in components("ICANS").items() if not part.derived)
ICE_FROM = 12.0  # years (Lee 2019)
SCORES = {"ice_score": (0.0, 10.0), "capd_score": (0.0, 32.0)}
TREMOR = "tremor and myoclonus do not count for ICANS; they are adverse events of their own, graded by CTCAE"


def grade_neurotoxicity(assessments: pl.DataFrame, *, scale: str = "ASTCT 2019") -> pl.DataFrame:
    """Return assessments with the grade of neurotoxicity by a scale, one row each, in their order.

    Columns, each optional, null where not recorded: age (years, at the first dose), developmental_delay (`yes` asks
    for CAPD at any age; otherwise age alone decides), ice_score (0 to 10), capd_score (0 to 32), unable_to_perform,
    awakening, seizure, motor_weakness, cerebral_oedema; words are codes of the lists of their names. Adds grade (0 to
    4, null where none can be given), at_most (above grade: read "at least"), clause and reason.

    Waking spontaneously alone is no sign. Without an age neither score counts, and the reason says so.

    Raises ValueError for an unknown scale, or without any component.

    Examples:
        >>> day = pl.DataFrame({"age": [14.0, 8.0, None], "ice_score": [6, 6, 6], "capd_score": [None, 9, None],
        ...     "awakening": ["spontaneous"] * 3, "seizure": ["none"] * 3, "motor_weakness": ["none"] * 3,
        ...     "cerebral_oedema": ["none"] * 3})
        >>> grade_neurotoxicity(day)["grade"].to_list()
        [2, 3, None]
    """
    chosen = find_scale("ICANS", scale)
    complete = _implied(with_components(assessments, COMPONENTS))
    return assessments.hstack(grade_by_scale(complete, chosen).select(OUTPUT))


def _implied(assessments: pl.DataFrame) -> pl.DataFrame:
    """Return components with the instrument that age asks for; who cannot perform ICE scores 0."""
    absent = [name for name in ("age", "developmental_delay") if name not in assessments.columns]
    words = [name for name in COMPONENTS if name not in SCORES]
    typed = assessments.with_columns(pl.lit(None, pl.Null).alias(name) for name in absent).with_columns(
        pl.col(*words, "developmental_delay").cast(pl.String), *(_usable(name) for name in SCORES)
    )
    typed = typed.with_columns(instrument=_instrument())
    unable = (pl.col("unable_to_perform") == "yes").fill_null(value=False)
    done = pl.col("unable_to_perform").is_null() & pl.col("capd_score").is_not_null()
    return typed.with_columns(
        ice_score=pl.when(unable & (pl.col("instrument") == "ICE")).then(0.0).otherwise("ice_score"),
        unable_to_perform=pl.when(done).then(pl.lit("no")).otherwise("unable_to_perform"),
    )


def _instrument() -> pl.Expr:
    age = pl.col("age").cast(pl.Float64)
    delayed = (pl.col("developmental_delay") == "yes").fill_null(value=False)
    return pl.when(delayed | (age < ICE_FROM)).then(pl.lit("CAPD")).when(age >= ICE_FROM).then(pl.lit("ICE"))


def _usable(name: str) -> pl.Expr:
    """Return a score where it is a whole number of its range; another is treated as not recorded."""
    number, (low, high) = pl.col(name).cast(pl.Float64), SCORES[name]
    return pl.when(number.is_between(low, high) & (number == number.floor())).then(number).alias(name)
