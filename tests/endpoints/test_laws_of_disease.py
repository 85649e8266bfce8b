"""Laws of MRD, marrow, remission and relapse: tried on random readings."""

from __future__ import annotations

import math
import random
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from engager.cohort import Cohort
from engager.endpoints.disease.burden import derive_burden, read_marrow
from engager.endpoints.disease.datasets import derive_disease
from engager.endpoints.disease.mrd_conversion import derive_mrd_conversion
from engager.endpoints.disease.response import derive_cycle_response
from engager.endpoints.exposure.datasets import derive_cycles
from engager.plan import Response
from engager.schema import TABLES

BOUNDED = ["=", "<", "<=", ">", ">="]
READING: dict[str, st.SearchStrategy[Any]] = {
    "patient": st.sampled_from(["1", "2"]),
    "cycle": st.none() | st.integers(1, 3),
    "day": st.none() | st.integers(-30, 300).filter(bool),
    "timepoint": st.sampled_from([None, "baseline", "start of cycle", "end of cycle", "best response"]),
    "test": st.sampled_from(["marrow_blasts", "mrd", "mrd", "marrow_status", "neutrophils", "platelets"]),
    "method": st.sampled_from([None, "flow", "pcr", "ngs"]),
    "value": st.sampled_from([0.0, 1e-6, 1e-4, 0.01, 0.05, 0.25, 0.7]),
    "comparator": st.sampled_from(BOUNDED),
    "lod": st.sampled_from([None, 1e-6, 1e-4]),
    "category": st.sampled_from(["M1", "M2", "M3"]),
}


def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return a table of the schema from rows that name some of its columns."""
    types = {column: declared.dtype for column, declared in TABLES[name].columns().items()}
    return pl.DataFrame([{**dict.fromkeys(types), **row, "row": i} for i, row in enumerate(rows, 2)], schema=types)


def cohort_of_readings(readings: list[dict[str, Any]]) -> Cohort:
    """Return two patients with three cycles each, and the readings."""
    both = [{"patient": patient} for patient in ("1", "2")]
    exposure = [{**one, "cycle": cycle, "start_day": 1 + 42 * (cycle - 1)} for one in both for cycle in (1, 2, 3)]
    full = [
        {**row, "unit": "10*9/L" if row["test"] in ("neutrophils", "platelets") else "1", "result": "quantified",
         "value": row["value"] * 200 if row["test"] in ("neutrophils", "platelets") else row["value"]}
        for row in readings
    ]  # fmt: skip
    tables: dict[str, list[dict[str, Any]]] = {"patients": both, "exposure": exposure, "measurements": full}
    return Cohort({name: frame(name, tables.get(name, [])) for name in TABLES})


def derived(cohort: Cohort, criteria: Response = Response()) -> dict[str, pl.DataFrame]:  # noqa: B008 - immutable
    """Return the datasets of the disease by name."""
    cycles = derive_cycles(cohort)
    readings = read_marrow(cohort, criteria)
    burden = derive_burden(readings, cycles)
    disease = derive_disease(cohort, cycles, readings, burden, criteria)
    return {
        "cycle_response": derive_cycle_response(cohort, cycles, burden, criteria),
        "conversion": derive_mrd_conversion(burden, criteria, "blinatumomab"),
        **{name: getattr(disease, name) for name in disease.__dataclass_fields__},
    }


@given(st.lists(st.fixed_dictionaries(READING), max_size=14), st.randoms(use_true_random=False))
def test_the_order_of_readings_does_not_matter(readings: list[dict[str, Any]], shuffler: random.Random) -> None:
    """Shuffled readings give the same rows, apart from the addresses of their sources."""
    shuffled = shuffler.sample(readings, len(readings))
    one, other = derived(cohort_of_readings(readings)), derived(cohort_of_readings(shuffled))
    for name, left in one.items():
        columns = [column for column in left.columns if "sources" not in column]
        keys = [key for key in ("patient", "cycle", "time", "definition", "day", "reason") if key in columns]
        assert left.select(columns).sort(keys).equals(other[name].select(columns).sort(keys)), name


@given(st.lists(st.fixed_dictionaries(READING), max_size=14), st.integers(1, 3), st.sampled_from(["pcr", "flow", None]))
def test_a_deeper_reading_never_undoes_a_conversion(
    readings: list[dict[str, Any]], cycle: int, method: str | None
) -> None:
    """One more MRD reading below every limit leaves who has converted converted, no later than before."""
    deeper = {**dict.fromkeys(READING), "patient": "1", "cycle": cycle, "timepoint": "end of cycle", "test": "mrd",
              "method": method, "value": 1e-9, "comparator": "<"}  # fmt: skip
    one = derived(cohort_of_readings(readings))["conversion"]
    other = derived(cohort_of_readings([*readings, deeper]))["conversion"]
    for before, after in zip(one.iter_rows(named=True), other.iter_rows(named=True), strict=True):
        if before["converted"] == "yes":
            assert after["converted"] == "yes"
            if before["converted_cycle"] is not None:
                assert after["converted_cycle"] <= before["converted_cycle"]


@given(
    st.floats(1e-6, 0.99), st.floats(1e-6, 0.99), st.sampled_from(BOUNDED), st.sampled_from(BOUNDED),
    st.floats(1.0, 50.0), st.floats(1.0, 50.0),
)  # fmt: skip
def test_the_bounds_contain_the_truth(
    before: float, after: float, of_before: str, of_after: str, wide: float, wider: float
) -> None:
    """Whatever bounds true burdens are recorded with, the true log reduction lies within those derived."""
    rows = [
        {**dict.fromkeys(READING), "patient": "1", "cycle": 1, "timepoint": when, "test": "marrow_blasts",
         "value": _recorded(truth, sign, slack), "comparator": sign}
        for when, truth, sign, slack in (
            ("start of cycle", before, of_before, wide), ("end of cycle", after, of_after, wider))
    ]  # fmt: skip
    found = derived(cohort_of_readings(rows))["cycle_response"].filter(
        (pl.col("patient") == "1") & (pl.col("cycle") == 1)
    )
    low, high = found["log_reduction_low"].item(), found["log_reduction_high"].item()
    truth = math.log10(before / after)
    assert low is None or low <= truth + 1e-9
    assert high is None or high >= truth - 1e-9


def _recorded(truth: float, sign: str, slack: float) -> float:
    """Return a value that is true of a burden with this sign: the burden itself, above it, or below it."""
    return {
        "=": truth,
        "<": truth * slack * 1.001,
        "<=": truth * slack,
        ">": truth / slack / 1.001,
        ">=": truth / slack,
    }[sign]


@given(st.lists(st.fixed_dictionaries(READING), max_size=14))
def test_a_remission_has_its_counts(readings: list[dict[str, Any]]) -> None:
    """Nobody is in CR, CRh or CRi without a row of a count behind it, and every remission is an M1 marrow."""
    cohort = cohort_of_readings(readings)
    found = derived(cohort)
    of_counts = cohort["measurements"].filter(pl.col("test").is_in(["neutrophils", "platelets"]))
    addresses = {f"measurements:{row}" for row in of_counts["row"]}
    for row in found["remission"].iter_rows(named=True):
        if row["remission"] in ("CR", "CRh", "CRi"):
            assert addresses & set(row["sources"])
            assert row["reason"].startswith("M1 marrow")


@given(st.lists(st.fixed_dictionaries(READING), max_size=14))
def test_a_derived_relapse_follows_a_remission(readings: list[dict[str, Any]]) -> None:
    """Every derived relapse lies after the first dose and after an earlier dated marrow of the same patient."""
    cohort = cohort_of_readings(readings)
    days = cohort["measurements"].filter(pl.col("test").is_in(["marrow_blasts", "mrd"]) & pl.col("day").is_not_null())
    for row in derived(cohort)["relapse"].filter(pl.col("derived_day").is_not_null()).iter_rows(named=True):
        own = days.filter(pl.col("patient") == row["patient"])["day"].to_list()
        assert row["derived_day"] >= 1
        assert row["derived_day"] in own
        assert min(own) < row["derived_day"]
