"""The nine patients of Tuebingen 2014, from the files to every number: the facts that the product stands on."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import polars as pl
import pytest

from engager.analyses import analyse
from engager.cohort import Cohort
from engager.endpoints import Datasets, derive_endpoints
from engager.plan import AnalysisPlan, read_plan
from engager.readers import read_cohort
from engager.readers.published import read_published
from engager.results import AnalysisResult, Results, results_schema

STUDY = Path(__file__).parents[2] / "examples" / "tuebingen-2014"
ALL = tuple("123456789")
Row = Callable[..., AnalysisResult]


@pytest.fixture(scope="module")
def plan() -> AnalysisPlan:
    """The plan of the example."""
    return read_plan(STUDY)


@pytest.fixture(scope="module")
def cohort(plan: AnalysisPlan) -> Cohort:
    """The nine patients."""
    return read_cohort(STUDY, plan)[0]


@pytest.fixture(scope="module")
def published() -> pl.DataFrame:
    """The paper's own numbers."""
    frame, issues = read_published(STUDY)
    assert frame is not None
    assert issues == []
    return frame


@pytest.fixture(scope="module")
def datasets(cohort: Cohort, plan: AnalysisPlan) -> Datasets:
    """The analysis datasets."""
    return derive_endpoints(cohort, plan)


@pytest.fixture(scope="module")
def results(datasets: Datasets, plan: AnalysisPlan, published: pl.DataFrame) -> Results:
    """Every result."""
    return analyse(datasets, plan, published)


@pytest.fixture(scope="module")
def row(results: Results) -> Row:
    """Return a function that finds a row, which must be there."""

    def find(analysis: str, name: str, group: str = "all", at: str | None = None) -> AnalysisResult:
        found = results.get(analysis, name, group, at)
        assert found is not None, (analysis, name, group, at)
        return found

    return find


def percent(*numbers: float | None) -> list[float | None]:
    """Return fractions as percent with one decimal."""
    return [None if number is None else round(100 * number, 1) for number in numbers]


def test_nine_patients_had_eighteen_cycles(row: Row) -> None:
    """Six cycles of each class."""
    assert row("baseline", "patients").patients == ALL
    assert row("exposure", "cycles").n == 18
    for name in ("non-responding", "responding", "maintenance"):
        found = row("cycle_response", "class", at=name)
        assert (found.n, found.N) == (6, 18)


def test_six_of_nine_responded(row: Row) -> None:
    """66.7 %, Clopper-Pearson 29.9 to 92.5: four primary and two secondary responders, three non-responders."""
    found = row("response", "responders")
    assert (found.n, found.N) == (6, 9)
    assert percent(found.estimate, found.lower, found.upper) == [66.7, 29.9, 92.5]
    assert row("response", "primary_responders").patients == ("1", "2", "3", "4")
    assert row("response", "secondary_responders").patients == ("5", "6")
    assert row("response", "non_responders").patients == ("7", "8", "9")


def test_five_of_six_responders_converted(row: Row) -> None:
    """Patient 4 died before MRD could be assessed."""
    found = row("response", "mrd_conversion", "responders")
    assert (found.n, found.N, found.patients) == (5, 6, ("1", "2", "3", "5", "6"))
    assert row("response", "mrd_not_assessed").patients == ("4",)
    assert set(row("response", "m1_marrow").patients) == set("123456")


def test_overall_survival(row: Row) -> None:
    """Three of nine alive; median 398 days from 17; at one year 5/9, 0.2042 to 0.8045; follow-up 1490 days."""
    assert row("OS", "alive").patients == ("1", "2", "3")
    median, year = row("OS", "median"), row("OS", "survival", at="365")
    assert (median.estimate, median.lower, median.upper) == (398.0, 17.0, None)
    assert year.estimate == pytest.approx(5 / 9, abs=1e-12)
    assert year.lower == pytest.approx(0.2042, abs=5e-5)
    assert year.upper == pytest.approx(0.8045, abs=5e-5)
    assert row("OS", "follow_up").estimate == 1490.0


def test_event_free_survival(row: Row) -> None:
    """After the last event 3 of 9 and 3 of 6; the relapse of patient 6 has no day and is told of."""
    everyone, responders = row("EFS", "final_survival"), row("EFS", "final_survival", "responders")
    assert everyone.estimate == pytest.approx(1 / 3, abs=1e-12)
    assert responders.estimate == pytest.approx(1 / 2, abs=1e-12)
    assert [row("EFS", "time", f"patient {patient}").estimate for patient in ALL] == [
        675, 1851, 1490, 17, 655, 398, 0, 0, 0,
    ]  # fmt: skip
    assert "relapse on an unknown day" in (row("EFS", "time", "patient 6").warning or "")


@pytest.mark.parametrize(("group", "printed"), [("all", "30"), ("responders", "44")])
def test_the_papers_event_free_survival_differs(
    results: Results, published: pl.DataFrame, group: str, printed: str
) -> None:
    """The paper prints 30 % and 44 %, its own table gives 33 % and 50 %."""
    of_group = (pl.col("name") == "final_survival") & (pl.col("group") == group) & (pl.col("analysis") == "EFS")
    numbers = published.filter(of_group)
    assert set(numbers["value"]) == {printed}
    for number in numbers["row"]:
        verdict = results.get("published", "verdict", at=str(number))
        assert verdict is not None
        assert verdict.text == "differs"


def test_each_published_number_has_one_verdict(results: Results, published: pl.DataFrame) -> None:
    """Every row of published.csv is judged once, the totals add up, and what cannot be computed says why."""
    verdicts = results.where(analysis="published", name="verdict")
    assert [verdict.at for verdict in verdicts] == [str(number) for number in published["row"]]
    totals = {total.at: total.n for total in results.where(analysis="published", name="total")}
    assert sum(number or 0 for number in totals.values()) == published.height
    assert all(verdict.warning for verdict in verdicts if verdict.text == "cannot be computed")
    asked = {str(number) for number in published.filter(pl.col("analysis").is_not_null())["row"]}
    lost = [verdict.at for verdict in verdicts if verdict.at in asked and verdict.text == "cannot be computed"]
    assert lost == []


def test_every_result_leads_to_its_patients_and_rows(results: Results, cohort: Cohort, published: pl.DataFrame) -> None:
    """Sources are rows of the input, patients are patients, and every result says its method."""
    tables = {**cohort.tables, "published": published}
    rows = {f"{name}:{number}" for name, frame in tables.items() for number in frame["row"]}
    for result in results:
        assert set(result.sources) <= rows, result.id
        assert set(result.patients) <= set(ALL), result.id
        assert result.method or result.analysis == "published", result.id
        assert result.n is None or result.N is None or result.n <= result.N, result.id


def test_results_are_unique_and_fit_their_schema(results: Results) -> None:
    """Addresses are unique, and results.json is what the schema says."""
    assert len({result.id for result in results}) == len(results)
    jsonschema.validate(results.to_document(), results_schema())
    assert results.to_frame().height == len(results)


def test_the_same_input_gives_the_same_results(
    results: Results, cohort: Cohort, plan: AnalysisPlan, published: pl.DataFrame
) -> None:
    """Twice the same, to the last bit."""
    assert list(analyse(derive_endpoints(cohort, plan), plan, published)) == list(results)


def numbers_of(results: Results) -> dict[str, tuple[object, ...]]:
    """Return the numbers of each result by its address, and whom they are about; listings by row number aside."""
    return {
        result.id: (result.estimate, result.lower, result.upper, result.n, result.N, frozenset(result.patients))
        for result in results
    }


def test_the_order_of_rows_does_not_matter(tmp_path: Path, plan: AnalysisPlan, results: Results) -> None:
    """Every number stays when the rows of each file are shuffled."""
    shuffler = random.Random(7)  # noqa: S311 - a shuffle, no secret
    for file in STUDY.iterdir():
        text = file.read_text("utf-8")
        if file.suffix == ".csv" and file.stem != "published":
            heading, *rows = text.splitlines()
            shuffler.shuffle(rows)
            text = "\n".join([heading, *rows]) + "\n"
        (tmp_path / file.name).write_text(text, "utf-8")
    shuffled = analyse(derive_endpoints(read_cohort(tmp_path, plan)[0], plan), plan, read_published(tmp_path)[0])
    assert numbers_of(shuffled) == numbers_of(results)
