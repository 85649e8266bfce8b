"""Cytokine release syndrome and neurotoxicity: patients by grade and scale, each patient's course, and agreement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from engager.analyses.rows import LISTED, Population, conventions, populations, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.endpoints.toxicity.agreement import DERIVED_ONLY, DIFFERS, GRADED, NONE, NOT_RECORDED, OPEN
from engager.endpoints.toxicity.datasets import BRIDGED
from engager.endpoints.toxicity.neurotoxicity import TREMOR
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, quantile
from engager.terms.toxicity_scales import SYNDROMES, Scale, Syndrome, scales

ANALYSIS: dict[Syndrome, str] = {"CRS": "cytokine_release", "ICANS": "neurotoxicity"}
GRADES = (1, 2, 3, 4, 5)
SEVERE = 3
STATED = {
    NONE: "no clause holds at any assessment, and none is left open",
    OPEN: "no clause holds, and what is not recorded leaves one open",
    NOT_RECORDED: "no component of the scale recorded",
}
EPISODE = (
    "first episode, first to last day with a grade; it ends at an assessment without a sign, "
    f"or before more than {BRIDGED} days without a graded one"
)


def analyse_toxicity_scales(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, for each syndrome, who was assessed, patients by grade and scale, each patient, and the agreement.

    Counts are out of all treated patients. A syndrome of which nobody has a component recorded has no counts by
    grade: the row `assessed` says why.
    """
    groups = populations(datasets, plan, responders=False)
    for syndrome in SYNDROMES:
        frame = datasets.toxicity_scales.patients.filter(pl.col("syndrome") == syndrome)
        for group in groups:
            yield from _population(group, frame, syndrome, conventions(plan))
        yield from _patients(frame, syndrome)
        yield from _agreement(datasets, syndrome)
    yield _not_counted(datasets)
    yield _deaths(datasets)


def _population(
    group: Population, frame: pl.DataFrame, syndrome: Syndrome, settings: Conventions
) -> Iterator[AnalysisResult]:
    own, everyone = group.of(frame), len(group.patients)
    known = own.filter(pl.col("status") != NOT_RECORDED).group_by("patient", maintain_order=True)
    assessed = known.agg(pl.col("sources").explode().drop_nulls().unique(maintain_order=True))
    row = proportion_row(
        ANALYSIS[syndrome], "assessed", assessed, everyone, settings, group=group.group,
        rule=f"a component of {syndrome} recorded from the first dose on, or a fatal outcome of it",
    )  # fmt: skip
    yield row if assessed.height else replace(row, warning=f"no component of {syndrome} was recorded")
    if assessed.height:
        for scale in scales(syndrome):
            of_scale = own.filter(pl.col("scale") == scale.name)
            if (of_scale["status"] != NOT_RECORDED).any():
                yield from _counts(of_scale, scale, group, settings)


def _counts(rows: pl.DataFrame, scale: Scale, group: Population, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield patients by worst grade, with any, with grade 3 or higher, without one, and with a lower bound."""
    graded = rows.filter(pl.col("status") == GRADED)
    rule = f"worst grade by {scale.name}; not among the components: {scale.leaves_out}"
    parts = [("grade", f"{scale.name}: {grade}", graded.filter(pl.col("grade") == grade), rule) for grade in GRADES]
    parts += [
        ("grade", f"{scale.name}: {status}", rows.filter(pl.col("status") == status), words)
        for status, words in STATED.items()
    ]
    severe = graded.filter(pl.col("grade") >= SEVERE)
    bound = graded.filter(pl.col("at_most") > pl.col("grade"))
    parts += [
        ("any_grade", scale.name, graded, f"a grade of at least 1 by {scale.name}"),
        ("grade_3_or_higher", scale.name, severe, f"a grade of at least {SEVERE} by {scale.name}"),
        ("at_least", scale.name, bound, "a grade that is a lower bound, because a component is not recorded"),
    ]
    for name, at, part, words in parts:
        yield proportion_row(
            ANALYSIS[scale.syndrome], name, part, len(group.patients), settings, at=at, group=group.group, rule=words
        )
    yield from _times(graded, scale, group, settings)


def _times(graded: pl.DataFrame, scale: Scale, group: Population, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield the median first day and length of the first episode over those who have one with days."""
    dated = graded.filter(pl.col("onset").is_not_null())
    if dated.is_empty():
        return
    open_end = dated.filter(~pl.col("ended")).height
    told = {"onset": ("{study day}", None), "duration": ("d", f"{open_end} lengths are lower bounds")}
    for name, (unit, warning) in told.items():
        yield AnalysisResult(
            analysis=ANALYSIS[scale.syndrome], name=f"{name}_median", group=group.group, at=scale.name,
            estimate=float(quantile(dated[name].to_numpy(), 0.5, type=settings.quantile_type)), unit=unit,
            n=dated.height, N=graded.height, method=f"{EPISODE}; {settings.words('quantile')}",
            warning=warning if open_end else None, patients=unique(dated["patient"]), sources=sources_of(dated),
        )  # fmt: skip


def _patients(frame: pl.DataFrame, syndrome: Syndrome) -> Iterator[AnalysisResult]:
    """Yield each patient's worst grade by each scale, its clause, and the first episode."""
    told = frame.filter(pl.col("status") != NOT_RECORDED)
    listed = told.select("patient").unique(maintain_order=True).head(LISTED)
    for row in told.join(listed, on="patient", how="semi", maintain_order="left").iter_rows(named=True):
        yield _of_patient(
            row, syndrome, "worst", text=grade_words(row["grade"], row["at_most"]),
            method=row["clause"] or STATED[row["status"]], estimate=row["grade"], upper=row["at_most"],
            warning=row["reason"],
        )  # fmt: skip
        if row["onset"] is not None:
            yield _of_patient(row, syndrome, "onset", estimate=row["onset"], unit="{study day}", method=EPISODE)
            warning = None if row["ended"] else "at least: no assessment without a sign closes the episode"
            yield _of_patient(
                row, syndrome, "duration", estimate=row["duration"], unit="d", method=EPISODE, warning=warning
            )


def grade_words(grade: int | None, at_most: int | None) -> str:
    """Return a grade and what it may be at most in words.

    Examples:
        >>> grade_words(2, 2), grade_words(2, 4), grade_words(0, 0), grade_words(None, 4)
        ('grade 2', 'at least grade 2', 'none', 'cannot be told')
    """
    if grade is None:
        return OPEN if at_most else NOT_RECORDED
    if grade == 0:
        return NONE
    return f"at least grade {grade}" if at_most is not None and at_most > grade else f"grade {grade}"


def _of_patient(row: dict[str, Any], syndrome: Syndrome, name: str, **values: Any) -> AnalysisResult:
    numbers = {
        key: None if value is None else float(value) for key, value in values.items() if key in ("estimate", "upper")
    }
    return AnalysisResult(
        analysis=ANALYSIS[syndrome], name=name, group=f"patient {row['patient']}", at=row["scale"],
        patients=(str(row["patient"]),), sources=tuple(row["sources"]), **(values | numbers),
    )  # fmt: skip


def _agreement(datasets: Datasets, syndrome: Syndrome) -> Iterator[AnalysisResult]:
    """Yield each patient with the syndrome recorded or derived: the verdict, and both sides in words."""
    frame = datasets.toxicity_scales.agreement.filter(pl.col("syndrome") == syndrome)
    for row in frame.head(LISTED).iter_rows(named=True):
        yield _of_patient(row, syndrome, "agreement", text=row["verdict"], method=f"{_recorded(row)}; {_derived(row)}")
    differ = frame.filter(pl.col("verdict").is_in([DIFFERS, DERIVED_ONLY]))
    yield AnalysisResult(
        analysis=ANALYSIS[syndrome], name="disagreements", n=differ.height, N=frame.height, unit="{patients}",
        method="patients whose recorded and derived grade differ, or with a derived grade and no event recorded; of "
        "those with either", patients=unique(differ["patient"]), sources=sources_of(differ),
        warning=None if frame.height else f"{syndrome} neither recorded as an event nor derived",
    )  # fmt: skip


def _recorded(row: dict[str, Any]) -> str:
    if row["verdict"] == DERIVED_ONLY:
        return "no event recorded"
    grade = "without a grade" if row["recorded"] is None else f"grade {row['recorded']}"
    version = f" (CTCAE {row['version']})" if row["version"] else ""
    day = f", day {row['recorded_onset']}" if row["recorded_onset"] is not None else ""
    return f"recorded: {grade}{version}{day}"


def _derived(row: dict[str, Any]) -> str:
    told = grade_words(row["grade"], row["at_most"])
    clause = f" ({row['clause']})" if row["clause"] else ""
    day = f", day {row['onset']}" if row["onset"] is not None else ""
    return f"by {row['scale']}: {told}{clause}{day}"


def _not_counted(datasets: Datasets) -> AnalysisResult:
    """Return who has tremor or myoclonus recorded: never neurotoxicity in the sense of ICANS."""
    rows = datasets.toxicity_scales.not_counted
    return AnalysisResult(
        analysis=ANALYSIS["ICANS"], name="not_counted", n=rows["patient"].n_unique(), N=datasets.subjects.height,
        unit="{patients}", text=", ".join(sorted(set(rows["term"].str.to_lowercase()))) or "none recorded",
        method=TREMOR, patients=unique(rows["patient"]), sources=unique(rows["source"]),
    )  # fmt: skip


def _deaths(datasets: Datasets) -> AnalysisResult:
    """Return who died of toxicity without a fatal event of a syndrome: no grade 5 of either is given."""
    rows = datasets.toxicity_scales.deaths
    return AnalysisResult(
        analysis=ANALYSIS["CRS"], name="deaths_of_toxicity", n=rows["patient"].n_unique(), N=datasets.subjects.height,
        unit="{patients}", method="died of toxicity, no event of CRS or ICANS recorded as fatal: no grade 5 is given",
        patients=unique(rows["patient"]), sources=unique(rows["source"]),
    )  # fmt: skip
