"""Marrow status by cycle, complete remission, and relapse by definition beside the recorded relapses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from engager.analyses.rows import LISTED, conventions, proportion_row
from engager.endpoints import Datasets
from engager.endpoints.disease.marrow import STATUSES
from engager.endpoints.disease.relapse import BOTH, DERIVED_ONLY, MARROW_ABOVE, PONTE_DI_LEGNO, RECORDED_ONLY
from engager.endpoints.disease.remission import CATEGORIES, CR, CRH, CRI, NO_REMISSION, NOT_EVALUABLE
from engager.endpoints.disease.response import PRIMARY
from engager.plan import AnalysisPlan, Response
from engager.results import AnalysisResult

NO_MARROW = "no marrow after treatment"


def analyse_remission(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the marrow status by cycle, the remission of patients and cycles with the reasons, and relapses."""
    yield from _marrow(datasets, plan)
    yield from _remission(datasets, plan)
    yield from _relapse(datasets, plan)


def _marrow(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    settings, status = conventions(plan), datasets.disease.marrow_status
    known = status.filter(pl.col("status").is_not_null())
    cycles = known.filter(pl.col("cycle").is_not_null()).select("cycle").unique().sort("cycle")["cycle"]
    rule = "derived from blasts, else as stated; of the patients with a marrow at this time"
    for cycle in cycles:
        for time in ("before", "after"):
            rows = known.filter((pl.col("cycle") == cycle) & (pl.col("time") == time))
            for name in STATUSES if rows.height else ():
                yield proportion_row(
                    "marrow_status", name, rows.filter(pl.col("status") == name), rows.height, settings,
                    group=f"cycle {cycle}", at=time, rule=f"{_limits(name, plan.response)}; {rule}",
                )  # fmt: skip
    yield from _not_m1_before(datasets, plan)
    for row in known.filter("conflict").head(LISTED).iter_rows(named=True):
        yield _conflict(row)


def _not_m1_before(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the patients with an M2 or M3 marrow before treatment: of all, and of the primary responders."""
    status = datasets.disease.marrow_status
    before = status.filter((pl.col("cycle") == 1) & (pl.col("time") == "before") & pl.col("status").is_not_null())
    primary = datasets.patient_response.filter(pl.col("response") == PRIMARY)
    groups = {"all": before, "primary responders": before.join(primary, on="patient", how="semi")}
    for group, rows in groups.items():
        if rows.height:
            more = rows.filter(pl.col("status") != "M1")
            rule = "marrow M2 or M3 before treatment, of those with a marrow then"
            yield proportion_row(
                "marrow_status", "m2_or_m3", more, rows.height, conventions(plan), group=group, at="before", rule=rule
            )


def _limits(name: str, criteria: Response) -> str:
    low, high = f"{criteria.marrow_limit_percent:g} %", f"{criteria.m3_from_percent:g} %"
    under, over = ("at most", "above") if criteria.marrow_limit_inclusive else ("below", "at least")
    return {
        "M1": f"M1: marrow blasts {under} {low}",
        "M2": f"M2: marrow blasts {over} {low} and below {high}",
        "M3": f"M3: marrow blasts at least {high}",
    }[name]


def _conflict(row: dict[str, Any]) -> AnalysisResult:
    return AnalysisResult(
        analysis="marrow_status", name="disagreement", at=f"cycle {row['cycle']} {row['time']}", text=row["derived"],
        method="status by the blasts measured, where it differs from the stated one",
        warning=f"stated: {row['stated']}", **_of_patient(row),
    )  # fmt: skip


def _of_patient(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "group": f"patient {row['patient']}",
        "patients": (str(row["patient"]),),
        "sources": tuple(row["sources"]),
    }


def _remission(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    settings, disease = conventions(plan), datasets.disease
    everyone = datasets.subjects.height
    meaning = _meanings(plan.response)
    for name in CATEGORIES:
        rows = disease.best_remission.filter(pl.col("remission") == name)
        rule = f"best after treatment: {meaning[name]}; of all patients"
        yield proportion_row("remission", "best", rows, everyone, settings, at=name, rule=rule)
    unread = datasets.subjects.join(disease.best_remission, on="patient", how="anti", maintain_order="left")
    if unread.height:
        rule = "no marrow after treatment is recorded; of all patients"
        yield proportion_row("remission", "best", unread, everyone, settings, at=NO_MARROW, rule=rule)
    of_cycle = disease.remission.filter(pl.col("cycle").is_not_null())
    for cycle in of_cycle["cycle"].unique().sort():
        rows = of_cycle.filter(pl.col("cycle") == cycle)
        for name in CATEGORIES:
            here = rows.filter(pl.col("remission") == name)
            rule = f"{meaning[name]}; of patients with a marrow after this cycle"
            yield proportion_row(
                "remission", "after", here, rows.height, settings, group=f"cycle {cycle}", at=name, rule=rule
            )
    for row in disease.remission.head(LISTED).iter_rows(named=True):
        at = "cycle not recorded" if row["cycle"] is None else f"cycle {row['cycle']}"
        yield AnalysisResult(
            analysis="remission", name="patient", at=at, text=row["remission"], method=row["reason"], **_of_patient(row)
        )


def _meanings(criteria: Response) -> dict[str, str]:
    limits = criteria.remission
    outside = "no disease outside the marrow recorded"
    return {
        CR: f"M1 marrow, neutrophils above {limits.neutrophils_above:g} and platelets above "
        f"{limits.platelets_above:g} x 10^9/L, {outside}",
        CRH: f"M1 marrow, neutrophils above {limits.partial_neutrophils_above:g} and platelets above "
        f"{limits.partial_platelets_above:g} x 10^9/L, less than for CR, {outside}",
        CRI: f"M1 marrow, less recovery of the counts than for CRh, {outside}",
        NO_REMISSION: "M2 or M3 marrow, or disease outside the marrow",
        NOT_EVALUABLE: f"M1 marrow, and counts within {limits.counts_within_days} days, or the clearance of disease "
        "outside the marrow, not recorded",
    }


def _relapse(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    settings, everyone = conventions(plan), datasets.subjects.height
    for definition in dict.fromkeys(plan.response.relapse.definitions):
        rows = datasets.disease.relapse.filter(pl.col("definition") == definition)
        rule = _definition(definition, plan.response)
        for name in (BOTH, RECORDED_ONLY, DERIVED_ONLY):
            here = rows.filter(pl.col("agreement") == name)
            yield proportion_row(
                "relapse", name, here, everyone, settings, at=definition, rule=f"{rule}; of all patients"
            )
        for row in rows.head(LISTED).iter_rows(named=True):
            yield _relapse_of(row)


def _definition(name: str, criteria: Response) -> str:
    if name == MARROW_ABOVE:
        return f"marrow blasts above {criteria.relapse.marrow_above_percent:g} % after a remission"
    assert name == PONTE_DI_LEGNO  # noqa: S101 - the plan permits these two
    return (
        "after a remission: marrow 25 % or more; 5 to below 25 % with one other test of 1 % or more; "
        "1 to below 5 % with two; or disease outside the marrow"
    )


def _relapse_of(row: dict[str, Any]) -> AnalysisResult:
    """Return the relapse of a patient: the derived day, what it rests on, and how it stands to the recorded one."""
    derived, recorded = row["derived_day"], row["recorded_day"]
    days = "the recorded relapse has no day" if recorded is None else f"recorded on day {recorded}"
    if row["agreement"] == DERIVED_ONLY:
        days = "no relapse recorded"
    return AnalysisResult(
        analysis="relapse", name="patient", at=row["definition"], text=row["agreement"], unit="d",
        estimate=None if derived is None else float(derived), method=row["reason"],
        warning=None if derived == recorded and derived is not None else days, **_of_patient(row),
    )  # fmt: skip
