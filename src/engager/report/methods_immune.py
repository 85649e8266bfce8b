"""How cells, the T-cell-to-blast ratio and cytokines were read, in the settings in force."""

from __future__ import annotations

from collections.abc import Iterator

from engager.plan import AnalysisPlan


def immune_methods(plan: AnalysisPlan) -> Iterator[str]:
    """Yield a sentence on cells and ratio, and one on cytokines, as the plan's contents ask."""
    if "immune" in plan.contents:
        yield _cells(plan)
    if "cytokines" in plan.contents:
        yield _cytokines(plan)


def _cells(plan: AnalysisPlan) -> str:
    settings = plan.immune
    parent = f"of {settings.percent_of}" if settings.percent_of else "not turned into counts"
    goal = (
        f"at {settings.recovery_fraction:g} times the baseline or above"
        if settings.recovery == "baseline"
        else "at the lower limit of the row or the plan or above"
    )
    return (
        f"Cell counts are per \u00b5L, as recorded or as a percentage times the count of the cells it is of in the "
        f"same sample; percentages whose row does not say what they are of are {parent}. The start of a cycle is the "
        f"last value up to {settings.start_within_days} days before its infusion or on its first day; recovery is the "
        f"first day after the nadir {goal}; B cells count as depleted below {settings.b_cells_depleted_below:g} per "
        f"\u00b5L. The T-cell-to-blast ratio is CD3 cells per \u00b5L of blood over blasts per \u00b5L of marrow, the "
        f"share of blasts times leukocytes of the marrow or of the blood, told apart. Cycles are compared by the exact "
        f"Mann-Whitney test and, patients counting once, by the test of Datta and Satten (2005); bounds are ordered by "
        f"what they surely exceed. Youden's cut has its interval from {settings.resamples} resamples of patients (seed "
        f"{settings.seed})."
    )


def _cytokines(plan: AnalysisPlan) -> str:
    limit = plan.immune.cytokine_loq
    own = "the row's" if limit is None else f"the row's, else {limit:g} pg/mL"
    return (
        f"Cytokines below the limit of quantification ({own}) lie between 0 and the limit; areas under the curve are "
        f"linear trapezoids over the means of the days and carry both bounds."
    )
