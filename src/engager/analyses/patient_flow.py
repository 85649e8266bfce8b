"""How many patients took each way from treatment to the last contact."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.response import RESPONSES
from engager.analyses.rows import sources_of, unique
from engager.endpoints import Datasets
from engager.endpoints.outcome.patient_flow import NEXT, NO_RESPONSE_KNOWN, OUTCOMES
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult

STEPS = ("response", "next", "outcome")
ORDER = {
    "response": (*(name for name, _ in RESPONSES.values()), "responder", NO_RESPONSE_KNOWN),
    "next": NEXT,
    "outcome": OUTCOMES,
}
_RULES = {
    "response": "response to the T-cell engager",
    "next": "a transplant where there was one, else maintenance, else any other treatment after the last cycle",
    "outcome": "state at the last contact",
}


def analyse_patient_flow(datasets: Datasets, _: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the number of patients treated, and of each way through response, next treatment and outcome.

    `at` is the way so far, its steps joined by ` > `; `N` are the patients of the step before.
    """
    flow = datasets.patient_flow
    yield AnalysisResult(
        analysis="patient_flow", name="treated", n=flow.height, N=flow.height, unit="{patients}",
        method="patients of the cohort", patients=unique(flow["patient"]), sources=sources_of(flow),
    )  # fmt: skip
    yield from _branches(flow, 0, ())


def _branches(flow: pl.DataFrame, depth: int, way: tuple[str, ...]) -> Iterator[AnalysisResult]:
    if depth == len(STEPS):
        return
    step = STEPS[depth]
    for name in ORDER[step]:
        rows = flow.filter(pl.col(step) == name)
        if rows.height:
            yield AnalysisResult(
                analysis="patient_flow", name=step, at=" > ".join((*way, name)), text=name, n=rows.height,
                N=flow.height, unit="{patients}", method=_RULES[step], patients=unique(rows["patient"]),
                sources=sources_of(rows),
            )  # fmt: skip
            yield from _branches(rows, depth + 1, (*way, name))
