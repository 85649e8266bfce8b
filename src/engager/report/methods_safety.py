"""The methods of adverse events, in the settings in force."""

from __future__ import annotations

from collections.abc import Iterator

from engager.plan import AnalysisPlan


def safety_methods(plan: AnalysisPlan) -> Iterator[str]:
    """Yield how adverse events are graded, placed, joined and counted, where the plan's contents have them."""
    if "safety" not in plan.contents:
        return
    rules = plan.safety
    unplaced = {
        "count": "are counted, and their number is told",
        "leave out": "are left out, and their number is told",
    }[rules.unplaced]
    bridging = f"{rules.bridging_days} day{'' if rules.bridging_days == 1 else 's'}"
    yield (
        "Adverse events are graded by CTCAE in the version that each record names "
        f"({rules.ctcae_version} where it names none). They are treatment-emergent from the first dose to day "
        f"{rules.window_days} after the last; a pre-existing event is where it became worse or fatal; an event without "
        f"a day is where its cycle is recorded. Events of which this is not known {unplaced}. Records of one term and "
        f"patient that overlap, or begin up to {bridging} after the end, are one event. A patient "
        f"counts once in a row, at the worst grade recorded, in the bands {', '.join(rules.grade_bands)}; percentages "
        f"are of all patients treated. Rates are per 100 patient-{rules.rate_per}s at risk, with exact Poisson "
        "intervals."
    )
