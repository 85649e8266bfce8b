"""The methods of response, MRD, remission and relapse, as the plan sets them."""

from __future__ import annotations

from engager.endpoints.disease.placing import ASSESSED_WITHIN
from engager.plan import AnalysisPlan
from engager.plan.response import Response
from engager.terms.mrd_assays import binds_cd19, mrd_assays


def response_methods(plan: AnalysisPlan) -> tuple[str, ...]:
    """Return the sentences on response that are true of a plan: cycles, MRD, remission and relapse."""
    return _cycles(plan.response), _mrd(plan), _remission(plan.response), _relapse(plan.response)


def _cycles(criteria: Response) -> str:
    limit = "at or below" if criteria.marrow_limit_inclusive else "below"
    order = {
        "derived first": "derived from the recorded burden where it decides, else as the treating team states it",
        "investigator first": "as the treating team states it, else derived from the burden recorded",
    }[criteria.cycle_class]
    return (
        f"A cycle is responding where it brings marrow blasts {limit} {criteria.marrow_limit_percent:g} % with at "
        f"least {criteria.log_reduction:g} log fewer blasts, maintenance where it keeps MRD below "
        f"{criteria.mrd_negative_below:g}, non-responding where blasts do not fall; classes are {order}. A marrow "
        f"assesses a cycle up to {ASSESSED_WITHIN} days after its infusion; before a cycle the last marrow counts. "
        f"Primary responders respond in the first cycle, secondary responders in a later one (definitions after "
        f"Schlegel 2014). Log reductions are bounds where a reading is one."
    )


def _mrd(plan: AnalysisPlan) -> str:
    mrd = plan.response.mrd
    text = f"MRD is negative where a reading lies below {plan.response.mrd_negative_below:g} of marrow cells. "
    if mrd.sensitivity:
        stated = ", ".join(
            f"{mrd_assays()[method].name} {limit:g}" for method, limit in sorted(mrd.sensitivity.items())
        )
        text += f"The plan states the sensitivity of the assays where a reading gives none: {stated}. "
    else:
        text += "A limit of detection that a reading does not give stays unknown. "
    text += (
        "MRD of different assays is compared as one quantity. "
        if mrd.compare_assays
        else "MRD of different assays is not compared with each other; overt blasts are compared with any. "
    )
    if binds_cd19(plan.drug):
        text += (
            f"{plan.drug.capitalize()} binds CD19: flow cytometry with a gate on CD19, or with one that is not stated, "
            "can miss blasts without it, and results that rest on it alone say so. "
        )
    return text + "MRD response by consensus: complete where not detected at 0.01 % or deeper, failure from 0.01 % on."


def _remission(criteria: Response) -> str:
    limits = criteria.remission
    under = "at most" if criteria.marrow_limit_inclusive else "below"
    return (
        f"Marrow: M1 {under} {criteria.marrow_limit_percent:g} % blasts, M3 from {criteria.m3_from_percent:g} % on, M2 "
        f"between. Complete remission (CR): M1 marrow, neutrophils above {limits.neutrophils_above:g} and platelets "
        f"above {limits.platelets_above:g} x 10^9/L within {limits.counts_within_days} days of the marrow, and no "
        f"disease outside the marrow recorded (where there was some before treatment, its clearance must be); CRh: "
        f"above {limits.partial_neutrophils_above:g} and {limits.partial_platelets_above:g}; CRi: less recovery."
    )


def _relapse(criteria: Response) -> str:
    words = {
        "ponte di legno 2022": "Ponte di Legno 2022 (25 % or more; 5 to below 25 % with one other test of 1 % or more; "
        "1 to below 5 % with two; disease outside the marrow)",
        "marrow blasts above": f"marrow blasts above {criteria.relapse.marrow_above_percent:g} %",
    }
    named = [words[name] for name in dict.fromkeys(criteria.relapse.definitions)]
    if not named:
        return "Relapse is as recorded."
    return (
        f"Relapse is as recorded; beside it, relapse after a remission is derived from the marrows measured by "
        f"{' and by '.join(named)}."
    )
