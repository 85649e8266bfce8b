"""Response by subgroup: the share of responders in each category that the plan names, for the forest figure."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.rows import RESPONDERS, conventions, proportion_row
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult


def analyse_subgroups(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield responders among all, then among the patients of each category of each subgroup of the plan."""
    if not plan.subgroups or datasets.patient_response.is_empty():
        return
    settings = conventions(plan)
    responders = datasets.patient_response.filter(pl.col("response").is_in(RESPONDERS))
    yield proportion_row("subgroups", "responders", responders, datasets.subjects.height, settings)
    for column in plan.subgroups:
        known = datasets.subjects.filter(pl.col(column).is_not_null())
        labelled = known.select("patient", label=pl.col(column).cast(pl.String))
        for (label,), members in sorted(labelled.group_by("label")):
            among = responders.join(members, on="patient", how="semi", maintain_order="left")
            yield proportion_row(
                "subgroups", "responders", among, members.height, settings, group=column, at=str(label),
                rule="a responding cycle",
            )  # fmt: skip
