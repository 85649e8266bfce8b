"""A virtual cohort as a study folder: population, regimen and policy by name or file, simulated in chunks, written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import polars as pl

from engager.errors import InputError, Issue, Severity, option
from engager.pipeline.model import asked_model
from engager.pipeline.progress import Done
from engager.pipeline.regimens import read_regimen
from engager.provenance import VERSION
from engager.schema import TABLES
from engager.simulator.cohorts.records import NEGATIVE, POSITIVE
from engager.simulator.cohorts.study_plan import RANGES_FILE, REGIMEN_FILE, study_plan
from engager.simulator.cohorts.virtual_cohort import BLOCK, TRUTH, Simulation
from engager.simulator.courses.course import LEAD
from engager.simulator.observation.measurements import reference_ranges
from engager.simulator.policies.policy import read_policy
from engager.simulator.populations.population import read_population
from engager.simulator.populations.random_numbers import checked_seed
from engager.simulator.scale.chunks import MANIFEST, Chunked, open_folder, run_chunks
from engager.simulator.solving.solver import Settings, solve_problem
from engager.simulator.treatment.event_table import read_event_table
from engager.simulator.treatment.prescribed import Prescribed, prescribed
from engager.terms.regimens import Regimen, regimen_names
from engager.writers.simulated_study import write_simulated
from engager.writers.staging import check_new_folder

Read = TypeVar("Read")
DEFAULT_PATIENTS = 100


@dataclass(frozen=True, slots=True)
class Events:
    """An event table: its file, and the units that it is in, which the format does not tell."""

    path: Path
    time_unit: str = "d"
    amount_unit: str = "ug"


@dataclass(frozen=True, slots=True)
class Simulated:
    """A study that was simulated: its folder, its patients, and those whose course no solver found."""

    folder: Path
    patients: int
    rows: int
    failed: Sequence[str]


def simulate_study(  # noqa: PLR0913 - what a simulation is made of
    *, population: str, regimen: str | Events, policy: str, patients: int | None, seed: int, out: Path | str,
    workers: int = 1, scheduler: str | None = None, progress: Done = lambda *_: None,
) -> Simulated:  # fmt: skip
    """Write a study folder of virtual patients, marked as simulated, with the truth beside it, and return what it is.

    Population, regimen and policy are names of those that engager brings, or files. In the place of a regimen an event
    table may stand, whose IDs are the patients: it is given as it stands, and no rule changes it. The same seed gives
    the same bytes, whatever `workers` (processes of this machine) and `scheduler` (the address of Dask distributed). A
    run that was stopped goes on where it was. Raises InputError, with every problem, where an argument cannot be used;
    OutputError where the folder cannot be written.
    """
    target = Path(out)
    check_new_folder(target)
    simulation, text = _read(population, regimen, policy, seed)
    patients = _how_many(simulation, patients)
    kept = target.resolve().with_name(f".{target.name}.chunks")
    _clear_other_run(simulation, kept, patients)
    try:
        chunks = run_chunks(
            simulation, kept, patients, size=BLOCK, scheduler=scheduler, workers=workers, progress=progress
        )  # fmt: skip
    finally:
        if not any(kept.glob("chunk-*")):
            shutil.rmtree(kept, ignore_errors=True)
    groups = set(chunks.scan("patients").select("group").unique().collect()["group"].to_list())
    grouped = groups == {POSITIVE, NEGATIVE}
    files = {"study.toml": study_plan(simulation, patients, grouped=grouped)}
    files[RANGES_FILE] = reference_ranges().write_csv()
    if simulation.regimen is not None and simulation.regimen.name not in regimen_names():
        files[REGIMEN_FILE] = text
    given = f"event table {regimen.path.name}" if isinstance(regimen, Events) else f"regimen {regimen}"
    made = f"engager {VERSION}, population {population}, {given}, policy {policy}, seed {seed}, n {patients}"
    truth = {name: chunks.scan(f"truth-{name}") for name in TRUTH}
    write_simulated({name: chunks.scan(name) for name in TABLES}, truth, files, made, target)
    found = Simulated(target, patients, _rows(chunks), _failed(chunks))
    shutil.rmtree(kept, ignore_errors=True)
    return found


def _clear_other_run(simulation: Simulation, kept: Path, patients: int) -> None:
    """Remove the chunks that a stopped run of something else left beside the target: they are of no use to this one."""
    if not (kept / MANIFEST).is_file():
        return
    try:
        open_folder(simulation, kept, patients, BLOCK)
    except InputError:
        shutil.rmtree(kept)


def _how_many(simulation: Simulation, asked: int | None) -> int:
    """Return the number of patients: those of the event table, or as many as were asked for, 100 by default."""
    given = simulation.prescribed
    if given is None:
        return DEFAULT_PATIENTS if asked is None else asked
    if asked not in (None, len(given.begins)):
        expected = f"{len(given.begins)}, as the event table has; leave -n out"
        place = option("n")
        raise InputError(Issue(Severity.ERROR, "simulation.n", place, f"{asked} patients", expected, structural=True))
    return len(given.begins)


def _read(population: str, regimen: str | Events, policy: str, seed: int) -> tuple[Simulation, str]:
    """Return what is simulated, and the regimen's file where it is the user's own; InputError names every problem."""
    issues: list[Issue] = []
    read = partial(_read_events, regimen) if isinstance(regimen, Events) else partial(_read_planned, regimen)
    treated = _collected(read, issues)
    whom = _collected(partial(read_population, population), issues)
    rules = _collected(partial(read_policy, policy), issues)
    if treated is None or whom is None or rules is None:
        raise InputError(issues)
    solver = partial(solve_problem, settings=Settings(threads=1))
    planned, given, text = treated
    return Simulation(asked_model(), whom, planned, rules, checked_seed(seed), solver, given), text


Treated = tuple[Regimen | None, Prescribed | None, str]


def _read_planned(name: str) -> Treated:
    regimen, text = read_regimen(name)
    return regimen, None, text


def _read_events(events: Events) -> Treated:
    table = read_event_table(events.path, time_unit=events.time_unit, amount_unit=events.amount_unit)
    return None, prescribed(table, LEAD), ""


def _collected(read: Callable[[], Read], issues: list[Issue]) -> Read | None:
    """Return what is read; None, with the issues added to the others, where it cannot be."""
    try:
        return read()
    except InputError as error:
        issues += error.issues
        return None


def _rows(chunks: Chunked) -> int:
    return sum(int(chunks.scan(name).select(pl.len()).collect().item()) for name in TABLES)


def _failed(chunks: Chunked) -> list[str]:
    return chunks.scan("truth-failed").collect()["patient"].to_list()
