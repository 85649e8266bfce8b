"""The record of virtual patients: what a ward's journal and samples are in the six tables of a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from engager.schema import TABLES
from engager.simulator.courses.course import Ward
from engager.simulator.observation.visits import study_day

if TYPE_CHECKING:
    from engager.simulator.cohorts.virtual_cohort import Simulation

MONTH = 365.25 / 12  # days
_CTCAE = "5.0"
OVERT, POSITIVE, NEGATIVE = "overt disease", "MRD-positive", "MRD-negative"
_VASOPRESSORS = {2: "none", 3: "one", 4: "several"}
_OXYGEN = {1: "none", 2: "low-flow nasal cannula", 3: "mask", 4: "positive pressure"}


def keys_of(ward: Ward) -> list[str]:
    """Return the pseudonyms of a ward's patients: the same for a patient however many there are."""
    return [f"V{index + 1:05d}" for index in ward.patients.patients]


def records(ward: Ward, simulation: Simulation, seen: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the six tables, typed as the schema says, each row marked as simulated.

    `seen` are the measurements of the samples, patients by position.
    """
    names = (simulation.population.name, simulation.treatment_name, simulation.policy.name)
    source = f"simulated: {', '.join(names)}, seed {simulation.seed}"
    toxic = _toxicity(ward)
    tables = {
        "patients": _patients(ward, seen),
        "exposure": _exposure(ward),
        "measurements": pl.concat([seen, toxic], how="diagonal_relaxed").unique(
            ["patient", "day", "cycle", "test", "value_text"], keep="first", maintain_order=True
        ),
        "adverse_events": _adverse_events(ward),
        "therapies": _therapies(ward),
        "follow_up": ward.journal.read("follow"),
    }
    return {name: _typed(name, frame, ward, source) for name, frame in tables.items()}


def _typed(name: str, frame: pl.DataFrame, ward: Ward, source: str) -> pl.DataFrame:
    """Return a frame with the columns and types of its table, sorted by patient and day, rows numbered."""
    when = next((column for column in ("day", "start_day") if column in frame.columns), None)
    order = ["patient", when] if when else ["patient"]
    frame = frame.sort(order, maintain_order=True, nulls_last=False)
    keys = pl.Series("patient", keys_of(ward), dtype=pl.String)
    frame = frame.with_columns(
        patient=keys.gather(frame["patient"]) if frame.height else pl.lit(None, pl.String),
        row=pl.int_range(2, frame.height + 2), source=pl.lit(source),
    )  # fmt: skip
    wanted = {column: declared.dtype for column, declared in TABLES[name].columns().items()}
    absent = [pl.lit(None, dtype).alias(column) for column, dtype in wanted.items() if column not in frame.columns]
    return frame.with_columns(absent).select(pl.col(column).cast(dtype) for column, dtype in wanted.items())


def _patients(ward: Ward, seen: pl.DataFrame) -> pl.DataFrame:
    """Return the patients table; the group is by the marrow before treatment."""
    described = ward.patients.covariates
    n = len(ward)
    frame = pl.DataFrame({"patient": np.arange(n)}).with_columns(
        pl.lit("B-ALL").alias("diagnosis"),
        *(described[name].cast(pl.Float64).round(digits).alias(name)
          for name, digits in (("age", 1), ("weight", 1), ("height", 0)) if name in described.columns),
        *(described[name].cast(pl.String).alias(name) for name in ("sex", "risk") if name in described.columns),
        *(described[name].cast(pl.Int64).alias(name) for name in ("relapse_number",) if name in described.columns),
        *(described[name].cast(pl.Int64) > 0 for name in ("cns",) if name in described.columns),
    )  # fmt: skip
    if "months_from_diagnosis" in described.columns:
        frame = frame.with_columns(
            _days_from_diagnosis(described["months_from_diagnosis"], described["age"])
        )  # fmt: skip
    if {"relapse_number", "cns"} <= set(frame.columns):
        site = pl.when(pl.col("cns")).then(pl.lit("bone marrow + cns")).otherwise(pl.lit("bone marrow"))
        frame = frame.with_columns(relapse_site=pl.when(pl.col("relapse_number") > 0).then(site))
    given, missed = ward.treatment.prescribed, "not solved to the end: no solver found a solution"
    names = [f"ID {name} of the event table" for name in given.ids] if given else [None] * n
    notes = [[name, missed if bad else None] for name, bad in zip(names, ward.failed, strict=True)]
    note = pl.Series("note", ["; ".join(filter(None, each)) or None for each in notes])
    return frame.with_columns(note.cast(pl.String), _group(ward, seen))


def _days_from_diagnosis(months: pl.Series, age: pl.Series) -> pl.Series:
    """Return the days from the diagnosis: months and age are drawn apart, and nobody is ill before half a year."""
    since_half = (age - 0.5).clip(lower_bound=0.0) * 12 * MONTH
    frame = pl.DataFrame({"drawn": months * MONTH, "most": since_half})
    return frame.select(pl.min_horizontal("drawn", "most").round(0).alias("days_from_diagnosis")).to_series()


def _group(ward: Ward, seen: pl.DataFrame) -> pl.Series:
    """Return the group of each patient by the first marrow: overt disease, or in remission with or without MRD."""
    first = seen.filter((pl.col("test") == "mrd") & (pl.col("day") < 1)).select("patient", "result")
    everybody = pl.DataFrame({"patient": np.arange(len(ward)), "blasts": ward.before_blasts}).join(
        first.unique("patient", keep="first"), on="patient", how="left", maintain_order="left"
    )
    overt = pl.col("blasts") >= ward.treatment.policy.assessment.blasts_below
    positive = pl.when(pl.col("result") == "not detected").then(pl.lit(NEGATIVE)).otherwise(pl.lit(POSITIVE))
    group = pl.when(overt).then(pl.lit(OVERT)).when(pl.col("result").is_not_null()).then(positive)
    return everybody.select(group=group).to_series()


def _exposure(ward: Ward) -> pl.DataFrame:
    """Return the stretches; those that go on at the same dose without a day between them are one."""
    frame = ward.journal.read("exposure").sort("patient", "start_day")
    same = pl.all_horizontal(
        pl.col(name) == pl.col(name).shift(1) for name in ("patient", "cycle", "dose", "flat")
    ) & (pl.col("start_day") == pl.col("end_day").shift(1) + 1)  # fmt: skip
    frame = frame.with_columns(stretch=(~same.fill_null(value=False)).cum_sum())
    whole = frame.group_by("stretch", maintain_order=True).agg(
        pl.col("patient", "cycle", "start_day", "dose", "flat").first(), pl.col("end_day", "end_reason").last()
    )
    unit = pl.when("flat").then(pl.lit("ug/d")).otherwise(pl.lit("ug/m2/d"))
    return whole.with_columns(unit=unit, dose=pl.col("dose").round(2)).drop("stretch", "flat")


def _adverse_events(ward: Ward) -> pl.DataFrame:
    frame = ward.journal.read("event")
    days = [pl.Series(name, study_day(frame[end].to_numpy()), dtype=pl.Int32)
            for name, end in (("start_day", "start"), ("end_day", "end"))]  # fmt: skip
    related = ["Fever", "Cytokine release syndrome", "Tremor", "Somnolence", "Encephalopathy", "Seizure"]
    events = frame.with_columns(
        *days,
        ctcae_version=pl.lit(_CTCAE),
        related=pl.when(pl.col("term").is_in(related)).then(pl.lit("related")).otherwise(pl.lit("unknown")),
        serious=(pl.col("grade") >= 3),
    ).with_columns(end_day=pl.max_horizontal("start_day", "end_day"))
    cut = _until_death(events, ward)
    unended = (pl.col("end_day") < pl.col("planned_end")) & (pl.col("grade") < 5)
    return cut.with_columns(outcome=pl.when(unended).then(pl.lit("not resolved")).otherwise("outcome"))


def _until_death(frame: pl.DataFrame, ward: Ward) -> pl.DataFrame:
    """Return rows up to the death of their patients, without what would begin later; what would end later ends there.

    `planned_end` is the end as it would have been.
    """
    follow = ward.journal.read("follow").filter(pl.col("event") == "death").select("patient", death="day")
    known = frame.join(follow, on="patient", how="left", maintain_order="left")
    kept = known.filter(pl.col("start_day").is_null() | ~(pl.col("start_day") > pl.col("death")).fill_null(value=False))
    end = pl.col("end_day").cast(pl.Int64)
    ended = pl.when(end.is_not_null()).then(pl.min_horizontal(end, "death"))
    return kept.with_columns(planned_end=end, end_day=ended).drop("death")


def _toxicity(ward: Ward) -> pl.DataFrame:
    """Return the components of cytokine release syndrome and of a seizure, as measurements of the worst day."""
    events = ward.journal.read("event")
    released = events.filter(pl.col("term") == "Cytokine release syndrome")
    day = pl.Series("day", study_day(released["worst"].fill_null(1.0).to_numpy()), dtype=pl.Int32)
    base = released.select("patient", "cycle", "grade", "value").with_columns(day, timepoint=pl.lit("during cycle"))
    grade = pl.col("grade")
    parts = [
        _component(base, "temperature", pl.col("value").round_sig_figs(3), unit="Cel"),
        _component(base, "hypotension", pl.when(grade >= 2).then(pl.lit("yes")).otherwise(pl.lit("no"))),
        _component(base.filter(grade >= 2), "fluids_for_hypotension", pl.lit("yes")),
        _component(base.filter(grade >= 2), "vasopressors", grade.replace_strict(_VASOPRESSORS, default="none")),
        _component(base, "oxygen_device", grade.replace_strict(_OXYGEN, default="none")),
    ]
    seizures = events.filter(pl.col("term") == "Seizure")
    at = pl.Series("day", study_day(seizures["start"].to_numpy()), dtype=pl.Int32)
    base = seizures.select("patient", "cycle", "grade", "value").with_columns(at, timepoint=pl.lit("during cycle"))
    return pl.concat([*parts, _component(base, "seizure", pl.lit("generalised"))], how="diagonal")


def _component(base: pl.DataFrame, test: str, value: pl.Expr, unit: str | None = None) -> pl.DataFrame:
    frame = base.with_columns(test=pl.lit(test), value_text=value.cast(pl.String), unit=pl.lit(unit, pl.String))
    if unit is not None:
        return frame.with_columns(
            value=value.cast(pl.Float64), comparator=pl.lit("="), result=pl.lit("quantified"), specimen=pl.lit("body")
        ).drop("grade")  # fmt: skip
    return frame.with_columns(
        value=pl.lit(None, pl.Float64), category=pl.col("value_text"), result=pl.lit("category")
    ).drop("grade")  # fmt: skip


def _therapies(ward: Ward) -> pl.DataFrame:
    """Return the therapies table: transplants before treatment as the population has them, then what was given."""
    described, given = ward.patients.covariates, _until_death(ward.journal.read("therapy"), ward)
    last = ward.journal.read("exposure").group_by("patient").agg(last=pl.col("cycle").max())
    later = given.join(last, on="patient", how="left", maintain_order="left")
    between = (pl.col("phase") == "between") & (pl.col("cycle") >= pl.col("last"))
    given = later.with_columns(phase=pl.when(between).then(pl.lit("after")).otherwise("phase")).drop("last")
    if "prior_hsct" not in described.columns:
        return given
    counts = described["prior_hsct"].cast(pl.Int64).to_numpy()
    who = np.repeat(np.arange(len(ward)), counts)
    block = np.concatenate([np.arange(1, count + 1) for count in counts] or [np.array([], np.int64)])
    before = pl.DataFrame({"patient": who, "block": block}).with_columns(
        kind=pl.lit("hsct"), name=pl.lit("allogeneic stem cell transplantation"), phase=pl.lit("before")
    )
    return pl.concat([before, given], how="diagonal_relaxed")
