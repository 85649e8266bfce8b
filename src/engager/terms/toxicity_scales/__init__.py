"""Scales of cytokine release syndrome and neurotoxicity as data: ASTCT 2019, Lee 2014, Penn 2018 and CTCAE."""

from engager.terms.toxicity_scales.scales import (
    SYNDROMES,
    Alternative,
    Clause,
    Component,
    Scale,
    Syndrome,
    components,
    event_terms,
    find_scale,
    not_counted,
    scales,
)

__all__ = [
    "SYNDROMES",
    "Alternative",
    "Clause",
    "Component",
    "Scale",
    "Syndrome",
    "components",
    "event_terms",
    "find_scale",
    "not_counted",
    "scales",
]
