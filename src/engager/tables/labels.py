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
    "mrd_conversion": "MRD conversion, positive to negative",
    "mrd_not_assessed": "MRD conversion not assessed",
    "m1_marrow": "M1 marrow after treatment",
}
_ORDINALS = {"0": "none", "1": "1st relapse", "2": "2nd relapse", "3": "3rd relapse"}


def label(name: str) -> str:
    """Return the words for a name of the data model; a name without an entry speaks for itself."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def category(name: str, at: str) -> str:
    """Return the words for a category of a characteristic."""
    if name == "relapse_number":
        return _ORDINALS.get(at, f"{at}th relapse")
    return at.replace(" x ", " \u00d7 ").replace("cns", "CNS")
