"""The commands that hand the model on: to SBML tools, to reviewers of its parameters, to Parquet."""

from __future__ import annotations

from pathlib import Path

import click

from engager.cli.options import AS_JSON
from engager.cli.terminal import bar, counted, print_json, resumable

_SEED = click.option("--seed", default=1, show_default=True, metavar="SEED", help="The same seed, the same patients.")
_CYCLES = click.option("--cycles", default=1, show_default=True, metavar="CYCLES", help="Cycles, given as planned.")
_PARAMETERS = click.option("--parameters", metavar="FILE", help="A CSV table that changes the model's parameters.")


@click.group("model")
def model() -> None:
    """Hand the simulator's model to other programs.

    \b
    Examples:
      engager model sbml --out blinatumomab.xml
      engager model sbml --population adults --patient 3 --regimen label-relapsed-refractory --out patient-3.xml
      engager model parameters --out parameters.csv
      engager model courses --population adults --regimen label-relapsed-refractory --cycles 5 -n 100000 \\
        --days 200 --visits 100 --out courses
    """


@model.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option("--population", metavar="NAME|FILE", help="A patient of this population; left out: the typical patient.")
@click.option(
    "--patient", default=1, show_default=True, metavar="NUMBER", type=click.IntRange(1), help="Which patient."
)
@click.option("--regimen", metavar="NAME|FILE", help="Infusions as events.")
@_CYCLES
@_SEED
@_PARAMETERS
@click.option("--option", "options", multiple=True, metavar="NAME", help="An option of the model. Repeatable.")
def sbml(  # noqa: PLR0913, PLR0917 - a command has as many arguments as options
    out: Path, population: str | None, patient: int, regimen: str | None, cycles: int, seed: int,
    parameters: str | None, options: tuple[str, ...],
) -> None:  # fmt: skip
    """Write the model as SBML, Level 3 Version 1."""
    from engager.pipeline.model_exchange import export_sbml

    path = export_sbml(out, population=population, patient=patient, regimen=regimen, cycles=cycles, seed=seed,
                       parameters=parameters, options=options)  # fmt: skip
    click.echo(f"wrote {path}")


@model.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option("--option", "options", multiple=True, metavar="NAME", help="An option of the model. Repeatable.")
def parameters(out: Path, options: tuple[str, ...]) -> None:
    """Write the parameters as a CSV table: value, unit, spread, source."""
    from engager.pipeline.model_exchange import export_parameters

    click.echo(f"wrote {export_parameters(out, options)}")


@model.command()
@click.option("--population", required=True, metavar="NAME|FILE", help="Who: a shipped population, or a TOML file.")
@click.option("--regimen", required=True, metavar="NAME|FILE", help="The doses: a shipped regimen, or a TOML file.")
@_CYCLES
@click.option(
    "-n", "patients", default=1000, show_default=True, metavar="PATIENTS", type=int, help="How many patients."
)
@_SEED
@click.option("--days", default=200.0, show_default=True, metavar="DAYS", help="How long, from the first dose.")
@click.option("--visits", default=100, show_default=True, metavar="VISITS", help="How often they are looked at.")
@click.option("--output", "outputs", multiple=True, metavar="NAME", help="Of the model's outputs these. Repeatable.")
@_PARAMETERS
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder of the Parquet files.")
@click.option("--chunk", "size", default=10_000, show_default=True, metavar="PATIENTS", help="Patients of a file.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 1024), help="Processes to use.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler whose workers do the work.")
@AS_JSON
def courses(  # noqa: PLR0913, PLR0917 - a command has as many arguments as options
    population: str, regimen: str, cycles: int, patients: int, seed: int, days: float, visits: int,
    outputs: tuple[str, ...], parameters: str | None, out: Path, size: int, workers: int, scheduler: str | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Write the courses of any number of patients, a regimen given as planned, as Parquet.

    A run that was stopped goes on when the command is given again.
    """
    from engager.pipeline.model_exchange import simulate_courses

    with resumable(), bar("simulating") as progress:
        found = simulate_courses(
            population=population, regimen=regimen, cycles=cycles, patients=patients, seed=seed, days=days,
            visits=visits, outputs=outputs, parameters=parameters, out=out, size=size, workers=workers,
            scheduler=scheduler, progress=progress,
        )  # fmt: skip
    if as_json:
        print_json({"folder": str(found.folder), "chunks_written": found.computed, "chunks_kept": found.kept,
                    "patients": patients, "not_solved": found.failed})  # fmt: skip
        return
    kept = f", {found.kept} {'was' if found.kept == 1 else 'were'} there already" if found.kept else ""
    click.echo(f"wrote {counted(found.computed, 'chunk')}{kept}: {found.folder}")
    if found.failed:
        click.echo(f"not solved: {counted(found.failed, 'patient')}; `solved` in patients.parquet says who")
