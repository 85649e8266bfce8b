"""The methods of laboratory grades, in the settings in force."""

from __future__ import annotations

from engager.plan import AnalysisPlan


def laboratory_methods(plan: AnalysisPlan) -> str:
    """Return how laboratory values were graded: version, baseline, limits, window, what has no grade."""
    day_1 = "up to day 1" if plan.laboratory.day_1 == "baseline" else "before day 1"
    ranges = plan.laboratory.reference_ranges
    limits = f"those of the row, else of {ranges} by age at the first dose and sex" if ranges else "those of the row"
    unplaced = "counted" if plan.safety.unplaced == "count" else "left out"
    return (
        f"Laboratory values were graded by CTCAE {plan.safety.ctcae_version} from the value alone; clauses that no "
        f"value shows stay with the clinician. Baseline: the last value {day_1}; limits of normal: {limits}; worst "
        f"grade: to day {plan.safety.window_days} after the last dose, values that no day places against it being "
        f"{unplaced}. A value without the limit or the baseline that decides has no grade, never grade 0. Beside the "
        f"clinician's grade stands the worst value within the days of the event (else its cycle, else the window), by "
        f"the version of the event."
    )
