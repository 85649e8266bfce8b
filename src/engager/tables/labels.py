"""How results are named in tables: the words a reader of a paper expects for the names of the data model."""

from __future__ import annotations

LABELS = {
    "age": "Age, years",
    "weight": "Weight, kg",
    "height": "Height, cm",
    "diagnosis": "Diagnosis",
    "genetics": "Genetics",
    "sex": "Sex",
    "risk": "Risk group",
    "relapse_site": "Site of relapse",
    "relapse_number": "Relapse treated",
    "cns": "CNS involvement",
    "group": "Group",
    "reason": "Reason for treatment",
    "prior_hsct": "Previous transplants by donor",
    "prior_hsct_count": "Number of previous transplants",
    "prior_therapy": "Previous therapy of the relapse",
    "responders": "Responders",
    "primary_responders": "Primary responders",
    "secondary_responders": "Secondary responders",
    "non_responders": "Non-responders",
    "remission_kept": "Remission kept (maintenance cycles alone)",
    "response_not_assessed": "Response not assessed",
    "mrd_conversion": "MRD conversion, positive to negative",
    "mrd_not_assessed": "MRD conversion not assessed",
    "m1_marrow": "M1 marrow after treatment",
}
_ORDINALS = {"1": "st", "2": "nd", "3": "rd"}
_UNITS = {"ug/m2/d": "\u00b5g/m\u00b2/day", "ug/d": "\u00b5g/day"}


def label(name: str) -> str:
    """Return the words for a name of the data model; a name without an entry speaks for itself."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def unit(code: str) -> str:
    """Return a unit as it is printed.

    Examples:
        >>> unit("ug/m2/d")
        'µg/m²/day'
    """
    return ", ".join(_UNITS.get(part, part) for part in code.split(", "))


def category(name: str, at: str) -> str:
    """Return the words for a category of a characteristic."""
    if name == "relapse_number":
        return _relapse(at)
    return at.replace(" x ", " \u00d7 ").replace("cns", "CNS")


def _relapse(number: str) -> str:
    if not number.isdecimal():
        return number
    ending = "th" if number[-2:] in ("11", "12", "13") else _ORDINALS.get(number[-1], "th")
    return "none" if number == "0" else f"{number}{ending} relapse"
