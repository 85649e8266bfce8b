"""Large runs: a chunk is whole or absent, a killed run goes on, and who computes changes no byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from engager.errors import InputError, OutputError
from engager.simulator.extras import optional_package
from engager.simulator.models.text import model_of, read_model
from engager.simulator.populations.population import read_population
from engager.simulator.scale.chunks import MANIFEST, Chunked, compute_chunk, run_chunks, what_it_takes
from engager.simulator.scale.planned_course import PlannedCourse
from engager.simulator.solving.reference import solve_problem
from engager.simulator.treatment.planned import PlannedTreatment
from engager.terms.regimens import shipped_regimen

MODEL = model_of("""
name = "small"
covariates = [{ name = "BSA", unit = "m2", value = 1, meaning = "body surface" }]
parameters = [
  { name = "CL", value = "50*BSA", unit = "L/d", cv = 50 },
  { name = "V", value = "6*BSA", unit = "L" },
]
inputs = [{ name = "R", unit = "ug/m2/d", meaning = "infusion" }]
states = [{ name = "A", initial = "0", rate = "R*BSA - CL/V*A", unit = "ug", scale = 1e-3 }]
outputs = [{ name = "C", expression = "A/V", unit = "ug/L", meaning = "drug" }]
""")
TREATMENT = PlannedTreatment(MODEL, shipped_regimen("label-relapsed-refractory"), cycles=2, solver=solve_problem)
COURSE = PlannedCourse(
    treatment=TREATMENT,
    population=read_population("relapsed-refractory-children"),
    seed=5,
    days=(0.0, 3.0, 7.0, 10.0, 28.0, 30.0),
    outputs=("C",),
)


@dataclass(frozen=True)
class Numbers:
    """A job that can be told to die at a patient."""

    dies_at: int = 1_000_000
    seed: int = 1

    def identity(self) -> Mapping[str, Any]:
        """Return the seed."""
        return {"seed": self.seed}

    def values_per_patient(self) -> int:
        """Return as many as three series of a hundred days have."""
        return 300

    def tables(self, patients: range) -> Mapping[str, pl.DataFrame]:
        """Return a number a patient, or die."""
        if self.dies_at in patients:
            raise KeyboardInterrupt
        return {"numbers": pl.DataFrame({"patient": list(patients), "value": [self.seed * p for p in patients]})}


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_concentrations_are_those_of_the_infusion() -> None:
    """At steady state C is R/(CL/BSA): 5 and later 15 ug/m2/d over the clearance of each; it goes with CL/V."""
    tables = COURSE.tables(range(12))
    visits = tables["visits"].pivot("day", index="patient", values="C").sort("patient")
    patients = tables["patients"]
    per_area = (patients["BSA"] / patients["CL"]).to_numpy()
    light = (patients["weight"] < 45).to_numpy()
    assert light.any()
    assert visits["0.0"].to_list() == [0.0] * 12
    assert visits["7.0"].to_numpy()[light] == pytest.approx(5 * per_area[light], rel=1e-5)
    assert visits["28.0"].to_numpy()[light] == pytest.approx(15 * per_area[light], rel=1e-5)
    gone = np.exp(-2 * (patients["CL"] / patients["V"]).to_numpy())
    assert visits["30.0"].to_numpy() == pytest.approx(visits["28.0"].to_numpy() * gone, rel=1e-5, abs=1e-9)
    assert patients["solved"].unique().to_list() == ["lsoda"]


def test_an_output_is_the_same_alone_and_among_all() -> None:
    """What is asked for by name is worked out alone, with the algebra that it needs and no other."""
    model = read_model("blinatumomab")
    constants = model.typical()
    states = model.initial(constants)[:, None, :]
    every = model.observe(constants, states, np.ones((1, 1, len(model.inputs))))
    for name, values in every.items():
        assert model.observe(constants, states, np.ones((1, 1, len(model.inputs))), [name])[name] == values


def test_a_patient_has_one_type_in_both_tables() -> None:
    """Rows of visits can be joined with their patients."""
    tables = COURSE.tables(range(3))
    assert {name: table.schema["patient"] for name, table in tables.items()} == dict.fromkeys(tables, pl.UInt32)
    assert tables["visits"].join(tables["patients"], on="patient").height == tables["visits"].height


def test_chunks_of_any_size_hold_the_same_patients(tmp_path: Path) -> None:
    """40 patients in chunks of 7 or of 40: the same rows."""
    runs = [run_chunks(COURSE, tmp_path / str(size), 40, size=size) for size in (7, 40)]
    for table in ("patients", "visits"):
        cut, whole = (run.scan(table).collect() for run in runs)
        assert cut.equals(whole)
    assert runs[0].computed == 6
    assert whole.height == 40 * 6


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """What was finished stays as it is, what was cut leaves nothing, and the end is the same as without a kill."""
    with pytest.raises(KeyboardInterrupt):
        run_chunks(Numbers(dies_at=25), tmp_path / "killed", 50, size=10)
    folder = tmp_path / "killed"
    assert sorted(path.name for path in folder.iterdir()) == ["chunk-000000", "chunk-000001", MANIFEST]
    (folder / ".partial-000002-1-dead").mkdir()
    told: list[tuple[int, int]] = []
    again = run_chunks(Numbers(), folder, 50, size=10, progress=lambda done, of: told.append((done, of)))
    assert (again.kept, again.computed) == (2, 3)
    assert told == [(2, 5), (3, 5), (4, 5), (5, 5)]
    run_chunks(Numbers(), tmp_path / "whole", 50, size=10)
    assert all_bytes(folder) == all_bytes(tmp_path / "whole")


def test_more_patients_are_added_to_a_run(tmp_path: Path) -> None:
    """The same run with a larger n keeps what it has; a smaller n would not match what is there."""
    run_chunks(Numbers(), tmp_path / "run", 20, size=10)
    more = run_chunks(Numbers(), tmp_path / "run", 40, size=10)
    assert (more.kept, more.computed) == (2, 2)
    with pytest.raises(InputError, match="at least as many"):
        run_chunks(Numbers(), tmp_path / "run", 10, size=10)


def test_a_run_of_something_else_is_refused(tmp_path: Path) -> None:
    """Another seed, another chunk size, a folder of something else: the difference is named, nothing is changed."""
    run_chunks(Numbers(), tmp_path / "run", 20, size=10)
    before = all_bytes(tmp_path / "run")
    with pytest.raises(InputError, match=r"key|column seed.*`1`; expected `2`"):
        run_chunks(Numbers(seed=2), tmp_path / "run", 20, size=10)
    with pytest.raises(InputError, match="chunk_size"):
        run_chunks(Numbers(), tmp_path / "run", 20, size=5)
    assert all_bytes(tmp_path / "run") == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="new or empty"):
        run_chunks(Numbers(), tmp_path / "other", 20)


@pytest.mark.parametrize("change", ["seed", "treatment", "days", "outputs", "population"])
def test_the_manifest_knows_every_setting(change: str) -> None:
    """Whatever the results depend on changes the identity of a run."""
    other: dict[str, Any] = {
        "seed": 6, "treatment": replace(TREATMENT, cycles=1), "days": (0.0,), "outputs": ("A",),
        "population": read_population("adults"),
    }  # fmt: skip
    assert replace(COURSE, **{change: other[change]}).identity() != COURSE.identity()
    json.dumps(COURSE.identity())


@pytest.fixture
def scheduler() -> Iterator[str]:
    distributed = optional_package("distributed", "distributed")
    with (
        import_module("dask").config.set({"distributed.worker.daemon": False}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, silence_logs=50
        ) as cluster,
    ):
        yield cluster.scheduler_address


@pytest.mark.filterwarnings("ignore")
def test_dask_writes_the_same_bytes(tmp_path: Path, scheduler: str) -> None:
    """Five chunks on two workers of a Dask scheduler are those of this process, byte for byte."""
    alone = run_chunks(COURSE, tmp_path / "alone", 50, size=10)
    spread: Chunked = run_chunks(COURSE, tmp_path / "spread", 50, size=10, scheduler=scheduler)
    assert spread.computed == alone.computed == 5
    assert all_bytes(tmp_path / "spread") == all_bytes(tmp_path / "alone")


def test_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Two processes of this machine, or one."""
    for workers in (1, 2):
        run_chunks(Numbers(), tmp_path / str(workers), 20, size=5, workers=workers)
    assert all_bytes(tmp_path / "1") == all_bytes(tmp_path / "2")


def test_an_address_without_a_scheduler_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback: what was looked for, and where."""
    monkeypatch.setattr("engager.simulator.scale.cluster._CONNECT_SECONDS", 0.2)
    with pytest.raises(InputError, match="no scheduler at `tcp://127"):
        run_chunks(Numbers(), tmp_path / "run", 20, scheduler="tcp://127.0.0.1:9")


def test_a_worker_without_the_folder_is_told(tmp_path: Path) -> None:
    """A worker that does not see the folder of the run writes nothing anywhere."""
    with pytest.raises(InputError, match="share the folder"):
        compute_chunk(Numbers(), tmp_path / "elsewhere", 0, range(10))


def test_impossible_sizes_are_refused_with_what_they_would_take(tmp_path: Path) -> None:
    """No patient, no chunk; a thousand million patients without a scheduler: hours and gigabytes are told."""
    for n, size, told in ((0, 10, "at least 1 patient"), (5, 0, "a chunk"), (10**9, 10, "--scheduler ADDRESS")):
        with pytest.raises(InputError, match=told):
            run_chunks(Numbers(), tmp_path / "run", n, size=size)
    assert what_it_takes(Numbers(), 10**9) == "about 56 hours of one core and 900 GB of disk"
    assert not (tmp_path / "run").exists()


def test_a_patient_who_cannot_be_solved_is_told_and_kept() -> None:
    """A failed solve leaves the patient in the table, as failed, with missing values."""

    def failing(model: Any, problem: Any) -> Any:
        solved = solve_problem(model, problem)
        solved.status[3] = 3
        solved.values[3] = np.nan
        return solved

    tables = replace(COURSE, treatment=replace(TREATMENT, solver=failing)).tables(range(8))
    assert tables["patients"]["solved"].to_list() == ["lsoda"] * 3 + ["failed"] + ["lsoda"] * 4
    assert tables["visits"].filter(pl.col("patient") == 3)["C"].null_count() == len(COURSE.days)
    assert tables["visits"].filter(pl.col("patient") != 3)["C"].null_count() == 0
