"""How results are named in tables: the words a reader of a paper expects for the names of the data model."""

from __future__ import annotations

LABELS = {
    "age": "Age, years",
    "weight": "Weight, kg",
    "height": "Height, cm",
    "days_from_diagnosis": "Time from diagnosis, days",
    "marrow_before": "Marrow before treatment",
    "mrd_before": "MRD before treatment",
    "cycles_given": "Cycles given",
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
    "prior_therapy": "Previous therapy",
    "responders": "Responders",
    "primary_responders": "Primary responders",
    "secondary_responders": "Secondary responders",
    "non_responders": "Non-responders",
    "remission_kept": "Remission kept (maintenance cycles alone)",
    "response_not_assessed": "Response not assessed",
    "mrd_conversion": "MRD conversion, positive to negative",
    "mrd_not_assessed": "MRD conversion not assessed",
    "m1_marrow": "M1 marrow after treatment",
    "cycles_completed": "Completed, n (%)",
    "cycles_ended_early": "Ended early, n (%)",
    "cycles_ongoing": "Ongoing at the data cut-off, n (%)",
    "cycles_status_unknown": "Not known whether completed, n (%)",
    "cycles_per_patient": "Cycles begun by a patient",
    "cycles_before_transplant": "Cycles before a transplant",
    "days_infused": "Days of infusion",
    "cumulative_dose_m2": "Cumulative dose, \u00b5g/m\u00b2",
    "cumulative_dose": "Cumulative dose, \u00b5g",
    "relative_dose": "Relative dose, %",
    "relative_dose_intensity": "Relative dose intensity, %",
    "cycles_escalated": "Cycles begun at a higher dose than the one before ended with, n (%)",
    "cycles_with_increase": "Cycles with an increase of the dose, planned steps included, n (%)",
    "cycles_with_reduction": "Cycles with a reduction of the dose, n (%)",
    "interruptions": "Interruptions, n",
    "patients_interrupted": "Patients with an interruption, n (%)",
    "patients_deviating": "Patients with a departure from the regimen, n (%)",
    "ae_any": "Any adverse event",
    "ae_severe": "An event of grade 3 or higher",
    "ae_serious": "A serious event",
    "ae_related": "An event related, or possibly related, to the T-cell engager",
    "ae_interrupted": "An event that interrupted the infusion or reduced its dose",
    "ae_discontinued": "An event that ended the treatment",
    "ae_fatal": "A fatal event",
    "alt": "ALT",
    "ast": "AST",
    "ggt": "GGT",
    "alp": "Alkaline phosphatase",
    "ldh": "LDH",
    "ck": "Creatine kinase",
    "aptt": "aPTT",
    "inr": "INR",
    "hdl": "HDL cholesterol",
    "ldl": "LDL cholesterol",
    "cd4": "CD4 cells",
    "calcium_ionised": "Ionised calcium",
    "glucose_fasting": "Fasting glucose",
    "cd3": "CD3, T cells",
    "cd8": "CD8, cytotoxic T cells",
    "treg": "Regulatory T cells",
    "treg_of_cd4": "Regulatory T cells among CD4 cells",
    "cd19": "CD19, B cells",
    "nk": "Natural killer cells",
    "lymphocytes": "Lymphocytes",
    "leukocytes": "Leukocytes",
    "il_1b": "IL-1\u03b2",
    "il_2": "IL-2",
    "il_4": "IL-4",
    "il_5": "IL-5",
    "il_6": "IL-6",
    "il_8": "IL-8",
    "il_10": "IL-10",
    "il_12p70": "IL-12p70",
    "il_13": "IL-13",
    "il_15": "IL-15",
    "il_17a": "IL-17A",
    "tnf_alpha": "TNF-\u03b1",
    "ifn_alpha": "IFN-\u03b1",
    "ifn_gamma": "IFN-\u03b3",
    "gm_csf": "GM-CSF",
    "mcp_1": "MCP-1",
    "mrd": "MRD",
    "marrow_blasts": "Blasts in the marrow",
}
_ORDINALS = {"1": "st", "2": "nd", "3": "rd"}
_UNITS = {
    "ug/m2/d": "\u00b5g/m\u00b2/day",
    "ug/d": "\u00b5g/day",
    "/uL": "per \u00b5L",
    "10*9/L": "\u00d7 10\u2079/L",
    "{xULN}": "\u00d7 upper limit of normal",
}


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
