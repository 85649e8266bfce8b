"""The course of each patient: cycles, response, events and the end of observation.

What the record does not place in time is told in words (`undated`), never placed by guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from engager.analyses.rows import LISTED
from engager.endpoints import Datasets
from engager.endpoints.sources import source
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.schema.therapies import was_given

Row = Mapping[str, Any]
DISCONTINUED = ("adverse event", "progression", "physician decision", "patient decision", "other")
"""The reasons for which a last infusion ended that mean it was stopped; death is told as such."""


def analyse_course(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, patient by patient, the cycles with their doses, the response, the events and the last day."""
    offset = plan.conventions.day_offset
    listed = datasets.subjects.select("patient").head(LISTED)
    by_patient = {name: _by_patient(frame, listed) for name, frame in _frames(datasets).items()}
    for patient in listed["patient"]:
        rows = {name: groups.get(patient, []) for name, groups in by_patient.items()}
        yield from _cycles(patient, rows["cycles"])
        yield from _infusions(patient, rows["infusions"], offset)
        yield from _burden(patient, rows["burden"])
        yield from _response(patient, rows)
        # Where the infusion tells when and why it was stopped, a row that says so once more is no other event.
        told = [row for row in rows["follow_up"] if not rows["discontinued"] or row["event"] != "end of treatment"]
        events = [*told, *rows["transplants"], *rows["maintenance"], *rows["discontinued"]]
        yield from _events(patient, events, offset)
        yield from _therapies(patient, rows["therapies"])
        yield from _last_day(patient, rows["OS"])


def _frames(datasets: Datasets) -> dict[str, pl.DataFrame]:
    therapies = datasets.cohort["therapies"].with_columns(source("therapies"), pl.col("start_day").alias("day"))
    later = therapies.filter((pl.col("phase") == "after") & was_given())
    transplant = (pl.col("kind") == "hsct") & was_given() & pl.col("phase").is_in(["between", "during", "after"])
    follow_up = datasets.cohort["follow_up"].filter(pl.col("day").is_null() | (pl.col("day") >= 1))
    return {
        "cycles": datasets.cycles,
        "infusions": datasets.cohort["exposure"]
        .filter(pl.col("start_day").is_not_null())
        .with_columns(source("exposure")),
        "response": datasets.patient_response,
        "best": datasets.best_response,
        "burden": datasets.burden.filter(pl.col("role") == "before"),
        "follow_up": follow_up.with_columns(source("follow_up")),
        "transplants": therapies.filter(transplant).with_columns(event=pl.lit("hsct")),
        "maintenance": _maintenance(therapies.filter(was_given())),
        "discontinued": _discontinued(datasets.cohort["exposure"]),
        "therapies": later.filter(pl.col("kind") != "conditioning"),
        "OS": datasets.time_to_event.get("OS", pl.DataFrame({"patient": []}, schema={"patient": pl.String})),
    }


def _maintenance(given: pl.DataFrame) -> pl.DataFrame:
    """Return the first day of maintenance after the first dose, of each patient who has one."""
    rows = given.filter((pl.col("kind") == "maintenance") & (pl.col("day") >= 1)).sort("day", "row")
    return rows.unique("patient", keep="first", maintain_order=True).with_columns(event=pl.lit("maintenance"))


def _discontinued(exposure: pl.DataFrame) -> pl.DataFrame:
    """Return the end of the last stretch of infusion of each patient who did not complete it, with the reason."""
    ended = exposure.filter(pl.col("end_day").is_not_null()).sort("end_day", "row")
    last = ended.unique("patient", keep="last", maintain_order=True).with_columns(source("exposure"))
    reason = pl.col("end_reason").cast(pl.String)
    stopped = last.filter(reason.is_in(DISCONTINUED))
    return stopped.with_columns(day="end_day", event=pl.lit("discontinuation"), cause=reason)


def _by_patient(frame: pl.DataFrame, listed: pl.DataFrame) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in frame.join(listed, on="patient", how="semi", maintain_order="left").iter_rows(named=True):
        groups.setdefault(row["patient"], []).append(row)
    return groups


def _result(patient: str, name: str, sources: list[str], **values: Any) -> AnalysisResult:
    return AnalysisResult(
        analysis="course", name=name, group=f"patient {patient}", patients=(patient,), sources=tuple(sources), **values
    )


def _cycles(patient: str, cycles: list[Row]) -> Iterator[AnalysisResult]:
    doses = "; ".join(", ".join(f"{dose:g}" for dose in row["doses"] if dose is not None) for row in cycles)
    units = {str(row["unit"]) for row in cycles if row["unit"]}
    sources = [address for row in cycles for address in row["sources"]]
    yield _result(
        patient, "cycles", sources, n=len(cycles), text=doses or None, unit=", ".join(sorted(units)) or None,
        method="doses of each cycle in order; cycles separated by semicolons",
    )  # fmt: skip


def _infusions(patient: str, infusions: list[Row], offset: int) -> Iterator[AnalysisResult]:
    for number, row in enumerate(infusions, 1):
        yield _result(
            patient, "infusion", [row["source"]], at=str(number), estimate=row["dose"], unit=row["unit"],
            lower=float(row["start_day"] - offset),
            upper=None if row["end_day"] is None else float(row["end_day"] - offset),
            method="first and last day of a stretch of infusion",
        )  # fmt: skip


def _burden(patient: str, rows: list[Row]) -> Iterator[AnalysisResult]:
    readings = [f"{row['value_text']}{'' if row['unit'] in (None, '1') else ' ' + row['unit']}" for row in rows]
    yield _result(
        patient, "burden_before", [row["source"] for row in rows], text="; ".join(readings) or None,
        method="marrow blasts or MRD before each cycle where recorded", warning=None if rows else "not recorded",
    )  # fmt: skip


def _response(patient: str, rows: Mapping[str, list[Row]]) -> Iterator[AnalysisResult]:
    for row in rows["response"]:
        cycle = row["responding_cycle"]
        yield _result(
            patient, "response", row["sources"], text=row["response"],
            method=f"first responding cycle: {cycle}" if cycle is not None else "no responding cycle",
        )  # fmt: skip
    for row in rows["best"]:
        unit = "" if row["unit"] in (None, "1") else f" {row['unit']}"
        yield _result(
            patient, "best_response", row["sources"], text=f"{row['test'].replace('_', ' ')} {row['best']}{unit}",
            method=f"deepest reading after treatment; method: {row['methods'] or 'not recorded'}",
        )  # fmt: skip


def _events(patient: str, rows: list[Row], offset: int) -> Iterator[AnalysisResult]:
    """Yield dated events on their day and undated ones in words; a contact is no event."""
    seen: Counter[str] = Counter()
    undated = 0
    for row in rows:
        kind = row["event"]
        if kind in ("last contact", "disease assessment"):
            continue
        detail = row.get("cause") or row.get("site") or row.get("donor")
        happened = "transplant" if kind == "hsct" else str(kind)
        words = f"{happened} ({detail})" if detail else happened
        if row["day"] is None:
            undated += 1
            yield _result(
                patient, "undated", [row["source"]], at=str(undated), text=words, method="the day is not recorded"
            )
            continue
        seen[kind] += 1
        at = kind if seen[kind] == 1 else f"{kind} {seen[kind]}"
        yield _result(
            patient, "event", [row["source"]], at=at, estimate=float(row["day"] - offset), unit="d", text=words,
            method="as recorded",
        )  # fmt: skip


def _therapies(patient: str, rows: list[Row]) -> Iterator[AnalysisResult]:
    names = [_treatment(row) for row in rows]
    yield _result(
        patient, "further_treatment", [row["source"] for row in rows], text=", ".join(dict.fromkeys(names)) or None,
        method="therapies after the last cycle, without conditioning",
        warning=None if rows else "none recorded",
    )  # fmt: skip


def _treatment(row: Row) -> str:
    """Return a therapy in words: a transplant by its donor, an irradiation by its site, a drug by its name."""
    if row["kind"] == "hsct":
        return f"{row['donor']} transplant" if row["donor"] else "transplant"
    name = row["name"] or row["kind"]
    return f"irradiation ({name})" if row["kind"] == "irradiation" and row["name"] else str(name)


def _last_day(patient: str, rows: list[Row]) -> Iterator[AnalysisResult]:
    for row in rows:
        if row["time"] is not None:
            yield _result(
                patient, "follow_up", row["sources"], estimate=row["time"], unit="d",
                text="dead" if row["event"] else "alive", method="last day known, from the first dose",
            )  # fmt: skip
