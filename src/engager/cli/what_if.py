"""The commands that ask the simulator: which regimen, what it hangs on, what a small trial shows, whether it fits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engager.cli.options import AS_JSON
from engager.cli.terminal import print_json, stages

_OPTIONS = (
    click.option("--population", required=True, metavar="NAME|FILE", help="Who: a shipped population, or a TOML file."),
    click.option("--regimen", required=True, metavar="NAME|FILE", help="The doses: a shipped regimen, or a TOML file."),
    click.option("--cycles", default=1, show_default=True, metavar="CYCLES", help="Cycles, given as planned."),
    click.option("-n", "patients", default=500, show_default=True, metavar="PATIENTS", help="How many patients."),
    click.option("--seed", default=1, show_default=True, metavar="SEED", help="The same seed, the same numbers."),
    click.option("--parameters", metavar="FILE", help="A CSV table that changes the model's parameters."),
    click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder of the report."),
    click.option("--formats", default="html", show_default=True, metavar="LIST", help="html, docx, pdf."),
)
_MEASURE = click.option(
    "--measure", "measures", multiple=True, required=True, metavar="TEXT",
    help="What is looked at, as 'value blast_fraction 28 < 0.05' or 'highest IL6 0-7'. Repeatable.",
)  # fmt: skip
_DATA = (
    click.argument("study", type=click.Path(path_type=Path)),
    click.option("--test", required=True, metavar="TEST", help="The test of the study's measurements."),
    click.option("--unit", required=True, metavar="UNIT", help="The unit of its values."),
    click.option("--method", metavar="METHOD", help="Values by this method alone."),
    click.option("--output", required=True, metavar="OUTPUT", help="The output of the model that stands for them."),
    click.option("--factor", default=1.0, show_default=True, help="From the output to that unit."),
    click.option("--limit", type=float, help="The limit of the assay, for simulated values."),
    click.option(
        "--time-of-day",
        default=0.0,
        show_default=True,
        type=click.FloatRange(0, 1, max_open=True),
        help="When samples are taken, a fraction of the day from the hour of the first dose.",
    ),
)
Command = Callable[..., Any]


def _with(*options: Any) -> Callable[[Command], Command]:
    """Return a decorator that gives a command several options, in their order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group("what-if")
def what_if() -> None:
    """Ask the simulator; every page of an answer is marked as simulated.

    Patients are given a regimen as planned, without decisions: for courses with decisions there is `engager simulate`.

    \b
    Examples:
      engager what-if compare --population relapsed-refractory-children --regimen label-relapsed-refractory \\
        --second beijing-2022 --measure "value blast_fraction 28 < 0.05" --measure "highest IL6 0-3" --out step
      engager what-if trial --population after-transplantation --regimen beijing-2022 \\
        --measure "value blast_fraction 28 < 0.05" --null 0.2 --sizes 9,18,27 --out trial
    """


@what_if.command()
@_with(*_OPTIONS, _MEASURE)
@click.option("--second", required=True, metavar="NAME|FILE", help="The regimen to compare with.")
@AS_JSON
def compare(second: str, *, as_json: bool, **asked: Any) -> None:
    """Compare two regimens in the same virtual patients.

    \b
    Example:
      engager what-if compare --population adults --regimen label-relapsed-refractory --second beijing-2022 \\
        --measure "value blast_fraction 28 < 0.05" --measure "log10 highest IL6 0-3" --out step
    """
    from engager.pipeline import what_if as questions

    _answer(questions.compare, asked, as_json=as_json, second=second)


@what_if.command()
@_with(*_OPTIONS, _MEASURE)
@click.option("--sobol", "base", default=0, metavar="N", help="Sobol's indices, N (D + 2) patients; a power of 2.")
@click.option(
    "--quantity", "quantities", multiple=True, metavar="NAME", help="Sobol's indices of these alone. Repeatable."
)
@AS_JSON
def sensitivity(base: int, quantities: tuple[str, ...], *, as_json: bool, **asked: Any) -> None:
    """Show which parameters a measure hangs on, one by one and, with --sobol, together.

    \b
    Example:
      engager what-if sensitivity --population adults --regimen label-relapsed-refractory \\
        --measure "highest IL6 0-3" --sobol 512 --quantity fit --quantity T0 --out why
    """
    from engager.pipeline import what_if as questions

    _answer(questions.sensitivity, asked, as_json=as_json, base=base, quantities=quantities)


@what_if.command()
@_with(*_OPTIONS, _MEASURE)
@click.option("--sizes", default="9,18,27,45", show_default=True, metavar="LIST", help="Patients of a trial (an arm).")
@click.option("--null", default=0.2, show_default=True, help="The share of responders that is not worth having.")
@click.option("--second", metavar="NAME|FILE", help="A second arm with this regimen, in place of --null.")
@AS_JSON
def trial(sizes: str, null: float, second: str | None, *, as_json: bool, **asked: Any) -> None:
    """Show what a small trial of each size can show.

    \b
    Examples:
      engager what-if trial --population adults --regimen label-relapsed-refractory \\
        --measure "value blast_fraction 28 < 0.05" --null 0.2 --sizes 9,18,27 --out trial
      engager what-if trial --population adults --regimen label-relapsed-refractory --second beijing-2022 \\
        --measure "value blast_fraction 28 < 0.05" --sizes 20,40 --out two-arms
    """
    from engager.pipeline import what_if as questions

    _answer(questions.trial, asked, as_json=as_json, sizes=_whole(sizes), null=null, second=second)


@what_if.command()
@_with(*_OPTIONS)
@click.option("--target", "targets", multiple=True, required=True, metavar="MEASURE=MEAN",
              help="What was observed, as 'value blast_fraction 28 < 0.05 = 0.39'. Repeatable.")  # fmt: skip
@AS_JSON
def select(targets: tuple[str, ...], *, as_json: bool, **asked: Any) -> None:
    """Weight virtual patients so that they show what was observed.

    \b
    Example:
      engager what-if select --population adults --regimen label-relapsed-refractory \\
        --target "value blast_fraction 28 < 0.05 = 0.39" --target "log10 highest IL6 0-2 = 2.09" --out like-them
    """
    from engager.pipeline import what_if as questions

    _answer(questions.select, asked, as_json=as_json, targets=dict(map(_target, targets)))


@what_if.command("check")
@_with(*_DATA, *_OPTIONS)
@click.option("--windows", default="", metavar="LIST", help="Days at which one window ends and the next begins.")
@AS_JSON
def predictive_check(windows: str, *, as_json: bool, **asked: Any) -> None:
    """Hold a study's values against the model: the visual predictive check.

    \b
    Example:
      engager what-if check blina-2026 --test il_6 --unit pg/mL --output IL6 --limit 2.44 --time-of-day 0.25 \\
        --population chemotherapy-ineligible --regimen beijing-2022 -n 2300 --out fits
    """
    from engager.pipeline import what_if as questions

    ends = tuple(float(end) for end in _numbers(windows, "--windows"))
    _answer(questions.check, asked, as_json=as_json, data=_data(questions.Data, asked), windows=ends)


@what_if.command()
@_with(*_DATA, *_OPTIONS)
@click.option("--free", multiple=True, required=True, metavar="NAME",
              help="A parameter to be found; cv:NAME, the spread of one. Repeatable.")  # fmt: skip
@click.option("--draws", default=500, show_default=True, help="Virtual patients for each observed one.")
@click.option("--posterior", "steps", default=0, metavar="STEPS", help="A posterior too, by so many steps of emcee.")
@AS_JSON
def fit(free: tuple[str, ...], draws: int, steps: int, *, as_json: bool, **asked: Any) -> None:
    """Find the parameters that a study's values make most likely, with their intervals.

    \b
    Example:
      engager what-if fit blina-2026 --test il_6 --unit pg/mL --output IL6 --limit 2.44 \\
        --population chemotherapy-ineligible --regimen beijing-2022 --free s6 --free cv:s6 --draws 1000 --out fitted
    """
    from engager.pipeline import what_if as questions

    data = _data(questions.Data, asked)
    _answer(questions.fit, asked, as_json=as_json, data=data, free=free, draws=draws, steps=steps)


def _data(kind: Callable[..., Any], asked: dict[str, Any]) -> Any:
    """Take the options about a study's values out of what was asked."""
    names = ("study", "test", "unit", "method", "output", "factor", "limit", "time_of_day")
    return kind(**{name: asked.pop(name) for name in names})


def _answer(ask: Command, asked: dict[str, Any], *, as_json: bool, **more: Any) -> None:
    """Ask, and tell where the report is."""
    from engager.pipeline.what_if import Question

    out, formats = asked.pop("out"), asked.pop("formats")
    with stages() as progress:
        answer = ask(Question(**asked), out=out, formats=formats, progress=progress, **more)
    if as_json:
        results = [row.to_dict() for row in answer.results]
        print_json({"report": str(answer.report), "lead": answer.lead, "results": results})
    else:
        click.echo("\n".join(("Simulated.", *answer.lead, f"report: {answer.report}")))


def _target(text: str) -> tuple[str, float]:
    """Return the measure before the last `=` and the number behind it."""
    measure, _, mean = text.rpartition("=")
    try:
        return measure.strip(), float(mean)
    except ValueError:
        told = f"expected a measure, `=` and a number, found `{text}`"
        raise click.BadParameter(told, param_hint="--target") from None


def _whole(text: str) -> tuple[int, ...]:
    numbers = _numbers(text, "--sizes")
    if any(not number.is_integer() for number in numbers):
        raise click.BadParameter(f"expected whole numbers as 9,18,27, found `{text}`", param_hint="--sizes")
    return tuple(int(number) for number in numbers)


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise click.BadParameter(f"expected numbers as 7,14,28, found `{text}`", param_hint=option) from None
