"""What-ifs: questions to the simulator, from names and texts to a report, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engager.analyses import what_if as rows
from engager.analyses import what_if_fit as fit_rows
from engager.errors import InputError, Issue, Severity, option
from engager.pipeline.model import asked_model
from engager.pipeline.progress import Progress
from engager.pipeline.regimens import read_regimen
from engager.pipeline.study_input import read_usable
from engager.report.document import Document
from engager.report.sentences import plain
from engager.report.what_if import SIMULATED, compose_what_if
from engager.results import Results
from engager.simulator.populations.population import Population, read_population, sample
from engager.simulator.populations.random_numbers import checked_seed
from engager.simulator.solving.solver import Settings, solve_problem
from engager.simulator.treatment.planned import PlannedTreatment
from engager.simulator.what_if.calibration import calibrate, posterior
from engager.simulator.what_if.likelihood import Free, Likelihood
from engager.simulator.what_if.measures import Measure, measure_units, measured, read_measures
from engager.simulator.what_if.predictive_check import Observed, observed_values, predictive_check
from engager.simulator.what_if.regimen_comparison import compare_regimens
from engager.simulator.what_if.selection import read_targets, weigh
from engager.simulator.what_if.sensitivity import local_sensitivity, sobol_indices, spread_sensitivity
from engager.simulator.what_if.trial import one_arm, simulated_share, two_arms
from engager.writers.bundle import read_formats, write_report

# Errors of a step; a what-if compares and differentiates, which wants more than a picture does.
TOLERANCE = 1e-4
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """Who is simulated, how they are treated, and what is looked at.

    `population` and `regimen` are names of those that engager brings, or files; `measures` texts such as `value
    blast_fraction 28 < 0.05`; `parameters` a CSV table that changes the model's.
    """

    population: str
    regimen: str
    cycles: int = 1
    patients: int = 500
    seed: int = 1
    measures: tuple[str, ...] = ()
    parameters: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gave: its results, what they say in a sentence each, the first document of the report."""

    results: Results
    lead: tuple[str, ...]
    report: Path


def compare(
    question: Question, second: str, out: Path, *, formats: str = "html", progress: Progress = lambda _: None
) -> Answer:
    """Write how two regimens do in the same virtual patients.

    Raises InputError, with every problem, where an argument cannot be used; OutputError where `out` cannot be written.
    """
    treatment, population, measures, other = _read(question, second)
    progress("simulating")
    table = compare_regimens(
        treatment, other, population, measures, patients=question.patients, seed=question.seed
    )  # fmt: skip
    names = (treatment.regimen.name, other.regimen.name)
    found = rows.comparison_rows(table, measures, names, measure_units(treatment.model, measures))
    setting = _setting(question, treatment) | {"Second regimen": other.regimen.title}
    return _write(compose_what_if("Two regimens in the same virtual patients", found, setting), out, formats)


def sensitivity(
    question: Question, out: Path, *, base: int = 0, quantities: Sequence[str] = (), formats: str = "html",
    progress: Progress = lambda _: None,
) -> Answer:  # fmt: skip
    """Write what measures hang on: locally, by each quantity's spread and, with a `base`, by Sobol's indices."""
    if quantities and not base:
        named = ", ".join(f"`{name}`" for name in quantities)
        raise InputError(_issue("quantity", named, "it beside --sobol N, whose quantities it names"))
    treatment, population, measures, _ = _read(question)
    progress("moving each parameter")
    local = local_sensitivity(treatment, population, measures, patients=question.patients, seed=question.seed)
    units = measure_units(treatment.model, measures)
    found = rows.sensitivity_rows(local, spread_sensitivity(treatment, population, measures), units)
    setting = _setting(question, treatment)
    if base:
        setting |= {"Sobol's N": str(base)}
        progress("Sobol's indices")
        table = sobol_indices(treatment, population, measures, quantities=quantities, base=base, seed=question.seed)
        found += rows.sobol_rows(table)
    return _write(compose_what_if("What the measures hang on", found, setting), out, formats)


def trial(
    question: Question, sizes: Sequence[int], out: Path, *, null: float = 0.2, second: str | None = None,
    formats: str = "html", progress: Progress = lambda _: None,
) -> Answer:  # fmt: skip
    """Write what small trials can show: of one arm against a share not worth having, or of two regimens."""
    treatment, population, measures, other = _read(question, second)
    if len(measures) > 1:
        raise InputError(_issue("measure", f"{len(measures)} measures", "one: what a response is"))
    drawn = sample(population, treatment.model, range(question.patients), question.seed)
    arms = [treatment, *([other] if second else [])]
    progress("simulating")
    shares = [simulated_share(measured(arm, drawn, measures)[0][measures[0].text]) for arm in arms]
    table = two_arms(shares[0], shares[1], sizes) if second else one_arm(shares[0], sizes, null=null)
    counted = {arm.regimen.name: (share.responders, share.patients) for arm, share in zip(arms, shares, strict=True)}
    setting = _setting(question, treatment) | {"Response": measures[0].text}
    setting |= {"Second regimen": arms[1].regimen.title} if second else {"Share not worth having": f"{null:g}"}
    found = [*rows.share_rows(counted), *rows.trial_rows(table)]
    return _write(compose_what_if("What a small trial can show", found, setting), out, formats)


def select(
    question: Question, targets: Mapping[str, float], out: Path, *, formats: str = "html",
    progress: Progress = lambda _: None,
) -> Answer:  # fmt: skip
    """Write how virtual patients are to be weighted so that they show what was observed, with a weight for each."""
    aims = read_targets(targets)
    treatment, population, measures, _ = _read(replace(question, measures=tuple(targets)))
    drawn = sample(population, treatment.model, range(question.patients), question.seed)
    progress("simulating")
    found, _ = measured(treatment, drawn, measures)
    weights = weigh(found, aims)
    plain = {measure.text: float(found[measure.text][weights.weights > 0].mean()) for measure in measures}
    met = {measure.text: weights.mean(found[measure.text]) for measure in measures}
    units = measure_units(treatment.model, measures)
    table = fit_rows.selection_rows(aims, plain, met, weights, question.patients, units)
    listed = {"virtual_patients.csv": drawn.covariates.with_columns(weight=weights.weights).write_csv()}
    title = "A virtual population that meets its targets"
    return _write(compose_what_if(title, table, _setting(question, treatment)), out, formats, beside=listed)


@dataclass(frozen=True, slots=True)
class Data:
    """Which values of a study stand for which output of the model.

    `factor` brings the output to their unit; `time_of_day` is when samples are taken, a fraction of the day counted
    from the hour of the first dose.
    """

    study: Path
    test: str
    unit: str
    output: str
    method: str | None = None
    factor: float = 1.0
    limit: float | None = None
    time_of_day: float = 0.0


def check(
    question: Question, data: Data, out: Path, *, windows: Sequence[float] = (), formats: str = "html",
    progress: Progress = lambda _: None,
) -> Answer:  # fmt: skip
    """Write the visual predictive check of a study's values."""
    treatment, population, *_ = _read(question)
    progress("reading the study")
    observed, word = _observed(data)
    progress("simulating")
    found = predictive_check(
        treatment, population, observed, patients=question.patients, seed=question.seed, windows=windows
    )  # fmt: skip
    setting = _setting(question, treatment) | {"Observed": f"{data.test} in {data.unit}, {data.study.name}"}
    axis = f"{data.test}, {data.unit}"
    document = compose_what_if(
        "Visual predictive check", fit_rows.check_rows(found), setting, axis=axis, label=word
    )  # fmt: skip
    return _write(document, out, formats)


def fit(  # noqa: PLR0913 - what a fit is made of
    question: Question, data: Data, free: Sequence[str], out: Path, *, draws: int = 500, steps: int = 0,
    formats: str = "html", progress: Progress = lambda _: None,
) -> Answer:  # fmt: skip
    """Write the parameters that a study's values make most likely, with intervals and, with `steps`, a posterior.

    `free` are parameters of the model, `cv:NAME` the spread of one between patients.
    """
    treatment, population, *_ = _read(question)
    progress("reading the study")
    observed, word = _observed(data)
    wanted = tuple(Free(name.removeprefix("cv:"), "spread" if name.startswith("cv:") else "value") for name in free)
    likelihood = Likelihood(treatment, population, observed, wanted, draws=draws, seed=question.seed)
    progress("searching the most likely parameters")
    found = calibrate(likelihood)
    if steps:
        progress("sampling the posterior")
    drawn = posterior(likelihood, found, steps=steps, seed=question.seed) if steps else None
    setting = _setting(question, treatment) | {
        "Observed": f"{data.test} in {data.unit}, {data.study.name}",
        "Virtual patients for each observed one": str(draws),
    }
    document = compose_what_if("Parameters from a study's data", fit_rows.fit_rows(found, drawn), setting, label=word)
    return _write(document, out, formats)


def _read(
    question: Question, second: str | None = None
) -> tuple[PlannedTreatment, Population, tuple[Measure, ...], PlannedTreatment]:
    """Return what a question names, and the treatment with a second regimen; InputError with every problem of it."""
    issues: list[Issue] = []

    def part(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except InputError as error:
            issues.extend(error.issues)
            return None

    model = part(partial(asked_model, question.parameters))
    population = part(partial(read_population, question.population))
    regimen = part(partial(read_regimen, question.regimen))
    other = part(partial(read_regimen, second)) if second else regimen
    measures = part(partial(read_measures, question.measures)) if question.measures else ()
    part(partial(checked_seed, question.seed))
    if question.patients < 1:
        issues.append(_issue("n", f"{question.patients} patients", "at least 1 patient"))
    if question.patients > MOST:
        advice = "No more digits come of it. Any number of courses is written by `engager model courses`"
        issues.append(_issue("n", f"{question.patients:,} patients", f"at most {MOST:,}", advice))
    if issues:
        raise InputError(issues)
    solver = partial(solve_problem, settings=Settings(tolerance=TOLERANCE))
    treatment = PlannedTreatment(model, regimen[0], question.cycles, solver)
    return treatment, population, measures, replace(treatment, regimen=other[0])


def _observed(data: Data) -> tuple[Observed, str]:
    """Return a study's values, and the word that tells what is simulated and what not."""
    if data.limit is not None and data.limit <= 0:
        raise InputError(_issue("limit", f"{data.limit:g}", "a limit above 0, in the unit of the values"))
    read = read_usable(data.study, None, None)
    values = observed_values(read.cohort, data.test, data.unit, data.method, data.time_of_day)
    others = {"patients": f"{SIMULATED} and observed", "synthetic": f"{SIMULATED} and synthetic"}
    word = others.get(read.plan.data, SIMULATED)
    return Observed(values, data.output, factor=data.factor, limit=data.limit), word


def _issue(name: str, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, f"simulation.{name}", option(name), found, expected, advice, structural=True)


def _setting(question: Question, treatment: PlannedTreatment) -> dict[str, str]:
    changed = f", parameters of {Path(question.parameters).name}" if question.parameters else ""
    cycles = "1 cycle" if question.cycles == 1 else f"{question.cycles} cycles"
    return {
        "Model": treatment.model.title + changed,
        "Population": question.population,
        "Regimen": f"{treatment.regimen.title}, {cycles} as planned, without decisions",
        "Virtual patients": str(question.patients),
        "Seed": str(question.seed),
    }


def _write(document: Document, out: Path, formats: str, *, beside: Mapping[str, str] = MappingProxyType({})) -> Answer:
    report = write_report(document, out, read_formats(formats), beside=beside)
    return Answer(document.results, tuple(plain(paragraph) for paragraph in document.lead), report)
