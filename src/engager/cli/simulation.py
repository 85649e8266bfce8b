"""The command that simulates a cohort."""

from __future__ import annotations

from pathlib import Path

import click

from engager.cli.options import AS_JSON
from engager.cli.terminal import bar, counted, print_json, resumable


@click.command()
@click.option("--population", required=True, metavar="NAME|FILE", help="Who: a shipped population, or a TOML file.")
@click.option("--regimen", metavar="NAME|FILE", help="The doses: a shipped regimen, or a TOML file.")
@click.option("--events", metavar="FILE", type=click.Path(path_type=Path), help="The doses: an event table (CSV).")
@click.option("--time-unit", default="d", show_default=True, metavar="UNIT", help="Of the event table: d, h, min.")
@click.option("--amount-unit", default="ug", show_default=True, metavar="UNIT", help="Of the event table: ug, mg, ng.")
@click.option("--policy", default="label", show_default=True, metavar="NAME|FILE", help="What is done when.")
@click.option("-n", "patients", metavar="PATIENTS", type=int, help="How many patients.  [default: 100]")
@click.option("--seed", default=1, show_default=True, metavar="SEED", type=int, help="The same seed, the same bytes.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The study folder to make.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 1024), help="Processes to use.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler whose workers do the work.")
@AS_JSON
def simulate(  # noqa: PLR0913, PLR0917 - a command has as many arguments as options
    population: str, regimen: str | None, events: Path | None, time_unit: str, amount_unit: str, policy: str,
    patients: int | None, seed: int, out: Path, workers: int, scheduler: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Simulate a cohort of virtual patients and write it as a study folder, with the truth beside it.

    Every page of its report is marked as simulated. A run that was stopped goes on when the command is given again.

    \b
    Examples:
      engager simulate --population relapsed-refractory-children --regimen label-relapsed-refractory --out virtual
      engager simulate --population after-transplantation --regimen tuebingen-2014 --policy tuebingen-2014 \\
        -n 9 --seed 1 --out virtual-tuebingen
      engager simulate --population adults --events doses.csv --time-unit h --policy as-planned --out virtual
      engager report virtual-tuebingen --out report
    """
    from engager.pipeline.simulation import Events, simulate_study

    if (regimen is None) == (events is None):
        raise click.UsageError("Give the doses once: --regimen, or --events.")
    treatment = Events(events, time_unit, amount_unit) if events else str(regimen)
    with resumable(), bar("simulating") as progress:
        found = simulate_study(
            population=population, regimen=treatment, policy=policy, patients=patients, seed=seed, out=out,
            workers=workers, scheduler=scheduler, progress=progress,
        )  # fmt: skip
    if as_json:
        print_json({"study": str(found.folder), "patients": found.patients, "rows": found.rows,
                    "not_solved": list(found.failed)})  # fmt: skip
        return
    click.echo(f"simulated {counted(found.patients, 'patient')}, {counted(found.rows, 'row')}: {found.folder}")
    if found.failed:
        click.echo(f"not solved to the end: {', '.join(found.failed)}; their records say so")
    click.echo(f"then: engager check {found.folder}; engager report {found.folder} --out report")
