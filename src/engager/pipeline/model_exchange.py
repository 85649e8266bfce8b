"""The model for other programs: SBML and the table of parameters; and many patients as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from engager.errors import InputError, Issue, Severity, option
from engager.pipeline.model import asked_model
from engager.pipeline.progress import Done
from engager.pipeline.regimens import read_regimen
from engager.simulator.models.parameter_table import write_parameter_table
from engager.simulator.models.sbml import sbml_text
from engager.simulator.populations.population import read_population, sample
from engager.simulator.populations.random_numbers import checked_seed
from engager.simulator.scale.chunks import DEFAULT_SIZE, Chunked, run_chunks
from engager.simulator.scale.planned_course import PlannedCourse
from engager.simulator.solving.solver import Settings, solve_problem
from engager.simulator.treatment.planned import PlannedTreatment, planned_pieces
from engager.writers.files import write_text
from engager.writers.staging import staged_file

_MOST_DAYS, _MOST_VISITS = 3650.0, 10_000


def export_parameters(out: Path, options: Sequence[str] = ()) -> Path:
    """Write the model's parameters as a CSV table, and return its path; OutputError where it cannot be written."""
    model = asked_model(options=options)
    return _written(out, partial(write_parameter_table, model))


def export_sbml(  # noqa: PLR0913 - what a patient is made of
    out: Path, *, population: str | None = None, patient: int = 1, regimen: str | None = None, cycles: int = 1,
    seed: int = 1, parameters: str | None = None, options: Sequence[str] = (),
) -> Path:  # fmt: skip
    """Write the model as SBML: the typical patient, or one of a population, with a regimen's infusions as events.

    Raises:
        InputError: a regimen without a population, which its doses depend on; whatever cannot be read.
        OutputError: the file cannot be written.
    """
    model = asked_model(parameters, options)
    if population is None:
        if regimen is not None:
            place = option("population")
            found, expected = "a regimen without a population", "a population, since doses depend on the body"
            raise InputError(Issue(Severity.ERROR, "simulation.sbml", place, found, expected, structural=True))
        return _written(out, partial(write_text, text=sbml_text(model)))
    drawn = sample(read_population(population), model, range(max(patient - 1, 0), patient), seed)
    pieces = planned_pieces(model, read_regimen(regimen)[0], cycles, drawn) if regimen else None
    return _written(out, partial(write_text, text=sbml_text(model, pieces, drawn.constants[0])))


def simulate_courses(  # noqa: PLR0913 - what a simulation is made of
    *, population: str, regimen: str, cycles: int, patients: int, seed: int, days: float, visits: int, out: Path,
    outputs: Sequence[str] = (), workers: int = 1, scheduler: str | None = None, size: int = DEFAULT_SIZE,
    parameters: str | None = None, progress: Done = lambda *_: None,
) -> Chunked:  # fmt: skip
    """Write the courses of patients who are given a regimen as planned, as Parquet in chunks, and return what there is.

    `visits` days are spread evenly from 0 to `days`; `outputs` are the model's, all of them if none are named. A run
    that was stopped goes on where it was.
    """
    if not 0 < days <= _MOST_DAYS or not 2 <= visits <= _MOST_VISITS:
        place = option("days")
        expected = f"up to {_MOST_DAYS:g} days and 2 to {_MOST_VISITS} visits"
        found = f"{days:g} days with {visits} visits"
        raise InputError(Issue(Severity.ERROR, "simulation.days", place, found, expected, structural=True))
    model = asked_model(parameters)
    shared = workers > 1 or scheduler is not None
    solver = partial(solve_problem, settings=Settings(threads=1 if shared else None))
    treatment = PlannedTreatment(model, read_regimen(regimen)[0], cycles, solver)
    moments = tuple(days * at / (visits - 1) for at in range(visits))
    named = tuple(outputs) or tuple(each.name for each in model.outputs)
    course = PlannedCourse(treatment, read_population(population), checked_seed(seed), moments, named)
    return run_chunks(course, out, patients, size=size, scheduler=scheduler, workers=workers, progress=progress)


def _written(out: Path, write: Callable[[Path], object]) -> Path:
    """Write a file whole or not at all."""
    with staged_file(out) as partial_file:
        write(partial_file)
    return out
